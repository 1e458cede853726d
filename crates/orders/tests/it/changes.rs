//! The runner asks, the customer answers, the bank decides about the rest.

use contracts::orders::{AnswerChange, ProposeChange, Step};
use contracts::payments::{ExcessAuthorized, ExcessDeclined};
use contracts::quote::Basis;
use contracts::timers::ConsentElapsed;
use contracts::{Cents, Message};
use jiff::SignedDuration;
use orders::order::Answer;
use orders::{Order, Refusal, changes, claiming, delivering};

use crate::scene::*;

const NOW: SignedDuration = SignedDuration::ZERO;
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn propose(cents: i64) -> ProposeChange {
    ProposeChange { order_id: order_id(), items_cents: Cents(cents), note: None }
}

fn answer(agree: bool) -> AnswerChange {
    AnswerChange { order_id: order_id(), agree }
}

/// With `ray`, who has asked for so much.
fn asked(cents: i64) -> Order {
    let change = ask("ray", NOW, |cx| changes::propose(cx, Some(with("ray", None)), propose(cents)));
    change.expect("asked").state().cloned().expect("an order")
}

fn agreed(cents: i64) -> Order {
    let change = ask("alice", NOW, |cx| changes::answer(cx, Some(asked(cents)), answer(true)));
    change.expect("agreed").state().cloned().expect("an order")
}

#[test]
fn a_receipt_within_the_hold_is_what_is_taken() {
    let mut intent = advance(Step::Placed, None);
    intent.receipt_cents = Some(Cents(1_000));
    let change = ask("ray", NOW, |cx| delivering::advance(cx, Some(with("ray", None)), intent)).expect("bought");
    check_change(&change, Some("PLACED"), &["purchased"]);
    let mut order = change.state().cloned().expect("an order");
    assert_eq!(order.final_cents(), Cents(1_200));
    order = ask("ray", NOW, |cx| delivering::advance(cx, Some(order.clone()), advance(Step::OnTheWay, None)))
        .expect("departed")
        .state()
        .cloned()
        .expect("an order");
    let pin = order.pin.clone();
    let delivered = ask("ray", NOW, |cx| delivering::advance(cx, Some(order), advance(Step::Delivered, Some(&pin))));
    let said = delivered.expect("delivered").said();
    assert_eq!((&said[0].1["total_cents"], &said[0].1["payout_cents"]), (&1_200.into(), &1_200.into()));
}

#[test]
fn an_errand_without_a_receipt_is_not_bought() {
    let intent = contracts::orders::AdvanceOrder { receipt_cents: None, ..advance(Step::Placed, None) };
    check(
        ask("ray", NOW, |cx| delivering::advance(cx, Some(with("ray", None)), intent.clone())),
        Err(Refusal::ReceiptRequired),
    );
    // From a price list the price is known.
    let order = Order { basis: Basis::Catalogue, ..with("ray", None) };
    check(ask("ray", NOW, |cx| delivering::advance(cx, Some(order), intent)), Ok((Some("PLACED"), &["purchased"])));
    for cents in [-1, 200_001, i64::MAX] {
        let mut intent = advance(Step::Placed, None);
        intent.receipt_cents = Some(Cents(cents));
        let result = ask("ray", NOW, |cx| delivering::advance(cx, Some(with("ray", None)), intent));
        check(result, Err(Refusal::ReceiptOutOfRange));
    }
}

#[test]
fn a_receipt_above_the_hold_asks_the_customer_instead() {
    let mut intent = advance(Step::Placed, None);
    // 890 were estimated, a fifth of it is held on top.
    intent.receipt_cents = Some(Cents(1_250));
    let change = ask("ray", NOW, |cx| delivering::advance(cx, Some(with("ray", None)), intent.clone())).expect("asked");
    check_change(&change, Some("ACCEPTED"), &["change_proposed", "consent"]);
    assert_eq!(change.said()[0].1["excess_cents"], 182);
    let order = change.state().cloned();
    check(ask("ray", NOW, |cx| delivering::advance(cx, order, intent)), Err(Refusal::ChangePending));
}

#[test]
fn a_yes_to_more_money_is_worth_something_once_it_is_held() {
    let change = ask("alice", NOW, |cx| changes::answer(cx, Some(asked(1_250)), answer(true)));
    check(change, Ok((Some("ACCEPTED"), &["excess_agreed"])));
    let excess = ExcessAuthorized { order_id: order_id(), excess_cents: Cents(182) };
    let change = tell(NOW, |cx| changes::allow_excess(cx, Some(agreed(1_250)), excess));
    check_change(&change, Some("ACCEPTED"), &["change_agreed"]);
    let order = change.state().cloned().expect("an order");
    assert_eq!(order.spendable_cents(), Cents(1_250));
    let mut intent = advance(Step::Placed, None);
    intent.receipt_cents = Some(Cents(1_250));
    check(ask("ray", NOW, |cx| delivering::advance(cx, Some(order), intent)), Ok((Some("PLACED"), &["purchased"])));
}

#[test]
fn a_yes_to_something_else_for_the_money_that_is_held_needs_no_bank() {
    let change = ask("alice", NOW, |cx| changes::answer(cx, Some(asked(900)), answer(true)));
    check(change, Ok((Some("ACCEPTED"), &["change_agreed"])));
}

