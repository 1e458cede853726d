//! The person who asks.

use std::sync::Arc;

use contracts::users::{self as told, GetUser, SetPreferences, UserView};
use contracts::{Text, UserId};
use poem::web::Data;
use poem_openapi::param::Header;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::Shared;
use crate::acting::{Noted, note};
use crate::auth::{RoleName, SignedIn};
use crate::body::Body;
use crate::docs::Tag;
use crate::idempotency::OptionalKey;
use crate::problem::{Documented, Failure, Problem};
use crate::quotes::text;
use crate::refusals::{
    AWAY, AWAY_REPEAT, INTERNAL, INVALID_OR_REUSED, MEDIA_TYPE, PARKED, Row, TOO_LARGE, UNAUTHENTICATED, UNREADABLE,
};
use crate::scalars::Ref;

/// How somebody likes it. Whatever is absent was never said; when set, it stays as it is.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct Preferences {
    /// The role that they used last.
    role: Option<RoleName>,
    /// The language that they read, as a BCP 47 tag.
    #[oai(validator(min_length = 2, max_length = 35))]
    language: Option<String>,
    /// Whether they take orders now, as a runner; nothing said means yes.
    available: Option<bool>,
}

impl From<told::Preferences> for Preferences {
    fn from(preferences: told::Preferences) -> Self {
        Self {
            role: preferences.role.map(Into::into),
            language: preferences.language.map(|language| language.to_string()),
            available: preferences.available,
        }
    }
}

/// How others rated somebody.
#[derive(Debug, Object)]
pub(crate) struct Reputation {
    /// How often.
    count: u32,
    /// The sum of the stars, 1 to 5 each time.
    stars: u32,
}

/// A person, as they themselves may see it.
#[derive(Debug, Object)]
pub(crate) struct Me {
    /// Their id.
    user_id: Ref<UserId>,
    /// What to call them.
    name: String,
    /// What they may do.
    roles: Vec<RoleName>,
    /// Whether a card is on file.
    can_pay: bool,
    /// Whether a payout account is open.
    can_be_paid: bool,
    /// Whether they were shut out: they can read, but neither order nor deliver.
    suspended: bool,
    /// How they like it.
    preferences: Preferences,
    /// How others rated them.
    ratings: Reputation,
    /// Counts the changes.
    version: u64,
}

impl From<UserView> for Me {
    fn from(view: UserView) -> Self {
        Self {
            user_id: Ref(view.user_id),
            name: view.name.to_string(),
            roles: view.roles.into_iter().map(Into::into).collect(),
            can_pay: view.can_pay,
            can_be_paid: view.can_be_paid,
            suspended: view.suspended,
            preferences: view.preferences.into(),
            ratings: Reputation { count: view.ratings, stars: view.stars },
            version: view.version,
        }
    }
}

pub(crate) struct Looking;

impl Documented for Looking {
    const PROBLEMS: &'static [Row] =
        &[UNAUTHENTICATED, (404, "`not_found`: this person is not known yet"), INTERNAL, AWAY];
}

pub(crate) struct Preferring;

impl Documented for Preferring {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`not_allowed`"),
        (404, "`not_found`: this person is not known yet"),
        (409, "`role_not_held`; `closed`: this person has left"),
        TOO_LARGE,
        MEDIA_TYPE,
        INVALID_OR_REUSED,
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct MeApi;

#[OpenApi(tag = "Tag::People")]
impl MeApi {
    /// Who am I?
    #[oai(path = "/api/v1/me", method = "get", operation_id = "me")]
    async fn me(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
    ) -> Result<Json<Me>, Failure<Looking>> {
        let view = shared.ask(&GetUser { user_id: caller.user_id }).await??;
        Ok(Json(view.into()))
    }

    /// Remember how I like it
    ///
    /// Whatever is left out stays as it is.
    #[oai(path = "/api/v1/me/preferences", method = "put", operation_id = "setPreferences")]
    async fn prefer(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait for the verdict.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
        Body(preferences): Body<Preferences>,
    ) -> Result<Noted, Failure<Preferring>> {
        let principal = caller.principal();
        let message_id = key.message_id(&principal, "users.set_preferences");
        let intent = SetPreferences {
            user_id: caller.user_id,
            role: preferences.role.map(Into::into),
            language: preferences.language.as_deref().map(language).transpose()?,
            available: preferences.available,
        };
        Ok(note(shared, &principal, message_id, &intent, prefer.0.as_deref()).await?)
    }
}

/// A tag that looks like one of BCP 47: `en`, `zh-Hans-SG`. Whether there is such a language is the client's to know.
fn language(tag: &str) -> Result<Text<35>, Problem> {
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !tag.split('-').all(is_part) || !tag.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return Err(Problem::invalid_field("/language", "Must be a BCP 47 language tag."));
    }
    text("/language", tag)
}
