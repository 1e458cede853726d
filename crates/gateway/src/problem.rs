//! Every way the gateway says no: RFC 9457 problems. The only place where an error becomes a status.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use chassis::{BusError, telemetry};
use contracts::Refused;
use poem::endpoint::BoxEndpoint;
use poem::error::{MethodNotAllowedError, NotFoundError, ReadBodyError, ResponseError};
use poem::http::{StatusCode, header};
use poem::{Endpoint, Request, Response};
use poem_openapi::error::{AuthorizationError, ContentTypeError, ParseParamError, ParsePathError};
use poem_openapi::registry::{MetaHeader, MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::{ToJSON, Type};
use poem_openapi::{ApiResponse, Object};
use tracing::Span;

use crate::refusals::RATE;
use crate::spans;

/// What a problem's media type is called.
const PROBLEM_JSON: &str = "application/problem+json";
/// Seconds after which it is worth trying again.
const RETRY_AFTER: u64 = 1;

/// An answer that is not a success.
#[derive(Debug)]
pub(crate) struct Problem(Box<Inner>);

#[derive(Debug)]
struct Inner {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: Cow<'static, str>,
    pointer: Option<String>,
    checks: Option<Vec<Check>>,
    /// Seconds after which it is worth trying again.
    retry_after: Option<u64>,
    /// For the log, not for the caller.
    cause: Option<String>,
}

/// What went wrong, for machines (`code`) and people (`detail`): RFC 9457.
#[derive(Debug, Object)]
#[oai(rename = "Problem", skip_serializing_if_is_none)]
struct ProblemBody {
    /// Names the kind of problem: `urn:campusg:problem:<code>`.
    #[oai(rename = "type")]
    kind: String,
    /// The kind of problem in a few words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What happened, in one sentence for the person who asked. May change at any time.
    detail: String,
    /// Stable; what programs go by.
    code: String,
    /// JSON Pointer (RFC 6901) to the field of the request's body that is wrong.
    pointer: Option<String>,
    /// The trace in which it happened.
    trace_id: Option<String>,
    /// What was looked at, for `not_ready`.
    checks: Option<Vec<Check>>,
}

/// Something that the gateway cannot do without.
#[derive(Clone, Debug, Object)]
pub(crate) struct Check {
    /// `broker`, `keys`, or `running`, which is over as soon as the gateway is told to stop.
    pub(crate) name: String,
    /// Whether it is there.
    pub(crate) ok: bool,
}

impl Problem {
    pub(crate) fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(Inner {
            status,
            code: code.into(),
            detail: detail.into(),
            pointer: None,
            checks: None,
            retry_after: (status == StatusCode::SERVICE_UNAVAILABLE).then_some(RETRY_AFTER),
            cause: None,
        }))
    }

    /// A field of the body that is not as documented.
    pub(crate) fn invalid_field(pointer: impl Into<String>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", detail).at(pointer)
    }

    pub(crate) fn unauthenticated(detail: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
    }

    pub(crate) fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is no such thing, or none for you.")
    }

    pub(crate) fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The request is larger than what is read of one.")
    }

    /// A parameter of the address or a header that is not as documented.
    pub(crate) fn invalid_parameter(name: &str, detail: impl fmt::Display) -> Self {
        let detail = format!("The parameter `{name}` is not as documented: it {detail}.");
        Self::new(StatusCode::BAD_REQUEST, "invalid_parameter", detail)
    }

    /// Too much at once; worth trying again after so many seconds.
    pub(crate) fn rate_limited(retry_after: u64) -> Self {
        let detail = "That was too much at once. Wait a moment; Retry-After says how long.";
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail);
        problem.0.retry_after = Some(retry_after);
        problem
    }

    pub(crate) fn broker_away() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "broker_away",
            "The request may not have been stored. Send it again with the same Idempotency-Key.",
        )
    }

    pub(crate) fn stopping() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "stopping", "This gateway is stopping. Send the request again.")
    }

    /// Our own fault. The cause goes to the log.
    pub(crate) fn internal(cause: impl fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "This is our fault; it has been logged.")
            .because(cause)
    }

    /// The owner could not handle the intent and put it aside for an operator.
    pub(crate) fn parked(reason: &str) -> Self {
        let detail = "This could not be handled; an operator will look at it. Nothing has changed.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "parked", detail).because(reason)
    }

    pub(crate) fn not_ready(checks: Vec<Check>) -> Self {
        let mut problem =
            Self::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", "Something that is needed is not there.");
        problem.0.checks = Some(checks);
        problem
    }

    pub(crate) fn at(mut self, pointer: impl Into<String>) -> Self {
        self.0.pointer = Some(pointer.into());
        self
    }

    pub(crate) fn because(mut self, cause: impl fmt::Display) -> Self {
        self.0.cause = Some(cause.to_string());
        self
    }

    /// Whether it is an owner's decision, rather than want of one.
    pub(crate) fn is_refusal(&self) -> bool {
        self.0.status.is_client_error() || self.code() == "parked"
    }

    pub(crate) fn code(&self) -> &str {
        &self.0.code
    }

    /// Writes it down. `allow` are the methods that the route has, for a 405.
    pub(crate) fn into_response_of(self, allow: Option<&'static str>) -> Response {
        let Inner { status, code, detail, pointer, checks, retry_after, cause } = *self.0;
        let body = ProblemBody {
            kind: format!("urn:campusg:problem:{code}"),
            title: title(&code),
            status: status.as_u16(),
            detail: detail.into_owned(),
            code: code.into_owned(),
            pointer,
            trace_id: telemetry::trace_id(&Span::current()),
            checks,
        };
        let mut response = Response::builder().status(status).content_type(PROBLEM_JSON);
        if status == StatusCode::UNAUTHORIZED {
            response = response.header(header::WWW_AUTHENTICATE, "Bearer realm=\"campusg\"");
        }
        if let Some(seconds) = retry_after {
            response = response.header(header::RETRY_AFTER, seconds);
        }
        if let Some(allow) = allow.filter(|_| status == StatusCode::METHOD_NOT_ALLOWED) {
            response = response.header(header::ALLOW, allow);
        }
        let mut response = response.body(body.to_json_string());
        if let Some(cause) = cause {
            response.set_data(spans::Cause(cause));
        }
        response
    }
}

