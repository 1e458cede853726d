//! A live view of the log for those who only watch: the newest events, in order, from one ephemeral consumer.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use contracts::envelope;
use futures::StreamExt;
use tokio::sync::broadcast;
use tracing::debug;

use crate::bus::Bus;
use crate::redriving::Lineage;
use crate::service::route_of;
use crate::shutdown::Shutdown;
use crate::streams::LOG;

/// Events that are remembered for those who come back.
const REMEMBERED: usize = 4_096;

/// One event of the log.
#[derive(Clone, Debug)]
pub struct FeedItem {
    /// Its place in the log.
    pub sequence: u64,
    /// `orders.placed.v1`.
    pub type_name: String,
    /// The story that it belongs to.
    pub correlation: String,
    /// Its JSON.
    pub payload: Vec<u8>,
}

/// The newest events. Cheap to clone.
#[derive(Clone)]
pub struct Feed {
    live: broadcast::Sender<Arc<FeedItem>>,
    recent: Arc<Mutex<VecDeque<Arc<FeedItem>>>>,
}

/// What was missed, and what comes from now on.
pub type Resumed = (Vec<Arc<FeedItem>>, broadcast::Receiver<Arc<FeedItem>>);

/// The asker was away too long: what they missed is not remembered any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooOld;

impl Feed {
    /// Starts watching these subjects, for example `orders.>`.
    #[must_use]
    pub fn start(bus: Bus, subjects: Vec<String>, shutdown: Shutdown) -> Self {
        let feed = Self { live: broadcast::channel(REMEMBERED).0, recent: Arc::default() };
        tokio::spawn(feed.clone().watch(bus, subjects, shutdown));
        feed
    }

    /// What comes from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<FeedItem>> {
        self.live.subscribe()
    }

    /// What came after `sequence`, and what comes from now on.
    ///
    /// # Errors
    /// When that is longer ago than is remembered.
    pub fn resume(&self, sequence: u64) -> Result<Resumed, TooOld> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let live = self.live.subscribe();
        // A place beyond the newest is one in another log: that of before the data was lost or restored.
        let newest = recent.back().map_or(0, |item| item.sequence);
        match recent.front() {
            Some(oldest) if oldest.sequence <= sequence.saturating_add(1) && sequence <= newest => {
                Ok((recent.iter().filter(|item| item.sequence > sequence).cloned().collect(), live))
            }
            Some(_) | None => Err(TooOld),
        }
    }

    /// What is still remembered of one story, oldest first.
    #[must_use]
    pub fn remembered(&self, correlation: &str) -> Vec<Arc<FeedItem>> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.iter().filter(|item| item.correlation == correlation).cloned().collect()
    }

    async fn watch(self, bus: Bus, subjects: Vec<String>, shutdown: Shutdown) {
        let mut last = None;
        while !shutdown.is_soft() {
            if let Err(error) = self.watch_once(&bus, &subjects, &mut last, &shutdown).await {
                debug!(error = %error, "the feed was interrupted; it goes on where it was");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }

    async fn watch_once(
        &self,
        bus: &Bus,
        subjects: &[String],
        last: &mut Option<u64>,
        shutdown: &Shutdown,
    ) -> Result<(), async_nats::Error> {
        let stream = bus.jetstream().get_stream(LOG).await?;
        let newest = stream.cached_info().state.last_sequence;
        // A little of the past, so that those who come back after a restart of ours can resume.
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
            let Ok(sequence) = message.info().map(|info| info.stream_sequence) else { continue };
            *last = Some(sequence);
            self.take(sequence, &message);
        }
    }

    fn take(&self, sequence: u64, message: &async_nats::jetstream::Message) {
        // Whoever watches has seen it: it was put back for one service alone.
        if Lineage::of_message(message).is_some() {
            return;
        }
        let correlation = message.headers.as_ref().and_then(|headers| headers.get(envelope::CORRELATION));
        let item = Arc::new(FeedItem {
            sequence,
            type_name: route_of(&message.subject).to_owned(),
            correlation: correlation.map(ToString::to_string).unwrap_or_default(),
            payload: message.payload.to_vec(),
        });
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() == REMEMBERED {
            recent.pop_front();
        }
        recent.push_back(Arc::clone(&item));
        // Nobody may be watching; that is fine.
        drop(self.live.send(item));
    }
}
