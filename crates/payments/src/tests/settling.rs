//! Delivered orders: taken, then paid out; what fails is tried again and never called a success.

use chassis::Change;
use contracts::payments::{PayoutHeld, SettlementRetried, StripeFact};
use contracts::timers::{HoldElapsed, SettleElapsed};
use contracts::users::PayeeResolved;
use contracts::{Cents, Message as _};

use super::scene::*;
use crate::Account;
use crate::audit::audit;
use crate::give_back::GivenBack;
use crate::payment::{Payee, Payment, Share, Stage, Standing};
use crate::release::Release;
use crate::settlement::{self, Ending, NO_ACCOUNT, RETRIES, SLOWLY, Settlement};
use crate::stripe::Refund;
use crate::tip::{self, Tipping};
use crate::{again, dues};

/// What there is to settle of this payment once its order is delivered.
fn delivered(payment: &Payment) -> Payment {
    Payment { payee: unpaid().payee, ..payment.clone() }
}

#[test]
fn settling_captures_and_pays_out() {
    let change = settle(held(), all_settled(&delivered(&held())));
    check(&change, Some(Stage::PaidOut), &["captured", "paid_out"]);
    let said = change.said();
    assert_eq!((&said[1].1["paid_cents"], &said[1].1["platform_cents"]), (&1_000.into(), &90.into()));
}

#[test]
fn b05_a_second_settlement_moves_nothing() {
    check(&settle(paid_out(), Settlement::ending(Ending::NotNeeded)), None, &[]);
    assert!(dues::payouts(&paid_out()).is_empty());
    assert_eq!(dues::takings(&paid_out()), Ok(Vec::new()));
}

#[test]
fn b07_b08_a_refused_transfer_is_never_a_payout() {
    let change = settle(held(), payout_held("insufficient_capabilities_for_transfer"));
    check(&change, Some(Stage::Captured), &["captured", "payout_held", "settle"]);
    assert_eq!(tasks(change.state().expect("a state")), ["payout_held"]);
}

#[test]
fn b06_only_a_transfer_that_was_made_is_a_payout() {
    let settlement = payout_held("account_closed");
    assert!(settlement.sent.is_empty());
    let payment = state(Ok(settle(held(), settlement)));
    assert_eq!((payment.paid_cents(), payment.paid_out_at), (Cents(0), None));
    assert_eq!(paid_out().transfers.len(), 1);
}

#[test]
fn what_was_captured_before_is_not_captured_twice() {
    let again = all_settled(&unpaid());
    assert!(again.captured.is_empty());
    let change = settle(unpaid(), again);
    check(&change, Some(Stage::PaidOut), &["paid_out"]);
    assert!(tasks(change.state().expect("a state")).is_empty(), "a task goes away by what happens");
}

#[test]
fn b64_a_failed_capture_is_tried_again_three_times_and_then_a_task() {
    let mut payment = held();
    for _ in 0..3 {
        let change = settle(payment, capture_failed());
        check(&change, Some(Stage::Held), &["capture_failed", "settle"]);
        payment = change.state().cloned().expect("a state");
        assert!(tasks(&payment).is_empty());
    }
    let change = settle(payment, capture_failed());
    check(&change, Some(Stage::Held), &["capture_failed", "settle"]);
    assert_eq!(tasks(change.state().expect("a state")), ["capture_failed"]);
}

/// Tried as often as it is tried soon, and due again now.
fn tired(payment: Payment, settlement: &Settlement) -> Payment {
    let tried = (0..=RETRIES).fold(payment, |payment, _| state(Ok(settle(payment, settlement.clone()))));
    Payment { again_at: Some(T0), ..tried }
}

#[track_caller]
fn check_slow(change: &Change<Payment>, stage: Stage, says: &[&str]) {
    check(change, Some(stage), says);
    let (_, deadline) = change.said().pop().expect("a deadline");
    assert_eq!(deadline["due_at"], serde_json::to_value(T0 + SLOWLY).expect("JSON"));
}

