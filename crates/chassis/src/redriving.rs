//! Parked messages afterwards: whoever repairs them is told of each one, has it put back, and is told when it was handled.
//!
//! A message that is put back is the same message under another id, for the one service that gave up on it: every other one
//! has handled it and passes it by. It comes late, behind newer messages about the same entity; rules must bear that, as they
//! bear a deadline that comes late. It is handled once, however often it is put back: the journal keeps a row under its
//! first id too.

use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::consumer::pull;
use async_nats::jetstream::{self, AckKind};
use contracts::repairs::{MessageParked, MessageRedriven, MessageSettled};
use contracts::{Event, Message, MessageId, OrderId, RepairId, envelope};
use futures::StreamExt;
use jiff::Timestamp;
use tracing::{debug, error, warn};

use crate::bus::{Bus, BusError, Envelope};
use crate::change::Fault;
use crate::inspect::{self, Whole};
use crate::outgoing::Outgoing;
use crate::parking;
use crate::shutdown::Shutdown;
use crate::streams::{PARKED, parked_consumer};

/// How a message that was put back was handled.
const HOW: &str = "settled-how";
/// The beginning of the headers that parking adds.
const PARKED_HEADERS: &str = "parked-";

/// Characters of a reason that are told: a page of a hundred has to fit into one answer.
const REASON_LENGTH: usize = 500;

/// Where a message comes from that was put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lineage {
    /// The id under which it was first given up on.
    pub(crate) of: MessageId,
    /// For whom alone it was put back.
    pub(crate) service: String,
    /// The how manyeth time, from 1.
    pub(crate) number: u32,
}

impl Lineage {
    /// Nothing for a message that was never put back.
    pub(crate) fn read<'h>(header: impl Fn(&str) -> Option<&'h str>) -> Option<Self> {
        Some(Self {
            of: header(envelope::REDRIVEN_OF)?.parse().ok()?,
            service: header(envelope::REDRIVEN_FOR)?.to_owned(),
            number: header(envelope::REDRIVEN_NUMBER)?.parse().ok()?,
        })
    }

    pub(crate) fn of_message(message: &async_nats::Message) -> Option<Self> {
        Self::read(|name| message.headers.as_ref()?.get(name).map(|value| value.as_str()))
    }
}

/// What is published on `settled.<service>.<reaction>` when a message that was put back is done with.
pub(crate) fn settled(lineage: &Lineage, service: &str, reaction: &str, how: &str) -> Outgoing {
    let headers = [
        (envelope::REDRIVEN_OF, lineage.of.to_string()),
        (envelope::REDRIVEN_FOR, lineage.service.clone()),
        (envelope::REDRIVEN_NUMBER, lineage.number.to_string()),
        (HOW, how.to_owned()),
    ];
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Outgoing::bytes(format!("settled.{service}.{reaction}"), format!("settled.{service}"), b"", headers)
}

// --- being told ------------------------------------------------------------------------------------------------------

/// The types of what a service says that is told of parked messages.
pub(crate) fn told() -> [String; 2] {
    [MessageParked::type_name(), MessageSettled::type_name()]
}

