//! The edge to Stripe against a running sandbox.

use std::time::Duration;

use payments::stripe::{CallError, Captured, Hold, HoldOutcome, Stripe, Transfer};
use serde_json::{Value, json};
use stripe_sandbox::{Options, Running, SECRET_KEY, Sandbox};

/// A sandbox, the edge that talks to it, and a way to order faults.
struct World {
    sandbox: Running,
    stripe: Stripe,
}

impl World {
    async fn new() -> Self {
        let sandbox = Sandbox::start(Options::default()).await.expect("the sandbox starts");
        let stripe = Stripe::with_timeout(&sandbox.url(), SECRET_KEY, Duration::from_millis(500)).expect("a client");
        Self { sandbox, stripe }
    }

    async fn fault(&self, fault: Value) {
        let url = self.sandbox.url() + "/sandbox/fault";
        answered(reqwest::Client::new().put(url).json(&fault)).await;
    }

    async fn restrict(&self, account: &str, how: &str) {
        let url = format!("{}/v1/accounts/{account}", self.sandbox.url());
        let request = reqwest::Client::new().post(url).bearer_auth(SECRET_KEY);
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        answered(request.body(format!("metadata[sandbox]={how}"))).await;
    }

    async fn summary(&self) -> Value {
        let url = self.sandbox.url() + "/sandbox/summary";
        answered(reqwest::Client::new().get(url)).await.json().await.expect("JSON")
    }

    /// A hold of 1250 for `ord_1` on a new customer's card.
    async fn hold_on(&self, card: &str) -> Hold {
        let customer = self.stripe.open_customer("usr_1", "usr_1:customer").await.expect("a customer");
        let payment_method = self.stripe.attach_card(&customer, card, "usr_1:card").await.expect("a card");
        Hold { amount_cents: 1250, currency: "usd".to_owned(), customer, payment_method, order_id: "ord_1".to_owned() }
    }

    async fn held(&self) -> String {
        let hold = self.hold_on("pm_card_visa").await;
        payment_intent(self.stripe.hold(hold, "ord_1:hold").await)
    }

    async fn captured(&self) -> String {
        let intent = self.held().await;
        self.stripe.capture(&intent, 1250, "ord_1:capture").await.expect("a capture").charge
    }
}

async fn answered(request: reqwest::RequestBuilder) -> reqwest::Response {
    request.send().await.and_then(reqwest::Response::error_for_status).expect("the sandbox does it")
}

fn transfer(source_charge: &str, destination: &str) -> Transfer {
    Transfer {
        amount_cents: 1000,
        currency: "usd".to_owned(),
        destination: destination.to_owned(),
        source_charge: source_charge.to_owned(),
        order_id: "ord_1".to_owned(),
    }
}

#[track_caller]
fn payment_intent(outcome: Result<HoldOutcome, CallError>) -> String {
    match outcome {
        Ok(HoldOutcome::Held { payment_intent }) => payment_intent,
        other => panic!("not held: {other:?}"),
    }
}

#[track_caller]
fn assert_refused<T: std::fmt::Debug>(outcome: Result<T, CallError>, expected: &str) {
    match outcome {
        Err(CallError::Refused { code, .. }) => assert_eq!(code, expected),
        other => panic!("not refused with {expected}: {other:?}"),
    }
}

#[track_caller]
fn assert_try_again<T: std::fmt::Debug>(outcome: Result<T, CallError>) {
    assert!(matches!(outcome, Err(CallError::TryAgain(_))), "{outcome:?}");
}

#[tokio::test]
async fn money_goes_from_the_customers_card_to_the_runner() {
    let world = World::new().await;
    let charge = world.captured().await;
    let account = world.stripe.open_account("usr_2", "usr_2:account").await.unwrap();
    let id = world.stripe.transfer(transfer(&charge, &account), "ord_1:transfer").await.unwrap();
    assert!(id.starts_with("tr_"));
    let summary = world.summary().await;
    assert_eq!((&summary["captured_amount"], &summary["transfers_amount"]), (&json!(1250), &json!(1000)));
}

