//! PaymentIntents: the hold on a card, its capture and its release.
//!
//! States and moves: <https://docs.stripe.com/payments/paymentintents/lifecycle>.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cards::{self, Behaviour};
use crate::charges::{self, Charge};
use crate::customers::Customer;
use crate::error::Error;
use crate::form::Form;
use crate::money;
use crate::payment_methods::{self, PaymentMethod};
use crate::store::{Resource, Store, new_id};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PaymentIntent {
    pub(crate) id: String,
    pub(crate) amount: i64,
    amount_capturable: i64,
    amount_received: i64,
    canceled_at: Option<i64>,
    cancellation_reason: Option<String>,
    capture_method: String,
    client_secret: String,
    confirmation_method: String,
    created: i64,
    pub(crate) currency: String,
    pub(crate) customer: Option<String>,
    description: Option<String>,
    last_payment_error: Option<Value>,
    latest_charge: Option<String>,
    livemode: bool,
    pub(crate) metadata: BTreeMap<String, String>,
    next_action: Option<Value>,
    pub(crate) payment_method: Option<String>,
    payment_method_types: Vec<String>,
    status: Status,
    pub(crate) transfer_group: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    RequiresCapture,
    Succeeded,
    Canceled,
}

/// Whether the cardholder is there to answer questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Session {
    On,
    Off,
}

impl Resource for PaymentIntent {
    const OBJECT: &'static str = "payment_intent";
    const PREFIX: &'static str = "pi_";

    fn id(&self) -> &str {
        &self.id
    }
}

pub(crate) fn create(store: &mut Store, form: &Form) -> Result<Value, Error> {
    form.only(&[
        "allowed_payment_method_types",
        "amount",
        "automatic_payment_methods",
        "capture_method",
        "confirm",
        "currency",
        "customer",
        "description",
        "metadata",
        "off_session",
        "payment_method",
        "payment_method_types",
        "transfer_group",
    ])?;
    let confirm = form.flag("confirm")?;
    let session = if form.flag("off_session")? { Session::Off } else { Session::On };
    if session == Session::Off && !confirm {
        return Err(Error::invalid("off_session can only be set when confirm is true.").param("off_session"));
    }
    let mut intent = read(store, form)?;
    let method = match form.text("payment_method") {
        Some(name) => Some(usable_method(store, name, &intent)?),
        None => None,
    };
    match (confirm, method) {
        (true, None) => {
            Err(Error::invalid("You cannot confirm this PaymentIntent because it's missing a payment method.")
                .code("payment_intent_unexpected_state"))
        }
        (true, Some(method)) => {
            store.put(&method);
            self::confirm(store, intent, &method, session)
        }
        (false, Some(method)) => {
            store.put(&method);
            intent.payment_method = Some(method.id);
            intent.status = Status::RequiresConfirmation;
            Ok(store.put(&intent))
        }
        (false, None) => Ok(store.put(&intent)),
    }
}

fn read(store: &Store, form: &Form) -> Result<PaymentIntent, Error> {
    let amount = money::charge_amount(form)?;
    let currency = money::currency(form)?;
    let capture_method = form.choice("capture_method", &["automatic", "automatic_async", "manual"])?;
    let customer: Option<Customer> = form.text("customer").map(|id| store.find_param(id, "customer")).transpose()?;
    let id = new_id(PaymentIntent::PREFIX);
    Ok(PaymentIntent {
        amount,
        amount_capturable: 0,
        amount_received: 0,
        canceled_at: None,
        cancellation_reason: None,
        capture_method: capture_method.unwrap_or("automatic_async").to_owned(),
        client_secret: new_id(&format!("{id}_secret_")),
        confirmation_method: "automatic".to_owned(),
        created: store.now,
        currency,
        customer: customer.map(|customer| customer.id().to_owned()),
        description: form.text("description").map(str::to_owned),
        last_payment_error: None,
        latest_charge: None,
        livemode: false,
        metadata: form.metadata()?,
        next_action: None,
        payment_method: None,
        payment_method_types: vec!["card".to_owned()],
        status: Status::RequiresPaymentMethod,
        transfer_group: form.text("transfer_group").map(str::to_owned),
        id,
    })
}

/// The payment method, if this PaymentIntent may use it: nobody pays with another customer's card.
fn usable_method(store: &Store, name: &str, intent: &PaymentIntent) -> Result<PaymentMethod, Error> {
    let method = payment_methods::resolve(store, name)
        .ok_or_else(|| Error::no_such_param("PaymentMethod", name, "payment_method"))?;
    if method.customer.is_some() && method.customer != intent.customer {
        let message = "The provided PaymentMethod is attached to a Customer; pass that Customer with it.";
        return Err(Error::invalid(message).param("payment_method"));
    }
    Ok(method)
}

