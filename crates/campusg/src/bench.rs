//! `campusg bench`: carries whole orders through a platform of its own, as fast as they go, and says what that took.
//!
//! The platform is this program as `campusg up`, a process of its own, so that its figures are not mixed with those of the
//! load generator, which is this process. Beside the figures stand the limits of the machine, taken in the same run.
//!
//! The course of a run: the idle platform; the machine's limits; orders one at a time; more and more at a time, until that
//! gives no more; the maximum, during which everything is counted; the same again shortly, with the database's statements
//! counted, which would cost time; an open loop at a quarter, a half and four fifths of the maximum; an audit of every order.
//!
//! | file | subject |
//! |---|---|
//! | `stage.rs` | the platform, its database and its Stripe, and what the machine can do |
//! | `crowd.rs` | the people, and what each of them sends and hears over HTTP |
//! | `integrator.rs` | the same over NATS |
//! | `way.rs` | one whole order, on either way |
//! | `load.rs` | many of them, in a closed or an open loop |
//! | `usage.rs` | processor time, memory, flushes |
//! | `report.rs`, `compare.rs` | the figures as a table and as JSON; their ratios to those of an earlier run |
//! | `timers.rs` | `campusg bench timers`: deadlines by the hundred thousand |
//! | `growth.rs` | `campusg bench growth`: a platform with a past beside one without |
//! | `reads.rs` | `campusg bench reads`: reads and event streams while orders flow |
//! | `scale.rs`, `installation.rs` | `campusg bench scale`: replicas and brokers, each a process of its own |
//! | `profile.rs` | `--profile`: where the processor's time goes while the maximum is measured |
//! | `bar.rs` | how far it is |

mod bar;
mod compare;
mod crowd;
mod growth;
mod installation;
mod integrator;
mod load;
mod profile;
mod reads;
mod report;
mod scale;
mod stage;
mod timers;
mod usage;
mod way;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use chassis::tally::Counted;
use chassis::{Config, Shutdown, inspect};
use serde_json::Value;

use crate::bench::integrator::Integrator;
use crate::bench::load::{Load, Outcome, Pace};
use crate::bench::report::{Counts, Open, Report};
use crate::bench::stage::{Ground, Stage};
use crate::bench::usage::{Cpu, Idle, Memory, Watch};
use crate::bench::way::{Via, Way};

/// Shares of the maximum at which orders come in an open loop, in percent.
const SHARES: [u32; 3] = [25, 50, 80];
/// Places that are tried to find the maximum.
const TRIED: [u32; 6] = [8, 16, 32, 64, 128, 256];
/// More places have to give so much more, or the fewer are as good.
const WORTH_IT: f64 = 1.03;
/// The shortest run that says something about a maximum.
const LEAST_TRIED: u32 = 100;
/// Statements that are told by themselves.
const FREQUENT: usize = 40;

/// `campusg bench`
#[derive(clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  campusg bench                                   a few minutes; needs CAMPUSG_POSTGRES__BIN
  campusg bench --quick --sqlite                  some seconds: whether everything works, not how fast
  campusg bench --json > before.json
  campusg bench --compare before.json             the ratios to that run
  campusg bench --via nats                        as integrators do it
  campusg bench --sandbox                         with Stripe's sandbox answering over HTTP, in the load generator's process
  campusg bench --concurrency 64 --orders 5000    no search for how many at a time
  campusg bench --profile target/profile          where the processor's time goes; the figures suffer from it
  campusg bench --database 'postgres://postgres@127.0.0.1:5432/{service}'

The platform, its broker and its PostgreSQL are started for the run and leave nothing behind. The databases behind --database
have to exist and be empty. Exits with 1 when an order was not completed or the audit found something."
)]
pub struct Arguments {
    #[command(subcommand)]
    kind: Option<Kind>,
    /// Whole orders in the run for the maximum
    #[arg(long, default_value_t = 4_000, value_parser = clap::value_parser!(u32).range(1..))]
    orders: u32,
    /// Orders under way at any moment in that run [default: it is found out]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=4_096))]
    concurrency: Option<u32>,
    /// Orders carried one at a time before that
    #[arg(long, default_value_t = 200)]
    alone: u32,
    /// For how long orders come at each share of the maximum, in seconds; 0: not at all
    #[arg(long, default_value_t = 15)]
    open: u32,
    /// Customers, and as many runners
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    crowd: u32,
    /// How the load reaches the platform
    #[arg(long, value_enum, default_value = "http")]
    via: Via,
    /// Everything, but so shortly that the figures mean little
    #[arg(long, conflicts_with_all = ["orders", "concurrency", "alone", "open", "crowd"])]
    quick: bool,
    #[command(flatten)]
    ground: Ground,
    /// Print one object of JSON instead of the table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    profiles: profile::Wanted,
    /// An earlier run's JSON: print the ratio of every figure to that run's
    #[arg(long, value_name = "FILE")]
    compare: Option<PathBuf>,
}

