//! `campusg bench reads`: what reading costs while orders flow, and how soon those hear of an event who listen.
//!
//! | file | subject |
//! |---|---|
//! | `reads/listeners.rs` | event streams by the thousand, each a socket of its own |
//! | `reads/report.rs` | what is printed |
//!
//! First the reads: a few clients ask as fast as they are answered, one kind of question after the other. Then the streams: they
//! are opened while nothing else happens, so that their memory can be seen, and then they listen while orders flow. How soon they
//! hear is taken from the moment at which the broker has stored the event, by the broker's own time stamp, to the moment at which
//! its bytes were read from the socket: both are times of this machine's clock.

mod listeners;
mod report;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail};
use chassis::Config;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::bench::crowd::{Crowd, Failure, Person};
use crate::bench::load::{Load, Pace};
use crate::bench::reads::listeners::Listeners;
use crate::bench::reads::report::{Reads, Report, Streams};
use crate::bench::stage::{Ground, Stage};
use crate::bench::timers::duration;
use crate::bench::usage::{self, Cpu};
use crate::bench::way::{self, Pair, Way};
use crate::bench::{Shown, show};

/// Files that a process has open beside its streams, generously.
const OTHER_FILES: u64 = 2_000;
/// Orders under way at the same time while there is to be something to read.
const HISTORY_CONCURRENCY: u32 = 16;
/// What is left alone before its memory is taken.
const SETTLE: Duration = Duration::from_secs(2);
/// Who hears of everything by then has heard of it.
const ECHO: Duration = Duration::from_secs(3);

/// `campusg bench reads`
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  campusg bench reads
  campusg bench reads --streams 5000 --listening 500 --during 30s
  campusg bench reads --sqlite --flow 0 --json

Exits with 1 when a read failed, a stream missed an event, or an order was not completed.")]
pub(super) struct Arguments {
    /// For how long each kind of read is measured, and how long the streams listen
    #[arg(long, default_value = "10s", value_parser = duration)]
    during: Duration,
    /// Clients that read at the same time
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=4_096))]
    readers: u32,
    /// Orders under way meanwhile; 0 for none while it is read
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(..=256))]
    flow: u32,
    /// Orders that were completed before, so that there is something to read
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    history: u32,
    /// Orders that stay on offer
    #[arg(long, default_value_t = 20)]
    offers: u32,
    /// Customers, and as many runners, who order, deliver and read
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=900))]
    crowd: u32,
    /// Event streams that are open at the same time
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    streams: u32,
    /// How many of them are runners', who hear whenever an order comes on offer or is gone; the others are customers'
    #[arg(long, default_value_t = 200)]
    listening: u32,
    #[command(flatten)]
    ground: Ground,
    /// Print one object of JSON instead of the table
    #[arg(long)]
    json: bool,
}

/// Measures, prints, and leaves nothing behind.
///
/// # Errors
/// When the platform cannot be started or measured.
pub(super) async fn run(arguments: &Arguments, config: Config) -> anyhow::Result<ExitCode> {
    let measuring = async {
        let report = measure(arguments, config).await?;
        Ok(Shown { json: report.json(), table: report.table(), is_good: report.is_good() })
    };
    show(measuring, arguments.json).await
}

async fn measure(arguments: &Arguments, config: Config) -> anyhow::Result<Report> {
    // Before the platform is started, which inherits it.
    allow_files(u64::from(arguments.streams) + OTHER_FILES)?;
    let stage = Stage::set(&arguments.ground, config, &[]).await?;
    let crowd = stage.crowd(arguments.crowd).await?;
    let report = drive(arguments, &stage, &crowd).await;
    drop(crowd);
    let stopped = stage.stop().await;
    let report = report?;
    stopped?;
    Ok(report)
}

/// Has this process, and those that it starts, open so many files.
fn allow_files(wanted: u64) -> anyhow::Result<()> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= wanted) {
        return Ok(());
    }
    if maximum.is_some_and(|maximum| maximum < wanted) {
        bail!(
            "{wanted} open files are needed and {} allowed; raise the hard limit (ulimit -Hn), or lower --streams",
            maximum.unwrap_or_default()
        );
    }
    setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }).context("the limit of open files")
}

