//! `campusg bench timers`: how late deadlines fire when very many are pending, and what they cost while they are.
//!
//! A broker and the timers service, each a process of its own; nobody else. The deadlines are promised as a service would, of one
//! class, in the order of their due times, as in the product: a class has one delay. Lateness is taken from the moment at which the
//! deadline was due to the moment at which the broker has stored the event that says so; both are times of this machine's clock.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use chassis::broker::{self, Broker, Flush};
use chassis::{Bus, Clock, Config, Feed, FeedItem, Shutdown, config, inspect, limits, preload, streams};
use contracts::timers::{AcceptanceDeadline, AcceptanceElapsed};
use contracts::{Message as _, MessageId, OrderId};
use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, sleep};

use crate::bench::bar::Bar;
use crate::bench::{Shown, show};
use crate::bench::{stage, usage};
use crate::chaos::process::Process;
use crate::figures::{percentiles, rounded};
use crate::{live, registry};

/// The one service that is started.
const SERVICE: &str = "timers";
/// Publishes under way at the same time.
const WINDOW: usize = 256;
/// For how long the publishing of a broker is tried out.
const TRIAL: Duration = Duration::from_secs(1);
/// The least time between promising the last deadline and the first one's being due.
const LEAST_LEAD: Duration = Duration::from_secs(5);
/// So long the broker and the service are left alone before their memory is taken as that of the pending deadlines.
const SETTLE: Duration = Duration::from_secs(1);
/// How long after the last one was due a deadline counts as lost: far beyond every retry of the service and of the broker.
const LOST: Duration = Duration::from_secs(120);
/// How long after the last one was heard of others may still fire a second time.
const ECHO: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(30);
const ATTEMPTS: u32 = 3;
/// How long this process waits for the broker to store a deadline.
const ACK_TIMEOUT_MS: u64 = 60_000;
const GLANCE: Duration = Duration::from_millis(50);

/// `campusg bench timers`
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  campusg bench timers
  campusg bench timers --count 100000 --over 60s --kill-broker
  campusg bench timers --count 1000000 --over 5m --sync 2m --json

Exits with 1 when a deadline fired early, was lost or fired twice.")]
pub(super) struct Arguments {
    /// Deadlines that are pending at the same time
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    count: u32,
    /// The time over which they fall due, evenly
    #[arg(long, default_value = "60s", value_parser = duration)]
    over: Duration,
    /// How long before the first is due they are promised [default: twice what that is estimated to take, and 5 s]
    #[arg(long, value_parser = duration)]
    lead: Option<Duration>,
    /// Do it a second time, with the broker killed while all are pending and again when half of them are due
    #[arg(long)]
    kill_broker: bool,
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

/// Reads `60s`, `2m` and `1h 30m`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let duration: SignedDuration = text.parse().map_err(|error| format!("{error}"))?;
    Duration::try_from(duration).map_err(|_| "a time that has passed".to_owned())
}

/// Measures, prints, and leaves nothing behind.
///
/// # Errors
/// When broker or service cannot be started or measured.
pub(super) async fn run(arguments: &Arguments, config: Config) -> anyhow::Result<ExitCode> {
    let measuring = async {
        let report = measure(arguments, &config).await?;
        Ok(Shown { json: report.json(), table: report.table(), is_good: report.is_good() })
    };
    show(measuring, arguments.json).await
}

async fn measure(arguments: &Arguments, config: &Config) -> anyhow::Result<Report> {
    let scratch = stage::scratch(arguments.scratch.as_deref())?;
    let flush: Flush = arguments.sync.parse().map_err(|error: String| anyhow!(error))?;
    let lead = match arguments.lead {
        Some(lead) => lead,
        None => lead(arguments.count, config, scratch.path(), flush).await?,
    };
    let mut halves = Vec::new();
    for kill in [Kill::Nothing, Kill::Broker].into_iter().take(if arguments.kill_broker { 2 } else { 1 }) {
        let plan = Plan { count: arguments.count, over: arguments.over, lead, kill };
        halves.push(patiently(plan, arguments, config, scratch.path(), flush).await?);
    }
    let Arguments { count, over, sync, .. } = arguments;
    Ok(Report { count: *count, over: *over, lead, sync: sync.clone(), halves })
}