#[test]
fn what_is_a_task_is_tried_every_day_and_said_again_only_when_it_is_news() {
    let account_closed = payout_held("account_closed");
    let other = payout_held("insufficient_capabilities_for_transfer");
    let payment = tired(held(), &account_closed);
    check_elapsed(Some(payment.clone()), &["settlement_retried"]);
    check_slow(&settle(payment.clone(), account_closed), Stage::Captured, &["settle"]);
    check_slow(&settle(payment, other), Stage::Captured, &["payout_held", "settle"]);
    let payment = tired(held(), &capture_failed());
    check_slow(&settle(payment.clone(), capture_failed()), Stage::Held, &["settle"]);
    // Not the deadline, but something that may have helped: whoever waits for it is told.
    let news = Payment { again_at: Some(T0 + SLOWLY), ..payment };
    check_slow(&settle(news, capture_failed()), Stage::Held, &["capture_failed", "settle"]);
}

#[test]
fn a_deadline_that_another_one_has_replaced_tries_nothing() {
    let elapsed = SettleElapsed { order_id: order_id(), due_at: T0 };
    let payment = Payment { again_at: Some(T0 + SLOWLY), ..unpaid() };
    check(&told(|cx| again::retry_settlement(cx, Some(payment), elapsed)).expect("recorded"), None, &[]);
}

#[test]
fn an_excess_that_is_left_of_what_was_held_is_not_forgotten() {
    let gone = Settlement { released: vec!["pi_1".into()], ..capture_failed() };
    let change = settle(held_more(Cents(182)), gone.clone());
    check(&change, Some(Stage::Released), &["capture_failed"]);
    let payment = change.state().cloned().expect("a state");
    assert_eq!((tasks(&payment), payment.held_cents()), (vec!["capture_failed"], Cents(182)));
    check_lapsing(Some(payment), &["settlement_retried"]);
    // One that is enough by itself is taken instead.
    let change = settle(held_more(Cents(2_000)), gone);
    check(&change, Some(Stage::Released), &["capture_failed", "settle"]);
    let payment = change.state().cloned().expect("a state");
    check_elapsed(Some(payment.clone()), &["settlement_retried"]);
    check(&settle(payment.clone(), all_settled(&payment)), Some(Stage::PaidOut), &["captured", "paid_out"]);
}

#[test]
fn a_hold_that_was_lost_is_no_trouble_once_the_runner_is_paid() {
    let lost = StripeFact::Canceled { payment_intent: "pi_1".into(), reason: None };
    let payment = fact(Some(held_more(Cents(2_000))), lost).state().cloned().expect("a state");
    assert_eq!(tasks(&payment), ["hold_lost"]);
    let change = settle(payment.clone(), all_settled(&delivered(&payment)));
    check(&change, Some(Stage::PaidOut), &["captured", "paid_out"]);
    assert!(tasks(change.state().expect("a state")).is_empty());
}

#[test]
fn a_task_says_only_what_is_true() {
    let todo = |payment: &Payment| payment.troubles[0].task(payment).todo;
    let without_account = state(Ok(settle(held(), payout_held(NO_ACCOUNT))));
    assert!(todo(&without_account).contains("by itself"), "{}", todo(&without_account));
    assert!(!todo(&unpaid()).contains("by itself"), "{}", todo(&unpaid()));
    let still_held = tired(held(), &capture_failed());
    assert!(todo(&still_held).contains("every day"), "{}", todo(&still_held));
    let gone = Settlement { released: vec!["pi_1".into()], ..capture_failed() };
    let gone = state(Ok(settle(held(), gone)));
    assert!(!todo(&gone).contains("every day"), "{}", todo(&gone));
}

#[test]
fn where_nothing_is_held_any_more_trying_again_does_not_help() {
    let gone = Settlement { released: vec!["pi_1".into()], ..capture_failed() };
    let change = settle(held(), gone);
    check(&change, Some(Stage::Released), &["capture_failed"]);
    assert_eq!(tasks(change.state().expect("a state")), ["capture_failed"]);
}

#[test]
fn a_delivery_without_a_hold_behind_it_is_a_task() {
    let change = told(|cx| settlement::record_settlement(cx, None, payee(), capture_failed())).expect("recorded");
    check(&change, Some(Stage::Void), &["capture_failed"]);
    assert_eq!(tasks(change.state().expect("a state")), ["capture_failed"]);
}

