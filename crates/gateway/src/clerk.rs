//! What Clerk tells us of people: webhooks that Svix signs and delivers. They become intents of users, under an id that follows
//! from Svix's own, so that a delivery that is repeated changes nothing.
//!
//! How they are signed: <https://docs.svix.com/receiving/verifying-payloads/how-manual>. The crate `standardwebhooks`, which
//! does the same, reads the system's clock; here time comes in. It signs in the tests.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contracts::users::{IdentityFact, RecordIdentity, Role};
use contracts::{MessageId, Principal, Text, UserId};
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use jiff::{SignedDuration, Timestamp};
use poem::http::StatusCode;
use poem::web::Data;
use poem_openapi::param::Header;
use poem_openapi::{ApiResponse, OpenApi};
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;

use crate::body::RawBody;
use crate::docs::Tag;
use crate::introductions::SOMEBODY;
use crate::keys::{default_roles, roles_in};
use crate::problem::{Documented, Failure, Problem};
use crate::refusals::Row;
use crate::{Identity, Shared};

/// How far Svix's clock may be from ours, and how long a delivery that somebody has copied could be sent again.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// Before the base64 of the key.
const SECRET_PREFIX: &str = "whsec_";
/// Before the base64 of a signature of the only kind that there is.
const SIGNATURE_PREFIX: &str = "v1,";

/// Takes Clerk's webhooks.
pub(crate) struct Hook {
    key: Vec<u8>,
    issuer: String,
    default_roles: Vec<Role>,
}

/// What comes with a webhook, as its headers have it.
struct Signed<'a> {
    id: &'a str,
    timestamp: &'a str,
    /// Several while Svix changes its secret.
    signatures: &'a str,
}

/// A webhook of Clerk's, as far as it matters here.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    data: Value,
    /// When it happened; milliseconds since 1970.
    #[serde(default)]
    timestamp: Option<i64>,
}

/// Clerk's user, as far as it matters here; of a deleted one there is nothing but the id.
#[derive(Deserialize)]
struct Subject {
    id: String,
    #[serde(default)]
    first_name: Option<String>,
    #[serde(default)]
    last_name: Option<String>,
    #[serde(default)]
    public_metadata: Value,
    #[serde(default)]
    banned: Option<bool>,
    #[serde(default)]
    locked: Option<bool>,
    /// Milliseconds since 1970.
    #[serde(default)]
    updated_at: Option<i64>,
}

impl Hook {
    /// None without a secret.
    ///
    /// # Errors
    /// When the secret is not one, or people sign in by name.
    pub(crate) fn open(identity: &Identity) -> anyhow::Result<Option<Self>> {
        let secret = identity.clerk_webhook_secret.as_str();
        if secret.is_empty() {
            return Ok(None);
        }
        ensure!(!identity.is_dev(), "identity.clerk_webhook_secret needs identity.issuer to be Clerk's, not `dev`");
        let key = STANDARD.decode(secret.strip_prefix(SECRET_PREFIX).unwrap_or(secret));
        let key = key.context("identity.clerk_webhook_secret is not as Clerk shows it (whsec_…)")?;
        Ok(Some(Self { key, issuer: identity.issuer.clone(), default_roles: default_roles(identity)? }))
    }

    /// Whether Svix has signed this, and not long ago. Says when.
    fn check(&self, signed: &Signed<'_>, body: &[u8], now: Timestamp) -> Result<Timestamp, Problem> {
        let signatures = signed.signatures.split(' ').filter_map(|one| one.strip_prefix(SIGNATURE_PREFIX));
        let mut decoded = signatures.filter_map(|one| STANDARD.decode(one).ok());
        let mac = self.mac(signed, body);
        let is_good = mac.is_some_and(|mac| decoded.any(|one| mac.clone().verify_slice(&one).is_ok()));
        let at = signed.timestamp.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        let Some(at) = at.filter(|_| is_good) else {
            let detail = "This was not signed with the secret that is shared with Clerk.";
            return Err(Problem::new(StatusCode::BAD_REQUEST, "bad_signature", detail));
        };
        if at.duration_since(now).abs() > TOLERANCE {
            let detail = "This was signed more than five minutes ago, or will be.";
            return Err(Problem::new(StatusCode::BAD_REQUEST, "stale_webhook", detail));
        }
        Ok(at)
    }

    fn mac(&self, signed: &Signed<'_>, body: &[u8]) -> Option<Hmac<Sha256>> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.key).ok()?;
        Some(mac.chain_update(format!("{}.{}.", signed.id, signed.timestamp)).chain_update(body))
    }

