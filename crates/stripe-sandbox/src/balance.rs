//! The platform's balance, and the balance transactions that make it up.
//!
//! See <https://docs.stripe.com/api/balance_transactions>. As in Stripe's test mode, money that came in is pending for a
//! week, and a transfer that names its charge with it; what a reversal brings back is available at once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::Error;
use crate::form::Form;
use crate::store::{Resource, Store, new_id};

const SECONDS_PENDING: i64 = 7 * 24 * 60 * 60;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct BalanceTransaction {
    pub(crate) id: String,
    amount: i64,
    available_on: i64,
    balance_type: String,
    created: i64,
    currency: String,
    description: Option<String>,
    exchange_rate: Option<String>,
    fee: i64,
    fee_details: Value,
    net: i64,
    reporting_category: String,
    source: String,
    status: String,
    #[serde(rename = "type")]
    kind: String,
}

/// What moved money: Stripe's `type` and `reporting_category`,
/// <https://docs.stripe.com/reports/balance-transaction-types>.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Movement {
    Charge,
    Refund,
    RefundFailure,
    Transfer,
    TransferReversal,
    Dispute,
    DisputeReversal,
}

impl Movement {
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Charge => ("charge", "charge"),
            Self::Refund => ("refund", "refund"),
            Self::RefundFailure => ("refund_failure", "refund_failure"),
            Self::Transfer => ("transfer", "transfer"),
            Self::TransferReversal => ("transfer_refund", "transfer_reversal"),
            Self::Dispute => ("adjustment", "dispute"),
            Self::DisputeReversal => ("adjustment", "dispute_reversal"),
        }
    }
}

impl Resource for BalanceTransaction {
    const OBJECT: &'static str = "balance_transaction";
    const PREFIX: &'static str = "txn_";

    fn id(&self) -> &str {
        &self.id
    }
}

/// Money that came in (`amount` above zero) or went out (below), and what Stripe took for it.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) movement: Movement,
    pub(crate) source: &'a str,
    pub(crate) amount: i64,
    pub(crate) fee: i64,
    pub(crate) currency: &'a str,
}

/// Books an entry; returns it as it is shown in its source.
pub(crate) fn book(store: &mut Store, entry: &Entry) -> Value {
    let at_once = matches!(entry.movement, Movement::TransferReversal);
    book_for(store, entry, if at_once { 0 } else { SECONDS_PENDING })
}

fn book_for(store: &mut Store, entry: &Entry, seconds_pending: i64) -> Value {
    let (kind, category) = entry.movement.names();
    let fee_details = json!([{
        "amount": entry.fee,
        "application": null,
        "currency": entry.currency,
        "description": if category == "charge" { "Stripe processing fees" } else { "Dispute fee" },
        "type": "stripe_fee",
    }]);
    store.put(&BalanceTransaction {
        id: new_id(BalanceTransaction::PREFIX),
        amount: entry.amount,
        available_on: store.now + seconds_pending,
        balance_type: "payments".to_owned(),
        created: store.now,
        currency: entry.currency.to_owned(),
        description: None,
        exchange_rate: None,
        fee: entry.fee,
        fee_details: if entry.fee == 0 { json!([]) } else { fee_details },
        net: entry.amount - entry.fee,
        reporting_category: category.to_owned(),
        source: entry.source.to_owned(),
        status: if seconds_pending == 0 { "available" } else { "pending" }.to_owned(),
        kind: kind.to_owned(),
    })
}

/// As [`book`], for a source that shows only the id.
pub(crate) fn book_id(store: &mut Store, entry: &Entry) -> String {
    book(store, entry)["id"].as_str().unwrap_or_default().to_owned()
}

/// As [`book_id`], for what is paid from the available balance.
pub(crate) fn book_id_at_once(store: &mut Store, entry: &Entry) -> String {
    book_for(store, entry, 0)["id"].as_str().unwrap_or_default().to_owned()
}

/// What may be sent without naming a charge.
pub(crate) fn available(store: &Store, currency: &str) -> i64 {
    let all = store.all::<BalanceTransaction>().filter(|transaction| transaction["currency"] == *currency);
    let there = all.filter(|transaction| is_available(store, transaction));
    there.filter_map(|transaction| transaction["net"].as_i64()).sum()
}

fn is_available(store: &Store, transaction: &Value) -> bool {
    transaction["available_on"].as_i64().is_some_and(|on| on <= store.now)
}

pub(crate) fn list(store: &Store, form: &Form) -> Result<Value, Error> {
    form.only(&["created", "currency", "ending_before", "limit", "source", "starting_after", "type"])?;
    store.list::<BalanceTransaction>(form, "/v1/balance_transactions", &["currency", "source", "type"])
}

/// `GET /v1/balance`.
pub(crate) fn retrieve(store: &Store, form: &Form) -> Result<Value, Error> {
    form.only(&[])?;
    let mut sums: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for transaction in store.all::<BalanceTransaction>() {
        if let (Some(currency), Some(net)) = (transaction["currency"].as_str(), transaction["net"].as_i64()) {
            let (available, pending) = sums.entry(currency.to_owned()).or_default();
            *if is_available(store, transaction) { available } else { pending } += net;
        }
    }
    let money = |currency: &str, amount: i64| json!({ "amount": amount, "currency": currency, "source_types": { "card": amount } });
    let pending: Vec<Value> = sums.iter().map(|(currency, (_, pending))| money(currency, *pending)).collect();
    let available: Vec<Value> = sums.iter().map(|(currency, (available, _))| money(currency, *available)).collect();
    Ok(json!({ "object": "balance", "available": available, "livemode": false, "pending": pending }))
}
