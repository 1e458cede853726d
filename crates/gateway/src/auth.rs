//! Who asks: always the token's subject, never a field (predecessor.md B01). And the development sign-in.

use std::sync::{Arc, OnceLock};

use contracts::orders::Viewer;
use contracts::users::Role;
use contracts::{Principal, UserId};
use jiff::Timestamp;
use poem::Request;
use poem::http::StatusCode;
use poem::web::Data;
use poem_openapi::auth::{ApiKey, Bearer};
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use poem_openapi::{Enum, Object, OpenApi, SecurityScheme};
use serde_json::Value;

use crate::body::Body;
use crate::docs::Tag;
use crate::introductions::Introductions;
use crate::keys::Verifier;
use crate::people;
use crate::problem::{Documented, Failure, Problem};
use crate::scalars::Ref;
use crate::{Shared, spans};

/// A signed-in person.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Who.
    pub(crate) user_id: UserId,
    /// What they may do, as their token says.
    pub(crate) roles: Vec<Role>,
    /// When their token is over.
    pub(crate) expires_at: Timestamp,
}

impl Caller {
    pub(crate) fn principal(&self) -> Principal {
        Principal::User(self.user_id)
    }

    pub(crate) fn viewer(&self) -> Viewer {
        Viewer { user_id: self.user_id, operator: self.is(Role::Operator) || self.is(Role::Finance) }
    }

    /// In the office of those who look after orders.
    pub(crate) fn operator(&self) -> Result<Principal, Problem> {
        self.must_be(Role::Operator)?;
        Ok(Principal::Operator(self.user_id))
    }

    /// In the office of those who look after the money.
    pub(crate) fn finance(&self) -> Result<Principal, Problem> {
        self.must_be(Role::Finance)?;
        Ok(Principal::Finance(self.user_id))
    }

    /// In either office; who holds both acts as an operator.
    pub(crate) fn office(&self) -> Result<Principal, Problem> {
        let neither = || Problem::forbidden("This is for operators and for finance.");
        self.operator().or_else(|_| self.finance()).map_err(|_| neither())
    }

    pub(crate) fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    pub(crate) fn must_be(&self, role: Role) -> Result<(), Problem> {
        if self.is(role) {
            return Ok(());
        }
        let name = match role {
            Role::Customer => "customers",
            Role::Runner => "runners",
            Role::Operator => "operators",
            Role::Finance => "finance",
        };
        Err(Problem::forbidden(format!("This is for {name}.")))
    }
}

/// Lets people in.
#[derive(Clone)]
pub(crate) struct Gate {
    verifier: Arc<Verifier>,
    introductions: Arc<Introductions>,
}

impl Gate {
    pub(crate) fn new(verifier: Arc<Verifier>) -> Self {
        Self { verifier, introductions: Arc::default() }
    }
}

/// Filled in once it is known who sent a request, for its log line.
pub(crate) type WhoAsked = Arc<OnceLock<UserId>>;

/// A token from the development sign-in, or from the identity provider that the platform is set up with.
#[derive(SecurityScheme)]
#[oai(ty = "bearer", bearer_format = "JWT", rename = "token", checker = "by_header")]
pub(crate) struct SignedIn(pub(crate) Caller);

/// The same token as a query parameter, for browsers' `EventSource`, which cannot set headers. Only event streams take it.
#[derive(SecurityScheme)]
#[oai(ty = "api_key", key_in = "query", key_name = "access_token", rename = "access_token", checker = "by_query")]
pub(crate) struct SignedInByQuery(Caller);

/// Either.
#[derive(SecurityScheme)]
pub(crate) enum SignedInForStream {
    Query(SignedInByQuery),
    Header(SignedIn),
}

impl SignedInForStream {
    pub(crate) fn caller(self) -> Caller {
        match self {
            Self::Query(SignedInByQuery(caller)) | Self::Header(SignedIn(caller)) => caller,
        }
    }
}

async fn by_header(request: &Request, bearer: Bearer) -> poem::Result<Caller> {
    check(request, &bearer.token).await
}

async fn by_query(request: &Request, key: ApiKey) -> poem::Result<Caller> {
    check(request, &key.key).await
}

async fn check(request: &Request, token: &str) -> poem::Result<Caller> {
    let Some(gate) = request.data::<Gate>() else { return Err(Problem::internal("no gate").into()) };
    let holder = gate.verifier.holder(token).await?;
    spans::name_user(request, holder.caller.user_id);
    if let Some(shared) = request.data::<Arc<Shared>>().filter(|_| gate.verifier.is_of_another_issuer()) {
        gate.introductions.make(&shared.bus, &holder).await;
    }
    Ok(holder.caller)
}

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase", remote = "Role")]
pub(crate) enum RoleName {
    /// Orders food.
    Customer,
    /// Delivers food.
    Runner,
    /// Looks after orders that went wrong.
    Operator,
    /// Looks after the money.
    Finance,
}

