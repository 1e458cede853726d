//! Every transition, and every way in which it is refused.

use contracts::Message;
use contracts::orders::{AdvanceOrder, CancelReason, Step};
use contracts::payments::{CaptureFailed, PaymentAuthorized, PaymentDeclined, PayoutHeld, PayoutSent};
use contracts::timers::{AcceptanceElapsed, DeliveryElapsed};
use contracts::users::{PayeeUnavailable, PayerUnavailable, RunnerApproved, RunnerProblem, RunnerRejected};
use jiff::SignedDuration;
use orders::{Order, Refusal, claiming, delivering, ending, placing};

use crate::scene::*;

const NOW: SignedDuration = SignedDuration::ZERO;
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

#[test]
fn an_order_is_placed_on_the_servers_own_quote() {
    check(
        ask("alice", NOW, |cx| placing::place(cx, None, place_order())),
        Ok((Some("PENDING"), &["placed", "action"])),
    );
}

#[test]
fn placing_again_changes_nothing() {
    check(ask("alice", NOW, |cx| placing::place(cx, Some(open()), place_order())), Ok((None, &[])));
}

#[test]
fn a_quote_of_somebody_else_or_too_old_or_changed_is_refused() {
    check(ask("bob", NOW, |cx| placing::place(cx, None, place_order())), Err(Refusal::NotYourQuote));
    check(ask("alice", 16 * MINUTE, |cx| placing::place(cx, None, place_order())), Err(Refusal::QuoteExpired));
    let mut changed = place_order();
    changed.quote.0.insert(10, 'x');
    check(ask("alice", NOW, |cx| placing::place(cx, None, changed)), Err(Refusal::BadQuote));
}

#[test]
fn a_paid_order_is_on_offer_for_half_an_hour() {
    let change = tell(NOW, |cx| placing::open_paid(cx, Some(pending()), PaymentAuthorized::sample()));
    check_change(&change, Some("CREATED"), &["opened", "acceptance"]);
    assert_eq!(change.said()[1].1["due_at"], (T0 + 30 * MINUTE).to_string());
}

#[test]
fn a_late_hold_never_resurrects_an_order() {
    // predecessor.md B11
    let order = cancelled(CancelReason::Customer);
    let change = tell(NOW, |cx| placing::open_paid(cx, Some(order), PaymentAuthorized::sample()));
    check_change(&change, None, &["late_hold"]);
}

#[test]
fn a_declined_or_missing_card_cancels_and_says_why() {
    let change = tell(NOW, |cx| placing::cancel_unpaid(cx, Some(pending()), PaymentDeclined::sample()));
    check_change(&change, Some("CANCELLED"), &["cancelled"]);
    assert_eq!(change.said()[0].1["reason"], "payment_declined");
    let change = tell(NOW, |cx| placing::cancel_unpayable(cx, Some(pending()), PayerUnavailable::sample()));
    assert_eq!(change.said()[0].1["reason"], "no_payment_method");
}

#[test]
fn a_late_decline_does_not_touch_a_live_order() {
    // predecessor.md B13
    for order in [open(), with("ray", None), delivered_by("ray"), completed_by("ray")] {
        let change = tell(NOW, |cx| placing::cancel_unpaid(cx, Some(order), PaymentDeclined::sample()));
        check_change(&change, None, &[]);
    }
}

#[test]
fn an_open_order_is_taken_once() {
    check(ask("ray", NOW, |cx| claiming::accept(cx, Some(open()), accept())), Ok((Some("CLAIMED"), &["claimed"])));
    for taken in [claimed_by("ray"), with("ray", None), delivered_by("ray"), completed_by("ray")] {
        check(ask("rio", NOW, |cx| claiming::accept(cx, Some(taken), accept())), Err(Refusal::AlreadyTaken));
    }
}

