//! Calls to the outside: outside any transaction, many at a time, and each entity's in order.

use std::time::Duration;

use crate::fixture::{Db, SLOW, What, World, counter, key, send, service};

testkit::on_both! {
    a_slow_call_delays_nobody_but_its_own_entity,
    a_call_that_fails_is_made_again,
    a_call_that_never_comes_back_is_made_again,
    whoever_is_away_is_waited_for_longer_than_any_failure,
}

/// One test at a time lets slow calls go on.
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

async fn a_slow_call_delays_nobody_but_its_own_entity(db: Db) {
    let _alone = ONE_AT_A_TIME.lock().await;
    let world = World::of(db).only(service).start().await;
    send(&world, key(1), 1, What::Slow).await;
    for n in 2..10 {
        send(&world, key(n), 1, What::Fetch).await;
    }
    for n in 2..10 {
        fetched(&world, n, 1).await;
    }
    // Its own entity waits: the call is still out.
    send(&world, key(1), 2, What::Step).await;
    SLOW.add_permits(1);
    world.settle().await;
    let own = counter(&world, key(1)).await;
    assert_eq!((own.steps, own.fetched), (vec![1, 2], 1));
    world.end().await;
}

async fn fetched(world: &World, n: u128, times: u32) {
    for step in 1_000.. {
        let verdict = crate::fixture::ask(world, crate::fixture::id_of(key(n), step), key(n), step, What::Step).await;
        let contracts::Verdict::Done { view } = verdict else { panic!("{verdict:?}") };
        if view["fetched"] == times {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn a_call_that_fails_is_made_again(db: Db) {
    let world = World::of(db).only(service).with("dispatcher.retry_first_ms", 5).start().await;
    for n in 0..5 {
        send(&world, key(n), 1, What::Flaky).await;
    }
    world.settle().await;
    for n in 0..5 {
        assert_eq!(counter(&world, key(n)).await.fetched, 1);
    }
    world.end().await;
}

async fn a_call_that_never_comes_back_is_made_again(db: Db) {
    let world = World::of(db).only(service).with("dispatcher.retry_first_ms", 5);
    let world = world.with("dispatcher.call_patience_ms", 50).start().await;
    send(&world, key(1), 1, What::Hangs).await;
    send(&world, key(1), 2, What::Step).await;
    world.settle().await;
    let counted = counter(&world, key(1)).await;
    assert_eq!((counted.steps, counted.fetched), (vec![1, 2], 1));
    world.end().await;
}

async fn whoever_is_away_is_waited_for_longer_than_any_failure(db: Db) {
    let world = World::of(db).only(service).with("dispatcher.retry_first_ms", 5).with("dispatcher.retry_cap_ms", 20);
    let world = world.with("dispatcher.retry_attempts", 2).start().await;
    for n in 0..5 {
        send(&world, key(n), 1, What::Away).await;
    }
    world.settle().await;
    for n in 0..5 {
        assert_eq!(counter(&world, key(n)).await.fetched, 1);
    }
    world.end().await;
}