/// Turns every parked message, and every receipt, into one event, until it is told to stop.
pub(crate) async fn tell(bus: Bus, service: &'static str, deliver_twice: bool, shutdown: Shutdown) {
    let teller = Teller { bus, service, deliver_twice, shutdown };
    while !teller.shutdown.is_soft() {
        if let Err(error) = teller.pull().await {
            warn!(service, error = %error, "parked messages cannot be read; trying again");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

struct Teller {
    bus: Bus,
    service: &'static str,
    deliver_twice: bool,
    shutdown: Shutdown,
}

impl Teller {
    /// What a killed predecessor had in hand is delivered again at once, instead of after `ack_wait`. Brokers before 2.14
    /// cannot.
    async fn take_up(&self, consumer: &str) {
        let Ok(stream) = self.bus.jetstream().get_stream_no_info(PARKED).await else { return };
        let pending = stream.consumer_info(consumer).await.is_ok_and(|info| info.num_ack_pending > 0);
        if pending && let Err(error) = stream.reset_consumer(consumer, None).await {
            debug!(consumer, error = %error, "this broker cannot reset a consumer");
        }
    }

    async fn pull(&self) -> Result<(), async_nats::Error> {
        let name = parked_consumer(self.service);
        self.take_up(&name).await;
        let consumer = self.bus.jetstream().get_consumer_from_stream::<pull::Config, _, _>(name, PARKED).await?;
        let stream = consumer.stream().expires(Duration::from_secs(30)).heartbeat(Duration::from_secs(5));
        let mut messages = stream.messages().await?;
        loop {
            let next = tokio::select! {
                () = self.shutdown.soft() => return Ok(()),
                next = messages.next() => next,
            };
            let Some(message) = next.transpose()? else { return Ok(()) };
            if let Err(error) = self.pass_on(&message).await {
                // At once instead of after `ack_wait`: nothing else is passed on meanwhile. It may not get through either.
                drop(message.ack_with(AckKind::Nak(None)).await);
                return Err(error);
            }
        }
    }

    /// Acknowledged when the broker has the event: before that, it is delivered again and the event has the same id.
    async fn pass_on(&self, message: &jetstream::Message) -> Result<(), async_nats::Error> {
        let (sequence, first) = message.info().map(|info| (info.stream_sequence, info.delivered == 1))?;
        let headers = headers_of(message.headers.as_ref());
        let notice = Notice { sequence, subject: &message.subject, headers: &headers };
        let cause = notice.id();
        if notice.is_about_itself(self.service) {
            let reason = notice.header(parking::REASON).unwrap_or_default();
            error!(
                service = self.service,
                sequence,
                subject = notice.subject,
                reason,
                "{} gave up on a message that it was told of; it stays in {PARKED} and nobody is told",
                self.service
            );
            return message.ack().await;
        }
        let correlation = notice.header(envelope::CORRELATION).unwrap_or_default();
        let envelope = Envelope {
            id: cause.caused(self.service, 0),
            at: notice.at(),
            correlation,
            cause: Some(cause),
            traceparent: notice.header(envelope::TRACEPARENT),
        };
        let says = notice.event(self.bus.partitions)?;
        self.bus.publish(&envelope, &says).await?.await?;
        let again = self.deliver_twice && first;
        message.ack_with(if again { AckKind::Nak(None) } else { AckKind::Ack }).await
    }
}

/// A message of the stream of parked ones. Whatever it lacks, something can be said about it.
struct Notice<'m> {
    sequence: u64,
    /// `parked.<service>.<reaction>` or `settled.<service>.<reaction>`.
    subject: &'m str,
    headers: &'m BTreeMap<String, String>,
}

impl Notice<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.header(name)?.parse().ok()
    }

    fn id(&self) -> MessageId {
        let id = self.header(envelope::ID).and_then(|id| id.parse().ok());
        id.unwrap_or_else(|| MessageId::of_stored(PARKED, self.sequence))
    }

    fn at(&self) -> Timestamp {
        self.header(envelope::TIME).and_then(|at| at.parse().ok()).unwrap_or_default()
    }

    fn lineage(&self) -> Option<Lineage> {
        Lineage::read(|name| self.header(name))
    }

    /// Whether whoever is told of parked messages gave up on being told. To tell of that too would have no end.
    fn is_about_itself(&self, told_service: &str) -> bool {
        let was_told = |subject: &str| told().iter().any(|told| subject.starts_with(&format!("{told}.")));
        self.subject.starts_with(&format!("parked.{told_service}."))
            && self.header(parking::SUBJECT).is_some_and(was_told)
    }

    fn event(&self, partitions: u16) -> Result<Outgoing, serde_json::Error> {
        let mut tokens = self.subject.splitn(3, '.');
        let (kind, service, reaction) = (tokens.next(), tokens.next(), tokens.next());
        let (service, reaction) = (service.unwrap_or_default(), reaction.unwrap_or_default());
        match (kind, self.lineage()) {
            (Some("settled"), Some(lineage)) => said(&self.settled(service, &lineage), partitions),
            (_, lineage) => said(&self.parked(service, reaction, lineage), partitions),
        }
    }

    fn settled(&self, service: &str, lineage: &Lineage) -> MessageSettled {
        MessageSettled {
            repair_id: RepairId::of(lineage.of, service),
            redrive: lineage.number,
            how: self.header(HOW).unwrap_or("done").to_owned(),
            at: self.at(),
        }
    }

    fn parked(&self, service: &str, reaction: &str, lineage: Option<Lineage>) -> MessageParked {
        let message_id = first_id(self.headers, self.sequence);
        let subject = self.header(parking::SUBJECT).unwrap_or_default();
        let correlation = self.header(envelope::CORRELATION).unwrap_or_default();
        MessageParked {
            repair_id: RepairId::of(message_id, service),
            message_id,
            service: service.to_owned(),
            reaction: reaction.to_owned(),
            subject: subject.to_owned(),
            correlation: correlation.to_owned(),
            cause: self.header(parking::CAUSE).and_then(|cause| cause.parse().ok()),
            order_id: correlation.parse().ok().or_else(|| order_in(subject)),
            reason: without_quotes(self.header(parking::REASON).unwrap_or("nobody says why")),
            attempts: self.number(parking::ATTEMPTS).and_then(|n| n.try_into().ok()).unwrap_or_default(),
            redrive: lineage.map_or(0, |lineage| lineage.number),
            sequence: self.sequence,
            left_out: self.header(parking::LEFT_OUT).is_some(),
            at: self.at(),
        }
    }
}

