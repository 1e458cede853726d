//! Waiting for what becomes of one order, by watching the log go by.

use std::sync::Arc;
use std::time::Duration;

use chassis::FeedItem;
use contracts::orders::{About, GetOrder, OrderView, Viewer};
use contracts::{OrderId, Refused, UserId};
use serde::Deserialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout, timeout_at};

use crate::Shared;

/// When nothing has been heard for so long, a look at the order itself tells whether it was missed: the request may be a
/// repeat, and what it waits for long past.
const FIRST_GLANCE: Duration = Duration::from_millis(50);
const NEXT_GLANCE: Duration = Duration::from_secs(1);
/// How long such a look may take.
const GLANCE_TIMEOUT: Duration = Duration::from_secs(1);

/// What any event of an order says, as far as it matters here.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Heard {
    #[serde(flatten)]
    pub(crate) about: About,
    #[serde(default)]
    pub(crate) claimed_by: Option<UserId>,
    #[serde(default)]
    pub(crate) was_claimed_by: Option<UserId>,
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

impl Heard {
    pub(crate) fn read(item: &FeedItem) -> Option<Self> {
        serde_json::from_slice(&item.payload).ok()
    }

    /// Whether this person takes part in the order, now or until a moment ago.
    pub(crate) fn concerns(&self, user: UserId) -> bool {
        let others = [self.about.runner_id, self.claimed_by, self.was_claimed_by];
        self.about.customer_id == user || others.contains(&Some(user))
    }
}

/// What is known about an order at one moment.
pub(crate) enum News {
    /// An event came by.
    Event(Heard),
    /// Somebody looked.
    Seen(Result<Box<OrderView>, Refused>),
}

/// Watches one order. Started before the message is sent whose consequences it waits for.
pub(crate) struct Watch<'a> {
    shared: &'a Shared,
    order_id: OrderId,
    viewer: Viewer,
    story: String,
    live: Receiver<Arc<FeedItem>>,
}

impl<'a> Watch<'a> {
    pub(crate) fn start(shared: &'a Shared, order_id: OrderId, viewer: Viewer) -> Self {
        Self { shared, order_id, viewer, story: order_id.to_string(), live: shared.feed.subscribe() }
    }

    /// Waits until `judge` makes something of the news, until the deadline, or until the gateway stops.
    pub(crate) async fn until<T>(&mut self, deadline: Instant, mut judge: impl FnMut(News) -> Option<T>) -> Option<T> {
        let mut glance = Instant::now() + FIRST_GLANCE;
        loop {
            if let Some(event) = self.next_event(glance.min(deadline)).await {
                if let Some(verdict) = judge(News::Event(event)) {
                    return Some(verdict);
                }
                continue;
            }
            if let Some(verdict) = self.look().await.and_then(&mut judge) {
                return Some(verdict);
            }
            if let Some(verdict) = self.recall().map(News::Event).find_map(&mut judge) {
                return Some(verdict);
            }
            if Instant::now() >= deadline || self.shared.shutdown.is_soft() {
                return None;
            }
            glance = Instant::now() + NEXT_GLANCE;
        }
    }

    /// The next event of the order; nothing when it is time to look for oneself.
    async fn next_event(&mut self, until: Instant) -> Option<Heard> {
        loop {
            let item = tokio::select! {
                item = timeout_at(until, self.live.recv()) => item,
                () = self.shared.shutdown.soft() => return None,
            };
            match item {
                Ok(Ok(item)) if item.correlation == self.story => match Heard::read(&item) {
                    Some(heard) => return Some(heard),
                    None => continue,
                },
                Ok(Ok(_)) => {}
                // Too much went by at once: what is waited for may have been in it.
                Ok(Err(RecvError::Lagged(_) | RecvError::Closed)) | Err(_) => return None,
            }
        }
    }

    /// What went by before anybody watched.
    fn recall(&self) -> impl Iterator<Item = Heard> {
        self.shared.feed.remembered(&self.story).into_iter().filter_map(|item| Heard::read(&item))
    }

    async fn look(&self) -> Option<News> {
        let question = GetOrder { order_id: self.order_id, viewer: self.viewer };
        let answer = timeout(GLANCE_TIMEOUT, self.shared.ask(&question)).await.ok()?.ok()?;
        Some(News::Seen(answer.map(Box::new)))
    }
}
