//! `campusg bench growth`: whether the next order costs more when there are many behind it.
//!
//! Two platforms of their own, which take turns under the same closed loop. One of them has a past: its tables and its log are
//! filled with rows and messages like those of orders that it has just carried (chassis/src/preload.rs), each with ids of its own,
//! spread over the last weeks. Its broker's messages are such as the services' consumers read; the consumers are then moved behind
//! them, to where they would stand had their services handled them all: handling ten million messages is not what is measured.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use chassis::broker::{self, Broker, Flush};
use chassis::preload::{self, Past};
use chassis::tally::Wal;
use chassis::{Clock, Config, config};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use crate::bench::bar::Bar;
use crate::bench::load::{Load, Outcome, Pace};
use crate::bench::stage::{Ground, Stage};
use crate::bench::usage::Cpu;
use crate::bench::way::Way;
use crate::bench::{Shown, show};
use crate::figures::{count, percentiles, rounded};
use crate::live;

/// Who keeps a journal that grows with the orders.
const JOURNALS: [&str; 4] = ["orders", "payments", "users", "notifications"];
/// Orders that one person has behind them.
const ORDERS_EACH: u64 = 50;
/// By so much the figures may differ, in percent (quality.md 3).
const WITHIN: f64 = 10.0;
const PATIENCE: Duration = Duration::from_secs(120);
/// How long the broker may take to store a message of the past: very many are under way.
const ACK_TIMEOUT_MS: u64 = 60_000;

/// `campusg bench growth`
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  campusg bench growth
  campusg bench growth --journal 1000000 --orders 100000 --messages 100000 --turns 3
  campusg bench growth --sqlite --json

With the defaults the past takes some 20 GB on the disk, and a while. Exits with 1 when an order was not completed.")]
pub(super) struct Arguments {
    /// Rows of the services' journals that are there before
    #[arg(long, default_value_t = 10_000_000)]
    journal: u64,
    /// Orders that were completed before, and their payments
    #[arg(long, default_value_t = 1_000_000)]
    orders: u64,
    /// Messages that the log holds before
    #[arg(long, default_value_t = 1_000_000)]
    messages: u64,
    /// Orders that are carried in each turn
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..))]
    load: u32,
    /// How often each platform has its turn
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=8))]
    turns: u32,
    /// Orders under way at any moment
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=4_096))]
    concurrency: u32,
    /// Orders that are carried first on either platform: for the caches, and for the past to be like
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..))]
    patterns: u32,
    /// Customers, and as many runners
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    crowd: u32,
    #[command(flatten)]
    ground: Ground,
    /// Print one object of JSON instead of the table
    #[arg(long)]
    json: bool,
}

/// Measures, prints, and leaves nothing behind.
///
/// # Errors
/// When a platform cannot be started, filled or measured.
pub(super) async fn run(arguments: &Arguments, config: Config) -> anyhow::Result<ExitCode> {
    let measuring = async {
        let report = measure(arguments, config).await?;
        Ok(Shown { json: report.json(), table: report.table(), is_good: report.is_good() })
    };
    show(measuring, arguments.json).await
}

/// Which of the two platforms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Empty,
    Full,
}

impl Side {
    fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Full => "full",
        }
    }
}