fn said<E: Event>(event: &E, partitions: u16) -> Result<Outgoing, serde_json::Error> {
    let body = serde_json::value::to_raw_value(event)?;
    Ok(Outgoing::typed(event.subject(partitions), E::type_name(), body))
}

/// The id under which a parked message was first given up on.
fn first_id(headers: &BTreeMap<String, String>, sequence: u64) -> MessageId {
    let names = [envelope::REDRIVEN_OF, parking::MESSAGE];
    let id = names.iter().find_map(|name| headers.get(*name)?.parse().ok());
    id.unwrap_or_else(|| MessageId::of_stored(PARKED, sequence))
}

fn order_in(subject: &str) -> Option<OrderId> {
    subject.split('.').find_map(|token| token.parse().ok())
}

/// What stands in quotes or backticks in a reason is mostly what was found in the message: it may be what somebody typed, and
/// events carry nothing of that kind. What was typed may have quotes in it, so everything from the first to the last one is
/// left out. The parked message has the reason whole, and at its full length.
fn without_quotes(reason: &str) -> String {
    const QUOTES: [char; 2] = ['"', '`'];
    let mut reason = reason.to_owned();
    if let (Some(first), Some(last)) = (reason.find(QUOTES), reason.rfind(QUOTES)) {
        // Of one that was cut off, only the beginning is there.
        let end = if first == last { reason.len() } else { last + 1 };
        reason.replace_range(first..end, "\"…\"");
    }
    reason.chars().take(REASON_LENGTH).collect()
}

// --- putting back ----------------------------------------------------------------------------------------------------

/// What came of putting a message back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutBack {
    /// The broker has it, now or since an earlier try.
    Stored,
    /// It is not there any more, or not whole.
    Gone,
}

/// Publishes a parked message once more where it came from, under the id that follows from its first one.
pub(crate) async fn put_back(bus: &Bus, redriven: &MessageRedriven) -> Result<PutBack, Fault> {
    let whole = inspect::whole(bus, redriven.sequence).await.map_err(Fault::away)?;
    // Another message may have this place by now if the stream was lost.
    let is_it = |whole: &Whole| first_id(&whole.headers, whole.sequence) == redriven.message_id;
    let Some(whole) = whole.filter(is_it).filter(|whole| !whole.headers.contains_key(parking::LEFT_OUT)) else {
        return Ok(PutBack::Gone);
    };
    let Some(subject) = whole.headers.get(parking::SUBJECT).cloned() else { return Ok(PutBack::Gone) };
    let id = redriven.message_id.redriven(&redriven.service, redriven.redrive);
    let headers = as_it_came(&whole, redriven, id);
    let stored = bus.jetstream().publish_with_headers(subject, headers, whole.payload.into()).await;
    let stored = stored.map_err(|error| Fault::away(BusError::Away(Box::new(error))))?.await;
    stored.map(|_| PutBack::Stored).map_err(|error| Fault::retry(BusError::Away(Box::new(error))))
}

