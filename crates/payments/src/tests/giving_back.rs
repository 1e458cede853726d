//! Refunds: who may ask, what is taken from whom, and what a try leaves behind.

use contracts::payments::{Bearer, RefundPayment, RefundRequested, Reversal, StripeFact};
use contracts::{Cents, Message as _, Principal};
use jiff::SignedDuration;

use super::scene::*;
use crate::dues;
use crate::give_back::{GivenBack, Plan, Unheard};
use crate::payment::{Payment, Share, Stage};
use crate::refund::{self, Giving};
use crate::release::Release;
use crate::settlement::{Ending, Settlement};
use crate::tip::{self, Tipping};
use crate::{Account, Refusal};

fn finance() -> Principal {
    Principal::Finance(user("fay"))
}

fn ask(amount_cents: Option<Cents>, bearer: Bearer) -> RefundPayment {
    RefundPayment { amount_cents, bearer, ..RefundPayment::sample() }
}

#[track_caller]
fn requested(payment: Payment, amount_cents: Option<Cents>, bearer: Bearer) -> Payment {
    let ruling = as_of(finance(), |cx| refund::refund(cx, Some(payment), ask(amount_cents, bearer)));
    let change = ruling.expect("may be refunded");
    assert_eq!(change.types(), ["payments.refund_requested.v1"]);
    change.state().cloned().expect("a state")
}

/// Carries a request out, as far as `done` lets it.
#[track_caller]
fn carried_out(payment: Payment, done: impl FnOnce(&Plan) -> GivenBack) -> chassis::Change<Payment> {
    let refunding = payment.refunding.clone().expect("a request");
    let request = RefundRequested { number: refunding.number, ..RefundRequested::sample() };
    let given = Giving::Given(done(&refunding.plan));
    told(|cx| refund::record_refund(cx, Some(payment), request, given)).expect("recorded")
}

#[track_caller]
fn check_refused(payment: Option<Payment>, amount_cents: Option<Cents>, refusal: Refusal) {
    let asked = ask(amount_cents, Bearer::Runner);
    assert_eq!(refused(as_of(finance(), |cx| refund::refund(cx, payment, asked))), Some(refusal));
}

#[test]
fn only_staff_may_refund() {
    for principal in [Principal::User(user("alice")), Principal::System("stripe".into())] {
        let ruling = as_of(principal, |cx| refund::refund(cx, Some(paid_out()), ask(None, Bearer::Runner)));
        assert_eq!(refused(ruling), Some(Refusal::NotAllowed));
    }
    let operator = Principal::Operator(user("otto"));
    assert!(as_of(operator, |cx| refund::refund(cx, Some(paid_out()), ask(None, Bearer::Runner))).is_ok());
}

#[test]
fn what_was_not_taken_or_is_back_already_is_not_refunded() {
    for payment in [None, Some(held()), Some(released()), Some(declined())] {
        check_refused(payment, None, Refusal::NothingToRefund);
    }
    check_refused(Some(paid_out()), Some(Cents(1_091)), Refusal::RefundTooLarge);
    check_refused(Some(paid_out()), Some(Cents(0)), Refusal::NothingToRefund);
    check_refused(Some(paid_out()), Some(Cents(-1)), Refusal::NothingToRefund);
    let asked = requested(paid_out(), Some(Cents(10)), Bearer::Platform);
    check_refused(Some(asked), None, Refusal::BeingRefunded);
    let refunded = carried_out(requested(paid_out(), None, Bearer::Runner), all_of).state().cloned();
    check_refused(refunded, None, Refusal::AlreadyRefunded);
}

#[test]
fn b14_a_refund_reverses_the_transfer_first() {
    let change = carried_out(requested(paid_out(), None, Bearer::Runner), all_of);
    check(&change, Some(Stage::Refunded), &["payout_reversed", "refunded"]);
    let (reversed, refunded) = (&change.said()[0].1, &change.said()[1].1);
    assert_eq!((&reversed["reversed_cents"], &refunded["refunded_cents"]), (&1_000.into(), &1_090.into()));
}

#[test]
fn a_refund_borne_by_the_platform_leaves_the_runner_theirs() {
    let change = carried_out(requested(paid_out(), None, Bearer::Platform), all_of);
    check(&change, Some(Stage::Refunded), &["refunded"]);
    assert_eq!(change.state().expect("a state").paid_cents(), PAYOUT);
}

