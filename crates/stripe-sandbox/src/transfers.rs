//! Transfers: from the platform to a connected account, out of a charge.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::accounts::{self, Account};
use crate::balance::{self, Entry, Movement};
use crate::charges::Charge;
use crate::error::Error;
use crate::events::emit;
use crate::form::Form;
use crate::money;
use crate::reversals;
use crate::store::{Resource, Store, new_id};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Transfer {
    pub(crate) id: String,
    pub(crate) amount: i64,
    pub(crate) amount_reversed: i64,
    balance_transaction: String,
    created: i64,
    pub(crate) currency: String,
    description: Option<String>,
    destination: String,
    destination_payment: String,
    livemode: bool,
    metadata: BTreeMap<String, String>,
    pub(crate) reversals: Value,
    pub(crate) reversed: bool,
    pub(crate) source_transaction: Option<String>,
    source_type: String,
    pub(crate) transfer_group: Option<String>,
}

impl Resource for Transfer {
    const OBJECT: &'static str = "transfer";
    const PREFIX: &'static str = "tr_";

    fn id(&self) -> &str {
        &self.id
    }
}

pub(crate) fn create(store: &mut Store, form: &Form) -> Result<Value, Error> {
    form.only(&[
        "amount",
        "currency",
        "description",
        "destination",
        "metadata",
        "source_transaction",
        "transfer_group",
    ])?;
    let amount = money::amount(form, "amount")?;
    let currency = money::currency(form)?;
    let account = destination(store, form)?;
    let mut charge = source(store, form, amount, &currency)?;
    if let Some(charge) = &mut charge {
        check_source(charge, amount, &currency)?;
        charge.amount_transferred += amount;
    }

    let group = form.text("transfer_group").map(str::to_owned);
    let id = new_id(Transfer::PREFIX);
    let entry = Entry { movement: Movement::Transfer, source: &id, amount: -amount, fee: 0, currency: &currency };
    let transfer = Transfer {
        amount,
        amount_reversed: 0,
        balance_transaction: if charge.is_some() {
            balance::book_id(store, &entry)
        } else {
            balance::book_id_at_once(store, &entry)
        },
        created: store.now,
        currency,
        description: form.text("description").map(str::to_owned),
        destination: account.id().to_owned(),
        destination_payment: new_id("py_"),
        livemode: false,
        metadata: form.metadata()?,
        reversals: reversals::none_of(&id),
        reversed: false,
        source_transaction: charge.as_ref().map(|charge| charge.id.clone()),
        source_type: "card".to_owned(),
        transfer_group: group.or_else(|| charge.as_ref()?.transfer_group.clone()),
        id,
    };
    if let Some(charge) = &charge {
        store.put(charge);
    }
    let value = store.put(&transfer);
    emit(store, "transfer.created", &value);
    Ok(value)
}

pub(crate) fn update(store: &mut Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&["description", "metadata"])?;
    let mut transfer: Transfer = store.find(id)?;
    if let Some(description) = form.text("description") {
        transfer.description = Some(description.to_owned()).filter(|text| !text.is_empty());
    }
    form.update_metadata(&mut transfer.metadata)?;
    Ok(store.put(&transfer))
}

fn destination(store: &mut Store, form: &Form) -> Result<Account, Error> {
    let id = form.required("destination")?;
    let account = accounts::get(store, id).ok_or_else(|| Error::no_such_param("destination", id, "destination"))?;
    if !account.can_receive_transfers() {
        let message = "Your destination account needs to have at least one of the following capabilities enabled: \
                       transfers, crypto_transfers, legacy_payments";
        return Err(Error::invalid(message).code("insufficient_capabilities_for_transfer"));
    }
    Ok(account)
}

/// The charge that it is paid from; without one it is paid from what is available.
fn source(store: &Store, form: &Form, amount: i64, currency: &str) -> Result<Option<Charge>, Error> {
    let Some(id) = form.text("source_transaction") else {
        if balance::available(store, currency) >= amount {
            return Ok(None);
        }
        let message = "You have insufficient available funds: captured money is pending, so name the charge \
                       it comes from as source_transaction.";
        return Err(Error::invalid(message).code("balance_insufficient"));
    };
    store.get(id).map(Some).ok_or_else(|| Error::no_such_param("charge", id, "source_transaction"))
}

/// Money leaves a charge only once it was captured, in its currency, and never more than there is.
fn check_source(charge: &Charge, amount: i64, currency: &str) -> Result<(), Error> {
    let refuse = |message: String| Err(Error::invalid(message).param("source_transaction"));
    if !charge.captured {
        return refuse(format!("The charge {} was not captured, so it cannot be a source_transaction.", charge.id));
    }
    if charge.currency != currency {
        return refuse(format!(
            "The currency of source_transaction is {}, that of the transfer {currency}.",
            charge.currency
        ));
    }
    if charge.amount_transferred + amount > charge.amount_captured {
        return refuse(format!(
            "Transfers using this transaction as a source must not exceed the source amount of {} \
             (there are already transfers using this source, amounting to {}).",
            charge.amount_captured, charge.amount_transferred,
        ));
    }
    Ok(())
}

pub(crate) fn list(store: &Store, form: &Form) -> Result<Value, Error> {
    form.only(&["created", "destination", "ending_before", "limit", "starting_after", "transfer_group"])?;
    store.list::<Transfer>(form, "/v1/transfers", &["destination", "transfer_group"])
}