async fn measure(arguments: &Arguments, config: Config) -> anyhow::Result<Report> {
    arguments.ground.must_be_its_own("growth measures two platforms")?;
    let empty = begin(arguments, &config).await?;
    let full = begin(arguments, &config).await?;
    // Either is started anew, so that they differ in what is behind them alone.
    let empty = empty.restart(async |_: &Config, _: &Path| Ok(())).await?;
    let full = full.restart(async |config: &Config, home: &Path| fill(arguments, config, home).await).await?;
    let sides = [(Side::Empty, &empty), (Side::Full, &full)];
    let mut turns = Vec::new();
    for number in 0..=arguments.turns {
        // Who comes first changes, so that neither has the better half of a machine that is getting slower.
        let order = if number % 2 == 0 { [sides[0], sides[1]] } else { [sides[1], sides[0]] };
        for (side, stage) in order {
            let turn = take_turn(arguments, side, stage, format!("{}-{number}", side.name())).await?;
            // The first is for the caches.
            if number > 0 || !turn.outcome.failures.is_empty() {
                turns.push(turn);
            }
        }
    }
    let lengths = [empty.log_length().await?, full.log_length().await?];
    empty.stop().await?;
    full.stop().await?;
    let Arguments { journal, orders, messages, concurrency, ground, .. } = arguments;
    let (sync, database) = (ground.sync().to_owned(), ground.database());
    Ok(Report { past: [*journal, *orders, *messages], concurrency: *concurrency, sync, database, lengths, turns })
}

/// A platform that has carried what the past is to be like.
async fn begin(arguments: &Arguments, config: &Config) -> anyhow::Result<Stage> {
    let stage = Stage::set(&arguments.ground, config.clone(), &[]).await?;
    let crowd = stage.crowd(arguments.crowd).await?;
    let load =
        Load { label: "patterns".to_owned(), orders: arguments.patterns, pace: Pace::Closed(arguments.concurrency) };
    let outcome = load.run(&Way::Http(crowd)).await;
    if let Some((why, count)) = outcome.failures.first_key_value() {
        return Err(anyhow!("{count} of the first orders were not completed: {why}"));
    }
    stage.settle().await;
    Ok(stage)
}

async fn take_turn(arguments: &Arguments, side: Side, stage: &Stage, label: String) -> anyhow::Result<Turn> {
    let crowd = stage.crowd(arguments.crowd).await?;
    stage.settle().await;
    let (cpu, wal) = (Cpu::now(stage), wal_of(stage).await?);
    let load = Load { label, orders: arguments.load, pace: Pace::Closed(arguments.concurrency) };
    let outcome = load.run(&Way::Http(crowd)).await;
    stage.settle().await;
    let cpu = cpu.until(&Cpu::now(stage));
    let wal = wal_of(stage).await?.zip(wal).map(|(after, before)| after.since(before));
    Ok(Turn { side, outcome, cpu, wal })
}

async fn wal_of(stage: &Stage) -> anyhow::Result<Option<Wal>> {
    match &stage.postgres {
        Some(postgres) => Ok(Some(postgres.wal().await?)),
        None => Ok(None),
    }
}

// --- the past ------------------------------------------------------------------------------------------------------------

/// Puts a past behind a platform that does not run, whose broker keeps its streams in `home`.
async fn fill(arguments: &Arguments, config: &Config, home: &Path) -> anyhow::Result<()> {
    let settings: config::Database = config.section("database")?;
    let people = (arguments.orders / ORDERS_EACH).max(1);
    let add = async |service: &str, table: &str, cleared: &[&str], count: u64| -> anyhow::Result<()> {
        let bar = Bar::new(count, "rows");
        eprintln!("filling {table} of {service}");
        let past = Past { service, table, cleared, count, people };
        preload::multiply(&settings, home, past, |rows| bar.set(rows))
            .await
            .with_context(|| format!("{table} of {service}"))?;
        bar.end();
        Ok(())
    };
    if arguments.orders > 0 {
        add("orders", "orders", &[], arguments.orders).await?;
        // What is long over has long been confirmed by Stripe's statement.
        add("payments", "payments", &["unconfirmed_since", "unconfirmed_until"], arguments.orders).await?;
        // Of each a PaymentIntent, a charge and a transfer.
        add("payments", "names", &[], 3 * arguments.orders).await?;
        // As many as an errand that goes well leaves behind.
        add("notifications", "notices", &[], 6 * arguments.orders).await?;
    }
    let mut there = Vec::new();
    for service in JOURNALS {
        there.push(preload::rows(&settings, home, service, "journal").await?);
    }
    let all: u64 = there.iter().sum::<u64>().max(1);
    for (service, rows) in JOURNALS.into_iter().zip(there) {
        // Each journal has its share of them, as in life.
        let count = u64::try_from(u128::from(arguments.journal) * u128::from(rows) / u128::from(all))?;
        if count > 0 {
            add(service, "journal", &[], count).await?;
        }
    }
    if arguments.messages > 0 {
        fill_log(arguments.messages, config, home).await?;
    }
    eprintln!("waiting for the disk");
    preload::rest(&settings, home, JOURNALS[0]).await?;
    // What the broker has left to the operating system: not to be written while others are measured.
    spawn_blocking(|| Command::new("sync").status()).await?.context("sync")?;
    Ok(())
}

