//! Shutting people out, and letting them in again.

use std::sync::Arc;

use contracts::UserId;
use contracts::users::{ReinstateUser, SuspendUser};
use poem::web::Data;
use poem_openapi::param::{Header, Path};
use poem_openapi::{Object, OpenApi};

use crate::Shared;
use crate::acting::{Noted, note};
use crate::auth::SignedIn;
use crate::body::Body;
use crate::docs::Tag;
use crate::idempotency::OptionalKey;
use crate::problem::{Documented, Failure};
use crate::quotes::text;
use crate::refusals::{
    AWAY_REPEAT, INVALID_OR_REUSED, MEDIA_TYPE, PARKED, Row, TOO_LARGE, UNAUTHENTICATED, UNREADABLE,
};
use crate::scalars::Ref;

/// Why somebody is shut out.
#[derive(Debug, Object)]
#[oai(rename = "NewSuspension")]
pub(crate) struct Suspension {
    /// For the books.
    #[oai(validator(min_length = 1, max_length = 200))]
    reason: String,
}

pub(crate) struct Suspending;

impl Documented for Suspending {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`forbidden`: not an operator; `suspended`; `not_allowed`"),
        (404, "`not_found`: nobody knows this person"),
        (409, "`closed`: this person has left"),
        TOO_LARGE,
        MEDIA_TYPE,
        INVALID_OR_REUSED,
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct SuspensionApi;

#[OpenApi(tag = "Tag::Operations")]
impl SuspensionApi {
    /// Shut somebody out
    ///
    /// For operators. They can read, but neither order nor deliver; what is under way goes on.
    #[oai(path = "/api/v1/ops/users/:id/suspend", method = "post", operation_id = "opsSuspendUser")]
    async fn suspend(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The person.
        id: Path<Ref<UserId>>,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait for the verdict.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
        Body(why): Body<Suspension>,
    ) -> Result<Noted, Failure<Suspending>> {
        let principal = shared.in_office(caller.operator()).await?;
        let message_id = key.message_id(&principal, "users.suspend");
        let intent = SuspendUser { user_id: id.0.0, reason: text("/reason", &why.reason)? };
        Ok(note(shared, &principal, message_id, &intent, prefer.0.as_deref()).await?)
    }

    /// Let somebody in again
    ///
    /// For operators.
    #[oai(path = "/api/v1/ops/users/:id/reinstate", method = "post", operation_id = "opsReinstateUser")]
    async fn reinstate(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The person.
        id: Path<Ref<UserId>>,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait for the verdict.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
    ) -> Result<Noted, Failure<Suspending>> {
        let principal = shared.in_office(caller.operator()).await?;
        let message_id = key.message_id(&principal, "users.reinstate");
        Ok(note(shared, &principal, message_id, &ReinstateUser { user_id: id.0.0 }, prefer.0.as_deref()).await?)
    }
}
