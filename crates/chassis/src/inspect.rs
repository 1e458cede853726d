//! What is in flight, what waits and what is parked: for the testkit's `settle()` and for operators.

use std::collections::BTreeMap;

use async_nats::HeaderMap;
use async_nats::jetstream::consumer::pull::OrderedConfig;
use async_nats::jetstream::stream::{ClusterInfo, LastRawMessageErrorKind, PeerInfo, RawMessageErrorKind};
use contracts::envelope;
use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;

use crate::bus::Bus;
use crate::parking;
use crate::redriving::headers_of;
use crate::streams::{LOG, PARKED, TIMERS, log_consumer};

/// A durable consumer that has not handled everything yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// The consumer.
    pub consumer: String,
    /// Messages that it has not been delivered yet.
    pub waiting: u64,
    /// Messages that it has been delivered and has not acknowledged.
    pub in_hand: usize,
    /// The place in its stream up to which it has acknowledged everything.
    pub floor: u64,
}

/// One stored message.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its place in its stream.
    pub sequence: u64,
    /// Its subject.
    pub subject: String,
    /// Its id.
    pub id: String,
    /// The id of its cause.
    pub causation: String,
    /// The story that it belongs to.
    pub correlation: String,
    /// When it was published, UTC, if it says so.
    pub at: Option<Timestamp>,
    /// Its JSON, or null when it is none.
    pub body: serde_json::Value,
    /// For parked messages: why.
    pub reason: Option<String>,
    /// For messages that were put back: the id under which they were first given up on.
    pub redriven_of: Option<String>,
}

/// One stored message, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Its place in its stream.
    pub sequence: u64,
    /// Its subject.
    pub subject: String,
    /// Its headers, the first value of each.
    pub headers: BTreeMap<String, String>,
    /// Its bytes, which need not be JSON or even text.
    pub payload: Vec<u8>,
}

/// The consumers of the log and of parked messages that have something left to do.
///
/// # Errors
/// When the broker does not answer.
pub async fn backlog(bus: &Bus) -> Result<Vec<Backlog>, async_nats::Error> {
    let mut consumers = Vec::new();
    for stream in [LOG, PARKED] {
        let stream = bus.jetstream().get_stream(stream).await?;
        consumers.extend(stream.consumers().try_collect::<Vec<_>>().await?);
    }
    Ok(consumers
        .into_iter()
        .filter(|info| info.config.durable_name.is_some())
        .map(|info| Backlog {
            consumer: info.name,
            waiting: info.num_pending,
            in_hand: info.num_ack_pending,
            floor: info.ack_floor.stream_sequence,
        })
        .filter(|backlog| backlog.waiting > 0 || backlog.in_hand > 0)
        .collect())
}

/// How far a consumer of the log is with everything up to some message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    /// The consumer.
    pub consumer: String,
    /// Whether there is something up to there that it has not been delivered yet.
    pub waits: bool,
    /// Messages that it has been delivered and has not acknowledged; of those up to there none more than these.
    pub in_hand: usize,
}

/// The consumers of the log that have not handled everything up to this message yet.
///
/// # Errors
/// When the broker does not answer.
pub async fn behind(bus: &Bus, sequence: u64) -> Result<Vec<Behind>, async_nats::Error> {
    let stream = bus.jetstream().get_stream(LOG).await?;
    let consumers: Vec<_> = stream.consumers().try_collect().await?;
    let behind = consumers.into_iter().filter(|info| info.config.durable_name.is_some()).map(|info| Behind {
        waits: info.num_pending > 0 && info.delivered.stream_sequence < sequence,
        in_hand: if info.ack_floor.stream_sequence < sequence { info.num_ack_pending } else { 0 },
        consumer: info.name,
    });
    Ok(behind.filter(|behind| behind.waits || behind.in_hand > 0).collect())
}

/// Has the broker deliver nothing of one partition of the log to a service until this time of the system's clock.
///
/// # Errors
/// When the broker does not answer, or there is no such service.
pub async fn hold_back(bus: &Bus, service: &str, partition: u16, until: Timestamp) -> Result<(), async_nats::Error> {
    let until = async_nats::datetime::from_nanos(until.as_nanosecond())?;
    let stream = bus.jetstream().get_stream_no_info(LOG).await?;
    stream.pause_consumer(&log_consumer(service, partition), until).await?;
    Ok(())
}

/// The consumers that nobody reads from right now: their service is not running.
///
/// # Errors
/// When the broker does not answer.
pub async fn unattended(bus: &Bus) -> Result<Vec<String>, async_nats::Error> {
    let mut unattended = Vec::new();
    for stream in [LOG, TIMERS, PARKED] {
        let stream = bus.jetstream().get_stream(stream).await?;
        let consumers: Vec<_> = stream.consumers().try_collect().await?;
        let idle = consumers.into_iter().filter(|info| info.config.durable_name.is_some() && info.num_waiting == 0);
        unattended.extend(idle.map(|info| info.name));
    }
    Ok(unattended)
}

