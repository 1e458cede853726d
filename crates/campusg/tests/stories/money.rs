//! Money that does not go straight: held payouts, failed captures, refunds, disputes, lapsing holds, tips. After each of
//! them our books are right, and Stripe's are the same.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Builder, Person, World};

use crate::forward::{carry, deliver};

crate::stories! {
    b07_a_held_payout_goes_out_when_the_runner_can_be_paid,
    a_capture_that_fails_is_tried_again_and_then_is_an_operators_task,
    a_capture_of_a_hold_that_is_gone_is_an_operators_task_at_once,
    b14_a_refund_takes_the_payout_back_first,
    a_refund_may_be_the_platforms_own,
    what_is_refunded_in_stripes_dashboard_is_in_our_books,
    a_dispute_is_a_task_until_it_is_decided,
    b21_a_hold_does_not_lapse_unseen,
    a_hold_that_is_cancelled_in_stripes_dashboard_ends_the_order,
    an_operator_cancels_what_was_delivered_and_the_money_goes_back,
    a_tip_after_the_delivery_goes_to_the_runner,
    b19_stripe_may_say_everything_twice_and_late,
    b08_a_payout_that_stripe_refuses_is_never_a_success,
}

/// Every order's audit is right, and Stripe's books say the same as ours, to the cent.
pub(crate) async fn books_agree(world: &World) {
    crate::keeps_to_the_score(world).await;
    let fay = world.person("fay").await;
    let books = world.sandbox(Method::GET, "/sandbox/books", None).await;
    for (order, stripe) in orders_of(&books) {
        let audit = fay.get(&format!("/api/v1/ops/orders/{order}/audit")).await.expect(200);
        assert_eq!(audit["ok"], true, "{audit:#}");
        let all = |account: &str| audit["balances"][account].as_i64().unwrap_or_default();
        let theirs = |name: &str| stripe[name].as_i64().unwrap_or_default();
        assert_eq!(all("held"), theirs("held"), "held of {order}: {audit:#} {stripe:#}");
        assert_eq!(all("stripe_fees"), theirs("fees"), "fees of {order}: {audit:#} {stripe:#}");
        assert_eq!(
            all("runner"),
            theirs("transferred") - theirs("reversed"),
            "the runner's of {order}: {audit:#} {stripe:#}"
        );
        // What the customer is out of pocket.
        assert_eq!(
            -all("customer"),
            theirs("captured") - theirs("refunded"),
            "the customer's of {order}: {audit:#} {stripe:#}"
        );
    }
}

/// The sandbox's books, order by order.
fn orders_of(books: &Value) -> Vec<(String, Value)> {
    let books = books.as_object().expect("books");
    books.iter().map(|(order, book)| (order.clone(), book.clone())).collect()
}

pub(crate) async fn tasks(world: &World) -> Vec<String> {
    let tasks = world.person("olga").await.tasks().await;
    tasks.iter().map(|task| task["code"].as_str().unwrap().to_owned()).collect()
}

async fn account(world: &World, name: &str, transfers: &str) {
    let path = format!("/sandbox/accounts/acct_ready_{name}");
    world.sandbox(Method::PUT, &path, Some(json!({ "transfers": transfers }))).await;
}

/// The newest charge's PaymentIntent, as one finds it in Stripe's dashboard.
async fn payment_intent(world: &World) -> String {
    let request = reqwest::Client::new().get(format!("{}/v1/payment_intents?limit=1", world.stripe_url()));
    let list: Value = request.bearer_auth(stripe_sandbox::SECRET_KEY).send().await.unwrap().json().await.unwrap();
    list["data"][0]["id"].as_str().expect("a payment intent").to_owned()
}

async fn refund(world: &World, order: &str, body: Value) -> testkit::Answer {
    world.person("fay").await.post(&format!("/api/v1/ops/orders/{order}/refund"), body).await
}

async fn b07_a_held_payout_goes_out_when_the_runner_can_be_paid(world: Builder) {
    let world = world.start().await;
    let (alice, ray) = (world.person("alice").await, world.person("ray").await);
    let order = alice.place().await;
    world.settle().await;
    ray.accept(&order).await.expect(200);
    account(&world, "ray", "inactive").await;
    world.settle().await;
    ray.advance(&order, "PLACED").await.expect(200);
    ray.advance(&order, "ON_THE_WAY").await.expect(200);
    let pin = alice.order(&order).await["handover_pin"].as_str().unwrap().to_owned();
    ray.hand_over(&order, &pin).await.expect(200);
    world.settle().await;
    let view = alice.order(&order).await;
    assert_eq!(view["status"], "DELIVERED", "{view}");
    assert!(view["problem"].is_string(), "{view}");
    // The customer has the food, so they have paid; the runner's share waits.
    assert_eq!(world.stripe().await["captured_amount"], 1_090);
    assert_eq!(tasks(&world).await, ["payout_held"]);
    books_agree(&world).await;
    account(&world, "ray", "active").await;
    world.settle().await;
    assert_eq!(alice.order(&order).await["status"], "COMPLETED");
    assert_eq!(world.stripe().await["transfers_amount"], 1_090);
    assert!(tasks(&world).await.is_empty());
    books_agree(&world).await;
    world.end().await;
}

