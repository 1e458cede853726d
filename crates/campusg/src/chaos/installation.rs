//! An installation of our own: broker, database, Stripe's sandbox, and a process for the gateway and for each service. What the
//! plan kills is started again by the plan; what ends by itself is noted, and started again too.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use chassis::broker::{self, Broker, Flush};
use chassis::{Bus, Clock, Config, config, streams};
use futures::FutureExt;
use postgres_server::{Place, Server};
use tokio::process::Child;
use tokio::task::spawn_blocking;

use crate::chaos::plan::{Part, With, parts};
use crate::chaos::process::{Process, lifeline, signal};
use crate::chaos::wire::Wire;
use crate::{live, registry};

/// Shorter than the longest pauses of the plan, so that what a paused service has in hand is delivered again.
const ACK_WAIT_MS: u64 = 10_000;
/// How much later than its clock the installation may notice a deadline: thousands wait at the same time.
const CLOCK_PATIENCE_MS: u64 = 3_000;
/// As shipped, and with room for the sessions of every replica.
const POSTGRES: [&str; 4] = ["fsync=on", "max_connections=300", "jit=off", "log_min_messages=warning"];
/// So long a service that was started may take until what it has printed is looked at.
const PATIENCE: Duration = Duration::from_secs(10);

/// What an installation is to be like.
pub(crate) struct Wanted {
    pub(crate) with: With,
    pub(crate) flush: Flush,
    pub(crate) replicas: u16,
    /// The programs of PostgreSQL.
    pub(crate) postgres: PathBuf,
}

/// Everything that runs.
pub(crate) struct Installation {
    directory: PathBuf,
    wanted: Wanted,
    url: String,
    settings: Vec<(String, String)>,
    broker: Broker,
    postgres: Option<Postgres>,
    sandbox: stripe_sandbox::Running,
    wires: BTreeMap<&'static str, Wire>,
    /// By the name of the part and the number of the replica; nothing while it is meant to be away.
    processes: BTreeMap<(Part, u16), Option<Process>>,
    died: Vec<String>,
    /// For what the sandbox is asked.
    pub(crate) bus: Bus,
}

struct Postgres {
    place: Place,
    port: u16,
    /// Nothing while it is meant to be away.
    running: Option<(Server, Child)>,
}

