//! Deadlines by delayed redelivery: the broker keeps them, and delivers each one again when its time has come.
//!
//! A deadline that is not due is answered with a negative acknowledgement that carries the remaining delay. Only the oldest
//! [`DEADLINE_WINDOW`](crate::streams::DEADLINE_WINDOW) of a class are in flight; the rest wait in the stream at no cost.
//! The due time is in the message and is checked at every delivery, because after a crash the broker may deliver early.

use std::time::Duration;

use async_nats::jetstream::{self, AckKind};
use contracts::{Deadline, Message, MessageId, envelope};
use futures::StreamExt;
use jiff::Timestamp;
use tokio::task::JoinSet;
use tracing::{Instrument, Span, warn};

use crate::bus::{Bus, BusError, Envelope};
use crate::clock::Clock;
use crate::defects::{self, Defect};
use crate::failpoint::{self, Point};
use crate::outgoing::Outgoing;
use crate::parking::{Whole, parked};
use crate::redriving::{self, Lineage};
use crate::shutdown::Shutdown;
use crate::streams::{TIMERS, deadline_consumer};
use crate::{change::Fault, telemetry};

/// A deadline that is due so soon is kept in memory: the broker's timer is not that exact (jetstream.md 1.4).
const HOLD: Duration = Duration::from_secs(2);
/// How much earlier than due the broker is asked to deliver again, so that the rest is waited for in memory.
const EARLY: Duration = Duration::from_secs(1);

/// A class of deadlines, its type forgotten.
pub(crate) struct Class {
    pub(crate) name: &'static str,
    pub(crate) version: u8,
    /// The type of what is said when one elapses.
    pub(crate) elapsed: String,
    pub(crate) read: fn(&[u8], u16) -> Result<Due, Fault>,
}

pub(crate) struct Due {
    pub(crate) at: Timestamp,
    pub(crate) key: String,
    pub(crate) says: Outgoing,
}

/// What the timers service reacts to a deadline with, as a part of the id of what it says.
pub(crate) const ELAPSED: &str = "elapsed";

impl Class {
    pub(crate) fn new<D: Deadline>() -> Self {
        Self { name: D::NAME, version: D::VERSION, elapsed: D::Elapsed::type_name(), read: read::<D> }
    }
}

fn read<D: Deadline>(payload: &[u8], partitions: u16) -> Result<Due, Fault> {
    let deadline: D = serde_json::from_slice(payload).map_err(Fault::give_up)?;
    let elapsed = deadline.elapsed();
    let body = serde_json::value::to_raw_value(&elapsed).map_err(Fault::give_up)?;
    let subject = contracts::Event::subject(&elapsed, partitions);
    let says = Outgoing::typed(subject, D::Elapsed::type_name(), body);
    Ok(Due { at: deadline.due_at(), key: deadline.key().to_string(), says })
}

