//! Giving everything back when an order is over: holds are let go, what was taken is refunded.

use std::sync::Arc;

use chassis::{Change, Cx, Fault};
use contracts::orders::{OrderCancelled, OrderLateHold};
use contracts::payments::PaymentReleased;
use contracts::{Cents, Currency, OrderId};
use jiff::Timestamp;

use crate::fault::fault;
use crate::give_back::{self, GivenBack, Plan};
use crate::hold::release_key;
use crate::payment::{Hold, Payment, Standing};
use crate::stripe::{CallError, Captured, Stripe};

/// What the end of an order gave back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Release {
    /// PaymentIntents that are cancelled now.
    pub(crate) released: Vec<String>,
    /// Holds that somebody had taken meanwhile.
    pub(crate) taken: Vec<Captured>,
    /// What was taken, and given back.
    pub(crate) given_back: GivenBack,
}

pub(crate) async fn release_cancelled(
    stripe: Arc<Stripe>,
    payment: Option<Payment>,
    _: OrderCancelled,
) -> Result<Release, Fault> {
    release(&stripe, payment).await
}

pub(crate) async fn release_late(
    stripe: Arc<Stripe>,
    payment: Option<Payment>,
    _: OrderLateHold,
) -> Result<Release, Fault> {
    release(&stripe, payment).await
}

async fn release(stripe: &Stripe, payment: Option<Payment>) -> Result<Release, Fault> {
    let Some(mut payment) = payment else { return Ok(Release::default()) };
    let mut release = Release::default();
    let open: Vec<String> =
        payment.holds.iter().filter(|hold| hold.is_open()).map(|hold| hold.payment_intent.clone()).collect();
    for payment_intent in open {
        match stripe.release(&payment_intent, &release_key(payment.order_id, &payment_intent)).await {
            Ok(()) => release.released.push(payment_intent),
            Err(CallError::Refused { code, .. }) if code == "payment_intent_succeeded" => {
                let captured = stripe.taken(&payment_intent).await.map_err(fault)?;
                release.taken.push(captured);
            }
            Err(error) => return Err(fault(error)),
        }
    }
    // What was taken behind our back is given back with the rest: this copy only serves to see what that is.
    for captured in &release.taken {
        let _ = payment.now_captured(Timestamp::UNIX_EPOCH, captured);
    }
    let plan = Plan::everything(&payment);
    release.given_back = give_back::carry_out(stripe, payment.order_id, &plan, "over").await?;
    Ok(release)
}

pub(crate) fn record_release(
    cx: &Cx<'_>,
    payment: Option<Payment>,
    cancelled: OrderCancelled,
    release: Release,
) -> Result<Change<Payment>, Fault> {
    Ok(released(cx, cancelled.about.order_id, payment, release))
}

pub(crate) fn record_late_release(
    cx: &Cx<'_>,
    payment: Option<Payment>,
    late: OrderLateHold,
    release: Release,
) -> Result<Change<Payment>, Fault> {
    Ok(released(cx, late.about.order_id, payment, release))
}

fn released(cx: &Cx<'_>, order_id: OrderId, payment: Option<Payment>, release: Release) -> Change<Payment> {
    // Over before its payer was known: whoever comes now with a payer finds that nothing is wanted any more.
    let mut payment = payment.unwrap_or_else(|| Payment::new(order_id, Currency::default()));
    let before = payment.clone();
    payment.over_since = payment.over_since.or(Some(cx.now));
    for captured in &release.taken {
        let _ = payment.now_captured(cx.now, captured);
    }
    let released_cents: Cents =
        release.released.iter().map(|payment_intent| payment.now_released(cx.now, payment_intent)).sum();
    let told = give_back::record(cx.now, &mut payment, &release.given_back, Cents(0));
    payment.drop_settled_troubles();
    if payment == before {
        return Change::none();
    }
    let mut change = Change::to(payment);
    let wanted = |hold: &Hold| release.released.contains(&hold.payment_intent) && is_wanted(hold);
    if before.holds.iter().any(wanted) {
        change = change.say(PaymentReleased { order_id, released_cents });
    }
    told.say(change)
}

/// Whether somebody counted on it: what the bank had refused is closed without a word.
fn is_wanted(hold: &Hold) -> bool {
    match hold.standing {
        Standing::Waiting { .. } | Standing::Held => true,
        Standing::Failed | Standing::Released | Standing::Captured(_) => false,
    }
}
