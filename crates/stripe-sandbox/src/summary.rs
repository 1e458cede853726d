//! Counts and sums over everything in the sandbox, for tests that ask whether the money is right.

use serde::Serialize;
use serde_json::Value;

use crate::accounts::Account;
use crate::balance::BalanceTransaction;
use crate::customers::Customer;
use crate::deliveries;
use crate::disputes::Dispute;
use crate::payment_intents::PaymentIntent;
use crate::refunds::Refund;
use crate::reversals::Reversal;
use crate::store::Store;
use crate::transfers::Transfer;

/// `GET /sandbox/summary`. Amounts are minor units, added up regardless of currency.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    customers: usize,
    accounts: usize,
    payment_intents: usize,
    captured_count: usize,
    captured_amount: i64,
    canceled_count: usize,
    open_holds_count: usize,
    open_holds_amount: i64,
    transfers_count: usize,
    transfers_amount: i64,
    reversals_count: usize,
    reversals_amount: i64,
    /// Failed refunds are left out: their money stayed.
    refunds_count: usize,
    refunds_amount: i64,
    /// Disputes that were won are in the count, not in the amount.
    disputes_count: usize,
    disputes_amount: i64,
    /// What Stripe took for charges and disputes.
    fees_amount: i64,
    undelivered_count: usize,
}

pub(crate) fn of(store: &Store) -> Summary {
    let intents = |status: &str| -> Vec<&Value> {
        store.all::<PaymentIntent>().filter(|intent| intent["status"] == status).collect()
    };
    let refunds: Vec<&Value> = store.all::<Refund>().filter(|refund| refund["status"] != "failed").collect();
    let (captured, held) = (intents("succeeded"), intents("requires_capture"));
    Summary {
        customers: store.all::<Customer>().count(),
        accounts: store.all::<Account>().count(),
        payment_intents: store.all::<PaymentIntent>().count(),
        captured_count: captured.len(),
        captured_amount: sum(captured, "amount_received"),
        canceled_count: intents("canceled").len(),
        open_holds_count: held.len(),
        open_holds_amount: sum(held, "amount_capturable"),
        transfers_count: store.all::<Transfer>().count(),
        transfers_amount: sum(store.all::<Transfer>(), "amount"),
        reversals_count: store.all::<Reversal>().count(),
        reversals_amount: sum(store.all::<Reversal>(), "amount"),
        refunds_count: refunds.len(),
        refunds_amount: sum(refunds, "amount"),
        disputes_count: store.all::<Dispute>().count(),
        disputes_amount: sum(store.all::<Dispute>().filter(|dispute| dispute["status"] != "won"), "amount"),
        fees_amount: sum(store.all::<BalanceTransaction>(), "fee"),
        undelivered_count: deliveries::pending_count(store),
    }
}

fn sum<'a>(objects: impl IntoIterator<Item = &'a Value>, field: &str) -> i64 {
    objects.into_iter().filter_map(|object| object[field].as_i64()).sum()
}
