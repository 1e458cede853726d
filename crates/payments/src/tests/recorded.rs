//! The recorder in Stripe's place: what payments asks of it, twice and after a restart.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use chassis::{Clock, Config};
use contracts::users::{CardRef, PayoutRef};
use contracts::{Cents, Currency, MessageId, OrderId, Principal};
use jiff::{SignedDuration, Timestamp};

use super::scene::*;
use crate::payment::Share;
use crate::service;
use crate::stripe::{CallError, Captured, HoldOutcome, Recorder, Stripe, Take, Transfer};

fn another() -> OrderId {
    MessageId::of_request(&Principal::User(user("alice")), "orders.place", "another").derive("order")
}

fn recorder(directory: &Path) -> Stripe {
    Stripe::here(Arc::new(Recorder::in_file(directory.join("stripe.log"), Clock::system())))
}

async fn card(stripe: &Stripe, method: &str) -> CardRef {
    let customer = stripe.open_customer(user("alice"), "customer").await.expect("a customer");
    let card = stripe.attach_card(&customer, method, "card").await.expect("a card");
    CardRef { customer, payment_method: card.payment_method }
}

async fn hold(stripe: &Stripe, card: &CardRef, order_id: OrderId) -> HoldOutcome {
    let take = Take { order_id, amount_cents: Cents(1_090), currency: Currency::Sgd, card: card.clone() };
    stripe.hold(&take, &format!("{order_id}:hold")).await.expect("an answer")
}

async fn capture(stripe: &Stripe, order_id: OrderId, payment_intent: &str) -> Captured {
    let key = format!("{order_id}:capture");
    stripe.capture(payment_intent, Cents(1_000), &key).await.expect("captured")
}

async fn pay_out(stripe: &Stripe, order_id: OrderId, charge: &str, amount: i64) -> Result<String, CallError> {
    let transfer = Transfer {
        order_id,
        amount_cents: Cents(amount),
        currency: Currency::Sgd,
        runner_id: user("ray"),
        destination: "acct_ready_ray".to_owned(),
        source_charge: Some(charge.to_owned()),
        share: Share::Payout,
    };
    stripe.transfer(&transfer, &format!("{order_id}:payout:{amount}")).await
}

/// A whole order; again, it comes to the same.
async fn whole(stripe: &Stripe, card: &CardRef, order_id: OrderId) -> (String, String, String) {
    let HoldOutcome::Held { payment_intent } = hold(stripe, card, order_id).await else { panic!("not held") };
    let captured = capture(stripe, order_id, &payment_intent).await;
    assert!(captured.fee_cents.is_some_and(|fee| fee.0 > 0));
    let transfer = pay_out(stripe, order_id, &captured.charge, 900).await.expect("paid out");
    (payment_intent, captured.charge, transfer)
}

#[tokio::test]
async fn a_repeated_key_has_the_same_answer_also_after_a_restart() {
    let directory = tempfile::tempdir().expect("a directory");
    let stripe = recorder(directory.path());
    let card_of = card(&stripe, "pm_card_visa").await;
    let first = whole(&stripe, &card_of, order_id()).await;
    assert_eq!(whole(&stripe, &card_of, order_id()).await, first);
    drop(stripe);
    // Killed in the middle of a line.
    let mut file = fs::OpenOptions::new().append(true).open(directory.path().join("stripe.log")).expect("the file");
    file.write_all(b"{\"at\":1,\"method\":\"PO").expect("half a line");
    drop(file);
    let stripe = recorder(directory.path());
    assert_eq!(whole(&stripe, &card_of, order_id()).await, first);
    // What is new afterwards stands behind it.
    assert_ne!(whole(&stripe, &card_of, another()).await, first);
    let stripe = {
        drop(stripe);
        recorder(directory.path())
    };
    let (from, until) = (Timestamp::UNIX_EPOCH, Clock::system().now() + SignedDuration::from_hours(1));
    let page = stripe.statement(from, until, None).await.expect("a statement");
    assert_eq!((page.transactions, page.next), (4, None));
    assert_eq!(page.lines.iter().filter(|(of, _)| *of == Some(order_id())).count(), 2);
}

#[tokio::test]
async fn replicas_have_one_stripe_in_common() {
    let directory = tempfile::tempdir().expect("a directory");
    let (one, other) = (recorder(directory.path()), recorder(directory.path()));
    let card_of = card(&one, "pm_card_visa").await;
    let first = whole(&other, &card_of, order_id()).await;
    assert_eq!(whole(&one, &card_of, order_id()).await, first);
    assert_ne!(whole(&one, &card_of, another()).await, first);
    let until = Clock::system().now() + SignedDuration::from_hours(1);
    let page = other.statement(Timestamp::UNIX_EPOCH, until, None).await.expect("a statement");
    assert_eq!(page.transactions, 4);
}

#[tokio::test]
async fn it_keeps_to_stripes_rules_of_money() {
    let directory = tempfile::tempdir().expect("a directory");
    let stripe = recorder(directory.path());
    let good = card(&stripe, "pm_card_visa").await;
    let (payment_intent, charge, _) = whole(&stripe, &good, order_id()).await;
    let too_much = pay_out(&stripe, order_id(), &charge, 101).await;
    assert!(matches!(too_much, Err(CallError::Refused { code, .. }) if code == "transfer_too_large"));
    let late = stripe.release(&payment_intent, "release").await;
    assert!(matches!(late, Err(CallError::Refused { code, .. }) if code == "payment_intent_succeeded"));
    let other = stripe.attach_card(&good.customer, "pm_card_chargeCustomerFail", "other").await.expect("a card");
    let bad = CardRef { payment_method: other.payment_method, ..good };
    assert!(matches!(hold(&stripe, &bad, another()).await, HoldOutcome::Declined { .. }));
    let is_payable = async |id: &str| stripe.account(&PayoutRef(id.to_owned())).await.expect("an account").payable;
    assert!(is_payable("acct_ready_ray").await && !is_payable("acct_restricted_rob").await);
}

#[test]
fn nobody_with_a_key_or_people_of_their_own_gets_it_by_accident() {
    let recorded = Config::defaults().with("stripe.url", "recorded:{data}/stripe.log");
    assert!(service(&recorded).is_ok());
    let refusal = |config: Config| service(&config).err().expect("a refusal").to_string();
    assert!(refusal(recorded.clone().with("stripe.key", "sk_live_1")).contains("stripe.key must then be"));
    assert!(refusal(recorded.clone().with("stripe.key", "sk_test_1")).contains("stripe.key must then be"));
    assert!(refusal(recorded.with("identity.issuer", "https://x.clerk.accounts.dev")).contains("identity.issuer must"));
}