#[test]
fn accepting_again_is_no_second_claim() {
    // predecessor.md B04: a double tap took the order away from oneself.
    for own in [claimed_by("ray"), with("ray", None)] {
        check(ask("ray", NOW, |cx| claiming::accept(cx, Some(own), accept())), Ok((None, &[])));
    }
}

#[test]
fn nobody_delivers_to_themselves() {
    // predecessor.md B43
    check(ask("alice", NOW, |cx| claiming::accept(cx, Some(open()), accept())), Err(Refusal::OwnOrder));
}

#[test]
fn an_order_that_is_not_on_offer_is_not_taken() {
    check(ask("ray", NOW, |cx| claiming::accept(cx, None, accept())), Err(Refusal::NotFound));
    check(ask("ray", NOW, |cx| claiming::accept(cx, Some(pending()), accept())), Err(Refusal::NotOnOffer));
    let closed = cancelled(CancelReason::Expired);
    check(ask("ray", NOW, |cx| claiming::accept(cx, Some(closed), accept())), Err(Refusal::Closed));
}

#[test]
fn an_accept_after_the_deadline_is_refused_even_if_the_tick_is_late() {
    let just_late = 30 * MINUTE + SignedDuration::from_millis(1);
    check(ask("ray", just_late, |cx| claiming::accept(cx, Some(open()), accept())), Err(Refusal::PastDeadline));
    check(
        ask("ray", 30 * MINUTE, |cx| claiming::accept(cx, Some(open()), accept())),
        Ok((Some("CLAIMED"), &["claimed"])),
    );
}

fn approved(runner: &str) -> RunnerApproved {
    RunnerApproved { order_id: order_id(), runner_id: user(runner) }
}

fn rejected(runner: &str) -> RunnerRejected {
    RunnerRejected { order_id: order_id(), runner_id: user(runner), problem: RunnerProblem::NoPayoutAccount }
}

#[test]
fn an_approved_runner_has_the_order() {
    let change = tell(NOW, |cx| claiming::assign(cx, Some(claimed_by("ray")), approved("ray")));
    check_change(&change, Some("ACCEPTED"), &["accepted", "delivery"]);
}

#[test]
fn an_approval_of_somebody_else_or_too_late_changes_nothing() {
    for order in [claimed_by("rio"), open(), cancelled(CancelReason::Customer), with("ray", None)] {
        check_change(&tell(NOW, |cx| claiming::assign(cx, Some(order), approved("ray"))), None, &[]);
    }
}

#[test]
fn a_rejected_runner_gives_the_order_back_with_the_same_deadline() {
    let change = tell(MINUTE, |cx| claiming::reopen(cx, Some(claimed_by("rex")), rejected("rex")));
    check_change(&change, Some("CREATED"), &["reopened", "acceptance"]);
    assert_eq!(change.state().map(|order| order.stage.clone()), Some(open().stage));
}

#[test]
fn a_rejection_after_the_deadline_expires_the_order() {
    let change = tell(31 * MINUTE, |cx| claiming::reopen(cx, Some(claimed_by("rex")), rejected("rex")));
    check_change(&change, Some("CANCELLED"), &["cancelled"]);
    assert_eq!(change.said()[0].1["reason"], "expired");
}

#[test]
fn a_delivery_goes_step_by_step() {
    for (reached, to, status, says) in [
        (None, Step::Placed, "PLACED", "purchased"),
        (Some(Step::Placed), Step::OnTheWay, "ON_THE_WAY", "departed"),
        (Some(Step::OnTheWay), Step::Delivered, "DELIVERED", "delivered"),
    ] {
        let order = with("ray", reached);
        let pin = order.pin.clone();
        let result = ask("ray", NOW, |cx| delivering::advance(cx, Some(order), advance(to, Some(&pin))));
        check(result, Ok((Some(status), &[says])));
    }
}

