//! SetupIntents: a card made ready for later charges while its holder is there.
//!
//! States and moves: <https://docs.stripe.com/payments/setupintents/lifecycle>.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cards::Behaviour;
use crate::customers::Customer;
use crate::error::Error;
use crate::events::emit;
use crate::form::Form;
use crate::payment_intents::{Answer, check_types};
use crate::payment_methods::{self, PaymentMethod};
use crate::store::{Resource, Store, new_id, wire};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SetupIntent {
    pub(crate) id: String,
    application: Option<String>,
    automatic_payment_methods: Option<Value>,
    cancellation_reason: Option<String>,
    pub(crate) client_secret: String,
    created: i64,
    customer: Option<String>,
    description: Option<String>,
    last_setup_error: Option<Value>,
    latest_attempt: Option<String>,
    livemode: bool,
    mandate: Option<String>,
    metadata: BTreeMap<String, String>,
    next_action: Option<Value>,
    on_behalf_of: Option<String>,
    payment_method: Option<String>,
    payment_method_types: Vec<String>,
    /// Where the cardholder goes after answering the bank.
    #[serde(rename = "sandbox_return_url")]
    pub(crate) return_url: Option<String>,
    single_use_mandate: Option<String>,
    pub(crate) status: Status,
    usage: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Succeeded,
    Canceled,
}

impl Resource for SetupIntent {
    const OBJECT: &'static str = "setup_intent";
    const PREFIX: &'static str = "seti_";

    fn id(&self) -> &str {
        &self.id
    }
}

pub(crate) fn create(store: &mut Store, form: &Form) -> Result<Value, Error> {
    form.only(&[
        "automatic_payment_methods",
        "confirm",
        "customer",
        "description",
        "metadata",
        "payment_method",
        "payment_method_types",
        "return_url",
        "usage",
    ])?;
    check_types(form)?;
    let confirm = form.flag("confirm")?;
    let return_url = form.url("return_url")?.map(str::to_owned);
    if return_url.is_some() && !confirm {
        return Err(Error::invalid("return_url can only be set when confirm is true.").param("return_url"));
    }
    let customer: Option<Customer> = form.text("customer").map(|id| store.find_param(id, "customer")).transpose()?;
    let customer = customer.map(|customer| customer.id().to_owned());
    let mut intent = new(store, customer, form.metadata()?);
    intent.description = form.text("description").map(str::to_owned);
    intent.automatic_payment_methods =
        form.flag("automatic_payment_methods[enabled]")?.then(|| json!({ "enabled": true }));
    if let Some(usage) = form.choice("usage", &["off_session", "on_session"])? {
        intent.usage = usage.to_owned();
    }
    let method = match form.text("payment_method") {
        Some(name) => Some(usable_method(store, name, &intent)?),
        None if confirm => return Err(no_method()),
        None => None,
    };
    if let Some(method) = &method {
        store.put(method);
        intent.payment_method = Some(method.id.clone());
        intent.status = Status::RequiresConfirmation;
    }
    let value = open(store, &intent);
    match method {
        Some(method) if confirm => attempt(store, intent, method, return_url),
        Some(_) | None => Ok(value),
    }
}

/// A SetupIntent that waits for a card. The caller opens it.
pub(crate) fn new(store: &Store, customer: Option<String>, metadata: BTreeMap<String, String>) -> SetupIntent {
    let id = new_id(SetupIntent::PREFIX);
    SetupIntent {
        application: None,
        automatic_payment_methods: None,
        cancellation_reason: None,
        client_secret: new_id(&format!("{id}_secret_")),
        created: store.now,
        customer,
        description: None,
        last_setup_error: None,
        latest_attempt: None,
        livemode: false,
        mandate: None,
        metadata,
        next_action: None,
        on_behalf_of: None,
        payment_method: None,
        payment_method_types: vec!["card".to_owned()],
        return_url: None,
        single_use_mandate: None,
        status: Status::RequiresPaymentMethod,
        usage: "off_session".to_owned(),
        id,
    }
}

pub(crate) fn open(store: &mut Store, intent: &SetupIntent) -> Value {
    let value = store.put(intent);
    emit(store, "setup_intent.created", &value);
    value
}

fn no_method() -> Error {
    Error::invalid("You cannot confirm this SetupIntent because it's missing a payment method.")
        .code("setup_intent_unexpected_state")
}

fn usable_method(store: &Store, name: &str, intent: &SetupIntent) -> Result<PaymentMethod, Error> {
    let method = payment_methods::resolve(store, name)
        .ok_or_else(|| Error::no_such_param("PaymentMethod", name, "payment_method"))?;
    method.check_usable()?;
    if method.customer.is_some() && method.customer != intent.customer {
        let message = "The provided PaymentMethod is attached to a Customer; pass that Customer with it.";
        return Err(Error::invalid(message).param("payment_method"));
    }
    Ok(method)
}

pub(crate) fn confirm(store: &mut Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&["payment_method", "return_url"])?;
    let intent: SetupIntent = store.find(id)?;
    check_open(&intent, "confirmed")?;
    let name = form.text("payment_method").or(intent.payment_method.as_deref()).ok_or_else(no_method)?;
    let method = usable_method(store, name, &intent)?;
    store.put(&method);
    attempt(store, intent, method, form.url("return_url")?.map(str::to_owned))
}

