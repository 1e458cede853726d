//! Starts and stops the sandbox's HTTP server.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use poem::http::{StatusCode, header};
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::web::Data;
use poem::{EndpointExt, Request, Response, Route, Server, handler};
use tokio::task::JoinHandle;

use crate::desk::{Desk, Reply};
use crate::terms::Terms;
use crate::{control, courier, hosted, webhook_endpoints};

/// How long `stop` lets open connections finish. Answers take microseconds, so this only cuts off faults.
const PATIENCE: Duration = Duration::from_millis(250);

/// A stand-in for Stripe; see the crate's documentation.
#[derive(Debug)]
pub struct Sandbox;

/// Where a sandbox listens and what it remembers.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address to listen on; port 0 takes a free one. The default is a free port of the loopback interface.
    pub addr: SocketAddr,
    /// The directory that holds its data, created when missing. `None` keeps everything in memory.
    ///
    /// Every answered write is in there before its answer is sent, so SIGKILL loses nothing that was answered.
    pub data: Option<PathBuf>,
    /// Where browsers reach the sandbox, without a trailing slash, when that is not where it listens: behind a proxy,
    /// or in a container. The links to its hosted pages begin with it.
    pub public_url: Option<String>,
    /// What Stripe takes of a charge, in hundredths of a percent. The default is 340, Singapore's 3.4 %.
    pub fee_basis_points: u32,
    /// What Stripe takes of a charge in any case, in the minor unit. The default is 50.
    pub fee_fixed_cents: u32,
    /// What Stripe takes for a dispute, won or lost, in the minor unit. The default is 1500.
    pub dispute_fee_cents: u32,
    /// Whether a new account can be paid at once. Otherwise its owner goes through the hosted onboarding first.
    pub instant_onboarding: bool,
    /// Who is told of every event. It can also be set later, with `PUT /sandbox/webhook`.
    pub webhook: Option<Webhook>,
}

/// An endpoint that is told of events.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Where events are posted to; plain http.
    pub url: String,
    /// What they are signed with, `whsec_…`.
    pub secret: String,
}

impl Default for Options {
    fn default() -> Self {
        let terms = Terms::default();
        Self {
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            data: None,
            public_url: None,
            fee_basis_points: terms.fee_basis_points,
            fee_fixed_cents: terms.fee_fixed_cents,
            dispute_fee_cents: terms.dispute_fee_cents,
            instant_onboarding: terms.instant_onboarding,
            webhook: None,
        }
    }
}

impl Sandbox {
    /// Starts a sandbox on the current tokio runtime; it answers as soon as this returns.
    ///
    /// # Errors
    ///
    /// The address is taken, the data cannot be read, or another sandbox has the data open
    /// ([`io::ErrorKind::ResourceBusy`]).
    pub async fn start(options: Options) -> io::Result<Running> {
        let acceptor = TcpListener::bind(options.addr).into_acceptor().await?;
        let addr = acceptor
            .local_addr()
            .first()
            .and_then(|addr| addr.as_socket_addr().copied())
            .ok_or_else(|| io::Error::other("the listener has no address"))?;
        let terms = Terms {
            fee_basis_points: options.fee_basis_points,
            fee_fixed_cents: options.fee_fixed_cents,
            dispute_fee_cents: options.dispute_fee_cents,
            instant_onboarding: options.instant_onboarding,
            base_url: options.public_url.unwrap_or_else(|| format!("http://{addr}")),
        };
        let desk = Arc::new(Desk::open(options.data.as_deref(), terms)?);
        if let Some(Webhook { url, secret }) = options.webhook {
            desk.act(|store| Ok(webhook_endpoints::set_from_outside(store, &url, Some(secret))))
                .map_err(|error| io::Error::other(error.message().to_owned()))?;
        }
        let routes = Route::new()
            .at("/v1/*path", stripe)
            .nest("/hosted", hosted::routes())
            .nest("/sandbox", control::routes())
            .data(desk.clone());
        desk.tasks.spawn(courier::run(desk.clone()));
        let stopping = desk.stopping.clone();
        let server = tokio::spawn(Server::new_with_acceptor(acceptor).run_with_graceful_shutdown(
            routes,
            async move { stopping.cancelled().await },
            Some(PATIENCE),
        ));
        Ok(Running { addr, desk, server: Some(server) })
    }
}

/// A sandbox that is listening. Dropping it stops it without waiting.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    desk: Arc<Desk>,
    server: Option<JoinHandle<io::Result<()>>>,
}

impl Running {
    /// The address to give to a Stripe client as its base, without a trailing slash: `http://127.0.0.1:49152`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Stops listening, cuts off what is being delayed by a fault, and releases the data directory.
    pub async fn stop(mut self) {
        self.desk.stopping.cancel();
        if let Some(server) = self.server.take() {
            // Nothing is left to stop if the server ended by itself or panicked.
            let _ = server.await;
        }
        self.desk.close().await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.desk.stopping.cancel();
    }
}

/// Hands one call to the desk. In a task of its own: Stripe finishes its work even when the caller hangs up.
#[handler]
async fn stripe(request: &Request, body: Vec<u8>, Data(desk): Data<&Arc<Desk>>) -> Response {
    let call = crate::desk::Call::read(request, &body);
    let worker = desk.clone();
    let reply = desk.tasks.spawn(async move { worker.serve(call).await }).await;
    match reply {
        Ok(reply) => respond(reply),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into(),
    }
}

fn respond(reply: Reply) -> Response {
    let mut response = Response::builder()
        .status(reply.status)
        .header(header::CONTENT_TYPE, "application/json")
        .header("Request-Id", reply.request_id);
    if let Some(original) = reply.replay_of {
        response = response.header("Idempotent-Replayed", "true").header("Original-Request", original);
    }
    response.body(reply.body)
}
