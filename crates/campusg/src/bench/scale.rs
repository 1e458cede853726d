//! `campusg bench scale`: the same closed loop on installations of more and more processes: replicas of each service, brokers.
//!
//! On one machine this shows the shape, not the gain: all of them share its cores and its disk. What can be seen here is what
//! each further process costs, whether the work is shared out, and that nothing is lost by it; what more machines give is
//! derived from the cost per order (deploy/SCALING.md). The gateway is one process throughout.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use chassis::broker::Flush;
use chassis::{Config, inspect};
use serde_json::{Map, Value, json};

use crate::bench::crowd::Crowd;
use crate::bench::installation::{GATEWAY, Installation, Size};
use crate::bench::load::{Load, Outcome, Pace};
use crate::bench::stage::{audit_all, services, settle};
use crate::bench::usage;
use crate::bench::way::Way;
use crate::bench::{Shown, show};
use crate::figures::{count, percentiles, rounded};

/// Partitions that there are at least: as many as by default.
const PARTITIONS: u16 = 4;
/// One in so many orders is carried before, uncounted: for connections and caches.
const WARM: u32 = 8;

/// `campusg bench scale`
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  campusg bench scale                                     1, 2 and 4 replicas, 1 and 3 brokers; needs CAMPUSG_POSTGRES__BIN
  campusg bench scale --replicas 1,2 --brokers 1 --orders 300
  campusg bench scale --sync always --json > scale.json

Each installation is made anew: nats-servers (with three, three copies of every stream), a PostgreSQL, one gateway, and as
many processes of each service as wanted, which share a log of four partitions or more. Payments are recorded in a file that
the replicas of payments share. They all run on this machine, so more of them give no more orders once its cores are busy.
Nothing is left behind. Exits with 1 when an order was not completed, a process ended or the audit found something.")]
pub(super) struct Arguments {
    /// Processes of each service, one installation for each number
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_value = "1,2,4", value_parser = clap::value_parser!(u16).range(1..=16))]
    replicas: Vec<u16>,
    /// nats-servers, and copies of every stream: 1, 3 or 5
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_value = "1,3", value_parser = brokers)]
    brokers: Vec<u16>,
    /// Whole orders that are counted on each installation
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..))]
    orders: u32,
    /// Orders under way at any moment
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=4_096))]
    concurrency: u32,
    /// Customers, and as many runners
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    crowd: u32,
    /// When each broker has what it acknowledged on the disk: always, or 2m, without which three brokers measure their one disk
    #[arg(long, default_value = "2m", value_name = "always|2m")]
    sync: Flush,
    /// Where the scratch directory is made; it should be on a real disk [default: the system's temporary directory]
    #[arg(long, value_name = "DIR")]
    scratch: Option<PathBuf>,
    /// Print one object of JSON instead of the table
    #[arg(long)]
    json: bool,
}

fn brokers(text: &str) -> Result<u16, String> {
    match text {
        "1" => Ok(1),
        "3" => Ok(3),
        "5" => Ok(5),
        other => Err(format!("{other}: copies are agreed on by a majority, so 1, 3 or 5")),
    }
}

impl Arguments {
    /// The partitions are the same throughout, so that nothing else differs.
    fn sizes(&self) -> Vec<Size> {
        let partitions = self.replicas.iter().copied().max().unwrap_or_default().max(PARTITIONS);
        let of = |brokers| self.replicas.iter().map(move |replicas| Size { replicas: *replicas, brokers, partitions });
        self.brokers.iter().flat_map(|brokers| of(*brokers)).collect()
    }
}

/// Measures, prints, and leaves nothing behind.
///
/// # Errors
/// When an installation cannot be started or measured.
pub(super) async fn run(arguments: &Arguments, config: Config) -> anyhow::Result<ExitCode> {
    if config.section::<PathBuf>("postgres.bin")?.as_os_str().is_empty() {
        bail!(
            "replicas share a database, which SQLite cannot be for them: set CAMPUSG_POSTGRES__BIN to the directory of \
             PostgreSQL's programs (/usr/lib/postgresql/<version>/bin; `eval \"$(cargo xtask tools)\"` sets it)"
        );
    }
    let measuring = async {
        let report = measure(arguments, &config).await?;
        Ok(Shown { json: report.json(), table: report.table(), is_good: report.is_good() })
    };
    show(measuring, arguments.json).await
}

