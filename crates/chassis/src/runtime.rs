//! Puts a service on its feet: database, consumers, lanes, answers, deadlines.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::mpsc;
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
use crate::service::Service;
use crate::shutdown::Shutdown;
use crate::streams::{LOG_AGE, log_consumer};
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

/// Starts a service. Its streams and consumers must have been applied before: [`crate::streams::apply`].
///
/// # Errors
/// When a setting is bad, or the database or the broker cannot be reached.
pub async fn serve(service: Service, config: &Config, clock: &Clock) -> anyhow::Result<Running> {
    let name = service.name;
    let settings: config::Dispatcher = config.section("dispatcher")?;
    let bus = Bus::connect(&config.section("nats")?, name, clock.clone()).await?;
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
    running.tasks.spawn(forget_what_the_log_forgot(databases.clone(), clock.clone(), shutdown.clone()));
    let questions = questions::open(&bus, name, answerers, reads).await.map_err(anyhow::Error::from_boxed)?;
    running.tasks.spawn(questions.answer(shutdown.clone()));
    let partitions = bus.partitions;
    let desk = Arc::new(Desk { service, databases, sealer, clock: clock.clone(), partitions });
    let lanes: Vec<_> = (0..settings.lanes.max(1))
        .map(|_| {
            let (sender, receiver) = mpsc::channel(settings.batch);
            let lane = Lane::new(Arc::clone(&desk), bus.clone(), settings.clone(), receiver, shutdown.clone());
            running.tasks.spawn(lane.run());
            sender
        })
        .collect();
    // Twice what may be unacknowledged: a reader always has room left in its request, so nobody of a worse rank is served while
    // it is there.
    let batch = usize::try_from(settings.window).unwrap_or_default() * 2 + 2;
    let presence = Presence::new(name, settings.replica, settings.replicas);
    running.tasks.spawn(presence.clone().keep(bus.clone(), shutdown.clone()));
    for partition in 0..partitions {
        let lane = lanes[usize::from(partition) % lanes.len()].clone();
        let reader = Reader {
            bus: bus.clone(),
            consumer: log_consumer(name, partition),
            before: before(name, partition, settings.replica, settings.replicas),
            presence: presence.clone(),
            batch,
            lane,
            shutdown: shutdown.clone(),
        };
        running.tasks.spawn(reader.run());
    }
    info!(service = name, "{name} is at work");
    Ok(running)
}

/// Rows that are older than anything the log can deliver again.
async fn forget_what_the_log_forgot(databases: Databases, clock: Clock, shutdown: Shutdown) {
    const EVERY: Duration = Duration::from_secs(600);
    const AT_ONCE: u64 = 1_000;
    loop {
        tokio::select! {
            () = shutdown.soft() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        let Ok(before) = clock.now().checked_sub(LOG_AGE + LOG_AGE / 10) else { continue };
        loop {
            match journal::forget(&databases.writer, before.as_millisecond(), AT_ONCE).await {
                // The rows of one message go together, so it may be some more.
                Ok(gone) if gone >= AT_ONCE => {}
                Ok(_) => break,
                Err(error) => {
                    warn!(error = %error, "old journal rows could not be removed");
                    break;
                }
            }
        }
    }
}