/// Measures one half; again with more time when promising them took longer than it was estimated to.
async fn patiently(
    plan: Plan,
    arguments: &Arguments,
    config: &Config,
    scratch: &Path,
    flush: Flush,
) -> anyhow::Result<Half> {
    let mut plan = plan;
    for attempt in 1..=ATTEMPTS {
        let directory = scratch.join(format!("{}-{attempt}", plan.kill.name()));
        match Half::measure(plan, config, &directory, flush).await? {
            Ok(half) => return Ok(half),
            Err(TooSlow(took)) if arguments.lead.is_some() => {
                bail!("promising them took {:.1} s; give it more with --lead", took.as_secs_f64())
            }
            Err(TooSlow(took)) => {
                eprintln!("promising them took {:.1} s, longer than was estimated; once more", took.as_secs_f64());
                plan.lead = LEAST_LEAD + took * 2;
            }
        }
    }
    bail!("promising them took longer than was estimated, {ATTEMPTS} times; say with --lead how long it may take")
}

/// Promising them took so long that the first was due before the last was promised.
struct TooSlow(Duration);

/// How long it may take to promise them all: tried out on a broker of its own, so that the one that is measured begins empty.
async fn lead(count: u32, config: &Config, scratch: &Path, flush: Flush) -> anyhow::Result<Duration> {
    let (mut broker, bus) = start_broker(config, &scratch.join("trial"), flush).await?;
    let rate = limits::publishes(&bus, WINDOW, TRIAL).await.map_err(|error| anyhow!(error))?;
    broker.stop().await?;
    Ok(LEAST_LEAD + Duration::from_secs_f64(2.0 * f64::from(count) / rate.max(1.0)))
}

async fn start_broker(config: &Config, directory: &Path, flush: Flush) -> anyhow::Result<(Broker, Bus)> {
    let program = broker::find(&config.section::<String>("nats.server")?)?;
    let broker = Broker::start(&program, directory, 0, flush).await?;
    // With many publishes under way a slow disk takes longer than a service would wait.
    let config = config.clone().with("nats.url", broker.url()).with("nats.ack_timeout_ms", ACK_TIMEOUT_MS);
    let bus = live::connect(&config, &Clock::system(), PATIENCE).await?;
    Ok((broker, bus))
}

/// Who is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kill {
    Nothing,
    Broker,
}

impl Kill {
    fn name(self) -> &'static str {
        match self {
            Self::Nothing => "in_peace",
            Self::Broker => "broker_killed",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Nothing => "in peace",
            Self::Broker => "with the broker killed while all were pending, and again when half were due",
        }
    }
}

/// What one half is to be like.
#[derive(Clone, Copy)]
struct Plan {
    count: u32,
    over: Duration,
    lead: Duration,
    kill: Kill,
}

impl Plan {
    /// When the `number`-th is due, counted from the first.
    fn due(&self, number: u32) -> Duration {
        self.over.mul_f64(f64::from(number) / f64::from(self.count))
    }
}

/// An event that was heard.
struct Elapsed {
    order_id: OrderId,
    due_at: Timestamp,
    stored_at: Timestamp,
}

/// Everything that runs.
struct Bench {
    broker: Broker,
    service: Process,
    bus: Bus,
    clock: Clock,
    /// Of the broker's processes that were killed.
    broker_cpu_before: f64,
    broker_peak_before: f64,
}

/// What the broker and the service have used so far.
#[derive(Clone, Copy)]
struct Used {
    broker_cpu: f64,
    service_cpu: f64,
    broker_memory: f64,
    service_memory: f64,
    at: Instant,
}

impl Bench {
    async fn start(config: &Config, directory: &Path, flush: Flush) -> anyhow::Result<Self> {
        let clock = Clock::system();
        let (broker, bus) = start_broker(config, &directory.join("nats"), flush).await?;
        let part = registry::find(SERVICE).context("there is no timers service")?;
        let services = registry::services_of(&[part], config)?;
        let dispatcher: config::Dispatcher = config.section("dispatcher")?;
        streams::apply(&bus, &services, &dispatcher).await?;
        let settings = [("nats.url", broker.url()), ("platform.data", directory.display().to_string())]
            .map(|(name, value)| (name.to_owned(), value));
        let service = Process::start(&["serve", SERVICE, "--no-apply"], &settings, &directory.join("timers.log"))?;
        let give_up = Instant::now() + PATIENCE;
        while !inspect::unattended(&bus).await.map_err(|error| anyhow!(error))?.is_empty() {
            if Instant::now() > give_up {
                bail!("the timers service does not read its deadlines; see {}", directory.display());
            }
            sleep(GLANCE).await;
        }
        Ok(Self { broker, service, bus, clock, broker_cpu_before: 0.0, broker_peak_before: 0.0 })
    }