/// `bad_quote` → `Bad quote`.
fn title(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.detail)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.0.status
    }
}

impl From<BusError> for Problem {
    fn from(error: BusError) -> Self {
        match error {
            BusError::Away(cause) => Self::broker_away().because(cause),
            BusError::NobodyAnswers(_) => {
                let detail = "The part of the platform that knows this is away for a moment.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "service_away", detail).because(error)
            }
            BusError::TooLarge => Self::too_large(),
            BusError::Garbled(..) => Self::internal(error),
        }
    }
}

/// A rule of the owner said no. Its code is the problem's.
impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let status = match refused.code.as_str() {
            "not_found" | "no_such_card" => StatusCode::NOT_FOUND,
            "bad_quote" | "bad_menu" | "idempotency_key_reused" => StatusCode::UNPROCESSABLE_ENTITY,
            code if code.ends_with("_out_of_range") => StatusCode::UNPROCESSABLE_ENTITY,
            "not_your_quote" | "not_your_order" | "not_the_runner" | "not_a_person" | "not_allowed" => {
                StatusCode::FORBIDDEN
            }
            "bad_cursor" => StatusCode::BAD_REQUEST,
            // The gateway asked in a way that the owner does not understand: two versions that do not fit.
            "bad_question" => return Self::internal(refused),
            _ => StatusCode::CONFLICT,
        };
        Self::new(status, refused.code, refused.message)
    }
}

/// Whatever a framework reports, as one of ours.
fn of_error(error: poem::Error) -> Problem {
    let error = match error.downcast::<Problem>() {
        Ok(problem) => return problem,
        Err(error) => error,
    };
    if error.is::<NotFoundError>() || error.is::<ParsePathError>() {
        return Problem::not_found();
    }
    if error.is::<MethodNotAllowedError>() {
        let detail = "This resource does not take this method; see the Allow header.";
        return Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail);
    }
    if error.is::<AuthorizationError>() {
        return Problem::unauthenticated("Sign in: send a token in `Authorization: Bearer …`.");
    }
    if let Some(bad) = error.downcast_ref::<ParseParamError>() {
        let detail = format!("The parameter `{}` is not as documented.", bad.name);
        return Problem::new(StatusCode::BAD_REQUEST, "invalid_parameter", detail);
    }
    if error.is::<ContentTypeError>() {
        return Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Send application/json.");
    }
    if matches!(error.downcast_ref(), Some(ReadBodyError::PayloadTooLarge)) {
        return Problem::too_large();
    }
    let status = error.status();
    if status.is_client_error() {
        return Problem::new(status, "bad_request", "The request could not be understood.").because(error);
    }
    Problem::internal(error)
}

