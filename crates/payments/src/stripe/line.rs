//! The line to Stripe: the one place through which every request goes, whoever answers it.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
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
