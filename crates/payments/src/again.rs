//! What could not be moved is tried again, and a hold does not lapse unnoticed.

use chassis::{Change, Cx, Fault};
use contracts::Cents;
use contracts::payments::{HoldLapsing, SettlementRetried};
use contracts::timers::{HoldElapsed, SettleElapsed};

use crate::payment::Payment;
use crate::trouble::TroubleKind;

pub(crate) fn retry_settlement(
    _: &Cx<'_>,
    payment: Option<Payment>,
    elapsed: SettleElapsed,
) -> Result<Change<Payment>, Fault> {
    // A try in between has promised the next one: one deadline runs, however often it is tried.
    let promised = |payment: &Payment| payment.again_at.is_none_or(|again_at| again_at <= elapsed.due_at);
    let again = payment.is_some_and(|payment| payment.is_unsettled() && promised(&payment));
    let retried = SettlementRetried { order_id: elapsed.order_id, account: None };
    Ok(if again { Change::none().say(retried) } else { Change::none() })
}

/// A hold near Stripe's limit is taken or given back, never forgotten (predecessor.md B21). Nothing is ever renewed,
/// whatever the durable name says: a hold that lapses would be another PaymentIntent, which the customer did not agree to.
pub(crate) fn renew_or_release(
    cx: &Cx<'_>,
    payment: Option<Payment>,
    elapsed: HoldElapsed,
) -> Result<Change<Payment>, Fault> {
    let order_id = elapsed.order_id;
    let Some(mut payment) = payment.filter(|payment| payment.held_cents() > Cents(0)) else {
        return Ok(Change::none());
    };
    if payment.over_since.is_some() {
        // It should have been let go long ago: orders answers with another late hold, which is.
        if !payment.troubles.iter().any(|trouble| trouble.kind == TroubleKind::ReleaseFailed) {
            payment.raise(cx.now, TroubleKind::ReleaseFailed, "still_held");
        }
        return Ok(Change::to(payment).say(HoldLapsing { order_id }));
    }
    Ok(match payment.payee {
        Some(_) => Change::none().say(SettlementRetried { order_id, account: None }),
        None => Change::none().say(HoldLapsing { order_id }),
    })
}
