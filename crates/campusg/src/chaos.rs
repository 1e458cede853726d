//! `campusg chaos`: people order while parts of the platform are killed, paused and cut off, and Stripe fails; then everything
//! has to settle, and nothing may be lost, and nothing may have happened twice.
//!
//! | file | subject |
//! |---|---|
//! | `plan.rs` | which faults, when, and for how long: what follows from the seed |
//! | `installation.rs` | broker, database, sandbox, and a process per service; killing and starting them |
//! | `process.rs`, `wire.rs` | one process; one connection that can be cut |
//! | `conductor.rs` | carries the plan out, and measures recovery |
//! | `judge.rs` | what the log and the calls at Stripe's say, beside what `simulate` accounts for |
//! | `report.rs` | what is printed |
//!
//! The people, their stories, the clock and the books are those of `simulate`.

mod conductor;
mod installation;
mod judge;
mod plan;
pub(crate) mod process;
mod report;
mod wire;

use std::convert::Infallible;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use chassis::broker::Flush;
use chassis::{Bus, Config, Shutdown, inspect};
use tempfile::TempDir;
use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, sleep};

use crate::chaos::conductor::{Conductor, Done, look_after};
use crate::chaos::installation::{Installation, Wanted};
use crate::chaos::judge::Call;
use crate::chaos::plan::{Fault, With};
use crate::chaos::report::Outcome;
use crate::simulate::Bar;
use crate::simulate::day::Pace;
use crate::simulate::people::{Cast, Patience};
use crate::simulate::play::{Play, Played};
use crate::simulate::report::{Ours, Report};
use crate::simulate::time::{Hand, Time};
use crate::{conformance, ready, registry};

/// Faults per minute, when nobody says how many.
const FAULTS_PER_MINUTE: u32 = 8;
/// Orders per fault, when nobody says how long either.
const ORDERS_PER_FAULT: u32 = 20;
/// The clock runs so many times as fast as the system's, so that deadlines come while things are broken.
const CLOCK_RATE: i64 = 3;
/// How often it is moved on for that.
const TICK: Duration = Duration::from_secs(5);

/// `campusg chaos`
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Orders
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    orders: u32,
    /// What everything that is left to chance follows from: the plan, and the stories
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Faults [default: 8 for each of --minutes, or one for every 20 orders]
    #[arg(long, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    faults: Option<u32>,
    /// Place no order after so many minutes, even if there were to be more
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    minutes: Option<u32>,
    /// Customers, and as many runners; so many stories are under way at once
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    people: u32,
    /// Processes of each service
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=10))]
    replicas: u16,
    /// postgres or sqlite [default: postgres if the setting postgres.bin names its programs]
    #[arg(long)]
    database: Option<Database>,
    /// When the broker has what it acknowledged on the disk: 2m (nats-server's default, survives SIGKILL) or always
    #[arg(long, default_value = "2m", value_name = "always|2m")]
    sync: Flush,
    /// Print the plan and do nothing
    #[arg(long)]
    plan: bool,
    /// Print one object of JSON instead of the tables
    #[arg(long)]
    json: bool,
    /// Keep the logs and all data, also when nothing is wrong
    #[arg(long)]
    keep: bool,
    /// Where the scratch directory is made [default: the system's temporary directory]
    #[arg(long, value_name = "DIR")]
    scratch: Option<PathBuf>,
}

/// Which database the services have.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Database {
    Postgres,
    Sqlite,
}

const EXAMPLES: &str = "\
Examples:
  campusg chaos
  campusg chaos --orders 5000 --faults 200 --seed 7
  campusg chaos --orders 1000 --minutes 5 --json
  campusg chaos --orders 5000 --faults 200 --seed 7 --plan
  campusg chaos --database sqlite

It starts an installation of its own: nats-server, PostgreSQL (CAMPUSG_POSTGRES__BIN; `eval \"$(cargo xtask tools)\"` sets
it), Stripe's sandbox, and a process for the gateway and for each service. The same seed plans the same faults at the same
orders. The clock runs three times as fast as the system's, and is moved on in the end. The first Ctrl-C ends the placing and
the faults, and judges what there is; the second stops at once. Exits with 1 when anything is wrong: an order that was
promised and is lost or ended nowhere, an effect that happened twice, books that are not Stripe's to the cent, a message that
was parked, an answer that nobody should get, a process that ended by itself. The stories of the orders concerned are told,
and everything is kept.";

