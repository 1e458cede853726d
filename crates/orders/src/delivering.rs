//! From the counter to the customer's door.

use chassis::{Change, Cx};
use contracts::Principal;
use contracts::orders::{
    AdvanceOrder, ConfirmDelivery, OrderDelivered, OrderDeparted, OrderNoShow, OrderOverdue, OrderPurchased,
    OrderRunnerWaits, ReportArrival, Step,
};
use contracts::quote::Basis;
use contracts::timers::{DeliveryElapsed, NoShowDeadline, NoShowElapsed};
use contracts::{Cents, UserId};
use jiff::{SignedDuration, Timestamp};

use crate::changes;
use crate::order::{Answer, Order, Reaction, Ruling, Stage, known};
use crate::quote::{TOTAL_MAX, TOTAL_MIN};
use crate::refusal::Refusal;

/// How long a runner waits at the door before they may leave it there.
pub const NO_SHOW: SignedDuration = SignedDuration::from_mins(10);

/// Wrong PINs in a row that are forgiven, and the pause after them: guessing one of 10,000 takes weeks.
const PIN_TRIES: u32 = 5;
const PIN_PAUSE: SignedDuration = SignedDuration::from_mins(15);

/// The runner takes the next step.
///
/// # Errors
/// When somebody else is the runner, it is not the next step, the receipt is missing, or the PIN is wrong.
pub fn advance(cx: &Cx<'_>, order: Option<Order>, intent: AdvanceOrder) -> Ruling {
    let order = order.ok_or(Refusal::NotFound)?;
    let runner = its_runner(cx, &order)?;
    match order.stage {
        Stage::UnderWay { reached, .. } => {
            if reached == Some(intent.to) {
                return Ok(Change::none());
            }
            if next(reached) != Some(intent.to) {
                return Err(Refusal::WrongStep);
            }
            match intent.to {
                Step::Placed => buy(cx, order, &intent),
                Step::OnTheWay => {
                    let order = step(cx, order, &intent);
                    let about = order.about(cx);
                    Ok(Change::to(order).say(OrderDeparted { about }))
                }
                Step::Delivered => hand_over(cx, order, runner, &intent),
            }
        }
        Stage::Delivered { .. } | Stage::Completed { .. } if intent.to == Step::Delivered => {
            if intent.pin.as_deref() == Some(&order.pin) { Ok(Change::none()) } else { Err(Refusal::WrongPin) }
        }
        Stage::Delivered { .. } | Stage::Completed { .. } | Stage::Claimed { .. } => Err(Refusal::WrongStep),
        Stage::Cancelled { .. } => Err(Refusal::Closed),
        Stage::Pending | Stage::ActionRequired { .. } | Stage::Open { .. } => Err(Refusal::NotTheRunner),
    }
}

/// The principal, if they are this order's runner.
pub(crate) fn its_runner(cx: &Cx<'_>, order: &Order) -> Result<UserId, Refusal> {
    match order.runner() {
        Some(runner) if cx.principal == Principal::User(runner) => Ok(runner),
        None if order.is_over() => Err(Refusal::Closed),
        Some(_) | None => Err(Refusal::NotTheRunner),
    }
}

/// At the counter. What an errand costs is known only now; if it is more than what is held, the customer is asked instead.
fn buy(cx: &Cx<'_>, order: Order, intent: &AdvanceOrder) -> Ruling {
    if matches!(&order.asked, Some(asked) if matches!(asked.answer, Answer::Open { .. } | Answer::Securing)) {
        return Err(Refusal::ChangePending);
    }
    let receipt = match order.basis {
        Basis::Catalogue => None,
        Basis::Errand => Some(intent.receipt_cents.ok_or(Refusal::ReceiptRequired)?),
    };
    if receipt.is_some_and(|receipt| receipt < Cents(0) || receipt > TOTAL_MAX) {
        return Err(Refusal::ReceiptOutOfRange);
    }
    if let Some(receipt) = receipt.filter(|receipt| *receipt > order.spendable_cents()) {
        return changes::ask(cx, order, receipt, None);
    }
    let mut order = order;
    order.receipt_cents = receipt;
    // What Stripe would not charge cannot be delivered.
    if order.final_cents() < TOTAL_MIN {
        return Err(Refusal::ReceiptOutOfRange);
    }
    let order = step(cx, order, intent);
    let about = order.about(cx);
    Ok(Change::to(order).say(OrderPurchased { about }))
}

fn step(cx: &Cx<'_>, mut order: Order, intent: &AdvanceOrder) -> Order {
    if let Stage::UnderWay { reached, .. } = &mut order.stage {
        *reached = Some(intent.to);
    }
    let stage = order.stage.clone();
    order.become_(cx, stage).done_at(intent.occurred_at)
}