#[test]
fn a_runner_without_an_account_is_waited_for() {
    let settlement = payout_held(NO_ACCOUNT);
    let change = told(|cx| settlement::record_unpayable(cx, Some(held()), unavailable(), settlement));
    let change = change.expect("recorded");
    check(&change, Some(Stage::Captured), &["captured", "payout_held"]);
    let waiting = change.state().cloned().expect("a state");
    let retried = SettlementRetried { order_id: order_id(), account: Some(payee().account) };
    let settlement = all_settled(&delivered(&waiting));
    let change = told(|cx| settlement::record_again(cx, Some(waiting), retried, settlement)).expect("recorded");
    check(&change, Some(Stage::PaidOut), &["paid_out"]);
}

#[test]
fn an_excess_is_taken_as_far_as_it_is_needed() {
    let order = |total_cents| {
        let mut payment = delivered(&held_more(Cents(182)));
        payment.payee.as_mut().expect("a payee").total_cents = total_cents;
        dues::takings(&payment).map(|takings| takings.iter().map(|taking| taking.amount_cents.0).collect())
    };
    assert_eq!(order(Cents(1_272)), Ok(vec![1_090, 182]));
    assert_eq!(order(Cents(1_100)), Ok(vec![1_090, 10]));
    assert_eq!(order(Cents(900)), Ok(vec![900, 0]));
    assert_eq!(order(Cents(1_273)).map_err(|no| no.code), Err::<Vec<i64>, _>("not_enough_held".to_owned()));
}

#[test]
fn a_delivery_without_an_amount_lets_go_of_nothing() {
    let mut payment = delivered(&held());
    payment.payee.as_mut().expect("a payee").total_cents = Cents(0);
    assert_eq!(dues::takings(&payment).map_err(|no| no.code), Err("no_amount".to_owned()));
}

#[test]
fn a_payout_beyond_a_charge_is_sent_from_both() {
    let mut payment = delivered(&held_more(Cents(182)));
    let payee = payment.payee.as_mut().expect("a payee");
    (payee.total_cents, payee.payout_cents) = (Cents(1_272), Cents(1_200));
    let settlement = all_settled(&payment);
    let parts: Vec<_> = settlement.sent.iter().map(|sent| (sent.charge.as_str(), sent.amount_cents.0)).collect();
    assert_eq!(parts, [("ch_1", 1_090), ("ch_2", 110)]);
    let resolved =
        contracts::users::PayeeResolved { total_cents: Cents(1_272), payout_cents: Cents(1_200), ..self::payee() };
    let change = told(|cx| settlement::record_settlement(cx, Some(payment), resolved, settlement)).expect("recorded");
    check(&change, Some(Stage::PaidOut), &["captured", "paid_out"]);
    assert_eq!(change.said()[1].1["platform_cents"], 72);
}

#[test]
fn an_excess_that_is_not_needed_is_let_go() {
    let before = held_more(Cents(182));
    let change = settle(before.clone(), all_settled(&delivered(&before)));
    check(&change, Some(Stage::PaidOut), &["captured", "paid_out"]);
    assert_eq!(change.state().expect("a state").holds[1].standing, Standing::Released);
}

#[track_caller]
fn check_elapsed(payment: Option<Payment>, says: &[&str]) {
    let elapsed = SettleElapsed { order_id: order_id(), due_at: T0 + SLOWLY };
    check(&told(|cx| again::retry_settlement(cx, payment, elapsed)).expect("recorded"), None, says);
}

#[test]
fn only_what_is_unsettled_is_tried_again() {
    check_elapsed(Some(unpaid()), &["settlement_retried"]);
    for settled in [paid_out(), released(), declined(), held()] {
        check_elapsed(Some(settled), &[]);
    }
    check_elapsed(None, &[]);
}

#[track_caller]
fn check_lapsing(payment: Option<Payment>, says: &[&str]) {
    let elapsed = HoldElapsed { order_id: order_id(), ..HoldElapsed::sample() };
    check(&told(|cx| again::renew_or_release(cx, payment, elapsed)).expect("recorded"), None, says);
}

#[test]
fn b21_a_hold_near_its_limit_is_taken_or_given_back() {
    check_lapsing(Some(held()), &["hold_lapsing"]);
    let unsettled = state(Ok(settle(held(), capture_failed())));
    check_lapsing(Some(unsettled), &["settlement_retried"]);
    for over in [released(), unpaid(), paid_out(), declined(), waiting()] {
        check_lapsing(Some(over), &[]);
    }
}