#[test]
fn parts_add_up_to_the_whole() {
    let part = carried_out(requested(paid_out(), Some(Cents(300)), Bearer::Runner), all_of);
    check(&part, Some(Stage::PaidOut), &["payout_reversed", "refunded"]);
    let payment = part.state().cloned().expect("a state");
    let rest = carried_out(requested(payment, None, Bearer::Runner), all_of);
    check(&rest, Some(Stage::Refunded), &["payout_reversed", "refunded"]);
    let total = &rest.said()[1].1;
    assert_eq!((&total["refunded_cents"], &total["total_refunded_cents"]), (&790.into(), &1_090.into()));
}

#[test]
fn a_tip_goes_back_with_the_rest() {
    let request = requested(tipped(Cents(200)), None, Bearer::Runner);
    let plan = &request.refunding.as_ref().expect("a request").plan;
    assert_eq!((plan.reversals.len(), plan.refunds.len()), (2, 2));
    check(&carried_out(request, all_of), Some(Stage::Refunded), &["payout_reversed", "refunded"]);
}

#[test]
fn a_refund_that_failed_half_way_is_finished_and_not_repeated() {
    let reversed_only =
        |plan: &Plan| GivenBack { refunds: Vec::new(), failed: Some(no("charge_disputed")), ..all_of(plan) };
    let failed = carried_out(requested(paid_out(), Some(Cents(400)), Bearer::Runner), reversed_only);
    check(&failed, Some(Stage::PaidOut), &["payout_reversed", "refund_failed", "settle"]);
    let payment = failed.state().cloned().expect("a state");
    assert_eq!(tasks(&payment), ["refund_failed"]);
    let again = requested(payment, Some(Cents(400)), Bearer::Runner);
    let plan = &again.refunding.as_ref().expect("a request").plan;
    assert!(plan.reversals.is_empty(), "what was taken back is not taken back again");
    assert_eq!(again.refunding.as_ref().expect("a request").number, 2, "a new try has new keys");
    let done = carried_out(again, all_of);
    check(&done, Some(Stage::PaidOut), &["refunded"]);
    assert!(tasks(done.state().expect("a state")).is_empty());
}

/// Taken back from the runner, and refused by Stripe when it was to be given to the customer.
fn reversed_for_nothing() -> Payment {
    let reversed_only =
        |plan: &Plan| GivenBack { refunds: Vec::new(), failed: Some(no("charge_disputed")), ..all_of(plan) };
    let failed = carried_out(requested(paid_out(), Some(Cents(300)), Bearer::Runner), reversed_only);
    check(&failed, Some(Stage::PaidOut), &["payout_reversed", "refund_failed", "settle"]);
    failed.state().cloned().expect("a state")
}

#[test]
fn what_was_taken_back_for_a_refund_that_did_not_succeed_goes_back_to_the_runner() {
    let payment = reversed_for_nothing();
    assert_eq!((payment.owed_back_cents(), payment.paid_cents()), (Cents(300), Cents(700)));
    let returned = settle(payment.clone(), all_settled(&payment));
    check(&returned, Some(Stage::PaidOut), &["payout_returned"]);
    let payment = returned.state().cloned().expect("a state");
    assert_eq!((payment.owed_back_cents(), payment.paid_cents()), (Cents(0), PAYOUT));
    assert_eq!(payment.ledger.balances(), paid_out().ledger.balances());
    assert!(dues::payouts(&payment).is_empty(), "nothing is sent back twice");
}

#[test]
fn what_cannot_go_back_to_the_runner_is_a_task_until_it_does() {
    let payment = reversed_for_nothing();
    let refused = settle(payment.clone(), Settlement::ending(Ending::PayoutHeld(no("balance_insufficient"))));
    check(&refused, Some(Stage::PaidOut), &["payout_held", "settle"]);
    let payment = refused.state().cloned().expect("a state");
    assert_eq!(tasks(&payment), ["refund_failed", "payout_held"]);
    let returned = settle(payment.clone(), all_settled(&payment));
    assert_eq!(tasks(returned.state().expect("a state")), ["refund_failed"]);
}

