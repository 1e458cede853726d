//! What seldom happens: a bank that says no the second time, problems, people who leave, holds that come too late.

use contracts::{envelope, partition_of};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Builder, Person, World, basket};

use crate::forward::{carry, deliver};
use crate::money::books_agree;

crate::stories! {
    a_bank_that_wants_its_customer_each_time_gives_no_more_without_them,
    what_went_wrong_is_reported_and_put_right,
    who_leaves_is_forgotten,
    a_hold_that_comes_after_the_end_is_let_go,
    what_is_asked_for_again_is_answered_again,
    what_a_runner_gave_for_a_refund_that_failed_comes_back_to_them,
    what_stripe_says_before_its_time_is_kept,
}

async fn a_bank_that_wants_its_customer_each_time_gives_no_more_without_them(world: Builder) {
    let world = world.start().await;
    let (tess, ray) = (world.person("tess").await, world.person("ray").await);
    let order = tess.place().await;
    world.settle().await;
    let page = tess.order(&order).await["authenticate_url"].as_str().expect("the bank's page").to_owned();
    world.submit(&page, &[("outcome", "complete")]).await;
    world.settle().await;
    ray.accept(&order).await.expect(200);
    assert_eq!(ray.buy(&order, 1_500).await.expect(200)["change"]["state"], "asked");
    tess.act(&order, "answer", json!({ "agree": true })).await.expect(200);
    world.settle().await;
    assert_eq!(tess.order(&order).await["change"]["state"], "refused");
    ray.advance(&order, "PLACED").await.expect(200);
    tess.act(&order, "confirm", json!({})).await.expect(200);
    world.settle().await;
    tess.act(&order, "tip", json!({ "tip_cents": 300 })).await.expect(200);
    world.settle().await;
    // Nobody asked her bank, so nothing more is taken, and she may try another time.
    assert_eq!(world.stripe().await["captured_amount"], 1_090);
    books_agree(&world).await;
    world.end().await;
}

async fn what_went_wrong_is_reported_and_put_right(world: Builder) {
    let world = world.start().await;
    let order = carry(&world).await;
    let (alice, olga) = (world.person("alice").await, world.person("olga").await);
    alice.act(&order, "problem", json!({ "kind": "quality", "text": "cold and spilt" })).await.expect(200);
    world.settle().await;
    assert_eq!(olga.tasks().await[0]["code"], "problem_reported");
    let path = format!("/api/v1/ops/orders/{order}/resolve");
    olga.post(&path, json!({ "note": "an apology" })).await.expect(200);
    world.settle().await;
    assert_eq!(olga.tasks().await, Vec::<Value>::new());
    world.end().await;
}

async fn who_leaves_is_forgotten(world: Builder) {
    let world = world.start().await;
    let (bob, ray) = (world.person("bob").await, world.person("ray").await);
    let language = json!({ "language": "de", "role": "customer" });
    assert!(bob.request(Method::PUT, "/api/v1/me/preferences", &[], Some(language)).await.status < 300);
    let headers = [("Idempotency-Key", "usual"), ("Prefer", "wait=30")];
    let save = json!({ "name": "The usual", "basket": basket() });
    let saved = bob.request(Method::POST, "/api/v1/saved-orders", &headers, Some(save)).await;
    assert!(matches!(saved.status, 200..=202), "{saved:?}");
    world.settle().await;
    let saved = bob.get("/api/v1/saved-orders").await.expect(200);
    let path = format!("/api/v1/saved-orders/{}", saved["saved_orders"][0]["saved_id"].as_str().unwrap());
    let name = json!({ "name": "As always" });
    assert!(bob.request(Method::PATCH, &path, &[], Some(name)).await.status < 300);
    let order = bob.place().await;
    world.settle().await;
    deliver(&bob, &ray, &order).await;
    world.settle().await;
    leaves(&world, &bob).await;
    world.settle().await;
    let story = world.story(&bob.user_id).await;
    assert!(story.contains(&"users.closed.v1".to_owned()), "{story:?}");
    // What they were told, saved and paid with is gone; what they bought is in the books.
    for (service, table) in [("notifications", "inboxes"), ("payments", "patrons"), ("orders", "saved")] {
        let state = world.state(service, table, &bob.user_id).await.to_string();
        assert!(!state.contains("As always") && !state.contains("cus_"), "{state}");
    }
    assert_eq!(world.state("notifications", "inboxes", &bob.user_id).await["closed"], true);
    books_agree(&world).await;
    world.end().await;
}

/// The identity provider says that somebody is gone. Its webhook is closed while people sign in by name, so it is said to
/// the log as the gateway would.
async fn leaves(world: &World, person: &Person) {
    let (user_id, at) = (&person.user_id, world.clock.now().to_string());
    let partition = partition_of(user_id, world.bus.partitions);
    let subject = format!("intent.users.record_identity.v1.{partition}.sys_clerk.{user_id}");
    let id = "msg_00000000000050008000000000000001";
    let headers = [(envelope::ID, id), (envelope::TIME, at.as_str()), (envelope::CORRELATION, user_id.as_str())];
    let body: Value = json!({ "user_id": user_id, "at": at, "fact": { "change": "deleted" } });
    chassis::inspect::inject(&world.bus, &subject, &headers, body.to_string().as_bytes()).await.unwrap();
}

