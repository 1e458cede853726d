//! Every way the sandbox says no, with Stripe's types, codes and statuses.
//!
//! See <https://docs.stripe.com/api/errors> and <https://docs.stripe.com/error-codes>.

use poem::http::{Method, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use crate::store::hide_own_fields;

/// An answer that is not 200. Boxed because results are returned by value everywhere.
#[derive(Debug)]
pub(crate) struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    status: StatusCode,
    body: Body,
}

/// Stripe's `error` object.
#[derive(Clone, Debug, Default, Serialize)]
struct Body {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decline_code: Option<&'static str>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    param: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    charge: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_intent: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_method: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    setup_intent: Option<Value>,
}

impl Error {
    fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        let body = Body { kind, message: message.into(), ..Body::default() };
        Self(Box::new(Inner { status, body }))
    }

    /// A request that cannot be granted: 400 `invalid_request_error`.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request_error", message)
    }

    /// A card that was not charged: 402 `card_error`.
    pub(crate) fn card(code: &'static str, decline_code: &'static str, message: &'static str) -> Self {
        let mut error = Self::new(StatusCode::PAYMENT_REQUIRED, "card_error", message).code(code);
        error.0.body.decline_code = Some(decline_code);
        error
    }

    pub(crate) fn missing(param: &str) -> Self {
        Self::invalid(format!("Missing required param: {param}.")).code("parameter_missing").param(param)
    }

    /// An id in the path that does not exist: 404.
    pub(crate) fn no_such(what: &str, id: &str) -> Self {
        let message = format!("No such {what}: '{id}'");
        Self::new(StatusCode::NOT_FOUND, "invalid_request_error", message).code("resource_missing").param("id")
    }

    /// An id in a parameter that does not exist. Stripe answers 400 here and keeps 404 for the path.
    pub(crate) fn no_such_param(what: &str, id: &str, param: &str) -> Self {
        Self::invalid(format!("No such {what}: '{id}'")).code("resource_missing").param(param)
    }

    pub(crate) fn no_such_url(method: &Method, path: &str) -> Self {
        let message = format!("Unrecognized request URL ({method}: {path}), or one this sandbox does not answer.");
        Self::new(StatusCode::NOT_FOUND, "invalid_request_error", message)
    }

    pub(crate) fn no_key() -> Self {
        let message =
            "You did not provide an API key. Use the Authorization header: 'Authorization: Bearer sk_test_…'.";
        Self::new(StatusCode::UNAUTHORIZED, "invalid_request_error", message)
    }

    pub(crate) fn invalid_key(key: &str) -> Self {
        let start: String = key.chars().take(8).collect();
        Self::new(StatusCode::UNAUTHORIZED, "invalid_request_error", format!("Invalid API Key provided: {start}***"))
    }

    pub(crate) fn other_parameters(key: &str) -> Self {
        let message = format!(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. \
             Try using a key other than '{key}' if you meant to execute a different request."
        );
        Self::new(StatusCode::BAD_REQUEST, "idempotency_error", message)
    }

    pub(crate) fn key_in_use(key: &str) -> Self {
        let message = format!("There is currently another in-progress request using this Idempotent Key: {key}.");
        Self::new(StatusCode::CONFLICT, "invalid_request_error", message).code("idempotency_key_in_use")
    }

    /// The answer of a `fail` fault.
    pub(crate) fn on_purpose(status: StatusCode) -> Self {
        let error = Self::new(status, "api_error", "The sandbox was told to fail.");
        if status == StatusCode::TOO_MANY_REQUESTS { error.code("rate_limit") } else { error }
    }

    pub(crate) fn stopping() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "api_error", "The sandbox is stopping.")
    }

    pub(crate) fn unkept() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "api_error", "The sandbox could not write to its data directory.")
    }

    pub(crate) fn code(mut self, code: &'static str) -> Self {
        self.0.body.code = Some(code);
        self
    }

    pub(crate) fn param(mut self, param: &str) -> Self {
        self.0.body.param = Some(param.to_owned());
        self
    }

    pub(crate) fn charge(mut self, id: &str) -> Self {
        self.0.body.charge = Some(id.to_owned());
        self
    }

    pub(crate) fn payment_intent(mut self, intent: Value) -> Self {
        self.0.body.payment_intent = Some(intent);
        self
    }

    pub(crate) fn payment_method(mut self, method: Value) -> Self {
        self.0.body.payment_method = Some(method);
        self
    }

    pub(crate) fn setup_intent(mut self, intent: Value) -> Self {
        self.0.body.setup_intent = Some(intent);
        self
    }

    /// What the cardholder is told.
    pub(crate) fn message(&self) -> &str {
        &self.0.body.message
    }

    /// Whether an answer is the cardholder's or the bank's no, rather than a mistake of the caller's.
    pub(crate) fn is_card_error(&self) -> bool {
        self.0.body.kind == "card_error"
    }

    /// The error as a PaymentIntent remembers it in `last_payment_error`.
    pub(crate) fn to_value(&self) -> Value {
        json!(self.0.body)
    }

    /// Stripe does not remember, under an idempotency key, that a parameter failed validation.
    pub(crate) fn is_before_execution(&self) -> bool {
        self.0.body.code.is_some_and(|code| code.starts_with("parameter_"))
    }

    /// The one place where a refusal becomes HTTP.
    pub(crate) fn into_response(self) -> (StatusCode, String) {
        let mut body = json!({ "error": self.0.body });
        hide_own_fields(&mut body);
        (self.0.status, body.to_string())
    }
}
