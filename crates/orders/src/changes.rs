//! The runner asks, the customer answers: something else, or more than what is held. Silence is a no.

use chassis::{Change, Cx};
use contracts::orders::{
    AnswerChange, OrderChangeAgreed, OrderChangeProposed, OrderChangeRefused, OrderExcessAgreed, ProposeChange,
};
use contracts::payments::{ExcessAuthorized, ExcessDeclined};
use contracts::quote::Basis;
use contracts::timers::{ConsentDeadline, ConsentElapsed};
use contracts::{Cents, Principal, Text};
use jiff::SignedDuration;

use crate::delivering::its_runner;
use crate::order::{Answer, Asked, Order, Reaction, Ruling, Stage, known};
use crate::quote::{TOTAL_MAX, TOTAL_MIN};
use crate::refusal::Refusal;

/// How long a customer has to answer.
pub const CONSENT: SignedDuration = SignedDuration::from_mins(5);

/// The runner stands at the counter and asks.
///
/// # Errors
/// When they are not its runner, it is too late, or the last question is still open.
pub fn propose(cx: &Cx<'_>, order: Option<Order>, intent: ProposeChange) -> Ruling {
    let order = order.ok_or(Refusal::NotFound)?;
    its_runner(cx, &order)?;
    if order.basis == Basis::Catalogue {
        return Err(Refusal::NotThisBasis);
    }
    if let Some(Asked { items_cents, note, answer: Answer::Open { .. } | Answer::Securing, .. }) = &order.asked {
        let same = *items_cents == intent.items_cents && *note == intent.note;
        return if same { Ok(Change::none()) } else { Err(Refusal::ChangePending) };
    }
    ask(cx, order, intent.items_cents, intent.note)
}

/// Puts the question, if it is one that a customer can say yes to.
pub(crate) fn ask(cx: &Cx<'_>, mut order: Order, items_cents: Cents, note: Option<Text<200>>) -> Ruling {
    match order.stage {
        Stage::UnderWay { reached: None, .. } => {}
        Stage::Cancelled { .. } => return Err(Refusal::Closed),
        Stage::Pending
        | Stage::ActionRequired { .. }
        | Stage::Open { .. }
        | Stage::Claimed { .. }
        | Stage::UnderWay { reached: Some(_), .. }
        | Stage::Delivered { .. }
        | Stage::Completed { .. } => return Err(Refusal::WrongStep),
    }
    if items_cents < Cents(0) || items_cents > TOTAL_MAX {
        return Err(Refusal::ReceiptOutOfRange);
    }
    let excess_cents = (items_cents - order.spendable_cents()).max(Cents(0));
    // Stripe takes no smaller charge: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
    let excess_cents = if excess_cents > Cents(0) { excess_cents.max(Cents(50)) } else { excess_cents };
    let total = order.price.total_cents - order.price.items_cents + items_cents;
    if excess_cents > Cents(0) && order.excess_pending {
        return Err(Refusal::ChangePending);
    }
    // More is held once at most: whoever needs even more then asks an operator.
    let again = excess_cents > Cents(0) && order.excess_held_cents > Cents(0);
    if total > TOTAL_MAX || total < TOTAL_MIN || again {
        return Err(Refusal::ReceiptOutOfRange);
    }
    let until = cx.now + CONSENT;
    order.asked = Some(Asked { items_cents, excess_cents, note, answer: Answer::Open { until } });
    let proposed = OrderChangeProposed { about: order.about(cx), items_cents, excess_cents, until };
    let deadline = ConsentDeadline { order_id: order.id, due_at: until };
    Ok(Change::to(order).say(proposed).promise(deadline))
}

