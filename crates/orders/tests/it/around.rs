//! Everything beside the straight way: the bank's question, giving back, no-shows, problems, ratings, tips, operators, and
//! money that goes away.

use contracts::orders::{
    CancelOrder, CancelReason, ConfirmDelivery, ProblemKind, RateOrder, ReportArrival, ReportProblem, ResolveProblem,
    Status, Step, TipOrder,
};
use contracts::payments::{
    HoldLapsing, HoldLost, PaymentActionRequired, PaymentAuthorized, PaymentDeclined, TipDeclined, TipPaid,
};
use contracts::timers::{AcceptanceElapsed, ActionElapsed, NoShowElapsed};
use contracts::users::{PayerProblem, PayerUnavailable};
use contracts::{Cents, Message, Principal, Text};
use jiff::SignedDuration;
use orders::policy::{self, Actor, Decision};
use orders::{Order, Refusal, Stage, aftermath, claiming, delivering, ending, placing};

use crate::scene::*;

const NOW: SignedDuration = SignedDuration::ZERO;
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn waiting_for_the_bank() -> Order {
    at(Stage::ActionRequired { until: T0 + placing::ACTION })
}

// --- the bank's question ---------------------------------------------------------------------------------------------

#[test]
fn b18_a_bank_that_wants_the_customer_gets_ten_minutes() {
    let change = tell(NOW, |cx| placing::await_customer(cx, Some(pending()), PaymentActionRequired::sample()));
    check_change(&change, Some("ACTION_REQUIRED"), &["action_required", "action"]);
    assert_eq!(change.said()[1].1["due_at"], (T0 + 10 * MINUTE).to_string());
    let paid = tell(NOW, |cx| placing::open_paid(cx, Some(waiting_for_the_bank()), PaymentAuthorized::sample()));
    check_change(&paid, Some("CREATED"), &["opened", "acceptance"]);
    let no = tell(NOW, |cx| placing::cancel_unpaid(cx, Some(waiting_for_the_bank()), PaymentDeclined::sample()));
    check_change(&no, Some("CANCELLED"), &["cancelled"]);
    let elapsed = ActionElapsed { order_id: order_id(), due_at: T0 + 10 * MINUTE };
    let silent = tell(10 * MINUTE, |cx| placing::time_out_action(cx, Some(waiting_for_the_bank()), elapsed.clone()));
    assert_eq!(silent.said()[0].1["reason"], "action_timed_out");
    check_change(&tell(10 * MINUTE, |cx| placing::time_out_action(cx, Some(open()), elapsed)), None, &[]);
}

#[test]
fn a_payment_that_nobody_secures_ends_the_order_and_lets_go_of_what_comes_later() {
    let elapsed = ActionElapsed { order_id: order_id(), due_at: T0 + 10 * MINUTE };
    let change = tell(10 * MINUTE, |cx| placing::time_out_action(cx, Some(pending()), elapsed));
    assert_eq!(change.said()[0].1["reason"], "payment_declined");
    let late = tell(11 * MINUTE, |cx| placing::open_paid(cx, change.state().cloned(), PaymentAuthorized::sample()));
    check_change(&late, None, &["late_hold"]);
}

#[test]
fn a_question_of_the_bank_about_a_cancelled_order_is_withdrawn() {
    let order = cancelled(CancelReason::Customer);
    let change = tell(NOW, |cx| placing::await_customer(cx, Some(order), PaymentActionRequired::sample()));
    check_change(&change, None, &["late_hold"]);
}

#[test]
fn who_is_shut_out_or_no_customer_does_not_order() {
    for problem in [PayerProblem::Suspended, PayerProblem::NotACustomer] {
        let unavailable = PayerUnavailable { problem, ..PayerUnavailable::sample() };
        let change = tell(NOW, |cx| placing::cancel_unpayable(cx, Some(pending()), unavailable));
        assert_eq!(change.said()[0].1["reason"], "operator");
    }
}

// --- giving back -----------------------------------------------------------------------------------------------------

