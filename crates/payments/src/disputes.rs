//! What Stripe takes for itself when a bank disputes a payment. Its webhook does not say, so it is looked up.

use std::sync::Arc;

use chassis::{Change, Cx, Fault};
use contracts::Cents;
use contracts::payments::PaymentDisputed;

use crate::fault::no_or_fault;
use crate::ledger::Source;
use crate::payment::Payment;
use crate::stripe::Stripe;

/// By dispute, what Stripe has taken by now.
pub(crate) type Fees = Vec<(String, Cents)>;

pub(crate) async fn look_up_fees(
    stripe: Arc<Stripe>,
    payment: Option<Payment>,
    _: PaymentDisputed,
) -> Result<Fees, Fault> {
    let mut fees = Vec::new();
    for dispute in payment.iter().flat_map(|payment| &payment.disputes) {
        // A dispute that Stripe does not know yet, or not any more, has no fee that is known: the next word about it looks
        // again, and the reconciliation finds what nobody looked up.
        if let Ok(fee_cents) = no_or_fault(stripe.dispute_fee(&dispute.id).await)? {
            fees.push((dispute.id.clone(), fee_cents));
        }
    }
    Ok(fees)
}

pub(crate) fn record_fees(
    cx: &Cx<'_>,
    payment: Option<Payment>,
    _: PaymentDisputed,
    fees: Fees,
) -> Result<Change<Payment>, Fault> {
    let Some(before) = payment else { return Ok(Change::none()) };
    let mut payment = before.clone();
    for (id, fee_cents) in fees {
        let Some(dispute) = payment.disputes.iter_mut().find(|dispute| dispute.id == id) else { continue };
        let more = fee_cents - std::mem::replace(&mut dispute.fee_cents, fee_cents);
        payment.ledger.fee(Source { at: cx.now, stripe_id: &id }, more);
    }
    Ok(if payment == before { Change::none() } else { Change::to(payment) })
}
