//! PaymentIntents: the hold on a card, its capture and its release.
//!
//! States and moves: <https://docs.stripe.com/payments/paymentintents/lifecycle>.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cards::{AUTHENTICATION_NOT_HANDLED, AUTHENTICATION_REQUIRED, Behaviour, Decline, Unless, Verdict};
use crate::charges::{self, Charge, SECONDS_HELD};
use crate::customers::Customer;
use crate::error::Error;
use crate::events::emit;
use crate::form::Form;
use crate::money;
use crate::payment_methods::{self, PaymentMethod};
use crate::store::{Resource, Store, new_id, wire};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PaymentIntent {
    pub(crate) id: String,
    pub(crate) amount: i64,
    amount_capturable: i64,
    amount_received: i64,
    automatic_payment_methods: Option<Value>,
    canceled_at: Option<i64>,
    cancellation_reason: Option<String>,
    capture_method: String,
    pub(crate) client_secret: String,
    confirmation_method: String,
    created: i64,
    pub(crate) currency: String,
    pub(crate) customer: Option<String>,
    description: Option<String>,
    last_payment_error: Option<Value>,
    pub(crate) latest_charge: Option<String>,
    livemode: bool,
    pub(crate) metadata: BTreeMap<String, String>,
    next_action: Option<Value>,
    pub(crate) payment_method: Option<String>,
    payment_method_types: Vec<String>,
    /// Where the cardholder goes after answering the bank.
    #[serde(rename = "sandbox_return_url")]
    pub(crate) return_url: Option<String>,
    setup_future_usage: Option<String>,
    pub(crate) status: Status,
    pub(crate) transfer_group: Option<String>,
    /// When the bank lets go of the hold.
    #[serde(rename = "sandbox_held_until")]
    held_until: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    RequiresCapture,
    Succeeded,
    Canceled,
}

/// One try to charge the card.
#[derive(Debug)]
struct Attempt {
    session: Session,
    return_url: Option<String>,
}

/// Whether the cardholder is there to answer questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Session {
    On,
    Off,
    /// The cardholder is there, but the caller wants the payment to fail rather than to ask.
    OnWithoutQuestions,
}

/// What the cardholder answered the bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Complete,
    Fail,
}

impl Resource for PaymentIntent {
    const OBJECT: &'static str = "payment_intent";
    const PREFIX: &'static str = "pi_";

    fn id(&self) -> &str {
        &self.id
    }

    fn due(&self) -> Option<i64> {
        self.held_until.filter(|_| self.status == Status::RequiresCapture)
    }
}

const CONFIRM_PARAMETERS: &[&str] =
    &["error_on_requires_action", "off_session", "payment_method", "return_url", "setup_future_usage"];

pub(crate) fn create(store: &mut Store, form: &Form) -> Result<Value, Error> {
    let own = [
        "allowed_payment_method_types",
        "amount",
        "automatic_payment_methods",
        "capture_method",
        "confirm",
        "currency",
        "customer",
        "description",
        "metadata",
        "payment_method_types",
        "transfer_group",
    ];
    form.only(&[&own, CONFIRM_PARAMETERS].concat())?;
    let confirm = form.flag("confirm")?;
    let attempt = Attempt::read(form)?;
    check_confirm_parameters(form, confirm, &attempt)?;
    let mut intent = read(store, form)?;
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
    let value = store.put(&intent);
    emit(store, "payment_intent.created", &value);
    match method {
        Some(method) if confirm => self::attempt(store, intent, method, attempt),
        Some(_) | None => Ok(value),
    }
}

/// What makes sense only for a payment that is tried at once.
fn check_confirm_parameters(form: &Form, confirm: bool, attempt: &Attempt) -> Result<(), Error> {
    for param in ["off_session", "return_url", "error_on_requires_action"] {
        if !confirm && form.text(param).is_some_and(|value| value != "false") {
            let message = format!("{param} can only be set when confirm is true.");
            return Err(Error::invalid(message).param(param));
        }
    }
    let automatic = form.flag("automatic_payment_methods[enabled]")?;
    let may_redirect = form.text("automatic_payment_methods[allow_redirects]") != Some("never");
    if confirm && automatic && may_redirect && attempt.return_url.is_none() {
        let message = "This PaymentIntent is configured to accept payment methods that may redirect your customer, so \
                       you must provide a `return_url`, or set automatic_payment_methods[allow_redirects] to never.";
        return Err(Error::invalid(message).param("return_url"));
    }
    Ok(())
}