async fn drive(arguments: &Arguments, stage: &Stage, crowd: &Crowd) -> anyhow::Result<Report> {
    let history =
        Load { label: "history".to_owned(), orders: arguments.history, pace: Pace::Closed(HISTORY_CONCURRENCY) };
    let history = history.run(&Way::Http(crowd.clone())).await;
    put_on_offer(crowd, arguments.offers).await?;
    stage.settle().await;
    let flow = Flow::start(crowd, arguments.flow);
    eprintln!("the flow of orders alone, for {:?}", arguments.during);
    let (cpu, start) = (Cpu::now(stage), Instant::now());
    sleep(arguments.during).await;
    let idle = cores(&cpu.until(&Cpu::now(stage)), start);
    let mut reads = Vec::new();
    for kind in [Kind::Orders, Kind::Offers, Kind::Order] {
        reads.push(read(kind, arguments, stage, crowd, idle).await?);
    }
    let before = flow.stop().await;
    stage.settle().await;
    let streams = listen(arguments, stage, crowd).await?;
    Ok(Report {
        sync: arguments.ground.sync().to_owned(),
        database: arguments.ground.database(),
        readers: arguments.readers,
        flow: arguments.flow,
        idle_cores: idle,
        failures: history
            .failures
            .into_iter()
            .map(|(why, count)| format!("history: {count} × {why}"))
            .chain(before.failures)
            .collect(),
        reads,
        streams,
        platform_peak: usage::peak(stage.platform.pid()),
        broker_peak: usage::peak(stage.platform.broker()),
        warnings: stage.platform.warnings(),
    })
}

/// Cores that everybody but the load generator has kept busy since `start`.
fn cores(used: &Cpu, start: Instant) -> f64 {
    used.all_but_the_load() / start.elapsed().as_secs_f64()
}

/// Places orders that nobody accepts.
async fn put_on_offer(crowd: &Crowd, count: u32) -> anyhow::Result<()> {
    for (number, customer) in (0..count).zip(crowd.customers.iter().cycle()) {
        let quote = customer.person.ask_for("quote", "/api/v1/quotes", &way::basket()).await.map_err(failed)?;
        let (quote_id, key) = (quote.quote_id.unwrap_or_default(), format!("offer-{number}"));
        let placed = customer.person.place(&quote_id, &key).await.map_err(failed)?;
        if placed.status.as_deref() != Some("CREATED") {
            bail!("an order that was to be on offer is {placed:?}");
        }
    }
    Ok(())
}

fn failed(failure: Failure) -> anyhow::Error {
    anyhow::anyhow!(failure.0)
}

// --- orders in the background ------------------------------------------------------------------------------------------

/// Orders that are carried through, so many at a time, until it is stopped.
struct Flow {
    places: JoinSet<Vec<String>>,
    is_over: Arc<AtomicBool>,
    completed: Arc<AtomicU32>,
    start: Instant,
}

/// What came of a flow.
struct Flowed {
    orders_per_second: f64,
    failures: Vec<String>,
}

impl Flow {
    fn start(crowd: &Crowd, concurrency: u32) -> Self {
        let (is_over, completed) = (Arc::<AtomicBool>::default(), Arc::<AtomicU32>::default());
        let start = Instant::now();
        let mut places = JoinSet::new();
        let pairs = crowd.customers.iter().cycle().zip(crowd.runners.iter().cycle());
        for (number, (customer, runner)) in (0..concurrency).zip(pairs) {
            let pair = Pair::Http(Arc::clone(customer), Arc::clone(runner));
            let (is_over, completed) = (Arc::clone(&is_over), Arc::clone(&completed));
            places.spawn(async move {
                let mut failures = Vec::new();
                while !is_over.load(Ordering::Relaxed) {
                    // A number of its own for every order of every flow: the same key would be the same order.
                    let key = format!("flow-{number}-{}", start.elapsed().as_nanos());
                    let carried = async { pair.carry(pair.quote().await?, &key, Instant::now()).await };
                    match carried.await {
                        Ok(_) => drop(completed.fetch_add(1, Ordering::Relaxed)),
                        Err(failure) => failures.push(failure.0),
                    }
                }
                failures
            });
        }
        Self { places, is_over, completed, start }
    }

    /// Begins no more orders, and waits for those under way.
    async fn stop(mut self) -> Flowed {
        let seconds = self.start.elapsed().as_secs_f64();
        let orders_per_second = f64::from(self.completed.load(Ordering::Relaxed)) / seconds;
        self.is_over.store(true, Ordering::Relaxed);
        let mut failures = Vec::new();
        while let Some(place) = self.places.join_next().await {
            failures.extend(place.unwrap_or_else(|error| vec![error.to_string()]));
        }
        Flowed { orders_per_second, failures }
    }
}

// --- reads ---------------------------------------------------------------------------------------------------------------

/// What is read.
#[derive(Clone, Copy)]
enum Kind {
    Orders,
    Offers,
    Order,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Orders => "GET /api/v1/orders",
            Self::Offers => "GET /api/v1/offers",
            Self::Order => "GET /api/v1/orders/{id}",
        }
    }
}