/// How many of its copies a stream or a consumer has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copies {
    /// `stream LOG` or `consumer orders-3`.
    pub of: String,
    /// The server that leads, if one does.
    pub leader: Option<String>,
    /// Copies that hold everything, the leader's among them.
    pub current: usize,
    /// Copies that there are to be.
    pub wanted: usize,
    /// The servers whose copies do not hold everything, or that are away.
    pub behind: Vec<String>,
}

impl std::fmt::Display for Copies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} has {} of {} copies up to date", self.of, self.current, self.wanted)?;
        if self.leader.is_none() {
            write!(f, ", and no leader")?;
        }
        if self.behind.is_empty() { Ok(()) } else { write!(f, "; behind: {}", self.behind.join(", ")) }
    }
}

/// How many copies every stream and every durable consumer has. A broker of its own has the one.
///
/// # Errors
/// When the broker does not answer.
pub async fn copies(bus: &Bus) -> Result<Vec<Copies>, async_nats::Error> {
    let mut all = Vec::new();
    for name in [LOG, TIMERS, PARKED] {
        let stream = bus.jetstream().get_stream(name).await?;
        let info = stream.cached_info();
        let wanted = info.config.num_replicas.max(1);
        all.push(copies_of(format!("stream {name}"), info.cluster.as_ref(), wanted));
        let consumers: Vec<_> = stream.consumers().try_collect().await?;
        let durable = consumers.into_iter().filter(|info| info.config.durable_name.is_some());
        all.extend(durable.map(|info| copies_of(format!("consumer {}", info.name), info.cluster.as_ref(), wanted)));
    }
    Ok(all)
}

fn copies_of(of: String, cluster: Option<&ClusterInfo>, wanted: usize) -> Copies {
    let Some(cluster) = cluster else { return Copies { of, leader: None, current: 1, wanted, behind: Vec::new() } };
    let leader = cluster.leader.clone().filter(|leader| !leader.is_empty());
    let is_current = |peer: &&PeerInfo| peer.current && !peer.offline;
    let current = cluster.replicas.iter().filter(is_current).count() + usize::from(leader.is_some());
    let behind = cluster.replicas.iter().filter(|peer| !is_current(peer)).map(|peer| peer.name.clone()).collect();
    Copies { of, leader, current, wanted, behind }
}

/// How many messages the log has ever stored.
///
/// # Errors
/// When the broker does not answer.
pub async fn log_length(bus: &Bus) -> Result<u64, async_nats::Error> {
    Ok(bus.jetstream().get_stream(LOG).await?.cached_info().state.last_sequence)
}

/// How many bytes the messages in the log take, each copy once.
///
/// # Errors
/// When the broker does not answer.
pub async fn log_bytes(bus: &Bus) -> Result<u64, async_nats::Error> {
    Ok(bus.jetstream().get_stream(LOG).await?.cached_info().state.bytes)
}

/// Deadlines that have not fired yet, with their due times.
///
/// # Errors
/// When the broker does not answer.
pub async fn deadlines(bus: &Bus) -> Result<Vec<(String, Timestamp)>, async_nats::Error> {
    let stored = read(bus, TIMERS).await?;
    Ok(stored.iter().filter_map(|stored| Some((stored.subject.clone(), due(stored)?))).collect())
}

/// Deadlines as they are promised and fire, for whoever looks often: each is read once.
#[derive(Debug, Default)]
pub struct Promised {
    /// Everything up to here is read.
    read_to: u64,
    /// By their places in their stream.
    known: BTreeMap<u64, (String, Timestamp)>,
}

impl Promised {
    /// Those that are known, with their due times: some of them may have fired since.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn all(&mut self, bus: &Bus) -> Result<Vec<(String, Timestamp)>, async_nats::Error> {
        self.read_on(bus).await?;
        Ok(self.known.values().cloned().collect())
    }

    /// The subjects of those that were due by `now` and have not fired yet.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn overdue(&mut self, bus: &Bus, now: Timestamp) -> Result<Vec<String>, async_nats::Error> {
        self.read_on(bus).await?;
        let stream = bus.jetstream().get_stream_no_info(TIMERS).await?;
        let due: Vec<u64> =
            self.known.iter().filter(|(_, (_, due))| *due <= now).map(|(sequence, _)| *sequence).collect();
        let mut overdue = Vec::new();
        for sequence in due {
            match stream.get_raw_message(sequence).await {
                Ok(_) => overdue.extend(self.known.get(&sequence).map(|(subject, _)| subject.clone())),
                Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => {
                    self.known.remove(&sequence);
                }
                Err(error) => return Err(Box::new(error)),
            }
        }
        Ok(overdue)
    }

    async fn read_on(&mut self, bus: &Bus) -> Result<(), async_nats::Error> {
        let (stored, last) = read_from(bus, TIMERS, self.read_to + 1).await?;
        let known = stored.iter().filter_map(|stored| Some((stored.sequence, (stored.subject.clone(), due(stored)?))));
        self.known.extend(known);
        self.read_to = last;
        Ok(())
    }
}

