//! What every measurement stands on: a platform of its own with its database and its Stripe, in a scratch directory, and what
//! the machine under it can do.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use chassis::tally::{self, Tally, Wal};
use chassis::{Bus, Clock, Config, config, inspect, limits};
use jiff::SignedDuration;
use postgres_server::{Place, Server};
use stripe_sandbox::Sandbox;
use tokio::process::Child;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use crate::bench::crowd::Crowd;
use crate::chaos::process::lifeline;
use crate::platform::Platform;
use crate::registry::{Kind, PARTS};
use crate::{audit, live};

/// For how long each limit of the machine is measured.
const LIMIT: Duration = Duration::from_secs(1);
/// Messages under way in a pipelined publisher.
const WINDOW: usize = 256;
/// How long the platform may take to finish what an order left behind.
const SETTLE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(50);
/// As durable as it comes: the first two are the defaults, and said because they matter. Room for every service's connections, and
/// memory as whoever keeps millions of rows gives it instead of the 128 MB that it comes with: PostgreSQL's documentation begins at
/// a quarter of the machine's. deploy/SCALING.md asks for the same.
const POSTGRES: [&str; 6] = [
    "fsync=on",
    "synchronous_commit=on",
    "max_connections=400",
    "log_min_messages=warning",
    "shared_buffers=2GB",
    "max_wal_size=8GB",
];
/// Loaded, but at rest until statements are counted: counting costs time.
const COUNTER: [&str; 2] = ["shared_preload_libraries=pg_stat_statements", "pg_stat_statements.max=20000"];
/// A Stripe in the platform's own process that writes everything down and says yes at once (payments/src/stripe/recorded.rs).
pub(super) const RECORDED: &str = "recorded:{data}/stripe.log";
const COUNTER_LIBRARY: &str = "pg_stat_statements.so";

/// What the platform is to stand on; the same for every kind of measurement.
#[derive(clap::Args, Clone)]
pub(super) struct Ground {
    /// Keep the services' data in SQLite instead of a PostgreSQL of this run's own
    #[arg(long, conflicts_with = "database")]
    sqlite: bool,
    /// Use this PostgreSQL, with {service} in the address; the databases have to exist and be empty
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Go to Stripe's sandbox over HTTP for every payment, instead of recording it in the platform's process
    #[arg(long)]
    sandbox: bool,
    /// When the broker has what it acknowledged on the disk: always (survives a power cut) or 2m
    #[arg(long, default_value = "always", value_parser = ["always", "2m"])]
    sync: String,
    /// Where the scratch directory is made; it should be on a real disk [default: the system's temporary directory]
    #[arg(long, value_name = "DIR")]
    scratch: Option<PathBuf>,
}

impl Ground {
    /// When the broker has what it acknowledged on the disk.
    pub(super) fn sync(&self) -> &str {
        &self.sync
    }

    /// Refuses databases that somebody else has made.
    pub(super) fn must_be_its_own(&self, because: &str) -> anyhow::Result<()> {
        match &self.database {
            Some(_) => bail!("{because}, so --database cannot be used; it starts servers of its own, or use --sqlite"),
            None => Ok(()),
        }
    }

    /// Who answers payments, in words.
    pub(super) fn payments(&self) -> &'static str {
        if self.sandbox { "sandbox over HTTP" } else { "recorded in the platform's process" }
    }

    /// What survives, in words.
    pub(super) fn durability(&self) -> String {
        let broker = match self.sync.as_str() {
            "always" => "every acknowledged message is flushed to the disk",
            _ => {
                "acknowledged messages survive SIGKILL of everything, and of a power cut what is older than two minutes"
            }
        };
        let database = match (&self.database, self.database()) {
            (None, "PostgreSQL") => "PostgreSQL has fsync=on, synchronous_commit=on",
            (None, _) => "SQLite has synchronous=FULL",
            (Some(_), _) => "the database was not started here: its own settings decide",
        };
        format!("sync_interval {}: {broker}; {database}", self.sync)
    }

    /// Where the services keep their data, in words.
    pub(super) fn database(&self) -> &'static str {
        match (&self.database, self.sqlite) {
            (Some(url), _) if !url.starts_with("postgres") => "SQLite",
            (Some(_), _) | (None, false) => "PostgreSQL",
            (None, true) => "SQLite",
        }
    }
}

