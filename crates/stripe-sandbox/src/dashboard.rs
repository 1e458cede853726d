//! What people at the platform do by hand in Stripe's dashboard, behind the program's back.

use serde::Deserialize;
use serde_json::Value;

use crate::error::Error;
use crate::form::Form;
use crate::payment_intents::{self, PaymentIntent};
use crate::refunds;
use crate::store::Store;

/// The body of `POST /sandbox/dashboard/…`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    payment_intent: String,
    amount: Option<i64>,
}

pub(crate) fn refund(store: &mut Store, order: &Order) -> Result<Value, Error> {
    let intent: PaymentIntent = store.find(&order.payment_intent)?;
    let charge = refunds::of_intent(store, &intent)?;
    let reason = Some("requested_by_customer");
    refunds::make(store, charge, refunds::Order { amount: order.amount, reason, ..refunds::Order::default() })
}

pub(crate) fn cancel(store: &mut Store, order: &Order) -> Result<Value, Error> {
    payment_intents::cancel(store, &order.payment_intent, &Form::default())
}

pub(crate) fn capture(store: &mut Store, order: &Order) -> Result<Value, Error> {
    let form = Form::default();
    let form = order.amount.map(|amount| form.with("amount_to_capture", &amount.to_string())).unwrap_or(form);
    payment_intents::capture(store, &order.payment_intent, &form)
}
