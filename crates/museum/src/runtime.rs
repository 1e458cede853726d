//! Checks of the runtime itself: a real broker, a real database, and the chassis' own fixture of a service.

use std::collections::HashSet;
use std::time::Duration;

use chassis::defects::let_the_log_take;
use chassis::{Change, Config, Cx, Fault, Service, inspect};
use contracts::timers::{AcceptanceDeadline, AcceptanceElapsed};
use contracts::{Deadline as _, Verdict, partition_of};
use jiff::SignedDuration;
use sea_orm::{ConnectionTrait as _, Statement};
use testkit::Builder;

use crate::fixture::{CALLS, Counter, Db, SLOW, What, World, alice, ask, counter, id_of, key, send, service};
use crate::people::{Seen, equal, hold};

fn world() -> Builder {
    World::of(Db::Sqlite).only(service).with("dispatcher.retry_first_ms", 5)
}

fn impatient() -> Builder {
    world().with("dispatcher.retry_attempts", 3)
}

async fn a_slow_call_is_out(world: &World) {
    SLOW.forget_permits(100);
    let calls = CALLS.load(std::sync::atomic::Ordering::SeqCst);
    send(world, key(1), 1, What::Slow).await;
    while CALLS.load(std::sync::atomic::Ordering::SeqCst) == calls {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub(crate) async fn what_was_in_hand_is_not_lost() -> Seen {
    let mut world = world().start().await;
    a_slow_call_is_out(&world).await;
    world.kill_services().await;
    SLOW.add_permits(1);
    world.start_services().await;
    world.settle().await;
    equal("calls that were recorded", counter(&world, key(1)).await.fetched, 1)
}

pub(crate) async fn what_is_owed_is_said_after_a_crash() -> Seen {
    let mut world = world().start().await;
    a_slow_call_is_out(&world).await;
    // It is committed, and cannot be said: the log takes nothing any more.
    let_the_log_take(&world.bus, Some(1)).await.expect("a log");
    SLOW.add_permits(1);
    let database = world.database("fixture").await;
    let kept = "SELECT message_id FROM journal WHERE reaction = 'fetch'";
    let kept = Statement::from_string(database.get_database_backend(), kept);
    while database.query_one_raw(kept.clone()).await.is_ok_and(|row| row.is_none()) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    world.kill_services().await;
    let_the_log_take(&world.bus, None).await.expect("a log");
    world.start_services().await;
    world.settle().await;
    equal("what was fetched and said", said(&world, "users.fixture_fetched").await, 1)
}

async fn said(world: &World, type_name: &str) -> usize {
    let log = inspect::log(&world.bus).await.expect("the log");
    log.iter().filter(|stored| stored.subject.starts_with(type_name)).count()
}

pub(crate) async fn what_is_not_committed_is_not_said() -> Seen {
    let world = impatient().start().await;
    send(&world, key(1), 1, What::Break).await;
    let parked = world.settle_with_parked().await;
    hold(!parked.is_empty(), || "nothing was parked".to_owned())?;
    equal("what was said of it", said(&world, "users.fixture_added").await, 0)
}

pub(crate) async fn what_comes_twice_happens_once() -> Seen {
    let world = world().doubled().start().await;
    for n in 0..5 {
        send(&world, key(n), 1, What::Fetch).await;
    }
    world.settle().await;
    let log = inspect::log(&world.bus).await.expect("the log");
    let happened: HashSet<_> = log.iter().map(|stored| (&stored.causation, &stored.subject)).collect();
    equal("messages of the log", log.len(), happened.len())?;
    for n in 0..5 {
        let counter = counter(&world, key(n)).await;
        equal("steps and calls", (counter.steps, counter.fetched), (vec![1], 1))?;
    }
    Ok(())
}

pub(crate) async fn messages_about_one_entity_keep_their_order() -> Seen {
    const STEPS: u32 = 10;
    let mut world = world().with("dispatcher.batch", 4).start_without_services().await;
    for step in 0..STEPS {
        send(&world, key(1), step, if step % 4 == 1 { What::Flaky } else { What::Fetch }).await;
    }
    world.start_services().await;
    world.settle().await;
    equal("the order of its calls", counter(&world, key(1)).await.recorded, (0..STEPS).collect())
}

pub(crate) async fn a_bad_message_is_parked_whole_and_alone() -> Seen {
    let mut world = impatient().start_without_services().await;
    let id = key(1).to_string();
    let subject = format!("intent.fixture.add.v1.{}.{}.{id}", partition_of(&id, world.bus.partitions), alice());
    inspect::inject(&world.bus, &subject, &[], br#"{"not":"a step"}"#).await.expect("stored");
    for n in 0..20 {
        send(&world, key(n), 1, if n == 10 { What::Break } else { What::Step }).await;
    }
    world.start_services().await;
    let parked = world.settle_with_parked().await;
    equal("messages that were parked", parked.len(), 2)?;
    let whole = parked.iter().any(|stored| stored.body["not"] == "a step");
    hold(whole, || "what was parked cannot be read any more".to_owned())?;
    for n in (0..20).filter(|n| *n != 10) {
        equal("its neighbours' steps", counter(&world, key(n)).await.steps, vec![1])?;
    }
    Ok(())
}

pub(crate) async fn who_is_away_is_waited_for() -> Seen {
    let world = world().with("dispatcher.retry_cap_ms", 20).with("dispatcher.retry_attempts", 2).start().await;
    for n in 0..3 {
        send(&world, key(n), 1, What::Away).await;
    }
    equal("messages that were parked", world.settle_with_parked().await.len(), 0)
}

pub(crate) async fn a_no_is_told() -> Seen {
    let world = world().start().await;
    let verdict = ask(&world, id_of(key(1), 1), key(1), 1, What::Refuse).await;
    hold(matches!(verdict, Verdict::Refused(_)), || format!("the verdict is {verdict:?}"))
}

// --- deadlines ---------------------------------------------------------------------------------------------------------

fn with_timers(config: &Config) -> anyhow::Result<Vec<Service>> {
    let mut services = service(config)?;
    services = services.into_iter().map(|service| service.on("elapse", elapse)).collect();
    services.push(Service::new("timers").watches::<AcceptanceDeadline>());
    Ok(services)
}

fn elapse(_: &Cx<'_>, _: Option<Counter>, _: AcceptanceElapsed) -> Result<Change<Counter>, Fault> {
    Ok(Change::none())
}

async fn promise(world: &World, count: u128) {
    for n in 0..count {
        let due_at = world.clock.now() + SignedDuration::from_mins(10);
        let deadline = AcceptanceDeadline { order_id: key(n), due_at };
        let body = serde_json::to_vec(&deadline).expect("JSON");
        inspect::inject(&world.bus, &deadline.subject(), &[], &body).await.expect("stored");
    }
}

pub(crate) async fn no_deadline_is_early() -> Seen {
    let world = World::of(Db::Sqlite).only(with_timers).start().await;
    promise(&world, 5).await;
    world.advance(SignedDuration::from_mins(9)).await;
    // One that is due at once tells when the others have been looked at.
    let due_at = world.clock.now();
    let deadline = AcceptanceDeadline { order_id: key(99), due_at };
    let body = serde_json::to_vec(&deadline).expect("JSON");
    inspect::inject(&world.bus, &deadline.subject(), &[], &body).await.expect("stored");
    while said(&world, "timers.acceptance_elapsed").await == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    world.settle().await;
    equal("deadlines that fired before their time", said(&world, "timers.acceptance_elapsed").await, 1)
}

pub(crate) async fn no_deadline_is_lost() -> Seen {
    let mut world = World::of(Db::Sqlite).only(with_timers).start().await;
    promise(&world, 20).await;
    // As long as it takes to look at all of them; whoever keeps them in memory has let go of them then.
    for _ in 0..50 {
        if inspect::deadlines(&world.bus).await.expect("the deadlines").is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    world.kill_services().await;
    world.move_clock(SignedDuration::from_mins(11));
    world.start_services().await;
    world.settle().await;
    equal("deadlines that fired", said(&world, "timers.acceptance_elapsed").await, 20)
}
