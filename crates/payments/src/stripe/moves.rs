//! Money that was taken: on to a runner, back from them, back to the customer.

use contracts::payments::Reversal;
use contracts::{Cents, Currency, OrderId};
use stripe::StripeRequest as _;
use stripe_connect::transfer::{CreateTransfer, ListTransfer};
use stripe_connect::transfer_reversal::CreateIdTransferReversal;
use stripe_core::dispute::RetrieveDispute;
use stripe_core::refund::CreateRefund;

use super::{CallError, Stripe, about, currency, once};

/// Money to move from a captured charge to a runner.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// The order it is for.
    pub order_id: OrderId,
    /// How much.
    pub amount_cents: Cents,
    /// The same as the charge's.
    pub currency: Currency,
    /// Stripe's id of the runner's account, `acct_…`.
    pub destination: String,
    /// The charge it is paid from, `ch_…`; Stripe refuses transfers beyond its amount.
    pub source_charge: String,
}

/// Money that went back to the customer, or is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Stripe's id, `re_…`.
    pub id: String,
    /// How much.
    pub amount_cents: Cents,
    /// Stripe's status: `succeeded` or `pending`.
    pub status: String,
}

impl Stripe {
    /// Pays a runner out of a captured charge and returns the transfer's id, `tr_…`.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; `insufficient_capabilities_for_transfer` says that the runner cannot be paid yet.
    pub async fn transfer(&self, transfer: &Transfer, key: &str) -> Result<String, CallError> {
        let request = CreateTransfer::new(currency(transfer.currency), transfer.destination.as_str())
            .amount(transfer.amount_cents.0)
            .source_transaction(transfer.source_charge.as_str())
            .transfer_group(transfer.order_id.to_string())
            .metadata(about(transfer.order_id));
        let made = request.customize().request_strategy(once(key)?).send(&self.client).await?;
        if made.amount == transfer.amount_cents.0 && !made.reversed {
            return Ok(made.id.to_string());
        }
        let message = format!("{} moved {} cents instead of {}", made.id, made.amount, transfer.amount_cents.0);
        Err(CallError::refused("transferred_amount_differs", message))
    }

    /// The transfer that was made already, if one was: for tries so late that Stripe may have forgotten the key.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn find_transfer(&self, transfer: &Transfer, known: &[&str]) -> Result<Option<String>, CallError> {
        let of_order = ListTransfer::new().transfer_group(transfer.order_id.to_string()).limit(100);
        let found = of_order.send(&self.client).await?.data.into_iter().find(|made| {
            let source = made.source_transaction.as_ref().map(|charge| charge.id().to_string());
            let same = made.amount == transfer.amount_cents.0 && source.as_ref() == Some(&transfer.source_charge);
            same && !made.reversed && !known.contains(&made.id.as_str())
        });
        Ok(found.map(|made| made.id.to_string()))
    }

    /// Takes `amount_cents` of a transfer back from the runner's account.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn reverse(&self, transfer: &str, amount_cents: Cents, key: &str) -> Result<Reversal, CallError> {
        let request = CreateIdTransferReversal::new(transfer).amount(amount_cents.0);
        let made = request.customize().request_strategy(once(key)?).send(&self.client).await?;
        if made.amount == amount_cents.0 {
            return Ok(Reversal { id: made.id.to_string(), amount_cents });
        }
        let message = format!("{} took back {} cents instead of {}", made.id, made.amount, amount_cents.0);
        Err(CallError::refused("reversed_amount_differs", message))
    }

    /// Gives `amount_cents` of a charge back to the customer.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; `refund_<status>` for a refund that is neither done nor under way.
    pub async fn refund(
        &self,
        order_id: OrderId,
        charge: &str,
        amount_cents: Cents,
        key: &str,
    ) -> Result<Refund, CallError> {
        let request = CreateRefund::new().charge(charge).amount(amount_cents.0).metadata(about(order_id));
        let made = request.customize().request_strategy(once(key)?).send(&self.client).await?;
        let status = made.status.unwrap_or_default();
        if made.amount == amount_cents.0 && matches!(status.as_str(), "succeeded" | "pending") {
            return Ok(Refund { id: made.id.to_string(), amount_cents, status });
        }
        let message = format!("{} is {status}, with {} cents of {}", made.id, made.amount, amount_cents.0);
        Err(CallError::refused(format!("refund_{status}"), message))
    }

    /// What Stripe has taken for itself by now because of a dispute.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn dispute_fee(&self, dispute: &str) -> Result<Cents, CallError> {
        let dispute = RetrieveDispute::new(dispute).send(&self.client).await?;
        Ok(Cents(dispute.balance_transactions.iter().map(|booked| booked.fee).sum()))
    }
}