async fn a_capture_that_fails_is_tried_again_and_then_is_an_operators_task(world: Builder) {
    let world = world.start().await;
    let (alice, ray) = (world.person("alice").await, world.person("ray").await);
    let order = alice.place().await;
    world.settle().await;
    let fault = json!({ "path": "/v1/payment_intents/*/capture", "mode": "fail", "status": 402, "times": 4 });
    world.sandbox(Method::PUT, "/sandbox/fault", Some(fault)).await;
    deliver(&alice, &ray, &order).await;
    world.settle().await;
    // Nobody has to do anything yet: it is tried again by itself.
    assert!(tasks(&world).await.is_empty());
    for _ in 0..5 {
        world.advance(SignedDuration::from_mins(6)).await;
    }
    let view = alice.order(&order).await;
    assert_eq!(view["status"], "DELIVERED");
    assert!(view["problem"].is_string(), "{view}");
    assert_eq!(tasks(&world).await, ["capture_failed"]);
    let story = world.story(&order).await;
    assert_eq!(story.iter().filter(|message| *message == "payments.capture_failed.v1").count(), 4, "{story:?}");
    books_agree(&world).await;
    // An operator ends it: nothing was taken, so what is held is let go.
    let path = format!("/api/v1/ops/orders/{order}/cancel");
    let cancelled = world.person("olga").await.post(&path, json!({ "note": "no money to be had" })).await.expect(200);
    assert_eq!(cancelled["reason"], "operator");
    world.settle().await;
    assert!(tasks(&world).await.is_empty());
    assert_eq!(world.stripe().await["open_holds_count"], 0);
    books_agree(&world).await;
    world.end().await;
}

async fn a_capture_of_a_hold_that_is_gone_is_an_operators_task_at_once(world: Builder) {
    let world = world.start().await;
    let (alice, ray) = (world.person("alice").await, world.person("ray").await);
    let order = alice.place().await;
    world.settle().await;
    // Nobody tells us that the hold is gone.
    world.sandbox(Method::DELETE, "/sandbox/webhook", None).await;
    let body = json!({ "payment_intent": payment_intent(&world).await });
    world.sandbox(Method::POST, "/sandbox/dashboard/cancel", Some(body)).await;
    deliver(&alice, &ray, &order).await;
    world.settle().await;
    assert_eq!(alice.order(&order).await["status"], "DELIVERED");
    assert_eq!(tasks(&world).await, ["capture_failed"]);
    let path = format!("/api/v1/ops/orders/{order}/cancel");
    world.person("olga").await.post(&path, json!({ "note": "no money to be had" })).await.expect(200);
    world.settle().await;
    assert!(tasks(&world).await.is_empty());
    books_agree(&world).await;
    world.end().await;
}

async fn b14_a_refund_takes_the_payout_back_first(world: Builder) {
    let world = world.start().await;
    let order = carry(&world).await;
    let body = json!({ "bearer": "runner", "reason": "it was cold" });
    assert_eq!(
        world.person("alice").await.post(&format!("/api/v1/ops/orders/{order}/refund"), body.clone()).await.status,
        403
    );
    let answer = refund(&world, &order, body).await;
    assert!(matches!(answer.status, 200 | 202), "{answer:?}");
    world.settle().await;
    let stripe = world.stripe().await;
    assert_eq!((&stripe["refunds_amount"], &stripe["reversals_amount"]), (&json!(1_090), &json!(1_090)), "{stripe}");
    let calls = world.sandbox(Method::GET, "/sandbox/calls", None).await;
    let paths: Vec<_> = calls.as_array().unwrap().iter().map(|call| call["path"].as_str().unwrap()).collect();
    let reversal = paths.iter().position(|path| path.ends_with("/reversals"));
    let refund_at = paths.iter().position(|path| path.ends_with("/v1/refunds"));
    assert!(reversal.is_some() && reversal < refund_at, "{paths:?}");
    // Terminal is terminal: the order stays what it was, its money tells the rest.
    let alice = world.person("alice").await;
    assert_eq!(alice.order(&order).await["status"], "COMPLETED");
    assert_eq!(alice.money(&order).await["refunded_cents"], 1_090);
    let again = refund(&world, &order, json!({ "bearer": "runner", "reason": "again" })).await;
    assert_eq!(again.status, 409, "{again:?}");
    books_agree(&world).await;
    world.end().await;
}