impl Attempt {
    fn read(form: &Form) -> Result<Self, Error> {
        let without_questions = form.flag("error_on_requires_action")?;
        // Stripe also takes `one_off` and `recurring` for off_session.
        let off = matches!(form.text("off_session"), Some("one_off" | "recurring")) || form.flag("off_session")?;
        let session = match (off, without_questions) {
            (true, _) => Session::Off,
            (false, true) => Session::OnWithoutQuestions,
            (false, false) => Session::On,
        };
        Ok(Self { session, return_url: form.url("return_url")?.map(str::to_owned) })
    }
}

fn read(store: &Store, form: &Form) -> Result<PaymentIntent, Error> {
    let amount = money::charge_amount(form)?;
    let currency = money::currency(form)?;
    let capture_method = form.choice("capture_method", &["automatic", "automatic_async", "manual"])?;
    let customer: Option<Customer> = form.text("customer").map(|id| store.find_param(id, "customer")).transpose()?;
    check_types(form)?;
    let automatic = form.flag("automatic_payment_methods[enabled]")?;
    let redirects = form.choice("automatic_payment_methods[allow_redirects]", &["always", "never"])?;
    if automatic && !form.list("payment_method_types").is_empty() {
        let message = "You may only specify one of these parameters: automatic_payment_methods, payment_method_types.";
        return Err(Error::invalid(message));
    }
    let id = new_id(PaymentIntent::PREFIX);
    Ok(PaymentIntent {
        amount,
        amount_capturable: 0,
        amount_received: 0,
        automatic_payment_methods: automatic
            .then(|| json!({ "allow_redirects": redirects.unwrap_or("always"), "enabled": true })),
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
        return_url: None,
        setup_future_usage: form.choice("setup_future_usage", &["off_session", "on_session"])?.map(str::to_owned),
        status: Status::RequiresPaymentMethod,
        transfer_group: form.text("transfer_group").map(str::to_owned),
        held_until: None,
        id,
    })
}

/// The sandbox has nothing but cards.
pub(crate) fn check_types(form: &Form) -> Result<(), Error> {
    match form.list("payment_method_types").into_iter().find(|kind| *kind != "card") {
        Some(kind) => {
            let message = format!("The payment method type provided: {kind} is invalid: the sandbox has only card.");
            Err(Error::invalid(message).code("payment_intent_invalid_parameter").param("payment_method_types"))
        }
        None => Ok(()),
    }
}

fn no_method() -> Error {
    Error::invalid("You cannot confirm this PaymentIntent because it's missing a payment method.")
        .code("payment_intent_unexpected_state")
}

/// The payment method, if this PaymentIntent may use it: nobody pays with another customer's card.
fn usable_method(store: &Store, name: &str, intent: &PaymentIntent) -> Result<PaymentMethod, Error> {
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
    form.only(CONFIRM_PARAMETERS)?;
    let mut intent: PaymentIntent = store.find(id)?;
    let attempt = Attempt::read(form)?;
    match intent.status {
        Status::RequiresPaymentMethod | Status::RequiresConfirmation | Status::RequiresAction => {}
        Status::RequiresCapture | Status::Succeeded | Status::Canceled => {
            let open = [Status::RequiresPaymentMethod, Status::RequiresConfirmation, Status::RequiresAction];
            return Err(unexpected_state(&intent, "confirmed", &open));
        }
    }
    if let Some(usage) = form.choice("setup_future_usage", &["off_session", "on_session"])? {
        intent.setup_future_usage = Some(usage.to_owned());
    }
    let name = form.text("payment_method").or(intent.payment_method.as_deref()).ok_or_else(no_method)?;
    let method = usable_method(store, name, &intent)?;
    store.put(&method);
    self::attempt(store, intent, method, attempt)
}

/// Asks the bank for the money.
fn attempt(
    store: &mut Store,
    mut intent: PaymentIntent,
    method: PaymentMethod,
    attempt: Attempt,
) -> Result<Value, Error> {
    intent.payment_method = Some(method.id.clone());
    intent.return_url = attempt.return_url;
    intent.next_action = None;
    match (method.behaviour(), attempt.session) {
        (Behaviour::Approved | Behaviour::Disputed { .. } | Behaviour::RefundsFail, _) => {
            Ok(approve(store, intent, method))
        }
        (Behaviour::Declined(no) | Behaviour::DeclinedLater(no), _) => Err(decline(store, intent, &method, no)),
        (Behaviour::AsksCardholder { unless: Unless::SetUp, .. }, Session::Off) if method.set_up => {
            Ok(approve(store, intent, method))
        }
        (Behaviour::AsksCardholder { unless: Unless::OffSession, .. }, Session::Off) => {
            Ok(approve(store, intent, method))
        }
        (Behaviour::AsksCardholder { .. }, Session::Off) => {
            Err(decline(store, intent, &method, AUTHENTICATION_REQUIRED))
        }
        (Behaviour::AsksCardholder { .. }, Session::OnWithoutQuestions) => {
            Err(decline(store, intent, &method, AUTHENTICATION_NOT_HANDLED))
        }
        (Behaviour::AsksCardholder { .. }, Session::On) => Ok(ask(store, intent)),
    }
}