#[test]
fn b22_a_runner_gives_it_back_and_it_is_on_offer_for_another_half_hour() {
    let change =
        ask("ray", 20 * MINUTE, |cx| claiming::withdraw(cx, Some(with("ray", None)), withdraw())).expect("open");
    check_change(&change, Some("CREATED"), &["reopened", "acceptance"]);
    let said = change.said();
    assert_eq!(
        (&said[0].1["reason"], &said[1].1["due_at"]),
        (&"withdrawn".into(), &(T0 + 50 * MINUTE).to_string().into())
    );
    // The first offer's tick does not end the second one.
    let elapsed = AcceptanceElapsed { order_id: order_id(), due_at: T0 + 30 * MINUTE };
    let tick = tell(30 * MINUTE, |cx| placing::expire(cx, change.state().cloned(), elapsed));
    check_change(&tick, None, &[]);
}

#[test]
fn what_was_bought_is_not_given_back() {
    for bought in [with("ray", Some(Step::Placed)), with("ray", Some(Step::OnTheWay))] {
        check(ask("ray", NOW, |cx| claiming::withdraw(cx, Some(bought), withdraw())), Err(Refusal::AlreadyBought));
    }
    check(
        ask("rio", NOW, |cx| claiming::withdraw(cx, Some(with("ray", None)), withdraw())),
        Err(Refusal::NotTheRunner),
    );
    check(
        ask("ray", NOW, |cx| claiming::withdraw(cx, Some(delivered_by("ray")), withdraw())),
        Err(Refusal::AlreadyDelivered),
    );
    check(ask("ray", NOW, |cx| claiming::withdraw(cx, Some(open()), withdraw())), Err(Refusal::NotTheRunner));
}

// --- at the door -----------------------------------------------------------------------------------------------------

#[test]
fn a_customer_who_has_it_may_say_so_instead_of_showing_the_pin() {
    let confirm = || ConfirmDelivery { order_id: order_id() };
    let order = || Some(with("ray", Some(Step::OnTheWay)));
    check(ask("alice", NOW, |cx| delivering::confirm(cx, order(), confirm())), Ok((Some("DELIVERED"), &["delivered"])));
    check(ask("ray", NOW, |cx| delivering::confirm(cx, order(), confirm())), Err(Refusal::NotYourOrder));
    check(ask("bob", NOW, |cx| delivering::confirm(cx, order(), confirm())), Err(Refusal::NotFound));
    check(ask("alice", NOW, |cx| delivering::confirm(cx, Some(delivered_by("ray")), confirm())), Ok((None, &[])));
    check(ask("alice", NOW, |cx| delivering::confirm(cx, Some(with("ray", None)), confirm())), Err(Refusal::WrongStep));
}

#[test]
fn a_runner_whom_nobody_opens_waits_ten_minutes_and_may_leave_it_there() {
    let arrive = || ReportArrival { order_id: order_id() };
    let change = ask("ray", NOW, |cx| delivering::arrive(cx, Some(with("ray", Some(Step::OnTheWay))), arrive()));
    let change = change.expect("waiting");
    check_change(&change, Some("ON_THE_WAY"), &["runner_waits", "no_show"]);
    let order = || change.state().cloned();
    let leave = || advance(Step::Delivered, None);
    check(ask("ray", 9 * MINUTE, |cx| delivering::advance(cx, order(), leave())), Err(Refusal::PinRequired));
    let elapsed = NoShowElapsed { order_id: order_id(), due_at: T0 + 10 * MINUTE };
    check_change(&tell(10 * MINUTE, |cx| delivering::flag_no_show(cx, order(), elapsed)), None, &["no_show"]);
    check(
        ask("ray", 10 * MINUTE, |cx| delivering::advance(cx, order(), leave())),
        Ok((Some("DELIVERED"), &["delivered"])),
    );
    check(ask("ray", NOW, |cx| delivering::arrive(cx, order(), arrive())), Ok((None, &[])));
    check(ask("ray", NOW, |cx| delivering::arrive(cx, Some(with("ray", None)), arrive())), Err(Refusal::WrongStep));
}

// --- the policy ------------------------------------------------------------------------------------------------------

#[test]
fn the_policy_has_an_answer_for_every_actor_and_status() {
    let statuses = [
        Status::Pending,
        Status::ActionRequired,
        Status::Created,
        Status::Claimed,
        Status::Accepted,
        Status::Placed,
        Status::OnTheWay,
        Status::Delivered,
        Status::Completed,
        Status::Cancelled,
    ];
    let view = scene_policy().view();
    for actor in ["customer", "operator"] {
        for status in statuses {
            let rules = view
                .cancellation
                .iter()
                .filter(|rule| rule.actor == actor && rule.status == status && !rule.only_overdue);
            assert_eq!(rules.count(), 1, "{actor} × {status:?}");
        }
    }
    assert!(view.cancellation.iter().all(|rule| !rule.sentence.is_empty()));
}

