//! Parts are killed; nothing accepted is lost and nothing happens twice.

use jiff::SignedDuration;
use serde_json::json;
use testkit::{Builder, basket};

use crate::forward::deliver;

crate::stories! {
    an_order_accepted_while_every_service_is_down_is_carried_when_they_are_back,
    an_offer_expires_also_when_everything_was_killed_in_between,
    an_order_survives_a_crash_after_every_step,
    stripe_may_do_the_work_and_not_answer,
}

async fn an_order_accepted_while_every_service_is_down_is_carried_when_they_are_back(world: Builder) {
    let mut world = world.start().await;
    let alice = world.person("alice").await;
    let quote = alice.quote(basket()).await;
    world.kill_services().await;
    let placed = alice.place_quoted(&quote, "while-you-were-out").await;
    assert_eq!(placed.status, 202, "{placed:?}");
    let order = placed.body["order_id"].as_str().unwrap().to_owned();
    assert_eq!(placed.location, Some(format!("/api/v1/orders/{order}")));
    // The same request again is the same order, also while nobody is there to say so.
    assert_eq!(alice.place_quoted(&quote, "while-you-were-out").await.expect(202)["order_id"], order.as_str());
    // Longer than the quote holds: it is the moment of asking that counts.
    world.move_clock(SignedDuration::from_hours(1));
    world.start_services().await;
    world.settle().await;
    assert_eq!(alice.order(&order).await["status"], "CREATED");
    assert_eq!(alice.place_quoted(&quote, "while-you-were-out").await.expect(202)["order_id"], order.as_str());
    assert_eq!(world.stripe().await["open_holds_count"], 1);
    world.end().await;
}

async fn an_offer_expires_also_when_everything_was_killed_in_between(world: Builder) {
    let mut world = world.start().await;
    let alice = world.person("alice").await;
    let order = alice.place().await;
    world.settle().await;
    world.kill_services().await;
    world.kill_broker().await;
    world.move_clock(SignedDuration::from_mins(31));
    world.start_broker().await;
    world.start_services().await;
    world.settle().await;
    let view = alice.order(&order).await;
    assert_eq!((&view["status"], &view["reason"]), (&json!("CANCELLED"), &json!("expired")));
    assert_eq!(world.stripe().await["open_holds_count"], 0);
    world.end().await;
}

async fn an_order_survives_a_crash_after_every_step(world: Builder) {
    let mut world = world.start().await;
    let (alice, ray) = (world.person("alice").await, world.person("ray").await);
    let quote = alice.quote(basket()).await;
    let placed = alice.place_quoted(&quote, "one").await.expect(202);
    let order = placed["order_id"].as_str().unwrap().to_owned();
    for _ in 0..3 {
        world.kill_services().await;
        world.start_services().await;
    }
    world.restart_broker().await;
    world.settle().await;
    deliver(&alice, &ray, &order).await;
    world.kill_services().await;
    world.restart_broker().await;
    world.start_services().await;
    world.settle().await;
    assert_eq!(alice.order(&order).await["status"], "COMPLETED");
    let stripe = world.stripe().await;
    assert_eq!((&stripe["captured_count"], &stripe["transfers_count"]), (&json!(1), &json!(1)), "{stripe}");
    world.end().await;
}

async fn stripe_may_do_the_work_and_not_answer(world: Builder) {
    let world = world.start().await;
    let (alice, ray) = (world.person("alice").await, world.person("ray").await);
    for (path, mode) in
        [("/v1/payment_intents", "fail"), ("/v1/payment_intents/*/capture", "timeout_after"), ("/v1/transfers", "fail")]
    {
        let fault = json!({ "path": path, "mode": mode, "ms": 50, "times": 2 });
        let url = format!("{}/sandbox/fault", world.stripe_url());
        let set = reqwest::Client::new().put(url).json(&fault).send().await.unwrap();
        assert!(set.status().is_success(), "{}", set.text().await.unwrap());
    }
    let order = alice.place().await;
    world.settle().await;
    deliver(&alice, &ray, &order).await;
    world.settle().await;
    assert_eq!(alice.order(&order).await["status"], "COMPLETED");
    let stripe = world.stripe().await;
    assert_eq!((&stripe["captured_amount"], &stripe["transfers_amount"]), (&json!(1_090), &json!(1_090)), "{stripe}");
    world.end().await;
}
