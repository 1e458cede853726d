//! The edge to Stripe against a running sandbox.

use std::time::Duration;

use contracts::users::{CardRef, PayoutRef};
use contracts::{Cents, Currency, MessageId, OrderId, UserId};
use payments::Share;
use payments::stripe::{CallError, Captured, HoldOutcome, Stripe, Take, Transfer};
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
        let stripe = Stripe::with_timeout(&sandbox.url(), SECRET_KEY, HERE, Duration::from_millis(500));
        let stripe = stripe.expect("a client");
        Self { sandbox, stripe }
    }

    async fn fault(&self, fault: Value) {
        let url = self.sandbox.url() + "/sandbox/fault";
        answered(reqwest::Client::new().put(url).json(&fault)).await;
    }

    /// Whether the account can be paid, from now on.
    async fn set_transfers(&self, account: &PayoutRef, standing: &str) {
        let url = format!("{}/sandbox/accounts/{}", self.sandbox.url(), account.0);
        answered(reqwest::Client::new().put(url).json(&json!({ "transfers": standing }))).await;
    }

    async fn summary(&self) -> Value {
        let url = self.sandbox.url() + "/sandbox/summary";
        answered(reqwest::Client::new().get(url)).await.json().await.expect("JSON")
    }

    /// 1250 for an order, from a new customer's card.
    async fn take_from(&self, card: &str) -> Take {
        let customer = self.stripe.open_customer(user(), "usr_1:customer").await.expect("a customer");
        let kept = self.stripe.attach_card(&customer, card, "usr_1:card").await.expect("a card");
        let card = CardRef { customer, payment_method: kept.payment_method };
        Take { order_id: order(), amount_cents: TOTAL, currency: Currency::Usd, card }
    }

    async fn held(&self) -> String {
        let take = self.take_from("pm_card_visa").await;
        payment_intent(self.stripe.hold(&take, "ord_1:hold").await)
    }

    async fn captured(&self) -> String {
        let intent = self.held().await;
        self.stripe.capture(&intent, TOTAL, "ord_1:capture").await.expect("a capture").charge
    }
}

async fn answered(request: reqwest::RequestBuilder) -> reqwest::Response {
    request.send().await.and_then(reqwest::Response::error_for_status).expect("the sandbox does it")
}

/// Where people come back to from Stripe's pages.
const HERE: &str = "http://127.0.0.1:8080/";

const TOTAL: Cents = Cents(1250);

fn order() -> OrderId {
    MessageId::of_stored("TEST", 1).derive("order")
}

fn user() -> UserId {
    UserId::of_subject("test", "alice")
}

