//! Securing an order's money before anybody sets out for it.

use std::sync::Arc;

use chassis::{Change, Cx, Fault};
use contracts::orders::OrderExcessAgreed;
use contracts::payments::{
    ExcessAuthorized, ExcessDeclined, PaymentActionRequired, PaymentAuthorized, PaymentDeclined,
};
use contracts::timers::HoldDeadline;
use contracts::users::PayerResolved;
use contracts::{Cents, OrderId};
use jiff::{SignedDuration, Timestamp};

use crate::Private;
use crate::facts::ripe;
use crate::fault::{fault, no_or_fault};
use crate::payment::{Hold, No, Payer, Payment, Stage, Standing};
use crate::stripe::{CallError, HoldOutcome, Stripe, Take};

/// Stripe lets go of a hold after 7 days (<https://docs.stripe.com/payments/place-a-hold-on-a-payment-method>).
pub(crate) const HOLD: SignedDuration = SignedDuration::from_hours(6 * 24);

/// What asking for a hold brought.
#[derive(Clone, Debug)]
pub(crate) enum Holding {
    NotNeeded,
    Held { payment_intent: String },
    ActionRequired { payment_intent: String, url: Private },
    Declined(No),
}

pub(crate) async fn authorize(
    stripe: Arc<Stripe>,
    payment: Option<Payment>,
    payer: PayerResolved,
) -> Result<Holding, Fault> {
    let order_id = payer.order_id;
    let take = Take { order_id, amount_cents: payer.total_cents, currency: payer.currency, card: payer.card };
    match payment {
        None => ask(&stripe, &take).await,
        Some(payment) if payment.stage() != Stage::Void => Ok(Holding::NotNeeded),
        Some(payment) if payment.over_since.is_none() => ask(&stripe, &take).await,
        Some(_) => {
            // Over already. But an earlier try may have held the money and died before it could say so: the same key finds
            // that hold, or makes one, and either way it is given back.
            let holding = ask(&stripe, &take).await?;
            if let Holding::Held { payment_intent } | Holding::ActionRequired { payment_intent, .. } = &holding
                && no_or_fault(stripe.release(payment_intent, &release_key(order_id, payment_intent)).await)?.is_err()
            {
                // Stripe does not let go of it. Written down, it is a late hold, which is tried again and then a task.
                return Ok(holding);
            }
            Ok(Holding::NotNeeded)
        }
    }
}

async fn ask(stripe: &Stripe, take: &Take) -> Result<Holding, Fault> {
    let order_id = take.order_id;
    match stripe.hold(take, &format!("{order_id}:hold")).await {
        Ok(HoldOutcome::Held { payment_intent }) => Ok(Holding::Held { payment_intent }),
        Ok(HoldOutcome::ActionRequired { payment_intent, url: Some(url) }) => {
            Ok(Holding::ActionRequired { payment_intent, url })
        }
        Ok(HoldOutcome::ActionRequired { payment_intent, url: None }) => {
            // Nowhere to send the customer to: the PaymentIntent must not stay open (predecessor.md B18).
            let_go(stripe, order_id, &payment_intent).await?;
            Ok(Holding::Declined(unanswerable()))
        }
        Ok(HoldOutcome::Odd { payment_intent, code, message }) => {
            let_go(stripe, order_id, &payment_intent).await?;
            Ok(Holding::Declined(No { code, message }))
        }
        Ok(HoldOutcome::Declined { code, message }) | Err(CallError::Refused { code, message }) => {
            Ok(Holding::Declined(No { code, message }))
        }
        Err(error @ CallError::TryAgain(_)) => Err(fault(error)),
    }
}

async fn let_go(stripe: &Stripe, order_id: OrderId, payment_intent: &str) -> Result<(), Fault> {
    stripe.release(payment_intent, &release_key(order_id, payment_intent)).await.map_err(fault)
}

pub(crate) fn release_key(order_id: OrderId, payment_intent: &str) -> String {
    format!("{order_id}:release:{payment_intent}")
}

fn unanswerable() -> No {
    No {
        code: "authentication_required".to_owned(),
        message: "Your bank wants to check this payment with you, but offers no way to do so.".to_owned(),
    }
}

