//! Transfer reversals: money back from a connected account.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::balance::{self, Entry, Movement};
use crate::error::Error;
use crate::events::emit_change;
use crate::form::Form;
use crate::money;
use crate::store::{Resource, Store, new_id, wire};
use crate::transfers::Transfer;

/// How many reversals a transfer shows by itself.
const SHOWN: usize = 10;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Reversal {
    id: String,
    amount: i64,
    balance_transaction: Option<String>,
    created: i64,
    currency: String,
    destination_payment_refund: Option<String>,
    metadata: BTreeMap<String, String>,
    source_refund: Option<String>,
    transfer: String,
}

impl Resource for Reversal {
    const OBJECT: &'static str = "transfer_reversal";
    const PREFIX: &'static str = "trr_";

    fn id(&self) -> &str {
        &self.id
    }
}

pub(crate) fn create(store: &mut Store, transfer: &str, form: &Form) -> Result<Value, Error> {
    form.only(&["amount", "description", "metadata", "refund_application_fee"])?;
    let mut transfer: Transfer = store.find(transfer)?;
    let left = transfer.amount - transfer.amount_reversed;
    let amount = money::optional_amount(form, "amount")?.unwrap_or(left);
    if left == 0 {
        return Err(Error::invalid(format!("Transfer {} is already fully reversed.", transfer.id)).param("id"));
    }
    if amount > left {
        let message = format!("Reversal amount ({amount}) is greater than unreversed amount on transfer ({left}).");
        return Err(Error::invalid(message).param("amount"));
    }
    let id = new_id(Reversal::PREFIX);
    let entry =
        Entry { movement: Movement::TransferReversal, source: &id, amount, fee: 0, currency: &transfer.currency };
    let reversal = Reversal {
        amount,
        balance_transaction: Some(balance::book_id(store, &entry)),
        created: store.now,
        currency: transfer.currency.clone(),
        destination_payment_refund: Some(new_id("pyr_")),
        metadata: form.metadata()?,
        source_refund: None,
        transfer: transfer.id.clone(),
        id,
    };
    let before = wire(&transfer);
    let value = store.put(&reversal);
    transfer.amount_reversed += amount;
    transfer.reversed = transfer.amount_reversed == transfer.amount;
    transfer.reversals = shown(store, &transfer.id);
    let transfer = store.put(&transfer);
    emit_change(store, "transfer.reversed", &before, &transfer);
    Ok(value)
}

/// The list that a transfer has in itself.
fn shown(store: &Store, transfer: &str) -> Value {
    // Reversals are few, and those of one transfer are among the newest when it is reversed.
    let of_transfer = store.all::<Reversal>().filter(|reversal| reversal["transfer"] == transfer);
    let mut data: Vec<&Value> = of_transfer.take(SHOWN + 1).collect();
    let has_more = data.len() > SHOWN;
    data.truncate(SHOWN);
    json!({ "object": "list", "data": data, "has_more": has_more, "url": url(transfer) })
}

/// The same list of a new transfer.
pub(crate) fn none_of(transfer: &str) -> Value {
    json!({ "object": "list", "data": [], "has_more": false, "url": url(transfer) })
}

fn url(transfer: &str) -> String {
    format!("/v1/transfers/{transfer}/reversals")
}

pub(crate) fn retrieve(store: &Store, transfer: &str, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&[])?;
    store.find::<Transfer>(transfer)?;
    let reversal: Reversal = store.find(id)?;
    if reversal.transfer != transfer {
        return Err(Error::no_such(Reversal::OBJECT, id));
    }
    Ok(wire(&reversal))
}

pub(crate) fn list(store: &Store, transfer: &str, form: &Form) -> Result<Value, Error> {
    form.only(&["ending_before", "limit", "starting_after"])?;
    store.find::<Transfer>(transfer)?;
    store.list::<Reversal>(&form.with("transfer", transfer), &url(transfer), &["transfer"])
}