fn transfer(source_charge: &str, destination: &PayoutRef) -> Transfer {
    Transfer {
        order_id: order(),
        amount_cents: Cents(1000),
        currency: Currency::Usd,
        runner_id: user(),
        destination: destination.0.clone(),
        source_charge: Some(source_charge.to_owned()),
        share: Share::Payout,
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
    let account = world.stripe.open_account(user(), "usr_2:account").await.unwrap().id;
    let id = world.stripe.transfer(&transfer(&charge, &account), "ord_1:transfer").await.unwrap();
    assert!(id.starts_with("tr_"));
    let summary = world.summary().await;
    assert_eq!((&summary["captured_amount"], &summary["transfers_amount"]), (&json!(1250), &json!(1000)));
}

#[tokio::test]
async fn every_call_made_twice_with_its_key_happens_once() {
    let world = World::new().await;
    let charge = world.captured().await;
    assert_eq!(world.captured().await, charge);
    let account = world.stripe.open_account(user(), "usr_2:account").await.unwrap().id;
    assert_eq!(world.stripe.open_account(user(), "usr_2:account").await.unwrap().id, account);
    let first = world.stripe.transfer(&transfer(&charge, &account), "ord_1:transfer").await.unwrap();
    let again = world.stripe.transfer(&transfer(&charge, &account), "ord_1:transfer").await.unwrap();
    assert_eq!(first, again);
    let summary = world.summary().await;
    for what in ["customers", "accounts", "payment_intents", "captured_count", "transfers_count"] {
        assert_eq!(summary[what], 1, "{what}");
    }
}

#[tokio::test]
async fn a_declined_card_is_an_outcome_with_the_banks_reason() {
    let world = World::new().await;
    let take = world.take_from("pm_card_chargeCustomerFail").await;
    for _ in 0..2 {
        let outcome = world.stripe.hold(&take, "ord_1:hold").await.unwrap();
        let HoldOutcome::Declined { code, message } = &outcome else { panic!("{outcome:?}") };
        assert!(code == "generic_decline" && message.starts_with("Your card"), "{outcome:?}");
    }
    assert_refused(world.stripe.charge(&take, "ord_1:tip").await, "generic_decline");
    let summary = world.summary().await;
    assert_eq!((&summary["open_holds_count"], &summary["captured_count"]), (&json!(0), &json!(0)));
}

#[tokio::test]
async fn a_card_that_its_bank_refuses_is_not_attached() {
    let world = World::new().await;
    let customer = world.stripe.open_customer(user(), "usr_1:customer").await.unwrap();
    let card = "pm_card_visa_chargeDeclinedInsufficientFunds";
    assert_refused(world.stripe.attach_card(&customer, card, "usr_1:card").await, "card_declined");
}

#[tokio::test]
async fn b18_a_card_that_asks_for_its_holder_says_where_and_hides_it() {
    let world = World::new().await;
    let take = world.take_from("pm_card_authenticationRequired").await;
    let outcome = world.stripe.hold(&take, "ord_1:hold").await.unwrap();
    let HoldOutcome::ActionRequired { payment_intent, url: Some(url) } = &outcome else { panic!("{outcome:?}") };
    assert!(!format!("{outcome:?}").contains(url.expose()));
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let form = client.post(url.expose()).header("Content-Type", "application/x-www-form-urlencoded");
    let back = form.body("outcome=complete").send().await.unwrap();
    let location = back.headers()["location"].to_str().unwrap();
    assert!(location.starts_with(&format!("{HERE}orders/{}", order())), "{location}");
    assert_eq!(world.summary().await["open_holds_count"], 1);
    world.stripe.release(payment_intent, "ord_1:release").await.unwrap();
}

#[tokio::test]
async fn without_the_customer_there_is_nobody_to_ask() {
    let world = World::new().await;
    let take = world.take_from("pm_card_authenticationRequired").await;
    let outcome = world.stripe.hold_off_session(&take, "ord_1:excess").await.unwrap();
    let HoldOutcome::ActionRequired { payment_intent, url: None } = &outcome else { panic!("{outcome:?}") };
    world.stripe.release(payment_intent, "ord_1:release").await.unwrap();
    assert_refused(world.stripe.charge(&take, "ord_1:tip").await, "authentication_required");
    assert_eq!(world.summary().await["captured_count"], 0);
}

#[tokio::test]
async fn a_capture_tells_stripes_fee_and_so_does_a_look() {
    let world = World::new().await;
    let intent = world.held().await;
    assert_refused(world.stripe.taken(&intent).await, "payment_intent_requires_capture");
    let captured = world.stripe.capture(&intent, Cents(1_000), "ord_1:capture").await.unwrap();
    assert_eq!((captured.captured_cents, captured.fee_cents), (Cents(1_000), Some(Cents(34 + 50))));
    assert_eq!(world.stripe.taken(&intent).await.unwrap(), captured);
}

#[tokio::test]
async fn a_tip_is_charged_at_once() {
    let world = World::new().await;
    let take = Take { amount_cents: Cents(200), ..world.take_from("pm_card_visa").await };
    let charged = world.stripe.charge(&take, "ord_1:tip").await.unwrap();
    assert_eq!(world.stripe.charge(&take, "ord_1:tip").await.unwrap(), charged);
    assert_eq!((charged.captured_cents, charged.fee_cents.is_some()), (Cents(200), true));
    assert_eq!(world.summary().await["captured_amount"], 200);
}

#[tokio::test]
async fn money_goes_back_once_from_the_runner_and_once_to_the_customer() {
    let world = World::new().await;
    let charge = world.captured().await;
    let account = world.stripe.open_account(user(), "usr_2:account").await.unwrap().id;
    let sent = world.stripe.transfer(&transfer(&charge, &account), "ord_1:transfer").await.unwrap();
    for _ in 0..2 {
        let reversal = world.stripe.reverse(&sent, Cents(400), "1", "ord_1:reverse").await.unwrap();
        assert_eq!((reversal.amount_cents, &reversal.id[..4]), (Cents(400), "trr_"));
        let refund = world.stripe.refund(order(), &charge, Cents(400), "1", "ord_1:refund").await.unwrap();
        assert_eq!((refund.amount_cents, refund.status.as_str()), (Cents(400), "succeeded"));
    }
    let too_much = world.stripe.refund(order(), &charge, TOTAL, "2", "ord_1:refund:2").await;
    assert!(matches!(too_much, Err(CallError::Refused { .. })), "{too_much:?}");
    let too_much = world.stripe.reverse(&sent, Cents(601), "2", "ord_1:reverse:2").await;
    assert!(matches!(too_much, Err(CallError::Refused { .. })), "{too_much:?}");
    let summary = world.summary().await;
    assert_eq!((&summary["refunds_amount"], &summary["reversals_amount"]), (&json!(400), &json!(400)));
}

#[tokio::test]
async fn b61_a_card_is_set_up_on_stripes_page_and_taken_away_again() {
    let world = World::new().await;
    let customer = world.stripe.open_customer(user(), "usr_1:customer").await.unwrap();
    let page = world.stripe.open_card_page(user(), &customer, "usr_1:card-page:1").await.unwrap();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let form = client.post(page.url.expose()).header("Content-Type", "application/x-www-form-urlencoded");
    let back = form.body("card=4242424242424242").send().await.unwrap();
    assert!(back.headers()["location"].to_str().unwrap().starts_with(&format!("{HERE}cards?setup=done")));
    let session = page.url.expose().rsplit('/').next().unwrap().split('?').next().unwrap();
    let url = format!("{}/v1/checkout/sessions/{session}", world.sandbox.url());
    let session: Value = answered(reqwest::Client::new().get(url).bearer_auth(SECRET_KEY)).await.json().await.unwrap();
    let setup = world.stripe.set_up_card(session["setup_intent"].as_str().unwrap()).await.unwrap();
    assert_eq!((setup.customer.as_deref(), setup.card.last4.as_str()), (Some(customer.as_str()), "4242"));
    for key in ["usr_1:detach", "usr_1:detach", "the key expired"] {
        world.stripe.detach_card(&setup.card.payment_method, key).await.unwrap();
    }
    for key in ["usr_1:forget", "usr_1:forget", "the key expired"] {
        world.stripe.forget_customer(&customer, key).await.unwrap();
    }
}

#[tokio::test]
async fn an_account_is_payable_once_its_owner_has_completed_it() {
    let options = Options { instant_onboarding: false, ..Options::default() };
    let sandbox = Sandbox::start(options).await.unwrap();
    let stripe = Stripe::new(&sandbox.url(), SECRET_KEY, HERE).unwrap();
    let account = stripe.open_account(user(), "usr_2:account").await.unwrap();
    assert!(!account.payable);
    let page = stripe.open_onboarding_page(&account.id, "usr_2:onboarding:1").await.unwrap();
    let form = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let form = form.post(page.url.expose()).header("Content-Type", "application/x-www-form-urlencoded");
    form.body("outcome=finish").send().await.unwrap();
    assert!(stripe.account(&account.id).await.unwrap().payable);
    assert!(stripe.account(&PayoutRef("acct_ready_ray".into())).await.unwrap().payable);
    let nobodys = stripe.account(&PayoutRef("acct_nobody".into())).await;
    assert!(matches!(nobodys, Err(CallError::Refused { .. })), "{nobodys:?}");
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
    let first = world.stripe.capture(&intent, Cents(1250), "ord_1:capture").await.unwrap();
    let again: Captured = world.stripe.capture(&intent, Cents(1250), "the key expired").await.unwrap();
    assert_eq!(first, again);
    assert_eq!(world.summary().await["captured_amount"], 1250);
}

#[tokio::test]
async fn a_capture_of_another_amount_is_no_success() {
    let world = World::new().await;
    let intent = world.held().await;
    assert_refused(world.stripe.capture(&intent, Cents(1251), "too much").await, "amount_too_large");
    world.stripe.capture(&intent, Cents(900), "ord_1:capture").await.unwrap();
    assert_refused(world.stripe.capture(&intent, Cents(1250), "another").await, "captured_amount_differs");
    assert_refused(world.stripe.capture(&intent, Cents(1250), "ord_1:capture").await, "idempotency_error");
}

#[tokio::test]
async fn captured_and_released_exclude_each_other() {
    let world = World::new().await;
    let intent = world.held().await;
    world.stripe.release(&intent, "ord_1:release").await.unwrap();
    assert_refused(world.stripe.capture(&intent, Cents(1250), "ord_1:capture").await, "payment_intent_canceled");

    let world = World::new().await;
    let intent = world.held().await;
    world.stripe.capture(&intent, Cents(1250), "ord_1:capture").await.unwrap();
    assert_refused(world.stripe.release(&intent, "ord_1:release").await, "payment_intent_succeeded");
    assert_refused(world.stripe.release("pi_none", "none").await, "resource_missing");
}

#[tokio::test]
async fn a_runner_who_cannot_be_paid_is_a_refusal_until_a_new_key_tries_again() {
    let world = World::new().await;
    let charge = world.captured().await;
    let account = world.stripe.open_account(user(), "usr_2:account").await.unwrap().id;
    world.set_transfers(&account, "inactive").await;
    let refusal = "insufficient_capabilities_for_transfer";
    assert_refused(world.stripe.transfer(&transfer(&charge, &account), "ord_1:transfer:1").await, refusal);
    world.set_transfers(&account, "active").await;
    assert_refused(world.stripe.transfer(&transfer(&charge, &account), "ord_1:transfer:1").await, refusal);
    world.stripe.transfer(&transfer(&charge, &account), "ord_1:transfer:2").await.unwrap();
    assert_refused(
        world.stripe.transfer(&transfer(&charge, &account), "ord_1:transfer:3").await,
        "invalid_request_error",
    );
    assert_eq!(world.summary().await["transfers_amount"], 1000);
}

#[tokio::test]
async fn a_hold_that_timed_out_is_found_again_by_its_key() {
    let world = World::new().await;
    let hold = world.take_from("pm_card_visa").await;
    world.fault(json!({ "path": "/v1/payment_intents", "mode": "timeout_after", "ms": 60_000 })).await;
    assert_try_again(world.stripe.hold(&hold, "ord_1:hold").await);
    payment_intent(world.stripe.hold(&hold, "ord_1:hold").await);
    assert_eq!(world.summary().await["open_holds_count"], 1);
}

#[tokio::test]
async fn a_call_still_under_way_is_tried_again() {
    let world = World::new().await;
    let hold = world.take_from("pm_card_visa").await;
    world.fault(json!({ "path": "/v1/payment_intents", "mode": "slow", "ms": 2_000 })).await;
    assert_try_again(world.stripe.hold(&hold, "ord_1:hold").await);
    // Its key is in use until the first call is done.
    assert_try_again(world.stripe.hold(&hold, "ord_1:hold").await);
    tokio::time::timeout(Duration::from_secs(20), async {
        while world.stripe.hold(&hold, "ord_1:hold").await.is_err() {
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
        assert_try_again(world.stripe.open_customer(user(), "usr_1:customer").await);
    }
    let unkeyed = Stripe::new(&world.sandbox.url(), "sk_test_another", HERE).unwrap();
    assert_try_again(unkeyed.open_customer(user(), "usr_1:customer").await);
    let nobody = Stripe::new("http://127.0.0.1:9", SECRET_KEY, HERE).unwrap();
    assert_try_again(nobody.open_customer(user(), "usr_1:customer").await);
    world.stripe.open_customer(user(), "usr_1:customer").await.unwrap();
}

#[tokio::test]
async fn what_stripe_cannot_do_is_refused() {
    let world = World::new().await;
    let hold = world.take_from("pm_card_visa").await;
    let small = Take { amount_cents: Cents(1), ..hold.clone() };
    assert_refused(world.stripe.hold(&small, "small").await, "amount_too_small");
    let nobodys = CardRef { payment_method: "pm_none".to_owned(), ..hold.card.clone() };
    let nobodys = Take { card: nobodys, ..hold.clone() };
    assert_refused(world.stripe.hold(&nobodys, "nobodys").await, "resource_missing");
    assert_refused(world.stripe.hold(&hold, "").await, "idempotency_key_unusable");
    assert_eq!(world.summary().await["open_holds_count"], 0);
}

#[tokio::test]
async fn a_hold_made_from_another_address_is_the_same_hold() {
    let world = World::new().await;
    let take = world.take_from("pm_card_visa").await;
    let first = payment_intent(world.stripe.hold(&take, "ord_1:hold").await);
    // After a restart the platform is somewhere else, and so is the page that the bank would lead back to.
    let moved = Stripe::new(&world.sandbox.url(), SECRET_KEY, "http://127.0.0.1:9090/").expect("a client");
    assert_eq!(payment_intent(moved.hold(&take, "ord_1:hold").await), first);
    assert_eq!(world.summary().await["open_holds_count"], 1);
}

#[tokio::test]
async fn the_statement_is_read_page_by_page_and_says_which_order() {
    let world = World::new().await;
    let take = world.take_from("pm_card_visa").await;
    let mut charge = String::new();
    for number in 0..101 {
        charge = world.stripe.charge(&take, &format!("ord_1:tip:{number}")).await.expect("a charge").charge;
    }
    let account = world.stripe.open_account(user(), "usr_2:account").await.expect("an account").id;
    let sent = world.stripe.transfer(&transfer(&charge, &account), "ord_1:transfer").await.expect("a transfer");
    world.stripe.reverse(&sent, Cents(400), "1", "ord_1:reverse").await.expect("a reversal");
    world.stripe.refund(order(), &charge, Cents(250), "1", "ord_1:refund").await.expect("a refund");
    let objection = reqwest::Client::new().post(world.sandbox.url() + "/sandbox/disputes");
    answered(objection.json(&json!({ "charge": charge }))).await;
    let (from, until) = (jiff::Timestamp::UNIX_EPOCH, jiff::Timestamp::MAX);
    let until = until.min(jiff::Timestamp::from_second(4_000_000_000).expect("a time"));
    let first = world.stripe.statement(from, until, None).await.expect("a page");
    assert_eq!((first.transactions, first.lines.len()), (100, 100));
    let second = world.stripe.statement(from, until, first.next.as_deref()).await.expect("a page");
    assert_eq!((second.transactions, second.next), (5, None));
    let all: Vec<_> = first.lines.into_iter().chain(second.lines).collect();
    assert!(all.iter().all(|(of, _)| *of == Some(order())), "each is about the order");
    let newest: Vec<i64> = all.iter().take(4).map(|(_, line)| line.amount_cents.0).collect();
    assert_eq!(newest, [-1_250, -250, 400, -1_000]);
    let none = world.stripe.statement(from, jiff::Timestamp::from_second(1).expect("a time"), None).await;
    assert_eq!(none.expect("a page").transactions, 0);
}
