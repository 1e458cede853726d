//! A live view of the log for those who only watch: the newest events, in order, from one ephemeral consumer.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use contracts::envelope;
use futures::StreamExt;
use jiff::Timestamp;
use tokio::sync::broadcast;
use tracing::debug;

use crate::bus::Bus;
use crate::redriving::Lineage;
use crate::service::route_of;
use crate::shutdown::Shutdown;
use crate::streams::LOG;

/// So many of the newest events are worth keeping for those who come back: as many as are heard of the past at the start.
pub const REMEMBERED: usize = 4_096;

/// One event of the log.
#[derive(Clone, Debug)]
pub struct FeedItem {
    /// Its place in the log.
    pub sequence: u64,
    /// When the broker stored it, by the broker's clock, UTC.
    pub stored_at: Timestamp,
    /// `orders.placed.v1`.
    pub type_name: String,
    /// The story that it belongs to.
    pub correlation: String,
    /// Its JSON.
    pub payload: Vec<u8>,
}

/// Hands every event on these subjects, for example `orders.>`, to `hear`, in the order of the log, until `shutdown` is soft:
/// first a little of the past, so that those who come back after a restart of ours can resume.
///
/// `hear` runs on the one task that reads the log and holds up everybody behind it: it must be quick.
pub fn watch(bus: Bus, subjects: Vec<String>, shutdown: Shutdown, hear: impl FnMut(FeedItem) + Send + 'static) {
    tokio::spawn(keep_watching(bus, subjects, shutdown, hear));
}

/// The same for any number of ears, each of which hears everything. Cheap to clone.
#[derive(Clone)]
pub struct Feed {
    live: broadcast::Sender<Arc<FeedItem>>,
}

impl Feed {
    /// Starts watching these subjects.
    #[must_use]
    pub fn start(bus: Bus, subjects: Vec<String>, shutdown: Shutdown) -> Self {
        let live = broadcast::channel(REMEMBERED).0;
        let ears = live.clone();
        // Nobody may be listening; that is fine.
        watch(bus, subjects, shutdown, move |item| drop(ears.send(Arc::new(item))));
        Self { live }
    }

    /// What comes from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<FeedItem>> {
        self.live.subscribe()
    }
}

async fn keep_watching(bus: Bus, subjects: Vec<String>, shutdown: Shutdown, mut hear: impl FnMut(FeedItem)) {
    let mut last = None;
    while !shutdown.is_soft() {
        if let Err(error) = watch_once(&bus, &subjects, &mut last, &shutdown, &mut hear).await {
            debug!(error = %error, "the feed was interrupted; it goes on where it was");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

async fn watch_once(
    bus: &Bus,
    subjects: &[String],
    last: &mut Option<u64>,
    shutdown: &Shutdown,
    hear: &mut impl FnMut(FeedItem),
) -> Result<(), async_nats::Error> {
    let stream = bus.jetstream().get_stream(LOG).await?;
    let newest = stream.cached_info().state.last_sequence;
    let start = last.map_or_else(|| newest.saturating_sub(REMEMBERED as u64) + 1, |last| last + 1);
    let config = pull::OrderedConfig {
        filter_subjects: subjects.to_vec(),
        deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: start.max(1) },
        ..Default::default()
    };
    let mut messages = stream.create_consumer(config).await?.messages().await?;
    loop {
        let next = tokio::select! {
            () = shutdown.soft() => return Ok(()),
            next = messages.next() => next,
        };
        let Some(message) = next.transpose()? else { return Ok(()) };
        let Ok(place) = message.info().map(|info| (info.stream_sequence, info.published.unix_timestamp_nanos())) else {
            continue;
        };
        *last = Some(place.0);
        if let Some(item) = item(place, &message) {
            hear(item);
        }
    }
}

fn item((sequence, stored_nanos): (u64, i128), message: &async_nats::jetstream::Message) -> Option<FeedItem> {
    // Whoever watches has seen it: it was put back for one service alone.
    if Lineage::of_message(message).is_some() {
        return None;
    }
    let correlation = message.headers.as_ref().and_then(|headers| headers.get(envelope::CORRELATION));
    Some(FeedItem {
        sequence,
        stored_at: Timestamp::from_nanosecond(stored_nanos).unwrap_or_default(),
        type_name: route_of(&message.subject).to_owned(),
        correlation: correlation.map(ToString::to_string).unwrap_or_default(),
        payload: message.payload.to_vec(),
    })
}
