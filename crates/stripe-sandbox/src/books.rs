//! What the sandbox knows of each order's money, to the cent, so that somebody else's ledger can be compared to it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::balance::BalanceTransaction;
use crate::charges::Charge;
use crate::disputes::Dispute;
use crate::payment_intents::PaymentIntent;
use crate::refunds::Refund;
use crate::store::Store;
use crate::transfers::Transfer;

/// One order's money, in minor units.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Book {
    /// On hold now.
    held: i64,
    captured: i64,
    /// Given back, less what came back because a refund failed.
    refunded: i64,
    /// Paid out, with what was taken back later.
    transferred: i64,
    reversed: i64,
    /// What Stripe took for charges and disputes.
    fees: i64,
    /// Taken by disputes that are open or lost.
    disputed: i64,
}

/// `GET /sandbox/books`: by order, which is `metadata[order_id]` of the payment or else its transfer group. What has
/// neither is under the empty name.
pub(crate) fn of(store: &Store) -> BTreeMap<String, Book> {
    let mut books: BTreeMap<String, Book> = BTreeMap::new();
    let number = |value: &Value, field: &str| value[field].as_i64().unwrap_or_default();
    let mut orders: BTreeMap<String, String> = BTreeMap::new();
    for charge in store.all::<Charge>() {
        orders.insert(text(charge, "id"), order_of(charge));
        books.entry(order_of(charge)).or_default().captured += number(charge, "amount_captured");
    }
    for intent in store.all::<PaymentIntent>() {
        books.entry(order_of(intent)).or_default().held += number(intent, "amount_capturable");
    }
    // Refunds, transfers and disputes belong to the order of their charge; a transfer without one to that of its group.
    let order = |object: &Value, field: &str| orders.get(&text(object, field)).cloned().unwrap_or_default();
    let mut sources: BTreeMap<String, String> = orders.clone();
    for refund in store.all::<Refund>().filter(|refund| refund["status"] != "failed") {
        books.entry(order(refund, "charge")).or_default().refunded += number(refund, "amount");
    }
    for transfer in store.all::<Transfer>() {
        let by_charge = orders.get(&text(transfer, "source_transaction")).cloned();
        let book = books.entry(by_charge.unwrap_or_else(|| order_of(transfer))).or_default();
        book.transferred += number(transfer, "amount");
        book.reversed += number(transfer, "amount_reversed");
    }
    for dispute in store.all::<Dispute>() {
        sources.insert(text(dispute, "id"), order(dispute, "charge"));
        let is_gone = dispute["status"] != "won";
        books.entry(order(dispute, "charge")).or_default().disputed +=
            if is_gone { number(dispute, "amount") } else { 0 };
    }
    for transaction in store.all::<BalanceTransaction>().filter(|transaction| number(transaction, "fee") != 0) {
        let order = sources.get(&text(transaction, "source")).cloned().unwrap_or_default();
        books.entry(order).or_default().fees += number(transaction, "fee");
    }
    books
}

fn order_of(payment: &Value) -> String {
    let order = payment["metadata"]["order_id"].as_str().or(payment["transfer_group"].as_str());
    order.unwrap_or_default().to_owned()
}

fn text(object: &Value, field: &str) -> String {
    object[field].as_str().unwrap_or_default().to_owned()
}
