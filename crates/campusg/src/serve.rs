//! `campusg serve`: some of the parts, or all, on a broker that runs already.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use chassis::{Bus, Clock, Config, Shutdown, config, streams};

use crate::audit;
use crate::live::{self, Live};
use crate::map;
use crate::registry::{self, Kind, PARTS, Part};

/// A broker that is started at the same moment takes a while.
const BROKER_PATIENCE: Duration = Duration::from_secs(60);

/// What several parts together are called.
const PLATFORM: &str = "campusg";

/// `campusg serve`
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  campusg serve orders --no-apply
  CAMPUSG_NATS__URL=nats://broker:4222 CAMPUSG_DATABASE__URL=postgres://…/{service} campusg serve orders payments
  campusg serve all

The first Ctrl-C or SIGTERM finishes what is under way, the second stops at once.")]
pub struct Arguments {
    /// orders, payments, timers, users, notifications, repairs, gateway, stripe-sandbox, or all: every service and the gateway
    #[arg(required = true, value_name = "SERVICE")]
    names: Vec<String>,
    /// Leave the broker's streams and consumers as they are; somebody else has applied them
    #[arg(long)]
    no_apply: bool,
}

impl Arguments {
    /// What its telemetry is called.
    #[must_use]
    pub fn telemetry_name(&self) -> String {
        match self.name() {
            PLATFORM => PLATFORM.to_owned(),
            one => format!("{PLATFORM}-{one}"),
        }
    }

    /// What its connection to the broker is called: as the service if it is one, as the platform otherwise.
    fn name(&self) -> &str {
        match self.names.as_slice() {
            [one] if one != "all" => one,
            _ => PLATFORM,
        }
    }

    fn parts(&self) -> anyhow::Result<Vec<Part>> {
        let mut parts: Vec<Part> = Vec::new();
        for name in &self.names {
            let named: Vec<Part> = if name == "all" {
                // Production talks to Stripe itself, so its stand-in has to be named.
                PARTS.iter().filter(|part| !matches!(part.kind, Kind::StripeSandbox)).copied().collect()
            } else {
                let known = || PARTS.iter().map(|part| part.name).collect::<Vec<_>>().join(", ");
                vec![registry::find(name).with_context(|| format!("there is no {name}; there are {}, all", known()))?]
            };
            for part in named {
                if parts.iter().any(|other| other.name == part.name) {
                    bail!("{} is named twice", part.name);
                }
                parts.push(part);
            }
        }
        Ok(parts)
    }
}

/// Runs until it is told to stop.
///
/// # Errors
/// When a part cannot be started.
pub async fn run(arguments: Arguments, config: &Config) -> anyhow::Result<ExitCode> {
    let parts = arguments.parts()?;
    let shutdown = Shutdown::new();
    shutdown.on_signals();
    let live = tokio::select! {
        live = start(&parts, &arguments, config) => live?,
        () = shutdown.soft() => return Ok(ExitCode::SUCCESS),
    };
    shutdown.soft().await;
    tokio::select! {
        () = live::stop_in_order(live) => println!("stopped, nothing lost"),
        () = shutdown.hard() => println!("stopped at once; what was under way is delivered again"),
    }
    Ok(ExitCode::SUCCESS)
}

async fn start(parts: &[Part], arguments: &Arguments, config: &Config) -> anyhow::Result<Vec<Live>> {
    let clock = Clock::from_setting(&config.section::<String>("clock.file")?)?;
    let clock = clock.with_patience(Duration::from_millis(config.section("clock.patience_ms")?));
    map::check(config)?;
    let services = registry::services_of(parts, config)?;
    let bus = Bus::connect(&config.section("nats")?, arguments.name(), clock.clone()).await?;
    if !services.is_empty() && !arguments.no_apply {
        live::wait_for_broker(&bus, config, BROKER_PATIENCE).await?;
        let dispatcher: config::Dispatcher = config.section("dispatcher")?;
        streams::apply(&bus, &services, &dispatcher).await?;
    }
    let mut live = Vec::new();
    for part in parts {
        let started = Live::start(*part, &bus, config, &clock).await?;
        let at = started.url().map(|url| format!(" at {url}")).unwrap_or_default();
        println!("{} is ready{at}", part.name);
        live.push(started);
    }
    if parts.iter().any(|part| part.name == "payments") {
        live::wait_for_broker(&bus, config, BROKER_PATIENCE).await?;
        audit::plan(&bus.named(PLATFORM), &clock).await?;
    }
    Ok(live)
}
