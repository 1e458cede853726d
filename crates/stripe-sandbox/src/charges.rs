//! Charges: what a PaymentIntent did to a card. Transfers are paid out of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::payment_intents::PaymentIntent;
use crate::store::{Resource, Store, new_id};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Charge {
    pub(crate) id: String,
    amount: i64,
    pub(crate) amount_captured: i64,
    amount_refunded: i64,
    /// What transfers have taken so far. Stripe has no such field; here it saves adding up all transfers.
    pub(crate) amount_transferred: i64,
    billing_details: Value,
    pub(crate) captured: bool,
    created: i64,
    pub(crate) currency: String,
    customer: Option<String>,
    disputed: bool,
    failure_code: Option<String>,
    failure_message: Option<String>,
    livemode: bool,
    metadata: BTreeMap<String, String>,
    paid: bool,
    payment_intent: String,
    payment_method: Option<String>,
    refunded: bool,
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

/// A charge that authorised the whole amount and captured nothing yet.
pub(crate) fn authorized(store: &Store, intent: &PaymentIntent) -> Charge {
    Charge {
        id: new_id(Charge::PREFIX),
        amount: intent.amount,
        amount_captured: 0,
        amount_refunded: 0,
        amount_transferred: 0,
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
        paid: true,
        payment_intent: intent.id.clone(),
        payment_method: intent.payment_method.clone(),
        refunded: false,
        status: "succeeded".to_owned(),
        transfer_group: intent.transfer_group.clone(),
    }
}

/// A charge that the bank turned down.
pub(crate) fn declined(store: &Store, intent: &PaymentIntent, code: &str, message: &str) -> Charge {
    Charge {
        failure_code: Some(code.to_owned()),
        failure_message: Some(message.to_owned()),
        paid: false,
        status: "failed".to_owned(),
        ..authorized(store, intent)
    }
}

/// Takes `amount` of the authorised money.
pub(crate) fn capture(mut charge: Charge, amount: i64) -> Charge {
    charge.captured = true;
    charge.amount_captured = amount;
    charge
}

/// Gives the authorised money back.
pub(crate) fn void(mut charge: Charge) -> Charge {
    charge.refunded = true;
    charge.amount_refunded = charge.amount;
    charge
}
