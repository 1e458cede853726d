//! Checking tokens: whoever issued them, by the issuer's published keys (JWKS).

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use anyhow::{Context, ensure};
use chassis::{Clock, Shutdown};
use contracts::users::Role;
use contracts::{Text, UserId};
use http_body_util::{BodyExt, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jiff::Timestamp;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use poem::http::{StatusCode, Uri};
use serde_json::Value;
use tokio::time::{Instant, timeout};
use tracing::warn;

use crate::Identity;
use crate::auth::Caller;
use crate::problem::Problem;
use crate::tokens::{Claims, DEV_ISSUER, DevIssuer};

/// The only ways to sign that are taken: no shared secrets, never `none`.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::EdDSA, Algorithm::RS256, Algorithm::ES256];
/// Clocks of issuer and gateway may differ by this much, in seconds.
const LEEWAY: f64 = 30.0;
/// A token longer than this is not looked at.
const TOKEN_MAX: usize = 4 * 1024;
/// Tokens that are remembered as good.
const REMEMBERED: usize = 4_096;

/// How old fetched keys become at most.
const REFRESH: Duration = Duration::from_secs(600);
/// How often a fetch that failed is tried again.
const RETRY: Duration = Duration::from_secs(2);
/// However many unknown keys are asked for, the issuer is asked this rarely.
const MIN_INTERVAL: Duration = Duration::from_secs(30);
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);
const JWKS_MAX: usize = 256 * 1024;

/// Tells who asks from their token.
pub(crate) struct Verifier {
    issuer: String,
    /// Whom tokens must be for; nobody in particular when empty.
    audience: String,
    /// The web pages whose tokens are taken; any when empty.
    parties: Vec<String>,
    /// What people may do of whom the issuer says nothing about it.
    default_roles: Vec<Role>,
    clock: Clock,
    keys: Keys,
    /// Tokens whose signature was good: checking it costs more than all the rest of a read. Forgotten whenever keys change.
    good: RwLock<HashMap<String, Good>>,
}

/// Whose token it is.
#[derive(Clone)]
pub(crate) struct Holder {
    pub(crate) caller: Caller,
    /// What the issuer calls them, if it says.
    pub(crate) name: Option<Text<100>>,
}

/// What a good token says.
#[derive(Clone)]
struct Good {
    holder: Holder,
    not_before: Option<f64>,
    expires: f64,
}

enum Keys {
    Own(KeySet),
    Fetched(Fetched),
}

/// Usable keys by their ids.
type KeySet = Arc<HashMap<String, (Algorithm, DecodingKey)>>;

struct Fetched {
    url: Uri,
    client: Client<HttpsConnector<HttpConnector>, String>,
    known: RwLock<Option<KeySet>>,
    asked: tokio::sync::Mutex<Option<Instant>>,
}

impl Verifier {
    /// For tokens of the development issuer in this process.
    pub(crate) fn of_dev(issuer: &DevIssuer, identity: &Identity, clock: Clock) -> Self {
        Self {
            issuer: DEV_ISSUER.to_owned(),
            audience: identity.audience.clone(),
            parties: Vec::new(),
            default_roles: Vec::new(),
            clock,
            keys: Keys::Own(usable(&issuer.jwks)),
            good: RwLock::default(),
        }
    }

    /// For tokens of an issuer that publishes its keys: at `identity.jwks_url`, or where Clerk and others do.
    pub(crate) fn of_url(identity: &Identity, clock: Clock) -> anyhow::Result<Self> {
        let url = match identity.jwks_url.as_str() {
            "" => format!("{}/.well-known/jwks.json", identity.issuer.trim_end_matches('/')),
            url => url.to_owned(),
        };
        let url: Uri =
            url.parse().with_context(|| format!("{url}, where the issuer's keys should be, is no address"))?;
        ensure!(url.host().is_some(), "identity.jwks_url must be given unless identity.issuer is `dev` or an address");
        let connector = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let keys =
            Keys::Fetched(Fetched { url, client, known: RwLock::default(), asked: tokio::sync::Mutex::default() });
        Ok(Self {
            issuer: identity.issuer.clone(),
            audience: identity.audience.clone(),
            parties: listed(&identity.authorized_parties).map(str::to_owned).collect(),
            default_roles: default_roles(identity)?,
            clock,
            keys,
            good: RwLock::default(),
        })
    }

    /// Whether people are known elsewhere before they are known here.
    pub(crate) fn is_of_another_issuer(&self) -> bool {
        matches!(self.keys, Keys::Fetched(_))
    }

