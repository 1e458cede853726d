//! The connection to the broker: publishing with an envelope, asking, intending.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::context::PublishAckFuture;
use async_nats::{Client, HeaderMap};
use contracts::{Intent, MessageId, Principal, Question, Refused, Verdict, envelope};
use futures::StreamExt;
use jiff::Timestamp;
use tokio::sync::{oneshot, watch};
use tracing::{Span, debug, warn};

use crate::clock::Clock;
use crate::config;
use crate::outgoing::Outgoing;
use crate::questions::{self, GetVerdict, KnownVerdict, Reply};
use crate::staff::{ListStaffActions, StaffAction};
use crate::streams::{PARKED, stream_of};
use crate::telemetry;

/// How long a question may go unanswered.
const ASK_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a verdict is looked for even when its asker does not want to wait.
const LOOK: Duration = Duration::from_millis(250);
/// Commands that a connection takes before whoever gives it one waits: what all services of a process have in hand, and more,
/// so that none waits behind the others while the broker is away.
const COMMANDS: usize = 16_384;
/// Among so many of the newest parked messages one is looked for before it is stored again.
const LOOKED_THROUGH: u64 = 100;

/// A connection to the broker, used in one name; those of one process share it ([`Bus::named`]). Cheap to clone.
#[derive(Clone)]
pub struct Bus {
    client: Client,
    jetstream: jetstream::Context,
    clock: Clock,
    source: Arc<str>,
    verdicts: Verdicts,
    /// Counts how often the connection was made.
    connections: watch::Receiver<u64>,
    /// Whether there is one.
    up: watch::Receiver<bool>,
    /// Partitions of the log.
    pub partitions: u16,
    /// Copies that each stream keeps.
    pub replicas: usize,
    /// How long the broker itself recognises a message that it is given again.
    pub duplicate_window: Duration,
}

