//! Giving everything back when an order is over: holds are let go, what was taken is refunded.

use std::sync::Arc;

use chassis::{Change, Cx, Fault};
use contracts::orders::{OrderCancelled, OrderLateHold};
use contracts::payments::{Bearer, PaymentReleased};
use contracts::{Cents, Currency, OrderId, UserId};
use jiff::Timestamp;

use crate::facts::ripe;
use crate::fault::fault;
use crate::give_back::{self, GivenBack, Plan, Terms};
use crate::hold::release_key;
use crate::payment::{Hold, No, Payment, Sent, Standing};
use crate::stripe::{CallError, Captured, Stripe};
use crate::trouble::TroubleKind;

/// What the end of an order gave back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Release {
    /// PaymentIntents that are cancelled now.
    pub(crate) released: Vec<String>,
    /// Holds that somebody had taken meanwhile.
    pub(crate) taken: Vec<Captured>,
    /// What kept others from being let go.
    pub(crate) refused: Vec<No>,
    /// Transfers that nobody had heard of.
    pub(crate) found: Vec<Sent>,
    /// What was taken, and given back.
    pub(crate) given_back: GivenBack,
}

pub(crate) async fn release_cancelled(
    stripe: Arc<Stripe>,
    payment: Option<Payment>,
    cancelled: OrderCancelled,
) -> Result<Release, Fault> {
    release(&stripe, payment, cancelled.about.runner_id).await
}

pub(crate) async fn release_late(
    stripe: Arc<Stripe>,
    payment: Option<Payment>,
    late: OrderLateHold,
) -> Result<Release, Fault> {
    release(&stripe, payment, late.about.runner_id).await
}

async fn release(stripe: &Stripe, payment: Option<Payment>, runner_id: Option<UserId>) -> Result<Release, Fault> {
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
            Err(CallError::Refused { code, message }) => release.refused.push(No { code, message }),
            Err(error @ CallError::TryAgain(_)) => return Err(fault(error)),
        }
    }
    // What was moved behind our back is given back with the rest: this copy only serves to see what that is.
    for captured in &release.taken {
        let _ = payment.now_captured(Timestamp::UNIX_EPOCH, captured);
    }
    release.found = give_back::unheard_transfers(stripe, &payment, runner_id).await?;
    for sent in &release.found {
        let _ = payment.now_found(Timestamp::UNIX_EPOCH, sent.clone());
    }
    let plan = Plan::everything(&payment);
    release.given_back = give_back::carry_out(stripe, payment.order_id, &plan, "over").await?;
    // What an earlier try had taken back of them is told like the rest.
    for sent in &mut release.found {
        let reversals = std::mem::take(&mut sent.reversals).into_iter();
        release.given_back.reversals.extend(reversals.map(|reversal| (sent.id.clone(), reversal)));
    }
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
    for captured in &release.taken {
        let _ = payment.now_captured(cx.now, captured);
    }
    for sent in release.found {
        let _ = payment.now_found(cx.now, sent);
    }
    payment.over_since = payment.over_since.or(Some(cx.now));
    let released_cents: Cents =
        release.released.iter().map(|payment_intent| payment.now_released(cx.now, payment_intent)).sum();
    let told = give_back::record(cx.now, &mut payment, &release.given_back, &Terms::of(Bearer::Runner));
    if let Some(no) = release.refused.first() {
        payment.raise(cx.now, TroubleKind::ReleaseFailed, &no.code);
    }
    payment.drop_settled_troubles();
    if payment == before {
        return Change::none();
    }
    let mut change = Change::to(payment);
    let wanted = |hold: &Hold| release.released.contains(&hold.payment_intent) && is_wanted(hold);
    if before.holds.iter().any(wanted) {
        change = change.say(PaymentReleased { order_id, released_cents });
    }
    ripe(told.say(change))
}

/// Whether somebody counted on it: what the bank had refused is closed without a word.
fn is_wanted(hold: &Hold) -> bool {
    match hold.standing {
        Standing::Waiting { .. } | Standing::Held => true,
        Standing::Failed | Standing::Released | Standing::Captured(_) => false,
    }
}
