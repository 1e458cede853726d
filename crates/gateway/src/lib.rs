//! The REST gateway: HTTP in, intents and questions out, one event stream back.
//!
//! It decides nothing. It knows who asks ([`auth`]), checks the shape of what they ask ([`body`]), hands it to the owner
//! through the broker and turns the verdict into a status ([`problem`], the only place that does). It keeps no state but
//! the newest events, so any number of gateways can stand side by side.
//!
//! One file per resource; `people` is the cast of the development sign-in.

mod about;
mod acting;
mod aftermath;
mod auth;
mod body;
mod books;
mod cards;
mod changes;
mod chronicle;
mod clerk;
mod delivery;
mod docs;
mod health;
mod idempotency;
mod introductions;
mod keys;
mod kitchens;
mod limits;
mod me;
mod money;
mod news;
mod notifications;
mod offers;
mod ops;
mod orders;
mod packing;
mod pages;
mod parked;
mod payouts;
pub mod people;
mod policy;
mod problem;
mod quotes;
mod receipts;
mod reconciliations;
mod refusals;
mod router;
mod saved;
mod scalars;
mod spans;
mod staff;
mod stream;
mod stripe;
mod suspension;
mod tasks;
mod tokens;
mod vendors;
mod views;
mod waiting;
mod wallet;
mod web;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chassis::{Bus, Clock, Config, Sealer, Shutdown, feed};
use contracts::users::GetUser;
use contracts::{Principal, Question, Refused};
use poem::endpoint::BoxEndpoint;
use poem::http::StatusCode;
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::middleware::CatchPanic;
use poem::{Endpoint, EndpointExt, IntoEndpoint, Request, Response, Server};
use poem_openapi::{OpenApi, OpenApiService};
use serde::Deserialize;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::auth::Gate;
use crate::keys::Verifier;
use crate::limits::{Limited, Limits};
use crate::packing::Packed;
use crate::problem::Problem;
use crate::router::Router;
use crate::tokens::DevIssuer;
use crate::web::Fronted;

/// How long a request waits for a connection to the broker that was lost a moment ago.
const RECONNECT: Duration = Duration::from_millis(500);
/// How long a soft stop lets requests finish.
const GRACE: Duration = Duration::from_secs(10);
/// How long a soft stop waits for the broker to take what is still to be sent.
const FLUSH: Duration = Duration::from_secs(1);
/// Connections on which nothing happens are closed; event streams say something every 15 seconds.
const IDLE: Duration = Duration::from_secs(120);

/// `[gateway]`
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Settings {
    listen: String,
    wait_ms: u64,
    wait_max_ms: u64,
    place_wait_ms: u64,
    rate_per_second: u32,
    rate_burst: u32,
}

/// `[identity]`
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Identity {
    issuer: String,
    jwks_url: String,
    audience: String,
    authorized_parties: String,
    default_roles: String,
    dev_key_file: String,
    clerk_webhook_secret: String,
}

impl Identity {
    fn is_dev(&self) -> bool {
        self.issuer == "dev"
    }
}

/// What every request may use.
pub(crate) struct Shared {
    bus: Bus,
    router: Arc<Router>,
    clock: Clock,
    sealer: Sealer,
    verifier: Arc<Verifier>,
    /// Only while the development sign-in is on.
    issuer: Option<DevIssuer>,
    /// The address of another issuer.
    issuer_url: Option<String>,
    /// Only when a secret is shared with Clerk.
    clerk: Option<clerk::Hook>,
    stripe: stripe::Hook,
    settings: Settings,
    shutdown: Shutdown,
}

impl Shared {
    /// Asks the owner of some data.
    async fn ask<Q: Question>(&self, question: &Q) -> Result<Result<Q::Answer, Refused>, Problem> {
        self.connected().await?;
        Ok(self.bus.ask(question).await?)
    }

    /// Lets somebody act in their office, unless they were shut out: whoever is suspended decides nothing, and sees lists but
    /// no message whole.
    async fn in_office(&self, office: Result<Principal, Problem>) -> Result<Principal, Problem> {
        let office = office?;
        let (Principal::Operator(user_id) | Principal::Finance(user_id)) = office else { return Ok(office) };
        match self.ask(&GetUser { user_id }).await? {
            Ok(user) if user.suspended => {
                Err(Problem::new(StatusCode::FORBIDDEN, "suspended", "You are shut out of your office."))
            }
            Ok(_) | Err(_) => Ok(office),
        }
    }