/// Makes chaos, prints what came of it, and leaves nothing behind unless something is wrong.
///
/// # Errors
/// When the installation cannot be started or used.
pub async fn run(arguments: Arguments, config: Config) -> anyhow::Result<ExitCode> {
    let postgres: PathBuf = config.section("postgres.bin")?;
    let with = match arguments.database {
        Some(Database::Sqlite) => With::Sqlite,
        Some(Database::Postgres) if postgres.as_os_str().is_empty() => {
            bail!(
                "the setting postgres.bin does not say where PostgreSQL's programs are; `eval \"$(cargo xtask tools)\"` sets it"
            )
        }
        None if postgres.as_os_str().is_empty() => With::Sqlite,
        Some(Database::Postgres) | None => With::Postgres,
    };
    let plan = plan::plan(arguments.seed, arguments.orders as usize, arguments.faults() as usize, with);
    if arguments.plan {
        for fault in &plan {
            println!("{:>6}  after {:>7} orders: {fault}", fault.number, fault.after_orders);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let shutdown = Shutdown::new();
    shutdown.on_signals();
    let wanted = Wanted { with, flush: arguments.sync, replicas: arguments.replicas, postgres };
    let outcome = tokio::select! {
        outcome = chaos(&arguments, config, wanted, plan, &shutdown) => outcome?,
        () = shutdown.hard() => {
            eprintln!("stopped at once");
            return Ok(ExitCode::FAILURE);
        }
    };
    if arguments.json {
        println!("{}", outcome.json());
    } else {
        print!("{}", outcome.table());
    }
    Ok(if outcome.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Arguments {
    fn faults(&self) -> u32 {
        let by_time = self.minutes.map(|minutes| minutes * FAULTS_PER_MINUTE);
        self.faults.or(by_time).unwrap_or(self.orders.div_ceil(ORDERS_PER_FAULT))
    }

    fn again(&self, with: With) -> String {
        let database = match with {
            With::Sqlite => "sqlite",
            With::Postgres => "postgres",
        };
        format!(
            "campusg chaos --orders {} --seed {} --faults {} --people {} --replicas {} --database {database}",
            self.orders,
            self.seed,
            self.faults(),
            self.people,
            self.replicas
        )
    }
}

async fn chaos(
    arguments: &Arguments,
    config: Config,
    wanted: Wanted,
    plan: Vec<Fault>,
    shutdown: &Shutdown,
) -> anyhow::Result<Outcome> {
    let scratch = scratch(arguments)?;
    let (with, planned) = (wanted.with, plan.len());
    eprintln!("starting an installation in {}", scratch.path().display());
    let clock = Hand::clock(&scratch.path().join("clock"))?;
    let installation = Installation::start(scratch.path(), &clock, wanted, &config).await?;
    let bar = Bar::new(arguments.orders as usize);
    let time = Time::new(Some(Hand::new(clock, installation.bus.clone(), &installation.stripe())?));
    let hand = Arc::clone(time.hand.as_ref().context("a clock")?);
    tokio::spawn(Arc::clone(&hand).run(shutdown.clone()));
    ready::wait(installation.url(), &installation.bus, true).await?;
    eprintln!("{} people sign in at {}", arguments.people * 2, installation.url());
    let cast = Arc::new(Cast::sign_in(installation.url(), arguments.people, Patience::ANGELIC).await?);
    let conductor = Conductor::new(installation, with, bar.clone()).await?;
    let looked_after = tokio::spawn(look_after(Arc::clone(&conductor.installation), bar.clone()));
    let start = Instant::now();
    let (done, chaos, played, play) = {
        let run = Run { arguments, plan, cast, time, hand: &hand, bar: &bar };
        let (play, gate) = run.play();
        let (done, chaos, played) = run.perform(&conductor, &play, gate, shutdown).await?;
        (done, chaos, played, play)
    };
    let people = play.account(played, Some(&conductor.stripe)).await?;
    drop(play);
    looked_after.abort();
    let case = Case::gather(&conductor, people).await?;
    let mut findings = case.findings(&config, &done, &*conductor.installation.lock().await)?;
    findings.dedup();
    let mut stories = Vec::new();
    for order_id in judge::offenders(&findings) {
        let story = inspect::story(&conductor.bus, &order_id).await.map_err(anyhow::Error::from_boxed)?;
        stories.push((order_id, judge::told(&story)));
    }
    let warnings = conductor.installation.lock().await.log_lines(judge::is_a_warning).len();
    let settled = start.elapsed();
    let Conductor { installation, .. } = conductor;
    match Arc::try_unwrap(installation).map(Mutex::into_inner) {
        Ok(installation) => installation.stop().await?,
        Err(_) => bail!("somebody still holds the installation"),
    }
    let keep = arguments.keep || !findings.is_empty();
    let kept = keep.then(|| scratch.keep().display().to_string());
    Ok(Outcome {
        people: case.people,
        planned,
        done,
        chaos,
        settled,
        messages: case.log.len(),
        stripe_calls: case.calls.len(),
        warnings,
        findings,
        stories,
        kept,
        again: arguments.again(with),
    })
}

fn scratch(arguments: &Arguments) -> anyhow::Result<TempDir> {
    let mut scratch = tempfile::Builder::new();
    let scratch = scratch.prefix("campusg-chaos-");
    let scratch = match &arguments.scratch {
        Some(parent) => scratch.tempdir_in(parent),
        None => scratch.tempdir(),
    };
    scratch.context("the scratch directory")
}

/// Who and what takes part in a run.
struct Run<'a> {
    arguments: &'a Arguments,
    plan: Vec<Fault>,
    cast: Arc<Cast>,
    time: Arc<Time>,
    hand: &'a Arc<Hand>,
    bar: &'a Bar,
}

impl Run<'_> {
    fn play(&self) -> (Play, watch::Sender<usize>) {
        let (gate, open) = watch::channel(0);
        let play = Play {
            orders: self.arguments.orders as usize,
            seed: self.arguments.seed,
            people: self.arguments.people,
            pace: Pace::AsFastAsAllowed,
            time: Arc::clone(&self.time),
            cast: Arc::clone(&self.cast),
            progress: Arc::default(),
            gate: open,
        };
        (play, gate)
    }

    /// Has orders placed while the plan is carried out, and then everything come to its end.
    async fn perform(
        self,
        conductor: &Conductor,
        play: &Play,
        gate: watch::Sender<usize>,
        shutdown: &Shutdown,
    ) -> anyhow::Result<(Vec<Done>, Duration, Played)> {
        let start = Instant::now();
        let enough = Shutdown::new();
        let (over, is_over) = watch::channel(false);
        let carried = tokio::spawn(conductor.clone().carry_out(self.plan, Arc::clone(&play.progress), gate, is_over));
        let placing = async {
            let begun = play.begin(&enough).await;
            over.send_replace(true);
            begun
        };
        let limit = async {
            match self.arguments.minutes {
                Some(minutes) => sleep(Duration::from_secs(u64::from(minutes) * 60)).await,
                None => std::future::pending().await,
            }
        };
        let stopping = async {
            tokio::select! {
                () = limit => {}
                () = shutdown.soft() => {}
            }
            enough.soften();
            std::future::pending::<Infallible>().await
        };
        let hurrying = tokio::spawn(hurry(Arc::clone(self.hand)));
        let everything = async {
            let begun = placing.await;
            let done = carried.await.context("the conductor")??;
            let chaos = start.elapsed();
            hurrying.abort();
            self.bar.say("everything is healed, and has to settle");
            let played = play.end(begun).await?;
            anyhow::Ok((done, chaos, played))
        };
        tokio::select! {
            ended = everything => ended,
            never = stopping => match never {},
            never = self.bar.show(&play.progress, &self.time) => never,
        }
    }
}

/// Has the clock run faster than the system's.
async fn hurry(hand: Arc<Hand>) {
    let seconds = TICK.as_secs().cast_signed() * (CLOCK_RATE - 1);
    loop {
        sleep(TICK).await;
        // The sandbox is in this process; if it could not be told, the next time does as well.
        drop(hand.move_on(seconds).await);
    }
}

/// What there is to judge.
struct Case {
    people: Report,
    log: Vec<inspect::Stored>,
    calls: Vec<Call>,
}

impl Case {
    async fn gather(conductor: &Conductor, people: Report) -> anyhow::Result<Self> {
        let Conductor { bus, http, stripe, .. } = conductor;
        let calls = http.get(format!("{stripe}/sandbox/calls")).timeout(Duration::from_secs(60)).send().await?;
        let calls = calls.error_for_status()?.json().await?;
        let log = inspect::log(bus).await.map_err(|error| anyhow!("the log cannot be read: {error}"))?;
        let parked = parked(bus).await?;
        Ok(Self { people: Report { ours: Some(parked), ..people }, log, calls })
    }

    /// Everything that is wrong, in words.
    fn findings(&self, config: &Config, done: &[Done], installation: &Installation) -> anyhow::Result<Vec<String>> {
        let promised: Vec<String> = self.people.records.iter().filter_map(|record| record.order_id.clone()).collect();
        let mut findings = self.people.wrong();
        findings.extend(judge::lost_or_made_up(&self.log, &promised));
        findings.extend(judge::said_twice(&self.log));
        findings.extend(judge::done_twice(&self.calls));
        let departures = conformance::departures(&registry::services(config)?, &self.log);
        findings.extend(departures.into_iter().map(|departure| format!("not in the score: {departure}")));
        findings.extend(done.iter().filter(|done| done.recovery.is_none()).map(|done| done.what.clone()));
        findings.extend(installation.died().iter().cloned());
        findings.extend(installation.log_lines(judge::is_a_finding));
        Ok(findings)
    }
}

async fn parked(bus: &Bus) -> anyhow::Result<Ours> {
    let parked = inspect::parked(bus).await.map_err(anyhow::Error::from_boxed)?;
    Ok(Ours { parked, warnings: Vec::new(), ahead_seconds: 0 })
}