async fn fill_log(messages: u64, config: &Config, home: &Path) -> anyhow::Result<()> {
    eprintln!("filling the log");
    let program = broker::find(&config.section::<String>("nats.server")?)?;
    // It is ended in order, so everything is on the disk then.
    let mut broker = Broker::start(&program, &home.join("nats"), 0, Flush::Every2Minutes).await?;
    let config = config.clone().with("nats.url", broker.url()).with("nats.ack_timeout_ms", ACK_TIMEOUT_MS);
    let bus = live::connect(&config, &Clock::system(), PATIENCE).await?;
    let bar = Bar::new(messages, "messages");
    preload::stories(&bus, messages, |stored| bar.set(stored)).await.map_err(|error| anyhow!(error))?;
    bar.end();
    preload::acknowledge(&bus).await.map_err(|error| anyhow!(error)).context("the consumers cannot be moved on")?;
    drop(bus);
    broker.stop().await?;
    Ok(())
}

// --- figures -------------------------------------------------------------------------------------------------------------

/// One load on one platform.
struct Turn {
    side: Side,
    outcome: Outcome,
    cpu: Cpu,
    /// What the run's own PostgreSQL wrote into its log.
    wal: Option<Wal>,
}

impl Turn {
    fn figures(&self) -> [(&'static str, &'static str, f64); 10] {
        let [place, _, worst, _] = percentiles(&self.outcome.place);
        let [deliver, ..] = percentiles(&self.outcome.deliver);
        let completed = count(self.outcome.completed());
        let each = |seconds: f64| seconds * 1_000.0 / completed;
        let wal = |of: fn(&Wal) -> u64| self.wal.as_ref().map_or(f64::NAN, |wal| count(of(wal)) / completed);
        [
            ("orders_per_second", "whole orders per second", self.outcome.rate()),
            ("cpu_per_1000", "CPU seconds per 1,000 orders", each(self.cpu.all_but_the_load())),
            ("cpu_platform", "  the services and the gateway", each(self.cpu.platform)),
            ("cpu_broker", "  nats-server", each(self.cpu.broker)),
            ("cpu_postgres", "  PostgreSQL", self.cpu.postgres.map_or(f64::NAN, each)),
            ("wal_kb", "PostgreSQL's log, KB per order", wal(|wal| wal.bytes) / 1_024.0),
            ("wal_pages", "  whole pages in it", wal(|wal| wal.whole_pages)),
            ("place_p50_ms", "place -> CREATED, ms: p50", place),
            ("place_p99_ms", "  p99", worst),
            ("deliver_p50_ms", "deliver -> COMPLETED, ms: p50", deliver),
        ]
    }
}

/// Everything that was measured.
struct Report {
    /// Journal rows, orders and messages.
    past: [u64; 3],
    concurrency: u32,
    sync: String,
    database: &'static str,
    /// Messages that the logs held at the end.
    lengths: [u64; 2],
    turns: Vec<Turn>,
}

/// One figure of both platforms: the median of their turns.
struct Compared {
    name: &'static str,
    title: &'static str,
    empty: f64,
    full: f64,
}