/// Sends the cardholder to the bank: to a page of the sandbox, or into a script that has none here.
fn ask(store: &mut Store, mut intent: PaymentIntent) -> Value {
    intent.status = Status::RequiresAction;
    intent.next_action = Some(match &intent.return_url {
        Some(return_url) => json!({
            "type": "redirect_to_url",
            "redirect_to_url": {
                "url": format!(
                    "{}/hosted/3ds/{}?payment_intent_client_secret={}",
                    store.terms.base_url, intent.id, intent.client_secret,
                ),
                "return_url": return_url,
            },
        }),
        None => json!({ "type": "use_stripe_sdk", "use_stripe_sdk": {} }),
    });
    let value = store.put(&intent);
    emit(store, "payment_intent.requires_action", &value);
    value
}

/// Takes the cardholder's answer to the bank, and returns the PaymentIntent after it. A second answer changes nothing.
pub(crate) fn authenticate(store: &mut Store, id: &str, answer: Answer) -> Result<PaymentIntent, Error> {
    let mut intent: PaymentIntent = store.find(id)?;
    if intent.status != Status::RequiresAction {
        return Ok(intent);
    }
    let method: PaymentMethod =
        intent.payment_method.as_deref().and_then(|method| store.get(method)).ok_or_else(no_method)?;
    intent.next_action = None;
    match (answer, method.behaviour()) {
        (Answer::Fail, _) => fail_authentication(store, intent, &method),
        (Answer::Complete, Behaviour::AsksCardholder { then: Verdict::Decline(no), .. }) => {
            // The page has no answer to give; the PaymentIntent says it, and so do the events.
            drop(decline(store, intent, &method, no));
        }
        (
            Answer::Complete,
            Behaviour::AsksCardholder { then: Verdict::Approve, .. }
            | Behaviour::Approved
            | Behaviour::Declined(_)
            | Behaviour::DeclinedLater(_)
            | Behaviour::Disputed { .. }
            | Behaviour::RefundsFail,
        ) => {
            approve(store, intent, method);
        }
    }
    store.find(id)
}

fn fail_authentication(store: &mut Store, mut intent: PaymentIntent, method: &PaymentMethod) {
    let message = "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new \
                   PaymentMethod to attempt to fulfill this PaymentIntent again.";
    let error = Error::invalid(message).code("payment_intent_authentication_failure").payment_method(wire(method));
    intent.status = Status::RequiresPaymentMethod;
    intent.payment_method = None;
    intent.last_payment_error = Some(error.to_value());
    let value = store.put(&intent);
    emit(store, "payment_intent.payment_failed", &value);
}

fn approve(store: &mut Store, mut intent: PaymentIntent, mut method: PaymentMethod) -> Value {
    if let (Some(usage), Some(customer)) = (&intent.setup_future_usage, &intent.customer) {
        method.set_up = method.set_up || usage == "off_session";
        payment_methods::give_to(store, method.clone(), customer);
    }
    intent.last_payment_error = None;
    let kind = if intent.capture_method == "manual" {
        intent.latest_charge = Some(charges::hold(store, &intent, &method).id);
        intent.status = Status::RequiresCapture;
        intent.amount_capturable = intent.amount;
        intent.held_until = Some(store.now + SECONDS_HELD);
        "payment_intent.amount_capturable_updated"
    } else {
        intent.latest_charge = Some(charges::take(store, &intent, &method).id);
        intent.status = Status::Succeeded;
        intent.amount_received = intent.amount;
        "payment_intent.succeeded"
    };
    let value = store.put(&intent);
    emit(store, kind, &value);
    value
}

/// Keeps the declined charge, lets the PaymentIntent ask for another card, and returns the error that says all that.
fn decline(store: &mut Store, mut intent: PaymentIntent, method: &PaymentMethod, decline: Decline) -> Error {
    let charge = charges::declined(store, &intent, method, decline);
    let error = decline.to_error().charge(&charge.id).payment_method(wire(method));
    intent.latest_charge = Some(charge.id);
    intent.payment_method = None;
    intent.status = Status::RequiresPaymentMethod;
    intent.last_payment_error = Some(error.to_value());
    let value = store.put(&intent);
    emit(store, "payment_intent.payment_failed", &value);
    error.payment_intent(value)
}

