//! What a client needs to know before anybody has signed in.

use std::sync::Arc;

use contracts::Currency;
use contracts::users::Role;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};

use crate::auth::RoleName;
use crate::docs::Tag;
use crate::problem::{Documented, Failure};
use crate::refusals::Row;
use crate::views::CurrencyName;
use crate::{Shared, body, idempotency, people, quotes, stream};

/// Who signs people in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
enum Issuer {
    /// `POST /api/v1/dev/sign-in`, by name.
    Dev,
    /// An identity provider.
    Other,
}

/// Bounds of what may be sent. The platform's own rules may be narrower and then say so.
#[derive(Debug, Object)]
struct Limits {
    /// Bytes of a request's body.
    body_bytes: u64,
    /// Characters of an `Idempotency-Key`.
    idempotency_key: u64,
    /// Lines of a basket.
    items: u64,
    /// The largest amount.
    cents: i64,
    /// Rows of a page.
    page: u32,
}

/// How long the gateway waits for others.
#[derive(Debug, Object)]
struct Waits {
    /// What requests that change something wait without `Prefer: wait`, in milliseconds.
    default_ms: u64,
    /// The longest `Prefer: wait`, in milliseconds.
    max_ms: u64,
    /// An event stream that says nothing for longer than this is broken, in milliseconds.
    stream_ping_ms: u64,
}

/// What this platform is like.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct About {
    /// The program's version.
    version: String,
    /// Who signs people in.
    issuer: Issuer,
    /// The identity provider's address, if it is one.
    issuer_url: Option<String>,
    /// The names that can sign in; empty unless the issuer is `dev`.
    people: Vec<String>,
    /// What people may be.
    roles: Vec<RoleName>,
    /// What prices are in.
    currency: CurrencyName,
    /// Bounds of what may be sent.
    limits: Limits,
    /// How long the gateway waits.
    wait: Waits,
}

pub(crate) struct Asking;

impl Documented for Asking {
    const PROBLEMS: &'static [Row] = &[];
}

pub(crate) struct AboutApi;

#[OpenApi(tag = "Tag::Platform")]
impl AboutApi {
    /// What a client needs to know
    #[oai(path = "/api/v1/config", method = "get", operation_id = "config")]
    async fn config(&self, Data(shared): Data<&Arc<Shared>>) -> Result<Json<About>, Failure<Asking>> {
        let people = people::PEOPLE.iter().map(|person| person.name.to_string());
        let (issuer, people) = match shared.issuer {
            Some(_) => (Issuer::Dev, people.collect()),
            None => (Issuer::Other, vec![]),
        };
        Ok(Json(About {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            issuer,
            issuer_url: shared.issuer_url.clone(),
            people,
            roles: [Role::Customer, Role::Runner, Role::Operator, Role::Finance].map(Into::into).to_vec(),
            currency: CurrencyName::from(Currency::default()),
            limits: Limits {
                body_bytes: body::MAX_BYTES as u64,
                idempotency_key: idempotency::KEY_MAX as u64,
                items: quotes::ITEMS_MAX as u64,
                cents: quotes::CENTS_MAX,
                page: 100,
            },
            wait: Waits {
                default_ms: shared.settings.wait_ms,
                max_ms: shared.settings.wait_max_ms,
                stream_ping_ms: stream::PING.as_millis() as u64,
            },
        }))
    }
}