impl Compared {
    /// By how much the full one is higher, in percent.
    fn more(&self) -> f64 {
        (self.full / self.empty - 1.0) * 100.0
    }
}

impl Report {
    fn is_good(&self) -> bool {
        self.turns.iter().all(|turn| turn.outcome.failures.is_empty())
    }

    fn compared(&self) -> Vec<Compared> {
        let of = |side: Side, place: usize| {
            median(self.turns.iter().filter(|turn| turn.side == side).map(|turn| turn.figures()[place].2))
        };
        let Some(turn) = self.turns.first() else { return Vec::new() };
        let compared = turn.figures().into_iter().enumerate().map(|(place, (name, title, _))| Compared {
            name,
            title,
            empty: of(Side::Empty, place),
            full: of(Side::Full, place),
        });
        compared.collect()
    }

    /// Whether the full one carries as many orders a second, but for what quality.md allows.
    fn is_within(&self) -> bool {
        self.compared().first().is_some_and(|rate| rate.more() >= -WITHIN)
    }

    fn json(&self) -> Value {
        let [journal, orders, messages] = self.past;
        let figures = self.compared().into_iter().map(|one| {
            let figure = json!({ "empty": rounded(one.empty), "full": rounded(one.full), "ratio": rounded(one.full / one.empty) });
            (one.name.to_owned(), figure)
        });
        let turns = self.turns.iter().map(|turn| {
            let figures = turn.figures().map(|(name, _, figure)| (name.to_owned(), rounded(figure).into()));
            let mut turned = serde_json::Map::from_iter(figures);
            turned.insert("side".to_owned(), turn.side.name().into());
            turned.insert("failures".to_owned(), json!(turn.outcome.failures));
            Value::from(turned)
        });
        json!({
            "good": self.is_good(), "within_10_percent": self.is_within(), "database": self.database, "sync": self.sync,
            "concurrency": self.concurrency, "past": { "journal": journal, "orders": orders, "messages": messages },
            "log": { "empty": self.lengths[0], "full": self.lengths[1] },
            "figures": serde_json::Map::from_iter(figures), "turns": turns.collect::<Vec<_>>(),
        })
    }

    fn table(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let Self { past: [journal, orders, messages], concurrency, sync, database, .. } = self;
        writeln!(
            out,
            "full: {journal} journal rows, {orders} orders, {messages} messages; {concurrency} under way, sync_interval {sync}, {database}\n"
        )?;
        writeln!(out, "{:<34}{:>12}{:>12}{:>12}", "median of the turns", "empty", "full", "difference")?;
        for one in self.compared().iter().filter(|one| one.empty.is_finite()) {
            writeln!(out, "{:<34}{:>12.2}{:>12.2}{:>+11.1}%", one.title, one.empty, one.full, one.more())?;
        }
        writeln!(out, "\norders per second, turn by turn")?;
        for turn in &self.turns {
            writeln!(out, "  {:<8}{:>12.2}", turn.side.name(), turn.outcome.rate())?;
        }
        writeln!(out, "\n{} {WITHIN} %", if self.is_within() { "within" } else { "NOT within" })?;
        for (why, count) in self.turns.iter().flat_map(|turn| &turn.outcome.failures) {
            writeln!(out, "NOT COMPLETED: {count} × {why}")?;
        }
        Ok(())
    }
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    let (half, odd) = (figures.len() / 2, figures.len() % 2 == 1);
    match figures.get(half) {
        None => f64::NAN,
        Some(middle) if odd => *middle,
        Some(upper) => f64::midpoint(figures[half - 1], *upper),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert!(median([3.0, 1.0, 2.0].into_iter()).total_cmp(&2.0).is_eq());
        assert!(median([4.0, 1.0, 2.0, 3.0].into_iter()).total_cmp(&2.5).is_eq());
        assert!(median(std::iter::empty()).is_nan());
    }
}
