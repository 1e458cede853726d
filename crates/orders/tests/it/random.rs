//! Whatever happens to an order, in whatever order: terminal is terminal, and nobody loses what they won.

use chassis::Change;
use contracts::Message;
use contracts::orders::Step;
use contracts::payments::{PaymentAuthorized, PaymentDeclined, PayoutSent};
use contracts::timers::{AcceptanceElapsed, DeliveryElapsed};
use contracts::users::{PayerUnavailable, RunnerApproved, RunnerProblem, RunnerRejected};
use jiff::SignedDuration;
use orders::{Order, Stage, claiming, delivering, ending, placing};
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
    ]
}

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
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn whatever_happens_the_promises_hold(happenings in prop::collection::vec((happening(), 0..20_i64), 1..40)) {
        let mut order = pending();
        let mut after = SignedDuration::ZERO;
        for (happening, minutes) in happenings {
            after += SignedDuration::from_mins(minutes);
            let Some(change) = apply(&order, happening, after) else { continue };
            let Some(next) = change.state().cloned() else { continue };
            prop_assert!(!order.is_over(), "{:?} moved on to {:?}", order.stage, next.stage);
            prop_assert_ne!(next.runner(), Some(order.customer_id), "delivered to themselves");
            if let (Some(before), Some(now)) = (order.runner(), next.runner()) {
                prop_assert_eq!(before, now, "an order changed hands without being given back");
            }
            if matches!(order.stage, Stage::Delivered { .. }) {
                let onwards = matches!(next.stage, Stage::Completed { .. } | Stage::Delivered { .. });
                prop_assert!(onwards, "a delivered order became {:?}", next.stage);
            }
            let times: Vec<_> = next.timeline.iter().map(|moment| moment.at).collect();
            prop_assert!(times.is_sorted(), "{times:?}");
            order = next;
        }
    }
}
