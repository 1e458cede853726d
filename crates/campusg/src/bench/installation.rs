//! An installation of separate processes for measuring: brokers, a PostgreSQL, a gateway, and every service as often as wanted.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use chassis::broker::{self, Broker, Flush};
use chassis::cluster::Cluster;
use chassis::{Bus, Clock, Config, config, streams};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use crate::bench::stage::{Postgres, RECORDED, scratch, services};
use crate::chaos::process::{Process, signal};
use crate::{live, ready, registry};

const PATIENCE: Duration = Duration::from_secs(30);
/// How long everybody may take to end in order.
const END: Duration = Duration::from_secs(20);
const GLANCE: Duration = Duration::from_millis(20);
/// What people and browsers talk to; there is one, however many replicas the services have.
pub(super) const GATEWAY: &str = "gateway";

/// How large it is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    /// Of each service.
    pub(super) replicas: u16,
    /// nats-servers, and copies of every stream.
    pub(super) brokers: u16,
    /// Of the log.
    pub(super) partitions: u16,
}

/// Everything that runs. Dropping it ends all of it.
pub(super) struct Installation {
    /// Where its gateway is.
    pub(super) url: String,
    /// A connection to its brokers.
    pub(super) bus: Bus,
    /// Its PostgreSQL.
    pub(super) postgres: Postgres,
    /// By the name of the part.
    processes: Vec<(&'static str, Process)>,
    brokers: Brokers,
    // Dropped last, when whoever writes in it has ended.
    scratch: tempfile::TempDir,
}

/// A server that is alone keeps one copy without any talk of clusters, as in production.
enum Brokers {
    One(Broker),
    Many(Cluster),
}

impl Installation {
    /// Starts everything in a scratch directory, and waits until it can be used.
    pub(super) async fn start(
        size: Size,
        flush: Flush,
        parent: Option<&Path>,
        config: &Config,
    ) -> anyhow::Result<Self> {
        let scratch = scratch(parent)?;
        let data = scratch.path();
        let postgres = Postgres::start(config, data).await?;
        let program = broker::find(&config.section::<String>("nats.server")?)?;
        eprintln!("starting {} nats-servers and {} of each service in {}", size.brokers, size.replicas, data.display());
        let brokers = Brokers::start(&program, &data.join("nats"), size.brokers, flush).await?;
        let listen = SocketAddr::from(([127, 0, 0, 1], broker::free_port()?));
        let settings = settings(data, listen, &postgres.url(), &brokers.url(), size);
        let config = settings.iter().fold(config.clone(), |config, (name, value)| match value.parse::<u64>() {
            Ok(number) => config.with(name, number),
            Err(_) => config.with(name, value),
        });
        let bus = live::connect(&config, &Clock::system(), PATIENCE).await?;
        brokers.ready(&bus).await?;
        let dispatcher: config::Dispatcher = config.section("dispatcher")?;
        streams::apply(&bus, &registry::services(&config)?, &dispatcher).await?;
        brokers.current(&bus).await?;
        let mut processes = Vec::new();
        let replicated = services().into_iter().flat_map(|service| (0..size.replicas).map(move |n| (service, n)));
        for (part, replica) in replicated.chain([(GATEWAY, 0)]) {
            let mut settings = settings.clone();
            settings.push(("dispatcher.replica".to_owned(), replica.to_string()));
            let log = data.join(format!("{part}-{replica}.log"));
            processes.push((part, Process::start(&["serve", part, "--no-apply"], &settings, &log)?));
        }
        let url = format!("http://{listen}");
        let started = Self { url, bus, postgres, processes, brokers, scratch };
        ready::wait(&started.url, &started.bus, false).await?;
        Ok(started)
    }

    /// Where everything of this run is kept.
    pub(super) fn data(&self) -> &Path {
        self.scratch.path()
    }

