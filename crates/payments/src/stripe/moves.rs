//! Money that was taken: on to a runner, back from them, back to the customer.

use std::collections::HashMap;

use contracts::payments::Reversal;
use contracts::{Cents, Currency, OrderId, UserId};
use stripe::StripeRequest as _;
use stripe_connect::TransferReversal;
use stripe_connect::transfer::{CreateTransfer, ListTransfer};
use stripe_connect::transfer_reversal::{CreateIdTransferReversal, ListIdTransferReversal};
use stripe_core::dispute::RetrieveDispute;
use stripe_core::refund::{CreateRefund, ListRefund};

use super::{CallError, Stripe, about, currency, once};
use crate::payment::Share;

/// Money to move from a captured charge to a runner.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// The order it is for.
    pub order_id: OrderId,
    /// How much.
    pub amount_cents: Cents,
    /// The same as the charge's.
    pub currency: Currency,
    /// Who is paid: metadata, to know it again by.
    pub runner_id: UserId,
    /// Stripe's id of the runner's account, `acct_…`.
    pub destination: String,
    /// The charge it is paid from, `ch_…`; Stripe refuses transfers beyond its amount. Without one it is paid from what the
    /// platform has at Stripe.
    pub source_charge: Option<String>,
    /// What for: metadata, to know it again by.
    pub share: Share,
}

/// A transfer as Stripe knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Stripe's id, `tr_…`.
    pub id: String,
    /// The charge it was paid from; absent when it was paid from what the platform has at Stripe.
    pub source_charge: Option<String>,
    /// What for; absent when it was not made here, or before that was written down.
    pub share: Option<Share>,
    /// Who was paid; absent when it was not made here.
    pub runner_id: Option<UserId>,
    /// How much.
    pub amount_cents: Cents,
    /// What was taken back of it.
    pub reversals: Vec<TakenBack>,
}

/// A reversal as Stripe knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBack {
    /// Which, and how much.
    pub reversal: Reversal,
    /// What it was made for; absent when it was not made here.
    pub occasion: Option<String>,
}

/// What a transfer is for: metadata.
const SHARE: &str = "share";

/// What tells the reversals and refunds of one occasion from those of another: metadata, to find them by.
const OCCASION: &str = "occasion";

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
        let runner = ("runner_id".to_owned(), transfer.runner_id.to_string());
        let share = (SHARE.to_owned(), transfer.share.name().to_owned());
        let metadata: HashMap<String, String> = about(transfer.order_id).into_iter().chain([runner, share]).collect();
        let mut request = CreateTransfer::new(currency(transfer.currency), transfer.destination.as_str())
            .amount(transfer.amount_cents.0)
            .transfer_group(transfer.order_id.to_string())
            .metadata(metadata);
        if let Some(charge) = &transfer.source_charge {
            request = request.source_transaction(charge.as_str());
        }
        let made = request.customize().request_strategy(once(key)?).send(&self.client).await?;
        if made.amount == transfer.amount_cents.0 && !made.reversed {
            return Ok(made.id.to_string());
        }
        let message = format!("{} moved {} cents instead of {}", made.id, made.amount, transfer.amount_cents.0);
        Err(CallError::refused("transferred_amount_differs", message))
    }

    /// Everything that was sent for an order.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn transfers_of(&self, order_id: OrderId) -> Result<Vec<Made>, CallError> {
        let of_order = ListTransfer::new().transfer_group(order_id.to_string()).limit(100);
        let listed = of_order.send(&self.client).await?.data.into_iter().map(|made| Made {
            id: made.id.to_string(),
            source_charge: made.source_transaction.as_ref().map(|charge| charge.id().to_string()),
            share: share_of(&made.metadata),
            runner_id: made.metadata.get("runner_id").and_then(|id| id.parse().ok()),
            amount_cents: Cents(made.amount),
            reversals: made.reversals.data.iter().map(taken_back).collect(),
        });
        Ok(listed.collect())
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
            let same_share = share_of(&made.metadata).is_none_or(|share| share == transfer.share);
            let same = made.amount == transfer.amount_cents.0 && source == transfer.source_charge && same_share;
            same && !made.reversed && !known.contains(&made.id.as_str())
        });
        Ok(found.map(|made| made.id.to_string()))
    }

    /// Takes `amount_cents` of a transfer back from the runner's account, once per `occasion`, however late it is asked
    /// for again.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn reverse(
        &self,
        transfer: &str,
        amount_cents: Cents,
        occasion: &str,
        key: &str,
    ) -> Result<Reversal, CallError> {
        let listed = ListIdTransferReversal::new(transfer).limit(100).send(&self.client).await?.data;
        let same = |made: &&TransferReversal| made.amount == amount_cents.0 && is_of(made.metadata.as_ref(), occasion);
        if let Some(made) = listed.iter().find(same) {
            return Ok(reversal(made));
        }
        let metadata = [(OCCASION.to_owned(), occasion.to_owned())];
        let request = CreateIdTransferReversal::new(transfer).amount(amount_cents.0).metadata(metadata);
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
        occasion: &str,
        key: &str,
    ) -> Result<Refund, CallError> {
        let listed = ListRefund::new().charge(charge).limit(100).send(&self.client).await?.data;
        let given = listed.into_iter().filter(|made| is_of(made.metadata.as_ref(), occasion));
        if let Some(refund) = given.filter_map(|made| given_back(&made, amount_cents)).next() {
            return Ok(refund);
        }
        let occasion = (OCCASION.to_owned(), occasion.to_owned());
        let metadata: HashMap<String, String> = about(order_id).into_iter().chain([occasion]).collect();
        let request = CreateRefund::new().charge(charge).amount(amount_cents.0).metadata(metadata);
        let made = request.customize().request_strategy(once(key)?).send(&self.client).await?;
        if let Some(refund) = given_back(&made, amount_cents) {
            return Ok(refund);
        }
        let status = made.status.unwrap_or_default();
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

fn is_of(metadata: Option<&HashMap<String, String>>, occasion: &str) -> bool {
    metadata.and_then(|metadata| metadata.get(OCCASION)).is_some_and(|of| of == occasion)
}

fn share_of(metadata: &HashMap<String, String>) -> Option<Share> {
    Share::named(metadata.get(SHARE)?)
}

fn taken_back(made: &TransferReversal) -> TakenBack {
    let occasion = made.metadata.as_ref().and_then(|metadata| metadata.get(OCCASION)).cloned();
    TakenBack { reversal: reversal(made), occasion }
}

fn reversal(made: &TransferReversal) -> Reversal {
    Reversal { id: made.id.to_string(), amount_cents: Cents(made.amount) }
}

/// A refund of this amount that is done or under way.
fn given_back(made: &stripe_core::Refund, amount_cents: Cents) -> Option<Refund> {
    let status = made.status.clone().filter(|status| matches!(status.as_str(), "succeeded" | "pending"))?;
    (made.amount == amount_cents.0).then(|| Refund { id: made.id.to_string(), amount_cents, status })
}