#[test]
fn a_refund_that_the_platform_bears_uses_nothing_of_the_runners() {
    let payment = reversed_for_nothing();
    let refunded = carried_out(requested(payment, Some(Cents(200)), Bearer::Platform), all_of);
    check(&refunded, Some(Stage::PaidOut), &["refunded"]);
    let payment = refunded.state().cloned().expect("a state");
    assert_eq!(payment.owed_back_cents(), Cents(300));
    let returned = settle(payment.clone(), all_settled(&payment)).state().cloned().expect("a state");
    let balances =
        [Account::Runner, Account::Stripe, Account::Platform].map(|account| returned.ledger.balance(account));
    assert_eq!(balances, [PAYOUT, Cents(0), TOTAL - PAYOUT - FEE - Cents(200)]);
}

#[test]
fn a_refund_that_the_platform_bears_leaves_the_runner_the_tip_that_waits() {
    let tipping = Tipping::Charged { captured: captured("pi_9", Cents(200)), sent: Err(no("account_closed")) };
    let waits = state(told(|cx| tip::record_tip(cx, Some(paid_out()), tip_agreed(Cents(200)), tipping)));
    for (bearer, due, platform) in
        [(Bearer::Platform, Cents(200), Cents(-1_290)), (Bearer::Runner, Cents(0), Cents(-90))]
    {
        let refunded = carried_out(requested(waits.clone(), None, bearer), all_of).state().cloned().expect("a state");
        assert_eq!(refunded.tip_due_cents(), due, "{bearer:?}");
        proven(&refunded);
        let share = refunded.ledger.balance(Account::Platform) - waits.ledger.balance(Account::Platform);
        assert_eq!(share, platform, "{bearer:?}");
    }
}

#[test]
fn a_runner_who_bears_a_refund_before_they_are_paid_gets_less() {
    let change = carried_out(requested(unpaid(), Some(Cents(300)), Bearer::Runner), all_of);
    check(&change, Some(Stage::Captured), &["refunded"]);
    let payment = change.state().cloned().expect("a state");
    assert_eq!(payment.due_cents(), Cents(700));
    let paid = settle(payment.clone(), all_settled(&payment));
    check(&paid, Some(Stage::PaidOut), &["paid_out"]);
}

#[test]
fn what_a_runner_bears_is_withheld_as_soon_as_it_is_asked_for() {
    let asked = requested(unpaid(), Some(Cents(300)), Bearer::Runner);
    let paid = settle(asked.clone(), all_settled(&asked));
    check(&paid, Some(Stage::PaidOut), &["paid_out"]);
    assert_eq!(paid.said()[0].1["paid_cents"], 700);
    let paid = paid.state().cloned().expect("a state");
    let done = carried_out(paid.clone(), all_of);
    check(&done, Some(Stage::PaidOut), &["refunded"]);
    let platform = done.state().expect("a state").ledger.balance(crate::Account::Platform);
    assert_eq!(platform, TOTAL - PAYOUT - FEE, "the refund costs the platform nothing");
    // It failed although the runner got less: they are not asked for it again.
    let stuck = carried_out(paid, |_| GivenBack { failed: Some(no("charge_disputed")), ..GivenBack::default() });
    let again = requested(stuck.state().cloned().expect("a state"), Some(Cents(300)), Bearer::Runner);
    let plan = &again.refunding.as_ref().expect("a request").plan;
    assert_eq!((plan.reversals.len(), plan.withheld_cents), (0, Cents(0)));
}

#[test]
fn what_was_withheld_for_a_refund_that_did_not_succeed_is_the_runners_again() {
    let asked = requested(unpaid(), Some(Cents(300)), Bearer::Runner);
    assert_eq!(asked.due_cents(), Cents(700));
    let failed = |_: &Plan| GivenBack { failed: Some(no("charge_disputed")), ..GivenBack::default() };
    let stuck = carried_out(asked.clone(), failed).state().cloned().expect("a state");
    assert_eq!(stuck.due_cents(), PAYOUT);
    let mut abandoned = asked;
    abandoned.refunding.as_mut().expect("a request").since = T0 - SignedDuration::from_hours(1);
    assert_eq!(requested(abandoned, Some(Cents(200)), Bearer::Runner).due_cents(), Cents(800));
}