    fn used(&self) -> Used {
        let broker = self.broker.pid().unwrap_or_default();
        Used {
            broker_cpu: self.broker_cpu_before + usage::cpu(broker),
            service_cpu: usage::cpu(self.service.pid()),
            broker_memory: usage::memory(broker),
            service_memory: usage::memory(self.service.pid()),
            at: Instant::now(),
        }
    }

    fn broker_peak(&self) -> f64 {
        self.broker_peak_before.max(usage::peak(self.broker.pid().unwrap_or_default()))
    }

    /// Kills the broker and starts it again at once. Returns for how long it was away.
    async fn kill_broker(&mut self) -> anyhow::Result<Duration> {
        (self.broker_cpu_before, self.broker_peak_before) = (self.used().broker_cpu, self.broker_peak());
        let start = Instant::now();
        self.broker.kill().await?;
        self.broker.restart().await?;
        eprintln!("killed the broker; it was back after {:.1} s", start.elapsed().as_secs_f64());
        Ok(start.elapsed())
    }

    /// Promises all of them, the first one due at `first`.
    async fn promise(&self, plan: Plan, first: Timestamp) -> anyhow::Result<()> {
        let bar = Bar::new(u64::from(plan.count), "promised");
        let promises = (0..plan.count).map(async |number| {
            // Stands for the message that a service would promise it because of.
            let cause = MessageId::of_stored(plan.kill.name(), u64::from(number));
            let deadline = AcceptanceDeadline { order_id: cause.derive("order"), due_at: first + plan.due(number) };
            let stored = preload::promise(&self.bus, &self.clock, cause, &deadline).await;
            bar.add(1);
            stored
        });
        let mut under_way = futures::stream::iter(promises).buffer_unordered(WINDOW);
        while let Some(stored) = under_way.next().await {
            stored.context("a deadline could not be promised")?;
        }
        bar.end();
        Ok(())
    }
}

/// One of the two halves of a measurement.
struct Half {
    kill: Kill,
    promised_per_second: f64,
    /// How late each that fired was the first time it did.
    lateness: Vec<Duration>,
    early: u32,
    lost: u32,
    twice: u32,
    empty: Used,
    promised: Used,
    pending: Used,
    fired: Used,
    broker_peak: f64,
    service_peak: f64,
    /// For how long the broker was away, each time.
    away: Vec<Duration>,
}

impl Half {
    async fn measure(
        plan: Plan,
        config: &Config,
        directory: &Path,
        flush: Flush,
    ) -> anyhow::Result<Result<Self, TooSlow>> {
        eprintln!("{} deadlines, {}", plan.count, plan.kill.title());
        let mut bench = Bench::start(config, directory, flush).await?;
        let shutdown = Shutdown::new();
        let feed = Feed::start(bench.bus.clone(), vec!["timers.>".to_owned()], shutdown.clone());
        let (count, counted) = watch::channel(0);
        let ears = tokio::spawn(listen(feed.subscribe(), count, shutdown.clone()));
        sleep(SETTLE).await;
        let (empty, first) = (bench.used(), bench.clock.now() + plan.lead);
        bench.promise(plan, first).await?;
        let promised = bench.used();
        let rest = bench.clock.until(first).unwrap_or_default();
        if rest < SETTLE {
            return Ok(Err(TooSlow(promised.at - empty.at)));
        }
        let mut away = Vec::new();
        if plan.kill == Kill::Broker {
            away.push(bench.kill_broker().await?);
        }
        bench.clock.sleep_until(first - SETTLE).await;
        let pending = bench.used();
        if plan.kill == Kill::Broker {
            bench.clock.sleep_until(first + plan.over / 2).await;
            away.push(bench.kill_broker().await?);
        }
        bench.until_all(plan, first, counted).await;
        // Taken before the echo, in which nothing is due.
        let fired = bench.used();
        sleep(ECHO).await;
        shutdown.soften();
        let heard = ears.await?;
        let seconds = (promised.at - empty.at).as_secs_f64();
        let (broker_peak, service_peak) = (bench.broker_peak(), usage::peak(bench.service.pid()));
        let promised_per_second = f64::from(plan.count) / seconds;
        let judged = Judged::of(heard, plan);
        bench.service.kill().await?;
        bench.broker.stop().await?;
        let Judged { lateness, early, lost, twice } = judged?;
        let kill = plan.kill;
        Ok(Ok(Self {
            kill,
            promised_per_second,
            lateness,
            early,
            lost,
            twice,
            empty,
            promised,
            pending,
            fired,
            broker_peak,
            service_peak,
            away,
        }))
    }

