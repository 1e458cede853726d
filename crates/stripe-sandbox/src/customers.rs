//! Customers: who pays.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::Error;
use crate::events::{emit, emit_change};
use crate::form::Form;
use crate::payment_methods::{self, PaymentMethod};
use crate::store::{Resource, Store, new_id, wire};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Customer {
    id: String,
    address: Option<Value>,
    #[serde(default)]
    balance: i64,
    created: i64,
    currency: Option<String>,
    default_source: Option<String>,
    #[serde(default)]
    delinquent: bool,
    description: Option<String>,
    email: Option<String>,
    #[serde(default)]
    invoice_settings: InvoiceSettings,
    livemode: bool,
    metadata: BTreeMap<String, String>,
    name: Option<String>,
    phone: Option<String>,
    #[serde(default)]
    preferred_locales: Vec<String>,
    shipping: Option<Value>,
    tax_exempt: Option<String>,
}

/// Stripe keeps the customer's chosen card here.
#[derive(Debug, Default, Serialize, Deserialize)]
struct InvoiceSettings {
    custom_fields: Option<Value>,
    default_payment_method: Option<String>,
    footer: Option<String>,
    rendering_options: Option<Value>,
}

impl Resource for Customer {
    const OBJECT: &'static str = "customer";
    const PREFIX: &'static str = "cus_";

    fn id(&self) -> &str {
        &self.id
    }
}

const PARAMETERS: &[&str] = &["description", "email", "invoice_settings", "metadata", "name", "phone"];

pub(crate) fn create(store: &mut Store, form: &Form) -> Result<Value, Error> {
    form.only(PARAMETERS)?;
    let mut customer = Customer {
        id: new_id(Customer::PREFIX),
        address: None,
        balance: 0,
        created: store.now,
        currency: None,
        default_source: None,
        delinquent: false,
        description: None,
        email: None,
        invoice_settings: InvoiceSettings::default(),
        livemode: false,
        metadata: BTreeMap::new(),
        name: None,
        phone: None,
        preferred_locales: Vec::new(),
        shipping: None,
        tax_exempt: Some("none".to_owned()),
    };
    fill_in(store, &mut customer, form)?;
    let value = store.put(&customer);
    emit(store, "customer.created", &value);
    Ok(value)
}

pub(crate) fn update(store: &mut Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(PARAMETERS)?;
    let mut customer: Customer = store.find(id)?;
    let before = wire(&customer);
    fill_in(store, &mut customer, form)?;
    let value = store.put(&customer);
    emit_change(store, "customer.updated", &before, &value);
    Ok(value)
}

/// Sets what the form names; an empty text unsets it.
fn fill_in(store: &Store, customer: &mut Customer, form: &Form) -> Result<(), Error> {
    let given = |name: &str, field: &mut Option<String>| {
        if let Some(value) = form.text(name) {
            *field = Some(value.to_owned()).filter(|value| !value.is_empty());
        }
    };
    given("description", &mut customer.description);
    given("email", &mut customer.email);
    given("name", &mut customer.name);
    given("phone", &mut customer.phone);
    let param = "invoice_settings[default_payment_method]";
    given(param, &mut customer.invoice_settings.default_payment_method);
    if let Some(id) = form.text(param).filter(|id| !id.is_empty()) {
        let method: PaymentMethod = store.find_param(id, param)?;
        if method.customer.as_ref() != Some(&customer.id) {
            let message = format!("The customer does not have a payment method with the ID {id}.");
            return Err(Error::invalid(message).code("resource_missing").param(param));
        }
    }
    form.update_metadata(&mut customer.metadata)
}

pub(crate) fn retrieve(store: &Store, id: &str, form: &Form) -> Result<Value, Error> {
    if store.is_deleted(id) {
        return Ok(json!({ "id": id, "object": Customer::OBJECT, "deleted": true }));
    }
    store.retrieve::<Customer>(id, form)
}

/// Deletes a customer, and with it the right to charge its cards.
pub(crate) fn delete(store: &mut Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&[])?;
    let customer: Customer = store.find(id)?;
    for method in payment_methods::of_customer(store, id) {
        payment_methods::take_away(store, method);
    }
    let value = wire(&customer);
    let deleted = store.delete::<Customer>(id);
    emit(store, "customer.deleted", &value);
    Ok(deleted)
}

pub(crate) fn list(store: &Store, form: &Form) -> Result<Value, Error> {
    form.only(&["created", "email", "ending_before", "limit", "starting_after"])?;
    store.list::<Customer>(form, "/v1/customers", &["email"])
}