    /// Whether there are keys to check with.
    pub(crate) fn is_ready(&self) -> bool {
        match &self.keys {
            Keys::Own(_) => true,
            Keys::Fetched(fetched) => fetched.known().is_some(),
        }
    }

    /// Keeps fetched keys fresh: a key that its issuer withdraws is not taken for much longer.
    pub(crate) async fn keep_fresh(self: Arc<Self>, shutdown: Shutdown) {
        let Keys::Fetched(fetched) = &self.keys else { return };
        while !shutdown.is_soft() {
            let pause = match fetched.fetch().await {
                Ok(()) => {
                    self.forget();
                    REFRESH
                }
                Err(error) => {
                    warn!(error = format!("{error:#}"), "the issuer's keys could not be fetched");
                    RETRY
                }
            };
            tokio::select! {
                () = shutdown.soft() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Who sent this token.
    pub(crate) async fn holder(&self, token: &str) -> Result<Holder, Problem> {
        let remembered = self.good.read().unwrap_or_else(PoisonError::into_inner).get(token).cloned();
        let good = match remembered {
            Some(good) => good,
            None => self.check(token).await?,
        };
        let now = self.clock.now().as_millisecond() as f64 / 1_000.0;
        if good.expires + LEEWAY <= now {
            return Err(Problem::unauthenticated("This token has expired; sign in again."));
        }
        if good.not_before.is_some_and(|not_before| not_before - LEEWAY > now) {
            return Err(Problem::unauthenticated("This token is not valid yet."));
        }
        Ok(good.holder)
    }

    /// Checks everything about a token but the time, and remembers it.
    async fn check(&self, token: &str) -> Result<Good, Problem> {
        let claims = self.claims(token).await?;
        let caller = Caller {
            user_id: self.user_id(&claims.sub)?,
            roles: self.roles(&claims),
            expires_at: Timestamp::from_second((claims.exp + LEEWAY) as i64).unwrap_or(Timestamp::MAX),
        };
        let name = claims.name.as_str().and_then(|name| Text::new(name).ok());
        let good = Good { holder: Holder { caller, name }, not_before: claims.nbf, expires: claims.exp };
        let mut remembered = self.good.write().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED {
            remembered.clear();
        }
        remembered.insert(token.to_owned(), good.clone());
        Ok(good)
    }

    fn forget(&self) {
        self.good.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    async fn claims(&self, token: &str) -> Result<Claims, Problem> {
        if token.len() > TOKEN_MAX {
            return Err(bad_token());
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| bad_token())?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(bad_token());
        }
        let keys = self.keys_with(header.kid.as_deref()).await?;
        let key = match &header.kid {
            Some(id) => keys.get(id),
            None => keys.values().next().filter(|_| keys.len() == 1),
        };
        let Some((_, key)) = key.filter(|(algorithm, _)| *algorithm == header.alg) else { return Err(bad_token()) };
        let decoded = jsonwebtoken::decode::<Claims>(token, key, &self.validation(header.alg));
        let claims = decoded.map_err(|_| bad_token())?.claims;
        let is_for_here = self.parties.is_empty() || claims.azp.as_ref().is_some_and(|azp| self.parties.contains(azp));
        if !is_for_here || claims.sts.as_deref() == Some("pending") {
            return Err(bad_token());
        }
        Ok(claims)
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[&self.issuer]);
        if self.audience.is_empty() {
            validation.set_required_spec_claims(&["iss", "exp", "sub"]);
            validation.validate_aud = false;
        } else {
            validation.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
            validation.set_audience(&[&self.audience]);
        }
        // By our own clock, which tests move.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation
    }

    /// What the issuer says that somebody may do: in a claim, or in the metadata that it keeps for us.
    fn roles(&self, claims: &Claims) -> Vec<Role> {
        let places = [&claims.roles, &claims.metadata["roles"], &claims.public_metadata["roles"]];
        let mut roles: Vec<Role> = places.into_iter().flat_map(roles_in).collect();
        roles.sort_unstable();
        roles.dedup();
        if roles.is_empty() { self.default_roles.clone() } else { roles }
    }

    /// The keys, fetched anew if this one is not among them.
    async fn keys_with(&self, id: Option<&str>) -> Result<KeySet, Problem> {
        let fetched = match &self.keys {
            Keys::Own(keys) => return Ok(Arc::clone(keys)),
            Keys::Fetched(fetched) => fetched,
        };
        let known = fetched.known();
        if known.as_ref().is_none_or(|known| id.is_some_and(|id| !known.contains_key(id))) {
            fetched.fetch_if_due().await;
            self.forget();
        }
        let away = "The issuer's keys cannot be had right now.";
        fetched.known().ok_or_else(|| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "keys_away", away))
    }

    /// Our own issuer writes our ids; of all others, the issuer's name and theirs make one.
    fn user_id(&self, subject: &str) -> Result<UserId, Problem> {
        match &self.keys {
            Keys::Own(_) => subject.parse().map_err(|_| bad_token()),
            Keys::Fetched(_) if subject.is_empty() => Err(bad_token()),
            Keys::Fetched(_) => Ok(UserId::of_subject(&self.issuer, subject)),
        }
    }
}

/// Says no more: whoever forges tokens needs no help.
fn bad_token() -> Problem {
    Problem::unauthenticated("This token is not one of ours, or not for here.")
}

/// The roles in a list of names. Issuers may hand out roles that mean nothing here.
pub(crate) fn roles_in(names: &Value) -> Vec<Role> {
    names.as_array().into_iter().flatten().filter_map(|name| role_named(name.as_str()?)).collect()
}

/// What people may do of whom the issuer says nothing about it, as the settings have it.
pub(crate) fn default_roles(identity: &Identity) -> anyhow::Result<Vec<Role>> {
    let roles = listed(&identity.default_roles).map(|name| {
        let role = role_named(name).with_context(|| format!("identity.default_roles: there is no role {name:?}"))?;
        let is_office = matches!(role, Role::Operator | Role::Finance);
        ensure!(!is_office, "identity.default_roles: nobody is {name} just by signing in");
        Ok(role)
    });
    roles.collect()
}

fn listed(setting: &str) -> impl Iterator<Item = &str> {
    setting.split(',').map(str::trim).filter(|part| !part.is_empty())
}

fn role_named(name: &str) -> Option<Role> {
    match name {
        "customer" => Some(Role::Customer),
        "runner" => Some(Role::Runner),
        "operator" => Some(Role::Operator),
        "finance" => Some(Role::Finance),
        _ => None,
    }
}

impl Fetched {
    fn known(&self) -> Option<KeySet> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Fetches unless that was done a moment ago. Whoever comes meanwhile waits for the same fetch.
    async fn fetch_if_due(&self) {
        let mut asked = self.asked.lock().await;
        if asked.is_some_and(|asked| asked.elapsed() < MIN_INTERVAL) {
            return;
        }
        if let Err(error) = self.fetch().await {
            warn!(error = format!("{error:#}"), "the issuer's keys could not be fetched");
        }
        *asked = Some(Instant::now());
    }