/// Turns every error into a problem. `allow` are the methods that the route has.
pub(crate) async fn answer(
    routes: &BoxEndpoint<'static, Response>,
    request: Request,
    allow: Option<&'static str>,
) -> Response {
    match routes.call(request).await {
        Ok(response) => response,
        Err(error) => of_error(error).into_response_of(allow),
    }
}

/// Turns a panic into a problem.
pub(crate) fn of_panic(panic: Box<dyn Any + Send>) -> Response {
    let message = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let message = message.or_else(|| panic.downcast_ref::<String>().cloned());
    Problem::internal(format!("panic: {}", message.unwrap_or_default())).into_response_of(None)
}

/// Which problems an operation may answer with: the status, and its codes in words.
pub(crate) trait Documented: Send + Sync + 'static {
    const PROBLEMS: &'static [(u16, &'static str)];
    /// Whether it counts against the caller's rate.
    const RATED: bool = true;
}

/// A [`Problem`] of an operation that documents its problems as `D`.
pub(crate) struct Failure<D>(Problem, PhantomData<fn() -> D>);

impl<D> From<Problem> for Failure<D> {
    fn from(problem: Problem) -> Self {
        Self(problem, PhantomData)
    }
}

impl<D> From<BusError> for Failure<D> {
    fn from(error: BusError) -> Self {
        Problem::from(error).into()
    }
}

impl<D> From<Refused> for Failure<D> {
    fn from(refused: Refused) -> Self {
        Problem::from(refused).into()
    }
}

impl<D> From<Failure<D>> for poem::Error {
    fn from(failure: Failure<D>) -> Self {
        failure.0.into()
    }
}

impl<D: Documented> ApiResponse for Failure<D> {
    fn meta() -> MetaResponses {
        let rate = D::RATED.then_some(&RATE);
        let rows = D::PROBLEMS.iter().chain(rate);
        MetaResponses { responses: rows.map(|(status, codes)| documented(*status, codes)).collect() }
    }

    fn register(registry: &mut Registry) {
        ProblemBody::register(registry);
    }
}

fn documented(status: u16, codes: &'static str) -> MetaResponse {
    let header = |name: &str, description: &str| MetaHeader {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        required: true,
        deprecated: false,
        schema: String::schema_ref(),
    };
    let headers = match status {
        401 => vec![header("WWW-Authenticate", "How to sign in.")],
        429 | 503 => vec![header("Retry-After", "Seconds.")],
        _ => vec![],
    };
    MetaResponse {
        description: codes,
        status: Some(status),
        status_range: None,
        content: vec![MetaMediaType { content_type: PROBLEM_JSON, schema: ProblemBody::schema_ref() }],
        headers,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_code_in_words() {
        assert_eq!(title("bad_quote"), "Bad quote");
        assert_eq!(title(""), "");
    }

    #[test]
    fn a_refusal_keeps_its_code() {
        let problem = Problem::from(Refused::new("already_taken", "Another runner has taken this order."));
        assert_eq!((problem.0.status, problem.code()), (StatusCode::CONFLICT, "already_taken"));
        for (code, status) in [
            ("not_found", StatusCode::NOT_FOUND),
            ("not_allowed", StatusCode::FORBIDDEN),
            ("idempotency_key_reused", StatusCode::UNPROCESSABLE_ENTITY),
            ("tip_out_of_range", StatusCode::UNPROCESSABLE_ENTITY),
            ("change_pending", StatusCode::CONFLICT),
        ] {
            assert_eq!(Problem::from(Refused::new(code, "")).0.status, status, "{code}");
        }
    }
}