/// What else can be measured.
#[derive(clap::Subcommand)]
enum Kind {
    /// How late deadlines fire when very many are pending, and what they cost
    Timers(timers::Arguments),
    /// Whether the next order costs more when millions are behind it
    Growth(growth::Arguments),
    /// What reading costs while orders flow, and how soon those hear of an event who listen
    Reads(reads::Arguments),
    /// What more replicas of each service and more brokers give
    Scale(scale::Arguments),
}

/// How much of everything.
struct Extent {
    orders: u32,
    concurrency: Option<u32>,
    alone: u32,
    open: Duration,
    crowd: u32,
    idle: Duration,
}

impl Arguments {
    fn extent(&self) -> Extent {
        let Self { orders, concurrency, alone, crowd, .. } = *self;
        if self.quick {
            let (open, idle) = (Duration::from_secs(1), Duration::from_millis(500));
            return Extent { orders: 40, concurrency: Some(8), alone: 5, open, crowd: 8, idle };
        }
        let (open, idle) = (Duration::from_secs(self.open.into()), Duration::from_secs(5));
        Extent { orders, concurrency, alone, open, crowd, idle }
    }
}

/// Measures, prints, and leaves nothing behind.
///
/// # Errors
/// When the platform cannot be started or measured.
pub async fn run(arguments: Arguments, config: Config) -> anyhow::Result<ExitCode> {
    match &arguments.kind {
        None => orders(arguments, config).await,
        Some(Kind::Timers(arguments)) => timers::run(arguments, config).await,
        Some(Kind::Growth(arguments)) => growth::run(arguments, config).await,
        Some(Kind::Reads(arguments)) => reads::run(arguments, config).await,
        Some(Kind::Scale(arguments)) => scale::run(arguments, config).await,
    }
}

async fn orders(arguments: Arguments, config: Config) -> anyhow::Result<ExitCode> {
    // Read first: after some minutes it is late to say that it cannot be.
    let earlier = arguments.compare.as_deref().map(compare::read).transpose()?;
    let measuring = async {
        let report = measure(&arguments, config).await?;
        let (mut json, mut table) = (report.json(), report.table());
        if let Some(earlier) = &earlier {
            let compared = compare::ratios(earlier, &json);
            json["compared"] = compare::as_json(&compared);
            table.push_str(&compare::as_table(&compared));
        }
        Ok(Shown { json, table, is_good: report.is_good() })
    };
    show(measuring, arguments.json).await
}

async fn measure(arguments: &Arguments, config: Config) -> anyhow::Result<Report> {
    let extent = arguments.extent();
    let stage = Stage::set(&arguments.ground, config, &arguments.profiles.settings().await?).await?;
    let report = course(arguments, &extent, &stage).await;
    let stopped = stage.stop().await;
    let report = report?;
    stopped?;
    arguments.profiles.end_memory().await?;
    Ok(report)
}

async fn course(arguments: &Arguments, extent: &Extent, stage: &Stage) -> anyhow::Result<Report> {
    stage.settle().await;
    eprintln!("looking at the idle platform");
    let idle = Idle::measure(stage, extent.idle).await;
    let crowd = stage.crowd(extent.crowd).await?;
    let way = match arguments.via {
        Via::Http => Way::Http(crowd),
        Via::Nats => Way::Nats(Arc::new(Integrator::listening(stage.connect().await?)), extent.crowd),
    };
    let limits = stage.limits().await?;
    let watch = stage.postgres.as_ref().map(Watch::on);
    let alone = closed("alone", extent.alone, 1).run(&way).await;
    let (concurrency, mut tried) = match extent.concurrency {
        Some(concurrency) => (concurrency, Outcome::default()),
        None => enough(&way, extent.orders).await,
    };
    stage.settle().await;
    let mut profile = arguments.profiles.begin(stage).await?;
    let (most, counts) = count(stage, &way, extent.orders, concurrency).await?;
    if let Some(profile) = &mut profile {
        profile.end().await?;
    }
    let (statements, again) = statements(stage, &way, extent.orders, concurrency).await?;
    tried.add(again);
    let opens = opens(stage, &way, extent.open, most.rate()).await;
    if let Some(profile) = profile {
        profile.report().await?;
    }
    let settled = stage.settle().await;
    eprintln!("auditing every order");
    let audit = stage.audit().await.context("the audit")?;
    Ok(Report {
        orders: extent.orders,
        concurrency,
        crowd: extent.crowd,
        via: arguments.via,
        ground: arguments.ground.clone(),
        idle,
        alone,
        tried,
        most,
        counts,
        statements,
        opens,
        peaks: Memory::at_most(stage, watch.as_ref()),
        limits,
        audit,
        parked: inspect::parked(&stage.bus).await.map_err(|error| anyhow!(error))?,
        warnings: stage.platform.warnings(),
        settled,
    })
}

