//! Who may do what, and what bad requests are told.

use reqwest::Method;
use serde_json::json;
use testkit::{Db, World, basket};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_nobody_elses_business() {
    let world = World::of(Db::Sqlite).start().await;
    let (alice, bob, ray, rio) =
        (world.person("alice").await, world.person("bob").await, world.person("ray").await, world.person("rio").await);
    let order = alice.place().await;
    world.settle().await;
    let path = format!("/api/v1/orders/{order}");
    for stranger in [&bob, &ray] {
        assert_eq!(stranger.get(&path).await.code(404), "not_found");
    }
    assert_eq!(bob.cancel(&order).await.code(404), "not_found");
    assert_eq!(bob.accept(&order).await.code(403), "forbidden");
    assert_eq!(alice.accept(&order).await.code(403), "forbidden");
    ray.accept(&order).await.expect(200);
    assert_eq!(rio.accept(&order).await.code(409), "already_taken");
    assert_eq!(rio.get(&path).await.code(404), "not_found");
    assert!(matches!(rio.advance(&order, "PLACED").await.status, 403 | 404));
    assert!(ray.get(&path).await.expect(200)["handover_pin"].is_null());
    assert_eq!(world.person("olga").await.get(&path).await.expect(200)["status"], "ACCEPTED");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_needs_its_steps_and_its_pin() {
    let world = World::of(Db::Sqlite).start().await;
    let (alice, ray) = (world.person("alice").await, world.person("ray").await);
    let order = alice.place().await;
    world.settle().await;
    ray.accept(&order).await.expect(200);
    assert_eq!(ray.advance(&order, "ON_THE_WAY").await.code(409), "wrong_step");
    ray.advance(&order, "PLACED").await.expect(200);
    ray.advance(&order, "ON_THE_WAY").await.expect(200);
    assert_eq!(ray.advance(&order, "DELIVERED").await.code(409), "pin_required");
    let pin = alice.order(&order).await["handover_pin"].as_str().unwrap().to_owned();
    let wrong = if pin == "0000" { "0001" } else { "0000" };
    for _ in 0..5 {
        assert_eq!(ray.hand_over(&order, wrong).await.code(409), "wrong_pin");
    }
    // Guessing does not pay: not even the right one is taken for a while.
    assert_eq!(ray.hand_over(&order, &pin).await.code(409), "pin_locked");
    world.advance(jiff::SignedDuration::from_mins(15)).await;
    ray.hand_over(&order, &pin).await.expect(200);
    assert_eq!(ray.hand_over(&order, wrong).await.code(409), "wrong_pin");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idempotency_key_is_one_order() {
    let world = World::of(Db::Sqlite).start().await;
    let alice = world.person("alice").await;
    let (quote, other) = (alice.quote(basket()).await, {
        let mut basket = basket();
        basket["tip_cents"] = json!(100);
        alice.quote(basket).await
    });
    let first = alice.place_quoted(&quote, "key-1").await.expect(202);
    let again = alice.place_quoted(&quote, "key-1").await.expect(202);
    assert_eq!(first["order_id"], again["order_id"]);
    world.settle().await;
    assert_eq!(alice.place_quoted(&other, "key-1").await.code(422), "idempotency_key_reused");
    let missing = alice.post("/api/v1/orders", json!({ "quote_id": quote })).await;
    assert_eq!(missing.code(400), "idempotency_key_required");
    world.settle().await;
    let list = alice.get("/api/v1/orders").await.expect(200);
    assert_eq!(list["orders"].as_array().unwrap().len(), 1);
    // About another order it is another key.
    for order in [first["order_id"].as_str().expect("an order_id"), &alice.place().await] {
        world.settle().await;
        let (path, key) = (format!("/api/v1/orders/{order}/cancel"), [("Idempotency-Key", "key-1")]);
        let why = |reason: &str| Some(json!({ "reason": reason }));
        alice.request(Method::POST, &path, &key, why("changed my mind")).await.expect(200);
        alice.request(Method::POST, &path, &key, why("changed my mind")).await.expect(200);
        let reused = alice.request(Method::POST, &path, &key, why("too late")).await;
        assert_eq!(reused.code(422), "idempotency_key_reused");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quote_is_its_customers_and_unchanged() {
    let world = World::of(Db::Sqlite).start().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let quote = alice.quote(basket()).await;
    assert_eq!(bob.place_quoted(&quote, "k").await.code(403), "not_your_quote");
    assert_eq!(alice.place_quoted(&quote.replacen('e', "f", 1), "k").await.code(422), "bad_quote");
    world.move_clock(jiff::SignedDuration::from_mins(16));
    assert_eq!(alice.place_quoted(&quote, "k").await.code(409), "quote_expired");
    let mut bad = basket();
    bad["items"][0]["price_cents"] = json!(-1);
    let refused = alice.post("/api/v1/quotes", bad).await;
    assert!(matches!(refused.status, 400 | 422), "{refused:?}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_placed_can_be_read_at_once() {
    let world = World::of(Db::Sqlite).with("gateway.place_wait_ms", 30_000).start().await;
    let alice = world.person("alice").await;
    for _ in 0..20 {
        let order = alice.place().await;
        assert_eq!(alice.order(&order).await["order_id"], order.as_str());
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_in_another_log_is_told_to_begin_anew() {
    let world = World::of(Db::Sqlite).start().await;
    let alice = world.person("alice").await;
    alice.place().await;
    world.settle().await;
    for stale in ["1000000", "9007199254740991"] {
        assert_eq!(alice.watch(Some(stale)).await.first().await, "reset");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_accept_that_a_cancel_overtook_is_no_success() {
    let world = World::of(Db::Sqlite).start().await;
    let (alice, ray) = (world.person("alice").await, world.person("ray").await);
    for _ in 0..25 {
        let order = alice.place().await;
        world.settle().await;
        let (accepted, cancelled) = tokio::join!(ray.accept(&order), alice.cancel(&order));
        world.settle().await;
        let status = alice.order(&order).await["status"].clone();
        let told = (accepted.status, cancelled.status);
        let expected = if status == "CANCELLED" { (409, 200) } else { (200, 409) };
        assert_eq!(told, expected, "{status}: {} / {}", accepted.body, cancelled.body);
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_that_waits_says_how_it_ended() {
    let world = World::of(Db::Sqlite).start().await;
    let alice = world.person("alice").await;
    let quote = alice.quote(basket()).await;
    let headers = [("Idempotency-Key", "k"), ("Prefer", "wait=20")];
    let placed = alice.request(Method::POST, "/api/v1/orders", &headers, Some(json!({ "quote_id": quote }))).await;
    assert_eq!(placed.expect(202)["status"], "CREATED");
    world.end().await;
}
