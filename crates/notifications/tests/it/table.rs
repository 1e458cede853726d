//! Every row of the table.

use chassis::{Cx, Sealer};
use contracts::notifications::News;
use contracts::orders::{
    About, OrderAccepted, OrderActionRequired, OrderCancelled, OrderChangeAgreed, OrderChangeProposed,
    OrderChangeRefused, OrderCompleted, OrderDelivered, OrderDeparted, OrderOverdue, OrderProblemReported,
    OrderProblemResolved, OrderPurchased, OrderRated, OrderReopened, OrderRunnerWaits, Status,
};
use contracts::payments::{
    PaymentRefunded, PayoutHeld, PayoutReturned, PayoutReversed, PayoutSent, TipDeclined, TipPaid,
};
use contracts::{Message, Principal, UserId};
use jiff::Timestamp;
use notifications::notice::tell;
use notifications::table::Concerns;

const AT: Timestamp = Timestamp::constant(1_772_712_000, 0);

fn user(name: &str) -> UserId {
    UserId::of_subject("test", name)
}

/// An order of `customer` that `runner` delivers.
fn about() -> About {
    let runner_id = Some(user("runner"));
    About { customer_id: user("customer"), runner_id, status: Status::Accepted, ..OrderAccepted::sample().about }
}

/// The same before there was a runner.
fn alone() -> About {
    About { runner_id: None, ..about() }
}

/// Tells of an event, and gives who is told what.
fn told<E: Concerns>(event: E) -> Vec<(UserId, News)> {
    let sealer = Sealer::from_hex(&"0".repeat(64)).expect("a key");
    let order_id = event.key();
    let change = tell(&Cx::for_test(AT, Principal::System("test".into()), &sealer), None, event).expect("no fault");
    let kept = change.state().map(|notice| (notice.order_id, notice.at, notice.to.clone()));
    let said = change.said().into_iter().map(|(name, body)| {
        assert_eq!(name, "notifications.told.v1");
        let told: contracts::notifications::Told = serde_json::from_value(body).expect("a message");
        assert_eq!((told.order_id, told.at), (order_id, AT));
        (told.user_id, told.news)
    });
    let said: Vec<_> = said.collect();
    assert_eq!(kept, (!said.is_empty()).then(|| (order_id, AT, said.clone())), "what is said is kept");
    said
}

#[track_caller]
fn check<E: Concerns>(event: E, expected: &[(&str, News)]) {
    let expected: Vec<_> = expected.iter().map(|(name, news)| (user(name), *news)).collect();
    assert_eq!(told(event), expected);
}

#[test]
fn the_customer_is_told_how_their_order_goes() {
    // predecessor.md B57: nobody was told anything.
    check(
        OrderActionRequired { about: alone(), ..OrderActionRequired::sample() },
        &[("customer", News::ActionRequired)],
    );
    check(OrderAccepted { about: about(), ..OrderAccepted::sample() }, &[("customer", News::Accepted)]);
    check(OrderPurchased { about: about() }, &[("customer", News::Purchased)]);
    check(OrderDeparted { about: about() }, &[("customer", News::Departed)]);
    check(OrderRunnerWaits { about: about(), ..OrderRunnerWaits::sample() }, &[("customer", News::RunnerWaits)]);
    check(OrderDelivered { about: about(), ..OrderDelivered::sample() }, &[("customer", News::Delivered)]);
    check(OrderCompleted { about: about() }, &[("customer", News::Completed)]);
}

#[test]
fn an_order_that_is_given_back_is_news_for_the_customer_and_a_rejected_claim_for_the_runner() {
    let reopened = |reason: &str| OrderReopened {
        about: alone(),
        was_claimed_by: user("runner"),
        reason: reason.into(),
        ..OrderReopened::sample()
    };
    check(reopened("withdrawn"), &[("customer", News::Reopened)]);
    for reason in ["no_payout_account", "suspended", "not_a_runner", "something_new"] {
        check(reopened(reason), &[("runner", News::ClaimRejected)]);
    }
}

#[test]
fn question_and_answer_about_a_change_go_to_the_other_side() {
    check(
        OrderChangeProposed { about: about(), ..OrderChangeProposed::sample() },
        &[("customer", News::ChangeProposed)],
    );
    check(OrderChangeAgreed { about: about(), ..OrderChangeAgreed::sample() }, &[("runner", News::ChangeAgreed)]);
    check(OrderChangeRefused { about: about(), ..OrderChangeRefused::sample() }, &[("runner", News::ChangeRefused)]);
}

#[test]
fn what_concerns_both_is_told_to_both() {
    check(OrderOverdue { about: about() }, &[("customer", News::Overdue), ("runner", News::Overdue)]);
    let cancelled = |about| OrderCancelled { about, ..OrderCancelled::sample() };
    check(cancelled(about()), &[("customer", News::Cancelled), ("runner", News::Cancelled)]);
    check(
        OrderProblemResolved { about: about() },
        &[("customer", News::ProblemResolved), ("runner", News::ProblemResolved)],
    );
}

#[test]
fn where_there_is_no_runner_none_is_told() {
    check(OrderCancelled { about: alone(), ..OrderCancelled::sample() }, &[("customer", News::Cancelled)]);
    check(OrderChangeRefused { about: alone(), ..OrderChangeRefused::sample() }, &[]);
}

#[test]
fn a_problem_is_told_to_whoever_did_not_report_it() {
    let reported =
        |about, by: &str| OrderProblemReported { about, by: user(by), kind: OrderProblemReported::sample().kind };
    check(reported(about(), "customer"), &[("runner", News::ProblemReported)]);
    check(reported(about(), "runner"), &[("customer", News::ProblemReported)]);
    check(reported(alone(), "customer"), &[]);
    check(reported(about(), "olga"), &[("customer", News::ProblemReported), ("runner", News::ProblemReported)]);
}

#[test]
fn whoever_was_rated_is_told() {
    let rated = OrderRated { about: about(), by: user("customer"), of: user("runner"), stars: 5 };
    check(rated.clone(), &[("runner", News::Rated)]);
    check(OrderRated { by: user("runner"), of: user("customer"), ..rated }, &[("customer", News::Rated)]);
}

#[test]
fn money_is_news_for_whose_it_is() {
    let (runner_id, customer_id) = (user("runner"), user("customer"));
    check(PayoutSent { runner_id, ..PayoutSent::sample() }, &[("runner", News::PaidOut)]);
    check(PayoutHeld { runner_id, ..PayoutHeld::sample() }, &[("runner", News::PayoutHeld)]);
    check(PayoutReversed { runner_id, ..PayoutReversed::sample() }, &[("runner", News::PayoutReversed)]);
    check(PayoutReturned { runner_id, ..PayoutReturned::sample() }, &[("runner", News::PayoutReturned)]);
    check(TipPaid { runner_id, ..TipPaid::sample() }, &[("runner", News::Tipped)]);
    check(TipDeclined { customer_id, ..TipDeclined::sample() }, &[("customer", News::TipDeclined)]);
    check(PaymentRefunded { customer_id, ..PaymentRefunded::sample() }, &[("customer", News::Refunded)]);
}

#[test]
fn every_row_of_the_table_is_listened_to_once_and_may_only_tell() {
    let service = notifications::service();
    let telling: Vec<_> = service.reactions().iter().filter(|row| row.name.starts_with("tell-")).collect();
    assert_eq!(telling.len(), 23);
    for row in telling {
        assert_eq!(row.name, format!("tell-{}", row.message.replace('_', "-")));
        assert_eq!(row.publishes, ["notifications.told.v1"]);
    }
}
