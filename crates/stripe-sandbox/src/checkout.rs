//! Checkout sessions that save a card: a hosted page in front of a SetupIntent.
//!
//! See <https://docs.stripe.com/payments/save-and-reuse?platform=checkout>.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cards::TestCard;
use crate::customers::Customer;
use crate::error::Error;
use crate::events::emit;
use crate::form::Form;
use crate::money;
use crate::payment_intents::{Answer, check_types};
use crate::payment_methods;
use crate::setup_intents::{self, SetupIntent, Status as SetupStatus};
use crate::store::{Resource, Store, new_id};

/// How long a session can be used if it does not say otherwise.
const SECONDS_OPEN: i64 = 24 * 60 * 60;
/// What Stripe replaces in the addresses with the session's id.
const PLACEHOLDER: &str = "{CHECKOUT_SESSION_ID}";

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: String,
    amount_subtotal: Option<i64>,
    amount_total: Option<i64>,
    automatic_tax: Value,
    pub(crate) cancel_url: Option<String>,
    client_reference_id: Option<String>,
    created: i64,
    currency: Option<String>,
    custom_fields: Vec<Value>,
    custom_text: Value,
    customer: Option<String>,
    customer_creation: Option<String>,
    customer_details: Option<Value>,
    customer_email: Option<String>,
    expires_at: i64,
    livemode: bool,
    locale: Option<String>,
    metadata: BTreeMap<String, String>,
    mode: String,
    payment_intent: Option<String>,
    payment_link: Option<String>,
    payment_method_collection: String,
    payment_method_options: Value,
    payment_method_types: Vec<String>,
    payment_status: String,
    setup_intent: String,
    shipping_options: Vec<Value>,
    pub(crate) status: Status,
    success_url: String,
    ui_mode: String,
    pub(crate) url: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Open,
    Complete,
    Expired,
}

/// Where a submitted card has led to.
#[derive(Debug)]
pub(crate) enum Progress {
    /// The session is complete; the browser goes there.
    Done(String),
    /// The bank wants the cardholder.
    Asks,
}

impl Resource for Session {
    const OBJECT: &'static str = "checkout.session";
    const PREFIX: &'static str = "cs_test_";

    fn id(&self) -> &str {
        &self.id
    }

    fn due(&self) -> Option<i64> {
        Some(self.expires_at).filter(|_| self.status == Status::Open)
    }
}

pub(crate) fn create(store: &mut Store, form: &Form) -> Result<Value, Error> {
    form.only(&[
        "cancel_url",
        "client_reference_id",
        "currency",
        "customer",
        "customer_email",
        "expires_at",
        "locale",
        "metadata",
        "mode",
        "payment_method_types",
        "setup_intent_data",
        "success_url",
    ])?;
    form.required("mode")?;
    form.choice("mode", &["setup"])?;
    check_types(form)?;
    let currency = form.text("currency").map(|_| money::currency(form)).transpose()?;
    if currency.is_none() && form.list("payment_method_types").is_empty() {
        // Without types Stripe picks them by the currency.
        return Err(Error::missing("currency"));
    }
    let customer: Option<Customer> = form.text("customer").map(|id| store.find_param(id, "customer")).transpose()?;
    let customer = customer.map(|customer| customer.id().to_owned());
    let metadata = form.map_metadata("setup_intent_data[metadata]")?;
    let intent = setup_intents::new(store, customer.clone(), metadata);
    let session = Session {
        cancel_url: form.url("cancel_url")?.map(str::to_owned),
        client_reference_id: form.text("client_reference_id").map(str::to_owned),
        currency,
        customer,
        customer_email: form.text("customer_email").map(str::to_owned),
        expires_at: expiry(store, form)?,
        locale: form.text("locale").map(str::to_owned),
        metadata: form.metadata()?,
        ..new(store, intent.id.clone(), form.required_url("success_url")?)
    };
    setup_intents::open(store, &intent);
    Ok(store.put(&session))
}

fn new(store: &Store, setup_intent: String, success_url: &str) -> Session {
    let id = new_id(Session::PREFIX);
    Session {
        amount_subtotal: None,
        amount_total: None,
        automatic_tax: json!({ "enabled": false, "liability": null, "provider": null, "status": null }),
        cancel_url: None,
        client_reference_id: None,
        created: store.now,
        currency: None,
        custom_fields: Vec::new(),
        custom_text: json!({
            "after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null,
        }),
        customer: None,
        customer_creation: None,
        customer_details: None,
        customer_email: None,
        expires_at: store.now + SECONDS_OPEN,
        livemode: false,
        locale: None,
        metadata: BTreeMap::new(),
        mode: "setup".to_owned(),
        payment_intent: None,
        payment_link: None,
        payment_method_collection: "always".to_owned(),
        payment_method_options: json!({ "card": { "request_three_d_secure": "automatic" } }),
        payment_method_types: vec!["card".to_owned()],
        payment_status: "no_payment_required".to_owned(),
        setup_intent,
        shipping_options: Vec::new(),
        status: Status::Open,
        success_url: success_url.to_owned(),
        ui_mode: "hosted_page".to_owned(),
        url: Some(format!("{}/hosted/checkout/{id}", store.terms.base_url)),
        id,
    }
}

