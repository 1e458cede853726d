//! Payment methods: test cards, and the customers they belong to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cards::{self, Behaviour, TestCard};
use crate::customers::Customer;
use crate::error::Error;
use crate::events::{emit, emit_change};
use crate::form::Form;
use crate::store::{Resource, Store, new_id, wire};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PaymentMethod {
    pub(crate) id: String,
    allow_redisplay: Option<String>,
    billing_details: Value,
    pub(crate) card: Card,
    created: i64,
    pub(crate) customer: Option<String>,
    livemode: bool,
    metadata: BTreeMap<String, String>,
    #[serde(rename = "type")]
    kind: String,
    /// Whether its holder agreed to later charges, in person.
    #[serde(rename = "sandbox_set_up", default)]
    pub(crate) set_up: bool,
    /// Whether it was taken from its customer; then nobody may use it again.
    #[serde(rename = "sandbox_detached", default)]
    detached: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Card {
    pub(crate) brand: String,
    checks: Option<Value>,
    pub(crate) country: String,
    display_brand: Option<String>,
    pub(crate) exp_month: i64,
    pub(crate) exp_year: i64,
    fingerprint: Option<String>,
    pub(crate) funding: String,
    pub(crate) last4: String,
    networks: Option<Value>,
    three_d_secure_usage: Option<Value>,
    wallet: Option<Value>,
}

impl Resource for PaymentMethod {
    const OBJECT: &'static str = "payment_method";
    const PREFIX: &'static str = "pm_";

    fn id(&self) -> &str {
        &self.id
    }
}

impl PaymentMethod {
    pub(crate) fn behaviour(&self) -> Behaviour {
        cards::behaviour(&self.card.last4)
    }

    /// Refuses a card that was taken from its customer.
    pub(crate) fn check_usable(&self) -> Result<(), Error> {
        if self.detached {
            let message = "This PaymentMethod was detached from a Customer, and may not be used again.";
            return Err(Error::invalid(message).code("payment_method_unexpected_state").param("payment_method"));
        }
        Ok(())
    }
}

/// The payment method that `name` means: an id, or a test card, of which every use is a new payment method.
/// The caller keeps it.
pub(crate) fn resolve(store: &Store, name: &str) -> Option<PaymentMethod> {
    match cards::by_token(name) {
        Some(card) => Some(from_test_card(card, store.now)),
        None => store.get(name),
    }
}

pub(crate) fn from_test_card(card: &TestCard, now: i64) -> PaymentMethod {
    let nobody = json!({
        "address": { "city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null },
        "email": null, "name": null, "phone": null, "tax_id": null,
    });
    PaymentMethod {
        id: new_id(PaymentMethod::PREFIX),
        allow_redisplay: Some("unspecified".to_owned()),
        billing_details: nobody,
        card: Card {
            brand: card.brand.to_owned(),
            checks: Some(
                json!({ "address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass" }),
            ),
            country: "US".to_owned(),
            display_brand: Some(card.brand.to_owned()),
            exp_month: 12,
            exp_year: 2099,
            // Equal numbers have equal fingerprints; this is how a customer's second identical card is found.
            fingerprint: Some(format!("sandbox{}", card.last4())),
            funding: "credit".to_owned(),
            last4: card.last4().to_owned(),
            networks: Some(json!({ "available": [card.brand], "preferred": null })),
            three_d_secure_usage: Some(json!({ "supported": true })),
            wallet: None,
        },
        created: now,
        customer: None,
        livemode: false,
        metadata: BTreeMap::new(),
        kind: "card".to_owned(),
        set_up: false,
        detached: false,
    }
}

pub(crate) fn attach(store: &mut Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&["customer"])?;
    let customer: Customer = store.find_param(form.required("customer")?, "customer")?;
    let method = resolve(store, id).ok_or_else(|| Error::no_such(PaymentMethod::OBJECT, id))?;
    method.check_usable()?;
    if method.customer.as_deref().is_some_and(|owner| owner != customer.id()) {
        let message = "The payment method you provided has already been attached to a customer.";
        return Err(Error::invalid(message).code("payment_method_unexpected_state"));
    }
    // Stripe asks the bank when a card is attached.
    if let Behaviour::Declined(decline) = method.behaviour() {
        return Err(decline.to_error().payment_method(wire(&method)));
    }
    Ok(give_to(store, method, customer.id()))
}

/// Makes the card a customer's own.
pub(crate) fn give_to(store: &mut Store, mut method: PaymentMethod, customer: &str) -> Value {
    let is_news = method.customer.is_none();
    method.customer = Some(customer.to_owned());
    let value = store.put(&method);
    if is_news {
        emit(store, "payment_method.attached", &value);
    }
    value
}

pub(crate) fn detach(store: &mut Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&[])?;
    let method: PaymentMethod = store.find(id)?;
    if method.customer.is_none() {
        let message = "The payment method you provided is not attached to a customer so detachment is impossible.";
        return Err(Error::invalid(message).code("payment_method_unexpected_state"));
    }
    Ok(take_away(store, method))
}

/// Takes the card from its customer, for good.
pub(crate) fn take_away(store: &mut Store, mut method: PaymentMethod) -> Value {
    let before = wire(&method);
    method.customer = None;
    method.detached = true;
    let value = store.put(&method);
    emit_change(store, "payment_method.detached", &before, &value);
    value
}

/// All cards of a customer.
pub(crate) fn of_customer(store: &Store, customer: &str) -> Vec<PaymentMethod> {
    let methods = store.all::<PaymentMethod>().filter(|method| method["customer"] == customer);
    methods.filter_map(|method| PaymentMethod::deserialize(method).ok()).collect()
}

pub(crate) fn list(store: &Store, form: &Form) -> Result<Value, Error> {
    form.only(&["customer", "ending_before", "limit", "starting_after", "type"])?;
    store.find_param::<Customer>(form.required("customer")?, "customer")?;
    store.list::<PaymentMethod>(form, "/v1/payment_methods", &["customer", "type"])
}

pub(crate) fn list_of_customer(store: &Store, customer: &str, form: &Form) -> Result<Value, Error> {
    form.only(&["ending_before", "limit", "starting_after", "type"])?;
    store.find::<Customer>(customer)?;
    let url = format!("/v1/customers/{customer}/payment_methods");
    store.list::<PaymentMethod>(&form.with("customer", customer), &url, &["customer", "type"])
}