async fn measure(arguments: &Arguments, config: &Config) -> anyhow::Result<Report> {
    let sizes = arguments.sizes();
    let mut turns = Vec::new();
    for (number, size) in sizes.iter().enumerate() {
        eprintln!("{} of {}: {} replicas, {} brokers", number + 1, sizes.len(), size.replicas, size.brokers);
        let installation = Installation::start(*size, arguments.sync, arguments.scratch.as_deref(), config).await?;
        let turn = take_turn(arguments, *size, &installation).await;
        let died = installation.stop().await?;
        let mut turn = turn?;
        turn.troubles.extend(died.into_iter().map(|part| format!("{part} ended by itself")));
        let (rate, wrong) = (turn.outcome.rate(), turn.troubles.len());
        eprintln!("{} replicas, {} brokers: {rate:.1} orders/s, {wrong} troubles", size.replicas, size.brokers);
        turns.push(turn);
    }
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let (sync, concurrency) = (if arguments.sync == Flush::Always { "always" } else { "2m" }, arguments.concurrency);
    Ok(Report { cores, concurrency, sync, turns })
}

async fn take_turn(arguments: &Arguments, size: Size, installation: &Installation) -> anyhow::Result<Turn> {
    let Arguments { orders, concurrency, crowd, .. } = *arguments;
    eprintln!("signing in {crowd} customers and as many runners");
    let way = Way::Http(Crowd::sign_in(&installation.url, crowd).await?);
    let load = |label: &str, orders| Load { label: label.to_owned(), orders, pace: Pace::Closed(concurrency) };
    let warm = load("warming up", orders.div_ceil(WARM)).run(&way).await;
    settle(&installation.bus).await;
    let before = Taken::now(installation).await?;
    let outcome = load("orders", orders).run(&way).await;
    let settled = settle(&installation.bus).await;
    let taken = before.until(&Taken::now(installation).await?);
    let mut troubles = Vec::new();
    for (why, count) in warm.failures.iter().chain(&outcome.failures) {
        troubles.push(format!("NOT COMPLETED: {count} × {why}"));
    }
    if !settled {
        troubles.push("it was still at work long after the last order".to_owned());
    }
    eprintln!("auditing every order");
    let audit = audit_all(&installation.bus).await.context("the audit")?;
    troubles.extend(audit.findings.iter().map(|finding| format!("WRONG: {} {}", finding.check, finding.what)));
    let carried = warm.completed() + outcome.completed();
    if audit.orders != carried {
        troubles.push(format!("LOST: {carried} orders were carried, and {} are there", audit.orders));
    }
    let parked = inspect::parked(&installation.bus).await.map_err(|error| anyhow!(error))?;
    troubles.extend(parked.iter().map(|parked| format!("PARKED: {}", parked.subject)));
    Ok(Turn { size, outcome, taken, audited: audit.orders, troubles })
}

/// What everybody has used so far, or between two moments.
struct Taken {
    /// Processor seconds by part: the services, the gateway.
    parts: BTreeMap<&'static str, f64>,
    brokers: f64,
    postgres: f64,
    load: f64,
    /// In the log, each once.
    messages: f64,
    log_bytes: f64,
    /// Bytes on the disk by service and table, indexes and what updates leave behind included.
    tables: BTreeMap<(&'static str, String), f64>,
    wal_bytes: f64,
    flushes: f64,
}

impl Taken {
    async fn now(installation: &Installation) -> anyhow::Result<Self> {
        let cpu = |pids: &[u32]| pids.iter().copied().map(usage::cpu).sum::<f64>();
        let parts = installation.parts().into_iter().map(|(part, pids)| (part, cpu(&pids))).collect();
        let (brokers, load) = (cpu(&installation.brokers()), usage::cpu(std::process::id()));
        let postgres = usage::of_all(&installation.postgres.processes());
        let mut tables = BTreeMap::new();
        for service in services() {
            let sizes = installation.postgres.sizes(service).await?;
            tables.extend(sizes.into_iter().map(|(table, bytes)| ((service, table), count(bytes))));
        }
        let bus = &installation.bus;
        Ok(Self {
            parts,
            brokers,
            postgres,
            load,
            messages: count(inspect::log_length(bus).await.map_err(|error| anyhow!(error))?),
            log_bytes: count(inspect::log_bytes(bus).await.map_err(|error| anyhow!(error))?),
            tables,
            wal_bytes: count(installation.postgres.wal().await?.bytes),
            flushes: usage::flushes(installation.data()),
        })
    }

