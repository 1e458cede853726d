//! Services in several replicas, each a process: one is killed with work in hand, one is frozen and comes back.

use std::time::Duration;

use testkit::{Db, World};

use crate::flow::{Flow, nothing_lost_nothing_twice};
use crate::probe::{tell, until_every_partition_is_read};
use crate::{CAMPUSG, either};

const PACE: Duration = Duration::from_millis(100);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_replicas_leave_their_partitions_to_the_others_on_a_cluster() {
    let world = World::of(Db::Postgres).clustered().as_processes(CAMPUSG).replicated(2);
    let mut world = world.start().await;
    let count = either(24, 300);
    let mut flow = Flow::start(&world, count, PACE).await;
    let names = ["orders", "payments", "users", "notifications", "timers"];
    for (round, name) in (0_u16..).zip(names).take(either(3, 5)) {
        flow.until(count / 8 * usize::from(round + 1)).await;
        world.kill_replica(name, round % 2).await;
        if name == "orders" {
            let times = until_every_partition_is_read(&world.bus, 1).await;
            tell("a replica of orders killed, until a message of each partition was handled", &times);
        }
    }
    flow.end().await;
    for (round, name) in (0_u16..).zip(names).take(either(3, 5)) {
        world.start_replica(round % 2, |service| service == name).await;
    }
    nothing_lost_nothing_twice(&world, count, &[]).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_replica_is_replaced_and_changes_nothing_when_it_comes_back() {
    let world = World::of(Db::Postgres).as_processes(CAMPUSG).replicated(2);
    let world = world.start().await;
    let count = either(24, 300);
    let mut flow = Flow::start(&world, count, PACE).await;
    for round in 1..=either(1, 4) {
        for (n, name) in (0_u16..).zip(["orders", "payments"]) {
            flow.until(count / 12 * (2 * round - 1 + usize::from(n))).await;
            world.freeze_replica(name, n).await;
            let from = 1_000_000 * round as u128 + u128::from(n) * 10_000;
            let times = until_every_partition_is_read(&world.bus, from).await;
            if name == "orders" {
                tell("a replica of orders frozen, until a message of each partition was handled", &times);
            }
            flow.until(count / 12 * (2 * round + usize::from(n))).await;
            world.thaw_replica(name, n).await;
        }
    }
    flow.end().await;
    nothing_lost_nothing_twice(&world, count, &[]).await;
    world.end().await;
}