    fn is_good(&self) -> bool {
        self.early == 0 && self.lost == 0 && self.twice == 0
    }
}

impl Bench {
    /// Waits until all were heard of, or those that were not are lost.
    async fn until_all(&self, plan: Plan, first: Timestamp, mut counted: watch::Receiver<u32>) {
        let bar = Bar::new(u64::from(plan.count), "fired");
        let all = async {
            loop {
                let heard = *counted.borrow_and_update();
                bar.set(u64::from(heard));
                if heard >= plan.count || counted.changed().await.is_err() {
                    break;
                }
            }
        };
        tokio::select! {
            () = all => {}
            () = self.clock.sleep_until(first + plan.over + LOST) => {}
        }
        bar.end();
    }
}

/// Hears of deadlines that have elapsed until it is told to stop, and says how many different ones.
async fn listen(
    mut live: broadcast::Receiver<Arc<FeedItem>>,
    count: watch::Sender<u32>,
    shutdown: Shutdown,
) -> anyhow::Result<Vec<Elapsed>> {
    let (mut heard, mut known) = (Vec::new(), std::collections::HashSet::new());
    loop {
        let item = tokio::select! {
            () = shutdown.soft() => return Ok(heard),
            item = live.recv() => item,
        };
        let item = match item {
            Ok(item) => item,
            Err(RecvError::Closed) => return Ok(heard),
            Err(RecvError::Lagged(missed)) => bail!("this process did not keep up with what it heard: {missed} events"),
        };
        if item.type_name != AcceptanceElapsed::type_name() {
            continue;
        }
        let elapsed: AcceptanceElapsed = serde_json::from_slice(&item.payload)?;
        known.insert(elapsed.order_id);
        heard.push(Elapsed { order_id: elapsed.order_id, due_at: elapsed.due_at, stored_at: item.stored_at });
        count.send_replace(u32::try_from(known.len()).unwrap_or(u32::MAX));
    }
}

/// What is wrong with what was heard, and how late the rest was.
struct Judged {
    lateness: Vec<Duration>,
    early: u32,
    lost: u32,
    twice: u32,
}

impl Judged {
    fn of(heard: anyhow::Result<Vec<Elapsed>>, plan: Plan) -> anyhow::Result<Self> {
        let mut judged = Self { lateness: Vec::new(), early: 0, lost: 0, twice: 0 };
        let mut times: HashMap<OrderId, u32> = HashMap::new();
        for elapsed in heard? {
            let time = times.entry(elapsed.order_id).or_default();
            *time += 1;
            judged.twice += u32::from(*time == 2);
            match Duration::try_from(elapsed.stored_at.duration_since(elapsed.due_at)) {
                Err(_) => judged.early += 1,
                Ok(late) if *time == 1 => judged.lateness.push(late),
                Ok(_) => {}
            }
        }
        judged.lost = plan.count.saturating_sub(u32::try_from(times.len()).unwrap_or(u32::MAX));
        Ok(judged)
    }
}

/// Everything that was measured.
struct Report {
    count: u32,
    over: Duration,
    lead: Duration,
    sync: String,
    halves: Vec<Half>,
}

impl Report {
    fn is_good(&self) -> bool {
        self.halves.iter().all(Half::is_good)
    }

    fn json(&self) -> Value {
        let halves = self.halves.iter().map(|half| (half.kill.name().to_owned(), half.json(self.count)));
        json!({
            "good": self.is_good(),
            "count": self.count,
            "over_s": rounded(self.over.as_secs_f64()),
            "lead_s": rounded(self.lead.as_secs_f64()),
            "sync": self.sync,
            "halves": serde_json::Map::from_iter(halves),
        })
    }

    fn table(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let (over, lead) = (self.over.as_secs_f64(), self.lead.as_secs_f64());
        writeln!(
            out,
            "{} deadlines, due over {over:.0} s, promised {lead:.0} s before, sync_interval {}",
            self.count, self.sync
        )?;
        self.halves.iter().try_for_each(|half| half.write(self.count, out))
    }
}

