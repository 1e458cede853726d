//! Stripe's own books: the balance transactions that every movement of money leaves behind.

use std::collections::HashMap;

use contracts::payments::{StatementKind, StatementLine};
use contracts::{Cents, OrderId};
use jiff::Timestamp;
use stripe_connect::transfer::RetrieveTransfer;
use stripe_core::balance_transaction::ListBalanceTransaction;
use stripe_core::payment_intent::RetrievePaymentIntent;
use stripe_core::{BalanceTransaction, BalanceTransactionSource, BalanceTransactionType};
use stripe_types::{RangeBoundsTs, RangeQueryTs};

use super::{BoxError, CallError, Stripe};

/// Stripe gives no more at once.
const PAGE: i64 = 100;

/// A page of the statement, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatementPage {
    /// What moved, and for which order, if Stripe's objects say so.
    pub lines: Vec<(Option<OrderId>, StatementLine)>,
    /// How many balance transactions there were: those that move no order's money, such as payouts to the platform's bank,
    /// are counted but no lines.
    pub transactions: u64,
    /// Where the next page starts; absent on the last one.
    pub next: Option<String>,
}

impl Stripe {
    /// A page of what moved from `from` until before `until`, after the balance transaction `after`.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn statement(
        &self,
        from: Timestamp,
        until: Timestamp,
        after: Option<&str>,
    ) -> Result<StatementPage, CallError> {
        let (gte, lt) = (Some(from.as_second()), Some(until.as_second()));
        let mut request = ListBalanceTransaction::new()
            .created(RangeQueryTs::Bounds(RangeBoundsTs { gt: None, gte, lt, lte: None }))
            .limit(PAGE)
            .expand(vec!["data.source".to_owned()]);
        if let Some(after) = after {
            request = request.starting_after(after);
        }
        let listed = request.send(&self.client).await?;
        let last = listed.data.last().map(|last| last.id.to_string());
        let mut page = StatementPage {
            lines: Vec::new(),
            transactions: listed.data.len() as u64,
            next: last.filter(|_| listed.has_more),
        };
        for transaction in listed.data {
            let Some(kind) = kind(&transaction) else { continue };
            let source = transaction.source.as_ref().map(|source| source.id().to_string()).unwrap_or_default();
            let order_id = match transaction.source.and_then(stripe_types::Expandable::into_object) {
                Some(source) => self.order_of(source).await?,
                None => None,
            };
            let at = Timestamp::from_second(transaction.created);
            let at = at.map_err(|error| CallError::TryAgain(BoxError::from(error)))?;
            let line = StatementLine {
                id: transaction.id.to_string(),
                source,
                kind,
                amount_cents: Cents(transaction.amount),
                fee_cents: Cents(transaction.fee),
                at,
            };
            page.lines.push((order_id, line));
        }
        Ok(page)
    }

    /// Which order an object is about: what we wrote on it, or on the one that it belongs to.
    #[expect(clippy::wildcard_enum_match_arm, reason = "Stripe's list, which grows")]
    async fn order_of(&self, source: BalanceTransactionSource) -> Result<Option<OrderId>, CallError> {
        let of_intent = match source {
            BalanceTransactionSource::Charge(charge) => return Ok(named(&charge.metadata)),
            BalanceTransactionSource::Transfer(transfer) => {
                let group = transfer.transfer_group.as_deref().and_then(|group| group.parse().ok());
                return Ok(named(&transfer.metadata).or(group));
            }
            BalanceTransactionSource::TransferReversal(reversal) => {
                let transfer = RetrieveTransfer::new(reversal.transfer.into_id()).send(&self.client).await?;
                let group = transfer.transfer_group.as_deref().and_then(|group| group.parse().ok());
                return Ok(named(&transfer.metadata).or(group));
            }
            BalanceTransactionSource::Refund(refund) => {
                if let Some(order_id) = refund.metadata.as_ref().and_then(named) {
                    return Ok(Some(order_id));
                }
                refund.payment_intent
            }
            BalanceTransactionSource::Dispute(dispute) => dispute.payment_intent,
            _ => None,
        };
        match of_intent {
            Some(intent) => {
                let intent = RetrievePaymentIntent::new(intent.into_id()).send(&self.client).await?;
                Ok(named(&intent.metadata))
            }
            None => Ok(None),
        }
    }
}

fn named(metadata: &HashMap<String, String>) -> Option<OrderId> {
    metadata.get("order_id")?.parse().ok()
}

/// <https://docs.stripe.com/reports/balance-transaction-types>; nothing for what moves no order's money.
#[expect(clippy::wildcard_enum_match_arm, reason = "Stripe's list, which grows")]
fn kind(transaction: &BalanceTransaction) -> Option<StatementKind> {
    Some(match &transaction.type_ {
        BalanceTransactionType::Charge | BalanceTransactionType::Payment => StatementKind::Charge,
        BalanceTransactionType::Refund | BalanceTransactionType::PaymentRefund => StatementKind::Refund,
        BalanceTransactionType::RefundFailure | BalanceTransactionType::PaymentFailureRefund => {
            StatementKind::RefundFailure
        }
        BalanceTransactionType::Transfer => StatementKind::Transfer,
        BalanceTransactionType::TransferRefund => StatementKind::TransferReversal,
        BalanceTransactionType::Adjustment if transaction.reporting_category == "dispute" => StatementKind::Dispute,
        BalanceTransactionType::Adjustment if transaction.reporting_category == "dispute_reversal" => {
            StatementKind::DisputeReversal
        }
        _ => return None,
    })
}