async fn a_refund_may_be_the_platforms_own(world: Builder) {
    let world = world.start().await;
    let order = carry(&world).await;
    let too_much = json!({ "amount_cents": 2_000, "bearer": "platform", "reason": "sorry" });
    assert!(matches!(refund(&world, &order, too_much).await.status, 409 | 422));
    let (path, fay) = (format!("/api/v1/ops/orders/{order}/refund"), world.person("fay").await);
    let sorry = json!({ "amount_cents": 300, "bearer": "platform", "reason": "sorry" });
    let once = async || {
        let headers = [("Idempotency-Key", "sorry"), ("Prefer", "wait=20")];
        fay.request(Method::POST, &path, &headers, Some(sorry.clone())).await
    };
    once().await;
    world.settle().await;
    // Whoever lost the answer asks again, and learns that it is done: not that it is still under way.
    let again = once().await.expect(200);
    assert_eq!(again["money"]["refunded_cents"], 300, "{again}");
    let stripe = world.stripe().await;
    assert_eq!((&stripe["refunds_amount"], &stripe["reversals_amount"]), (&json!(300), &json!(0)), "{stripe}");
    let wallet = world.person("ray").await.get("/api/v1/wallet").await.expect(200);
    assert_eq!(wallet["earned_cents"], 1_090);
    let wallet = world.person("alice").await.get("/api/v1/wallet").await.expect(200);
    assert_eq!(wallet["spent_cents"], 790);
    books_agree(&world).await;
    world.end().await;
}

async fn what_is_refunded_in_stripes_dashboard_is_in_our_books(world: Builder) {
    let world = world.start().await;
    let order = carry(&world).await;
    let body = json!({ "payment_intent": payment_intent(&world).await, "amount": 500 });
    world.sandbox(Method::POST, "/sandbox/dashboard/refund", Some(body)).await;
    world.settle().await;
    assert_eq!(world.person("alice").await.money(&order).await["refunded_cents"], 500);
    books_agree(&world).await;
    world.end().await;
}

async fn a_dispute_is_a_task_until_it_is_decided(world: Builder) {
    let world = world.start().await;
    let order = carry(&world).await;
    let body = json!({ "payment_intent": payment_intent(&world).await });
    let dispute = world.sandbox(Method::POST, "/sandbox/disputes", Some(body)).await;
    world.settle().await;
    assert_eq!(tasks(&world).await, ["disputed"]);
    // The bank has the money: a refund would take the runner's payout back for nothing.
    let refused = refund(&world, &order, json!({ "bearer": "runner", "reason": "sorry" })).await;
    assert_eq!(refused.code(409), "disputed");
    assert_eq!(world.stripe().await["reversals_count"], 0);
    let path = format!("/sandbox/disputes/{}", dispute["id"].as_str().expect("a dispute"));
    world.sandbox(Method::PUT, &path, Some(json!({ "status": "won" }))).await;
    world.settle().await;
    assert!(tasks(&world).await.is_empty());
    world.end().await;
}

async fn b21_a_hold_does_not_lapse_unseen(world: Builder) {
    let world = world.start().await;
    let (alice, ray) = (world.person("alice").await, world.person("ray").await);
    let order = alice.place().await;
    world.settle().await;
    ray.accept(&order).await.expect(200);
    // The tokens of before are over by then.
    world.advance(SignedDuration::from_hours(6 * 24 + 1)).await;
    let view = world.person("alice").await.order(&order).await;
    assert_eq!((&view["status"], &view["reason"]), (&json!("CANCELLED"), &json!("runner_failed")), "{view}");
    assert_eq!(world.stripe().await["open_holds_count"], 0);
    books_agree(&world).await;
    world.end().await;
}

async fn a_hold_that_is_cancelled_in_stripes_dashboard_ends_the_order(world: Builder) {
    let world = world.start().await;
    let alice = world.person("alice").await;
    let order = alice.place().await;
    world.settle().await;
    let body = json!({ "payment_intent": payment_intent(&world).await });
    world.sandbox(Method::POST, "/sandbox/dashboard/cancel", Some(body)).await;
    world.settle().await;
    let view = alice.order(&order).await;
    assert_eq!((&view["status"], &view["reason"]), (&json!("CANCELLED"), &json!("payment_declined")), "{view}");
    books_agree(&world).await;
    world.end().await;
}

