//! How an order ends: called off, lost, or paid for.

use chassis::{Change, Cx};
use contracts::Principal;
use contracts::orders::{CancelOrder, CancelReason, OrderCompleted, OrderLateHold};
use contracts::payments::{CaptureFailed, HoldLapsing, HoldLost, PayoutHeld, PayoutSent};
use contracts::users::PayeeUnavailable;

use crate::order::{Order, Reaction, Ruling, Stage, known};
use crate::policy::{self, Actor, Decision};
use crate::refusal::Refusal;

/// Somebody calls it off: by the policy.
///
/// # Errors
/// When the policy says no, or an operator is a party of the order.
pub fn cancel(cx: &Cx<'_>, order: Option<Order>, intent: CancelOrder) -> Ruling {
    let mut order = order.ok_or(Refusal::NotFound)?;
    let actor = match &cx.principal {
        // Nobody decides about their own order in their office.
        Principal::Operator(id) if order.is_party(*id) => return Err(Refusal::NotAllowed),
        Principal::Operator(_) => Actor::Operator,
        Principal::User(id) if *id == order.customer_id => Actor::Customer,
        Principal::User(id) if Some(*id) == order.runner() => Actor::Runner,
        Principal::User(_) => return Err(Refusal::NotFound),
        Principal::Finance(_) | Principal::System(_) => return Err(Refusal::NotAllowed),
    };
    match policy::decide(actor, &order) {
        Decision::Allowed(reason, _) => {
            order.cancel_note = intent.note;
            Ok(order.over(cx, reason))
        }
        Decision::Over => Ok(Change::none()),
        Decision::Refused(refusal) => Err(refusal),
    }
}

/// The hold is gone, and nobody here wanted that. Before the runner has bought the food the order ends; after that somebody
/// has to find out who pays.
///
/// # Errors
/// When there is no such order.
pub fn end_unheld(cx: &Cx<'_>, order: Option<Order>, _: HoldLost) -> Reaction {
    let mut order = known(order)?;
    match order.stage {
        Stage::Pending
        | Stage::ActionRequired { .. }
        | Stage::Open { .. }
        | Stage::Claimed { .. }
        | Stage::UnderWay { reached: None, .. } => Ok(order.over(cx, CancelReason::PaymentDeclined)),
        Stage::UnderWay { reached: Some(_), .. } => {
            order.unheld_since = Some(cx.now);
            Ok(Change::to(order))
        }
        Stage::Delivered { .. } | Stage::Completed { .. } | Stage::Cancelled { .. } => Ok(Change::none()),
    }
}

/// After six days nobody brings it any more: it ends before the bank lets go of the money by itself.
///
/// # Errors
/// When there is no such order.
pub fn end_stale(cx: &Cx<'_>, order: Option<Order>, _: HoldLapsing) -> Reaction {
    let order = known(order)?;
    match order.stage {
        Stage::Pending | Stage::ActionRequired { .. } => Ok(order.over(cx, CancelReason::ActionTimedOut)),
        Stage::Open { .. } | Stage::Claimed { .. } => Ok(order.over(cx, CancelReason::Expired)),
        Stage::UnderWay { .. } => Ok(order.over(cx, CancelReason::RunnerFailed)),
        // It is over, and yet something is held: letting it go did not work the first time.
        Stage::Cancelled { .. } => Ok(Change::none().say(OrderLateHold { about: order.about_unchanged(cx) })),
        Stage::Delivered { .. } | Stage::Completed { .. } => Ok(Change::none()),
    }
}

/// The runner has been paid: done.
///
/// # Errors
/// When there is no such order.
pub fn complete(cx: &Cx<'_>, order: Option<Order>, _: PayoutSent) -> Reaction {
    let order = known(order)?;
    let Stage::Delivered { runner_id, .. } = order.stage else { return Ok(Change::none()) };
    let order = order.become_(cx, Stage::Completed { runner_id });
    let about = order.about(cx);
    Ok(Change::to(order).say(OrderCompleted { about }))
}

/// The hold could not be taken yet.
///
/// # Errors
/// When there is no such order.
pub fn await_payment(_: &Cx<'_>, order: Option<Order>, _: CaptureFailed) -> Reaction {
    // Stripe's own words are for operators, who find them among their tasks.
    Ok(waiting_because(known(order)?, "The payment could not be taken yet; it is being looked after.".to_owned()))
}

/// The runner could not be paid yet.
///
/// # Errors
/// When there is no such order.
pub fn await_payout(_: &Cx<'_>, order: Option<Order>, _: PayoutHeld) -> Reaction {
    Ok(waiting_because(known(order)?, "The runner could not be paid yet; it is being looked after.".to_owned()))
}

/// The runner has no account to be paid on.
///
/// # Errors
/// When there is no such order.
pub fn await_payee(_: &Cx<'_>, order: Option<Order>, _: PayeeUnavailable) -> Reaction {
    Ok(waiting_because(known(order)?, "The runner has no payout account yet.".to_owned()))
}

fn waiting_because(mut order: Order, sentence: String) -> Change<Order> {
    let Stage::Delivered { problem, .. } = &mut order.stage else { return Change::none() };
    if problem.as_ref() == Some(&sentence) {
        return Change::none();
    }
    *problem = Some(sentence);
    Change::to(order)
}
