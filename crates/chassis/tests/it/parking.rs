//! A poisonous message delays nobody else, and is parked whole, once, with its reason.

use chassis::inspect::{self, Stored};
use contracts::{Verdict, partition_of};

use crate::fixture::{Db, What, World, ask, counter, id_of, key, send, service, with_a_listener};

testkit::on_both! {
    what_cannot_be_read_is_parked_whole,
    what_two_services_cannot_read_is_parked_by_each_of_them,
    what_is_too_large_to_park_whole_is_parked_all_the_same,
    a_bad_message_does_not_let_its_neighbours_overtake,
    a_reaction_that_panics_parks_its_message_and_no_other,
    a_statement_that_fails_parks_its_message_and_no_other,
    what_a_row_does_not_declare_is_not_said,
    a_call_that_never_succeeds_is_parked_after_its_tries,
}

async fn parked(world: &World) -> Stored {
    let mut parked = world.settle_with_parked().await;
    assert_eq!(parked.len(), 1, "{parked:?}");
    parked.remove(0)
}

fn impatient(db: Db) -> testkit::Builder {
    let world = World::of(db).only(service).doubled();
    world.with("dispatcher.retry_attempts", 3).with("dispatcher.retry_first_ms", 5)
}

async fn what_cannot_be_read_is_parked_whole(db: Db) {
    let world = impatient(db).start().await;
    let id = key(1).to_string();
    let subject =
        format!("intent.fixture.add.v1.{}.{}.{id}", partition_of(&id, world.bus.partitions), crate::fixture::alice());
    inspect::inject(&world.bus, &subject, &[("x-from", "a till")], b"{ not JSON \xff").await.expect("stored");
    send(&world, key(1), 1, What::Step).await;
    let parked = parked(&world).await;
    assert_eq!(parked.subject, "parked.fixture.unreadable");
    assert!(parked.reason.expect("a reason").contains("cannot be read"));
    assert_eq!(counter(&world, key(1)).await.steps, [1]);
}

async fn what_two_services_cannot_read_is_parked_by_each_of_them(db: Db) {
    let world = World::of(db).only(with_a_listener).doubled().start().await;
    let id = key(1).to_string();
    let subject = format!("users.fixture_added.v1.{}.{id}", partition_of(&id, world.bus.partitions));
    inspect::inject(&world.bus, &subject, &[], b"{ not JSON").await.expect("stored");
    let parked = world.settle_with_parked().await;
    let mut subjects: Vec<&str> = parked.iter().map(|stored| stored.subject.as_str()).collect();
    subjects.sort_unstable();
    assert_eq!(subjects, ["parked.fixture.unreadable", "parked.listener.unreadable"]);
    assert_ne!(parked[0].id, parked[1].id);
}

async fn a_reaction_that_panics_parks_its_message_and_no_other(db: Db) {
    let world = impatient(db).start().await;
    send(&world, key(1), 1, What::Step).await;
    send(&world, key(2), 1, What::Panic).await;
    send(&world, key(3), 1, What::Step).await;
    let parked = parked(&world).await;
    assert_eq!(parked.subject, "parked.fixture.add");
    assert!(parked.reason.expect("a reason").contains("the fixture was asked to"));
    let verdict = ask(&world, id_of(key(2), 1), key(2), 1, What::Panic).await;
    assert!(matches!(verdict, Verdict::Parked { .. }), "{verdict:?}");
    assert_eq!(counter(&world, key(1)).await.steps, [1]);
    assert_eq!(counter(&world, key(3)).await.steps, [1]);
}

async fn a_statement_that_fails_parks_its_message_and_no_other(db: Db) {
    let mut world = impatient(db).start_without_services().await;
    // All in one batch: they wait in the log until the service is there.
    for n in 0..50 {
        send(&world, key(n), 1, if n == 25 { What::Break } else { What::Step }).await;
    }
    world.start_services().await;
    let parked = parked(&world).await;
    assert_eq!(parked.correlation, key(25).to_string());
    for n in (0..50).filter(|n| *n != 25) {
        assert_eq!(counter(&world, key(n)).await.steps, [1]);
    }
}

async fn what_a_row_does_not_declare_is_not_said(db: Db) {
    let world = impatient(db).start().await;
    send(&world, key(1), 1, What::Undeclared).await;
    let parked = parked(&world).await;
    assert_eq!(parked.subject, "parked.fixture.forbid");
    assert!(parked.reason.expect("a reason").contains("does not declare"));
}

async fn a_call_that_never_succeeds_is_parked_after_its_tries(db: Db) {
    let world = impatient(db).start().await;
    send(&world, key(1), 1, What::Hopeless).await;
    send(&world, key(2), 1, What::Fetch).await;
    let parked = parked(&world).await;
    assert_eq!(parked.subject, "parked.fixture.fetch");
    assert_eq!(parked.reason.as_deref(), Some("never"));
    assert_eq!(counter(&world, key(2)).await.fetched, 1);
}

async fn what_is_too_large_to_park_whole_is_parked_all_the_same(db: Db) {
    let world = impatient(db).start().await;
    let id = key(1).to_string();
    let subject =
        format!("intent.fixture.add.v1.{}.{}.{id}", partition_of(&id, world.bus.partitions), crate::fixture::alice());
    inspect::inject(&world.bus, &subject, &[], &vec![b'x'; 1_048_000]).await.expect("stored");
    send(&world, key(1), 1, What::Step).await;
    let parked = parked(&world).await;
    assert!(parked.reason.expect("a reason").contains("cannot be read"));
    assert_eq!(counter(&world, key(1)).await.steps, [1]);
}

async fn a_bad_message_does_not_let_its_neighbours_overtake(db: Db) {
    let mut world = impatient(db).start_without_services().await;
    // One batch, in which a call and what follows it about the same entity stand beside a statement that fails.
    for step in 0..10 {
        send(&world, key(1), step, What::Fetch).await;
        if step == 5 {
            send(&world, key(2), 1, What::Break).await;
        }
    }
    world.start_services().await;
    parked(&world).await;
    let counter = counter(&world, key(1)).await;
    assert_eq!((counter.steps, counter.recorded), ((0..10).collect(), (0..10).collect()));
}
