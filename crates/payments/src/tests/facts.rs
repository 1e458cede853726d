//! What Stripe tells by webhook: doubled, late, in any order, and of things that somebody did in its dashboard.

use chassis::Change;
use contracts::payments::{FactRecalled, RecordStripeEvent, Reversal, StripeFact};
use contracts::{Cents, Principal};
use proptest::prelude::*;

use super::scene::*;
use crate::Refusal;
use crate::facts::{self, record_stripe_event};
use crate::payment::{Payment, Share, Stage};
use crate::settlement::{Ending, Settlement};

fn held_fact() -> StripeFact {
    StripeFact::Held { payment_intent: "pi_1".into(), capturable_cents: TOTAL }
}

fn failed_fact() -> StripeFact {
    StripeFact::Failed { payment_intent: "pi_1".into(), code: "authentication_failed".into(), message: "No.".into() }
}

fn canceled_fact() -> StripeFact {
    StripeFact::Canceled { payment_intent: "pi_1".into(), reason: Some("automatic".into()) }
}

fn captured_fact() -> StripeFact {
    StripeFact::Captured { payment_intent: "pi_1".into(), charge: "ch_1".into(), captured_cents: TOTAL }
}

fn refunded_fact(refund: &str, cents: i64, status: &str) -> StripeFact {
    let (refund, status) = (refund.to_owned(), status.to_owned());
    StripeFact::Refunded { payment_intent: "pi_1".into(), refund, amount_cents: Cents(cents), status }
}

fn disputed_fact(status: &str) -> StripeFact {
    let status = status.to_owned();
    StripeFact::Disputed { payment_intent: "pi_1".into(), dispute: "dp_1".into(), amount_cents: TOTAL, status }
}

fn reversed_fact(reversals: &[(&str, i64)]) -> StripeFact {
    let reversal = |(id, cents): &(&str, i64)| Reversal { id: (*id).to_owned(), amount_cents: Cents(*cents) };
    StripeFact::Reversed { transfer: "tr_1".into(), reversals: reversals.iter().map(reversal).collect() }
}

/// Tells it twice: the second time nothing changes and nothing is said.
#[track_caller]
fn check_fact(before: Payment, told: StripeFact, stage: Option<Stage>, says: &[&str]) -> Payment {
    let change = fact(Some(before.clone()), told.clone());
    check(&change, stage, says);
    let after = change.state().cloned().unwrap_or(before);
    let again = fact(Some(after.clone()), told);
    assert!(again.types().is_empty(), "{again:?}");
    assert_eq!(again.state().unwrap_or(&after), &after);
    after
}

#[test]
fn only_the_webhook_tells_facts() {
    for principal in [
        Principal::User(user("alice")),
        Principal::Operator(user("otto")),
        Principal::Finance(user("fay")),
        Principal::System("seed".into()),
    ] {
        let event = RecordStripeEvent { order_id: order_id(), at: T0, fact: held_fact() };
        let ruling = as_of(principal, |cx| record_stripe_event(cx, Some(waiting()), event));
        assert_eq!(refused(ruling), Some(Refusal::NotAllowed));
    }
}

#[test]
fn a_fact_about_nothing_known_moves_nothing_and_is_kept_once() {
    let kept = fact(None, captured_fact());
    check(&kept, Some(Stage::Void), &[]);
    assert_eq!(kept.state().expect("a state").early, [captured_fact()]);
    let strange = StripeFact::Held { payment_intent: "pi_7".into(), capturable_cents: TOTAL };
    let after = check_fact(waiting(), strange.clone(), Some(Stage::ActionRequired), &[]);
    assert_eq!((after.ledger.balances(), after.early), (waiting().ledger.balances(), vec![strange]));
    // The bank's no to a PaymentIntent that never became a hold: its answer has told that already.
    check_fact(declined(), failed_fact(), None, &[]);
}

#[test]
fn what_is_told_before_the_capture_counts_when_the_capture_is_known() {
    let early = check_fact(held(), refunded_fact("re_1", 300, "succeeded"), Some(Stage::Held), &[]);
    let early = check_fact(early, disputed_fact("needs_response"), Some(Stage::Held), &[]);
    let captured = fact(Some(early), captured_fact());
    check(&captured, Some(Stage::Captured), &["captured", "fact_recalled"]);
    let refunded = recalled(captured.state().cloned());
    check(&refunded, Some(Stage::Captured), &["refunded", "fact_recalled"]);
    let disputed = recalled(refunded.state().cloned());
    check(&disputed, Some(Stage::Captured), &["disputed"]);
    let payment = disputed.state().expect("a state");
    assert_eq!((payment.refunded_cents(), tasks(payment), payment.early.len()), (Cents(300), vec!["disputed"], 0));
    check(&recalled(disputed.state().cloned()), None, &[]);
}

fn recalled(payment: Option<Payment>) -> Change<Payment> {
    told(|cx| facts::record_recalled(cx, payment, FactRecalled { order_id: order_id() })).expect("recorded")
}

