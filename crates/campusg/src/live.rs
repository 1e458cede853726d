//! Parts that are running, whatever they are.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use chassis::{Bus, Clock, Config, config};
use stripe_sandbox::{Options, Sandbox, Webhook};

use crate::registry::{Kind, Part};

/// A part that is running.
pub enum Live {
    /// A service.
    Service(chassis::Running),
    /// HTTP for people and browsers.
    Gateway(Box<gateway::Running>),
    /// The stand-in for Stripe.
    StripeSandbox(stripe_sandbox::Running),
}

impl Live {
    /// Starts a part on a connection that it shares with the others. Its streams must have been applied before.
    ///
    /// # Errors
    /// When a setting is bad or something that it needs cannot be reached.
    pub async fn start(part: Part, bus: &Bus, config: &Config, clock: &Clock) -> anyhow::Result<Self> {
        let started = match part.kind {
            Kind::Service(new) => chassis::serve(new(config)?, bus, config, clock).await.map(Self::Service),
            Kind::Gateway => gateway::start(config, bus, clock).await.map(Box::new).map(Self::Gateway),
            Kind::StripeSandbox => sandbox(config).await.map(Self::StripeSandbox),
        };
        started.with_context(|| format!("{} could not be started", part.name))
    }

    /// Where it listens, if it does.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        match self {
            Self::Service(_) => None,
            Self::Gateway(gateway) => Some(gateway.url()),
            Self::StripeSandbox(sandbox) => Some(sandbox.url()),
        }
    }

    /// Takes nothing new and finishes what is under way.
    pub async fn stop(self) {
        match self {
            Self::Service(service) => service.stop().await,
            Self::Gateway(gateway) => gateway.stop().await,
            Self::StripeSandbox(sandbox) => sandbox.stop().await,
        }
    }
}

/// Stops those through which new work comes first, then the services, then what they need.
pub async fn stop_in_order(parts: Vec<Live>) {
    let (mut gateways, mut services, mut sandboxes) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        match part {
            Live::Gateway(_) => gateways.push(part.stop()),
            Live::Service(_) => services.push(part.stop()),
            Live::StripeSandbox(_) => sandboxes.push(part.stop()),
        }
    }
    futures::future::join_all(gateways).await;
    futures::future::join_all(services).await;
    futures::future::join_all(sandboxes).await;
}

async fn sandbox(config: &Config) -> anyhow::Result<stripe_sandbox::Running> {
    let listen: SocketAddr = config.section("stripe.sandbox_listen")?;
    let data = config.section::<config::Platform>("platform")?.data.join("stripe");
    start_sandbox(config, listen, data).await
}

/// Starts the stand-in for Stripe. It tells the gateway of everything that happens, as Stripe would.
///
/// # Errors
/// When the address or the data are in use.
pub async fn start_sandbox(
    config: &Config,
    addr: SocketAddr,
    data: PathBuf,
) -> anyhow::Result<stripe_sandbox::Running> {
    let url = format!("{}/webhooks/stripe", config.section::<String>("gateway.public_url")?);
    let webhook = Some(Webhook { url, secret: config.section("stripe.webhook_secret")? });
    Sandbox::start(Options { addr, data: Some(data), webhook, instant_onboarding: false, ..Options::default() })
        .await
        .with_context(|| format!("the Stripe sandbox at {addr}"))
}

/// Connects, and waits until the broker is there, as [`wait_for_broker`] does.
///
/// # Errors
/// When it is not there by then.
pub async fn connect(config: &Config, clock: &Clock, patience: Duration) -> anyhow::Result<Bus> {
    let bus = Bus::connect(&config.section("nats")?, "campusg", clock.clone()).await?;
    wait_for_broker(&bus, config, patience).await?;
    Ok(bus)
}

/// Waits until the broker is there: for as long as `patience`, saying so once.
///
/// # Errors
/// When it is not there by then.
pub(crate) async fn wait_for_broker(bus: &Bus, config: &Config, patience: Duration) -> anyhow::Result<()> {
    let settings: config::Nats = config.section("nats")?;
    let give_up = tokio::time::Instant::now() + patience;
    let mut told = false;
    while !bus.is_connected() {
        if tokio::time::Instant::now() > give_up {
            anyhow::bail!("no broker answers at {} (nats.url); is nats-server running?", settings.url);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        if !told && give_up - tokio::time::Instant::now() < patience.saturating_sub(Duration::from_secs(1)) {
            told = true;
            eprintln!("waiting for the broker at {}", settings.url);
        }
    }
    Ok(())
}