#[test]
fn b09_b10_the_policy_is_what_decides() {
    assert_eq!(
        policy::decide(Actor::Customer, &with("ray", Some(Step::Placed))),
        Decision::Refused(Refusal::RunnerHasIt)
    );
    assert!(matches!(
        policy::decide(Actor::Customer, &late_with("ray")),
        Decision::Allowed(CancelReason::RunnerFailed, _)
    ));
    assert_eq!(policy::decide(Actor::Customer, &delivered_by("ray")), Decision::Refused(Refusal::AlreadyDelivered));
}

#[test]
fn an_operator_calls_off_whatever_is_not_over() {
    let operator = || Principal::Operator(user("olga"));
    for order in [pending(), waiting_for_the_bank(), open(), claimed_by("ray"), with("ray", None), delivered_by("ray")]
    {
        let change = ask_as(operator(), NOW, |cx| ending::cancel(cx, Some(order), cancel())).expect("cancelled");
        assert_eq!(change.said()[0].1["reason"], "operator");
    }
    let result = ask_as(operator(), NOW, |cx| ending::cancel(cx, Some(completed_by("ray")), cancel()));
    check(result, Err(Refusal::AlreadyCompleted));
    // But never as a party of it.
    let (own, note) = (Principal::Operator(user("alice")), Text::new("cold").ok());
    check(ask_as(own, NOW, |cx| ending::cancel(cx, Some(open()), cancel())), Err(Refusal::NotAllowed));
    let intent = CancelOrder { note: note.clone(), ..cancel() };
    let change = ask_as(operator(), NOW, |cx| ending::cancel(cx, Some(open()), intent)).expect("cancelled");
    assert_eq!(change.state().expect("an order").cancel_note, note);
    let finance = Principal::Finance(user("fay"));
    check(ask_as(finance, NOW, |cx| ending::cancel(cx, Some(open()), cancel())), Err(Refusal::NotAllowed));
}

// --- money that goes away --------------------------------------------------------------------------------------------

#[test]
fn an_order_without_a_hold_ends_unless_the_food_is_bought() {
    for order in [open(), claimed_by("ray"), with("ray", None)] {
        let change = tell(NOW, |cx| ending::end_unheld(cx, Some(order), HoldLost::sample()));
        assert_eq!(change.said()[0].1["reason"], "payment_declined");
    }
    let change = tell(NOW, |cx| ending::end_unheld(cx, Some(with("ray", Some(Step::Placed))), HoldLost::sample()));
    check_change(&change, Some("PLACED"), &[]);
    assert!(change.state().expect("an order").unheld_since.is_some());
    check_change(&tell(NOW, |cx| ending::end_unheld(cx, Some(completed_by("ray")), HoldLost::sample())), None, &[]);
}

#[test]
fn b21_a_hold_that_is_about_to_lapse_ends_its_order() {
    let lapsing = HoldLapsing::sample;
    let change = tell(NOW, |cx| ending::end_stale(cx, Some(late_with("ray")), lapsing()));
    assert_eq!(change.said()[0].1["reason"], "runner_failed");
    let change = tell(NOW, |cx| ending::end_stale(cx, Some(open()), lapsing()));
    assert_eq!(change.said()[0].1["reason"], "expired");
    check_change(&tell(NOW, |cx| ending::end_stale(cx, Some(delivered_by("ray")), lapsing())), None, &[]);
    // What should have been let go long ago is let go again.
    let over = Some(cancelled(CancelReason::Customer));
    check_change(&tell(NOW, |cx| ending::end_stale(cx, over, lapsing())), None, &["late_hold"]);
}

// --- words about it --------------------------------------------------------------------------------------------------

fn report() -> ReportProblem {
    ReportProblem { order_id: order_id(), kind: ProblemKind::WrongItems, text: None }
}

