//! Stripe's webhooks: whose they are, and what they become.

use contracts::payments::{FindPayment, FoundPayment, RecordAccount, RecordCardSetup, RecordStripeEvent};
use contracts::{Principal, Refused};
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use reqwest::Response;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::desk::{Desk, expect_problem, noon};
use crate::orders::{ORDER, order_id};
use crate::stage::{Stage, expect, user};

const SECRET: &str = "whsec_campusg_sandbox";

fn sign(secret: &str, at: i64, body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    let mac = mac.chain_update(format!("{at}.{body}")).finalize().into_bytes();
    mac.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn send(desk: &Desk, signature: &str, body: &str) -> Response {
    let request = desk.post("/webhooks/stripe").header("stripe-signature", signature);
    request.header("content-type", "application/json").body(body.to_owned()).send().await.expect("sent")
}

/// Delivers an event as Stripe does.
async fn deliver(desk: &Desk, event: &Value) -> Response {
    let (at, body) = (noon().as_second(), event.to_string());
    send(desk, &format!("t={at},v1={}", sign(SECRET, at, &body)), &body).await
}

fn event(kind: &str, object: Value) -> Value {
    json!({
        "id": "evt_1", "object": "event", "type": kind, "created": 1_793_620_000, "livemode": false,
        "data": { "object": object }, "request": { "id": null },
    })
}

fn held() -> Value {
    let metadata = json!({ "order_id": ORDER });
    let intent = json!({ "id": "pi_1", "object": "payment_intent", "amount_capturable": 1268, "metadata": metadata });
    event("payment_intent.amount_capturable_updated", intent)
}

#[tokio::test]
async fn only_what_stripe_has_signed_is_read() {
    let desk = Desk::open().await;
    let (now, body) = (noon().as_second(), held().to_string());
    let good = sign(SECRET, now, &body);
    for forged in [
        String::new(),
        format!("t={now}"),
        format!("v1={good}"),
        format!("t={now},v0={good}"),
        format!("t={},v1={good}", now + 1),
        format!("t={now},v1={}", good.to_uppercase().replace('A', "G")),
        format!("t={now},v1={}", &good[..62]),
        format!("t={now},v1={}", sign("whsec_other", now, &body)),
        format!("t={now},v1={}", sign(SECRET, now, "{}")),
        format!("t=,v1={}", sign(SECRET, now, &body)),
    ] {
        expect_problem(send(&desk, &forged, &body).await, 400, "bad_signature").await;
    }
    let unsigned = desk.post("/webhooks/stripe").body(body.clone()).send().await.expect("sent");
    expect_problem(unsigned, 400, "bad_signature").await;
    // What is signed gets as far as the broker, which is away. While a secret is being changed there are two signatures.
    let both = format!("t={now}, v1={},v1={good}", sign("whsec_old", now, &body));
    expect_problem(send(&desk, &both, &body).await, 503, "broker_away").await;
}

#[tokio::test]
async fn what_was_signed_long_ago_is_not_read() {
    let desk = Desk::open().await;
    let body = held().to_string();
    let at = |seconds: i64| {
        let at = noon().as_second() + seconds;
        format!("t={at},v1={}", sign(SECRET, at, &body))
    };
    expect_problem(send(&desk, &at(-301), &body).await, 400, "stale_webhook").await;
    expect_problem(send(&desk, &at(-300), &body).await, 503, "broker_away").await;
    let patient = Desk::open_with(|config| config.with("stripe.webhook_tolerance_s", 0)).await;
    expect_problem(send(&patient, &at(-86_400), &body).await, 503, "broker_away").await;
}

#[tokio::test]
async fn what_is_not_an_event_is_refused_and_too_much_is_not_read() {
    let desk = Desk::open().await;
    let now = noon().as_second();
    let bare = event("payment_intent.succeeded", json!({ "object": "payment_intent" })).to_string();
    for body in ["", "{", "[]", "{\"id\":\"evt_1\"}", &bare] {
        let signature = format!("t={now},v1={}", sign(SECRET, now, body));
        expect_problem(send(&desk, &signature, body).await, 400, "bad_event").await;
    }
    expect_problem(send(&desk, "t=1,v1=00", &"x".repeat(256 * 1024 + 1)).await, 413, "too_large").await;
    expect(deliver(&desk, &event("customer.created", json!({ "id": "cus_1" }))).await, 204).await;
}

#[tokio::test]
async fn a_secret_that_everybody_knows_is_not_for_a_key_of_ones_own() {
    let clock = chassis::Clock::system();
    let config =
        chassis::Config::defaults().with("nats.url", "nats://127.0.0.1:1").with("gateway.listen", "127.0.0.1:0");
    let config = config.with("seal.key", crate::desk::SEAL_KEY);
    let started = crate::desk::start(&config.clone().with("stripe.key", "sk_test_mine"), &clock).await;
    assert!(started.is_err_and(|error| error.to_string().contains("stripe.webhook_secret")));
    assert!(crate::desk::start(&config.with("stripe.webhook_secret", ""), &clock).await.is_err());
}

#[tokio::test]
async fn an_event_is_stored_once_however_often_it_is_delivered() {
    let stage = Stage::open().await;
    for _ in 0..3 {
        expect(deliver(&stage.desk, &held()).await, 204).await;
    }
    let heard = stage.only::<RecordStripeEvent>();
    assert_eq!(heard.by, Principal::System("stripe".to_owned()));
    assert_eq!(heard.intent.order_id, order_id());
    assert_eq!(heard.intent.at.as_second(), 1_793_620_000);
    let mut another = held();
    another["id"] = json!("evt_2");
    expect(deliver(&stage.desk, &another).await, 204).await;
    assert_eq!(stage.heard::<RecordStripeEvent>().len(), 2);
}

#[tokio::test]
async fn every_event_that_matters_becomes_its_fact() {
    let stage = Stage::open().await;
    stage.answer::<FindPayment>(|question| match question.stripe_id.as_str() {
        "pi_1" | "tr_1" => Ok(FoundPayment { order_id: order_id() }),
        _ => Err(Refused::new("not_found", "No payment of ours.")),
    });
    let error = json!({ "code": "card_declined", "decline_code": "insufficient_funds", "message": "No money." });
    let intent = json!({
        "id": "pi_1", "metadata": {}, "amount_capturable": 0, "amount_received": 900, "latest_charge": "ch_1",
        "cancellation_reason": "automatic", "last_payment_error": error,
    });
    let refund =
        json!({ "id": "re_1", "amount": 400, "status": "succeeded", "payment_intent": "pi_1", "metadata": null });
    let dispute = json!({ "id": "dp_1", "amount": 900, "status": "needs_response", "payment_intent": "pi_1" });
    let reversals =
        json!({ "object": "list", "data": [{ "id": "trr_1", "amount": 400, "object": "transfer_reversal" }] });
    let transfer = json!({ "id": "tr_1", "amount": 900, "reversals": reversals });
    let cases = [
        (
            "payment_intent.payment_failed",
            &intent,
            json!({ "fact": "failed", "payment_intent": "pi_1", "code": "insufficient_funds", "message": "No money." }),
        ),
        (
            "payment_intent.canceled",
            &intent,
            json!({ "fact": "canceled", "payment_intent": "pi_1", "reason": "automatic" }),
        ),
        (
            "payment_intent.succeeded",
            &intent,
            json!({ "fact": "captured", "payment_intent": "pi_1", "charge": "ch_1", "captured_cents": 900 }),
        ),
        (
            "refund.updated",
            &refund,
            json!({ "fact": "refunded", "payment_intent": "pi_1", "refund": "re_1", "amount_cents": 400, "status": "succeeded" }),
        ),
        (
            "charge.dispute.closed",
            &dispute,
            json!({ "fact": "disputed", "payment_intent": "pi_1", "dispute": "dp_1", "amount_cents": 900, "status": "needs_response" }),
        ),
        (
            "transfer.reversed",
            &transfer,
            json!({ "fact": "reversed", "transfer": "tr_1", "reversals": [{ "id": "trr_1", "amount_cents": 400 }] }),
        ),
    ];
    for (n, (kind, object, fact)) in cases.iter().enumerate() {
        let mut event = event(kind, (*object).clone());
        event["id"] = json!(format!("evt_{n}"));
        expect(deliver(&stage.desk, &event).await, 204).await;
        let heard = stage.heard::<RecordStripeEvent>();
        assert_eq!((heard.len(), &json!(heard[n].intent.fact)), (n + 1, fact), "{kind}");
    }
}

#[tokio::test]
async fn what_is_not_ours_is_left_alone() {
    let stage = Stage::open().await;
    let mut foreign = held();
    foreign["data"]["object"]["metadata"] = json!({ "order_id": "somebody else's" });
    expect(deliver(&stage.desk, &foreign).await, 204).await;
    let refund = json!({ "id": "re_1", "amount": 1, "status": "pending", "payment_intent": null });
    expect(deliver(&stage.desk, &event("refund.created", refund)).await, 204).await;
    let page = json!({ "id": "cs_1", "mode": "payment", "client_reference_id": user("alice"), "setup_intent": null });
    expect(deliver(&stage.desk, &event("checkout.session.completed", page)).await, 204).await;
    expect(deliver(&stage.desk, &event("account.updated", json!({ "id": "acct_1", "metadata": {} }))).await, 204).await;
    assert!(stage.heard::<RecordStripeEvent>().is_empty() && stage.heard::<RecordAccount>().is_empty());
    // Whether it is ours is not known while payments is away: Stripe delivers it again.
    stage.away::<FindPayment>();
    expect_problem(deliver(&stage.desk, &foreign).await, 503, "service_away").await;
}

#[tokio::test]
async fn cards_and_accounts_are_recorded_for_whom_they_belong_to() {
    let stage = Stage::open().await;
    let page = json!({ "id": "cs_1", "mode": "setup", "client_reference_id": user("alice"), "setup_intent": "seti_1" });
    expect(deliver(&stage.desk, &event("checkout.session.completed", page)).await, 204).await;
    let heard = stage.only::<RecordCardSetup>();
    assert_eq!(heard.by, Principal::System("stripe".to_owned()));
    assert_eq!(heard.intent, RecordCardSetup { user_id: user("alice"), setup_intent: "seti_1".to_owned() });
    for (n, transfers) in ["active", "inactive"].into_iter().enumerate() {
        let account = json!({
            "id": "acct_1", "metadata": { "user_id": user("ray") }, "capabilities": { "transfers": transfers },
        });
        let mut event = event("account.updated", account);
        event["id"] = json!(format!("evt_a{n}"));
        event["account"] = json!("acct_1");
        expect(deliver(&stage.desk, &event).await, 204).await;
        let heard = &stage.heard::<RecordAccount>()[n].intent;
        assert_eq!((heard.user_id, heard.payable), (user("ray"), transfers == "active"));
        assert_eq!(heard.account.0, "acct_1");
    }
}