/// Why the broker did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// No connection, or no acknowledgement in time. Whether the message was stored is not known; sending it again under the
    /// same id is safe.
    #[error("the broker did not answer")]
    Away(#[source] async_nats::Error),
    /// Nobody answers this question right now.
    #[error("nobody answers {0} right now")]
    NobodyAnswers(String),
    /// The answer could not be read.
    #[error("the answer to {0} could not be read")]
    Garbled(String, #[source] serde_json::Error),
    /// The message is larger than the broker takes.
    #[error("the message is too large")]
    TooLarge,
}

/// What became of an intent within the time that its sender waited.
#[derive(Clone, Debug, PartialEq)]
pub enum Intended {
    /// Stored; it will be handled.
    Stored,
    /// Handled.
    Decided(Verdict),
}

impl Bus {
    /// Connects, waiting until the broker is there.
    ///
    /// # Errors
    /// When the address or the credentials make no sense.
    pub async fn connect(settings: &config::Nats, source: &str, clock: Clock) -> Result<Self, BusError> {
        let (made, connections) = watch::channel(0);
        let (is_up, up) = watch::channel(false);
        let mut options = async_nats::ConnectOptions::new()
            .name(source)
            .retry_on_initial_connect()
            .max_reconnects(None)
            .reconnect_delay_callback(|attempts| Duration::from_millis(20 << attempts.min(5)))
            .ping_interval(Duration::from_secs(10))
            .client_capacity(COMMANDS)
            .event_callback(move |event| {
                debug!(%event, "broker connection");
                if event == async_nats::Event::Connected {
                    is_up.send_replace(true);
                    made.send_modify(|count| *count += 1);
                } else if event == async_nats::Event::Disconnected {
                    is_up.send_replace(false);
                }
                std::future::ready(())
            });
        if !settings.credentials.is_empty() {
            options = options
                .credentials_file(&settings.credentials)
                .await
                .map_err(|error| BusError::Away(Box::new(error)))?;
        }
        let servers: Vec<&str> = settings.url.split(',').map(str::trim).collect();
        let client = options.connect(servers).await.map_err(|error| BusError::Away(Box::new(error)))?;
        let jetstream = jetstream::context::ContextBuilder::new()
            .ack_timeout(Duration::from_millis(settings.ack_timeout_ms))
            .max_ack_inflight(8_192)
            .backpressure_on_inflight(true)
            .build(client.clone());
        Ok(Self {
            verdicts: Verdicts::listen(&client).await?,
            connections,
            up,
            client,
            jetstream,
            clock,
            source: source.into(),
            partitions: settings.partitions,
            replicas: settings.replicas,
            duplicate_window: settings.duplicate_window(),
        })
    }

    /// The same connection in the name of somebody else: of a service, which says what it says in it. Every connection is a
    /// task here and two goroutines at the broker that somebody has to wake, so a process has one.
    #[must_use]
    pub fn named(&self, source: &str) -> Self {
        Self { source: source.into(), ..self.clone() }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn jetstream(&self) -> &jetstream::Context {
        &self.jetstream
    }

    /// Changes whenever the connection is made again.
    pub(crate) fn connections(&self) -> watch::Receiver<u64> {
        self.connections.clone()
    }

    /// Comes when the connection is lost; at once while there is none.
    pub async fn lost(&self) {
        // An error says that nobody makes connections any more, so there is none.
        drop(self.up.clone().wait_for(|up| !up).await);
    }

    /// Whether the connection is up right now.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.client.connection_state() == async_nats::connection::State::Connected
    }

    /// Whether the broker answers within `patience`: a connection that is up may lead to one that is frozen.
    pub async fn answers(&self, patience: Duration) -> bool {
        self.is_connected()
            && tokio::time::timeout(patience, self.jetstream.query_account()).await.is_ok_and(|answer| answer.is_ok())
    }

    /// Sends what is still in the connection's buffers, if there is a connection within `patience`.
    pub async fn flush(&self, patience: Duration) {
        drop(tokio::time::timeout(patience, self.client.flush()).await);
    }

    /// Publishes one message; its acknowledgement is awaited with the returned future.
    pub(crate) async fn publish(
        &self,
        envelope: &Envelope<'_>,
        message: &Outgoing,
    ) -> Result<PublishAckFuture, BusError> {
        let headers = self.headers(envelope, message);
        self.jetstream
            .publish_with_headers(message.subject.clone(), headers, message.payload().into())
            .await
            .map_err(publish_error)
    }

    /// Whether a message with this id is stored, on this subject. Asked of the stream's leader: another copy might not know
    /// of it yet. A deadline that has fired is not there any more, and of what is parked only the newest is looked through:
    /// it has few subjects and many messages, and a second copy has the same id, as has what is said of it.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub(crate) async fn has_stored(&self, subject: &str, id: MessageId) -> Result<bool, BusError> {
        use async_nats::jetstream::stream::LastRawMessageErrorKind::NoMessageFound;
        let away = |error: async_nats::Error| BusError::Away(error);
        let name = stream_of(subject);
        let stream = self.jetstream.get_stream_no_info(name).await.map_err(|error| away(Box::new(error)))?;
        let mut from = 1;
        if name == PARKED {
            let last = stream.get_info().await.map_err(|error| away(Box::new(error)))?.state.last_sequence;
            from = last.saturating_sub(LOOKED_THROUGH).max(1);
        }
        let id = id.to_string();
        loop {
            match stream.get_first_raw_message_by_subject(subject, from).await {
                Ok(found) if found.headers.get(envelope::ID).is_some_and(|known| known.as_str() == id) => {
                    return Ok(true);
                }
                Ok(found) => from = found.sequence + 1,
                Err(error) if error.kind() == NoMessageFound => return Ok(false),
                Err(error) => return Err(away(Box::new(error))),
            }
        }
    }

    fn headers(&self, envelope: &Envelope<'_>, message: &Outgoing) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in &message.headers {
            headers.insert(name.as_str(), value.as_str());
        }
        let id = envelope.id.to_string();
        headers.insert(async_nats::header::NATS_MESSAGE_ID, id.as_str());
        headers.insert(envelope::ID, id.as_str());
        headers.insert(envelope::SPEC_VERSION, "1.0");
        headers.insert(envelope::TYPE, message.type_name.as_str());
        headers.insert(envelope::SOURCE, &*self.source);
        headers.insert(envelope::TIME, envelope.at.to_string().as_str());
        headers.insert(envelope::CORRELATION, envelope.correlation);
        if let Some(cause) = envelope.cause {
            headers.insert(envelope::CAUSATION, cause.to_string().as_str());
        }
        if let Some(traceparent) = envelope.traceparent {
            headers.insert(envelope::TRACEPARENT, traceparent);
        }
        headers
    }

    /// Asks the owner of an intent to do something, under an id that makes asking again the same request, and waits up to
    /// `wait` for the verdict.
    ///
    /// # Errors
    /// When it could not be stored, or it is not known whether it was.
    pub async fn intend<I: Intent>(
        &self,
        principal: &Principal,
        id: MessageId,
        intent: &I,
        wait: Duration,
    ) -> Result<Intended, BusError> {
        let deadline = tokio::time::Instant::now() + wait;
        let body = serde_json::value::to_raw_value(intent).map_err(|error| BusError::Garbled(I::type_name(), error))?;
        let fingerprint = fingerprint(body.get().as_bytes());
        let message = Outgoing::typed(intent.subject(principal, self.partitions), I::type_name(), body);
        let key = intent.key().to_string();
        let traceparent = telemetry::traceparent(&Span::current());
        let envelope =
            Envelope { id, at: self.clock.now(), correlation: &key, cause: None, traceparent: traceparent.as_deref() };
        let mut headers = self.headers(&envelope, &message);
        let (inbox, verdict) = self.verdicts.expect();
        headers.insert(envelope::VERDICT_TO, inbox.subject.as_str());
        let publish = self.jetstream.publish_with_headers(message.subject.clone(), headers, message.payload().into());
        let stored = publish.await.map_err(publish_error)?.await.map_err(publish_error)?;
        if stored.duplicate {
            // The log has it already, so the owner will not see it again and has told its verdict to somebody else.
            return Ok(self.verdict_on(I::OWNER, id, fingerprint, deadline).await);
        }
        match tokio::time::timeout_at(deadline, verdict).await {
            Ok(Ok(verdict)) => Ok(Intended::Decided(verdict)),
            Ok(Err(_)) | Err(_) => Ok(Intended::Stored),
        }
    }

    /// The verdict on an intent that was stored before; looked for at least once, until `deadline`.
    async fn verdict_on(
        &self,
        owner: &str,
        id: MessageId,
        fingerprint: i64,
        deadline: tokio::time::Instant,
    ) -> Intended {
        let subject = format!("ask.{owner}.verdict.v1");
        let question = serde_json::to_vec(&GetVerdict { message_id: id, fingerprint }).unwrap_or_default();
        let mut pause = Duration::from_millis(5);
        loop {
            let asked = self.request::<KnownVerdict>(&subject, question.clone());
            let patience = deadline.max(tokio::time::Instant::now() + LOOK);
            if let Ok(Ok(Ok(Some(verdict)))) = tokio::time::timeout_at(patience, asked).await {
                return Intended::Decided(verdict);
            }
            if tokio::time::Instant::now() + pause >= deadline {
                return Intended::Stored;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(200));
        }
    }

    /// Asks a question.
    ///
    /// # Errors
    /// When nobody answers, or nothing that can be read.
    pub async fn ask<Q: Question>(&self, question: &Q) -> Result<Result<Q::Answer, Refused>, BusError> {
        let subject = Q::subject();
        let payload = serde_json::to_vec(question).map_err(|error| BusError::Garbled(subject.clone(), error))?;
        self.request(&subject, payload).await
    }

    /// What staff asked of one service, newest first.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn staff_actions(
        &self,
        service: &str,
        ask: &ListStaffActions,
    ) -> Result<Result<Vec<StaffAction>, Refused>, BusError> {
        let subject = questions::staff_actions_subject(service);
        let payload = serde_json::to_vec(ask).map_err(|error| BusError::Garbled(subject.clone(), error))?;
        self.request(&subject, payload).await
    }

    async fn request<A: serde::de::DeserializeOwned>(
        &self,
        subject: &str,
        payload: Vec<u8>,
    ) -> Result<Result<A, Refused>, BusError> {
        let mut headers = HeaderMap::new();
        if let Some(traceparent) = telemetry::traceparent(&Span::current()) {
            headers.insert(envelope::TRACEPARENT, traceparent.as_str());
        }
        let request = async_nats::Request::new().payload(payload.into()).headers(headers).timeout(Some(ASK_TIMEOUT));
        let reply = self.client.send_request(subject.to_owned(), request).await.map_err(|error| {
            use async_nats::RequestErrorKind::{NoResponders, TimedOut};
            let nobody = matches!(error.kind(), NoResponders | TimedOut);
            if nobody { BusError::NobodyAnswers(subject.to_owned()) } else { BusError::Away(Box::new(error)) }
        })?;
        match serde_json::from_slice(&reply.payload) {
            Ok(Reply::Answer(answer)) => Ok(Ok(answer)),
            Ok(Reply::Refused(refused)) if refused.code == "unavailable" => {
                Err(BusError::NobodyAnswers(subject.to_owned()))
            }
            Ok(Reply::Refused(refused)) => Ok(Err(refused)),
            Err(error) => Err(BusError::Garbled(subject.to_owned(), error)),
        }
    }

    /// Tells the sender of an intent what became of it. Nobody may be listening any more; that is fine.
    pub(crate) async fn tell(&self, inbox: &str, verdict: &str) {
        if let Err(error) = self.client.publish(inbox.to_owned(), verdict.to_owned().into()).await {
            warn!(error = %error, "a verdict could not be sent");
        }
    }
}