async fn an_operator_cancels_what_was_delivered_and_the_money_goes_back(world: Builder) {
    let world = world.start().await;
    let (alice, ray, olga) = (world.person("alice").await, world.person("ray").await, world.person("olga").await);
    let order = alice.place().await;
    world.settle().await;
    ray.accept(&order).await.expect(200);
    account(&world, "ray", "inactive").await;
    world.settle().await;
    alice_has_it(&alice, &ray, &order).await;
    world.settle().await;
    assert_eq!(alice.order(&order).await["status"], "DELIVERED");
    let path = format!("/api/v1/ops/orders/{order}/cancel");
    assert_eq!(ray.post(&path, json!({ "note": "x" })).await.code(403), "forbidden");
    assert_eq!(olga.post(&path, json!({ "note": "never arrived" })).await.expect(200)["status"], "CANCELLED");
    world.settle().await;
    let stripe = world.stripe().await;
    assert_eq!((&stripe["refunds_amount"], &stripe["transfers_count"]), (&json!(1_090), &json!(0)), "{stripe}");
    books_agree(&world).await;
    // And nothing is paid out any more, whoever becomes ready.
    account(&world, "ray", "active").await;
    world.settle().await;
    assert_eq!(world.stripe().await["transfers_count"], 0);
    world.end().await;
}

async fn alice_has_it(alice: &Person, ray: &Person, order: &str) {
    ray.advance(order, "PLACED").await.expect(200);
    alice.act(order, "confirm", json!({})).await.expect(200);
}

async fn a_tip_after_the_delivery_goes_to_the_runner(world: Builder) {
    let world = world.start().await;
    let order = carry(&world).await;
    let (alice, ray) = (world.person("alice").await, world.person("ray").await);
    assert_eq!(alice.act(&order, "tip", json!({ "tip_cents": 10 })).await.code(422), "tip_out_of_range");
    alice.act(&order, "tip", json!({ "tip_cents": 300 })).await.expect(200);
    world.settle().await;
    assert_eq!(alice.act(&order, "tip", json!({ "tip_cents": 400 })).await.code(409), "already_tipped");
    let stripe = world.stripe().await;
    assert_eq!((&stripe["captured_amount"], &stripe["transfers_amount"]), (&json!(1_390), &json!(1_390)), "{stripe}");
    assert_eq!(ray.get("/api/v1/wallet").await.expect(200)["earned_cents"], 1_390);
    let receipt = alice.get(&format!("/api/v1/orders/{order}/receipt")).await.expect(200);
    let kinds: Vec<_> =
        receipt["movements"].as_array().unwrap().iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"capture") && kinds.contains(&"tip"), "{receipt:#}");
    books_agree(&world).await;
    world.end().await;
}

async fn b19_stripe_may_say_everything_twice_and_late(world: Builder) {
    let world = world.start().await;
    let webhook = |settings: Value| world.sandbox(Method::PUT, "/sandbox/webhook", Some(settings));
    webhook(json!({ "hold": true, "double": true })).await;
    let (alice, ray) = (world.person("alice").await, world.person("ray").await);
    let order = alice.place().await;
    alice.sees(&order, "CREATED").await;
    deliver(&alice, &ray, &order).await;
    alice.sees(&order, "COMPLETED").await;
    webhook(json!({ "hold": false })).await;
    world.settle().await;
    assert_eq!(alice.order(&order).await["status"], "COMPLETED");
    let stripe = world.stripe().await;
    assert_eq!((&stripe["captured_count"], &stripe["transfers_count"]), (&json!(1), &json!(1)), "{stripe}");
    books_agree(&world).await;
    world.end().await;
}

async fn b08_a_payout_that_stripe_refuses_is_never_a_success(world: Builder) {
    let world = world.start().await;
    let (alice, ray) = (world.person("alice").await, world.person("ray").await);
    // We are not told, so that it is the transfer itself that is refused.
    world.sandbox(Method::DELETE, "/sandbox/webhook", None).await;
    account(&world, "ray", "inactive").await;
    let order = alice.place().await;
    world.settle().await;
    deliver(&alice, &ray, &order).await;
    world.settle().await;
    assert_eq!(alice.order(&order).await["status"], "DELIVERED");
    assert_eq!(ray.get("/api/v1/wallet").await.expect(200)["waiting_cents"], 1_090);
    account(&world, "ray", "active").await;
    // Nobody tells us of that either: the retry finds it out.
    world.advance(SignedDuration::from_mins(6)).await;
    assert_eq!(alice.order(&order).await["status"], "COMPLETED");
    books_agree(&world).await;
    world.end().await;
}
