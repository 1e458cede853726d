//! `campusg streams`: the broker's streams and consumers, compared with the declared ones or changed to be like them.

use std::process::ExitCode;
use std::time::Duration;

use chassis::{Clock, Config, config, streams};

use crate::{live, registry};

/// `campusg streams`
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  campusg streams diff                                        exits with 1 when something differs
  CAMPUSG_NATS__URL=nats://broker:4222 campusg streams apply

A change by which messages or redelivery state could be lost is refused; nothing is changed then. A consumer may listen to other
subjects once it has handled everything: before a release whose subjects differ, stop the gateways and wait for that.")]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Show how they differ
    Diff,
    /// Create and change what differs
    Apply,
}

/// Compares or changes.
///
/// # Errors
/// When the broker does not answer, or something would be lost.
pub async fn run(arguments: &Arguments, config: &Config) -> anyhow::Result<ExitCode> {
    let services = registry::services(config)?;
    let dispatcher: config::Dispatcher = config.section("dispatcher")?;
    let bus = live::connect(config, &Clock::system(), Duration::from_secs(5)).await?;
    let differences = streams::diff(&bus, &services, &dispatcher).await?;
    for difference in &differences {
        println!("{difference}");
    }
    match arguments.action {
        Action::Diff if differences.is_empty() => println!("no difference"),
        Action::Diff => return Ok(ExitCode::FAILURE),
        Action::Apply if differences.is_empty() => println!("nothing to do"),
        Action::Apply => {
            streams::apply(&bus, &services, &dispatcher).await?;
            println!("applied");
        }
    }
    Ok(ExitCode::SUCCESS)
}
