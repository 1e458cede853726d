//! A message that is put back is handled once, by the service that gave up on it, and whoever had it put back hears of it.

use chassis::inspect;
use contracts::Intent;

use crate::fixture::{Add, Db, What, World, alice, counter, id_of, key, service};

testkit::on_both! {
    a_message_is_handled_once_however_often_it_is_put_back,
    what_is_put_back_for_another_service_is_passed_by,
    a_rules_no_settles_it_too,
}

/// Puts the first step about this key back.
async fn put_back(world: &World, n: u128, what: What, number: u32, service: &str) {
    let first = id_of(key(n), 1);
    let step = Add { id: key(n), step: 1, what };
    let id = first.redriven("fixture", number).to_string();
    let (first, number) = (first.to_string(), number.to_string());
    let headers =
        [("ce-id", id.as_str()), ("redriven-of", &first), ("redriven-for", service), ("redriven-number", &number)];
    let body = serde_json::to_vec(&step).expect("JSON");
    inspect::inject(&world.bus, &step.subject(&alice(), world.bus.partitions), &headers, &body).await.expect("stored");
}

/// The receipts, as number and how.
async fn receipts(world: &World) -> Vec<(String, String)> {
    let mut receipts = Vec::new();
    for sequence in 1..=20 {
        let Some(whole) = inspect::whole(&world.bus, sequence).await.expect("the broker") else { break };
        assert_eq!(whole.subject, "settled.fixture.add");
        receipts.push((whole.headers["redriven-number"].clone(), whole.headers["settled-how"].clone()));
    }
    receipts
}

fn receipt(number: u32, how: &str) -> (String, String) {
    (number.to_string(), how.to_owned())
}

async fn a_message_is_handled_once_however_often_it_is_put_back(db: Db) {
    let world = World::of(db).only(service).doubled().start().await;
    for number in 1..=3 {
        put_back(&world, 1, What::Step, number, "fixture").await;
    }
    world.settle().await;
    // Nor under its first id, late as it is.
    crate::fixture::send(&world, key(1), 1, What::Step).await;
    assert_eq!(counter(&world, key(1)).await.steps, [1]);
    world.settle().await;
    let mut receipts = receipts(&world).await;
    receipts.sort();
    assert_eq!(receipts, [receipt(1, "done"), receipt(2, "handled before"), receipt(3, "handled before")]);
    let verdict = crate::fixture::ask(&world, id_of(key(1), 1), key(1), 1, What::Step).await;
    assert!(matches!(verdict, contracts::Verdict::Done { .. }), "{verdict:?}");
}

async fn what_is_put_back_for_another_service_is_passed_by(db: Db) {
    let world = World::of(db).only(service).doubled().start().await;
    put_back(&world, 1, What::Step, 1, "orders").await;
    world.settle().await;
    assert_eq!(receipts(&world).await, []);
    // It was only passed by: here it is still to be handled.
    put_back(&world, 1, What::Step, 2, "fixture").await;
    assert_eq!(counter(&world, key(1)).await.steps, [1]);
}

async fn a_rules_no_settles_it_too(db: Db) {
    let world = World::of(db).only(service).doubled().start().await;
    put_back(&world, 1, What::Refuse, 1, "fixture").await;
    world.settle().await;
    assert_eq!(receipts(&world).await, [receipt(1, "refused: odd")]);
}
