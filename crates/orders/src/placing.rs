//! From a quote to an order on offer: is the money there?

use chassis::{Change, Cx};
use contracts::Cents;
use contracts::orders::{
    CancelReason, Moment, OrderActionRequired, OrderLateHold, OrderOpened, OrderPlaced, PlaceOrder, Status,
};
use contracts::payments::{PaymentActionRequired, PaymentAuthorized, PaymentDeclined};
use contracts::quote::Quote;
use contracts::timers::{AcceptanceDeadline, AcceptanceElapsed, ActionDeadline, ActionElapsed};
use contracts::users::{PayerProblem, PayerUnavailable};
use jiff::SignedDuration;

use crate::order::{Order, Reaction, Ruling, Stage, known};
use crate::quote;
use crate::refusal::Refusal;

/// How long an order is on offer.
pub const ACCEPTANCE: SignedDuration = SignedDuration::from_mins(30);
/// How long a payment may take to be secured, and a customer to answer their bank.
pub const ACTION: SignedDuration = SignedDuration::from_mins(10);

/// Stores an order on the server's own quote.
///
/// # Errors
/// When the quote is not ours, not theirs, or was too old when they asked.
pub fn place(cx: &Cx<'_>, order: Option<Order>, intent: PlaceOrder) -> Ruling {
    let customer = cx.principal.user().ok_or(Refusal::NotAPerson)?;
    let quote: Quote = cx.sealer.open(quote::SEAL, &intent.quote.0).map_err(|_| Refusal::BadQuote)?;
    if quote.customer_id != customer {
        return Err(Refusal::NotYourQuote);
    }
    if let Some(order) = order {
        return if order.customer_id == customer { Ok(Change::none()) } else { Err(Refusal::NotFound) };
    }
    // By when they asked, not by when we got to it: an order that waited out an outage is still an order.
    if cx.said_at > quote.valid_until {
        return Err(Refusal::QuoteExpired);
    }
    let order = Order {
        id: intent.order_id,
        customer_id: customer,
        store: quote.store,
        deliver_to: quote.deliver_to,
        lines: quote.lines,
        price: quote.price,
        basis: quote.basis,
        receipt_cents: None,
        excess_held_cents: Cents(0),
        excess_pending: false,
        asked: None,
        pin: cx.sealer.pin("handover", &intent.order_id.to_string()),
        wrong_pins: 0,
        pins_from: None,
        unheld_since: None,
        cancel_note: None,
        reports: Vec::new(),
        ratings: Vec::new(),
        tip: None,
        stage: Stage::Pending,
        timeline: vec![Moment { status: Status::Pending, at: cx.now, occurred_at: None }],
    };
    let placed =
        OrderPlaced { about: order.about(cx), total_cents: order.price.hold_cents(), currency: order.price.currency };
    // Nobody waits for ever for a payment to be secured: not even if whoever should do it is away.
    let deadline = ActionDeadline { order_id: order.id, due_at: cx.now + ACTION };
    Ok(Change::to(order).say(placed).promise(deadline))
}

/// The bank wants the customer: they have a while. If the order was over already, whatever the bank holds is given back.
///
/// # Errors
/// When there is no such order.
pub fn await_customer(cx: &Cx<'_>, order: Option<Order>, _: PaymentActionRequired) -> Reaction {
    let order = known(order)?;
    match order.stage {
        Stage::Pending => {
            let until = cx.now + ACTION;
            let order = order.become_(cx, Stage::ActionRequired { until });
            let required = OrderActionRequired { about: order.about(cx), until };
            let deadline = ActionDeadline { order_id: order.id, due_at: until };
            Ok(Change::to(order).say(required).promise(deadline))
        }
        Stage::Cancelled { .. } => Ok(Change::none().say(OrderLateHold { about: order.about_unchanged(cx) })),
        Stage::ActionRequired { .. }
        | Stage::Open { .. }
        | Stage::Claimed { .. }
        | Stage::UnderWay { .. }
        | Stage::Delivered { .. }
        | Stage::Completed { .. } => Ok(Change::none()),
    }
}