/// Watches over one class until it is told to stop.
pub(crate) async fn watch(bus: Bus, class: Class, clock: Clock, deliver_twice: bool, shutdown: Shutdown) {
    let watcher = Watcher { bus, name: class.name, read: class.read, clock, deliver_twice, shutdown };
    let mut in_hand = JoinSet::new();
    while !watcher.shutdown.is_soft() {
        if let Err(error) = watcher.pull(&mut in_hand).await {
            warn!(class = class.name, error = %error, "deadlines cannot be read; trying again");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    while in_hand.join_next().await.is_some() {}
    watcher.bus.flush(HOLD).await;
}

#[derive(Clone)]
struct Watcher {
    bus: Bus,
    name: &'static str,
    read: fn(&[u8], u16) -> Result<Due, Fault>,
    clock: Clock,
    deliver_twice: bool,
    shutdown: Shutdown,
}

impl Watcher {
    async fn pull(&self, in_hand: &mut JoinSet<()>) -> Result<(), async_nats::Error> {
        use async_nats::jetstream::consumer::pull::Config;
        let consumer =
            self.bus.jetstream().get_consumer_from_stream::<Config, _, _>(deadline_consumer(self.name), TIMERS).await?;
        let mut messages = consumer
            .stream()
            .max_messages_per_batch(128)
            .expires(Duration::from_secs(30))
            .heartbeat(Duration::from_secs(2))
            .messages()
            .await?;
        loop {
            tokio::select! {
                () = self.shutdown.soft() => return Ok(()),
                Some(_) = in_hand.join_next() => {}
                next = messages.next() => match next {
                    Some(Ok(message)) => {
                        let watcher = self.clone();
                        in_hand.spawn(async move { watcher.look_at(message).await });
                    }
                    Some(Err(error)) => return Err(Box::new(error)),
                    None => return Ok(()),
                },
            }
        }
    }

    async fn look_at(&self, message: jetstream::Message) {
        let due = match (self.read)(&message.payload, self.bus.partitions) {
            Ok(due) => due,
            Err(fault) => return self.park(&message, &fault).await,
        };
        if defects::has(Defect::DeadlinesInMemory) {
            acknowledge(&message, AckKind::Ack).await;
            tokio::select! {
                () = self.shutdown.soft() => return,
                () = self.clock.sleep_until(due.at) => {}
            }
        }
        let remaining = self.clock.until(due.at).filter(|_| !defects::has(Defect::FireAtOnce));
        if let Some(remaining) = remaining {
            let patience = self.clock.patience(remaining);
            if patience < remaining {
                return acknowledge(&message, AckKind::Nak(Some(patience))).await;
            }
            if remaining > HOLD {
                return acknowledge(&message, AckKind::Nak(Some(remaining - EARLY))).await;
            }
            tokio::select! {
                () = self.shutdown.soft() => return acknowledge(&message, AckKind::Nak(None)).await,
                () = self.clock.sleep_until(due.at) => {}
            }
        }
        self.fire(&message, due).await;
    }

    /// Says that the time has come. When that fails, the broker delivers the deadline again.
    async fn fire(&self, message: &jetstream::Message, due: Due) {
        let (id, sequence, first) = origin(message);
        let traceparent = header(message, envelope::TRACEPARENT);
        let span = telemetry::fire_span(self.name, traceparent);
        failpoint::pass_deadline(self.name, Point::Pulled);
        let said = self.tell(message, id, &due).instrument(span.clone()).await;
        match said {
            Ok(()) => {
                failpoint::pass_deadline(self.name, Point::Published);
                let again = self.deliver_twice && first;
                let last_step = failpoint::last_step().await;
                acknowledge(message, if again { AckKind::Nak(None) } else { AckKind::Ack }).await;
                if let Some(last_step) = last_step {
                    self.bus.flush(HOLD).await;
                    last_step.end_deadline(self.name);
                }
            }
            Err(error) => {
                warn!(class = self.name, sequence, error = %error, "a deadline could not be told; it comes again")
            }
        }
    }

    async fn tell(&self, message: &jetstream::Message, id: MessageId, due: &Due) -> Result<(), BusError> {
        let lineage = Lineage::of_message(message);
        // However often it was put back, its time comes once.
        let elapsed = lineage.as_ref().map_or(id, |lineage| lineage.of).caused(ELAPSED, 0);
        if !(self.is_beyond_the_window(due) && self.bus.has_stored(&due.says.subject, elapsed).await?) {
            self.say(elapsed, id, &due.key, &due.says).await?;
        }
        let Some(lineage) = lineage else { return Ok(()) };
        let receipt = redriving::settled(&lineage, "timers", self.name, "done");
        self.say(id.caused("settled", 0), id, &due.key, &receipt).await
    }

    /// Whether it may have been told so long ago that the broker would not recognise it: a broker that is killed may forget
    /// that a deadline was acknowledged, and deliver it again at every start. Half the window, as in the dispatcher.
    fn is_beyond_the_window(&self, due: &Due) -> bool {
        let late = Duration::try_from(self.clock.now().duration_since(due.at));
        late.is_ok_and(|late| late > self.bus.duplicate_window / 2)
    }

    async fn say(&self, id: MessageId, cause: MessageId, correlation: &str, says: &Outgoing) -> Result<(), BusError> {
        let traceparent = telemetry::traceparent(&Span::current());
        let traceparent = traceparent.as_deref();
        let envelope = Envelope { id, at: self.clock.now(), correlation, cause: Some(cause), traceparent };
        let stored = self.bus.publish(&envelope, says).await?;
        stored.await.map(drop).map_err(|error| BusError::Away(Box::new(error)))
    }

    async fn park(&self, message: &jetstream::Message, fault: &Fault) {
        let (id, sequence, _) = origin(message);
        warn!(class = self.name, sequence, error = %fault, "a deadline that cannot be read is parked");
        let whole = Whole {
            id,
            subject: &message.subject,
            stream: TIMERS,
            sequence,
            payload: &message.payload,
            headers: message.headers.as_ref(),
        };
        let outgoing = parked(&whole, "timers", self.name, &fault.to_string(), 1);
        let correlation = header(message, envelope::CORRELATION).unwrap_or_default().to_owned();
        if self.say(id.caused("park", 0), id, &correlation, &outgoing).await.is_ok() {
            acknowledge(message, AckKind::Ack).await;
        }
    }
}

fn origin(message: &jetstream::Message) -> (MessageId, u64, bool) {
    let (sequence, first) = message.info().map_or((0, true), |info| (info.stream_sequence, info.delivered == 1));
    let id = header(message, envelope::ID).and_then(|id| id.parse().ok());
    (id.unwrap_or_else(|| MessageId::of_stored(TIMERS, sequence)), sequence, first)
}

fn header<'m>(message: &'m jetstream::Message, name: &str) -> Option<&'m str> {
    message.headers.as_ref().and_then(|headers| headers.get(name)).map(|value| value.as_str())
}

async fn acknowledge(message: &jetstream::Message, kind: AckKind) {
    if let Err(error) = message.ack_with(kind).await {
        warn!(error = %error, "an acknowledgement could not be sent; the message comes again");
    }
}
