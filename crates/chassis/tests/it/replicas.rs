//! Several replicas of one service: when one dies, its partitions move, and order per entity is kept.

use crate::fixture::{Db, What, World, counter, key, send, service};

testkit::on_both! {
    a_killed_replicas_work_is_taken_up_in_order,
    replicas_that_come_and_go_keep_the_order,
    replicas_that_take_each_other_for_dead_keep_the_order,
}

const ENTITIES: u128 = 30;

async fn step(world: &World, step: u32, what: What) {
    for n in 0..ENTITIES {
        send(world, key(n), step, what).await;
    }
}

async fn check(world: &World, steps: u32) {
    world.settle().await;
    for n in 0..ENTITIES {
        let counter = counter(world, key(n)).await;
        assert_eq!((counter.steps, counter.recorded), ((0..steps).collect(), (0..steps).collect()), "{n}");
    }
}

async fn a_killed_replicas_work_is_taken_up_in_order(db: Db) {
    let mut world = World::of(db).only(service).replicated(2).with("dispatcher.batch", 4).start().await;
    for round in 0..12 {
        step(&world, round, What::Fetch).await;
        if round % 4 == 1 {
            world.kill_replica("fixture", 0).await;
        }
        if round % 4 == 3 {
            world.start_replica(0, |_| true).await;
        }
    }
    check(&world, 12).await;
    world.end().await;
}

async fn replicas_that_come_and_go_keep_the_order(db: Db) {
    let mut world = World::of(db).only(service).replicated(3).with("dispatcher.batch", 4).start().await;
    for round in 0..12 {
        step(&world, round, What::Fetch).await;
        let replica = u16::try_from(round % 3).expect("small");
        world.kill_replica("fixture", replica).await;
        step(&world, round + 100, What::Refuse).await;
        world.start_replica(replica, |_| true).await;
    }
    check(&world, 12).await;
    world.end().await;
}

/// Two that believe to be the same replica: the broker serves them in turns, and each of them sees gaps all the time.
async fn replicas_that_take_each_other_for_dead_keep_the_order(db: Db) {
    let mut world = World::of(db).only(service).with("dispatcher.batch", 4).start().await;
    world.start_replica(0, |_| true).await;
    for round in 0..6 {
        step(&world, round, What::Fetch).await;
    }
    check(&world, 6).await;
    world.end().await;
}