/// What a message's headers say beyond its type.
pub(crate) struct Envelope<'a> {
    pub(crate) id: MessageId,
    pub(crate) at: Timestamp,
    pub(crate) correlation: &'a str,
    pub(crate) cause: Option<MessageId>,
    pub(crate) traceparent: Option<&'a str>,
}

/// Of a payload: two that differ have different ones, but for one chance in 2⁶⁴ (the first bytes of SHA-256).
pub(crate) fn fingerprint(payload: &[u8]) -> i64 {
    use sha2::Digest;
    let hash = sha2::Sha256::digest(payload);
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hash[..8]);
    i64::from_be_bytes(bytes)
}

fn publish_error(error: jetstream::context::PublishError) -> BusError {
    let too_large = error.kind() == jetstream::context::PublishErrorKind::MaxPayloadExceeded;
    if too_large { BusError::TooLarge } else { BusError::Away(Box::new(error)) }
}

type Waiting = Arc<Mutex<HashMap<String, oneshot::Sender<Verdict>>>>;

/// One subscription for all the verdicts that this connection waits for.
#[derive(Clone)]
struct Verdicts {
    prefix: Arc<str>,
    next: Arc<AtomicU64>,
    waiting: Waiting,
}

/// Forgets its sender when nobody waits any more.
struct Inbox {
    subject: String,
    waiting: Waiting,
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.subject);
    }
}