#[test]
fn a_no_a_silence_and_a_declined_card_are_all_a_no() {
    let change = ask("alice", NOW, |cx| changes::answer(cx, Some(asked(1_250)), answer(false)));
    check(change, Ok((Some("ACCEPTED"), &["change_refused"])));
    let elapsed = ConsentElapsed { order_id: order_id(), due_at: T0 + 5 * MINUTE };
    let change = tell(5 * MINUTE, |cx| changes::refuse_unanswered(cx, Some(asked(1_250)), elapsed.clone()));
    check_change(&change, Some("ACCEPTED"), &["change_refused"]);
    assert_eq!(change.said()[0].1["reason"], "silence");
    let change = tell(NOW, |cx| changes::refuse_excess(cx, Some(agreed(1_250)), ExcessDeclined::sample()));
    check_change(&change, Some("ACCEPTED"), &["change_refused"]);
    // Too late for a yes, even if the tick is late.
    let late = ask("alice", 6 * MINUTE, |cx| changes::answer(cx, Some(asked(1_250)), answer(true)));
    check(late, Err(Refusal::TooLate));
    // And an answer in time is not undone by the tick.
    let change = tell(5 * MINUTE, |cx| changes::refuse_unanswered(cx, Some(agreed(1_250)), elapsed));
    check_change(&change, None, &[]);
}

#[test]
fn answering_and_asking_again_changes_nothing() {
    check(ask("alice", NOW, |cx| changes::answer(cx, Some(agreed(1_250)), answer(true))), Ok((None, &[])));
    check(ask("ray", NOW, |cx| changes::propose(cx, Some(asked(1_250)), propose(1_250))), Ok((None, &[])));
    check(ask("ray", NOW, |cx| changes::propose(cx, Some(asked(1_250)), propose(1_300))), Err(Refusal::ChangePending));
}

#[test]
fn only_its_runner_asks_and_only_its_customer_answers() {
    check(ask("rio", NOW, |cx| changes::propose(cx, Some(with("ray", None)), propose(1))), Err(Refusal::NotTheRunner));
    check(ask("bob", NOW, |cx| changes::answer(cx, Some(asked(1)), answer(true))), Err(Refusal::NotFound));
    check(ask("ray", NOW, |cx| changes::answer(cx, Some(asked(1)), answer(true))), Err(Refusal::NotYourOrder));
    check(
        ask("alice", NOW, |cx| changes::answer(cx, Some(with("ray", None)), answer(true))),
        Err(Refusal::NoChangeAsked),
    );
    let bought = with("ray", Some(Step::Placed));
    check(ask("ray", NOW, |cx| changes::propose(cx, Some(bought), propose(1))), Err(Refusal::WrongStep));
}

#[test]
fn money_that_came_too_late_for_its_question_may_still_be_spent() {
    let given_back = ask("ray", NOW, |cx| claiming::withdraw(cx, Some(agreed(1_250)), withdraw())).expect("open");
    let order = given_back.state().cloned().expect("an order");
    assert_eq!(order.asked, None);
    let excess = ExcessAuthorized { order_id: order_id(), excess_cents: Cents(182) };
    let change = tell(NOW, |cx| changes::allow_excess(cx, Some(order), excess));
    check_change(&change, Some("CREATED"), &[]);
    assert_eq!(change.state().expect("an order").spendable_cents(), Cents(1_250));
}

#[test]
fn more_is_held_once_at_most() {
    let order = Order { excess_held_cents: Cents(100), ..with("ray", None) };
    check(ask("ray", NOW, |cx| changes::propose(cx, Some(order), propose(5_000))), Err(Refusal::ReceiptOutOfRange));
    assert!(matches!(asked(1_250).asked.expect("asked").answer, Answer::Open { .. }));
}

#[test]
fn a_yes_on_a_cancelled_order_holds_nothing() {
    let operator = contracts::Principal::Operator(user("olga"));
    let over = ask_as(operator, NOW, |cx| orders::ending::cancel(cx, Some(asked(1_250)), cancel())).expect("over");
    let late = ask("alice", NOW, |cx| changes::answer(cx, over.state().cloned(), answer(true)));
    check(late, Err(Refusal::Closed));
}

#[test]
fn a_receipt_that_leaves_less_than_stripe_charges_is_refused() {
    let mut order = with("ray", None);
    order.price.total_cents = order.price.items_cents;
    let mut intent = advance(Step::Placed, None);
    intent.receipt_cents = Some(Cents(49));
    check(ask("ray", NOW, |cx| delivering::advance(cx, Some(order), intent)), Err(Refusal::ReceiptOutOfRange));
    // And an amount that no sum can hold is out of range, not another amount.
    let absurd = propose(i64::MAX);
    check(ask("ray", NOW, |cx| changes::propose(cx, Some(with("ray", None)), absurd)), Err(Refusal::ReceiptOutOfRange));
}

#[test]
fn the_banks_answer_belongs_to_the_question_that_was_put_to_it() {
    // ray asked, alice agreed, and while the bank thinks about it ray gives the order back and rio has it.
    let given_back = ask("ray", NOW, |cx| claiming::withdraw(cx, Some(agreed(1_250)), withdraw())).expect("open");
    let mut order = given_back.state().cloned().expect("an order");
    order.stage = with("rio", None).stage;
    let proposed = ask("rio", NOW, |cx| changes::propose(cx, Some(order.clone()), propose(9_000)));
    check(proposed, Err(Refusal::ChangePending));
    let declined = tell(NOW, |cx| changes::refuse_excess(cx, Some(order), ExcessDeclined::sample()));
    check_change(&declined, Some("ACCEPTED"), &[]);
    let again = ask("rio", NOW, |cx| changes::propose(cx, declined.state().cloned(), propose(9_000)));
    check(again, Ok((Some("ACCEPTED"), &["change_proposed", "consent"])));
}