/// Who to sign in as.
#[derive(Debug, Object)]
pub(crate) struct SignIn {
    /// One of the names that `GET /api/v1/config` lists, or one of a crowd: `customer-0` to `customer-9999`, and likewise
    /// `runner-0`, and customers whose card is declined (`decline-0`), needs 3-D Secure (`secure-0`) or is missing (`broke-0`).
    #[oai(validator(min_length = 1, max_length = 50))]
    person: String,
}

/// A token and whose it is.
#[derive(Debug, Object)]
pub(crate) struct SignedInAs {
    /// Send it in `Authorization: Bearer …`. Good for 12 hours.
    token: String,
    /// Whose it is.
    user: User,
}

/// A person.
#[derive(Debug, Object)]
pub(crate) struct User {
    /// Their id.
    user_id: Ref<UserId>,
    /// What to call them.
    name: String,
    /// What they may do.
    roles: Vec<RoleName>,
}

pub(crate) struct SigningIn;

impl Documented for SigningIn {
    const PROBLEMS: &'static [(u16, &'static str)] = &[
        (400, "`malformed_json`"),
        (404, "`unknown_person`; `not_found` when the development sign-in is off"),
        (413, "`too_large`"),
        (415, "`unsupported_media_type`"),
        (422, "`invalid_field`"),
        (500, "`internal`"),
        (503, "`broker_away`"),
    ];
    const RATED: bool = false;
}

pub(crate) struct Keys;

impl Documented for Keys {
    const PROBLEMS: &'static [(u16, &'static str)] = &[(404, "`not_found` when the development sign-in is off")];
}

pub(crate) struct AuthApi;

#[OpenApi(tag = "Tag::People")]
impl AuthApi {
    /// Sign in by name
    ///
    /// Only while the platform runs with the development sign-in.
    #[oai(path = "/api/v1/dev/sign-in", method = "post", operation_id = "devSignIn")]
    async fn dev_sign_in(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        Body(ask): Body<SignIn>,
    ) -> Result<Json<SignedInAs>, Failure<SigningIn>> {
        let issuer = shared.issuer.as_ref().ok_or_else(Problem::not_found)?;
        let person = people::find(&ask.person).ok_or_else(|| {
            let detail = "Nobody of this name can sign in; see the names in /api/v1/config.";
            Problem::new(StatusCode::NOT_FOUND, "unknown_person", detail)
        })?;
        if people::is_of_the_crowd(&person) {
            people::register(&shared.bus, &person).await?;
        }
        let token = issuer.sign(&person, shared.clock.now()).map_err(Problem::internal)?;
        let user = User {
            user_id: Ref(person.user_id()),
            name: person.name.to_string(),
            roles: person.roles.iter().copied().map(Into::into).collect(),
        };
        Ok(Json(SignedInAs { token, user }))
    }

    /// The development issuer's public keys
    ///
    /// A JSON Web Key Set (RFC 7517).
    #[oai(path = "/.well-known/jwks.json", method = "get", operation_id = "jwks")]
    async fn jwks(&self, Data(shared): Data<&Arc<Shared>>) -> Result<Json<Any<Value>>, Failure<Keys>> {
        let issuer = shared.issuer.as_ref().ok_or_else(Problem::not_found)?;
        let jwks = serde_json::to_value(&issuer.jwks).map_err(Problem::internal)?;
        Ok(Json(Any(jwks)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(roles: &[Role]) -> Caller {
        let user_id = UserId::of_subject("test", "olga");
        Caller { user_id, roles: roles.to_vec(), expires_at: Timestamp::MAX }
    }

    #[test]
    fn an_office_is_entered_by_whoever_holds_it() {
        let id = caller(&[]).user_id;
        let (operator, finance) = (caller(&[Role::Operator]), caller(&[Role::Finance, Role::Runner]));
        assert_eq!(operator.operator().ok(), Some(Principal::Operator(id)));
        assert_eq!(operator.office().ok(), Some(Principal::Operator(id)));
        assert_eq!(finance.finance().ok(), Some(Principal::Finance(id)));
        assert_eq!(finance.office().ok(), Some(Principal::Finance(id)));
        assert_eq!(caller(&[Role::Finance, Role::Operator]).office().ok(), Some(Principal::Operator(id)));
        // Without it people act for themselves.
        assert_eq!(operator.principal(), Principal::User(id));
    }

    #[test]
    fn nobody_enters_an_office_that_is_not_theirs() {
        let student = caller(&[Role::Customer, Role::Runner]);
        for no in [student.operator(), student.finance(), student.office(), caller(&[Role::Finance]).operator()] {
            assert_eq!(no.err().map(|problem| problem.code().to_owned()), Some("forbidden".to_owned()));
        }
    }

    #[test]
    fn operators_and_finance_see_everybodys_orders() {
        let sees_all = |role| caller(&[role]).viewer().operator;
        let roles = [Role::Operator, Role::Finance, Role::Customer, Role::Runner];
        assert_eq!(roles.map(sees_all), [true, true, false, false]);
    }
}
