//! Securing the money, and letting it go.

use contracts::Cents;
use contracts::orders::OrderLateHold;
use contracts::payments::StripeFact;
use contracts::users::PayerResolved;
use contracts::{Currency, Message as _, OrderId};

use super::scene::*;
use crate::hold::{self, HOLD, Holding};
use crate::payment::{Payment, Stage, Standing};
use crate::release::{self, Release};

#[track_caller]
fn check_hold(before: Option<Payment>, holding: Holding, stage: Option<Stage>, says: &[&str]) {
    let change = told(|cx| hold::record_hold(cx, before, payer(), holding)).expect("recorded");
    check(&change, stage, says);
}

#[test]
fn held_money_has_a_deadline_before_stripe_lets_go_of_it() {
    let held = Holding::Held { payment_intent: "pi_1".into() };
    let change = told(|cx| hold::record_hold(cx, None, payer(), held)).expect("recorded");
    check(&change, Some(Stage::Held), &["authorized", "hold"]);
    let (_, deadline) = change.said().pop().expect("a deadline");
    assert_eq!(deadline["due_at"], serde_json::to_value(T0 + HOLD).expect("JSON"));
}

#[test]
fn a_declined_card_is_an_outcome() {
    check_hold(None, Holding::Declined(no("card_declined")), Some(Stage::Declined), &["declined"]);
}

#[test]
fn b18_the_bank_may_ask_the_customer_and_only_they_learn_where() {
    let change = told(|cx| {
        hold::record_hold(cx, None, payer(), Holding::ActionRequired { payment_intent: "pi_1".into(), url: url() })
    });
    let change = change.expect("recorded");
    check(&change, Some(Stage::ActionRequired), &["action_required"]);
    assert!(!format!("{change:?}").contains("secret"), "{change:?}");
    let payment = change.state().expect("a state");
    assert!(!format!("{payment:?}").contains("secret"));
    // It survives being stored.
    let stored = serde_json::to_string(payment).expect("JSON");
    assert_eq!(&serde_json::from_str::<Payment>(&stored).expect("a payment"), payment);
}

#[test]
fn b16_what_is_known_is_not_asked_for_again() {
    for known in [held(), waiting(), declined(), released(), paid_out()] {
        check_hold(Some(known), Holding::NotNeeded, None, &[]);
    }
}

#[test]
fn a_payment_that_stripe_told_of_first_has_the_currency_of_its_payer() {
    let early = StripeFact::Held { payment_intent: "pi_1".into(), capturable_cents: TOTAL };
    let early = fact(None, early).state().cloned();
    let dollars = PayerResolved { currency: Currency::Usd, ..payer() };
    let held = Holding::Held { payment_intent: "pi_1".into() };
    let payment = state(told(|cx| hold::record_hold(cx, early, dollars, held)));
    assert_eq!(payment.currency, Currency::Usd);
}

#[track_caller]
fn check_release(before: Option<Payment>, stage: Option<Stage>, says: &[&str]) {
    let release = before.as_ref().map(let_go).unwrap_or_default();
    check(&cancel(before, release), stage, says);
}

#[test]
fn a_cancelled_order_gives_back_what_it_holds_once() {
    check_release(Some(held()), Some(Stage::Released), &["released"]);
    check_release(Some(held_more(Cents(182))), Some(Stage::Released), &["released"]);
    check_release(Some(waiting()), Some(Stage::Released), &["released"]);
    check_release(Some(declined()), Some(Stage::Declined), &[]);
    check_release(Some(released()), None, &[]);
}

#[test]
fn what_was_held_on_top_is_given_back_too() {
    let more = held_more(Cents(182));
    let change = cancel(Some(more.clone()), let_go(&more));
    assert_eq!(change.said()[0].1["released_cents"], 1_272);
    assert!(change.state().expect("a state").holds.iter().all(|hold| hold.standing == Standing::Released));
}

#[test]
fn b11_an_order_cancelled_before_its_payer_was_known_is_never_charged() {
    check_release(None, Some(Stage::Void), &[]);
    let void = state(Ok(cancel(None, Release::default())));
    check_hold(Some(void), Holding::NotNeeded, None, &[]);
}

#[test]
fn b11_a_late_hold_is_let_go() {
    let late = OrderLateHold::sample();
    let change = told(|cx| release::record_late_release(cx, Some(held()), late, let_go(&held())));
    check(&change.expect("recorded"), Some(Stage::Released), &["released"]);
}

#[test]
fn b12_a_refund_that_failed_at_the_cancellation_is_a_task_and_no_release() {
    let mut release = Release::default();
    release.given_back.failed = Some(no("charge_disputed"));
    let change = cancel(Some(paid_out()), release);
    check(&change, Some(Stage::PaidOut), &["refund_failed"]);
    assert_eq!(tasks(change.state().expect("a state")), ["refund_failed"]);
}

#[test]
fn a_hold_that_stripe_does_not_let_go_of_is_a_task_until_it_does() {
    let refused = Release { refused: vec![no("lock_timeout")], ..Release::default() };
    let change = cancel(Some(held()), refused);
    check(&change, Some(Stage::Held), &[]);
    let stuck = change.state().cloned().expect("a state");
    assert_eq!((tasks(&stuck), stuck.over_since), (vec!["release_failed"], Some(T0)));
    let late = OrderLateHold::sample();
    let change = told(|cx| release::record_late_release(cx, Some(stuck.clone()), late, let_go(&stuck)));
    let change = change.expect("recorded");
    check(&change, Some(Stage::Released), &["released"]);
    assert!(tasks(change.state().expect("a state")).is_empty());
    // Or somebody cancels it in the dashboard, or takes it: then it has to be given back.
    let gone = StripeFact::Canceled { payment_intent: "pi_1".into(), reason: None };
    let change = fact(Some(stuck.clone()), gone);
    check(&change, Some(Stage::Released), &[]);
    assert!(tasks(change.state().expect("a state")).is_empty());
    let taken = StripeFact::Captured { payment_intent: "pi_1".into(), charge: "ch_1".into(), captured_cents: TOTAL };
    let change = fact(Some(stuck), taken);
    check(&change, Some(Stage::Captured), &["captured"]);
    assert_eq!(tasks(change.state().expect("a state")), ["refund_failed"]);
}

#[track_caller]
fn check_excess(before: Payment, holding: Holding, held_cents: Cents, says: &[&str]) {
    let agreed = excess_agreed(Cents(182));
    let change = told(|cx| hold::record_excess(cx, Some(before), agreed, holding)).expect("recorded");
    check(&change, Some(Stage::Held), says);
    assert_eq!(change.state().expect("a state").held_cents(), held_cents);
}

#[test]
fn more_is_held_when_the_customer_agreed_and_their_bank_does() {
    check_excess(held(), Holding::Held { payment_intent: "pi_2".into() }, Cents(1_272), &["excess_authorized"]);
    check_excess(held(), Holding::Declined(no("card_declined")), TOTAL, &["excess_declined"]);
    // Each try has a key of its own.
    assert_eq!(held_more(Cents(1)).tries.excesses, 1);
}

#[test]
fn ids_name_the_order_in_every_key() {
    let id: OrderId = order_id();
    assert_eq!(hold::release_key(id, "pi_1"), format!("{id}:release:pi_1"));
}