#[test]
fn a_step_is_neither_skipped_nor_taken_back_and_taking_it_again_changes_nothing() {
    let step =
        |reached, to| ask("ray", NOW, |cx| delivering::advance(cx, Some(with("ray", reached)), advance(to, None)));
    check(step(None, Step::OnTheWay), Err(Refusal::WrongStep));
    check(step(Some(Step::OnTheWay), Step::Placed), Err(Refusal::WrongStep));
    check(step(Some(Step::Placed), Step::Placed), Ok((None, &[])));
    let done = completed_by("ray");
    let right = advance(Step::Delivered, Some(&done.pin));
    check(ask("ray", NOW, |cx| delivering::advance(cx, Some(done.clone()), right)), Ok((None, &[])));
    let wrong = advance(Step::Delivered, Some("nope"));
    check(ask("ray", NOW, |cx| delivering::advance(cx, Some(done), wrong)), Err(Refusal::WrongPin));
}

#[test]
fn a_step_that_could_not_be_told_at_once_keeps_its_time_within_what_can_be() {
    let taken = |occurred_after: Option<SignedDuration>| {
        let order = with("ray", None);
        let intent =
            AdvanceOrder { occurred_at: occurred_after.map(|after| T0 + after), ..advance(Step::Placed, None) };
        let change = ask("ray", SignedDuration::from_mins(9), |cx| delivering::advance(cx, Some(order), intent));
        let order = change.expect("a step").state().cloned().expect("an order");
        let last = order.timeline.last().cloned().expect("a moment");
        assert_eq!(last.at, T0 + SignedDuration::from_mins(9), "deadlines go by when it was heard of");
        last.occurred_at
    };
    let minutes = SignedDuration::from_mins;
    assert_eq!(taken(Some(minutes(4))), Some(T0 + minutes(4)));
    // Not before the order was placed, and not after now: a phone's clock may be wrong, and its step counts nevertheless.
    assert_eq!(taken(Some(minutes(-4))), Some(T0));
    assert_eq!(taken(Some(minutes(40))), None);
    assert_eq!(taken(None), None);
}

#[test]
fn only_the_orders_runner_moves_it() {
    // predecessor.md B02, B23
    for somebody in ["rio", "alice"] {
        let order = with("ray", None);
        let result = ask(somebody, NOW, |cx| delivering::advance(cx, Some(order), advance(Step::Placed, None)));
        check(result, Err(Refusal::NotTheRunner));
    }
}

#[test]
fn handing_over_needs_the_customers_pin() {
    let at_the_door = || with("ray", Some(Step::OnTheWay));
    let hand_over = |pin: Option<&str>| {
        let intent = advance(Step::Delivered, pin);
        ask("ray", NOW, |cx| delivering::advance(cx, Some(at_the_door()), intent))
    };
    check(hand_over(None), Err(Refusal::PinRequired));
    assert_eq!(hand_over(Some("nope")).expect("a mark").refusal(), Some("wrong_pin"));
}

#[test]
fn a_pin_cannot_be_guessed() {
    let mut order = with("ray", Some(Step::OnTheWay));
    let right = order.pin.clone();
    let try_pin = |order: &Order, pin: &str, after| {
        let (order, intent) = (order.clone(), advance(Step::Delivered, Some(pin)));
        ask("ray", after, |cx| delivering::advance(cx, Some(order), intent))
    };
    for _ in 0..5 {
        let change = try_pin(&order, "nope", NOW).expect("a mark");
        assert_eq!((change.refusal(), change.types().len()), (Some("wrong_pin"), 0));
        order = change.state().cloned().expect("counted");
    }
    // Not even the right one, for a while.
    check(try_pin(&order, &right, NOW), Err(Refusal::PinLocked));
    check(try_pin(&order, &right, 15 * MINUTE), Ok((Some("DELIVERED"), &["delivered"])));
}