    /// Waits for the broker, but not for long: without it, the honest answer is to come back later.
    async fn connected(&self) -> Result<(), Problem> {
        let give_up = Instant::now() + RECONNECT;
        while !self.bus.is_connected() {
            if Instant::now() >= give_up {
                return Err(Problem::broker_away());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

/// A gateway that is listening. Dropping it stops it without waiting.
#[must_use]
pub struct Running {
    addr: SocketAddr,
    bus: Bus,
    shutdown: Shutdown,
    server: Option<JoinHandle<std::io::Result<()>>>,
}

impl Running {
    /// Its base address, without a trailing slash: `http://127.0.0.1:8080`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Takes no new connection, lets requests finish, ends event streams and waits until all of that is done.
    pub async fn stop(mut self) {
        self.shutdown.soften();
        if let Some(server) = self.server.take() {
            // Nothing is left to stop if the server ended by itself.
            drop(server.await);
        }
        self.bus.flush(FLUSH).await;
    }

    /// Stops where it stands: requests under way are cut off.
    pub async fn kill(mut self) {
        self.shutdown.harden();
        if let Some(server) = self.server.take() {
            server.abort();
            drop(server.await);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shutdown.harden();
    }
}

/// Starts a gateway on the current runtime and a connection that it may share; it answers as soon as this returns, also while broker and services are away.
///
/// # Errors
/// When a setting makes no sense, the address is taken, or the development key cannot be read or written.
pub async fn start(config: &Config, bus: &Bus, clock: &Clock) -> anyhow::Result<Running> {
    let settings: Settings = config.section("gateway")?;
    let identity: Identity = config.section("identity")?;
    let shutdown = Shutdown::new();
    let sealer = Sealer::from_hex(&config.section::<String>("seal.key")?)?;
    let issuer = identity.is_dev().then(|| DevIssuer::open(&identity)).transpose()?;
    let issuer_url = issuer.is_none().then(|| identity.issuer.clone());
    let verifier = Arc::new(match &issuer {
        Some(issuer) => Verifier::of_dev(issuer, &identity, clock.clone()),
        None => Verifier::of_url(&identity, clock.clone())?,
    });
    let clerk = clerk::Hook::open(&identity)?;
    let stripe = stripe::Hook::open(config)?;
    let bus = bus.named("gateway");
    let router = Arc::<Router>::default();
    let ears = Arc::clone(&router);
    feed::watch(bus.clone(), news::subjects(), shutdown.clone(), move |item| ears.take(item));
    tokio::spawn(Arc::clone(&verifier).keep_fresh(shutdown.clone()));
    if issuer.is_some() {
        tokio::spawn(people::seed(bus.clone(), shutdown.clone()));
        tokio::spawn(kitchens::seed(bus.clone(), shutdown.clone()));
    }
    let acceptor = TcpListener::bind(settings.listen.clone())
        .into_acceptor()
        .await
        .with_context(|| format!("cannot listen on {}", settings.listen))?;
    let addr = acceptor.local_addr().first().and_then(|addr| addr.as_socket_addr().copied());
    let addr = addr.context("the listener has no address")?;
    let shared = Shared {
        bus: bus.clone(),
        router,
        clock: clock.clone(),
        sealer,
        verifier,
        issuer,
        issuer_url,
        clerk,
        stripe,
        settings,
        shutdown: shutdown.clone(),
    };
    let stopping = shutdown.clone();
    let server = Server::new_with_acceptor(acceptor).name("gateway").idle_timeout(IDLE).run_with_graceful_shutdown(
        Front::new(Arc::new(shared)),
        async move { stopping.soft().await },
        Some(GRACE),
    );
    Ok(Running { addr, bus, shutdown, server: Some(tokio::spawn(server)) })
}

/// Everything around the routes. From the outside in: cutting off at a hard stop, the span and the log line, errors as
/// problems, the web app, long answers packed, everybody's rates, panics as problems.
struct Front {
    routes: BoxEndpoint<'static, Response>,
    shutdown: Shutdown,
}

impl Front {
    fn new(shared: Arc<Shared>) -> Self {
        let shutdown = shared.shutdown.clone();
        let gate = Gate::new(Arc::clone(&shared.verifier));
        let calm = CatchPanic::new().with_handler(problem::of_panic);
        let limits = Limits::new(&shared.settings);
        tokio::spawn(limits.clone().tidy(shutdown.clone()));
        let identity = shared.issuer_url.as_ref().map(|url| format!(" {url}")).unwrap_or_default();
        let routes = service().into_endpoint().data(gate).data(Arc::clone(&shared)).with(calm).boxed();
        let routes = Limited { routes, limits, shared };
        let routes = Packed { routes: routes.boxed() }.boxed();
        Self { routes: Fronted { routes, identity }.boxed(), shutdown }
    }
}

impl Endpoint for Front {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        tokio::select! {
            answer = spans::trace(&self.routes, request) => Ok(answer),
            () = self.shutdown.hard() => Ok(Problem::stopping().into_response_of(None)),
        }
    }
}

fn service() -> OpenApiService<impl OpenApi, ()> {
    let api = (
        // the platform and its people
        (
            health::HealthApi,
            about::AboutApi,
            policy::PolicyApi,
            auth::AuthApi,
            me::MeApi,
            notifications::NotificationsApi,
        ),
        // ordering
        (
            vendors::VendorsApi,
            quotes::QuotesApi,
            saved::SavedApi,
            orders::OrdersApi,
            changes::ChangesApi,
            aftermath::AftermathApi,
        ),
        // delivering
        (offers::OffersApi, delivery::DeliveryApi),
        // money
        (cards::CardsApi, payouts::PayoutsApi, receipts::ReceiptsApi, wallet::WalletApi),
        // everything else
        (
            stream::StreamApi,
            ops::OpsApi,
            books::BooksApi,
            reconciliations::ReconciliationsApi,
            chronicle::ChronicleApi,
            tasks::TasksApi,
            parked::ParkedApi,
            staff::StaffApi,
            suspension::SuspensionApi,
            stripe::StripeApi,
            clerk::ClerkApi,
            docs::DocsApi,
        ),
    );
    OpenApiService::new(api, "CampusG", env!("CARGO_PKG_VERSION")).description(docs::INTRODUCTION).server("/")
}

/// The API's description in OpenAPI's form, as checked in at `openapi/gateway.json`. The same every time.
#[must_use]
pub fn openapi_json() -> String {
    let mut json = service().spec();
    json.push('\n');
    json
}
