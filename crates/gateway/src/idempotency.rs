//! What a request says about being repeated and about waiting: `Idempotency-Key` and `Prefer`.

use std::time::Duration;

use contracts::{MessageId, Principal};
use poem::http::StatusCode;
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaParamIn, MetaSchema, MetaSchemaRef};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use crate::Settings;
use crate::problem::Problem;

/// The longest key.
pub(crate) const KEY_MAX: usize = 200;

/// A key that has to be there.
pub(crate) struct RequiredKey(String);

/// A key that may be left out: then the request is like no other.
pub(crate) struct OptionalKey(Option<String>);

impl RequiredKey {
    /// The id of what the caller asks for: the same for the same key.
    pub(crate) fn message_id(&self, principal: &Principal, scope: &str) -> MessageId {
        MessageId::of_request(principal, scope, &self.0)
    }
}

impl OptionalKey {
    /// The id of what the caller asks for: the same for the same key, a new one without.
    pub(crate) fn message_id(&self, principal: &Principal, scope: &str) -> MessageId {
        match &self.0 {
            Some(key) => MessageId::of_request(principal, scope, key),
            None => MessageId::of_request(principal, scope, &fresh_key()),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the only random id: here, at the edge, a request without a key is born")]
fn fresh_key() -> String {
    // Longer than any key that a client can choose, so that nobody hits upon it.
    format!("{:>width$}", uuid::Uuid::new_v4(), width = KEY_MAX + 1)
}

impl<'a> ApiExtractor<'a> for RequiredKey {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    const PARAM_IS_REQUIRED: bool = true;
    type ParamType = ();
    type ParamRawType = ();

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(schema())
    }

    async fn from_request(request: &'a Request, _: &mut RequestBody, _: ExtractParamOptions<()>) -> poem::Result<Self> {
        let key = read(request)?.ok_or_else(|| {
            let detail = "Send an Idempotency-Key, so that repeating the request is safe.";
            Problem::new(StatusCode::BAD_REQUEST, "idempotency_key_required", detail)
        })?;
        Ok(Self(key))
    }
}

impl<'a> ApiExtractor<'a> for OptionalKey {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    type ParamType = ();
    type ParamRawType = ();

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(schema())
    }

    async fn from_request(request: &'a Request, _: &mut RequestBody, _: ExtractParamOptions<()>) -> poem::Result<Self> {
        Ok(Self(read(request)?))
    }
}

fn schema() -> MetaSchemaRef {
    MetaSchemaRef::Inline(Box::new(MetaSchema {
        min_length: Some(1),
        max_length: Some(KEY_MAX),
        pattern: Some("^[!-~]{1,200}$".to_owned()),
        ..MetaSchema::new("string")
    }))
}

fn read(request: &Request) -> Result<Option<String>, Problem> {
    let mut values = request.headers().get_all("idempotency-key").iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.to_str().unwrap_or_default();
    let fits = (1..=KEY_MAX).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    if !fits || values.next().is_some() {
        let detail = format!("An Idempotency-Key has 1 to {KEY_MAX} visible ASCII characters.");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "bad_idempotency_key", detail));
    }
    Ok(Some(key.to_owned()))
}

/// How long a request wants its answer waited for (RFC 7240), if it says so, bounded by the settings. What cannot be read
/// is no preference.
pub(crate) fn wait(prefer: Option<&str>, settings: &Settings) -> Option<Duration> {
    let preferences = prefer?.split([',', ';']).filter_map(|preference| preference.split_once('='));
    let mut waits = preferences.filter(|(name, _)| name.trim().eq_ignore_ascii_case("wait"));
    let seconds: u64 = waits.next()?.1.trim().trim_matches('"').parse().ok()?;
    Some(Duration::from_millis(seconds.saturating_mul(1_000).min(settings.wait_max_ms)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            listen: String::new(),
            wait_ms: 5_000,
            wait_max_ms: 30_000,
            place_wait_ms: 500,
            rate_per_second: 0,
            rate_burst: 0,
        }
    }

    #[test]
    fn a_preference_to_wait_is_heard_and_bounded() {
        let wait = |prefer| wait(Some(prefer), &settings());
        assert_eq!(wait("wait=3"), Some(Duration::from_secs(3)));
        assert_eq!(wait("respond-async, Wait=3"), Some(Duration::from_secs(3)));
        assert_eq!(wait("wait=0"), Some(Duration::ZERO));
        assert_eq!(wait("wait=86400"), Some(Duration::from_secs(30)));
        assert_eq!(wait("wait=-1"), None);
        assert_eq!(wait("return=minimal"), None);
    }

    #[test]
    fn without_a_key_no_two_requests_are_the_same() {
        let alice = Principal::System("alice".into());
        let id = |key: Option<&str>| OptionalKey(key.map(str::to_owned)).message_id(&alice, "orders.accept");
        assert_eq!(id(Some("k")), id(Some("k")));
        assert_ne!(id(None), id(None));
    }
}