/// The customer answers. A yes to more than what is held is worth something only once the rest is held too.
///
/// # Errors
/// When it is not theirs, nobody asked, or it is too late.
pub fn answer(cx: &Cx<'_>, order: Option<Order>, intent: AnswerChange) -> Ruling {
    let order = order.ok_or(Refusal::NotFound)?;
    if cx.principal != Principal::User(order.customer_id) {
        return Err(if cx.principal.user() == order.runner() { Refusal::NotYourOrder } else { Refusal::NotFound });
    }
    if order.is_over() {
        return Err(Refusal::Closed);
    }
    let Some(asked) = order.asked.clone() else { return Err(Refusal::NoChangeAsked) };
    match (asked.answer, intent.agree) {
        (Answer::Open { until }, _) if cx.said_at > until => Err(Refusal::TooLate),
        (Answer::Open { .. }, false) => Ok(refuse(cx, order, "customer")),
        (Answer::Open { .. }, true) if asked.excess_cents > Cents(0) => {
            let mut order = answered(order, Answer::Securing);
            order.excess_pending = true;
            let agreed = OrderExcessAgreed {
                about: order.about(cx),
                excess_cents: asked.excess_cents,
                currency: order.price.currency,
            };
            Ok(Change::to(order).say(agreed))
        }
        (Answer::Open { .. }, true) => Ok(agree(cx, order, asked.items_cents)),
        (Answer::Securing | Answer::Agreed, true) | (Answer::Refused, false) => Ok(Change::none()),
        (Answer::Securing | Answer::Agreed, false) | (Answer::Refused, true) => Err(Refusal::NoChangeAsked),
    }
}

/// The rest is held: the runner may buy.
///
/// # Errors
/// When there is no such order.
pub fn allow_excess(cx: &Cx<'_>, order: Option<Order>, authorized: ExcessAuthorized) -> Reaction {
    let mut order = known(order)?;
    // It is held, whatever has become of the question: the next runner may spend it, and what is not spent is let go.
    order.excess_held_cents = order.excess_held_cents + authorized.excess_cents;
    order.excess_pending = false;
    match order.asked.clone() {
        Some(Asked { items_cents, answer: Answer::Securing, .. }) => Ok(agree(cx, order, items_cents)),
        Some(Asked { answer: Answer::Open { .. } | Answer::Agreed | Answer::Refused, .. }) | None => {
            Ok(Change::to(order))
        }
    }
}

/// The bank said no to the rest.
///
/// # Errors
/// When there is no such order.
pub fn refuse_excess(cx: &Cx<'_>, order: Option<Order>, _: ExcessDeclined) -> Reaction {
    let mut order = known(order)?;
    order.excess_pending = false;
    match &order.asked {
        Some(Asked { answer: Answer::Securing, .. }) => Ok(refuse(cx, order, "declined")),
        Some(Asked { answer: Answer::Open { .. } | Answer::Agreed | Answer::Refused, .. }) | None => {
            Ok(Change::to(order))
        }
    }
}

/// Silence is a no.
///
/// # Errors
/// When there is no such order.
pub fn refuse_unanswered(cx: &Cx<'_>, order: Option<Order>, elapsed: ConsentElapsed) -> Reaction {
    let order = known(order)?;
    let Some(Asked { answer: Answer::Open { until }, .. }) = order.asked else { return Ok(Change::none()) };
    if until > elapsed.due_at || order.is_over() {
        return Ok(Change::none());
    }
    Ok(refuse(cx, order, "silence"))
}

fn agree(cx: &Cx<'_>, order: Order, items_cents: Cents) -> Change<Order> {
    let order = answered(order, Answer::Agreed);
    let about = order.about(cx);
    Change::to(order).say(OrderChangeAgreed { about, items_cents })
}

fn refuse(cx: &Cx<'_>, order: Order, reason: &str) -> Change<Order> {
    let order = answered(order, Answer::Refused);
    let about = order.about(cx);
    Change::to(order).say(OrderChangeRefused { about, reason: reason.to_owned() })
}

fn answered(mut order: Order, answer: Answer) -> Order {
    if let Some(asked) = &mut order.asked {
        asked.answer = answer;
    }
    order
}
