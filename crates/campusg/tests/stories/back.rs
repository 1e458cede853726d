//! The ways back: nothing is held of an order that is not carried out, and its customer is told why.

use jiff::SignedDuration;
use serde_json::json;
use testkit::{Builder, World};

crate::stories! {
    a_declined_card_cancels_the_order,
    a_customer_without_a_card_is_told_so,
    a_customer_who_cancels_pays_nothing,
    an_order_that_nobody_takes_expires,
    a_runner_without_a_payout_account_gives_the_order_back,
    a_runner_who_does_not_come_can_be_left,
}

async fn nothing_is_held(world: &World) {
    let stripe = world.stripe().await;
    assert_eq!((&stripe["open_holds_count"], &stripe["captured_count"]), (&json!(0), &json!(0)), "{stripe}");
}

async fn a_declined_card_cancels_the_order(world: Builder) {
    let world = world.start().await;
    let dora = world.person("dora").await;
    let order = dora.place().await;
    world.settle().await;
    let view = dora.order(&order).await;
    assert_eq!((&view["status"], &view["reason"]), (&json!("CANCELLED"), &json!("payment_declined")));
    nothing_is_held(&world).await;
    world.end().await;
}

async fn a_customer_without_a_card_is_told_so(world: Builder) {
    // predecessor.md B03: this very branch was dead code.
    let world = world.start().await;
    let carl = world.person("carl").await;
    let order = carl.place().await;
    world.settle().await;
    let view = carl.order(&order).await;
    assert_eq!((&view["status"], &view["reason"]), (&json!("CANCELLED"), &json!("no_payment_method")));
    world.end().await;
}

async fn a_customer_who_cancels_pays_nothing(world: Builder) {
    let world = world.start().await;
    let (alice, ray) = (world.person("alice").await, world.person("ray").await);
    let order = alice.place().await;
    world.settle().await;
    assert_eq!(world.stripe().await["open_holds_count"], 1);
    assert_eq!(alice.cancel(&order).await.expect(200)["status"], "CANCELLED");
    world.settle().await;
    nothing_is_held(&world).await;
    assert_eq!(ray.accept(&order).await.code(409), "closed");
    assert_eq!(alice.cancel(&order).await.expect(200)["reason"], "customer");
    assert!(world.story(&order).await.ends_with(&["intent.orders.cancel.v1".to_owned()]));
    world.end().await;
}

async fn an_order_that_nobody_takes_expires(world: Builder) {
    let world = world.start().await;
    let (alice, ray) = (world.person("alice").await, world.person("ray").await);
    let order = alice.place().await;
    world.settle().await;
    let deadline = alice.order(&order).await["deadline"].clone();
    assert_eq!((&deadline["kind"], &deadline["consequence"]), (&json!("acceptance"), &json!("cancel_and_release")));
    world.advance(SignedDuration::from_mins(29)).await;
    assert_eq!(alice.order(&order).await["status"], "CREATED");
    world.advance(SignedDuration::from_mins(2)).await;
    let view = alice.order(&order).await;
    assert_eq!((&view["status"], &view["reason"]), (&json!("CANCELLED"), &json!("expired")));
    nothing_is_held(&world).await;
    assert_eq!(ray.accept(&order).await.code(409), "closed");
    assert!(world.story(&order).await.contains(&"payments.released.v1".to_owned()));
    world.end().await;
}

async fn a_runner_without_a_payout_account_gives_the_order_back(world: Builder) {
    let world = world.start().await;
    let (alice, rex, ray) = (world.person("alice").await, world.person("rex").await, world.person("ray").await);
    let order = alice.place().await;
    world.settle().await;
    assert_eq!(rex.accept(&order).await.code(409), "no_payout_account");
    assert_eq!(alice.order(&order).await["status"], "CREATED");
    assert_eq!(ray.accept(&order).await.expect(200)["status"], "ACCEPTED");
    world.end().await;
}

async fn a_runner_who_does_not_come_can_be_left(world: Builder) {
    // predecessor.md B22
    let world = world.start().await;
    let (alice, ray) = (world.person("alice").await, world.person("ray").await);
    let order = alice.place().await;
    world.settle().await;
    ray.accept(&order).await.expect(200);
    assert_eq!(alice.cancel(&order).await.code(409), "runner_has_it");
    world.advance(SignedDuration::from_mins(91)).await;
    assert_eq!(alice.order(&order).await["overdue"], true);
    assert_eq!(alice.cancel(&order).await.expect(200)["reason"], "runner_failed");
    world.settle().await;
    nothing_is_held(&world).await;
    world.end().await;
}