async fn read(kind: Kind, arguments: &Arguments, stage: &Stage, crowd: &Crowd, idle: f64) -> anyhow::Result<Reads> {
    eprintln!("{} for {:?}", kind.name(), arguments.during);
    let mut readers = Vec::new();
    for (number, customer) in (0..arguments.readers as usize).zip(crowd.customers.iter().cycle()) {
        let (person, paths) = match kind {
            Kind::Orders => (&customer.person, vec!["/api/v1/orders".to_owned()]),
            Kind::Offers => (&crowd.runners[number % crowd.runners.len()], vec!["/api/v1/offers".to_owned()]),
            Kind::Order => (&customer.person, orders_of(&customer.person).await?),
        };
        readers.push((Arc::clone(person), paths));
    }
    let (cpu, start) = (Cpu::now(stage), Instant::now());
    let until = start + arguments.during;
    let mut under_way: JoinSet<Read> = readers.into_iter().map(|(person, paths)| ask(person, paths, until)).collect();
    let mut read = Read::default();
    while let Some(one) = under_way.join_next().await {
        let one = one?;
        read.waits.extend(one.waits);
        read.failures.extend(one.failures);
    }
    let (busy, elapsed) = (cores(&cpu.until(&Cpu::now(stage)), start), start.elapsed());
    Ok(Reads { name: kind.name(), waits: read.waits, failures: read.failures, elapsed, cores: (busy - idle).max(0.0) })
}

/// How long the answers took, and why some were none.
#[derive(Default)]
struct Read {
    waits: Vec<Duration>,
    failures: Vec<String>,
}

/// Asks for one after the other until then.
async fn ask(person: Arc<Person>, paths: Vec<String>, until: Instant) -> Read {
    let mut read = Read::default();
    for path in paths.iter().cycle() {
        if Instant::now() >= until {
            break;
        }
        let start = Instant::now();
        match person.get::<IgnoredAny>("read", path).await {
            Ok(_) => read.waits.push(start.elapsed()),
            Err(failure) => read.failures.push(failure.0),
        }
    }
    read
}

/// Where the orders of somebody are to be read, the newest first.
async fn orders_of(person: &Person) -> anyhow::Result<Vec<String>> {
    let page: Value = person.get("read", "/api/v1/orders?limit=100").await.map_err(failed)?;
    let orders = page["orders"].as_array().into_iter().flatten();
    let paths: Vec<String> =
        orders.filter_map(|order| Some(format!("/api/v1/orders/{}", order["order_id"].as_str()?))).collect();
    if paths.is_empty() {
        bail!(
            "somebody has no order to read; there have to be at least as many (--history) as there are customers (--crowd)"
        );
    }
    Ok(paths)
}

// --- streams -------------------------------------------------------------------------------------------------------------

async fn listen(arguments: &Arguments, stage: &Stage, crowd: &Crowd) -> anyhow::Result<Streams> {
    let mut listeners = Listeners::sign_in(stage, crowd, arguments.streams, arguments.listening).await?;
    stage.settle().await;
    sleep(SETTLE).await;
    let before = usage::memory(stage.platform.pid());
    listeners.open().await?;
    sleep(SETTLE).await;
    let opened = usage::memory(stage.platform.pid());
    eprintln!("{} streams listen for {:?}", arguments.streams, arguments.during);
    let (cpu, start) = (Cpu::now(stage), Instant::now());
    let flow = Flow::start(crowd, arguments.flow.max(1));
    sleep(arguments.during).await;
    let flowed = flow.stop().await;
    let busy = cores(&cpu.until(&Cpu::now(stage)), start);
    stage.settle().await;
    sleep(ECHO).await;
    let after = usage::memory(stage.platform.pid());
    let heard = listeners.close().await?;
    let each = |memory: f64| (memory - before) * 1_024.0 / f64::from(arguments.streams);
    Ok(Streams {
        opened: arguments.streams,
        listening: arguments.listening,
        kb_opened: each(opened),
        kb_after: each(after),
        cores: busy,
        orders_per_second: flowed.orders_per_second,
        failures: flowed.failures,
        heard,
    })
}

impl Person {
    /// Somebody of the development sign-in, of whom nobody waits that the platform knows them.
    async fn token_of(url: &str, http: &reqwest::Client, name: &str) -> anyhow::Result<String> {
        let sign_in = http.post(format!("{url}/api/v1/dev/sign-in")).json(&json!({ "person": name }));
        let body: Value = sign_in.send().await?.error_for_status()?.json().await?;
        Ok(body["token"].as_str().context("no token")?.to_owned())
    }
}