/// The money is held: on offer. If the order was over already, the hold is given back.
///
/// # Errors
/// When there is no such order.
pub fn open_paid(cx: &Cx<'_>, order: Option<Order>, _: PaymentAuthorized) -> Reaction {
    let order = known(order)?;
    match order.stage {
        Stage::Pending | Stage::ActionRequired { .. } => {
            let until = cx.now + ACCEPTANCE;
            let order = order.become_(cx, Stage::Open { until });
            let opened = OrderOpened { about: order.about(cx), until };
            let deadline = AcceptanceDeadline { order_id: order.id, due_at: until };
            Ok(Change::to(order).say(opened).promise(deadline))
        }
        Stage::Cancelled { .. } => Ok(Change::none().say(OrderLateHold { about: order.about_unchanged(cx) })),
        Stage::Open { .. }
        | Stage::Claimed { .. }
        | Stage::UnderWay { .. }
        | Stage::Delivered { .. }
        | Stage::Completed { .. } => Ok(Change::none()),
    }
}

/// The bank said no.
///
/// # Errors
/// When there is no such order.
pub fn cancel_unpaid(cx: &Cx<'_>, order: Option<Order>, _: PaymentDeclined) -> Reaction {
    cancel_before_offer(cx, known(order)?, CancelReason::PaymentDeclined)
}

/// The customer has no way to pay, or may not.
///
/// # Errors
/// When there is no such order.
pub fn cancel_unpayable(cx: &Cx<'_>, order: Option<Order>, unavailable: PayerUnavailable) -> Reaction {
    let reason = match unavailable.problem {
        PayerProblem::NoPaymentMethod | PayerProblem::Unknown => CancelReason::NoPaymentMethod,
        PayerProblem::Suspended | PayerProblem::NotACustomer => CancelReason::Operator,
    };
    cancel_before_offer(cx, known(order)?, reason)
}

fn cancel_before_offer(cx: &Cx<'_>, order: Order, reason: CancelReason) -> Reaction {
    match order.stage {
        Stage::Pending | Stage::ActionRequired { .. } => Ok(order.over(cx, reason)),
        Stage::Open { .. }
        | Stage::Claimed { .. }
        | Stage::UnderWay { .. }
        | Stage::Delivered { .. }
        | Stage::Completed { .. }
        | Stage::Cancelled { .. } => Ok(Change::none()),
    }
}

/// The customer did not answer their bank in time, or nobody could ask the bank at all.
///
/// # Errors
/// When there is no such order.
pub fn time_out_action(cx: &Cx<'_>, order: Option<Order>, elapsed: ActionElapsed) -> Reaction {
    let order = known(order)?;
    match order.stage {
        Stage::Pending => Ok(order.over(cx, CancelReason::PaymentDeclined)),
        Stage::ActionRequired { until } if until <= elapsed.due_at => Ok(order.over(cx, CancelReason::ActionTimedOut)),
        Stage::ActionRequired { .. }
        | Stage::Open { .. }
        | Stage::Claimed { .. }
        | Stage::UnderWay { .. }
        | Stage::Delivered { .. }
        | Stage::Completed { .. }
        | Stage::Cancelled { .. } => Ok(Change::none()),
    }
}

/// The acceptance deadline has come. Only an order that is still on that very offer expires.
///
/// # Errors
/// When there is no such order.
pub fn expire(cx: &Cx<'_>, order: Option<Order>, elapsed: AcceptanceElapsed) -> Reaction {
    let order = known(order)?;
    // While a runner is being checked nothing expires: if they are refused, `reopen` sees that the time is over.
    let Stage::Open { until } = order.stage else { return Ok(Change::none()) };
    if until > elapsed.due_at {
        return Ok(Change::none());
    }
    Ok(order.over(cx, CancelReason::Expired))
}