    /// What a webhook says about a person; nothing when it is about something else.
    fn read(&self, body: &[u8], sent_at: Timestamp) -> Result<Option<RecordIdentity>, serde_json::Error> {
        let event: Event = serde_json::from_slice(body)?;
        let is_farewell = match event.kind.as_str() {
            "user.created" | "user.updated" => false,
            "user.deleted" => true,
            _ => return Ok(None),
        };
        let subject = Subject::deserialize(&event.data)?;
        let fact = if is_farewell { IdentityFact::Deleted } else { self.known(&subject) };
        let told = subject.updated_at.or(event.timestamp).and_then(|at| Timestamp::from_millisecond(at).ok());
        let user_id = UserId::of_subject(&self.issuer, &subject.id);
        Ok(Some(RecordIdentity { user_id, at: told.unwrap_or(sent_at), fact }))
    }

    fn known(&self, subject: &Subject) -> IdentityFact {
        let roles = roles_in(&subject.public_metadata["roles"]);
        IdentityFact::Known {
            name: name_of(subject),
            roles: if roles.is_empty() { self.default_roles.clone() } else { roles },
            barred: subject.banned == Some(true) || subject.locked == Some(true),
        }
    }
}

/// First and last name, as far as there are any; cut off rather than refused.
fn name_of(subject: &Subject) -> Text<100> {
    let parts = [&subject.first_name, &subject.last_name].into_iter().flatten();
    let whole = parts.map(|part| part.trim()).collect::<Vec<_>>().join(" ");
    let fits: String = whole.chars().filter(|letter| !letter.is_control()).take(100).collect();
    Text::new(&fits).unwrap_or_else(|_| Text::new(SOMEBODY).expect("a constant of ours is a name"))
}

/// How a webhook was received.
#[derive(ApiResponse)]
pub(crate) enum Taken {
    /// Stored.
    #[oai(status = 202)]
    Stored,
    /// Nothing that matters here.
    #[oai(status = 204)]
    Ignored,
}

pub(crate) struct Taking;

impl Documented for Taking {
    const PROBLEMS: &'static [Row] = &[
        (
            400,
            "`bad_signature`; `stale_webhook`: signed more than five minutes ago; `bad_event`: not as Clerk documents it; \
             `invalid_parameter`",
        ),
        (404, "`not_found` when no secret is shared with Clerk"),
        (413, "`too_large`"),
        (500, "`internal`"),
        (503, "`broker_away`: deliver it again"),
    ];
    const RATED: bool = false;
}

pub(crate) struct ClerkApi;

#[OpenApi(tag = "Tag::Webhooks")]
impl ClerkApi {
    /// Clerk's webhook
    ///
    /// Takes `user.created`, `user.updated` and `user.deleted`; others are received and ignored.
    #[oai(path = "/webhooks/clerk", method = "post", operation_id = "clerkWebhook")]
    async fn take(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        /// Svix's id of the message; the same at every delivery.
        #[oai(name = "svix-id", validator(max_length = 200))]
        id: Header<Option<String>>,
        /// When this delivery was signed; seconds since 1970.
        #[oai(name = "svix-timestamp", validator(max_length = 20))]
        timestamp: Header<Option<String>>,
        /// The signatures, separated by blanks: `v1,…`.
        #[oai(name = "svix-signature", validator(max_length = 2_000))]
        signatures: Header<Option<String>>,
        RawBody(body): RawBody,
    ) -> Result<Taken, Failure<Taking>> {
        let hook = shared.clerk.as_ref().ok_or_else(Problem::not_found)?;
        // A header that is missing is as good as one that is wrong.
        let [id, timestamp, signatures] =
            [&id, &timestamp, &signatures].map(|part| part.0.as_deref().unwrap_or_default());
        let signed = Signed { id, timestamp, signatures };
        let sent_at = hook.check(&signed, &body, shared.clock.now())?;
        // The cause stays out of the log: it may quote what it could not read.
        let bad_event = |_| Problem::new(StatusCode::BAD_REQUEST, "bad_event", "This is not an event of Clerk's.");
        let Some(intent) = hook.read(&body, sent_at).map_err(bad_event)? else { return Ok(Taken::Ignored) };
        let clerk = Principal::System("clerk".to_owned());
        let message_id = MessageId::of_request(&clerk, "users.record_identity", id);
        shared.connected().await?;
        shared.bus.intend(&clerk, message_id, &intent, Duration::ZERO).await?;
        Ok(Taken::Stored)
    }
}
