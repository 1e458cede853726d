//! Charges: what a PaymentIntent did to a card. Transfers and refunds are paid out of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::balance::{self, Entry, Movement};
use crate::cards::{self, Behaviour, Decline};
use crate::disputes;
use crate::error::Error;
use crate::events::emit;
use crate::form::Form;
use crate::payment_intents::PaymentIntent;
use crate::payment_methods::PaymentMethod;
use crate::store::{Resource, Store, new_id};

/// How long a bank keeps a hold: <https://docs.stripe.com/payments/place-a-hold-on-a-payment-method>.
pub(crate) const SECONDS_HELD: i64 = 7 * 24 * 60 * 60;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Charge {
    pub(crate) id: String,
    pub(crate) amount: i64,
    pub(crate) amount_captured: i64,
    pub(crate) amount_refunded: i64,
    /// What transfers have taken so far; it saves adding up all transfers.
    #[serde(rename = "sandbox_amount_transferred", alias = "amount_transferred")]
    pub(crate) amount_transferred: i64,
    pub(crate) balance_transaction: Option<String>,
    billing_details: Value,
    pub(crate) captured: bool,
    created: i64,
    pub(crate) currency: String,
    pub(crate) customer: Option<String>,
    pub(crate) disputed: bool,
    failure_code: Option<String>,
    failure_message: Option<String>,
    livemode: bool,
    pub(crate) metadata: BTreeMap<String, String>,
    outcome: Option<Value>,
    paid: bool,
    pub(crate) payment_intent: String,
    pub(crate) payment_method: Option<String>,
    payment_method_details: Option<Value>,
    pub(crate) refunded: bool,
    status: String,
    pub(crate) transfer_group: Option<String>,
}

impl Resource for Charge {
    const OBJECT: &'static str = "charge";
    const PREFIX: &'static str = "ch_";

    fn id(&self) -> &str {
        &self.id
    }
}

impl Charge {
    /// What refunds may still take.
    pub(crate) fn refundable(&self) -> i64 {
        self.amount_captured - self.amount_refunded
    }

    pub(crate) fn behaviour(&self, store: &Store) -> Behaviour {
        let method = self.payment_method.as_deref().and_then(|id| store.get::<PaymentMethod>(id));
        method.map_or(Behaviour::Approved, |method| cards::behaviour(&method.card.last4))
    }
}

/// A charge of the whole amount that took nothing yet.
fn authorized(store: &Store, intent: &PaymentIntent, method: &PaymentMethod) -> Charge {
    let card = &method.card;
    let details = json!({
        "type": "card",
        "card": {
            "amount_authorized": intent.amount,
            "brand": card.brand,
            "capture_before": store.now + SECONDS_HELD,
            "country": card.country,
            "exp_month": card.exp_month,
            "exp_year": card.exp_year,
            "funding": card.funding,
            "last4": card.last4,
            "network": card.brand,
            "three_d_secure": null,
            "wallet": null,
        },
    });
    Charge {
        id: new_id(Charge::PREFIX),
        amount: intent.amount,
        amount_captured: 0,
        amount_refunded: 0,
        amount_transferred: 0,
        balance_transaction: None,
        billing_details: json!({}),
        captured: false,
        created: store.now,
        currency: intent.currency.clone(),
        customer: intent.customer.clone(),
        disputed: false,
        failure_code: None,
        failure_message: None,
        livemode: false,
        metadata: intent.metadata.clone(),
        outcome: Some(outcome("authorized", "approved_by_network")),
        paid: true,
        payment_intent: intent.id.clone(),
        payment_method: Some(method.id.clone()),
        payment_method_details: Some(details),
        refunded: false,
        status: "succeeded".to_owned(),
        transfer_group: intent.transfer_group.clone(),
    }
}

fn outcome(kind: &str, network_status: &str) -> Value {
    json!({
        "network_status": network_status, "reason": null, "risk_level": "normal", "seller_message": null, "type": kind,
    })
}

/// Holds the whole amount on the card.
pub(crate) fn hold(store: &mut Store, intent: &PaymentIntent, method: &PaymentMethod) -> Charge {
    let charge = authorized(store, intent, method);
    let value = store.put(&charge);
    emit(store, "charge.succeeded", &value);
    charge
}

/// Takes the whole amount from the card.
pub(crate) fn take(store: &mut Store, intent: &PaymentIntent, method: &PaymentMethod) -> Charge {
    let mut charge = authorized(store, intent, method);
    let value = book(store, &mut charge, intent.amount);
    emit(store, "charge.succeeded", &value);
    dispute_by_card(store, &charge.id);
    charge
}

/// A charge that the bank turned down.
pub(crate) fn declined(store: &mut Store, intent: &PaymentIntent, method: &PaymentMethod, decline: Decline) -> Charge {
    let charge = Charge {
        failure_code: Some(decline.code.to_owned()),
        failure_message: Some(decline.to_error().message().to_owned()),
        outcome: Some(outcome("issuer_declined", "declined_by_network")),
        paid: false,
        status: "failed".to_owned(),
        ..authorized(store, intent, method)
    };
    let value = store.put(&charge);
    emit(store, "charge.failed", &value);
    charge
}

/// Takes `amount` of the held money.
pub(crate) fn capture(store: &mut Store, mut charge: Charge, amount: i64) {
    let value = book(store, &mut charge, amount);
    emit(store, "charge.captured", &value);
    dispute_by_card(store, &charge.id);
}

fn book(store: &mut Store, charge: &mut Charge, amount: i64) -> Value {
    charge.captured = true;
    charge.amount_captured = amount;
    let fee = store.terms.charge_fee(amount);
    let entry = Entry { movement: Movement::Charge, source: &charge.id, amount, fee, currency: &charge.currency };
    charge.balance_transaction = Some(balance::book_id(store, &entry));
    store.put(charge)
}

/// Some test cards are disputed as soon as the money is taken.
fn dispute_by_card(store: &mut Store, charge: &str) {
    let Some(charge) = store.get::<Charge>(charge) else { return };
    if let Behaviour::Disputed { reason } = charge.behaviour(store) {
        let amount = charge.amount_captured;
        disputes::open(store, charge, amount, reason);
    }
}

/// Gives the held money back; `kind` says whether it was released or had lapsed.
pub(crate) fn void(store: &mut Store, mut charge: Charge, kind: &str) {
    charge.refunded = true;
    charge.amount_refunded = charge.amount;
    let value = store.put(&charge);
    emit(store, kind, &value);
}

pub(crate) fn list(store: &Store, form: &Form) -> Result<Value, Error> {
    form.only(&[
        "created",
        "customer",
        "ending_before",
        "limit",
        "payment_intent",
        "starting_after",
        "transfer_group",
    ])?;
    store.list::<Charge>(form, "/v1/charges", &["customer", "payment_intent", "transfer_group"])
}