pub(crate) fn update(store: &mut Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&["description", "metadata"])?;
    let mut intent: PaymentIntent = store.find(id)?;
    if let Some(description) = form.text("description") {
        intent.description = Some(description.to_owned()).filter(|text| !text.is_empty());
    }
    form.update_metadata(&mut intent.metadata)?;
    Ok(store.put(&intent))
}

pub(crate) fn capture(store: &mut Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&["amount_to_capture", "metadata"])?;
    let mut intent: PaymentIntent = store.find(id)?;
    let amount = money::optional_amount(form, "amount_to_capture")?.unwrap_or(intent.amount_capturable);
    if intent.status != Status::RequiresCapture {
        return Err(unexpected_state(&intent, "captured", &[Status::RequiresCapture]));
    }
    if amount > intent.amount_capturable {
        let message = "The requested capture amount is greater than the authorized amount.";
        return Err(Error::invalid(message).code("amount_too_large").param("amount_to_capture"));
    }
    form.update_metadata(&mut intent.metadata)?;
    intent.status = Status::Succeeded;
    intent.amount_capturable = 0;
    intent.amount_received = amount;
    let value = store.put(&intent);
    if let Some(charge) = latest_charge(store, &intent) {
        charges::capture(store, charge, amount);
    }
    emit(store, "payment_intent.succeeded", &value);
    Ok(value)
}

pub(crate) fn cancel(store: &mut Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&["cancellation_reason"])?;
    let reasons = ["duplicate", "fraudulent", "requested_by_customer", "abandoned"];
    let reason = form.choice("cancellation_reason", &reasons)?;
    let intent: PaymentIntent = store.find(id)?;
    match intent.status {
        Status::Succeeded | Status::Canceled => {
            let open = [
                Status::RequiresPaymentMethod,
                Status::RequiresCapture,
                Status::RequiresConfirmation,
                Status::RequiresAction,
            ];
            Err(unexpected_state(&intent, "canceled", &open))
        }
        // Stripe tells of a released hold as of a refund; the charge was not captured, so no money came or went.
        Status::RequiresCapture => Ok(end(store, intent, reason, Some("charge.refunded"))),
        Status::RequiresPaymentMethod | Status::RequiresConfirmation | Status::RequiresAction => {
            Ok(end(store, intent, reason, None))
        }
    }
}

/// Lets go of a hold that the bank no longer keeps.
pub(crate) fn lapse(store: &mut Store, id: &str) {
    let Some(intent) = store.get::<PaymentIntent>(id) else { return };
    if intent.due().is_some_and(|due| due <= store.now) {
        end(store, intent, Some("automatic"), Some("charge.expired"));
    }
}

fn end(store: &mut Store, mut intent: PaymentIntent, reason: Option<&str>, voided: Option<&str>) -> Value {
    if let (Some(kind), Some(charge)) = (voided, latest_charge(store, &intent)) {
        charges::void(store, charge, kind);
    }
    intent.status = Status::Canceled;
    intent.amount_capturable = 0;
    intent.canceled_at = Some(store.now);
    intent.cancellation_reason = reason.map(str::to_owned);
    intent.next_action = None;
    let value = store.put(&intent);
    emit(store, "payment_intent.canceled", &value);
    value
}

pub(crate) fn list(store: &Store, form: &Form) -> Result<Value, Error> {
    form.only(&["created", "customer", "ending_before", "limit", "starting_after"])?;
    store.list::<PaymentIntent>(form, "/v1/payment_intents", &["customer"])
}

fn latest_charge(store: &Store, intent: &PaymentIntent) -> Option<Charge> {
    intent.latest_charge.as_deref().and_then(|id| store.get(id))
}

fn unexpected_state(intent: &PaymentIntent, action: &str, allowed: &[Status]) -> Error {
    let word = |status: &Status| json!(status).as_str().unwrap_or_default().to_owned();
    let allowed: Vec<String> = allowed.iter().map(word).collect();
    let message = format!(
        "This PaymentIntent could not be {action} because it has a status of {}. \
         Only a PaymentIntent with one of the following statuses may be {action}: {}.",
        word(&intent.status),
        allowed.join(", "),
    );
    Error::invalid(message).code("payment_intent_unexpected_state").payment_intent(wire(intent))
}