/// A platform that runs, with what it stands on. Dropping it ends all of it.
pub(super) struct Stage {
    /// The platform's processes.
    pub(super) platform: Platform,
    /// A connection to its broker.
    pub(super) bus: Bus,
    /// Its settings, as far as whoever measures needs them.
    pub(super) config: Config,
    /// Its PostgreSQL, unless it has none of its own.
    pub(super) postgres: Option<Postgres>,
    sandbox: Option<stripe_sandbox::Running>,
    sync: String,
    settings: Vec<(&'static str, String)>,
    // Dropped last, when whoever writes in it has ended.
    scratch: tempfile::TempDir,
}

/// What the machine does per second.
pub(super) struct Limits {
    /// Appends of 4 KiB that are on the disk, one by one.
    pub(super) flushes: f64,
    /// Stored messages, one by one.
    pub(super) publishes_one_by_one: f64,
    /// Stored messages with many under way.
    pub(super) publishes_pipelined: f64,
    /// Transactions of one row.
    pub(super) commits: f64,
}

impl Limits {
    /// Each with its name for scripts and for people.
    pub(super) fn named(&self) -> [(&'static str, &'static str, f64); 4] {
        [
            ("flushes", "4 KiB appends with fdatasync", self.flushes),
            ("publishes_one_by_one", "JetStream publishes, one by one", self.publishes_one_by_one),
            ("publishes_pipelined", "JetStream publishes, 256 under way", self.publishes_pipelined),
            ("commits", "database commits of one row", self.commits),
        ]
    }
}

impl Stage {
    /// Starts everything; `more` are further settings of the platform, `("gateway.rate_per_second", …)`.
    pub(super) async fn set(ground: &Ground, config: Config, more: &[(&'static str, String)]) -> anyhow::Result<Self> {
        let scratch = scratch(ground.scratch.as_deref())?;
        let data = scratch.path();
        let mut config = config.with("platform.data", data);
        // The whole crowd comes from one address.
        let mut settings = vec![("gateway.rate_per_second", "0".to_owned())];
        let postgres = match (&ground.database, ground.sqlite) {
            (None, false) => Some(Postgres::start(&config, data).await?),
            (Some(_), _) | (None, true) => None,
        };
        if let Some(url) = ground.database.clone().or_else(|| postgres.as_ref().map(Postgres::url)) {
            config = config.with("database.url", &url);
            settings.push(("database.url", url));
        }
        let sandbox = if ground.sandbox {
            // In this process: Stripe's work is not ours, so it counts with the load generator.
            Some(Sandbox::start(stripe_sandbox::Options::default()).await.context("the Stripe sandbox")?)
        } else {
            None
        };
        settings.push(("stripe.url", sandbox.as_ref().map_or_else(|| RECORDED.to_owned(), |sandbox| sandbox.url())));
        settings.push(("stripe.key", stripe_sandbox::SECRET_KEY.to_owned()));
        settings.extend(more.iter().cloned());
        eprintln!("starting the platform in {}", data.display());
        let platform = Platform::start(data, &ground.sync, &settings).await?;
        let config = config.with("nats.url", platform.nats());
        let bus = live::connect(&config, &Clock::system(), Duration::from_secs(10)).await?;
        let sync = ground.sync.clone();
        Ok(Self { platform, bus, config, postgres, sandbox, sync, settings, scratch })
    }

    /// Stops the platform, has something done to what it keeps, given its settings and its directory, and starts it again on that.
    pub(super) async fn restart(
        self,
        meanwhile: impl AsyncFnOnce(&Config, &Path) -> anyhow::Result<()>,
    ) -> anyhow::Result<Self> {
        let Self { platform, bus, config, postgres, sandbox, sync, settings, scratch } = self;
        drop(bus);
        platform.stop().await?;
        let data = scratch.path();
        meanwhile(&config, &data.join("platform")).await?;
        let platform = Platform::start(data, &sync, &settings).await?;
        let config = config.with("nats.url", platform.nats());
        let bus = live::connect(&config, &Clock::system(), Duration::from_secs(10)).await?;
        Ok(Self { platform, bus, config, postgres, sandbox, sync, settings, scratch })
    }

    /// Where everything of this run is kept.
    pub(super) fn data(&self) -> &Path {
        self.scratch.path()
    }

    /// Signs in so many customers, and as many runners.
    pub(super) async fn crowd(&self, count: u32) -> anyhow::Result<Crowd> {
        eprintln!("signing in {count} customers and as many runners");
        Crowd::sign_in(self.platform.url(), count).await
    }

    /// What the machine can do, with the broker's and the database's own settings of durability. Takes some seconds.
    pub(super) async fn limits(&self) -> anyhow::Result<Limits> {
        eprintln!("measuring the machine");
        let settings: config::Database = self.config.section("database")?;
        let directory = self.data().to_owned();
        let flushes = spawn_blocking(move || limits::flushes(&directory, LIMIT)).await??;
        let publishes =
            async |window| limits::publishes(&self.bus, window, LIMIT).await.map_err(|error| anyhow!(error));
        Ok(Limits {
            flushes,
            publishes_one_by_one: publishes(1).await?,
            publishes_pipelined: publishes(WINDOW).await?,
            commits: limits::commits(&settings, self.data(), LIMIT).await?,
        })
    }

    /// Waits until nothing is left to handle, so that the whole cost of what was done is counted and nothing else. Whether it was.
    pub(super) async fn settle(&self) -> bool {
        settle(&self.bus).await
    }

    /// Messages in the log.
    pub(super) async fn log_length(&self) -> anyhow::Result<u64> {
        inspect::log_length(&self.bus).await.map_err(|error| anyhow!(error))
    }

    /// Whether every order's money is accounted for, here and at Stripe. Nothing may be under way.
    pub(super) async fn audit(&self) -> anyhow::Result<audit::Report> {
        audit_all(&self.bus).await
    }

    /// Another connection to the platform's broker.
    pub(super) async fn connect(&self) -> anyhow::Result<Bus> {
        live::connect(&self.config, &Clock::system(), Duration::from_secs(10)).await
    }

    /// Ends everything in order, and leaves nothing behind.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        let Self { platform, postgres, sandbox, scratch, .. } = self;
        let stopped = platform.stop().await;
        if let Some(sandbox) = sandbox {
            sandbox.stop().await;
        }
        spawn_blocking(|| {
            drop(postgres);
            drop(scratch);
        })
        .await?;
        stopped
    }
}

/// Waits until a platform has nothing left to handle. Whether it has come to that.
pub(super) async fn settle(bus: &Bus) -> bool {
    let give_up = Instant::now() + SETTLE;
    while Instant::now() < give_up {
        if inspect::backlog(bus).await.is_ok_and(|backlog| backlog.is_empty()) {
            return true;
        }
        sleep(GLANCE).await;
    }
    false
}

/// Audits everything, up to now. Nothing may be under way.
pub(super) async fn audit_all(bus: &Bus) -> anyhow::Result<audit::Report> {
    let clock = Clock::system();
    // Stripe's statement is read to the second.
    let until = clock.now() + SignedDuration::from_secs(1);
    sleep(Duration::from_millis(1_100)).await;
    audit::all(bus, &clock, None, Some(until)).await
}

/// A directory that is gone with the value.
pub(super) fn scratch(parent: Option<&Path>) -> anyhow::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("campusg-bench-");
    let made = match parent {
        Some(parent) => builder.tempdir_in(parent),
        None => builder.tempdir(),
    };
    let made = made.context("the scratch directory")?;
    // PostgreSQL's user has to get at its own directory in it.
    fs::set_permissions(made.path(), fs::Permissions::from_mode(0o711))?;
    Ok(made)
}

/// A PostgreSQL of this run's own.
pub(super) struct Postgres {
    server: Server,
    counts_statements: bool,
    /// Ends the server when we are killed.
    _lifeline: Child,
}

impl Postgres {
    /// Makes one in `data`, with a database for every service.
    pub(super) async fn start(config: &Config, data: &Path) -> anyhow::Result<Self> {
        let programs = programs(config)?;
        let directory = data.join("postgres");
        eprintln!("making a PostgreSQL in {}", directory.display());
        let counts_statements = has_counter(&programs);
        let server = spawn_blocking(move || {
            fs::create_dir(&directory)?;
            let place = Place::make(&programs, &directory)?;
            place.create_databases(&services())?;
            let counter = if counts_statements { COUNTER.as_slice() } else { &[] };
            place.start(None, &[&POSTGRES, counter].concat())
        })
        .await?
        .context("PostgreSQL")?;
        let lifeline = lifeline(&format!("kill -QUIT {}", server.pid()))?;
        if counts_statements {
            tally::rest(&server.url(postgres_server::SUPERUSER)).await?;
        }
        Ok(Self { server, counts_statements, _lifeline: lifeline })
    }

