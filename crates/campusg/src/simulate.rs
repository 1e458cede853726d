//! `campusg simulate`: people order, deliver, change their minds and lose their network, over HTTP; afterwards every order
//! and every cent is accounted for.
//!
//! The platform is somebody else's (`--url`), or one of our own: this program as `campusg up`, whose clock is moved on
//! whenever all that is left waits for a deadline.
//!
//! | file | subject |
//! |---|---|
//! | `stories.rs` | the table of what can become of an order, and what happens in each |
//! | `scene.rs` | one order: what the people in it can do, and wait for |
//! | `people.rs` | the people: signing in, requests, event streams |
//! | `time.rs` | the clock of a platform of our own |
//! | `day.rs` | when orders come |
//! | `books.rs` | audits, sums, and the comparison with Stripe's books |
//! | `report.rs` | the closing table, and what is wrong in words |

mod books;
mod day;
mod people;
mod report;
mod scene;
mod stories;
mod time;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use chassis::{Config, Shutdown, inspect};
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::live;
use crate::platform::Platform;
use crate::simulate::books::{Books, Comparison};
use crate::simulate::day::Pace;
use crate::simulate::people::{Cast, Person};
use crate::simulate::report::{Ours, Report};
use crate::simulate::scene::{Scene, Stop, Waits, ending};
use crate::simulate::stories::STORIES;
use crate::simulate::time::{Busy, Hand, Time};

/// Orders a second when a day is played and nobody says how many.
const DAY_RATE: f64 = 4.0;
/// How often it says how far it is, where nobody watches.
const TELL: Duration = Duration::from_secs(5);
/// How long books may be wrong because something is still under way.
const REST: Duration = Duration::from_secs(10);
/// How often the clock is moved on for orders that nobody looks after any more.
const LAST_DEADLINES: u32 = 50;

/// `campusg simulate`
#[derive(clap::Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", stories::mix()))]
pub struct Arguments {
    /// The platform's gateway [default: a platform of its own, gone afterwards]
    #[arg(long)]
    url: Option<String>,
    /// The sandbox that the platform at --url pays at, to compare its books
    #[arg(long, value_name = "URL", requires = "url")]
    stripe: Option<String>,
    /// Orders
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    orders: u32,
    /// Orders a second [default: as many as --people can have under way]
    #[arg(long, value_parser = rate)]
    rate: Option<f64>,
    /// Play a campus day: more orders when lectures end, five to the hour; --rate is then the day's average [4]
    #[arg(long)]
    day: bool,
    /// Customers, and as many runners
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    people: u32,
    /// What everything that is left to chance follows from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one object of JSON instead of the table
    #[arg(long)]
    json: bool,
    /// The services' databases, with {service} in it [default: SQLite in the scratch directory]
    #[arg(long, value_name = "URL", conflicts_with = "url")]
    database: Option<String>,
    /// Where the scratch directory is made [default: the system's temporary directory]
    #[arg(long, value_name = "DIR", conflicts_with = "url")]
    scratch: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  campusg simulate
  campusg simulate --orders 500 --seed 7 --json
  campusg simulate --day --orders 600 --rate 10
  campusg simulate --url http://127.0.0.1:8080 --orders 50
  campusg simulate --database 'postgres://postgres@127.0.0.1:5432/{service}'

The same seed tells the same stories; --help lists them. The first Ctrl-C ends the placing, lets everything come to its
end and prints the table; the second stops at once. At somebody else's platform the clock cannot be moved: orders that wait
for a deadline are counted as waiting. Exits with 1 when an order came to nothing, an audit fails, a message is parked, the
books are not Stripe's, or an answer was one that nobody should get; what it was is told in words.";

fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.01..=10_000.0).contains(&rate) { Ok(rate) } else { Err("must be between 0.01 and 10000".to_owned()) }
}

/// What became of one order.
struct Record {
    number: usize,
    story: usize,
    customer: Arc<Person>,
    order_id: Option<String>,
    total_cents: i64,
    waits: Waits,
    told: Result<(), Stop>,
    /// The order as it is in the end.
    last: Value,
}