pub(crate) fn record_hold(
    cx: &Cx<'_>,
    payment: Option<Payment>,
    payer: PayerResolved,
    holding: Holding,
) -> Result<Change<Payment>, Fault> {
    let PayerResolved { order_id, customer_id, card, total_cents: amount_cents, currency } = payer;
    let mut payment = payment.unwrap_or_else(|| Payment::new(order_id, currency));
    // What Stripe told before the payer was known did not say in which currency.
    payment.currency = currency;
    payment.payer = Some(Payer { customer_id, card });
    Ok(ripe(match holding {
        Holding::NotNeeded => Change::none(),
        Holding::Held { payment_intent } => {
            payment.add_hold(cx.now, Hold { payment_intent, amount_cents, standing: Standing::Held });
            authorized(cx.now, payment, amount_cents)
        }
        Holding::ActionRequired { payment_intent, url } => {
            payment.add_hold(cx.now, Hold { payment_intent, amount_cents, standing: Standing::Waiting { url } });
            Change::to(payment).say(PaymentActionRequired { order_id })
        }
        Holding::Declined(no) => declined(payment, no),
    }))
}

/// The money is held: from now on it must be taken or given back in time.
pub(crate) fn authorized(now: Timestamp, payment: Payment, held_cents: Cents) -> Change<Payment> {
    let (order_id, currency) = (payment.order_id, payment.currency);
    Change::to(payment)
        .say(PaymentAuthorized { order_id, held_cents, currency })
        .promise(HoldDeadline { order_id, due_at: now + HOLD })
}

pub(crate) fn declined(payment: Payment, no: No) -> Change<Payment> {
    let said = PaymentDeclined { order_id: payment.order_id, code: no.code.clone(), message: no.message.clone() };
    Change::to(Payment { declined: Some(no), ..payment }).say(said)
}

// --- more than what is held ------------------------------------------------------------------------------------------

pub(crate) async fn authorize_excess(
    stripe: Arc<Stripe>,
    payment: Option<Payment>,
    agreed: OrderExcessAgreed,
) -> Result<Holding, Fault> {
    let order_id = agreed.about.order_id;
    let Some((payment, payer)) = payment.and_then(|payment| Some((payment.clone(), payment.payer?))) else {
        return Ok(Holding::Declined(nothing_held()));
    };
    let take = Take { order_id, amount_cents: agreed.excess_cents, currency: agreed.currency, card: payer.card };
    let key = format!("{order_id}:excess:{}", payment.tries.excesses);
    let over = payment.over_since.is_some();
    if payment.stage() == Stage::Held && !over {
        return ask_more(&stripe, &take, &key).await;
    }
    // Not wanted any more. But as in `authorize`, an earlier try may have held it.
    if let Holding::Held { payment_intent } = ask_more(&stripe, &take, &key).await? {
        let_go(&stripe, order_id, &payment_intent).await?;
    }
    Ok(if over { Holding::NotNeeded } else { Holding::Declined(nothing_held()) })
}

/// The customer has agreed and gone: their bank cannot ask them.
async fn ask_more(stripe: &Stripe, take: &Take, key: &str) -> Result<Holding, Fault> {
    match stripe.hold_off_session(take, key).await {
        Ok(HoldOutcome::Held { payment_intent }) => Ok(Holding::Held { payment_intent }),
        Ok(HoldOutcome::ActionRequired { payment_intent, .. }) => {
            let_go(stripe, take.order_id, &payment_intent).await?;
            Ok(Holding::Declined(unanswerable()))
        }
        Ok(HoldOutcome::Odd { payment_intent, code, message }) => {
            let_go(stripe, take.order_id, &payment_intent).await?;
            Ok(Holding::Declined(No { code, message }))
        }
        Ok(HoldOutcome::Declined { code, message }) | Err(CallError::Refused { code, message }) => {
            Ok(Holding::Declined(No { code, message }))
        }
        Err(error @ CallError::TryAgain(_)) => Err(fault(error)),
    }
}

fn nothing_held() -> No {
    No { code: "nothing_held".to_owned(), message: "Nothing is held for this order.".to_owned() }
}

pub(crate) fn record_excess(
    cx: &Cx<'_>,
    payment: Option<Payment>,
    agreed: OrderExcessAgreed,
    holding: Holding,
) -> Result<Change<Payment>, Fault> {
    let (order_id, excess_cents) = (agreed.about.order_id, agreed.excess_cents);
    let mut payment = payment.unwrap_or_else(|| Payment::new(order_id, agreed.currency));
    payment.tries.excesses += 1;
    Ok(ripe(match holding {
        Holding::NotNeeded => Change::none(),
        Holding::Held { payment_intent } => {
            let hold = Hold { payment_intent, amount_cents: excess_cents, standing: Standing::Held };
            payment.add_hold(cx.now, hold);
            Change::to(payment).say(ExcessAuthorized { order_id, excess_cents })
        }
        Holding::ActionRequired { .. } => return Err(Fault::give_up("nobody is there to act")),
        Holding::Declined(No { code, message }) => Change::to(payment).say(ExcessDeclined { order_id, code, message }),
    }))
}