// --- in whatever order -----------------------------------------------------------------------------------------------

/// What may be told of one order's money, and our own settlement between it.
#[derive(Clone, Debug)]
enum Step {
    Settled,
    Told(StripeFact),
}

fn steps(refund_ends: &str, dispute_ends: &str) -> Vec<Step> {
    let told = [
        captured_fact(),
        refunded_fact("re_1", 300, "pending"),
        refunded_fact("re_1", 300, refund_ends),
        refunded_fact("re_2", 200, "succeeded"),
        disputed_fact("needs_response"),
        disputed_fact("under_review"),
        disputed_fact(dispute_ends),
        reversed_fact(&[("trr_1", 100)]),
        reversed_fact(&[("trr_1", 100), ("trr_2", 50)]),
    ];
    let twice = told.into_iter().flat_map(|fact| [Step::Told(fact.clone()), Step::Told(fact)]);
    twice.chain([Step::Settled]).collect()
}

/// One step, and everything that it recalls.
fn step(payment: Payment, step: Step) -> Payment {
    let mut payment = payment;
    let mut change = match step {
        Step::Told(told) => fact(Some(payment.clone()), told),
        Step::Settled => {
            let captured = vec![captured("pi_1", TOTAL)];
            let sent = vec![sent("ch_1", Share::Payout, PAYOUT)];
            settle(payment.clone(), Settlement { captured, sent, ..Settlement::ending(Ending::Settled) })
        }
    };
    loop {
        payment = change.state().cloned().unwrap_or(payment);
        proven(&payment);
        if !change.types().contains(&"payments.fact_recalled.v1") {
            return payment;
        }
        change = recalled(Some(payment.clone()));
    }
}

/// What the order's money comes to.
fn sums(payment: &Payment) -> impl PartialEq + std::fmt::Debug + use<> {
    let mut tasks = tasks(payment);
    tasks.sort_unstable();
    let disputes: Vec<_> =
        payment.disputes.iter().map(|dispute| (dispute.status.clone(), dispute.withdrawn_cents)).collect();
    let cents = (payment.captured_cents(), payment.refunded_cents(), payment.paid_cents());
    (payment.stage(), payment.ledger.balances(), cents, disputes, tasks, payment.early.clone())
}

proptest! {
    #[test]
    fn in_whatever_order_facts_come_the_books_end_the_same(
        (ends, shuffled) in prop_oneof![
            Just(("succeeded", "won")), Just(("succeeded", "lost")), Just(("failed", "won")), Just(("failed", "lost")),
        ].prop_flat_map(|(refund, dispute)| (Just((refund, dispute)), Just(steps(refund, dispute)).prop_shuffle()))
    ) {
        let expected = steps(ends.0, ends.1).into_iter().fold(held(), step);
        let ended = shuffled.into_iter().fold(held(), step);
        prop_assert_eq!(sums(&ended), sums(&expected));
    }
}

#[test]
fn b18_the_customer_convinces_their_bank_or_does_not() {
    check_fact(waiting(), held_fact(), Some(Stage::Held), &["authorized", "hold"]);
    let failed = check_fact(waiting(), failed_fact(), Some(Stage::Declined), &["declined"]);
    // The order's cancellation closes what is open at Stripe; its stage still says why.
    check(&cancel(Some(failed.clone()), let_go(&failed)), Some(Stage::Declined), &[]);
}

#[test]
fn a_bank_that_changes_its_mind_is_believed_until_the_hold_is_closed() {
    let failed = check_fact(waiting(), failed_fact(), Some(Stage::Declined), &["declined"]);
    let held = check_fact(failed.clone(), held_fact(), Some(Stage::Held), &["authorized", "hold"]);
    // Told out of order: what was held does not become a failure again.
    check_fact(held, failed_fact(), None, &[]);
    let closed = cancel(Some(failed.clone()), let_go(&failed)).state().cloned().expect("a state");
    check_fact(closed, held_fact(), None, &[]);
}

#[test]
fn b13_b19_facts_that_we_caused_change_nothing() {
    check_fact(held(), held_fact(), None, &[]);
    check_fact(released(), canceled_fact(), None, &[]);
    check_fact(released(), held_fact(), None, &[]);
    for known in [unpaid(), paid_out()] {
        check_fact(known.clone(), captured_fact(), None, &[]);
        check_fact(known.clone(), held_fact(), None, &[]);
        check_fact(known.clone(), failed_fact(), None, &[]);
        check_fact(known, canceled_fact(), None, &[]);
    }
}

#[test]
fn a_hold_that_goes_away_by_itself_is_told_and_a_task_until_the_order_ends() {
    let lost = check_fact(held(), canceled_fact(), Some(Stage::Released), &["hold_lost"]);
    assert_eq!(tasks(&lost), ["hold_lost"]);
    let over = cancel(Some(lost), crate::release::Release::default()).state().cloned().expect("a state");
    assert!(tasks(&over).is_empty());
    check_fact(waiting(), canceled_fact(), Some(Stage::Declined), &["declined"]).declined.expect("a reason");
}

