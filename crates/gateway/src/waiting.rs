//! Waiting for what becomes of one order, by watching its part of the log go by.

use std::time::Duration;

use contracts::orders::{GetOrder, OrderView, Viewer};
use contracts::{OrderId, Refused};
use tokio::time::{Instant, timeout, timeout_at};

use crate::Shared;
use crate::news::Heard;
use crate::router::Hearing;

/// When nothing has been heard for so long, a look at the order itself tells whether it was missed: the request may be a
/// repeat, and what it waits for long past.
const FIRST_GLANCE: Duration = Duration::from_millis(50);
const NEXT_GLANCE: Duration = Duration::from_secs(1);
/// How long such a look may take.
const GLANCE_TIMEOUT: Duration = Duration::from_secs(1);

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
    hearing: Hearing,
}

impl<'a> Watch<'a> {
    pub(crate) fn start(shared: &'a Shared, order_id: OrderId, viewer: Viewer) -> Self {
        Self { shared, order_id, viewer, hearing: shared.router.watch(order_id) }
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
    async fn next_event(&self, until: Instant) -> Option<Heard> {
        loop {
            let event = tokio::select! {
                event = timeout_at(until, self.hearing.next()) => event,
                () = self.shared.shutdown.soft() => return None,
            };
            // If too much came at once, what is waited for may have been in it.
            let event = event.ok().flatten()?;
            if let Some(heard) = event.heard() {
                return Some(heard.clone());
            }
        }
    }

    /// What went by before anybody watched.
    fn recall(&self) -> impl Iterator<Item = Heard> {
        self.shared.router.remembered(self.order_id).into_iter().filter_map(|event| event.heard().cloned())
    }

    async fn look(&self) -> Option<News> {
        let question = GetOrder { order_id: self.order_id, viewer: self.viewer };
        let answer = timeout(GLANCE_TIMEOUT, self.shared.ask(&question)).await.ok()?.ok()?;
        Some(News::Seen(answer.map(Box::new)))
    }
}