impl Verdicts {
    async fn listen(client: &Client) -> Result<Self, BusError> {
        let prefix = client.new_inbox();
        let waiting = Waiting::default();
        let mut verdicts =
            client.subscribe(format!("{prefix}.*")).await.map_err(|error| BusError::Away(Box::new(error)))?;
        tokio::spawn({
            let waiting = Arc::clone(&waiting);
            async move {
                while let Some(message) = verdicts.next().await {
                    let sender =
                        waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(message.subject.as_str());
                    match (sender, serde_json::from_slice(&message.payload)) {
                        (Some(sender), Ok(verdict)) => drop(sender.send(verdict)),
                        (None, _) => debug!("a verdict that nobody waits for"),
                        (Some(_), Err(error)) => warn!(error = %error, "a verdict that cannot be read"),
                    }
                }
            }
        });
        Ok(Self { prefix: prefix.into(), next: Arc::default(), waiting })
    }

    fn expect(&self) -> (Inbox, oneshot::Receiver<Verdict>) {
        let (sender, receiver) = oneshot::channel();
        let subject = format!("{}.{}", self.prefix, self.next.fetch_add(1, Ordering::Relaxed));
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(subject.clone(), sender);
        (Inbox { subject, waiting: Arc::clone(&self.waiting) }, receiver)
    }
}