/// Simulates, prints, and leaves nothing behind.
///
/// # Errors
/// When the platform cannot be started or used.
pub async fn run(arguments: Arguments, config: Config) -> anyhow::Result<ExitCode> {
    let shutdown = Shutdown::new();
    shutdown.on_signals();
    let report = tokio::select! {
        report = simulate(&arguments, config, &shutdown) => report?,
        () = shutdown.hard() => {
            eprintln!("stopped at once");
            return Ok(ExitCode::FAILURE);
        }
    };
    if arguments.json {
        println!("{}", report.json());
    } else {
        print!("{}", report.table());
    }
    Ok(if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn simulate(arguments: &Arguments, config: Config, shutdown: &Shutdown) -> anyhow::Result<Report> {
    let stage = Stage::set(arguments, config, shutdown).await?;
    eprintln!("{} people sign in at {}", arguments.people * 2, stage.url);
    let cast = Arc::new(Cast::sign_in(&stage.url, arguments.people).await?);
    let report = play(arguments, &stage, &cast, shutdown).await;
    drop(cast);
    stage.strike().await?;
    report
}

/// Where it is played.
struct Stage {
    url: String,
    stripe: Option<String>,
    time: Arc<Time>,
    platform: Option<Platform>,
    /// Removed last, when whoever writes in it has ended.
    _scratch: Option<TempDir>,
}

impl Stage {
    async fn set(arguments: &Arguments, config: Config, shutdown: &Shutdown) -> anyhow::Result<Self> {
        if let Some(url) = &arguments.url {
            let (url, stripe) = (url.trim_end_matches('/').to_owned(), arguments.stripe.clone());
            return Ok(Self { url, stripe, time: Time::new(None), platform: None, _scratch: None });
        }
        let mut scratch = tempfile::Builder::new();
        let scratch = scratch.prefix("campusg-simulate-");
        let scratch = match &arguments.scratch {
            Some(parent) => scratch.tempdir_in(parent),
            None => scratch.tempdir(),
        };
        let scratch = scratch.context("the scratch directory")?;
        let file = scratch.path().join("clock");
        let clock = Hand::clock(&file)?;
        let mut settings = vec![
            ("clock.file", file.display().to_string()),
            // Whatever the environment says: nobody's money is to be moved.
            ("stripe.url", Config::defaults().section("stripe.url")?),
            // All of them come from one address.
            ("gateway.rate_per_second", "0".to_owned()),
        ];
        settings.extend(arguments.database.clone().map(|url| ("database.url", url)));
        eprintln!("starting a platform in {}", scratch.path().display());
        let platform = Platform::start(scratch.path(), "always", &settings).await?;
        let config = config.with("nats.url", platform.nats());
        let bus = live::connect(&config, &clock, Duration::from_secs(10)).await?;
        let time = Time::new(Some(Hand::new(clock, bus, platform.stripe())?));
        if let Some(hand) = &time.hand {
            tokio::spawn(Arc::clone(hand).run(shutdown.clone()));
        }
        let (url, stripe) = (platform.url().to_owned(), Some(platform.stripe().to_owned()));
        Ok(Self { url, stripe, time, platform: Some(platform), _scratch: Some(scratch) })
    }

    /// What is known of a platform of our own only.
    async fn ours(&self) -> anyhow::Result<Option<Ours>> {
        let (Some(hand), Some(platform)) = (&self.time.hand, &self.platform) else { return Ok(None) };
        let parked = inspect::parked(&hand.bus).await.map_err(|error| anyhow!(error))?;
        Ok(Some(Ours { parked, warnings: platform.warnings(), ahead_seconds: self.time.ahead() }))
    }

    async fn strike(self) -> anyhow::Result<()> {
        match self.platform {
            Some(platform) => platform.stop().await,
            None => Ok(()),
        }
    }
}

/// How far it is.
#[derive(Default)]
struct Progress {
    placed: AtomicUsize,
    ended: AtomicUsize,
}

async fn play(arguments: &Arguments, stage: &Stage, cast: &Arc<Cast>, shutdown: &Shutdown) -> anyhow::Result<Report> {
    let orders = arguments.orders as usize;
    let pace = match (arguments.day, arguments.rate) {
        (true, rate) => Pace::day(orders, rate.unwrap_or(DAY_RATE)),
        (false, Some(rate)) => Pace::Rate(rate),
        (false, None) => Pace::AsFastAsAllowed,
    };
    let (start, progress) = (Instant::now(), Arc::new(Progress::default()));
    let everything = async {
        let mut stories = place(arguments, &pace, stage, cast, &progress, shutdown).await;
        let placing = start.elapsed();
        let moved = stage.time.conduct().await;
        stage.time.stop();
        let mut records = Vec::new();
        while let Some(record) = stories.join_next().await {
            records.push(record.context("a story")?);
        }
        records.sort_by_key(|record: &Record| record.number);
        let moved = match moved {
            Ok(()) => last_deadlines(stage, &mut records).await,
            Err(error) => Err(error),
        };
        look(&mut records).await?;
        anyhow::Ok((records, moved.err(), placing))
    };
    let (records, unmoved, placing) = tokio::select! {
        ended = everything => ended?,
        never = show(&progress, &stage.time, orders) => never,
    };
    let placed: Vec<String> = records.iter().filter_map(|record| record.order_id.clone()).collect();
    let (books, compared) = look_into_the_books(&cast.finance, &placed, stage.stripe.as_deref()).await?;
    Ok(Report {
        orders,
        seed: arguments.seed,
        people: arguments.people,
        elapsed: start.elapsed(),
        placing,
        peaks: pace.peaks(),
        whole: books::whole(&cast.finance).await?,
        tasks: books::tasks(&cast.operator, &placed).await?,
        kept: cast.promises.kept(),
        unmoved: unmoved.map(|error| format!("{error:#}")),
        records,
        books,
        compared,
        ours: stage.ours().await?,
    })
}

/// Audits and compares. A platform that cannot be seen at work may not have come to rest yet, so what is wrong is looked at
/// again for a while.
async fn look_into_the_books(
    finance: &Person,
    order_ids: &[String],
    stripe: Option<&str>,
) -> anyhow::Result<(Books, Option<Comparison>)> {
    let give_up = Instant::now() + REST;
    loop {
        let books = Books::audit(finance, order_ids).await?;
        let compared = match stripe {
            Some(stripe) => books.compare(stripe).await?,
            None => None,
        };
        let equal = compared.as_ref().is_none_or(|compared| compared.different.is_empty());
        if (equal && books.wrong.is_empty()) || Instant::now() > give_up {
            return Ok((books, compared));
        }
        sleep(REST / 20).await;
    }
}

/// Has the orders placed, each when it is due.
async fn place(
    arguments: &Arguments,
    pace: &Pace,
    stage: &Stage,
    cast: &Arc<Cast>,
    progress: &Arc<Progress>,
    shutdown: &Shutdown,
) -> JoinSet<Record> {
    // Two runs at one platform are not repeats of each other.
    let run: u64 = rand::random();
    let (start, time) = (Instant::now(), &stage.time);
    let mut stories = JoinSet::new();
    for number in 0..arguments.orders as usize {
        let due = async {
            match pace.at(number) {
                Some(after) => sleep_until(start + after).await,
                None => time.wait_for_room(arguments.people as usize).await,
            }
        };
        tokio::select! {
            biased;
            () = shutdown.soft() => break,
            () = due => {}
        }
        let story = stories::of_order(arguments.seed, number);
        let chance = stories::chance(!arguments.seed, number);
        let scene = Scene::new(cast, time, format!("sim-{run:016x}-{number}"), STORIES[story].payer, chance);
        progress.placed.fetch_add(1, Ordering::Relaxed);
        stories.spawn(tell(number, story, scene, time.begin(), Arc::clone(progress)));
    }
    stories
}

async fn tell(number: usize, story: usize, mut scene: Scene, busy: Busy, progress: Arc<Progress>) -> Record {
    let told = STORIES[story].play(&mut scene).await;
    progress.ended.fetch_add(1, Ordering::Relaxed);
    drop(busy);
    Record {
        number,
        story,
        told,
        customer: scene.customer,
        order_id: scene.order_id,
        total_cents: scene.total_cents,
        waits: scene.waits,
        last: Value::Null,
    }
}

/// Stories that failed leave orders behind: lets the deadlines of these come too.
async fn last_deadlines(stage: &Stage, records: &mut [Record]) -> anyhow::Result<()> {
    let Some(hand) = &stage.time.hand else { return Ok(()) };
    for _ in 0..LAST_DEADLINES {
        look(records).await?;
        let open = records.iter().filter(|record| !record.is_over());
        let open: Vec<&str> = open.filter_map(|record| record.order_id.as_deref()).collect();
        let Some(next) = hand.next_deadline(&open).await? else { break };
        hand.move_to(next).await?;
        hand.settle().await?;
    }
    Ok(())
}

/// Reads every order that was not over when it was read last.
async fn look(records: &mut [Record]) -> anyhow::Result<()> {
    for record in records {
        let Some(order_id) = record.order_id.as_ref().filter(|_| !record.is_over()) else { continue };
        let order = record.customer.get("look", &format!("/api/v1/orders/{order_id}")).await;
        record.last = order.map_err(|no| anyhow!("{order_id} cannot be read: {no}"))?;
    }
    Ok(())
}

impl Record {
    /// How it ended: `COMPLETED`, `CANCELLED expired`; nothing if it never began.
    fn ending(&self) -> Option<String> {
        self.order_id.as_ref().map(|_| ending(&self.last))
    }

    fn is_over(&self) -> bool {
        ["COMPLETED", "CANCELLED"].iter().any(|status| self.last["status"] == *status)
    }
}

/// Says how far it is, in place on a terminal, seldom elsewhere. Never ends.
async fn show(progress: &Progress, time: &Time, orders: usize) -> ! {
    let terminal = std::io::stderr().is_terminal();
    let bar = indicatif::ProgressBar::new(orders as u64);
    if let Ok(style) = indicatif::ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    loop {
        sleep(if terminal { Duration::from_millis(200) } else { TELL }).await;
        let (placed, ended) = (progress.placed.load(Ordering::Relaxed), progress.ended.load(Ordering::Relaxed));
        let (at_work, waiting, ahead) = (time.at_work(), time.waiting(), time.ahead() / 60);
        let line = format!(
            "ended; {placed} placed, {at_work} under way, {waiting} waiting for a deadline, clock +{ahead} min"
        );
        if terminal {
            bar.set_position(ended as u64);
            bar.set_message(line);
        } else {
            eprintln!("{ended}/{orders} {line}");
        }
    }
}