#[test]
fn a_problem_is_reported_once_and_settled_by_an_operator() {
    let change =
        ask("alice", NOW, |cx| aftermath::report_problem(cx, Some(completed_by("ray")), report())).expect("reported");
    check_change(&change, Some("COMPLETED"), &["problem_reported"]);
    let order = || change.state().cloned();
    check(ask("alice", NOW, |cx| aftermath::report_problem(cx, order(), report())), Ok((None, &[])));
    let other = ReportProblem { kind: ProblemKind::Money, ..report() };
    check(ask("alice", NOW, |cx| aftermath::report_problem(cx, order(), other)), Err(Refusal::AlreadyReported));
    check(ask("bob", NOW, |cx| aftermath::report_problem(cx, order(), report())), Err(Refusal::NotFound));
    let resolve = || ResolveProblem { order_id: order_id(), note: Text::new("Refunded.").expect("a note") };
    check(ask("alice", NOW, |cx| aftermath::resolve_problem(cx, order(), resolve())), Err(Refusal::NotAllowed));
    let olga = || Principal::Operator(user("olga"));
    let settled = ask_as(olga(), NOW, |cx| aftermath::resolve_problem(cx, order(), resolve())).expect("settled");
    check_change(&settled, Some("COMPLETED"), &["problem_resolved"]);
    let again = ask_as(olga(), NOW, |cx| aftermath::resolve_problem(cx, settled.state().cloned(), resolve()));
    check(again, Err(Refusal::NoSuchProblem));
}

#[test]
fn each_side_rates_once_after_the_delivery() {
    let rate = |stars| RateOrder { order_id: order_id(), stars, comment: None };
    check(ask("alice", NOW, |cx| aftermath::rate(cx, Some(with("ray", None)), rate(5))), Err(Refusal::NotDelivered));
    check(
        ask("alice", NOW, |cx| aftermath::rate(cx, Some(completed_by("ray")), rate(6))),
        Err(Refusal::StarsOutOfRange),
    );
    let change = ask("alice", NOW, |cx| aftermath::rate(cx, Some(completed_by("ray")), rate(5))).expect("rated");
    assert_eq!(change.said()[0].1["of"], user("ray").to_string());
    let order = || change.state().cloned();
    check(ask("alice", NOW, |cx| aftermath::rate(cx, order(), rate(5))), Ok((None, &[])));
    check(ask("alice", NOW, |cx| aftermath::rate(cx, order(), rate(1))), Err(Refusal::AlreadyRated));
    check(ask("ray", NOW, |cx| aftermath::rate(cx, order(), rate(4))), Ok((Some("COMPLETED"), &["rated"])));
}

#[test]
fn a_tip_is_given_once_after_the_delivery() {
    let tip = |cents| TipOrder { order_id: order_id(), tip_cents: Cents(cents) };
    let done = || Some(completed_by("ray"));
    check(ask("alice", NOW, |cx| aftermath::tip(cx, Some(delivered_by("ray")), tip(200))), Err(Refusal::NotDelivered));
    check(ask("ray", NOW, |cx| aftermath::tip(cx, done(), tip(200))), Err(Refusal::NotYourOrder));
    for cents in [49, 10_001, -1, i64::MAX] {
        check(ask("alice", NOW, |cx| aftermath::tip(cx, done(), tip(cents))), Err(Refusal::TipOutOfRange));
    }
    let week = SignedDuration::from_hours(169);
    check(ask("alice", week, |cx| aftermath::tip(cx, done(), tip(200))), Err(Refusal::TooLate));
    let change = ask("alice", NOW, |cx| aftermath::tip(cx, done(), tip(200))).expect("tipped");
    check_change(&change, Some("COMPLETED"), &["tip_agreed"]);
    let order = || change.state().cloned();
    check(ask("alice", NOW, |cx| aftermath::tip(cx, order(), tip(200))), Ok((None, &[])));
    check(ask("alice", NOW, |cx| aftermath::tip(cx, order(), tip(300))), Err(Refusal::AlreadyTipped));
    let paid = tell(NOW, |cx| aftermath::note_tip(cx, order(), TipPaid::sample()));
    assert_eq!(paid.state().expect("an order").tip.expect("a tip").paid, Some(true));
    let declined = tell(NOW, |cx| aftermath::note_declined_tip(cx, order(), TipDeclined::sample()));
    assert_eq!(declined.state().expect("an order").tip.expect("a tip").paid, Some(false));
    // Refused by the bank is not given: another try is welcome.
    let again = ask("alice", NOW, |cx| aftermath::tip(cx, declined.state().cloned(), tip(300)));
    check(again, Ok((Some("COMPLETED"), &["tip_agreed"])));
}