fn closed(label: &str, orders: u32, places: u32) -> Load {
    Load { label: label.to_owned(), orders, pace: Pace::Closed(places) }
}

/// How many orders have to be under way so that more give no more; and what became of those that were tried.
async fn enough(way: &Way, orders: u32) -> (u32, Outcome) {
    let (mut best, mut places) = (0.0, TRIED[0]);
    let mut all = Outcome::default();
    for tried in TRIED {
        let outcome = closed(&format!("{tried} at a time"), (orders / 8).max(LEAST_TRIED), tried).run(way).await;
        let rate = outcome.rate();
        all.add(outcome);
        if rate < best * WORTH_IT {
            break;
        }
        (best, places) = (rate, tried);
    }
    (places, all)
}

/// The maximum, and what it took.
async fn count(stage: &Stage, way: &Way, orders: u32, places: u32) -> anyhow::Result<(Outcome, Counts)> {
    let (messages, cpu, flushes) = (stage.log_length().await?, Cpu::now(stage), usage::flushes(stage.data()));
    let outcome = closed("maximum", orders, places).run(way).await;
    // What orders leave behind is part of what they cost.
    stage.settle().await;
    let counts = Counts {
        messages: stage.log_length().await? - messages,
        cpu: cpu.until(&Cpu::now(stage)),
        flushes: usage::flushes(stage.data()) - flushes,
    };
    Ok((outcome, counts))
}

/// The same load shortly again, with its statements counted, if somebody counts them.
async fn statements(
    stage: &Stage,
    way: &Way,
    orders: u32,
    places: u32,
) -> anyhow::Result<(Option<(Counted, u32)>, Outcome)> {
    let tally = match &stage.postgres {
        Some(postgres) => postgres.count().await?,
        None => None,
    };
    let Some(tally) = tally else { return Ok((None, Outcome::default())) };
    let orders = (orders / 4).max(1);
    let outcome = closed("counting statements", orders, places).run(way).await;
    stage.settle().await;
    Ok((Some((tally.end(FREQUENT).await?, orders)), outcome))
}

/// Orders that come when they come, at some shares of the maximum.
async fn opens(stage: &Stage, way: &Way, during: Duration, most: f64) -> Vec<Open> {
    let mut opens = Vec::new();
    for percent in SHARES.into_iter().filter(|_| !during.is_zero() && most > 0.0) {
        let rate = most * f64::from(percent) / 100.0;
        let orders = rounded_up(rate * during.as_secs_f64());
        let load = Load { label: format!("at {percent} %"), orders, pace: Pace::Open(rate) };
        opens.push(Open { percent, rate, orders, outcome: load.run(way).await });
        stage.settle().await;
    }
    opens
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "orders of some seconds")]
fn rounded_up(orders: f64) -> u32 {
    orders.ceil().max(1.0) as u32
}

/// What a measurement has to show.
struct Shown {
    json: Value,
    table: String,
    /// Whether nothing was lost and nothing failed.
    is_good: bool,
}

/// Measures until it is done or somebody stops it, and prints what there is to show.
async fn show(measuring: impl Future<Output = anyhow::Result<Shown>>, as_json: bool) -> anyhow::Result<ExitCode> {
    let shutdown = Shutdown::new();
    shutdown.on_signals();
    let shown = tokio::select! {
        shown = measuring => shown?,
        () = shutdown.soft() => {
            eprintln!("stopped before it was done");
            return Ok(ExitCode::FAILURE);
        }
    };
    if as_json {
        println!("{}", shown.json);
    } else {
        print!("{}", shown.table);
    }
    Ok(if shown.is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
