//! What orders need of people.

use chassis::Change;
use contracts::Message;
use contracts::orders::{OrderClaimed, OrderDelivered, OrderPlaced, OrderRated};
use contracts::users::{PayerProblem, PayoutRef, Role, RunnerProblem};
use serde::Serialize;
use users::{User, needs};

use crate::scene::*;

/// A question of an order changes nobody; its answer is one event, and says what is in the way if something is.
#[track_caller]
fn check_answer<P: Serialize>(change: &Change<User>, yes: &str, no: &str, problem: Option<P>) {
    match problem {
        None => check(change, None, &[yes]),
        Some(problem) => {
            check(change, None, &[no]);
            assert_eq!(change.said()[0].1["problem"], serde_json::to_value(problem).expect("a name"));
        }
    }
}

#[track_caller]
fn check_payer(user: Option<User>, problem: Option<PayerProblem>) {
    let change = tell(|cx| needs::resolve_payer(cx, user, OrderPlaced::sample()));
    check_answer(&change, "payer_resolved", "payer_unavailable", problem);
}

#[track_caller]
fn check_claim(user: Option<User>, problem: Option<RunnerProblem>) {
    let change = tell(|cx| needs::check_runner(cx, user, OrderClaimed::sample()));
    check_answer(&change, "runner_approved", "runner_rejected", problem);
}

#[test]
fn only_a_customer_with_a_card_can_pay() {
    check_payer(Some(whole()), None);
    check_payer(Some(User { card: None, ..whole() }), Some(PayerProblem::NoPaymentMethod));
    check_payer(Some(User { roles: vec![Role::Runner], ..whole() }), Some(PayerProblem::NotACustomer));
    check_payer(Some(suspended(whole())), Some(PayerProblem::Suspended));
    check_payer(Some(barred(whole())), Some(PayerProblem::Suspended));
    check_payer(Some(closed()), Some(PayerProblem::Unknown));
    check_payer(None, Some(PayerProblem::Unknown));
}

#[test]
fn the_card_that_is_charged_goes_with_the_answer() {
    let change = tell(|cx| needs::resolve_payer(cx, Some(whole()), OrderPlaced::sample()));
    let said = &change.said()[0].1;
    assert_eq!((&said["card"]["payment_method"], &said["total_cents"]), (&"pm_1".into(), &1_090.into()));
}

#[test]
fn only_a_runner_who_can_be_paid_may_deliver() {
    // predecessor.md B07
    check_claim(Some(whole()), None);
    check_claim(Some(User { payout: None, ..whole() }), Some(RunnerProblem::NoPayoutAccount));
    check_claim(Some(User { roles: vec![Role::Customer], ..whole() }), Some(RunnerProblem::NotARunner));
    check_claim(Some(suspended(whole())), Some(RunnerProblem::Suspended));
    check_claim(Some(barred(whole())), Some(RunnerProblem::Suspended));
    check_claim(Some(closed()), Some(RunnerProblem::Unknown));
    check_claim(None, Some(RunnerProblem::Unknown));
}

#[test]
fn who_delivered_is_paid_even_if_they_were_shut_out_since() {
    for user in [whole(), suspended(whole())] {
        let change = tell(|cx| needs::resolve_payee(cx, Some(user), OrderDelivered::sample()));
        check(&change, None, &["payee_resolved"]);
        assert_eq!(change.said()[0].1["account"], "acct_1");
    }
}

#[test]
fn without_an_account_the_amounts_are_passed_on_all_the_same() {
    for user in [Some(User { payout: None::<PayoutRef>, ..whole() }), Some(closed()), None] {
        let change = tell(|cx| needs::resolve_payee(cx, user, OrderDelivered::sample()));
        check(&change, None, &["payee_unavailable"]);
        let said = &change.said()[0].1;
        assert_eq!(
            (&said["total_cents"], &said["payout_cents"], &said["currency"]),
            (&1_090.into(), &1_090.into(), &"sgd".into())
        );
    }
}

#[test]
fn ratings_are_counted() {
    let rate = |user, stars| tell(|cx| needs::keep_rating(cx, user, OrderRated { stars, ..OrderRated::sample() }));
    let once = rate(Some(whole()), 5).state().cloned().expect("a person");
    let twice = rate(Some(once), 2).state().cloned().expect("a person");
    assert_eq!((twice.ratings, twice.stars), (2, 7));
    check(&rate(None, 5), None, &[]);
    check(&rate(Some(closed()), 5), None, &[]);
}

#[test]
fn every_question_is_about_the_person_concerned() {
    let placed = OrderPlaced::sample();
    assert_eq!(needs::payer(&placed), placed.about.customer_id);
    let claimed = OrderClaimed { claimed_by: id(), ..OrderClaimed::sample() };
    assert_eq!(needs::claimer(&claimed), id());
    let delivered = OrderDelivered { delivered_by: id(), ..OrderDelivered::sample() };
    assert_eq!(needs::payee(&delivered), id());
    let rated = OrderRated { of: id(), ..OrderRated::sample() };
    assert_eq!(needs::rated(&rated), id());
}