async fn a_hold_that_comes_after_the_end_is_let_go(world: Builder) {
    let world = world.start().await;
    let alice = world.person("alice").await;
    // Stripe is away for as long as it takes to change one's mind.
    let fault = json!({ "path": "/v1/payment_intents", "method": "POST", "mode": "fail", "times": 1_000_000 });
    world.sandbox(Method::PUT, "/sandbox/fault", Some(fault)).await;
    let order = alice.place().await;
    while !is_asked(&world, "/v1/payment_intents").await {
        tokio::task::yield_now().await;
    }
    assert_eq!(alice.cancel(&order).await.expect(200)["status"], "CANCELLED");
    world.sandbox(Method::DELETE, "/sandbox/fault", None).await;
    world.settle().await;
    let stripe = world.stripe().await;
    assert_eq!((&stripe["open_holds_count"], &stripe["captured_count"]), (&json!(0), &json!(0)), "{stripe}");
    assert!(world.story(&order).await.contains(&"orders.late_hold.v1".to_owned()));
    books_agree(&world).await;
    world.end().await;
}

async fn is_asked(world: &World, path: &str) -> bool {
    let calls = world.sandbox(Method::GET, "/sandbox/calls", None).await;
    calls.as_array().unwrap().iter().any(|call| call["path"] == path)
}

async fn what_is_asked_for_again_is_answered_again(world: Builder) {
    let world = world.start().await;
    let (carl, fay) = (world.person("carl").await, world.person("fay").await);
    let headers = [("Idempotency-Key", "one"), ("Prefer", "wait=30")];
    let page = async || {
        let answer = carl.request(Method::POST, "/api/v1/payment-methods/setup", &headers, None).await;
        answer.expect(200)["url"].clone()
    };
    let first = page().await;
    world.settle().await;
    assert_eq!(page().await, first);
    let order = carry(&world).await;
    let path = format!("/api/v1/ops/orders/{order}/refund");
    for _ in 0..2 {
        let body = json!({ "amount_cents": 300, "bearer": "platform", "reason": "sorry" });
        let refunded = fay.request(Method::POST, &path, &headers, Some(body)).await.expect(200);
        // The answer leaves the money out where payments is slow; nowhere does it say anything else.
        let said = &refunded["money"]["refunded_cents"];
        assert!(said.is_null() || *said == 300, "{refunded}");
        assert_eq!(world.person("alice").await.money(&order).await["refunded_cents"], 300);
        world.settle().await;
    }
    assert_eq!(world.stripe().await["refunds_count"], 1);
    books_agree(&world).await;
    world.end().await;
}

async fn what_a_runner_gave_for_a_refund_that_failed_comes_back_to_them(world: Builder) {
    let world = world.start().await;
    let order = carry(&world).await;
    let (fay, ray) = (world.person("fay").await, world.person("ray").await);
    let fault = json!({ "path": "/v1/refunds", "method": "POST", "mode": "fail", "status": 402, "times": 99 });
    world.sandbox(Method::PUT, "/sandbox/fault", Some(fault)).await;
    let body = json!({ "amount_cents": 300, "bearer": "runner", "reason": "it was cold" });
    assert_eq!(fay.post(&format!("/api/v1/ops/orders/{order}/refund"), body).await.code(409), "refund_failed");
    world.settle().await;
    world.sandbox(Method::DELETE, "/sandbox/fault", None).await;
    assert_eq!(world.stripe().await["reversals_amount"], 300);
    // Nobody has asked again by then.
    world.advance(SignedDuration::from_mins(6)).await;
    let stripe = world.stripe().await;
    assert_eq!((&stripe["refunds_amount"], &stripe["transfers_amount"]), (&json!(0), &json!(1_390)), "{stripe}");
    let told = ray.get("/api/v1/notifications").await.expect(200);
    let news: Vec<&str> =
        told["notifications"].as_array().unwrap().iter().filter_map(|one| one["news"].as_str()).collect();
    assert!(news.contains(&"payout_returned"), "{news:?}");
    books_agree(&world).await;
    world.end().await;
}

async fn what_stripe_says_before_its_time_is_kept(world: Builder) {
    let world = world.start().await;
    let alice = world.person("alice").await;
    let order = alice.place().await;
    world.settle().await;
    let webhook = world.sandbox(Method::GET, "/sandbox/webhook", None).await;
    world.sandbox(Method::DELETE, "/sandbox/webhook", None).await;
    let list = of_stripe(&world, "/v1/payment_intents?limit=1").await;
    let intent = json!({ "payment_intent": list["data"][0]["id"] });
    world.sandbox(Method::POST, "/sandbox/dashboard/capture", Some(intent.clone())).await;
    let back = json!({ "url": webhook["url"], "secret": webhook["secret"] });
    world.sandbox(Method::PUT, "/sandbox/webhook", Some(back)).await;
    // Given back before anybody has told us that it was taken.
    world.sandbox(Method::POST, "/sandbox/dashboard/refund", Some(intent)).await;
    world.settle().await;
    assert_eq!(alice.money(&order).await["refunded_cents"], 0);
    let events = of_stripe(&world, "/v1/events?type=payment_intent.succeeded").await;
    let event = events["data"][0]["id"].as_str().expect("an event");
    world.sandbox(Method::POST, &format!("/sandbox/events/{event}/resend"), None).await;
    world.settle().await;
    assert_eq!(alice.money(&order).await["refunded_cents"], 1_268);
    // Stripe's fee for what never came to a settlement is booked when its statement is read, not before.
    let audit = world.person("fay").await.get(&format!("/api/v1/ops/orders/{order}/audit")).await.expect(200);
    assert_eq!(audit["ok"], true, "{audit:#}");
    world.end().await;
}

async fn of_stripe(world: &World, path: &str) -> Value {
    let request = reqwest::Client::new().get(format!("{}{path}", world.stripe_url()));
    request.bearer_auth(stripe_sandbox::SECRET_KEY).send().await.unwrap().json().await.unwrap()
}