    /// What was used from `self` to `later`.
    fn until(&self, later: &Self) -> Self {
        let parts = later.parts.iter().map(|(part, used)| (*part, used - self.parts.get(part).unwrap_or(&0.0)));
        let tables = later.tables.iter().map(|(of, bytes)| (of.clone(), bytes - self.tables.get(of).unwrap_or(&0.0)));
        Self {
            parts: parts.collect(),
            brokers: later.brokers - self.brokers,
            postgres: later.postgres - self.postgres,
            load: later.load - self.load,
            messages: later.messages - self.messages,
            log_bytes: later.log_bytes - self.log_bytes,
            tables: tables.collect(),
            wal_bytes: later.wal_bytes - self.wal_bytes,
            flushes: later.flushes - self.flushes,
        }
    }

    fn gateway(&self) -> f64 {
        self.parts.get(GATEWAY).copied().unwrap_or(f64::NAN)
    }

    fn services(&self) -> f64 {
        self.parts.values().sum::<f64>() - self.gateway()
    }

    fn all_but_the_load(&self) -> f64 {
        self.services() + self.gateway() + self.brokers + self.postgres
    }

    /// Of these services' tables, only those of this name or all.
    fn bytes(&self, of: &str, table: Option<&str>) -> f64 {
        let wanted = |key: &(&str, String)| key.0 == of && table.is_none_or(|table| key.1 == table);
        self.tables.iter().filter(|(key, _)| wanted(key)).map(|(_, bytes)| bytes).sum()
    }
}

// --- figures -------------------------------------------------------------------------------------------------------------

/// One installation's.
struct Turn {
    size: Size,
    outcome: Outcome,
    taken: Taken,
    audited: usize,
    /// What is not right, in words.
    troubles: Vec<String>,
}

impl Turn {
    fn per_order(&self, figure: f64) -> f64 {
        figure / count(self.outcome.completed())
    }

    fn per_1000(&self, seconds: f64) -> f64 {
        self.per_order(seconds * 1_000.0)
    }

    /// Processor seconds per 1,000 orders by kind of process.
    fn cpu(&self) -> [(&'static str, f64); 6] {
        let taken = &self.taken;
        [
            ("all_but_the_load", taken.all_but_the_load()),
            ("services", taken.services()),
            ("gateway", taken.gateway()),
            ("nats_server", taken.brokers),
            ("postgres", taken.postgres),
            ("load_generator", taken.load),
        ]
        .map(|(kind, seconds)| (kind, self.per_1000(seconds)))
    }

    fn json(&self) -> Value {
        let Size { replicas, brokers, partitions } = self.size;
        let [place, _, place_p99, _] = percentiles(&self.outcome.place);
        let cpu = self.cpu().map(|(kind, seconds)| (kind.to_owned(), rounded(seconds).into()));
        let parts = &self.taken.parts;
        let by_part = parts.iter().map(|(part, seconds)| ((*part).to_owned(), rounded(self.per_1000(*seconds)).into()));
        let per_order = |figure: f64| rounded(self.per_order(figure));
        let databases = services().into_iter().map(|service| {
            let (all, journal) = (self.taken.bytes(service, None), self.taken.bytes(service, Some("journal")));
            (service.to_owned(), json!({ "all": per_order(all), "journal": per_order(journal) }))
        });
        json!({
            "replicas": replicas, "brokers": brokers, "partitions": partitions,
            "completed": self.outcome.completed(), "audited": self.audited,
            "orders_per_second": rounded(self.outcome.rate()),
            "place_p50_ms": rounded(place), "place_p99_ms": rounded(place_p99),
            "cpu_seconds_per_1000_orders": Map::from_iter(cpu),
            "cpu_seconds_per_1000_orders_by_part": Map::from_iter(by_part),
            "per_order": {
                "messages": per_order(self.taken.messages),
                "disk_flushes": per_order(self.taken.flushes),
                "log_bytes": per_order(self.taken.log_bytes),
                "wal_bytes": per_order(self.taken.wal_bytes),
                "database_bytes": Map::from_iter(databases),
            },
            "troubles": self.troubles,
        })
    }
}

/// All of them.
struct Report {
    cores: usize,
    concurrency: u32,
    sync: &'static str,
    turns: Vec<Turn>,
}

impl Report {
    fn is_good(&self) -> bool {
        self.turns.iter().all(|turn| turn.troubles.is_empty())
    }