fn hand_over(cx: &Cx<'_>, mut order: Order, runner_id: UserId, intent: &AdvanceOrder) -> Ruling {
    let Some(pin) = intent.pin.as_deref() else {
        // Nobody opened, and the runner has waited long enough: it may be left there.
        let waited = matches!(order.stage, Stage::UnderWay { waits_until: Some(until), .. } if until <= cx.now);
        return if waited {
            Ok(delivered(cx, order, runner_id, intent.occurred_at))
        } else {
            Err(Refusal::PinRequired)
        };
    };
    if order.pins_from.is_some_and(|from| cx.now < from) {
        return Err(Refusal::PinLocked);
    }
    if pin != order.pin {
        order.wrong_pins += 1;
        if order.wrong_pins == PIN_TRIES {
            order.wrong_pins = 0;
            order.pins_from = Some(cx.now + PIN_PAUSE);
        }
        return Ok(Change::to(order).but(&Refusal::WrongPin));
    }
    Ok(delivered(cx, order, runner_id, intent.occurred_at))
}

fn delivered(cx: &Cx<'_>, order: Order, runner_id: UserId, occurred_at: Option<Timestamp>) -> Change<Order> {
    let order = order.become_(cx, Stage::Delivered { runner_id, problem: None }).done_at(occurred_at);
    let total_cents = order.final_cents();
    let delivered = OrderDelivered {
        about: order.about(cx),
        delivered_by: runner_id,
        total_cents,
        payout_cents: total_cents - order.price.platform_fee_cents,
        currency: order.price.currency,
    };
    Change::to(order).say(delivered)
}

/// The step after this one.
pub(crate) fn next(reached: Option<Step>) -> Option<Step> {
    match reached {
        None => Some(Step::Placed),
        Some(Step::Placed) => Some(Step::OnTheWay),
        Some(Step::OnTheWay) => Some(Step::Delivered),
        Some(Step::Delivered) => None,
    }
}

/// The customer says themselves that they have it.
///
/// # Errors
/// When it is not theirs, or not on its way.
pub fn confirm(cx: &Cx<'_>, order: Option<Order>, _: ConfirmDelivery) -> Ruling {
    let order = order.ok_or(Refusal::NotFound)?;
    if cx.principal != Principal::User(order.customer_id) {
        return Err(if cx.principal.user() == order.runner() { Refusal::NotYourOrder } else { Refusal::NotFound });
    }
    match order.stage {
        Stage::UnderWay { runner_id, reached: Some(_), .. } => Ok(delivered(cx, order, runner_id, None)),
        Stage::Delivered { .. } | Stage::Completed { .. } => Ok(Change::none()),
        Stage::Cancelled { .. } => Err(Refusal::Closed),
        Stage::Pending
        | Stage::ActionRequired { .. }
        | Stage::Open { .. }
        | Stage::Claimed { .. }
        | Stage::UnderWay { reached: None, .. } => Err(Refusal::WrongStep),
    }
}

/// The runner is at the door, and nobody opens: they wait a while.
///
/// # Errors
/// When they are not its runner, or it is not on its way.
pub fn arrive(cx: &Cx<'_>, order: Option<Order>, _: ReportArrival) -> Ruling {
    let mut order = order.ok_or(Refusal::NotFound)?;
    its_runner(cx, &order)?;
    let Stage::UnderWay { reached: Some(Step::OnTheWay), waits_until, .. } = &mut order.stage else {
        return Err(if order.is_over() { Refusal::Closed } else { Refusal::WrongStep });
    };
    if waits_until.is_some() {
        return Ok(Change::none());
    }
    let until = cx.now + NO_SHOW;
    *waits_until = Some(until);
    let waits = OrderRunnerWaits { about: order.about(cx), until };
    let deadline = NoShowDeadline { order_id: order.id, due_at: until };
    Ok(Change::to(order).say(waits).promise(deadline))
}

/// The runner has waited long enough.
///
/// # Errors
/// When there is no such order.
pub fn flag_no_show(cx: &Cx<'_>, order: Option<Order>, _: NoShowElapsed) -> Reaction {
    let order = known(order)?;
    let Stage::UnderWay { waits_until: Some(_), .. } = order.stage else { return Ok(Change::none()) };
    Ok(Change::none().say(OrderNoShow { about: order.about_unchanged(cx) }))
}

/// The delivery deadline has come: if it is not there yet, it is late, and the customer may call it off.
///
/// # Errors
/// When there is no such order.
pub fn flag_late(cx: &Cx<'_>, order: Option<Order>, elapsed: DeliveryElapsed) -> Reaction {
    let mut order = known(order)?;
    let Stage::UnderWay { deliver_by, overdue, .. } = &mut order.stage else { return Ok(Change::none()) };
    if *overdue || *deliver_by > elapsed.due_at {
        return Ok(Change::none());
    }
    *overdue = true;
    let about = order.about(cx);
    Ok(Change::to(order).say(OrderOverdue { about }))
}
