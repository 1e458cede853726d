//! Everything runs twice, and happens once.

use std::collections::HashSet;

use chassis::inspect;
use contracts::Verdict;

use crate::fixture::{Db, What, World, ask, counter, id_of, key, send, service};

testkit::on_both! {
    a_message_delivered_twice_is_handled_once,
    the_same_request_again_has_the_same_verdict,
    an_idempotency_key_is_good_for_one_thing,
    a_refusal_changes_nothing_and_is_told,
    a_crash_repeats_nothing_and_loses_nothing,
    a_broker_that_was_killed_forgets_nothing,
    a_soft_stop_finishes_what_it_began_and_gives_back_the_rest,
}

async fn a_message_delivered_twice_is_handled_once(db: Db) {
    let world = World::of(db).only(service).doubled().start().await;
    for n in 0..20 {
        send(&world, key(n), 1, What::Fetch).await;
    }
    world.settle().await;
    for n in 0..20 {
        let counter = counter(&world, key(n)).await;
        assert_eq!((counter.steps, counter.fetched), (vec![1], 1));
    }
    no_message_twice(&world).await;
    world.end().await;
}

async fn no_message_twice(world: &World) {
    let log = inspect::log(&world.bus).await.expect("the log");
    let ids: HashSet<_> = log.iter().map(|stored| &stored.id).collect();
    assert_eq!(ids.len(), log.len(), "a message is in the log twice");
}

async fn the_same_request_again_has_the_same_verdict(db: Db) {
    let world = World::of(db).only(service).start().await;
    let first = ask(&world, id_of(key(1), 1), key(1), 1, What::Step).await;
    ask(&world, id_of(key(1), 2), key(1), 2, What::Step).await;
    let again = ask(&world, id_of(key(1), 1), key(1), 1, What::Step).await;
    assert_eq!(first, again);
    assert_eq!(counter(&world, key(1)).await.steps, [1, 2]);
    world.end().await;
}

async fn an_idempotency_key_is_good_for_one_thing(db: Db) {
    let world = World::of(db).only(service).start().await;
    ask(&world, id_of(key(1), 1), key(1), 1, What::Step).await;
    let other = ask(&world, id_of(key(1), 1), key(1), 2, What::Step).await;
    assert!(matches!(&other, Verdict::Refused(no) if no.code == "idempotency_key_reused"), "{other:?}");
    assert_eq!(counter(&world, key(1)).await.steps, [1]);
    world.end().await;
}

async fn a_refusal_changes_nothing_and_is_told(db: Db) {
    let world = World::of(db).only(service).start().await;
    let verdict = ask(&world, id_of(key(1), 1), key(1), 1, What::Refuse).await;
    assert!(matches!(&verdict, Verdict::Refused(no) if no.code == "odd"), "{verdict:?}");
    assert!(counter(&world, key(1)).await.steps.is_empty());
    world.end().await;
}

async fn a_crash_repeats_nothing_and_loses_nothing(db: Db) {
    let mut world = World::of(db).only(service).start().await;
    // Killed again and again while messages flow: whatever was in hand is taken up where it was.
    for round in 0..5 {
        for n in 0..20 {
            send(&world, key(n), round, What::Fetch).await;
        }
        world.kill_services().await;
        world.start_services().await;
    }
    world.settle().await;
    for n in 0..20 {
        let counter = counter(&world, key(n)).await;
        assert_eq!((counter.steps, counter.fetched), (vec![0, 1, 2, 3, 4], 5));
    }
    no_message_twice(&world).await;
    world.end().await;
}

async fn a_broker_that_was_killed_forgets_nothing(db: Db) {
    let mut world = World::of(db).only(service).start().await;
    for round in 0..3 {
        for n in 0..20 {
            send(&world, key(n), round, What::Fetch).await;
        }
        world.restart_broker().await;
    }
    world.settle().await;
    for n in 0..20 {
        let counter = counter(&world, key(n)).await;
        assert_eq!((counter.steps, counter.fetched), (vec![0, 1, 2], 3));
    }
    world.end().await;
}

async fn a_soft_stop_finishes_what_it_began_and_gives_back_the_rest(db: Db) {
    let mut world = World::of(db).only(service).with("dispatcher.batch", 8).start().await;
    for round in 0..4 {
        for n in 0..40 {
            send(&world, key(n), round, What::Fetch).await;
        }
        world.stop_services().await;
        world.start_services().await;
    }
    world.settle().await;
    for n in 0..40 {
        let counter = counter(&world, key(n)).await;
        assert_eq!((counter.steps, counter.recorded), (vec![0, 1, 2, 3], vec![0, 1, 2, 3]));
    }
    no_message_twice(&world).await;
    world.end().await;
}