#[tokio::test]
async fn every_call_made_twice_with_its_key_happens_once() {
    let world = World::new().await;
    let charge = world.captured().await;
    assert_eq!(world.captured().await, charge);
    let account = world.stripe.open_account("usr_2", "usr_2:account").await.unwrap();
    assert_eq!(world.stripe.open_account("usr_2", "usr_2:account").await.unwrap(), account);
    let first = world.stripe.transfer(transfer(&charge, &account), "ord_1:transfer").await.unwrap();
    let again = world.stripe.transfer(transfer(&charge, &account), "ord_1:transfer").await.unwrap();
    assert_eq!(first, again);
    let summary = world.summary().await;
    for what in ["customers", "accounts", "payment_intents", "captured_count", "transfers_count"] {
        assert_eq!(summary[what], 1, "{what}");
    }
}

#[tokio::test]
async fn a_declined_card_is_an_outcome_with_the_banks_reason() {
    for (card, reason) in [
        ("pm_card_chargeCustomerFail", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
    ] {
        let world = World::new().await;
        let hold = world.hold_on(card).await;
        for _ in 0..2 {
            let outcome = world.stripe.hold(hold.clone(), "ord_1:hold").await.unwrap();
            let HoldOutcome::Declined { code, message } = &outcome else { panic!("{outcome:?}") };
            assert!(code == reason && message.starts_with("Your card"), "{outcome:?}");
        }
        assert_eq!(world.summary().await["open_holds_count"], 0);
    }
}

#[tokio::test]
async fn a_card_that_asks_for_its_holder_requires_action_and_hides_the_secret() {
    let world = World::new().await;
    let hold = world.hold_on("pm_card_authenticationRequired").await;
    let outcome = world.stripe.hold(hold, "ord_1:hold").await.unwrap();
    let HoldOutcome::ActionRequired { payment_intent, client_secret } = &outcome else { panic!("{outcome:?}") };
    assert!(client_secret.expose().starts_with(payment_intent.as_str()));
    assert!(!format!("{outcome:?}").contains(client_secret.expose()));
    world.stripe.release(payment_intent, "ord_1:release").await.unwrap();
}

#[tokio::test]
async fn a_release_is_a_success_however_often_it_is_made() {
    let world = World::new().await;
    let intent = world.held().await;
    world.stripe.release(&intent, "ord_1:release").await.unwrap();
    world.stripe.release(&intent, "ord_1:release").await.unwrap();
    world.stripe.release(&intent, "the key expired").await.unwrap();
    assert_eq!(world.summary().await["canceled_count"], 1);
}

#[tokio::test]
async fn a_capture_is_a_success_again_after_its_key_expired() {
    let world = World::new().await;
    let intent = world.held().await;
    let first = world.stripe.capture(&intent, 1250, "ord_1:capture").await.unwrap();
    let again: Captured = world.stripe.capture(&intent, 1250, "the key expired").await.unwrap();
    assert_eq!(first, again);
    assert_eq!(world.summary().await["captured_amount"], 1250);
}

#[tokio::test]
async fn a_capture_of_another_amount_is_no_success() {
    let world = World::new().await;
    let intent = world.held().await;
    assert_refused(world.stripe.capture(&intent, 1251, "too much").await, "amount_too_large");
    world.stripe.capture(&intent, 900, "ord_1:capture").await.unwrap();
    assert_refused(world.stripe.capture(&intent, 1250, "another").await, "captured_amount_differs");
    assert_refused(world.stripe.capture(&intent, 1250, "ord_1:capture").await, "idempotency_error");
}

#[tokio::test]
async fn captured_and_released_exclude_each_other() {
    let world = World::new().await;
    let intent = world.held().await;
    world.stripe.release(&intent, "ord_1:release").await.unwrap();
    assert_refused(world.stripe.capture(&intent, 1250, "ord_1:capture").await, "payment_intent_canceled");

    let world = World::new().await;
    let intent = world.held().await;
    world.stripe.capture(&intent, 1250, "ord_1:capture").await.unwrap();
    assert_refused(world.stripe.release(&intent, "ord_1:release").await, "payment_intent_succeeded");
    assert_refused(world.stripe.release("pi_none", "none").await, "resource_missing");
}

#[tokio::test]
async fn a_runner_who_cannot_be_paid_is_a_refusal_until_a_new_key_tries_again() {
    let world = World::new().await;
    let charge = world.captured().await;
    let account = world.stripe.open_account("usr_2", "usr_2:account").await.unwrap();
    world.restrict(&account, "restricted").await;
    let refusal = "insufficient_capabilities_for_transfer";
    assert_refused(world.stripe.transfer(transfer(&charge, &account), "ord_1:transfer:1").await, refusal);
    world.restrict(&account, "").await;
    assert_refused(world.stripe.transfer(transfer(&charge, &account), "ord_1:transfer:1").await, refusal);
    world.stripe.transfer(transfer(&charge, &account), "ord_1:transfer:2").await.unwrap();
    assert_refused(
        world.stripe.transfer(transfer(&charge, &account), "ord_1:transfer:3").await,
        "invalid_request_error",
    );
    assert_eq!(world.summary().await["transfers_amount"], 1000);
}

#[tokio::test]
async fn a_hold_that_timed_out_is_found_again_by_its_key() {
    let world = World::new().await;
    let hold = world.hold_on("pm_card_visa").await;
    world.fault(json!({ "path": "/v1/payment_intents", "mode": "timeout_after", "ms": 60_000 })).await;
    assert_try_again(world.stripe.hold(hold.clone(), "ord_1:hold").await);
    payment_intent(world.stripe.hold(hold, "ord_1:hold").await);
    assert_eq!(world.summary().await["open_holds_count"], 1);
}

#[tokio::test]
async fn a_call_still_under_way_is_tried_again() {
    let world = World::new().await;
    let hold = world.hold_on("pm_card_visa").await;
    world.fault(json!({ "path": "/v1/payment_intents", "mode": "slow", "ms": 2_000 })).await;
    assert_try_again(world.stripe.hold(hold.clone(), "ord_1:hold").await);
    // Its key is in use until the first call is done.
    assert_try_again(world.stripe.hold(hold.clone(), "ord_1:hold").await);
    tokio::time::timeout(Duration::from_secs(20), async {
        while world.stripe.hold(hold.clone(), "ord_1:hold").await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .unwrap();
    assert_eq!(world.summary().await["open_holds_count"], 1);
}

#[tokio::test]
async fn trouble_at_stripe_or_on_the_way_is_tried_again() {
    let world = World::new().await;
    for status in [401, 409, 429, 500, 503] {
        world.fault(json!({ "path": "/v1/customers", "mode": "fail", "status": status })).await;
        assert_try_again(world.stripe.open_customer("usr_1", "usr_1:customer").await);
    }
    let unkeyed = Stripe::new(&world.sandbox.url(), "sk_test_another").unwrap();
    assert_try_again(unkeyed.open_customer("usr_1", "usr_1:customer").await);
    let nobody = Stripe::new("http://127.0.0.1:9", SECRET_KEY).unwrap();
    assert_try_again(nobody.open_customer("usr_1", "usr_1:customer").await);
    world.stripe.open_customer("usr_1", "usr_1:customer").await.unwrap();
}

#[tokio::test]
async fn what_stripe_cannot_do_is_refused() {
    let world = World::new().await;
    let hold = world.hold_on("pm_card_visa").await;
    let strange = Hold { currency: "xyz".to_owned(), ..hold.clone() };
    assert!(matches!(world.stripe.hold(strange, "strange").await, Err(CallError::Refused { .. })));
    let small = Hold { amount_cents: 1, ..hold.clone() };
    assert_refused(world.stripe.hold(small, "small").await, "amount_too_small");
    let nobodys = Hold { payment_method: "pm_none".to_owned(), ..hold.clone() };
    assert_refused(world.stripe.hold(nobodys, "nobodys").await, "resource_missing");
    assert_refused(world.stripe.hold(hold, "").await, "idempotency_key_unusable");
    assert_eq!(world.summary().await["open_holds_count"], 0);
}