#[test]
fn what_is_still_held_when_the_order_is_over_is_let_go_again_and_a_task() {
    let refused = Release { refused: vec![no("lock_timeout")], ..Release::default() };
    let stuck = state(Ok(cancel(Some(held()), refused)));
    let known = Payment { troubles: Vec::new(), ..stuck.clone() };
    for (payment, code) in [(stuck, "lock_timeout"), (known, "still_held")] {
        let elapsed = HoldElapsed { order_id: order_id(), ..HoldElapsed::sample() };
        let change = told(|cx| again::renew_or_release(cx, Some(payment), elapsed)).expect("recorded");
        check(&change, Some(Stage::Held), &["hold_lapsing"]);
        let payment = change.state().expect("a state");
        assert_eq!((tasks(payment), payment.troubles[0].code.as_str()), (vec!["release_failed"], code));
    }
}

// --- tips ------------------------------------------------------------------------------------------------------------

#[track_caller]
fn check_tip(before: Payment, tipping: Tipping, stage: Option<Stage>, says: &[&str]) -> Option<Payment> {
    let change = told(|cx| tip::record_tip(cx, Some(before), tip_agreed(Cents(200)), tipping)).expect("recorded");
    check(&change, stage, says);
    change.state().cloned()
}

#[test]
fn a_tip_is_charged_and_goes_to_the_runner() {
    let charged = |sent| Tipping::Charged { captured: captured("pi_9", Cents(200)), sent };
    let paid = sent("ch_9", Share::Tip, Cents(200));
    let payment = check_tip(paid_out(), charged(Ok(paid)), Some(Stage::PaidOut), &["tip_paid"]).expect("a state");
    assert_eq!((payment.captured_cents(), payment.paid_cents()), (Cents(1_290), Cents(1_200)));
    check_tip(payment, Tipping::NotNeeded, None, &[]);
    check_tip(paid_out(), Tipping::Declined(no("card_declined")), Some(Stage::PaidOut), &["tip_declined"]);
}

#[test]
fn a_tip_that_the_runner_cannot_get_yet_waits_for_them() {
    let tipping = Tipping::Charged { captured: captured("pi_9", Cents(200)), sent: Err(no("account_closed")) };
    let payment = check_tip(paid_out(), tipping, Some(Stage::PaidOut), &["payout_held", "settle"]).expect("a state");
    assert_eq!(tasks(&payment), ["payout_held"]);
    check_elapsed(Some(payment.clone()), &["settlement_retried"]);
    let retried = SettlementRetried { order_id: order_id(), account: None };
    let settlement = all_settled(&payment);
    let change = told(|cx| settlement::record_again(cx, Some(payment), retried, settlement)).expect("recorded");
    check(&change, Some(Stage::PaidOut), &["tip_paid"]);
    assert!(tasks(change.state().expect("a state")).is_empty());
}

#[test]
fn a_tip_that_comes_too_late_takes_nothing_of_what_the_runner_is_owed() {
    // The customer has everything back at the platform's cost; what was taken back for an earlier try is the runner's.
    let mut refunded = paid_out();
    let refund = Refund { id: "re_1".to_owned(), amount_cents: TOTAL, status: "succeeded".to_owned() };
    let _ = refunded.now_refunded(T0, "pi_1", &refund, None);
    refunded.taken_back_cents = PAYOUT;
    let given_back = Refund { id: "re_9".to_owned(), amount_cents: Cents(200), status: "succeeded".to_owned() };
    let given_back = GivenBack { refunds: vec![("ch_9".to_owned(), given_back)], ..GivenBack::default() };
    let tipping = Tipping::Unwanted { captured: captured("pi_9", Cents(200)), found: Vec::new(), given_back };
    let payment = check_tip(refunded, tipping, Some(Stage::Refunded), &["tip_declined", "settle"]).expect("a state");
    assert_eq!((payment.tip_due_cents(), payment.owed_back_cents()), (Cents(0), PAYOUT));
}

#[test]
fn who_is_owed_is_named_in_what_is_said() {
    let change = settle(held(), payout_held("account_closed"));
    let held: PayoutHeld = serde_json::from_value(change.said()[1].1.clone()).expect("a held payout");
    assert_eq!(held.runner_id, user("ray"));
}

