//! Payment methods: test cards, and the customers they belong to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cards::{TEST_CARDS, TestCard};
use crate::customers::Customer;
use crate::error::Error;
use crate::form::Form;
use crate::store::{Resource, Store, new_id};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PaymentMethod {
    pub(crate) id: String,
    billing_details: Value,
    pub(crate) card: Card,
    created: i64,
    pub(crate) customer: Option<String>,
    livemode: bool,
    metadata: BTreeMap<String, String>,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Card {
    brand: String,
    country: String,
    exp_month: i64,
    exp_year: i64,
    funding: String,
    pub(crate) last4: String,
}

impl Resource for PaymentMethod {
    const OBJECT: &'static str = "payment_method";
    const PREFIX: &'static str = "pm_";

    fn id(&self) -> &str {
        &self.id
    }
}

/// The payment method that `name` means: an id, or a test card, of which every use is a new payment method.
/// The caller keeps it.
pub(crate) fn resolve(store: &Store, name: &str) -> Option<PaymentMethod> {
    match TEST_CARDS.iter().find(|card| card.token == name) {
        Some(card) => Some(from_test_card(card, store.now)),
        None => store.get(name),
    }
}

fn from_test_card(card: &TestCard, now: i64) -> PaymentMethod {
    PaymentMethod {
        id: new_id(PaymentMethod::PREFIX),
        billing_details: json!({}),
        card: Card {
            brand: card.brand.to_owned(),
            country: "US".to_owned(),
            exp_month: 12,
            exp_year: 2099,
            funding: "credit".to_owned(),
            last4: card.last4.to_owned(),
        },
        created: now,
        customer: None,
        livemode: false,
        metadata: BTreeMap::new(),
        kind: "card".to_owned(),
    }
}

pub(crate) fn attach(store: &mut Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&["customer"])?;
    let customer: Customer = store.find_param(form.required("customer")?, "customer")?;
    let mut method = resolve(store, id).ok_or_else(|| Error::no_such(PaymentMethod::OBJECT, id))?;
    if method.customer.as_deref().is_some_and(|owner| owner != customer.id()) {
        let message = "The payment method you provided has already been attached to a customer.";
        return Err(Error::invalid(message).code("payment_method_unexpected_state"));
    }
    method.customer = Some(customer.id().to_owned());
    Ok(store.put(&method))
}

pub(crate) fn list(store: &Store, form: &Form) -> Result<Value, Error> {
    form.only(&["customer", "limit", "starting_after", "type"])?;
    store.find_param::<Customer>(form.required("customer")?, "customer")?;
    store.list::<PaymentMethod>(form, "/v1/payment_methods", &["customer", "type"])
}

pub(crate) fn list_of_customer(store: &Store, customer: &str, form: &Form) -> Result<Value, Error> {
    form.only(&["limit", "starting_after", "type"])?;
    store.find::<Customer>(customer)?;
    let url = format!("/v1/customers/{customer}/payment_methods");
    store.list::<PaymentMethod>(&form.with("customer", customer), &url, &["customer", "type"])
}
