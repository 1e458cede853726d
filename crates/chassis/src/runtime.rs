//! Puts a service on its feet: database, consumers, lanes, answers, deadlines.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use async_nats::jetstream::consumer::pull;
use async_nats::jetstream::{self, AckKind};
use futures::{FutureExt, StreamExt};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tracing::{debug, error, info, warn};

use crate::batch::Desk;
use crate::bus::Bus;
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::database::Databases;
use crate::dispatcher::Lane;
use crate::questions::Reads;
use crate::seal::Sealer;
use crate::service::Service;
use crate::shutdown::Shutdown;
use crate::streams::{LOG, LOG_AGE, REPLICAS_GROUP, log_consumer};
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
    // Twice what may be unacknowledged: the best-ranked replica always has a request open, so nobody else gets its messages.
    let batch = usize::try_from(settings.window).unwrap_or_default() * 2 + 2;
    for partition in 0..partitions {
        let lane = lanes[usize::from(partition) % lanes.len()].clone();
        let rank = rank(name, partition, settings.replica, settings.replicas);
        running.tasks.spawn(pull(bus.clone(), log_consumer(name, partition), rank, batch, lane, shutdown.clone()));
    }
    info!(service = name, "{name} is at work");
    Ok(running)
}

/// This replica's rank for a partition, 0 first: its place in the rendezvous order of all replicas, so that partitions spread
/// evenly and move one by one when a replica dies (architecture.md 6).
fn rank(service: &str, partition: u16, replica: u16, replicas: u16) -> usize {
    let score = |replica: u16| crate::bus::fingerprint(format!("{service}/{partition}/{replica}").as_bytes());
    let own = score(replica);
    // The broker knows ranks 0 to 9.
    (0..replicas).filter(|other| *other != replica && score(*other) > own).count().min(9)
}

/// Feeds one partition's messages to its lane until it is told to stop.
async fn pull(
    bus: Bus,
    consumer: String,
    rank: usize,
    batch: usize,
    lane: mpsc::Sender<jetstream::Message>,
    shutdown: Shutdown,
) {
    while !shutdown.is_soft() {
        if lane.is_closed() {
            error!(
                consumer,
                "the lane is gone; its messages go to another replica, or to this one when it is restarted"
            );
            return;
        }
        if rank == 0 {
            take_up(&bus, LOG, &consumer).await;
        }
        if let Err(error) = pull_once(&bus, &consumer, rank, batch, &lane, &shutdown).await {
            warn!(consumer, error = %error, "messages cannot be pulled; trying again");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// What a killed predecessor had in hand, or a lost connection carried, is delivered again at once and in order, instead of
/// after `ack_wait` and behind newer messages. Brokers before 2.14 cannot; there it comes after `ack_wait`.
pub(crate) async fn take_up(bus: &Bus, stream: &str, consumer: &str) {
    let Ok(stream) = bus.jetstream().get_stream_no_info(stream).await else { return };
    let pending = stream.consumer_info(consumer).await.is_ok_and(|info| info.num_ack_pending > 0);
    if pending && let Err(error) = stream.reset_consumer(consumer, None).await {
        debug!(consumer, error = %error, "this broker cannot reset a consumer");
    }
}

async fn pull_once(
    bus: &Bus,
    consumer: &str,
    rank: usize,
    batch: usize,
    lane: &mpsc::Sender<jetstream::Message>,
    shutdown: &Shutdown,
) -> Result<(), async_nats::Error> {
    let mut connections = bus.connections();
    connections.mark_unchanged();
    let consumer = bus.jetstream().get_consumer_from_stream::<pull::Config, _, _>(consumer, LOG).await?;
    let mut messages = consumer
        .stream()
        .max_messages_per_batch(batch)
        .expires(Duration::from_secs(30))
        .heartbeat(Duration::from_secs(5))
        .group(REPLICAS_GROUP)
        .priority(rank)
        .messages()
        .await?;
    loop {
        let next = tokio::select! {
            () = shutdown.soft() => break,
            // What was on its way when the old connection broke never came: begin again with `take_up`.
            _ = connections.changed() => return Ok(()),
            next = messages.next() => next,
        };
        match next {
            Some(Ok(message)) => {
                if lane.send(message).await.is_err() {
                    return Ok(());
                }
            }
            Some(Err(error)) => return Err(Box::new(error)),
            None => return Ok(()),
        }
    }
    // What was delivered here and not taken goes to whoever is next.
    while let Some(Some(Ok(message))) = messages.next().now_or_never() {
        message.ack_with(AckKind::Nak(None)).await?;
    }
    Ok(())
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
                Ok(AT_ONCE) => {}
                Ok(_) => break,
                Err(error) => {
                    warn!(error = %error, "old journal rows could not be removed");
                    break;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_partition_has_one_first_replica_and_all_replicas_get_some() {
        let first =
            |partition| (0..3).filter(|replica| rank("orders", partition, *replica, 3) == 0).collect::<Vec<_>>();
        let firsts: Vec<_> = (0..16).map(first).collect();
        assert!(firsts.iter().all(|replicas| replicas.len() == 1), "{firsts:?}");
        assert!((0..3).all(|replica| firsts.iter().any(|replicas| replicas == &[replica])), "{firsts:?}");
    }

    #[test]
    fn a_single_replica_is_first_everywhere() {
        assert!((0..16).all(|partition| rank("orders", partition, 0, 1) == 0));
    }
}