/// Between half an hour and a day from now.
fn expiry(store: &Store, form: &Form) -> Result<i64, Error> {
    let longest = store.now + SECONDS_OPEN;
    let expires_at = form.integer("expires_at")?.unwrap_or(longest);
    // A minute of leeway, for whoever counts from a clock of their own.
    if (store.now + 29 * 60..=longest + 60).contains(&expires_at) {
        return Ok(expires_at);
    }
    let message = "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.";
    Err(Error::invalid(message).param("expires_at"))
}

impl Session {
    /// Where the browser goes with a saved card.
    fn success_url(&self) -> String {
        self.success_url.replace(PLACEHOLDER, &self.id)
    }

    /// Where the browser goes without one.
    pub(crate) fn back_url(&self) -> Option<String> {
        Some(self.cancel_url.as_deref()?.replace(PLACEHOLDER, &self.id))
    }

    /// Where the browser goes that comes to a page that is over.
    pub(crate) fn over_url(&self) -> Option<String> {
        match self.status {
            Status::Open => None,
            Status::Complete => Some(self.success_url()),
            Status::Expired => self.back_url(),
        }
    }
}

/// The session's page is submitted with a card. A card error leaves the session open.
pub(crate) fn submit(store: &mut Store, id: &str, card: &TestCard) -> Result<Progress, Error> {
    let session = open_session(store, id)?;
    let intent: SetupIntent = store.find(&session.setup_intent)?;
    let method = payment_methods::from_test_card(card, store.now);
    store.put(&method);
    setup_intents::attempt(store, intent, method, None)?;
    go_on(store, session)
}

/// The cardholder answers the bank's question on the session's page.
pub(crate) fn answer(store: &mut Store, id: &str, answer: Answer) -> Result<Progress, Error> {
    let session = open_session(store, id)?;
    let intent = setup_intents::authenticate(store, &session.setup_intent, answer)?;
    match intent.status {
        SetupStatus::Succeeded | SetupStatus::RequiresAction => go_on(store, session),
        SetupStatus::RequiresPaymentMethod | SetupStatus::RequiresConfirmation | SetupStatus::Canceled => {
            let message = "We are unable to authenticate your payment method. Please choose a different payment \
                           method and try again.";
            Err(Error::card("setup_intent_authentication_failure", "authentication_required", message))
        }
    }
}

/// Whether the bank's question is open.
pub(crate) fn asks(store: &Store, session: &Session) -> bool {
    let intent: Option<SetupIntent> = store.get(&session.setup_intent);
    intent.is_some_and(|intent| intent.status == SetupStatus::RequiresAction)
}

fn open_session(store: &Store, id: &str) -> Result<Session, Error> {
    let session: Session = store.find(id)?;
    if session.status != Status::Open {
        return Err(Error::invalid("This Checkout Session is over."));
    }
    Ok(session)
}

fn go_on(store: &mut Store, mut session: Session) -> Result<Progress, Error> {
    let intent: SetupIntent = store.find(&session.setup_intent)?;
    if intent.status == SetupStatus::RequiresAction {
        return Ok(Progress::Asks);
    }
    session.status = Status::Complete;
    session.url = None;
    let value = store.put(&session);
    emit(store, "checkout.session.completed", &value);
    Ok(Progress::Done(session.success_url()))
}

/// `POST /v1/checkout/sessions/<id>/expire`.
pub(crate) fn expire(store: &mut Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&[])?;
    let session: Session = store.find(id)?;
    if session.status != Status::Open {
        let message = "Only Checkout Sessions with a status in [\"open\"] can be expired.";
        return Err(Error::invalid(message));
    }
    Ok(end(store, session))
}

/// Ends a session that nobody used in time.
pub(crate) fn lapse(store: &mut Store, id: &str) {
    let Some(session) = store.get::<Session>(id) else { return };
    if session.due().is_some_and(|due| due <= store.now) {
        end(store, session);
    }
}

fn end(store: &mut Store, mut session: Session) -> Value {
    session.status = Status::Expired;
    session.url = None;
    let value = store.put(&session);
    if let Some(intent) = store.get::<SetupIntent>(&session.setup_intent) {
        setup_intents::end(store, intent, Some("abandoned"));
    }
    emit(store, "checkout.session.expired", &value);
    value
}

pub(crate) fn list(store: &Store, form: &Form) -> Result<Value, Error> {
    form.only(&["created", "customer", "ending_before", "limit", "setup_intent", "starting_after", "status"])?;
    store.list::<Session>(form, "/v1/checkout/sessions", &["customer", "setup_intent", "status"])
}
