//! `campusg bench`: carries whole orders through a platform of its own, as fast as they go, and says what that took.
//!
//! The platform is this program as `campusg up`, a process of its own, so that its figures are not mixed with those of the
//! load generator, which is this process. Beside the figures stand the limits of the machine, taken in the same run.
//!
//! | file | subject |
//! |---|---|
//! | `crowd.rs` | the people, and what each of them sends and hears |
//! | `load.rs` | one whole order, and many of them in a closed loop |
//! | `usage.rs` | processor time and memory |
//! | `report.rs` | the figures as a table and as JSON |

mod crowd;
mod load;
mod report;
mod usage;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use chassis::{Bus, Clock, Config, Shutdown, config, inspect, limits};
use stripe_sandbox::Sandbox;
use tokio::time::{Instant, sleep};

use crate::bench::crowd::Crowd;
use crate::bench::load::Load;
use crate::bench::report::{Limits, Report};
use crate::bench::usage::Cpu;
use crate::live;
use crate::platform::Platform;

/// For how long each limit of the machine is measured.
const LIMIT: Duration = Duration::from_secs(1);
/// Messages under way in a pipelined publisher.
const WINDOW: usize = 256;
/// How long the platform may take to finish what an order left behind.
const SETTLE: Duration = Duration::from_secs(30);

/// `campusg bench`
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  campusg bench
  campusg bench --concurrency 64 --orders 5000 --json
  campusg bench --database 'postgres://postgres@127.0.0.1:5432/{service}'

The databases behind --database have to exist and be empty. Exits with 1 when an order was not completed.")]
pub struct Arguments {
    /// Whole orders, after those that are carried one at a time
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..))]
    orders: u32,
    /// Orders under way at any moment
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=4_096))]
    concurrency: u32,
    /// Orders carried one at a time before that
    #[arg(long, default_value_t = 50)]
    alone: u32,
    /// Customers, and as many runners
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    crowd: u32,
    /// The services' databases, with {service} in it [default: SQLite in the scratch directory]
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// When the broker has what it acknowledged on the disk: always (survives a power cut) or 2m
    #[arg(long, default_value = "always", value_parser = ["always", "2m"])]
    sync: String,
    /// Where the scratch directory is made; it should be on a real disk [default: the system's temporary directory]
    #[arg(long, value_name = "DIR")]
    scratch: Option<PathBuf>,
    /// Print one object of JSON instead of the table
    #[arg(long)]
    json: bool,
}

impl Arguments {
    fn is_on_postgres(&self) -> bool {
        self.database.as_deref().is_some_and(|url| url.starts_with("postgres"))
    }
}

/// Measures, prints, and leaves nothing behind.
///
/// # Errors
/// When the platform cannot be started or measured.
pub async fn run(arguments: Arguments, config: Config) -> anyhow::Result<ExitCode> {
    let shutdown = Shutdown::new();
    shutdown.on_signals();
    let report = tokio::select! {
        report = measure(&arguments, config) => report?,
        () = shutdown.soft() => {
            eprintln!("stopped before it was done");
            return Ok(ExitCode::FAILURE);
        }
    };
    if arguments.json {
        println!("{}", report.json());
    } else {
        print!("{}", report.table());
    }
    Ok(if report.is_complete() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn measure(arguments: &Arguments, config: Config) -> anyhow::Result<Report> {
    // Dropped last, when whoever writes in it has ended.
    let scratch = scratch(arguments.scratch.as_deref())?;
    let data = scratch.path();
    // In this process: Stripe's work is not ours, so it counts with the load generator.
    let sandbox = Sandbox::start(stripe_sandbox::Options::default()).await.context("the Stripe sandbox")?;
    eprintln!("starting the platform in {}", data.display());
    let mut settings = vec![
        ("stripe.url", sandbox.url()),
        ("stripe.key", stripe_sandbox::SECRET_KEY.to_owned()),
        // The whole crowd comes from one address.
        ("gateway.rate_per_second", "0".to_owned()),
    ];
    let mut config = config.with("platform.data", data);
    if let Some(url) = &arguments.database {
        settings.push(("database.url", url.clone()));
        config = config.with("database.url", url);
    }
    let platform = Platform::start(data, &arguments.sync, &settings).await?;
    let config = config.with("nats.url", platform.nats());
    let bus = live::connect(&config, &Clock::system(), Duration::from_secs(10)).await?;
    eprintln!("signing in {} customers and as many runners", arguments.crowd);
    let crowd = Crowd::sign_in(platform.url(), arguments.crowd).await?;
    eprintln!("measuring the machine");
    let limits = machine(&bus, &config, data).await?;
    let report = drive(arguments, &platform, &bus, &crowd, data, limits).await;
    let stopped = platform.stop().await;
    sandbox.stop().await;
    let report = report?;
    stopped?;
    Ok(report)
}

fn scratch(parent: Option<&Path>) -> anyhow::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("campusg-bench-");
    let made = match parent {
        Some(parent) => builder.tempdir_in(parent),
        None => builder.tempdir(),
    };
    made.context("the scratch directory")
}

async fn machine(bus: &Bus, config: &Config, data: &Path) -> anyhow::Result<Limits> {
    let settings: config::Database = config.section("database")?;
    let directory = data.to_owned();
    let flushes = tokio::task::spawn_blocking(move || limits::flushes(&directory, LIMIT)).await??;
    let publishes = async |window| limits::publishes(bus, window, LIMIT).await.map_err(|error| anyhow!(error));
    Ok(Limits {
        flushes,
        publishes_one_by_one: publishes(1).await?,
        publishes_pipelined: publishes(WINDOW).await?,
        commits: limits::commits(&settings, data, LIMIT).await?,
    })
}

/// The orders: first one at a time, then many.
async fn drive(
    arguments: &Arguments,
    platform: &Platform,
    bus: &Bus,
    crowd: &Crowd,
    data: &Path,
    limits: Limits,
) -> anyhow::Result<Report> {
    let alone = Load { label: "alone", orders: arguments.alone, concurrency: 1 }.run(crowd).await;
    settle(bus).await;
    let (messages, cpu, flushes) =
        (log_length(bus).await?, Cpu::now(platform, arguments.is_on_postgres()), usage::flushes(data));
    let load = Load { label: "load", orders: arguments.orders, concurrency: arguments.concurrency }.run(crowd).await;
    let settled = settle(bus).await;
    Ok(Report {
        orders: arguments.orders,
        concurrency: arguments.concurrency,
        sync: arguments.sync.clone(),
        database: if arguments.is_on_postgres() { "PostgreSQL" } else { "SQLite" },
        messages: log_length(bus).await? - messages,
        cpu: cpu.until(&Cpu::now(platform, arguments.is_on_postgres())),
        flushes: usage::flushes(data) - flushes,
        peaks: usage::Peaks::of(platform),
        parked: inspect::parked(bus).await.map_err(|error| anyhow!(error))?,
        warnings: platform.warnings(),
        settled,
        alone,
        load,
        limits,
    })
}

/// Waits until nothing is left to handle, so that the whole cost of the orders is counted and nothing else. Whether it was.
async fn settle(bus: &Bus) -> bool {
    let give_up = Instant::now() + SETTLE;
    while Instant::now() < give_up {
        if inspect::backlog(bus).await.is_ok_and(|backlog| backlog.is_empty()) {
            return true;
        }
        sleep(Duration::from_millis(50)).await;
    }
    false
}

async fn log_length(bus: &Bus) -> anyhow::Result<u64> {
    inspect::log_length(bus).await.map_err(|error| anyhow!(error))
}
