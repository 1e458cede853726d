//! Refunds that staff ask for.

use std::sync::Arc;

use chassis::{Change, Cx, Fault};
use contracts::payments::{RefundPayment, RefundRequested, SettlementRetried};
use contracts::{Cents, Principal};
use jiff::{SignedDuration, Timestamp};

use crate::give_back::{self, GivenBack, Plan};
use crate::payment::{Payment, Refunding};
use crate::refusal::Refusal;
use crate::stripe::Stripe;

/// A refund that is under way for longer was given up on, and what became of it Stripe's webhooks have told: staff may ask
/// again. The one that was given up on does nothing any more, should it be handled again.
const PATIENCE: SignedDuration = SignedDuration::from_hours(1);

/// Settles what a refund takes, so that it is carried out as it was asked for.
pub(crate) fn refund(cx: &Cx<'_>, payment: Option<Payment>, asked: RefundPayment) -> Result<Change<Payment>, Refusal> {
    match &cx.principal {
        Principal::Operator(_) | Principal::Finance(_) => {}
        Principal::User(_) | Principal::System(_) => return Err(Refusal::NotAllowed),
    }
    let Some(payment) = payment.filter(|payment| payment.captured_cents() > Cents(0)) else {
        return Err(Refusal::NothingToRefund);
    };
    if payment.refunding.as_ref().is_some_and(|refunding| cx.now < refunding.since + PATIENCE) {
        return Err(Refusal::BeingRefunded);
    }
    let left_cents = payment.captured_cents() - payment.refunded_cents();
    if left_cents <= Cents(0) {
        return Err(Refusal::AlreadyRefunded);
    }
    let amount_cents = asked.amount_cents.unwrap_or(left_cents);
    if amount_cents <= Cents(0) {
        return Err(Refusal::NothingToRefund);
    }
    if amount_cents > left_cents {
        return Err(Refusal::RefundTooLarge);
    }
    Ok(requested(cx.now, payment, amount_cents, asked))
}

fn requested(now: Timestamp, mut payment: Payment, amount_cents: Cents, asked: RefundPayment) -> Change<Payment> {
    let (order_id, bearer) = (payment.order_id, asked.bearer);
    payment.tries.refunds += 1;
    let number = payment.tries.refunds;
    let plan = Plan::of(&payment, amount_cents, bearer);
    payment.refunding = Some(Refunding { number, since: now, bearer, plan });
    Change::to(payment).say(RefundRequested { order_id, amount_cents, bearer, number })
}

/// Nothing when the request is not the one that is under way.
pub(crate) async fn give_back(
    stripe: Arc<Stripe>,
    payment: Option<Payment>,
    requested: RefundRequested,
) -> Result<Option<GivenBack>, Fault> {
    let refunding = payment.and_then(|payment| payment.refunding);
    let Some(refunding) = refunding.filter(|refunding| refunding.number == requested.number) else { return Ok(None) };
    let label = requested.number.to_string();
    give_back::carry_out(&stripe, requested.order_id, &refunding.plan, &label).await.map(Some)
}

pub(crate) fn record_refund(
    cx: &Cx<'_>,
    payment: Option<Payment>,
    requested: RefundRequested,
    given: Option<GivenBack>,
) -> Result<Change<Payment>, Fault> {
    let (Some(mut payment), Some(given)) = (payment, given) else { return Ok(Change::none()) };
    let Some(refunding) = payment.refunding.take().filter(|refunding| refunding.number == requested.number) else {
        return Ok(Change::none());
    };
    let withheld_cents = if given.is_whole() { refunding.plan.withheld_cents } else { Cents(0) };
    payment.withheld_cents = payment.withheld_cents + withheld_cents;
    let told = give_back::record(cx.now, &mut payment, &given, withheld_cents);
    payment.drop_settled_troubles();
    // A runner who gets nothing any more has nothing to wait for: the settlement can be brought to its end.
    let ends = withheld_cents > Cents(0) && payment.due_cents() == Cents(0) && payment.is_unsettled();
    let change = told.say(Change::to(payment));
    let retried = SettlementRetried { order_id: requested.order_id, account: None };
    Ok(if ends { change.say(retried) } else { change })
}
