//! 3-D Secure: the bank wants the customer before it holds the money (predecessor.md B18).

use jiff::SignedDuration;
use serde_json::{Value, json};
use testkit::{Builder, Person, World};

use crate::forward::deliver;
use crate::money::books_agree;

crate::stories! {
    a_customer_who_answers_their_bank_has_an_order_on_offer,
    a_customer_whom_the_bank_does_not_believe_pays_nothing,
    a_customer_who_does_not_answer_their_bank_loses_the_order_but_no_money,
    a_customer_may_cancel_instead_of_answering,
}

/// An order that waits for the bank, and the bank's page.
async fn at_the_bank(world: &World) -> (Person, String, String) {
    let tess = world.person("tess").await;
    let order = tess.place().await;
    world.settle().await;
    let view = tess.order(&order).await;
    assert_eq!(view["status"], "ACTION_REQUIRED", "{view}");
    assert_eq!((&view["deadline"]["kind"], &view["deadline"]["consequence"]), (&json!("action"), &json!("cancel")));
    let page = view["authenticate_url"].as_str().expect("the bank's page").to_owned();
    (tess, order, page)
}

async fn a_customer_who_answers_their_bank_has_an_order_on_offer(world: Builder) {
    let world = world.start().await;
    let (tess, order, page) = at_the_bank(&world).await;
    // Nobody but the customer is told where.
    assert!(world.person("olga").await.order(&order).await["authenticate_url"].is_null());
    let back = world.submit(&page, &[("outcome", "complete")]).await;
    assert!(back.contains(&order), "{back} leads back to the order");
    world.settle().await;
    assert_eq!(tess.order(&order).await["status"], "CREATED");
    deliver(&tess, &world.person("ray").await, &order).await;
    world.settle().await;
    assert_eq!(tess.order(&order).await["status"], "COMPLETED");
    books_agree(&world).await;
    world.end().await;
}

async fn a_customer_whom_the_bank_does_not_believe_pays_nothing(world: Builder) {
    let world = world.start().await;
    let (tess, order, page) = at_the_bank(&world).await;
    world.submit(&page, &[("outcome", "fail")]).await;
    world.settle().await;
    over(&tess, &order, "payment_declined").await;
    nothing_is_held(&world).await;
    world.end().await;
}

async fn a_customer_who_does_not_answer_their_bank_loses_the_order_but_no_money(world: Builder) {
    let world = world.start().await;
    let (tess, order, _) = at_the_bank(&world).await;
    world.advance(SignedDuration::from_mins(9)).await;
    assert_eq!(tess.order(&order).await["status"], "ACTION_REQUIRED");
    world.advance(SignedDuration::from_mins(2)).await;
    over(&tess, &order, "action_timed_out").await;
    nothing_is_held(&world).await;
    world.end().await;
}

async fn a_customer_may_cancel_instead_of_answering(world: Builder) {
    // predecessor.md B11: what the bank says later resurrects nothing, and what it holds is let go.
    let world = world.start().await;
    let (tess, order, page) = at_the_bank(&world).await;
    world.sandbox(reqwest::Method::PUT, "/sandbox/webhook", Some(json!({ "hold": true }))).await;
    world.submit(&page, &[("outcome", "complete")]).await;
    assert_eq!(tess.cancel(&order).await.expect(200)["status"], "CANCELLED");
    world.sandbox(reqwest::Method::PUT, "/sandbox/webhook", Some(json!({ "hold": false }))).await;
    world.settle().await;
    over(&tess, &order, "customer").await;
    nothing_is_held(&world).await;
    world.end().await;
}

async fn over(person: &Person, order: &str, reason: &str) {
    let view: Value = person.order(order).await;
    assert_eq!((&view["status"], &view["reason"]), (&json!("CANCELLED"), &json!(reason)), "{view}");
}

async fn nothing_is_held(world: &World) {
    let stripe = world.stripe().await;
    assert_eq!((&stripe["open_holds_count"], &stripe["captured_count"]), (&json!(0), &json!(0)), "{stripe}");
    books_agree(world).await;
}