#[test]
fn a_capture_in_the_dashboard_counts_and_is_paid_out_at_the_delivery() {
    let taken = check_fact(held(), captured_fact(), Some(Stage::Captured), &["captured"]);
    let mut delivered = taken.clone();
    delivered.payee = unpaid().payee;
    let settlement = all_settled(&delivered);
    assert!(settlement.captured.is_empty(), "nothing is captured twice");
    check(&settle(taken, settlement), Some(Stage::PaidOut), &["paid_out"]);
    // It may be told before the holding is.
    check_fact(waiting(), captured_fact(), Some(Stage::Captured), &["authorized", "hold", "captured"]);
}

#[test]
fn a_fee_that_a_webhook_did_not_tell_is_booked_once_it_is_known() {
    let taken = check_fact(held(), captured_fact(), Some(Stage::Captured), &["captured"]);
    let mut delivered = taken.clone();
    delivered.payee = unpaid().payee;
    let mut settlement = all_settled(&delivered);
    settlement.captured.push(captured("pi_1", TOTAL));
    let paid = settle(taken, settlement).state().cloned().expect("a state");
    assert_eq!(paid.ledger.balance(crate::Account::StripeFees), FEE);
}

#[test]
fn refunds_in_the_dashboard_are_booked() {
    let part = check_fact(paid_out(), refunded_fact("re_1", 300, "pending"), Some(Stage::PaidOut), &["refunded"]);
    let part = check_fact(part, refunded_fact("re_1", 300, "succeeded"), None, &[]);
    assert_eq!(part.refunded_cents(), Cents(300));
    check_fact(part, refunded_fact("re_2", 790, "succeeded"), Some(Stage::Refunded), &["refunded"]);
}

#[test]
fn a_refund_that_comes_back_is_a_task() {
    let given = check_fact(paid_out(), refunded_fact("re_1", 300, "pending"), Some(Stage::PaidOut), &["refunded"]);
    let back = check_fact(given.clone(), refunded_fact("re_1", 300, "failed"), Some(Stage::PaidOut), &[]);
    assert_eq!((back.refunded_cents(), tasks(&back)), (Cents(0), vec!["refund_failed"]));
    // What the platform had paid of it is the platform's again.
    assert_eq!(back.ledger.balances(), paid_out().ledger.balances());
}

#[test]
fn a_refund_that_came_back_before_it_was_told_of_moves_nothing() {
    let back = check_fact(paid_out(), refunded_fact("re_1", 300, "failed"), Some(Stage::PaidOut), &[]);
    assert_eq!(tasks(&back), ["refund_failed"], "it is a task all the same");
    let late = check_fact(back, refunded_fact("re_1", 300, "pending"), None, &[]);
    assert_eq!(late.refunded_cents(), Cents(0));
}

#[test]
fn reversals_are_booked_once_however_often_they_are_listed() {
    let first = check_fact(paid_out(), reversed_fact(&[("trr_1", 100)]), Some(Stage::PaidOut), &["payout_reversed"]);
    let both = reversed_fact(&[("trr_1", 100), ("trr_2", 50)]);
    let second = check_fact(first, both, Some(Stage::PaidOut), &["payout_reversed"]);
    assert_eq!(second.paid_cents(), Cents(850));
    check_fact(second, reversed_fact(&[("trr_1", 100)]), None, &[]);
}

#[test]
fn a_dispute_takes_the_money_and_is_a_task_until_it_is_over() {
    let open = check_fact(paid_out(), disputed_fact("needs_response"), Some(Stage::PaidOut), &["disputed"]);
    assert_eq!((tasks(&open), open.ledger.balance(crate::Account::Disputes)), (vec!["disputed"], TOTAL));
    let reviewed = check_fact(open, disputed_fact("under_review"), Some(Stage::PaidOut), &["disputed"]);
    assert_eq!(tasks(&reviewed), ["disputed"]);
    let won = check_fact(reviewed.clone(), disputed_fact("won"), Some(Stage::PaidOut), &["disputed"]);
    assert_eq!((tasks(&won), won.ledger.balances()), (vec![], paid_out().ledger.balances()));
    // Over is over, whatever comes late.
    check_fact(won, disputed_fact("needs_response"), None, &[]);
    let lost = check_fact(reviewed, disputed_fact("lost"), Some(Stage::PaidOut), &["disputed"]);
    assert_eq!((tasks(&lost), lost.ledger.balance(crate::Account::Disputes)), (vec![], TOTAL));
}

#[test]
fn an_inquiry_takes_no_money() {
    let asked = check_fact(paid_out(), disputed_fact("warning_needs_response"), Some(Stage::PaidOut), &["disputed"]);
    assert_eq!((tasks(&asked), asked.ledger.balance(crate::Account::Disputes)), (vec!["disputed"], Cents(0)));
    let closed = check_fact(asked, disputed_fact("warning_closed"), Some(Stage::PaidOut), &["disputed"]);
    assert!(tasks(&closed).is_empty());
}
