//! Whether what was really said keeps to the score: each event of the log must be what the table of its service lets a
//! reaction say about the message that caused it.

use std::collections::{HashMap, HashSet};
use std::process::ExitCode;
use std::time::Duration;

use chassis::inspect::{self, Stored};
use chassis::{Clock, Config, Service};
use contracts::Kind;

use crate::overtaking::overtakings;
use crate::{live, registry};

const BROKER_PATIENCE: Duration = Duration::from_secs(10);

/// Reads the whole log and prints every departure, and everything that was overtaken; exits with 1 when there is one.
///
/// # Errors
/// When the broker cannot be reached.
pub async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let clock = Clock::from_setting(&config.section::<String>("clock.file")?)?;
    let bus = live::connect(config, &clock, BROKER_PATIENCE).await?;
    let log = inspect::log(&bus).await.map_err(|error| anyhow::anyhow!("the log cannot be read: {error}"))?;
    let services = registry::services(config)?;
    let (departures, late) = (departures(&services, &log), overtakings(&services, &log));
    for finding in departures.iter().chain(&late) {
        println!("{finding}");
    }
    println!("{} messages, {} departures from the score, {} out of order", log.len(), departures.len(), late.len());
    // A request that is made again after a long time is in the log again; whoever hears it knows it.
    let ids: HashSet<&str> = log.iter().map(|stored| stored.id.as_str()).collect();
    let copies = log.len() - ids.len();
    if copies > 0 {
        println!("{copies} messages are there a second time, which changes nothing");
    }
    Ok(if departures.is_empty() && late.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What was said that no table lets anybody say, in words; nothing when all of it keeps to the score.
#[must_use]
pub fn departures(services: &[Service], log: &[Stored]) -> Vec<String> {
    let heard: HashMap<&str, (Kind, String)> =
        log.iter().filter_map(|stored| Some((stored.id.as_str(), sort(&stored.subject)?))).collect();
    log.iter().filter_map(|stored| departure(services, &heard, stored)).collect()
}

fn departure(services: &[Service], heard: &HashMap<&str, (Kind, String)>, stored: &Stored) -> Option<String> {
    let (kind, said) = sort(&stored.subject)?;
    // What people ask follows from no rule, and the cause of a deadline or of a parked message is in another stream.
    let is_passed_on = |service: &Service| service.passes_on().iter().any(|(_, passed_on)| *passed_on == said);
    if kind == Kind::Intent || services.iter().any(is_passed_on) {
        return None;
    }
    let Some(cause) = heard.get(stored.causation.as_str()) else {
        return Some(format!("{} {said} ({}) has no cause in the log", stored.sequence, stored.correlation));
    };
    let owner = said.split('.').next().unwrap_or_default();
    let reactions = services.iter().filter(|service| service.name == owner).flat_map(Service::reactions);
    let mut to_it = reactions.filter(|reaction| {
        let name = format!("{}.{}.v{}", reaction.owner, reaction.message, reaction.version);
        (reaction.kind, name) == *cause
    });
    if to_it.any(|reaction| reaction.publishes.contains(&said)) {
        return None;
    }
    Some(format!(
        "{} {said} ({}) was said because of {}, which nobody may",
        stored.sequence, stored.correlation, cause.1
    ))
}

/// Intent or event, and its type: `orders.placed.v1`.
fn sort(subject: &str) -> Option<(Kind, String)> {
    let (kind, rest) = match subject.strip_prefix("intent.") {
        Some(rest) => (Kind::Intent, rest),
        None => (Kind::Event, subject),
    };
    let tokens: Vec<&str> = rest.split('.').take(3).collect();
    (tokens.len() == 3).then(|| (kind, tokens.join(".")))
}
