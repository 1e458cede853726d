//! Members of the cluster die, lose their disk and are replaced, and are restarted one after the other.

use std::process::{Command, Stdio};
use std::time::Duration;

use testkit::{Db, World};

use crate::flow::{Flow, nothing_lost_nothing_twice};
use crate::probe::{Storing, tell};
use crate::{CAMPUSG, either};

const PACE: Duration = Duration::from_millis(150);

async fn world() -> World {
    World::of(Db::Postgres).clustered().start().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_leader_of_the_log_is_killed_mid_run() {
    let mut world = world().await;
    let count = either(24, 300);
    let mut flow = Flow::start(&world, count, PACE).await;
    let storing = Storing::start(world.bus.clone(), 1);
    for round in 1..=either(1, 5) {
        flow.until(count * round / either(4, 8)).await;
        let leader = world.leader_of("LOG").await;
        world.cluster().kill(leader).await.unwrap();
        flow.until(count * round / either(4, 8) + count / 10).await;
        world.cluster().restart(leader).await.unwrap();
        world.all_copies_current().await;
    }
    flow.end().await;
    let (acknowledged, longest) = storing.end().await;
    tell("leader killed, longest time without an acknowledged publish", &[longest]);
    nothing_lost_nothing_twice(&world, count, &acknowledged).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_is_lost_for_good_and_replaced_by_an_empty_one() {
    let mut world = world().await;
    let count = either(16, 200);
    let mut flow = Flow::start(&world, count, PACE).await;
    let storing = Storing::start(world.bus.clone(), 1);
    flow.until(count / 4).await;
    let leader = world.leader_of("LOG").await;
    let lost = (leader + 1) % world.cluster().size();
    world.cluster().replace(lost).await.unwrap();
    world.all_copies_current().await;
    // Now what only the two others had is with the new one too: it and the third carry on without the old leader.
    let leader = world.leader_of("LOG").await;
    let other = (0..3).find(|member| *member != lost && *member != leader).unwrap_or(leader);
    world.cluster().kill(other).await.unwrap();
    flow.end().await;
    let said = doctor(&world);
    assert!(said.contains("WRONG  stream LOG has 2 of 3 copies up to date; behind: campusg-"), "{said}");
    world.cluster().restart(other).await.unwrap();
    world.all_copies_current().await;
    let (acknowledged, longest) = storing.end().await;
    tell("follower replaced, longest time without an acknowledged publish", &[longest]);
    nothing_lost_nothing_twice(&world, count, &acknowledged).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_members_are_restarted_one_after_the_other() {
    let mut world = world().await;
    let count = either(24, 300);
    let flow = Flow::start(&world, count, PACE).await;
    let storing = Storing::start(world.bus.clone(), 1);
    for member in 0..3 {
        world.cluster().restart(member).await.unwrap();
        world.all_copies_current().await;
    }
    flow.end().await;
    let (acknowledged, longest) = storing.end().await;
    tell("rolling restart, longest time without an acknowledged publish", &[longest]);
    nothing_lost_nothing_twice(&world, count, &acknowledged).await;
    world.end().await;
}

fn doctor(world: &World) -> String {
    let mut doctor = Command::new(CAMPUSG);
    doctor.arg("doctor").env("CAMPUSG_NATS__URL", world.broker_url()).env("CAMPUSG_NATS__REPLICAS", "3");
    String::from_utf8(doctor.stdin(Stdio::null()).output().unwrap().stdout).unwrap()
}