/// Its own headers: who caused it, when it was said, whose story it belongs to. Nobody waits for its verdict any more.
fn as_it_came(whole: &Whole, redriven: &MessageRedriven, id: MessageId) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in &whole.headers {
        // What the parked message has of its own stands over what the message came with; that is kept beside it.
        let own = [envelope::ID, envelope::TYPE, envelope::SOURCE, envelope::TIME, envelope::CAUSATION];
        let is_steering = name.starts_with("Nats-") || name == envelope::VERDICT_TO;
        if !is_steering && !name.starts_with(PARKED_HEADERS) && !own.contains(&name.as_str()) {
            headers.insert(name.as_str(), value.as_str());
        }
    }
    for (kept, name) in parking::KEPT {
        if let Some(value) = whole.headers.get(kept) {
            headers.insert(name, value.as_str());
        }
    }
    let id = id.to_string();
    headers.insert(async_nats::header::NATS_MESSAGE_ID, id.as_str());
    headers.insert(envelope::ID, id.as_str());
    headers.insert(envelope::REDRIVEN_OF, redriven.message_id.to_string().as_str());
    headers.insert(envelope::REDRIVEN_FOR, redriven.service.as_str());
    headers.insert(envelope::REDRIVEN_NUMBER, redriven.redrive.to_string().as_str());
    headers.insert(envelope::REDRIVEN_BY, redriven.intent_id.to_string().as_str());
    headers
}

/// The first value of each header.
pub(crate) fn headers_of(headers: Option<&HeaderMap>) -> BTreeMap<String, String> {
    let all = headers.into_iter().flat_map(HeaderMap::iter);
    all.filter_map(|(name, values)| Some((name.to_string(), values.first()?.to_string()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_somebody_typed_is_not_in_an_event() {
        assert_eq!(
            without_quotes("invalid type: string \"Alice\", expected u32"),
            "invalid type: string \"…\", expected u32"
        );
        assert_eq!(without_quotes("nobody \"there"), "nobody \"…\"");
        assert_eq!(without_quotes("no such order"), "no such order");
        assert_eq!(
            without_quotes(r#"invalid type: string "Room 4 \"left\" door", expected u32 at line 1"#),
            "invalid type: string \"…\", expected u32 at line 1"
        );
        assert_eq!(
            without_quotes("unknown variant `my own words`, expected `step` or `fetch`"),
            "unknown variant \"…\""
        );
    }

    #[test]
    fn something_can_be_said_about_whatever_is_parked() {
        let notice = Notice { sequence: 7, subject: "parked.orders.unreadable", headers: &headers(&[]) };
        let parked = notice.parked("orders", "unreadable", notice.lineage());
        assert_eq!(parked.message_id, MessageId::of_stored(PARKED, 7));
        assert_eq!((parked.reason.as_str(), parked.redrive, parked.order_id), ("nobody says why", 0, None));
    }

    #[test]
    fn whoever_cannot_keep_what_it_is_told_is_not_told_of_that() {
        #[track_caller]
        fn check(subject: &str, original: &str, expected: bool) {
            let headers = headers(&[(parking::SUBJECT, original)]);
            let notice = Notice { sequence: 1, subject, headers: &headers };
            assert_eq!(notice.is_about_itself("repairs"), expected, "{subject} of {original}");
        }
        check("parked.repairs.keep", "repairs.message_parked.v1.3.rep_1", true);
        check("parked.repairs.settle", "repairs.message_settled.v1.3.rep_1", true);
        check("parked.repairs.put-back", "repairs.message_redriven.v1.3.rep_1", false);
        check("parked.orders.place", "intent.orders.place.v1.3.usr_1.ord_1", false);
    }

    #[test]
    fn a_message_that_is_parked_again_belongs_to_the_same_repair() {
        let first = MessageId::of_stored("LOG", 1);
        let (again, number) = (first.redriven("orders", 2).to_string(), "2");
        let headers = headers(&[
            (parking::MESSAGE, again.as_str()),
            (envelope::REDRIVEN_OF, &first.to_string()),
            (envelope::REDRIVEN_FOR, "orders"),
            (envelope::REDRIVEN_NUMBER, number),
        ]);
        let notice = Notice { sequence: 9, subject: "parked.orders.accept", headers: &headers };
        let parked = notice.parked("orders", "accept", notice.lineage());
        assert_eq!((parked.repair_id, parked.redrive), (RepairId::of(first, "orders"), 2));
    }
}