fn confirm(
    store: &mut Store,
    mut intent: PaymentIntent,
    method: &PaymentMethod,
    session: Session,
) -> Result<Value, Error> {
    intent.payment_method = Some(method.id.clone());
    match (cards::behaviour(&method.card.last4), session) {
        (Behaviour::Approved, _) => Ok(approve(store, intent)),
        (Behaviour::Declined { decline_code, message }, _) => {
            Err(decline(store, intent, method, Error::card("card_declined", decline_code, message), message))
        }
        (Behaviour::AsksCardholder, Session::Off) => {
            let message = "Your card was declined. This transaction requires authentication.";
            let error = Error::card("authentication_required", "authentication_required", message);
            Err(decline(store, intent, method, error, message))
        }
        (Behaviour::AsksCardholder, Session::On) => {
            intent.status = Status::RequiresAction;
            intent.next_action = Some(json!({ "type": "use_stripe_sdk", "use_stripe_sdk": {} }));
            Ok(store.put(&intent))
        }
    }
}

fn approve(store: &mut Store, mut intent: PaymentIntent) -> Value {
    let mut charge = charges::authorized(store, &intent);
    intent.latest_charge = Some(charge.id.clone());
    if intent.capture_method == "manual" {
        intent.status = Status::RequiresCapture;
        intent.amount_capturable = intent.amount;
    } else {
        intent.status = Status::Succeeded;
        intent.amount_received = intent.amount;
        charge = charges::capture(charge, intent.amount);
    }
    store.put(&charge);
    store.put(&intent)
}

/// Keeps the declined charge, lets the PaymentIntent ask for another card, and returns the error that says all that.
fn decline(store: &mut Store, mut intent: PaymentIntent, method: &PaymentMethod, error: Error, message: &str) -> Error {
    let charge = charges::declined(store, &intent, "card_declined", message);
    store.put(&charge);
    let error = error.charge(&charge.id).payment_method(store.put(method));
    intent.latest_charge = Some(charge.id);
    intent.payment_method = None;
    intent.last_payment_error = Some(error.to_value());
    error.payment_intent(store.put(&intent))
}

pub(crate) fn capture(store: &mut Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&["amount_to_capture", "metadata"])?;
    let mut intent: PaymentIntent = store.find(id)?;
    let amount = money::optional_amount(form, "amount_to_capture")?.unwrap_or(intent.amount_capturable);
    if intent.status != Status::RequiresCapture {
        return Err(unexpected_state(store, &intent, "captured", &[Status::RequiresCapture]));
    }
    if amount > intent.amount_capturable {
        let message = "The requested capture amount is greater than the authorized amount.";
        return Err(Error::invalid(message).code("amount_too_large").param("amount_to_capture"));
    }
    intent.status = Status::Succeeded;
    intent.amount_capturable = 0;
    intent.amount_received = amount;
    intent.metadata.extend(form.metadata()?);
    if let Some(charge) = latest_charge(store, &intent) {
        store.put(&charges::capture(charge, amount));
    }
    Ok(store.put(&intent))
}

pub(crate) fn cancel(store: &mut Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&["cancellation_reason"])?;
    let reasons = ["duplicate", "fraudulent", "requested_by_customer", "abandoned"];
    let reason = form.choice("cancellation_reason", &reasons)?;
    let mut intent: PaymentIntent = store.find(id)?;
    match intent.status {
        Status::Succeeded | Status::Canceled => {
            let open = [
                Status::RequiresPaymentMethod,
                Status::RequiresCapture,
                Status::RequiresConfirmation,
                Status::RequiresAction,
            ];
            return Err(unexpected_state(store, &intent, "canceled", &open));
        }
        Status::RequiresCapture => {
            if let Some(charge) = latest_charge(store, &intent) {
                store.put(&charges::void(charge));
            }
        }
        Status::RequiresPaymentMethod | Status::RequiresConfirmation | Status::RequiresAction => {}
    }
    intent.status = Status::Canceled;
    intent.amount_capturable = 0;
    intent.canceled_at = Some(store.now);
    intent.cancellation_reason = reason.map(str::to_owned);
    intent.next_action = None;
    Ok(store.put(&intent))
}

pub(crate) fn list(store: &Store, form: &Form) -> Result<Value, Error> {
    form.only(&["customer", "limit", "starting_after"])?;
    store.list::<PaymentIntent>(form, "/v1/payment_intents", &["customer"])
}

fn latest_charge(store: &Store, intent: &PaymentIntent) -> Option<Charge> {
    intent.latest_charge.as_deref().and_then(|id| store.get(id))
}

fn unexpected_state(store: &Store, intent: &PaymentIntent, action: &str, allowed: &[Status]) -> Error {
    let word = |status: &Status| json!(status).as_str().unwrap_or_default().to_owned();
    let allowed: Vec<String> = allowed.iter().map(word).collect();
    let message = format!(
        "This PaymentIntent could not be {action} because it has a status of {}. \
         Only a PaymentIntent with one of the following statuses may be {action}: {}.",
        word(&intent.status),
        allowed.join(", "),
    );
    let error = Error::invalid(message).code("payment_intent_unexpected_state");
    match store.retrieve::<PaymentIntent>(&intent.id, &Form::default()) {
        Ok(intent) => error.payment_intent(intent),
        Err(_) => error,
    }
}