    /// The processes of every part, by its name: the services and the gateway.
    pub(super) fn parts(&self) -> Vec<(&'static str, Vec<u32>)> {
        let names = services().into_iter().chain([GATEWAY]);
        let of = |name| self.processes.iter().filter(move |(part, _)| *part == name).map(|(_, process)| process.pid());
        names.map(|name| (name, of(name).collect())).collect()
    }

    /// The processes of the nats-servers.
    pub(super) fn brokers(&self) -> Vec<u32> {
        match &self.brokers {
            Brokers::One(broker) => broker.pid().into_iter().collect(),
            Brokers::Many(cluster) => (0..cluster.size()).filter_map(|member| cluster.pid(member)).collect(),
        }
    }

    /// Ends everything in order, and leaves nothing behind. Who had ended before is named.
    pub(super) async fn stop(mut self) -> anyhow::Result<Vec<&'static str>> {
        let mut died = Vec::new();
        for (part, process) in &mut self.processes {
            if process.ended().is_some() {
                died.push(*part);
            }
        }
        signal("TERM", &self.processes.iter().map(|(_, process)| process.pid()).collect::<Vec<_>>()).await?;
        let give_up = Instant::now() + END;
        while Instant::now() < give_up {
            self.processes.retain_mut(|(_, process)| process.ended().is_none());
            if self.processes.is_empty() {
                break;
            }
            sleep(GLANCE).await;
        }
        let Self { bus, postgres, processes, brokers, scratch, .. } = self;
        drop((bus, processes));
        brokers.stop().await?;
        spawn_blocking(|| {
            drop(postgres);
            drop(scratch);
        })
        .await?;
        Ok(died)
    }
}

impl Brokers {
    async fn start(program: &Path, data: &Path, count: u16, flush: Flush) -> anyhow::Result<Self> {
        let started = match count {
            0 | 1 => Broker::start(program, data, 0, flush).await.map(Self::One),
            many => Cluster::start(program, data, many.into(), flush).await.map(Self::Many),
        };
        started.context("nats-server")
    }

    fn url(&self) -> String {
        match self {
            Self::One(broker) => broker.url(),
            Self::Many(cluster) => cluster.url(),
        }
    }

    /// Streams can be made.
    async fn ready(&self, bus: &Bus) -> anyhow::Result<()> {
        match self {
            Self::One(_) => Ok(()),
            Self::Many(cluster) => cluster.ready(bus).await.context("the cluster"),
        }
    }

    /// Every stream and consumer has as many copies as it is to have.
    async fn current(&self, bus: &Bus) -> anyhow::Result<()> {
        match self {
            Self::One(_) => Ok(()),
            Self::Many(cluster) => cluster.current(bus).await.context("the cluster"),
        }
    }

    async fn stop(self) -> anyhow::Result<()> {
        match self {
            Self::One(mut broker) => broker.stop().await?,
            Self::Many(mut cluster) => {
                for member in 0..cluster.size() {
                    cluster.stop(member).await?;
                }
            }
        }
        Ok(())
    }
}

/// What every process is told.
fn settings(data: &Path, listen: SocketAddr, database: &str, nats: &str, size: Size) -> Vec<(String, String)> {
    let seal: [u8; 32] = rand::random();
    let settings = [
        ("platform.data", data.display().to_string()),
        ("nats.url", nats.to_owned()),
        ("nats.replicas", size.brokers.to_string()),
        ("nats.partitions", size.partitions.to_string()),
        ("database.url", database.to_owned()),
        ("stripe.url", RECORDED.to_owned()),
        ("stripe.key", stripe_sandbox::SECRET_KEY.to_owned()),
        ("seal.key", seal.iter().map(|byte| format!("{byte:02x}")).collect()),
        ("identity.dev_key_file", data.join("identity.key").display().to_string()),
        ("gateway.listen", listen.to_string()),
        ("gateway.public_url", format!("http://{listen}")),
        // The whole crowd comes from one address.
        ("gateway.rate_per_second", "0".to_owned()),
        ("dispatcher.replicas", size.replicas.to_string()),
    ];
    settings.map(|(name, value)| (name.to_owned(), value)).to_vec()
}