    fn json(&self) -> Value {
        json!({
            "good": self.is_good(), "cores": self.cores, "concurrency": self.concurrency, "sync_interval": self.sync,
            "installations": self.turns.iter().map(Turn::json).collect::<Vec<_>>(),
        })
    }

    fn table(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let Self { cores, concurrency, sync, turns } = self;
        writeln!(out, "{cores} cores for everything, {concurrency} under way, sync_interval {sync}, PostgreSQL\n")?;
        writeln!(out, "{:<40}{:>24}  CPU seconds per 1,000 orders", "", "place -> CREATED")?;
        writeln!(
            out,
            "{:>8}{:>10}{:>12}{:>12}{:>11}{:>11}{:>10}{:>10}{:>9}{:>10}{:>10}{:>8}",
            "brokers",
            "replicas",
            "orders/s",
            "to first",
            "p50, ms",
            "p99, ms",
            "all",
            "services",
            "gateway",
            "brokers",
            "postgres",
            "load"
        )?;
        let first = turns.first().map_or(f64::NAN, |turn| turn.outcome.rate());
        for turn in turns {
            let Size { replicas, brokers, .. } = turn.size;
            let [place, _, p99, _] = percentiles(&turn.outcome.place);
            let rate = turn.outcome.rate();
            let [all, services, gateway, nats, postgres, load] = turn.cpu().map(|(_, seconds)| seconds);
            writeln!(
                out,
                "{brokers:>8}{replicas:>10}{rate:>12.1}{:>12.2}{place:>11.1}{p99:>11.1}{all:>10.2}{services:>10.2}{gateway:>9.2}{nats:>10.2}{postgres:>10.2}{load:>8.2}",
                rate / first
            )?;
        }
        if let Some(turn) = turns.first() {
            write_bytes(out, turn)?;
        }
        for turn in turns {
            for trouble in &turn.troubles {
                writeln!(out, "{} brokers, {} replicas: {trouble}", turn.size.brokers, turn.size.replicas)?;
            }
        }
        let orders: usize = turns.iter().map(|turn| turn.audited).sum();
        writeln!(out, "\naudit: {orders} orders, {}", if self.is_good() { "nothing wrong" } else { "NOT GOOD" })
    }
}

fn write_bytes(out: &mut String, turn: &Turn) -> std::fmt::Result {
    let (taken, per_order) = (&turn.taken, |figure: f64| turn.per_order(figure));
    writeln!(out, "\nper order, on the first of them")?;
    let rows = [
        ("messages in the log", taken.messages),
        ("flushes of the disk", taken.flushes),
        ("bytes in the log, one copy", taken.log_bytes),
        ("bytes of the database's log (WAL)", taken.wal_bytes),
    ];
    for (what, figure) in rows {
        writeln!(out, "  {what:<40}{:>12.1}", per_order(figure))?;
    }
    for service in services() {
        let (all, journal) = (taken.bytes(service, None), taken.bytes(service, Some("journal")));
        let what = format!("bytes in the database of {service}");
        writeln!(out, "  {what:<40}{:>12.1}  of these {:.1} in the journal", per_order(all), per_order(journal))?;
    }
    Ok(())
}
