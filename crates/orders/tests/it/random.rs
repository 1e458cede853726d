//! Whatever happens to an order, in whatever order: terminal is terminal, and nobody loses what they won.

use chassis::Change;
use contracts::orders::{
    AnswerChange, CancelReason, ConfirmDelivery, ProblemKind, ProposeChange, RateOrder, ReportProblem, Step, TipOrder,
};
use contracts::payments::{
    ExcessAuthorized, ExcessDeclined, HoldLapsing, HoldLost, PaymentActionRequired, PaymentAuthorized, PaymentDeclined,
    PayoutSent,
};
use contracts::timers::{AcceptanceElapsed, ActionElapsed, DeliveryElapsed};
use contracts::users::{PayerUnavailable, RunnerApproved, RunnerProblem, RunnerRejected};
use contracts::{Cents, Message, Principal};
use jiff::SignedDuration;
use orders::{Order, Stage, aftermath, changes, claiming, delivering, ending, placing};
use proptest::prelude::*;

use crate::scene::*;

#[derive(Clone, Copy, Debug)]
enum Happening {
    Authorized,
    Declined,
    Unpayable,
    Accepts(&'static str),
    Approved(&'static str),
    Rejected(&'static str),
    Advances(&'static str, Step),
    Cancels,
    AcceptanceElapsed,
    DeliveryElapsed,
    Paid,
    ActionRequired,
    ActionElapsed,
    Withdraws(&'static str),
    Asks(&'static str, i64),
    Answers(bool),
    ExcessHeld,
    ExcessDeclined,
    Confirms,
    HoldLost,
    HoldLapsing,
    OperatorCancels,
    Reports,
    Rates,
    Tips,
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening::*;
    let runner = || prop_oneof![Just("ray"), Just("rio")];
    let step = prop_oneof![Just(Step::Placed), Just(Step::OnTheWay), Just(Step::Delivered)];
    prop_oneof![
        3 => Just(Authorized),
        1 => Just(Declined),
        1 => Just(Unpayable),
        3 => runner().prop_map(Accepts),
        3 => runner().prop_map(Approved),
        1 => runner().prop_map(Rejected),
        6 => (runner(), step).prop_map(|(runner, step)| Advances(runner, step)),
        1 => Just(Cancels),
        1 => Just(AcceptanceElapsed),
        1 => Just(DeliveryElapsed),
        2 => Just(Paid),
        1 => Just(ActionRequired),
        1 => Just(ActionElapsed),
        1 => runner().prop_map(Withdraws),
        2 => (runner(), 0..3_000_i64).prop_map(|(runner, cents)| Asks(runner, cents)),
        2 => any::<bool>().prop_map(Answers),
        1 => Just(ExcessHeld),
        1 => Just(ExcessDeclined),
        1 => Just(Confirms),
        1 => Just(HoldLost),
        1 => Just(HoldLapsing),
        1 => Just(OperatorCancels),
        1 => Just(Reports),
        1 => Just(Rates),
        1 => Just(Tips),
    ]
}

#[expect(clippy::too_many_lines, reason = "one arm per happening")]
fn apply(order: &Order, happening: Happening, after: SignedDuration) -> Option<Change<Order>> {
    let given = Some(order.clone());
    let runner_id = |runner| user(runner);
    let order_id = order_id();
    Some(match happening {
        Happening::Authorized => tell(after, |cx| placing::open_paid(cx, given, PaymentAuthorized::sample())),
        Happening::Declined => tell(after, |cx| placing::cancel_unpaid(cx, given, PaymentDeclined::sample())),
        Happening::Unpayable => tell(after, |cx| placing::cancel_unpayable(cx, given, PayerUnavailable::sample())),
        Happening::Accepts(who) => ask(who, after, |cx| claiming::accept(cx, given, accept())).ok()?,
        Happening::Approved(who) => {
            let approved = RunnerApproved { order_id, runner_id: runner_id(who) };
            tell(after, |cx| claiming::assign(cx, given, approved))
        }
        Happening::Rejected(who) => {
            let problem = RunnerProblem::NoPayoutAccount;
            let rejected = RunnerRejected { order_id, runner_id: runner_id(who), problem };
            tell(after, |cx| claiming::reopen(cx, given, rejected))
        }
        Happening::Advances(who, to) => {
            let intent = advance(to, Some(&order.pin));
            ask(who, after, |cx| delivering::advance(cx, given, intent)).ok()?
        }
        Happening::Cancels => ask("alice", after, |cx| ending::cancel(cx, given, cancel())).ok()?,
        Happening::AcceptanceElapsed => {
            let elapsed = AcceptanceElapsed { order_id, due_at: T0 + after };
            tell(after, |cx| placing::expire(cx, given, elapsed))
        }
        Happening::DeliveryElapsed => {
            let elapsed = DeliveryElapsed { order_id, due_at: T0 + after };
            tell(after, |cx| delivering::flag_late(cx, given, elapsed))
        }
        Happening::Paid => tell(after, |cx| ending::complete(cx, given, PayoutSent::sample())),
        Happening::ActionRequired => {
            tell(after, |cx| placing::await_customer(cx, given, PaymentActionRequired::sample()))
        }
        Happening::ActionElapsed => {
            let elapsed = ActionElapsed { order_id, due_at: T0 + after };
            tell(after, |cx| placing::time_out_action(cx, given, elapsed))
        }
        Happening::Withdraws(who) => ask(who, after, |cx| claiming::withdraw(cx, given, withdraw())).ok()?,
        Happening::Asks(who, cents) => {
            let intent = ProposeChange { order_id, items_cents: Cents(cents), note: None };
            ask(who, after, |cx| changes::propose(cx, given, intent)).ok()?
        }
        Happening::Answers(agree) => {
            ask("alice", after, |cx| changes::answer(cx, given, AnswerChange { order_id, agree })).ok()?
        }
        Happening::ExcessHeld => {
            let excess_cents = order.asked.as_ref().map_or(Cents(0), |asked| asked.excess_cents);
            tell(after, |cx| changes::allow_excess(cx, given, ExcessAuthorized { order_id, excess_cents }))
        }
        Happening::ExcessDeclined => tell(after, |cx| changes::refuse_excess(cx, given, ExcessDeclined::sample())),
        Happening::Confirms => {
            ask("alice", after, |cx| delivering::confirm(cx, given, ConfirmDelivery { order_id })).ok()?
        }
        Happening::HoldLost => tell(after, |cx| ending::end_unheld(cx, given, HoldLost::sample())),
        Happening::HoldLapsing => tell(after, |cx| ending::end_stale(cx, given, HoldLapsing::sample())),
        Happening::OperatorCancels => {
            let olga = Principal::Operator(user("olga"));
            ask_as(olga, after, |cx| ending::cancel(cx, given, cancel())).ok()?
        }
        Happening::Reports => {
            let intent = ReportProblem { order_id, kind: ProblemKind::Quality, text: None };
            ask("alice", after, |cx| aftermath::report_problem(cx, given, intent)).ok()?
        }
        Happening::Rates => {
            let intent = RateOrder { order_id, stars: 4, comment: None };
            ask("alice", after, |cx| aftermath::rate(cx, given, intent)).ok()?
        }
        Happening::Tips => {
            let intent = TipOrder { order_id, tip_cents: Cents(200) };
            ask("alice", after, |cx| aftermath::tip(cx, given, intent)).ok()?
        }
    })
}

proptest! {
    #![proptest_config(fuzz::config(2_000))]
    #[test]
    fn whatever_happens_the_promises_hold(happenings in prop::collection::vec((happening(), 0..20_i64), 1..40)) {
        let mut order = pending();
        let mut after = SignedDuration::ZERO;
        for (happening, minutes) in happenings {
            after += SignedDuration::from_mins(minutes);
            let Some(change) = apply(&order, happening, after) else { continue };
            let Some(next) = change.state().cloned() else { continue };
            if order.is_over() {
                prop_assert_eq!(&order.stage, &next.stage, "what is over moved on");
            }
            prop_assert_ne!(next.runner(), Some(order.customer_id), "delivered to themselves");
            if let (Some(before), Some(now)) = (order.runner(), next.runner()) {
                prop_assert_eq!(before, now, "an order changed hands without being given back");
            }
            if matches!(order.stage, Stage::Delivered { .. }) {
                // Back only by an operator, whose refund then follows.
                let by_operator = matches!(next.stage, Stage::Cancelled { reason: CancelReason::Operator, .. });
                let onwards = by_operator || matches!(next.stage, Stage::Completed { .. } | Stage::Delivered { .. });
                prop_assert!(onwards, "a delivered order became {:?}", next.stage);
            }
            if let Some(receipt) = next.receipt_cents {
                prop_assert!(receipt <= next.spendable_cents(), "{receipt:?} were spent, which nobody holds");
            }
            let times: Vec<_> = next.timeline.iter().map(|moment| moment.at).collect();
            prop_assert!(times.is_sorted(), "{times:?}");
            order = next;
        }
    }
}