/// Delivered for less than what somebody took in Stripe's dashboard.
fn overtaken() -> Payment {
    let mut taken = held();
    let _ = taken.now_captured(T0, &captured("pi_1", TOTAL));
    taken.payee = unpaid().payee.map(|payee| Payee { total_cents: TOTAL - Cents(40), ..payee });
    taken
}

fn settle_cheaper(payment: Payment, settlement: Settlement) -> Change<Payment> {
    let payee = PayeeResolved { total_cents: TOTAL - Cents(40), ..payee() };
    told(|cx| settlement::record_settlement(cx, Some(payment), payee, settlement)).expect("recorded")
}

#[test]
fn what_was_taken_beyond_what_a_delivery_costs_goes_back_to_the_customer() {
    let change = settle_cheaper(overtaken(), all_settled(&overtaken()));
    check(&change, Some(Stage::PaidOut), &["paid_out", "refunded"]);
    let payment = change.state().expect("a state");
    assert_eq!((payment.refunded_cents(), payment.paid_cents()), (Cents(40), PAYOUT));
    assert_eq!(payment.ledger.balance(Account::Platform), TOTAL - Cents(40) - PAYOUT - FEE);
}

#[test]
fn what_was_taken_beyond_and_came_back_is_given_back_under_another_key() {
    let given = settle_cheaper(overtaken(), all_settled(&overtaken())).state().cloned().expect("a state");
    let refund = given.refunds[0].id.clone();
    let (payment_intent, status) = ("pi_1".to_owned(), "failed".to_owned());
    let came_back = StripeFact::Refunded { payment_intent, refund, amount_cents: Cents(40), status };
    let change = fact(Some(given), came_back.clone());
    check(&change, Some(Stage::PaidOut), &["settle"]);
    let payment = change.state().cloned().expect("a state");
    assert_eq!((tasks(&payment), payment.tries.overtaken), (vec!["taken_too_much"], 1));
    check(&fact(Some(payment.clone()), came_back), None, &[]);
    let mut settlement = all_settled(&payment);
    settlement.given_back.refunds[0].1.id = "re_another".to_owned();
    let again = settle_cheaper(payment, settlement);
    check(&again, Some(Stage::PaidOut), &["refunded"]);
    assert!(tasks(again.state().expect("a state")).is_empty());
}

#[test]
fn a_return_to_a_runner_without_an_account_waits_for_it_and_is_not_tried() {
    let owed = Payment { taken_back_cents: Cents(300), again_at: Some(T0), ..paid_out() };
    let no_account = Settlement::ending(Ending::PayoutHeld(no(NO_ACCOUNT)));
    let retried = SettlementRetried { order_id: order_id(), account: None };
    let change = told(|cx| settlement::record_again(cx, Some(owed), retried, no_account)).expect("recorded");
    assert_eq!(change.types(), ["payments.payout_held.v1"]);
    let payment = change.state().expect("a state");
    assert_eq!((payment.again_at, tasks(payment)), (None, vec!["payout_held"]));
}

#[test]
fn what_was_taken_beyond_and_cannot_be_given_back_is_a_task_and_no_fault_of_the_books() {
    let given_back = GivenBack { failed: Some(no("charge_disputed")), ..GivenBack::default() };
    let change = settle_cheaper(overtaken(), Settlement { given_back, ..all_settled(&overtaken()) });
    let payment = change.state().cloned().expect("a state");
    assert_eq!((payment.stage(), tasks(&payment)), (Stage::PaidOut, vec!["taken_too_much"]));
    proven(&payment);
    let unknown = audit(&Payment { troubles: Vec::new(), ..payment.clone() });
    let wrong: Vec<_> = unknown.checks.into_iter().filter(|check| !check.ok).map(|check| check.name).collect();
    assert_eq!(wrong, ["captured_is_owed"]);
    // It is tried again by itself, under another key.
    assert_eq!((payment.tries.overtaken, payment.again_at), (1, Some(T0 + settlement::AGAIN)));
    let again = settle_cheaper(payment.clone(), all_settled(&payment));
    check(&again, Some(Stage::PaidOut), &["refunded"]);
    assert!(tasks(again.state().expect("a state")).is_empty());
}
