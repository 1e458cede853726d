//! Words about an order, during and after: problems, ratings, a tip. None of them moves its stage.

use chassis::{Change, Cx};
use contracts::orders::{
    OrderProblemReported, OrderProblemResolved, OrderRated, OrderTipAgreed, RateOrder, ReportProblem, ResolveProblem,
    TipOrder,
};
use contracts::payments::{TipDeclined, TipPaid};
use contracts::{Cents, Principal, UserId};
use jiff::SignedDuration;

use crate::order::{Order, Rating, Reaction, Report, Ruling, Stage, Tip, known};
use crate::refusal::Refusal;

/// Stripe's smallest charge: <https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>.
const TIP_MIN: Cents = Cents(50);
const TIP_MAX: Cents = Cents(10_000);
/// How long after the delivery a tip can be given: as long as the customer's card is surely the one they meant.
pub const TIP_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// One side of the order wants an operator to look at it.
///
/// # Errors
/// When they have no part in it, or have an open report already.
pub fn report_problem(cx: &Cx<'_>, order: Option<Order>, intent: ReportProblem) -> Ruling {
    let mut order = order.ok_or(Refusal::NotFound)?;
    let by = party(cx, &order)?;
    let open = order.reports.iter().find(|report| report.by == by && report.resolved.is_none());
    if let Some(open) = open {
        let same = open.kind == intent.kind && open.text == intent.text;
        return if same { Ok(Change::none()) } else { Err(Refusal::AlreadyReported) };
    }
    let ReportProblem { kind, text, .. } = intent;
    order.reports.push(Report { by, kind, text, at: cx.now, resolved: None });
    let reported = OrderProblemReported { about: order.about(cx), by, kind };
    Ok(Change::to(order).say(reported))
}

/// An operator has settled it: all that is open.
///
/// # Errors
/// When nothing is open, or they are no operator.
pub fn resolve_problem(cx: &Cx<'_>, order: Option<Order>, intent: ResolveProblem) -> Ruling {
    match cx.principal {
        Principal::Operator(_) | Principal::Finance(_) => {}
        Principal::User(_) | Principal::System(_) => return Err(Refusal::NotAllowed),
    }
    let mut order = order.ok_or(Refusal::NotFound)?;
    if matches!(cx.principal, Principal::Operator(id) | Principal::Finance(id) if order.is_party(id)) {
        return Err(Refusal::NotAllowed);
    }
    let mut open = order.reports.iter_mut().filter(|report| report.resolved.is_none()).peekable();
    if open.peek().is_none() && order.unheld_since.is_none() {
        return Err(Refusal::NoSuchProblem);
    }
    open.for_each(|report| report.resolved = Some(intent.note.clone()));
    order.unheld_since = None;
    let about = order.about(cx);
    Ok(Change::to(order).say(OrderProblemResolved { about }))
}

/// One side says how the other one was.
///
/// # Errors
/// When it is not delivered, or they have rated already.
pub fn rate(cx: &Cx<'_>, order: Option<Order>, intent: RateOrder) -> Ruling {
    let mut order = order.ok_or(Refusal::NotFound)?;
    let by = party(cx, &order)?;
    let (Stage::Delivered { runner_id, .. } | Stage::Completed { runner_id }) = order.stage else {
        return Err(Refusal::NotDelivered);
    };
    if !(1..=5).contains(&intent.stars) {
        return Err(Refusal::StarsOutOfRange);
    }
    if let Some(rating) = order.ratings.iter().find(|rating| rating.by == by) {
        return if rating.stars == intent.stars { Ok(Change::none()) } else { Err(Refusal::AlreadyRated) };
    }
    let of = if by == order.customer_id { runner_id } else { order.customer_id };
    let RateOrder { stars, comment, .. } = intent;
    order.ratings.push(Rating { by, of, stars, comment });
    let rated = OrderRated { about: order.about(cx), by, of, stars };
    Ok(Change::to(order).say(rated))
}

/// The customer gives something on top.
///
/// # Errors
/// When it is not theirs, not settled, too late, too little or too much, or they have tipped already.
pub fn tip(cx: &Cx<'_>, order: Option<Order>, intent: TipOrder) -> Ruling {
    let mut order = order.ok_or(Refusal::NotFound)?;
    if party(cx, &order)? != order.customer_id {
        return Err(Refusal::NotYourOrder);
    }
    let Stage::Completed { runner_id } = order.stage else { return Err(Refusal::NotDelivered) };
    // A tip that the bank refused was none: the customer may try again, with another card for example.
    if let Some(tip) = order.tip.filter(|tip| tip.paid != Some(false)) {
        return if tip.cents == intent.tip_cents { Ok(Change::none()) } else { Err(Refusal::AlreadyTipped) };
    }
    if !(TIP_MIN..=TIP_MAX).contains(&intent.tip_cents) {
        return Err(Refusal::TipOutOfRange);
    }
    if order.timeline.last().is_some_and(|moment| cx.said_at > moment.at + TIP_WITHIN) {
        return Err(Refusal::TooLate);
    }
    order.tip = Some(Tip { cents: intent.tip_cents, paid: None });
    let agreed = OrderTipAgreed {
        about: order.about(cx),
        tipped: runner_id,
        tip_cents: intent.tip_cents,
        currency: order.price.currency,
    };
    Ok(Change::to(order).say(agreed))
}

/// The tip is with the runner.
///
/// # Errors
/// When there is no such order.
pub fn note_tip(_: &Cx<'_>, order: Option<Order>, _: TipPaid) -> Reaction {
    Ok(tipped(known(order)?, true))
}

/// The tip could not be charged.
///
/// # Errors
/// When there is no such order.
pub fn note_declined_tip(_: &Cx<'_>, order: Option<Order>, _: TipDeclined) -> Reaction {
    Ok(tipped(known(order)?, false))
}

fn tipped(mut order: Order, paid: bool) -> Change<Order> {
    let Some(tip) = &mut order.tip else { return Change::none() };
    tip.paid = Some(paid);
    Change::to(order)
}

/// The principal, if they are customer or runner of this order.
fn party(cx: &Cx<'_>, order: &Order) -> Result<UserId, Refusal> {
    let user = cx.principal.user().ok_or(Refusal::NotAPerson)?;
    if order.is_party(user) { Ok(user) } else { Err(Refusal::NotFound) }
}