    /// Its address, with `{service}` for the database's name.
    pub(super) fn url(&self) -> String {
        self.server.url("{service}")
    }

    /// What a service's tables take on the disk with their indexes, in bytes, by name.
    pub(super) async fn sizes(&self, service: &str) -> anyhow::Result<BTreeMap<String, u64>> {
        Ok(tally::sizes(&self.server.url(service)).await?)
    }

    /// What it has written into its log (WAL) so far.
    pub(super) async fn wal(&self) -> anyhow::Result<Wal> {
        Ok(tally::wal(&self.server.url(postgres_server::SUPERUSER)).await?)
    }

    /// Begins to count statements, if the installation can.
    pub(super) async fn count(&self) -> anyhow::Result<Option<Tally>> {
        if self.counts_statements {
            return Ok(Some(Tally::begin(&self.server.url(postgres_server::SUPERUSER)).await?));
        }
        Ok(None)
    }

    /// The process that looks after all others.
    pub(super) fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// The process that looks after all others, and these.
    pub(super) fn processes(&self) -> Vec<u32> {
        self.server.processes()
    }
}

/// Everything that has a database.
pub(super) fn services() -> Vec<&'static str> {
    let services = PARTS.iter().filter(|part| match part.kind {
        Kind::Service(_) => true,
        Kind::Gateway | Kind::StripeSandbox => false,
    });
    services.map(|part| part.name).collect()
}

fn programs(config: &Config) -> anyhow::Result<PathBuf> {
    let programs: PathBuf = config.section("postgres.bin")?;
    if programs.as_os_str().is_empty() {
        bail!(
            "there is no PostgreSQL to measure with: set CAMPUSG_POSTGRES__BIN to the directory of its programs \
             (/usr/lib/postgresql/<version>/bin after `apt install postgresql`; `eval \"$(cargo xtask tools)\"` sets it), \
             or name a server with --database, or measure with --sqlite"
        );
    }
    if !programs.join("initdb").is_file() {
        bail!("postgres.bin names {}, and there is no initdb in it; --sqlite does without", programs.display());
    }
    Ok(programs)
}

/// An extension of PostgreSQL's own that not every installation brings along.
fn has_counter(programs: &Path) -> bool {
    let Some(installation) = programs.parent() else { return false };
    ["lib", "lib/postgresql"].iter().any(|lib| installation.join(lib).join(COUNTER_LIBRARY).is_file())
}