#[test]
fn an_order_is_complete_when_its_runner_was_paid_and_not_before() {
    let change = tell(NOW, |cx| ending::complete(cx, Some(delivered_by("ray")), PayoutSent::sample()));
    check_change(&change, Some("COMPLETED"), &["completed"]);
    let change = tell(NOW, |cx| ending::complete(cx, Some(cancelled(CancelReason::Customer)), PayoutSent::sample()));
    check_change(&change, None, &[]);
}

#[test]
fn money_that_does_not_move_is_explained_and_completes_nothing() {
    // predecessor.md B07, B08
    let delivered = || Some(delivered_by("ray"));
    for change in [
        tell(NOW, |cx| ending::await_payout(cx, delivered(), PayoutHeld::sample())),
        tell(NOW, |cx| ending::await_payment(cx, delivered(), CaptureFailed::sample())),
        tell(NOW, |cx| ending::await_payee(cx, delivered(), PayeeUnavailable::sample())),
    ] {
        check_change(&change, Some("DELIVERED"), &[]);
    }
}

#[test]
fn a_customer_cancels_until_a_runner_has_it() {
    let cancel_as = |who, order| ask(who, NOW, |cx| ending::cancel(cx, Some(order), cancel()));
    for order in [pending(), open(), claimed_by("ray")] {
        check(cancel_as("alice", order), Ok((Some("CANCELLED"), &["cancelled"])));
    }
    // predecessor.md B09, B10
    check(cancel_as("alice", with("ray", None)), Err(Refusal::RunnerHasIt));
    check(cancel_as("alice", delivered_by("ray")), Err(Refusal::AlreadyDelivered));
    check(cancel_as("alice", completed_by("ray")), Err(Refusal::AlreadyDelivered));
    check(cancel_as("alice", cancelled(CancelReason::Expired)), Ok((None, &[])));
    check(cancel_as("bob", open()), Err(Refusal::NotFound));
    check(cancel_as("ray", with("ray", None)), Err(Refusal::NotYourOrder));
}

#[test]
fn a_late_delivery_may_be_cancelled() {
    let elapsed = DeliveryElapsed { order_id: order_id(), due_at: T0 + claiming::DELIVERY };
    let change = tell(90 * MINUTE, |cx| delivering::flag_late(cx, Some(with("ray", None)), elapsed));
    check_change(&change, Some("ACCEPTED"), &["overdue"]);
    let result = ask("alice", NOW, |cx| ending::cancel(cx, Some(late_with("ray")), cancel()));
    check(result, Ok((Some("CANCELLED"), &["cancelled"])));
}

fn elapsed_at(due: SignedDuration) -> AcceptanceElapsed {
    AcceptanceElapsed { order_id: order_id(), due_at: T0 + due }
}

#[test]
fn an_offer_that_nobody_took_expires() {
    let change = tell(30 * MINUTE, |cx| placing::expire(cx, Some(open()), elapsed_at(30 * MINUTE)));
    check_change(&change, Some("CANCELLED"), &["cancelled"]);
    assert_eq!(change.said()[0].1["reason"], "expired");
}

#[test]
fn a_deadline_that_no_longer_matters_changes_nothing() {
    // predecessor.md B10: the timer cancelled orders that were under way.
    for order in [with("ray", None), claimed_by("ray"), delivered_by("ray"), cancelled(CancelReason::Customer)] {
        check_change(&tell(NOW, |cx| placing::expire(cx, Some(order), elapsed_at(30 * MINUTE))), None, &[]);
    }
    let earlier_offer = tell(NOW, |cx| placing::expire(cx, Some(open()), elapsed_at(10 * MINUTE)));
    check_change(&earlier_offer, None, &[]);
}

#[test]
fn only_the_customer_sees_the_pin() {
    use chassis::Entity;
    use contracts::Principal;
    let order = with("ray", None);
    let seen_by = |who: &str| order.view(1, &Principal::User(user(who))).handover_pin;
    assert_eq!(seen_by("alice"), Some(order.pin.clone()));
    assert_eq!((seen_by("ray"), seen_by("bob")), (None, None));
}