impl Installation {
    /// Starts everything in `directory`, with a clock in this file.
    pub(crate) async fn start(
        directory: &Path,
        clock: &Clock,
        wanted: Wanted,
        config: &Config,
    ) -> anyhow::Result<Self> {
        // PostgreSQL's user has to get at its own directory in it.
        fs::set_permissions(directory, fs::Permissions::from_mode(0o711))?;
        let nats = broker::find(&config.section::<String>("nats.server")?)?;
        let broker = Broker::start(&nats, &directory.join("nats"), 0, wanted.flush).await?;
        let postgres = match wanted.with {
            With::Sqlite => None,
            With::Postgres => Some(Postgres::start(directory, wanted.postgres.clone()).await?),
        };
        let listen = SocketAddr::from(([127, 0, 0, 1], broker::free_port()?));
        let url = format!("http://{listen}");
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let own = Config::defaults().with("gateway.public_url", &url);
        let sandbox = live::start_sandbox(&own, free, directory.join("stripe")).await?;
        let database = postgres.as_ref().map(Postgres::url);
        let settings = settings(directory, listen, &sandbox.url(), database, wanted.replicas)?;
        let config = settings.iter().fold(config.clone(), |config, (name, value)| match value.parse::<u64>() {
            Ok(number) => config.with(name, number),
            Err(_) => config.with(name, value),
        });
        let config = config.with("nats.url", broker.url());
        let bus = live::connect(&config, clock, PATIENCE).await?;
        let dispatcher: config::Dispatcher = config.section("dispatcher")?;
        streams::apply(&bus, &registry::services(&config)?, &dispatcher).await?;
        let mut wires = BTreeMap::new();
        let port = broker.url().rsplit(':').next().and_then(|port| port.parse().ok()).context("the broker's port")?;
        for part in parts(wanted.with).into_iter().filter(|part| part.is_ours()) {
            wires.insert(part.name(), Wire::to(port).await?);
        }
        let (directory, processes, died) = (directory.to_owned(), BTreeMap::new(), Vec::new());
        let mut installation =
            Self { directory, wanted, url, settings, broker, postgres, sandbox, wires, processes, died, bus };
        for part in parts(installation.wanted.with) {
            for replica in 0..installation.replicas(part) {
                installation.start_process(part, replica, &[])?;
            }
        }
        Ok(installation)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn stripe(&self) -> String {
        self.sandbox.url()
    }

    /// How many processes a part has.
    pub(crate) fn replicas(&self, part: Part) -> u16 {
        match part {
            Part::Service(_) => self.wanted.replicas,
            Part::Gateway => 1,
            Part::Broker | Part::Database => 0,
        }
    }

    fn start_process(&mut self, part: Part, replica: u16, more: &[(&str, &str)]) -> anyhow::Result<()> {
        let mut settings = self.settings.clone();
        let wire = self.wires.get(part.name()).context("a wire")?;
        settings.extend([("nats.url".to_owned(), wire.url()), ("dispatcher.replica".to_owned(), replica.to_string())]);
        settings.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let log = self.directory.join(format!("{}-{replica}.log", part.name()));
        let process = Process::start(&["serve", part.name(), "--no-apply"], &settings, &log)?;
        self.processes.insert((part, replica), Some(process));
        Ok(())
    }

    // --- what the plan does ------------------------------------------------------------------------------------------

    /// Ends a part at once; of several replicas the one of this number.
    pub(crate) async fn kill(&mut self, part: Part, replica: u16) -> anyhow::Result<()> {
        match part {
            Part::Broker => self.broker.kill().await?,
            Part::Database => {
                let running = self.postgres.as_mut().and_then(|postgres| postgres.running.take());
                if let Some((server, lifeline)) = running {
                    drop(lifeline);
                    spawn_blocking(|| server.kill()).await??;
                }
            }
            Part::Service(_) | Part::Gateway => {
                let process = self.processes.get_mut(&(part, replica)).and_then(Option::take);
                if let Some(process) = process {
                    process.kill().await?;
                }
            }
        }
        Ok(())
    }

    /// Starts a part again.
    pub(crate) async fn revive(&mut self, part: Part, replica: u16) -> anyhow::Result<()> {
        match part {
            Part::Broker => Ok(self.broker.restart().await?),
            Part::Database => match &mut self.postgres {
                Some(postgres) => postgres.run().await,
                None => Ok(()),
            },
            Part::Service(_) | Part::Gateway => self.start_process(part, replica, &[]),
        }
    }

    /// Kills one replica of a service and starts it so that it gets every message twice.
    pub(crate) async fn double(&mut self, service: &'static str, replica: u16) -> anyhow::Result<()> {
        let part = Part::Service(service);
        self.kill(part, replica).await?;
        self.start_process(part, replica, &[("dispatcher.deliver_twice", "true")])
    }

    pub(crate) async fn pause(&self, part: Part, replica: u16) -> anyhow::Result<()> {
        signal("STOP", &self.pids(part, replica)).await
    }

    pub(crate) async fn go_on(&self, part: Part, replica: u16) -> anyhow::Result<()> {
        signal("CONT", &self.pids(part, replica)).await
    }

    fn pids(&self, part: Part, replica: u16) -> Vec<u32> {
        match part {
            Part::Broker => self.broker.pid().into_iter().collect(),
            Part::Database => {
                let running = self.postgres.as_ref().and_then(|postgres| postgres.running.as_ref());
                running.map(|(server, _)| server.processes()).unwrap_or_default()
            }
            Part::Service(_) | Part::Gateway => {
                self.processes.get(&(part, replica)).and_then(Option::as_ref).map(Process::pid).into_iter().collect()
            }
        }
    }

    pub(crate) fn cut(&self, part: Part) {
        if let Some(wire) = self.wires.get(part.name()) {
            wire.cut();
        }
    }

    pub(crate) fn mend(&self, part: Part) {
        if let Some(wire) = self.wires.get(part.name()) {
            wire.mend();
        }
    }

    // --- what it does by itself --------------------------------------------------------------------------------------

    /// Notes what has ended by itself, and starts it again.
    pub(crate) async fn look_after(&mut self) -> anyhow::Result<()> {
        let ended = self.processes.iter_mut().filter_map(|(key, process)| Some((*key, process.as_mut()?.ended()?)));
        let ended: Vec<_> = ended.collect();
        for ((part, replica), status) in ended {
            self.died.push(format!("{} ended by itself ({status})", part.name()));
            self.start_process(part, replica, &[])?;
        }
        if self.broker.pid().is_some()
            && let Some(ended) = self.broker.ended().now_or_never()
        {
            self.died.push(format!("the broker ended by itself ({})", ended?));
            self.broker.restart().await?;
        }
        if let Some(postgres) = &mut self.postgres
            && let Some((server, _)) = &mut postgres.running
            && let Some(status) = server.ended()?
        {
            self.died.push(format!("PostgreSQL ended by itself ({status})"));
            postgres.run().await?;
        }
        Ok(())
    }

    /// What has ended by itself.
    pub(crate) fn died(&self) -> &[String] {
        &self.died
    }

    /// Lines of this level in everybody's logs, each with who wrote it.
    pub(crate) fn log_lines(&self, is: impl Fn(&str) -> bool) -> Vec<String> {
        let mut lines = Vec::new();
        for (part, replica) in self.processes.keys() {
            let log = fs::read_to_string(self.directory.join(format!("{}-{replica}.log", part.name())));
            let log = log.unwrap_or_default();
            lines.extend(log.lines().filter(|line| is(line)).map(|line| format!("{}: {line}", part.name())));
        }
        lines
    }

    /// Ends everything.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        let processes: Vec<Process> = std::mem::take(&mut self.processes).into_values().flatten().collect();
        signal("TERM", &processes.iter().map(Process::pid).collect::<Vec<_>>()).await?;
        let mut processes = processes;
        for _ in 0..500 {
            processes.retain_mut(|process| process.ended().is_none());
            if processes.is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        drop(processes);
        self.sandbox.stop().await;
        self.broker.stop().await?;
        if let Some((server, lifeline)) = self.postgres.and_then(|postgres| postgres.running) {
            drop(lifeline);
            spawn_blocking(|| drop(server)).await?;
        }
        Ok(())
    }
}

/// What every part is told; `listen` is the gateway's address.
fn settings(
    directory: &Path,
    listen: SocketAddr,
    stripe: &str,
    database: Option<String>,
    replicas: u16,
) -> anyhow::Result<Vec<(String, String)>> {
    let seal: [u8; 32] = rand::random();
    let seal: String = seal.iter().map(|byte| format!("{byte:02x}")).collect();
    let file = |name: &str| directory.join(name).display().to_string();
    let settings = [
        ("platform.data", directory.display().to_string()),
        ("database.url", database.map_or_else(|| Config::defaults().section("database.url"), Ok)?),
        ("stripe.url", stripe.to_owned()),
        ("stripe.key", stripe_sandbox::SECRET_KEY.to_owned()),
        // The sandbox's clock is moved a moment before or after the platform's.
        ("stripe.webhook_tolerance_s", "0".to_owned()),
        ("clock.file", file("clock")),
        ("clock.patience_ms", CLOCK_PATIENCE_MS.to_string()),
        ("seal.key", seal),
        ("identity.dev_key_file", file("identity.key")),
        ("gateway.listen", listen.to_string()),
        ("gateway.public_url", format!("http://{listen}")),
        // All of them come from one address.
        ("gateway.rate_per_second", "0".to_owned()),
        ("dispatcher.ack_wait_ms", ACK_WAIT_MS.to_string()),
        ("dispatcher.replicas", replicas.to_string()),
    ];
    Ok(settings.map(|(name, value)| (name.to_owned(), value)).to_vec())
}

impl Postgres {
    fn url(&self) -> String {
        format!("postgres://{}@127.0.0.1:{}/{{service}}", postgres_server::SUPERUSER, self.port)
    }

    async fn start(directory: &Path, programs: PathBuf) -> anyhow::Result<Self> {
        let directory = directory.join("postgres");
        fs::create_dir(&directory)?;
        let databases: Vec<&'static str> = parts(With::Postgres)
            .into_iter()
            .filter_map(|part| match part {
                Part::Service(name) => Some(name),
                Part::Broker | Part::Database | Part::Gateway => None,
            })
            .collect();
        let place = spawn_blocking(move || {
            let place = Place::make(&programs, &directory)?;
            place.create_databases(&databases)?;
            anyhow::Ok(place)
        });
        let (place, port) = (place.await??, broker::free_port()?);
        let mut postgres = Self { place, port, running: None };
        postgres.run().await?;
        Ok(postgres)
    }

    async fn run(&mut self) -> anyhow::Result<()> {
        self.running = None;
        let (place, port) = (self.place.clone(), self.port);
        let server = spawn_blocking(move || place.start(Some(port), &POSTGRES)).await??;
        // It may be paused when we end.
        let pid = server.pid();
        let lifeline = lifeline(&format!("kill -QUIT {pid}; kill -CONT {pid}"))?;
        self.running = Some((server, lifeline));
        Ok(())
    }
}