fn due(stored: &Stored) -> Option<Timestamp> {
    stored.body.get("due_at").and_then(|due| due.as_str()).and_then(|due| due.parse().ok())
}

/// Every time that a reaction gave up on a message, whatever came of it afterwards.
///
/// # Errors
/// When the broker does not answer.
pub async fn parked(bus: &Bus) -> Result<Vec<Stored>, async_nats::Error> {
    let mut all = read(bus, PARKED).await?;
    all.retain(|stored| stored.subject.starts_with("parked."));
    Ok(all)
}

/// A parked message as it is kept, by its place; nothing when it is not there any more.
///
/// # Errors
/// When the broker does not answer.
pub async fn whole(bus: &Bus, sequence: u64) -> Result<Option<Whole>, async_nats::Error> {
    let stream = bus.jetstream().get_stream_no_info(PARKED).await?;
    match stream.get_raw_message(sequence).await {
        Ok(message) => Ok(Some(Whole {
            sequence,
            subject: message.subject.to_string(),
            headers: headers_of(Some(&message.headers)),
            payload: message.payload.to_vec(),
        })),
        Err(error) if matches!(error.kind(), RawMessageErrorKind::NoMessageFound) => Ok(None),
        Err(error) if matches!(error.kind(), RawMessageErrorKind::JetStream(error) if error.code() == 404) => Ok(None),
        Err(error) => Err(Box::new(error)),
    }
}

/// The whole log, oldest first.
///
/// # Errors
/// When the broker does not answer.
pub async fn log(bus: &Bus) -> Result<Vec<Stored>, async_nats::Error> {
    read(bus, LOG).await
}

/// Everything that was asked and said about one key, an order for example, oldest first: its part of the log, found by the
/// broker by its subjects.
///
/// # Errors
/// When the broker does not answer.
pub async fn story(bus: &Bus, key: &str) -> Result<Vec<Stored>, async_nats::Error> {
    let filter_subjects = vec![format!("*.*.*.*.{key}"), format!("intent.*.*.*.*.*.{key}")];
    let stream = bus.jetstream().get_stream(LOG).await?;
    let reader = stream.create_consumer(OrderedConfig { filter_subjects, ..OrderedConfig::default() }).await?;
    // What comes while this is read is not waited for.
    let count = usize::try_from(reader.cached_info().num_pending).unwrap_or(usize::MAX);
    let mut messages = reader.messages().await?.take(count);
    let mut story = Vec::new();
    while let Some(message) = messages.next().await {
        let message = message?;
        let sequence = message.info()?.stream_sequence;
        story.push(stored(sequence, &message.subject, message.headers.as_ref(), &message.payload));
    }
    Ok(story)
}

fn stored(sequence: u64, subject: &str, headers: Option<&HeaderMap>, payload: &[u8]) -> Stored {
    let header = |name: &str| headers.and_then(|headers| headers.get(name)).map(ToString::to_string);
    Stored {
        sequence,
        subject: subject.to_owned(),
        id: header(envelope::ID).unwrap_or_default(),
        causation: header(envelope::CAUSATION).unwrap_or_default(),
        correlation: header(envelope::CORRELATION).unwrap_or_default(),
        at: header(envelope::TIME).and_then(|at| at.parse().ok()),
        body: serde_json::from_slice(payload).unwrap_or_default(),
        reason: header(parking::REASON),
        redriven_of: header(envelope::REDRIVEN_OF),
    }
}

async fn read(bus: &Bus, stream: &str) -> Result<Vec<Stored>, async_nats::Error> {
    Ok(read_from(bus, stream, 0).await?.0)
}

/// What is stored from this place on, and the last place there is.
async fn read_from(bus: &Bus, stream: &str, from: u64) -> Result<(Vec<Stored>, u64), async_nats::Error> {
    let mut stream = bus.jetstream().get_stream(stream).await?;
    let state = stream.info().await?.state.clone();
    // Direct reads: a work-queue stream takes no second consumer.
    let mut all = Vec::new();
    // Of an empty stream the first place is behind the last.
    let sequences: Vec<u64> = (state.first_sequence.max(from)..=state.last_sequence).collect();
    let mut reads = futures::stream::iter(sequences)
        .map(|sequence| {
            let stream = &stream;
            async move { stream.get_raw_message(sequence).await }
        })
        .buffered(64);
    while let Some(read) = reads.next().await {
        // A sequence may be gone: fired, or deleted.
        let Ok(message) = read else { continue };
        all.push(stored(message.sequence, &message.subject, Some(&message.headers), &message.payload));
    }
    Ok((all, state.last_sequence))
}

/// Stores bytes under a subject as they are, with these headers: what a careless publisher could do. For tests and repair.
///
/// # Errors
/// When the broker does not store them.
pub async fn inject(
    bus: &Bus,
    subject: &str,
    headers: &[(&str, &str)],
    payload: &[u8],
) -> Result<(), async_nats::Error> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, *value);
    }
    let stored = bus.jetstream().publish_with_headers(subject.to_owned(), map, payload.to_vec().into()).await?;
    stored.await?;
    Ok(())
}
