//! The line to Stripe: the one place through which every request goes, whoever answers it. A test may have the process die
//! before and after each.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use chassis::failpoint;
use stripe::{Client, CustomizedStripeRequest, StripeError};
use stripe_client_core::{RequestBuilder, StripeClient, StripeMethod};

/// One request, as it would go over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST` or `DELETE`.
    pub method: &'static str,
    /// Without the version: `/payment_intents`.
    pub path: String,
    /// The query or the form, URL-encoded; empty when there is none.
    pub form: String,
    /// The idempotency key.
    pub key: Option<String>,
}

/// What comes back over the wire: a status and a body. Nothing when nobody answers in time.
pub type Answer = Option<(u16, String)>;

/// A Stripe in this process, which answers at once.
pub trait Bank: Send + Sync {
    /// Answers a request as Stripe would.
    fn answer(&self, request: &Request) -> Answer;
}

/// Who is at the other end.
#[derive(Clone)]
pub(super) enum Line {
    /// Stripe, or whoever speaks its protocol.
    Http(Client),
    /// Somebody in this process: for checking what we do with every answer.
    Here(Arc<dyn Bank>),
}

/// Where a request can be died at.
#[derive(Clone, Copy)]
enum Point {
    /// It is about to be sent.
    Due,
    /// Stripe has answered, and nobody has read it.
    Answered,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Due => "before-request",
            Self::Answered => "after-request",
        })
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http(_) => "Http",
            Self::Here(_) => "Here",
        })
    }
}

impl StripeClient for Line {
    type Err = StripeError;

    async fn execute(&self, request: CustomizedStripeRequest) -> Result<Bytes, StripeError> {
        match self {
            Self::Http(client) if failpoint::are_armed() => {
                let operation = operation(&request);
                failpoint::pass("payments", &operation, Point::Due);
                let answer = client.execute(request).await;
                failpoint::pass("payments", &operation, Point::Answered);
                answer
            }
            Self::Http(client) => client.execute(request).await,
            Self::Here(bank) => read(bank.answer(&written(request))),
        }
    }
}

fn written(request: CustomizedStripeRequest) -> Request {
    let (RequestBuilder { query, body, path, method }, config) = request.into_pieces();
    let method = match method {
        StripeMethod::Get => "GET",
        StripeMethod::Post => "POST",
        StripeMethod::Delete => "DELETE",
    };
    let key = config.request_strategy.and_then(|strategy| strategy.get_key()).map(|key| key.as_str().to_owned());
    Request { method, path, form: query.or(body).unwrap_or_default(), key }
}

/// As the HTTP client reads it.
fn read(answer: Answer) -> Result<Bytes, StripeError> {
    match answer {
        None => Err(StripeError::Timeout),
        Some((200..=299, body)) => Ok(Bytes::from(body)),
        Some((status, body)) => Err(match miniserde::json::from_str::<stripe_shared::Error>(&body) {
            Ok(refused) => StripeError::Stripe(refused.error, status),
            Err(_) => StripeError::JSONDeserialize("an error that cannot be read".to_owned()),
        }),
    }
}

/// `Post:payment_intents:*:capture`. Only its `Debug` says what a request is.
fn operation(request: &CustomizedStripeRequest) -> String {
    let text = format!("{request:?}");
    let after = |name: &str| text.split_once(name).map_or("", |(_, after)| after);
    let path = after("path: \"").split('"').next().unwrap_or_default();
    let method = after("method: ").split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
    format!("{method}{}", without_ids(path))
}

/// Names and ids take turns in Stripe's paths: `/payment_intents/pi_…/capture` is `:payment_intents:*:capture`.
fn without_ids(path: &str) -> String {
    let path = path.trim_start_matches('/').replacen("checkout/", "checkout:", 1);
    let segments = path.split('/').enumerate();
    segments.map(|(n, segment)| if n % 2 == 1 { ":*".to_owned() } else { format!(":{segment}") }).collect()
}

#[cfg(test)]
mod tests {
    use stripe::StripeRequest as _;
    use stripe_core::payment_intent::CapturePaymentIntent;

    use super::*;

    #[test]
    fn a_request_is_called_by_its_method_and_path() {
        assert_eq!(without_ids("/checkout/sessions"), ":checkout:sessions");
        assert_eq!(without_ids("/refunds/re_1"), ":refunds:*");
        let text = format!("{:?}", CapturePaymentIntent::new("pi_1").build());
        assert!(text.contains("path: \"/payment_intents/pi_1/capture\"") && text.contains("method: Post"), "{text}");
    }
}
