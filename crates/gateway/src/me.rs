//! The person who asks.

use std::sync::Arc;

use contracts::UserId;
use contracts::users::{GetUser, UserView};
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::Shared;
use crate::auth::{RoleName, SignedIn};
use crate::docs::Tag;
use crate::problem::{Documented, Failure};
use crate::scalars::Ref;

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
            version: view.version,
        }
    }
}

pub(crate) struct Looking;

impl Documented for Looking {
    const PROBLEMS: &'static [(u16, &'static str)] = &[
        (401, "`unauthenticated`"),
        (404, "`not_found`: this person is not known yet"),
        (500, "`internal`"),
        (503, "`broker_away`, `service_away`, `keys_away`"),
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
}
