//! Deadlines: none early, none lost, whatever happens to the broker and the services in between.

use chassis::{Change, Config, Cx, Fault, Service, inspect};
use contracts::timers::{AcceptanceDeadline, AcceptanceElapsed};
use contracts::{Deadline as _, Id, MessageId, OrderId, envelope};
use jiff::SignedDuration;
use testkit::{Db, World};

use crate::fixture::{Counter, key};
use crate::window::{WINDOW, is_recognised};

testkit::on_both! {
    a_deadline_fires_when_its_time_has_come_and_not_before,
    a_deadline_survives_everything_being_killed,
    a_deadline_that_a_broker_brings_back_is_not_told_again,
}

/// The platform's timers, and somebody who listens.
fn services(config: &Config) -> anyhow::Result<Vec<Service>> {
    let mut services = crate::fixture::service(config)?;
    services = services.into_iter().map(|service| service.on("elapse", elapse)).collect();
    services.push(Service::new("timers").watches::<AcceptanceDeadline>());
    Ok(services)
}

fn elapse(cx: &Cx<'_>, counter: Option<Counter>, elapsed: AcceptanceElapsed) -> Result<Change<Counter>, Fault> {
    assert!(elapsed.due_at <= cx.now, "fired early");
    let mut counter = counter.ok_or_else(|| Fault::give_up("a deadline for nobody"))?;
    counter.fetched += 1;
    Ok(Change::to(counter))
}

/// Deadlines that are due after one minute, two minutes, …
async fn promise(world: &World, count: u128) {
    for n in 0..count {
        crate::fixture::send(world, key(n), 1, crate::fixture::What::Step).await;
        let due_at = world.clock.now() + SignedDuration::from_mins(i64::try_from(n).unwrap() + 1);
        let deadline = AcceptanceDeadline { order_id: key(n), due_at };
        let body = serde_json::to_vec(&deadline).unwrap();
        inspect::inject(&world.bus, &deadline.subject(), &[], &body).await.unwrap();
    }
    world.settle().await;
}

async fn fired(world: &World) -> Vec<OrderId> {
    let log = inspect::log(&world.bus).await.unwrap();
    let elapsed = log.iter().filter(|stored| stored.subject.starts_with("timers.acceptance_elapsed."));
    elapsed.map(|stored| stored.body["order_id"].as_str().unwrap().parse().unwrap()).collect()
}

async fn a_deadline_fires_when_its_time_has_come_and_not_before(db: Db) {
    let world = World::of(db).only(services).doubled().start().await;
    promise(&world, 5).await;
    assert!(fired(&world).await.is_empty());
    world.advance(SignedDuration::from_secs(59)).await;
    assert!(fired(&world).await.is_empty());
    world.advance(SignedDuration::from_secs(1)).await;
    assert_eq!(fired(&world).await, [key(0)]);
    world.advance(SignedDuration::from_mins(10)).await;
    let mut all = fired(&world).await;
    all.sort_by_key(Id::uuid);
    assert_eq!(all, (0..5).map(key).collect::<Vec<_>>());
    for n in 0..5 {
        assert_eq!(crate::fixture::counter(&world, key(n)).await.fetched, 1);
    }
    world.end().await;
}

async fn a_deadline_survives_everything_being_killed(db: Db) {
    let mut world = World::of(db).only(services).start().await;
    promise(&world, 300).await;
    world.kill_services().await;
    world.kill_broker().await;
    world.move_clock(SignedDuration::from_hours(6));
    world.start_broker().await;
    world.start_services().await;
    world.settle().await;
    assert_eq!(fired(&world).await.len(), 300);
    world.end().await;
}

/// A broker that was killed may have forgotten that a deadline was acknowledged, long after it was.
async fn a_deadline_that_a_broker_brings_back_is_not_told_again(db: Db) {
    let window = u64::try_from(WINDOW.as_millis()).unwrap();
    let world = World::of(db).only(services).with("nats.duplicate_window_ms", window).start().await;
    crate::fixture::send(&world, key(0), 0, crate::fixture::What::Fetch).await;
    let deadline = AcceptanceDeadline { order_id: key(0), due_at: world.clock.now() };
    let (body, id) = (serde_json::to_vec(&deadline).unwrap(), MessageId::of_stored("TEST", 1).to_string());
    let promise =
        async || inspect::inject(&world.bus, &deadline.subject(), &[(envelope::ID, &id)], &body).await.unwrap();
    promise().await;
    world.settle().await;
    assert_eq!(fired(&world).await.len(), 1);
    while is_recognised(&world).await {
        tokio::time::sleep(WINDOW / 4).await;
    }
    world.move_clock(WINDOW.try_into().unwrap());
    promise().await;
    world.settle().await;
    assert_eq!(fired(&world).await.len(), 1);
    world.end().await;
}
