//! Puts a service on its feet: database, consumers, lanes, answers, deadlines.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use jiff::SignedDuration;
use tokio::task::JoinSet;
use tracing::{info, warn};

use crate::batch::Desk;
use crate::bus::Bus;
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::database::Databases;
use crate::dispatcher::Lane;
use crate::presence::Presence;
use crate::questions::Reads;
use crate::reader::{Reader, before};
use crate::seal::Sealer;
use crate::service::{ForgetOld, Service};
use crate::shutdown::Shutdown;
use crate::streams::log_consumer;
use crate::{deadlines, journal, questions, redriving};

/// A service at work.
pub struct Running {
    /// Its name.
    pub name: &'static str,
    shutdown: Shutdown,
    tasks: JoinSet<()>,
}

impl Running {
    /// Stops softly and waits until everything under way is finished.
    pub async fn stop(mut self) {
        self.shutdown.soften();
        while self.tasks.join_next().await.is_some() {}
    }

    /// Stops at once, as a crash would.
    pub async fn kill(mut self) {
        self.shutdown.harden();
        self.tasks.shutdown().await;
    }
}

/// Starts a service on a connection that it shares with the others of its process. Its streams and consumers must have been
/// applied before: [`crate::streams::apply`].
///
/// # Errors
/// When a setting is bad, or the database or the broker cannot be reached.
pub async fn serve(service: Service, bus: &Bus, config: &Config, clock: &Clock) -> anyhow::Result<Running> {
    let name = service.name;
    let settings: config::Dispatcher = config.section("dispatcher")?;
    let bus = bus.named(name);
    let shutdown = Shutdown::new();
    let mut running = Running { name, shutdown: shutdown.clone(), tasks: JoinSet::new() };
    let mut service = service;
    for class in std::mem::take(&mut service.classes) {
        let watch = deadlines::watch(bus.clone(), class, clock.clone(), settings.deliver_twice, shutdown.clone());
        running.tasks.spawn(watch);
    }
    // Set once: a service is served once.
    let _ = service.bus.set(bus.clone());
    if service.told_of_parked {
        running.tasks.spawn(redriving::tell(bus.clone(), name, settings.deliver_twice, shutdown.clone()));
    }
    if service.reactions.is_empty() && service.answerers.is_empty() {
        return Ok(running);
    }
    let data: PathBuf = config.section::<config::Platform>("platform")?.data;
    let databases = Databases::open(&config.section("database")?, &data, name, service.migrations)
        .await
        .with_context(|| format!("the database of {name}"))?;
    let sealer = Sealer::from_hex(&config.section::<String>("seal.key")?)?;
    let reads = Reads::new(databases.reader.clone(), sealer.clone(), clock.clone());
    let answerers = std::mem::take(&mut service.answerers);
    let mut forgets = std::mem::take(&mut service.forgets);
    forgets.push((journal::KEPT_FOR, journal::forget));
    running.tasks.spawn(forget_the_old(forgets, databases.clone(), clock.clone(), shutdown.clone()));
    let questions = questions::open(&bus, name, answerers, reads).await.map_err(anyhow::Error::from_boxed)?;
    running.tasks.spawn(questions.answer(shutdown.clone()));
    let partitions = bus.partitions;
    let desk = Arc::new(Desk { service, databases, sealer, clock: clock.clone(), partitions });
    // Twice what may be unacknowledged: a reader always has room left in its request, so nobody of a worse rank is served while
    // it is there.
    let batch = usize::try_from(settings.window).unwrap_or_default() * 2 + 2;
    let presence = Presence::new(name, settings.replica, settings.replicas);
    running.tasks.spawn(presence.clone().keep(bus.clone(), shutdown.clone()));
    let reader = |partition| {
        let before = before(name, partition, settings.replica, settings.replicas);
        Reader::new(bus.clone(), log_consumer(name, partition), before, presence.clone(), batch, shutdown.clone())
    };
    let lanes = settings.lanes.max(1);
    for place in 0..lanes {
        let readers = (0..partitions).filter(|partition| partition % lanes == place).map(reader).collect();
        let lane = Lane::new(Arc::clone(&desk), bus.clone(), settings.clone(), shutdown.clone());
        running.tasks.spawn(lane.run(readers));
    }
    info!(service = name, "{name} is at work");
    Ok(running)
}

/// Removes what is too old, the oldest kind of row after the other: of the journal what the log can no longer deliver again, and
/// whatever else the service forgets.
async fn forget_the_old(
    forgets: Vec<(SignedDuration, ForgetOld)>,
    databases: Databases,
    clock: Clock,
    shutdown: Shutdown,
) {
    const EVERY: Duration = Duration::from_secs(600);
    const AT_ONCE: u64 = 1_000;
    loop {
        tokio::select! {
            () = shutdown.soft() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        for (age, forget) in &forgets {
            let Ok(before) = clock.now().checked_sub(*age) else { continue };
            loop {
                match forget(&databases.writer, before.as_millisecond(), AT_ONCE).await {
                    // The rows of one message go together, so it may be some more.
                    Ok(gone) if gone >= AT_ONCE => {}
                    Ok(_) => break,
                    Err(error) => {
                        warn!(error = %error, "what is old could not be removed");
                        break;
                    }
                }
            }
        }
    }
}