#[test]
fn who_asked_for_a_refund_and_why_is_in_the_audit() {
    let notes = crate::audit::audit(&requested(paid_out(), Some(Cents(300)), Bearer::Runner)).refunds;
    let note = notes.first().expect("a note");
    assert_eq!((note.number, note.amount_cents, note.at), (1, Cents(300), T0));
    assert_eq!((&note.by, &note.reason), (&finance().to_string(), &RefundPayment::sample().reason));
}

#[test]
fn a_payment_that_was_stored_without_notes_reads_back() {
    let mut stored = serde_json::to_value(paid_out()).expect("JSON");
    stored.as_object_mut().expect("an object").remove("refund_notes").expect("notes");
    assert_eq!(serde_json::from_value::<Payment>(stored).expect("a payment"), paid_out());
}

#[test]
fn nobody_refunds_an_order_of_their_own() {
    for office in [Principal::Operator, Principal::Finance] {
        for name in ["alice", "ray"] {
            let asked = ask(None, Bearer::Platform);
            let ruling = as_of(office(user(name)), |cx| refund::refund(cx, Some(paid_out()), asked));
            assert_eq!(refused(ruling), Some(Refusal::NotAllowed), "{name}");
        }
    }
}

#[test]
fn a_transfer_that_nobody_had_heard_of_is_in_the_plan() {
    // Taken behind our back, sent to the runner, and dead before that could be recorded.
    let asked = requested(unpaid(), None, Bearer::Runner);
    let request = RefundRequested { number: 1, amount_cents: TOTAL, bearer: Bearer::Runner, order_id: order_id() };
    let transfers = vec![sent("ch_1", Share::Payout, PAYOUT)];
    let found = Giving::Found(Unheard { transfers, reversals: Vec::new() });
    let change = told(|cx| refund::record_refund(cx, Some(asked), request, found)).expect("recorded");
    check(&change, Some(Stage::Captured), &["refund_requested"]);
    let again = change.state().cloned().expect("a state");
    let plan = &again.refunding.as_ref().expect("a request").plan;
    assert_eq!((crate::give_back::sum(&plan.reversals), plan.withheld_cents), (PAYOUT, Cents(0)));
    let done = carried_out(again, all_of);
    check(&done, Some(Stage::Refunded), &["payout_reversed", "refunded"]);
    let ledger = &done.state().expect("a state").ledger;
    let left = [crate::Account::Stripe, crate::Account::Platform].map(|account| ledger.balance(account));
    assert_eq!(left, [Cents(0), Cents(0) - FEE]);
}

#[test]
fn a_runner_who_bears_everything_ends_the_waiting() {
    let change = carried_out(requested(unpaid(), None, Bearer::Runner), all_of);
    check(&change, Some(Stage::Refunded), &["refunded", "settlement_retried"]);
    let payment = change.state().cloned().expect("a state");
    let ended = settle(payment.clone(), all_settled(&payment));
    check(&ended, Some(Stage::Refunded), &["paid_out"]);
    assert_eq!(ended.said()[0].1["paid_cents"], 0);
}

#[test]
fn a_platform_that_bears_a_refund_still_pays_the_runner() {
    let change = carried_out(requested(unpaid(), None, Bearer::Platform), all_of);
    check(&change, Some(Stage::Captured), &["refunded"]);
    let payment = change.state().cloned().expect("a state");
    assert_eq!(payment.due_cents(), PAYOUT);
    check(&settle(payment.clone(), all_settled(&payment)), Some(Stage::Refunded), &["paid_out"]);
}

#[test]
fn a_refund_that_was_given_up_on_may_be_asked_for_again() {
    let stuck = requested(paid_out(), None, Bearer::Runner);
    let old = RefundRequested { number: 1, ..RefundRequested::sample() };
    let asked = ask(None, Bearer::Runner);
    let mut later = stuck.clone();
    later.refunding.as_mut().expect("a request").since = T0 - SignedDuration::from_hours(1);
    let change = as_of(finance(), |cx| refund::refund(cx, Some(later), asked)).expect("may be refunded");
    let again = change.state().cloned().expect("a state");
    // The old one, handled again, finds that it is not the one under way.
    let change = told(|cx| refund::record_refund(cx, Some(again.clone()), old, Giving::Given(GivenBack::default())));
    check(&change.expect("recorded"), None, &[]);
    check(&carried_out(again, all_of), Some(Stage::Refunded), &["payout_reversed", "refunded"]);
}

