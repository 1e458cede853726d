//! Refunds that staff ask for.

use std::sync::Arc;

use chassis::{Change, Cx, Fault};
use contracts::payments::{Bearer, RefundNote, RefundPayment, RefundRequested, SettlementRetried};
use contracts::{Cents, Principal};
use jiff::{SignedDuration, Timestamp};

use crate::facts::ripe;
use crate::give_back::{self, GivenBack, Plan, Terms, Unheard};
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
    if let Principal::Operator(id) | Principal::Finance(id) = &cx.principal
        && (payment.customer_id() == Some(*id) || payment.runner_id() == Some(*id))
    {
        // Whose own money it is asks a colleague.
        return Err(Refusal::NotAllowed);
    }
    if payment.refunding.as_ref().is_some_and(|refunding| cx.now < refunding.since + PATIENCE) {
        return Err(Refusal::BeingRefunded);
    }
    // Stripe refunds nothing of a disputed charge, and the runner's payout would be taken back for nothing.
    if payment.disputes.iter().any(|dispute| dispute.withdrawn_cents > Cents(0)) {
        return Err(Refusal::Disputed);
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
    let mut payment = payment;
    let RefundPayment { bearer, reason, .. } = asked;
    let (by, at, number) = (cx.principal.to_string(), cx.now, payment.tries.refunds + 1);
    payment.refund_notes.push(RefundNote { number, amount_cents, bearer, reason, by, at });
    Ok(requested(cx.now, payment, amount_cents, bearer))
}

fn requested(now: Timestamp, mut payment: Payment, amount_cents: Cents, bearer: Bearer) -> Change<Payment> {
    let order_id = payment.order_id;
    drop_request(&mut payment);
    payment.tries.refunds += 1;
    let number = payment.tries.refunds;
    let plan = Plan::of(&payment, amount_cents, bearer);
    // From now on, or a settlement in between would pay it to the runner all the same.
    payment.withheld_cents = payment.withheld_cents + plan.withheld_cents;
    payment.refunding = Some(Refunding { number, since: now, bearer, plan, set_aside: Vec::new() });
    payment.level(now);
    Change::to(payment).say(RefundRequested { order_id, amount_cents, bearer, number })
}

fn drop_request(payment: &mut Payment) {
    if let Some(abandoned) = payment.refunding.take() {
        payment.withhold_no_longer(abandoned.plan.withheld_cents);
    }
}

/// What became of a request.
#[derive(Clone, Debug)]
pub(crate) enum Giving {
    /// It is not the one that is under way.
    NotUnderWay,
    /// It was planned without this, which nobody had heard of: nothing was moved.
    Found(Unheard),
    /// It was carried out, as far as it went.
    Given(GivenBack),
}

pub(crate) async fn give_back(
    stripe: Arc<Stripe>,
    payment: Option<Payment>,
    requested: RefundRequested,
) -> Result<Giving, Fault> {
    let Some(payment) = payment else { return Ok(Giving::NotUnderWay) };
    let under_way = payment.refunding.as_ref().filter(|refunding| refunding.number == requested.number);
    let Some(Refunding { plan, bearer, .. }) = under_way else { return Ok(Giving::NotUnderWay) };
    // A request that was given up on may have taken something from the runner, whoever bears this one.
    if *bearer == Bearer::Runner || requested.number > 1 {
        let found = give_back::unheard(&stripe, &payment, requested.number).await?;
        if !found.is_nothing() {
            return Ok(Giving::Found(found));
        }
    }
    let label = requested.number.to_string();
    give_back::carry_out(&stripe, requested.order_id, plan, &label).await.map(Giving::Given)
}

pub(crate) fn record_refund(
    cx: &Cx<'_>,
    payment: Option<Payment>,
    requested: RefundRequested,
    giving: Giving,
) -> Result<Change<Payment>, Fault> {
    let under_way =
        |payment: &Payment| payment.refunding.as_ref().is_some_and(|refunding| refunding.number == requested.number);
    let Some(payment) = payment.filter(under_way) else { return Ok(Change::none()) };
    Ok(match giving {
        Giving::NotUnderWay => Change::none(),
        Giving::Found(found) => ripe(plan_again(cx.now, payment, &requested, found)),
        Giving::Given(given) => carried_out(cx.now, payment, &requested, &given),
    })
}

/// The same refund, asked for again now that the books are right: a plan that was begun is never changed.
fn plan_again(now: Timestamp, mut payment: Payment, asked: &RefundRequested, found: Unheard) -> Change<Payment> {
    // What was withheld had been paid already.
    drop_request(&mut payment);
    for sent in found.transfers {
        let _ = payment.now_found(now, sent);
    }
    for (transfer, reversal) in found.reversals {
        // Taken from the runner for a request that was given up on: it is not taken again.
        payment.taken_back_cents = payment.taken_back_cents + reversal.amount_cents;
        if !payment.now_reversed(now, &transfer, &reversal).is_new() {
            payment.taken_back_cents = payment.taken_back_cents - reversal.amount_cents;
        }
    }
    requested(now, payment, asked.amount_cents, asked.bearer)
}

fn carried_out(now: Timestamp, mut payment: Payment, asked: &RefundRequested, given: &GivenBack) -> Change<Payment> {
    let Some(Refunding { plan: Plan { withheld_cents, .. }, bearer, set_aside, .. }) = payment.refunding.take() else {
        return Change::none();
    };
    let withheld_cents = if given.is_whole() {
        withheld_cents
    } else {
        payment.withhold_no_longer(withheld_cents);
        Cents(0)
    };
    let told = give_back::record(now, &mut payment, given, &Terms { withheld_cents, set_aside, ..Terms::of(bearer) });
    payment.drop_settled_troubles();
    // A runner who gets nothing any more has nothing to wait for: the settlement can be brought to its end.
    let ends = withheld_cents > Cents(0) && payment.due_cents() == Cents(0) && payment.is_unsettled();
    // What the runner gave for nothing goes back to them, unless somebody tries again before that.
    let again = payment.promise_again(now);
    let change = told.say(Change::to(payment));
    let change = again.into_iter().fold(change, Change::promise);
    let retried = SettlementRetried { order_id: asked.order_id, account: None };
    if ends { change.say(retried) } else { change }
}
