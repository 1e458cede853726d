//! `campusg simulate`: people order, deliver, change their minds and lose their network, over HTTP; afterwards every order
//! and every cent is accounted for.
//!
//! The platform is somebody else's (`--url`), or one of our own: this program as `campusg up`, whose clock is moved on
//! whenever all that is left waits for a deadline.
//!
//! | file | subject |
//! |---|---|
//! | `play.rs` | placing the orders, and bringing all of them to their ends |
//! | `stories.rs` | the table of what can become of an order, and what happens in each |
//! | `scene.rs` | one order: what the people in it can do, and wait for |
//! | `people.rs` | the people: signing in, requests, event streams |
//! | `time.rs` | the clock of a platform of our own |
//! | `day.rs` | when orders come |
//! | `books.rs` | audits, sums, and the comparison with Stripe's books |
//! | `report.rs` | the closing table, and what is wrong in words |

pub(crate) mod books;
pub(crate) mod day;
pub(crate) mod people;
pub(crate) mod play;
pub(crate) mod report;
mod scene;
mod stories;
pub(crate) mod time;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use chassis::{Config, Shutdown, inspect};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::live;
use crate::platform::Platform;
use crate::simulate::day::Pace;
use crate::simulate::people::{Cast, Patience};
use crate::simulate::play::{Play, Progress};
use crate::simulate::report::{Ours, Report};
use crate::simulate::time::{Hand, Time};

/// Orders a second when a day is played and nobody says how many.
const DAY_RATE: f64 = 4.0;
/// How often it says how far it is, where nobody watches.
const TELL: Duration = Duration::from_secs(5);

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
    let cast = Arc::new(Cast::sign_in(&stage.url, arguments.people, Patience::ORDINARY).await?);
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

async fn play(arguments: &Arguments, stage: &Stage, cast: &Arc<Cast>, shutdown: &Shutdown) -> anyhow::Result<Report> {
    let orders = arguments.orders as usize;
    let pace = match (arguments.day, arguments.rate) {
        (true, rate) => Pace::day(orders, rate.unwrap_or(DAY_RATE)),
        (false, Some(rate)) => Pace::Rate(rate),
        (false, None) => Pace::AsFastAsAllowed,
    };
    let (_gate, open) = watch::channel(orders);
    let play = Play {
        orders,
        seed: arguments.seed,
        people: arguments.people,
        pace,
        time: Arc::clone(&stage.time),
        cast: Arc::clone(cast),
        progress: Arc::default(),
        gate: open,
    };
    let everything = async {
        let begun = play.begin(shutdown).await;
        play.end(begun).await
    };
    let bar = Bar::new(orders);
    let played = tokio::select! {
        played = everything => played?,
        never = bar.show(&play.progress, &stage.time) => never,
    };
    let report = play.account(played, stage.stripe.as_deref()).await?;
    Ok(Report { ours: stage.ours().await?, ..report })
}

/// Where it says how far it is: in place on a terminal.
#[derive(Clone)]
pub(crate) struct Bar {
    bar: indicatif::ProgressBar,
    terminal: bool,
}

impl Bar {
    pub(crate) fn new(orders: usize) -> Self {
        let bar = indicatif::ProgressBar::new(orders as u64);
        if let Ok(style) = indicatif::ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        Self { bar, terminal: std::io::stderr().is_terminal() }
    }

    /// Says something that stays.
    pub(crate) fn say(&self, line: &str) {
        if self.terminal { self.bar.println(line) } else { eprintln!("{line}") }
    }

    /// Says how far it is, seldom where nobody watches. Never ends.
    pub(crate) async fn show(&self, progress: &Progress, time: &Time) -> ! {
        loop {
            sleep(if self.terminal { Duration::from_millis(200) } else { TELL }).await;
            let (placed, ended) = (progress.placed.load(Ordering::Relaxed), progress.ended.load(Ordering::Relaxed));
            let (at_work, waiting, ahead) = (time.at_work(), time.waiting(), time.ahead() / 60);
            let line = format!(
                "ended; {placed} placed, {at_work} under way, {waiting} waiting for a deadline, clock +{ahead} min"
            );
            if self.terminal {
                self.bar.set_position(ended as u64);
                self.bar.set_message(line);
            } else {
                eprintln!("{ended}/{} {line}", self.bar.length().unwrap_or_default());
            }
        }
    }
}
