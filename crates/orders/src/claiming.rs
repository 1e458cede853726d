//! From an offer to a runner, and back.

use chassis::{Change, Cx};
use contracts::orders::{AcceptOrder, CancelReason, OrderAccepted, OrderClaimed, OrderReopened, WithdrawOrder};
use contracts::timers::{AcceptanceDeadline, DeliveryDeadline};
use contracts::users::{RunnerApproved, RunnerProblem, RunnerRejected};
use contracts::{Principal, UserId};
use jiff::{SignedDuration, Timestamp};

use crate::order::{Order, Reaction, Ruling, Stage, known};
use crate::placing::ACCEPTANCE;
use crate::refusal::Refusal;

/// How long a runner has to deliver.
pub const DELIVERY: SignedDuration = SignedDuration::from_mins(90);

/// Whoever comes first has it, if they may have it: users checks that next.
///
/// # Errors
/// When the order is their own, gone, not yet or no longer on offer.
pub fn accept(cx: &Cx<'_>, order: Option<Order>, _: AcceptOrder) -> Ruling {
    let runner = cx.principal.user().ok_or(Refusal::NotAPerson)?;
    let order = order.ok_or(Refusal::NotFound)?;
    if order.customer_id == runner {
        return Err(Refusal::OwnOrder);
    }
    match order.stage {
        Stage::Open { until } if cx.said_at > until => Err(Refusal::PastDeadline),
        Stage::Open { until } => {
            let order = order.become_(cx, Stage::Claimed { runner_id: runner, until });
            let claimed = OrderClaimed { about: order.about(cx), claimed_by: runner };
            Ok(Change::to(order).say(claimed))
        }
        Stage::Claimed { runner_id, .. }
        | Stage::UnderWay { runner_id, .. }
        | Stage::Delivered { runner_id, .. }
        | Stage::Completed { runner_id } => {
            if runner_id == runner {
                Ok(Change::none())
            } else {
                Err(Refusal::AlreadyTaken)
            }
        }
        Stage::Pending | Stage::ActionRequired { .. } => Err(Refusal::NotOnOffer),
        Stage::Cancelled { .. } => Err(Refusal::Closed),
    }
}

/// The runner may have it.
///
/// # Errors
/// When there is no such order.
pub fn assign(cx: &Cx<'_>, order: Option<Order>, approved: RunnerApproved) -> Reaction {
    let order = known(order)?;
    let Stage::Claimed { runner_id, .. } = order.stage else { return Ok(Change::none()) };
    if runner_id != approved.runner_id {
        return Ok(Change::none());
    }
    let deliver_by = cx.now + DELIVERY;
    let stage = Stage::UnderWay { runner_id, reached: None, deliver_by, overdue: false, waits_until: None };
    let order = order.become_(cx, stage);
    let accepted = OrderAccepted { about: order.about(cx), deliver_by };
    let deadline = DeliveryDeadline { order_id: order.id, due_at: deliver_by };
    Ok(Change::to(order).say(accepted).promise(deadline))
}

/// The runner may not have it: back on offer, with the same deadline. Compensates `accept`.
///
/// # Errors
/// When there is no such order.
pub fn reopen(cx: &Cx<'_>, order: Option<Order>, rejected: RunnerRejected) -> Reaction {
    let order = known(order)?;
    let Stage::Claimed { runner_id, until } = order.stage else { return Ok(Change::none()) };
    if runner_id != rejected.runner_id {
        return Ok(Change::none());
    }
    if until <= cx.now {
        return Ok(order.over(cx, CancelReason::Expired));
    }
    let reason = match rejected.problem {
        RunnerProblem::NoPayoutAccount => "no_payout_account",
        RunnerProblem::NotARunner => "not_a_runner",
        RunnerProblem::Unknown => "unknown_runner",
        RunnerProblem::Suspended => "suspended",
    };
    // Promised again, because the first tick may have come and gone while the runner was being checked.
    Ok(on_offer_again(cx, order, runner_id, reason, until))
}

/// The runner gives it back: on offer again, with a new deadline. Only as long as they have not bought it: then it is their
/// own money that they would walk away from.
///
/// # Errors
/// When they are not its runner, or it is too late.
pub fn withdraw(cx: &Cx<'_>, order: Option<Order>, _: WithdrawOrder) -> Ruling {
    let order = order.ok_or(Refusal::NotFound)?;
    let Some(runner) = order.runner().filter(|runner| cx.principal == Principal::User(*runner)) else {
        return Err(Refusal::NotTheRunner);
    };
    match order.stage {
        Stage::Claimed { .. } | Stage::UnderWay { reached: None, .. } => {
            Ok(on_offer_again(cx, order, runner, "withdrawn", cx.now + ACCEPTANCE))
        }
        Stage::UnderWay { reached: Some(_), .. } => Err(Refusal::AlreadyBought),
        Stage::Delivered { .. } | Stage::Completed { .. } => Err(Refusal::AlreadyDelivered),
        Stage::Cancelled { .. } => Err(Refusal::Closed),
        Stage::Pending | Stage::ActionRequired { .. } | Stage::Open { .. } => Err(Refusal::NotTheRunner),
    }
}

fn on_offer_again(cx: &Cx<'_>, order: Order, runner_id: UserId, reason: &str, until: Timestamp) -> Change<Order> {
    let mut order = order.become_(cx, Stage::Open { until });
    order.asked = None;
    let reopened = OrderReopened {
        about: order.about(cx),
        was_claimed_by: runner_id,
        reason: reason.to_owned(),
        until: Some(until),
    };
    let deadline = AcceptanceDeadline { order_id: order.id, due_at: until };
    Change::to(order).say(reopened).promise(deadline)
}