fn check_open(intent: &SetupIntent, action: &str) -> Result<(), Error> {
    match intent.status {
        Status::RequiresPaymentMethod | Status::RequiresConfirmation | Status::RequiresAction => Ok(()),
        Status::Succeeded | Status::Canceled => {
            let status = json!(intent.status);
            let message = format!("This SetupIntent could not be {action} because it has a status of {status}.");
            Err(Error::invalid(message).code("setup_intent_unexpected_state").setup_intent(wire(intent)))
        }
    }
}

/// Asks the bank whether the card can be charged later.
pub(crate) fn attempt(
    store: &mut Store,
    mut intent: SetupIntent,
    method: PaymentMethod,
    return_url: Option<String>,
) -> Result<Value, Error> {
    intent.payment_method = Some(method.id.clone());
    intent.next_action = None;
    intent.return_url = return_url;
    match method.behaviour() {
        Behaviour::Approved | Behaviour::DeclinedLater(_) | Behaviour::Disputed { .. } | Behaviour::RefundsFail => {
            Ok(succeed(store, intent, method))
        }
        Behaviour::Declined(no) => Err(fail(store, intent, &method, no.to_error())),
        Behaviour::AsksCardholder { .. } => Ok(ask(store, intent)),
    }
}

fn ask(store: &mut Store, mut intent: SetupIntent) -> Value {
    intent.status = Status::RequiresAction;
    intent.next_action = Some(match &intent.return_url {
        Some(return_url) => json!({
            "type": "redirect_to_url",
            "redirect_to_url": {
                "url": format!(
                    "{}/hosted/3ds/{}?setup_intent_client_secret={}",
                    store.terms.base_url, intent.id, intent.client_secret,
                ),
                "return_url": return_url,
            },
        }),
        None => json!({ "type": "use_stripe_sdk", "use_stripe_sdk": {} }),
    });
    let value = store.put(&intent);
    emit(store, "setup_intent.requires_action", &value);
    value
}

/// Takes the cardholder's answer to the bank, and returns the SetupIntent after it. A second answer changes nothing.
pub(crate) fn authenticate(store: &mut Store, id: &str, answer: Answer) -> Result<SetupIntent, Error> {
    let intent: SetupIntent = store.find(id)?;
    if intent.status != Status::RequiresAction {
        return Ok(intent);
    }
    let method: PaymentMethod =
        intent.payment_method.as_deref().and_then(|method| store.get(method)).ok_or_else(no_method)?;
    match answer {
        Answer::Complete => drop(succeed(store, intent, method)),
        Answer::Fail => {
            let message = "The provided PaymentMethod has failed authentication. Provide a new PaymentMethod.";
            let error = Error::invalid(message).code("setup_intent_authentication_failure");
            drop(fail(store, intent, &method, error));
        }
    }
    store.find(id)
}

fn succeed(store: &mut Store, mut intent: SetupIntent, mut method: PaymentMethod) -> Value {
    method.set_up = intent.usage == "off_session";
    match &intent.customer {
        Some(customer) => payment_methods::give_to(store, method, customer),
        None => store.put(&method),
    };
    intent.status = Status::Succeeded;
    intent.next_action = None;
    intent.last_setup_error = None;
    let value = store.put(&intent);
    emit(store, "setup_intent.succeeded", &value);
    value
}

fn fail(store: &mut Store, mut intent: SetupIntent, method: &PaymentMethod, error: Error) -> Error {
    let error = error.payment_method(wire(method));
    intent.status = Status::RequiresPaymentMethod;
    intent.payment_method = None;
    intent.next_action = None;
    intent.last_setup_error = Some(error.to_value());
    let value = store.put(&intent);
    emit(store, "setup_intent.setup_failed", &value);
    error.setup_intent(value)
}

pub(crate) fn update(store: &mut Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&["description", "metadata"])?;
    let mut intent: SetupIntent = store.find(id)?;
    if let Some(description) = form.text("description") {
        intent.description = Some(description.to_owned()).filter(|text| !text.is_empty());
    }
    form.update_metadata(&mut intent.metadata)?;
    Ok(store.put(&intent))
}

pub(crate) fn cancel(store: &mut Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&["cancellation_reason"])?;
    let reason = form.choice("cancellation_reason", &["abandoned", "duplicate", "requested_by_customer"])?;
    let intent: SetupIntent = store.find(id)?;
    check_open(&intent, "canceled")?;
    Ok(end(store, intent, reason))
}

/// Ends a SetupIntent that is still open.
pub(crate) fn end(store: &mut Store, mut intent: SetupIntent, reason: Option<&str>) -> Value {
    intent.status = Status::Canceled;
    intent.cancellation_reason = reason.map(str::to_owned);
    intent.next_action = None;
    let value = store.put(&intent);
    emit(store, "setup_intent.canceled", &value);
    value
}

pub(crate) fn list(store: &Store, form: &Form) -> Result<Value, Error> {
    form.only(&["created", "customer", "ending_before", "limit", "payment_method", "starting_after"])?;
    store.list::<SetupIntent>(form, "/v1/setup_intents", &["customer", "payment_method"])
}