fn reversal(id: &str, cents: i64) -> Reversal {
    Reversal { id: id.to_owned(), amount_cents: Cents(cents) }
}

/// The answer to its reversal never came, and staff ask again.
fn asked_again(mut stuck: Payment) -> Payment {
    stuck.refunding.as_mut().expect("a request").since = T0 - SignedDuration::from_hours(1);
    requested(stuck, Some(Cents(300)), Bearer::Runner)
}

#[track_caller]
fn check_taken_back_once(again: Payment) {
    let plan = &again.refunding.as_ref().expect("a request").plan;
    assert!(plan.reversals.is_empty(), "{plan:?}");
    let done = carried_out(again, all_of);
    check(&done, Some(Stage::PaidOut), &["refunded"]);
    let payment = done.state().expect("a state");
    assert_eq!((payment.paid_cents(), payment.taken_back_cents), (PAYOUT - Cents(300), Cents(0)));
}

#[test]
fn what_the_webhook_told_of_a_refund_that_was_given_up_on_is_not_taken_back_twice() {
    let stuck = requested(paid_out(), Some(Cents(300)), Bearer::Runner);
    let told = StripeFact::Reversed { transfer: "tr_1".into(), reversals: vec![reversal("trr_1", 300)] };
    let change = fact(Some(stuck), told);
    check(&change, Some(Stage::PaidOut), &["payout_reversed"]);
    let stuck = change.state().cloned().expect("a state");
    assert_eq!(stuck.taken_back_cents, Cents(300));
    check_taken_back_once(asked_again(stuck));
}

#[test]
fn what_stripe_has_of_a_refund_that_was_given_up_on_is_not_taken_back_twice() {
    let again = asked_again(requested(paid_out(), Some(Cents(300)), Bearer::Runner));
    let request =
        RefundRequested { number: 2, amount_cents: Cents(300), bearer: Bearer::Runner, ..RefundRequested::sample() };
    let reversals = vec![("tr_1".to_owned(), reversal("trr_1", 300))];
    let found = Giving::Found(Unheard { transfers: Vec::new(), reversals });
    let change = told(|cx| refund::record_refund(cx, Some(again), request, found)).expect("recorded");
    check(&change, Some(Stage::PaidOut), &["refund_requested"]);
    check_taken_back_once(change.state().cloned().expect("a state"));
}

#[test]
fn a_reversal_that_the_webhook_told_before_our_own_call_answered_is_set_aside_once() {
    let asked = requested(paid_out(), Some(Cents(300)), Bearer::Runner);
    let plan = asked.refunding.as_ref().expect("a request").plan.clone();
    let reversals = all_of(&plan).reversals.into_iter().map(|(_, reversal)| reversal).collect();
    let told = fact(Some(asked), StripeFact::Reversed { transfer: "tr_1".into(), reversals });
    let done = carried_out(told.state().cloned().expect("a state"), all_of);
    check(&done, Some(Stage::PaidOut), &["refunded"]);
    let payment = done.state().expect("a state");
    assert_eq!((payment.paid_cents(), payment.taken_back_cents), (PAYOUT - Cents(300), Cents(0)));
}

#[test]
fn a_request_that_is_not_under_way_does_nothing() {
    let request = RefundRequested { number: 7, ..RefundRequested::sample() };
    let change =
        told(|cx| refund::record_refund(cx, Some(paid_out()), request, Giving::NotUnderWay)).expect("recorded");
    check(&change, None, &[]);
}

#[test]
fn b09_an_order_cancelled_after_its_payout_takes_the_transfer_back() {
    let given_back = all_of(&Plan::everything(&paid_out()));
    let change = cancel(Some(paid_out()), Release { given_back, ..Release::default() });
    check(&change, Some(Stage::Refunded), &["payout_reversed", "refunded"]);
}

#[test]
fn a_hold_that_somebody_took_meanwhile_is_refunded_at_the_cancellation() {
    let mut then = held();
    let taken = captured("pi_1", TOTAL);
    let _ = then.now_captured(T0, &taken);
    let given_back = all_of(&Plan::everything(&then));
    let change = cancel(Some(held()), Release { taken: vec![taken], given_back, ..Release::default() });
    check(&change, Some(Stage::Refunded), &["refunded"]);
}