    async fn fetch(&self) -> anyhow::Result<()> {
        let response = timeout(FETCH_TIMEOUT, self.client.get(self.url.clone())).await??;
        ensure!(response.status().is_success(), "the issuer answered {}", response.status());
        let body = timeout(FETCH_TIMEOUT, Limited::new(response.into_body(), JWKS_MAX).collect()).await?;
        let body = body.map_err(|error| anyhow::anyhow!(error))?.to_bytes();
        let keys = usable(&serde_json::from_slice(&body)?);
        ensure!(!keys.is_empty(), "the issuer publishes no key that can be used here");
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(keys);
        Ok(())
    }
}

fn usable(jwks: &JwkSet) -> KeySet {
    let keys = jwks.keys.iter().filter_map(|jwk| {
        let algorithm = algorithm_of(jwk)?;
        let key = DecodingKey::from_jwk(jwk).ok()?;
        // The library reads 32 bytes of such a key without asking whether they are there.
        let whole = algorithm != Algorithm::EdDSA || key.try_get_as_bytes().is_ok_and(|bytes| bytes.len() == 32);
        whole.then(|| (jwk.common.key_id.clone().unwrap_or_default(), (algorithm, key)))
    });
    Arc::new(keys.collect())
}

/// What a key signs with, if it may sign and is of a kind that is taken.
fn algorithm_of(jwk: &Jwk) -> Option<Algorithm> {
    if jwk.common.public_key_use.as_ref().is_some_and(|purpose| *purpose != PublicKeyUse::Signature) {
        return None;
    }
    let algorithm = if matches!(&jwk.algorithm, AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519)
    {
        Algorithm::EdDSA
    } else if matches!(jwk.algorithm, AlgorithmParameters::RSA(_)) {
        Algorithm::RS256
    } else if matches!(&jwk.algorithm, AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256) {
        Algorithm::ES256
    } else {
        return None;
    };
    let fits = jwk.common.key_algorithm.is_none_or(|named| named == KeyAlgorithm::from(algorithm));
    fits.then_some(algorithm)
}