impl Half {
    /// Named figures: for scripts, for people, and the figure.
    fn figures(&self, count: u32) -> Vec<(&'static str, &'static str, f64)> {
        let [p50, p90, p99, max] = percentiles(&self.lateness);
        let share = |from: &Used, to: &Used, cpu: fn(&Used) -> f64| {
            100.0 * (cpu(to) - cpu(from)) / (to.at - from.at).as_secs_f64()
        };
        let each =
            |memory: fn(&Used) -> f64| (memory(&self.pending) - memory(&self.empty)) * 1_024.0 / f64::from(count);
        let broker = |from: &Used, to: &Used| share(from, to, |used| used.broker_cpu);
        let service = |from: &Used, to: &Used| share(from, to, |used| used.service_cpu);
        vec![
            ("lateness_p50_ms", "lateness, ms: p50", p50),
            ("lateness_p90_ms", "  p90", p90),
            ("lateness_p99_ms", "  p99", p99),
            ("lateness_max_ms", "  max", max),
            ("promised_per_second", "promised per second", self.promised_per_second),
            ("broker_kb_per_deadline", "broker's memory per pending deadline, KB", each(|used| used.broker_memory)),
            ("service_kb_per_deadline", "service's memory per pending deadline, KB", each(|used| used.service_memory)),
            ("broker_empty_mb", "broker's resident memory, MB: empty", self.empty.broker_memory),
            ("broker_pending_mb", "  all pending", self.pending.broker_memory),
            ("broker_peak_mb", "  peak", self.broker_peak),
            ("service_peak_mb", "service's resident memory, MB: peak", self.service_peak),
            (
                "broker_cpu_pending_percent",
                "processor, % of a core: broker, all pending",
                broker(&self.promised, &self.pending),
            ),
            ("service_cpu_pending_percent", "  service, all pending", service(&self.promised, &self.pending)),
            ("broker_cpu_firing_percent", "  broker, firing", broker(&self.pending, &self.fired)),
            ("service_cpu_firing_percent", "  service, firing", service(&self.pending, &self.fired)),
        ]
    }

    fn json(&self, count: u32) -> Value {
        let figures =
            self.figures(count).into_iter().map(|(name, _, figure)| (name.to_owned(), rounded(figure).into()));
        let mut half = serde_json::Map::from_iter(figures);
        for (name, number) in [
            ("fired", self.lateness.len()),
            ("early", self.early as usize),
            ("lost", self.lost as usize),
            ("twice", self.twice as usize),
        ] {
            half.insert(name.to_owned(), number.into());
        }
        let away: Vec<f64> = self.away.iter().map(|away| rounded(away.as_secs_f64())).collect();
        half.insert("broker_away_s".to_owned(), away.into());
        half.into()
    }

    fn write(&self, count: u32, out: &mut String) -> std::fmt::Result {
        writeln!(out, "\n{}", self.kill.title())?;
        for away in &self.away {
            writeln!(out, "  {:<44}{:>12.2}", "broker away, s", away.as_secs_f64())?;
        }
        for (_, name, figure) in self.figures(count) {
            writeln!(out, "  {name:<44}{figure:>12.2}")?;
        }
        writeln!(out, "  early {}, lost {}, twice {}", self.early, self.lost, self.twice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(millis).expect("a time")
    }

    #[track_caller]
    fn check(heard: &[(u64, i64, i64)], expected: (usize, u32, u32, u32)) {
        let order = |number| MessageId::of_stored("test", number).derive("order");
        let elapsed =
            |&(number, due, stored)| Elapsed { order_id: order(number), due_at: at(due), stored_at: at(stored) };
        let plan = Plan { count: 3, over: Duration::ZERO, lead: Duration::ZERO, kill: Kill::Nothing };
        let judged = Judged::of(Ok(heard.iter().map(elapsed).collect()), plan).expect("heard");
        assert_eq!((judged.lateness.len(), judged.early, judged.lost, judged.twice), expected);
    }

    #[test]
    fn what_is_early_lost_or_there_twice_is_counted() {
        check(&[(1, 10, 10), (2, 20, 25), (3, 30, 31)], (3, 0, 0, 0));
        check(&[(1, 10, 9), (2, 20, 25)], (1, 1, 1, 0));
        check(&[(1, 10, 11), (1, 10, 12), (1, 10, 13), (2, 20, 25), (3, 30, 31)], (3, 0, 0, 1));
    }

    #[test]
    fn durations_are_read_as_people_write_them() {
        assert_eq!(duration("60s"), Ok(Duration::from_secs(60)));
        assert_eq!(duration("1m 30s"), Ok(Duration::from_secs(90)));
        assert!(duration("-1s").is_err() && duration("soon").is_err());
    }

    #[test]
    fn they_fall_due_evenly() {
        let plan = Plan { count: 4, over: Duration::from_secs(8), lead: Duration::ZERO, kill: Kill::Nothing };
        assert_eq!((0..4).map(|number| plan.due(number).as_secs()).collect::<Vec<_>>(), [0, 2, 4, 6]);
    }
}
