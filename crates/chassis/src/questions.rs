//! Questions: request/reply reads through the NATS service API, discoverable and counted there.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use contracts::{MessageId, Question, Refused};
use futures::StreamExt;
use futures::stream::{BoxStream, SelectAll};
use jiff::Timestamp;
use schemars::JsonSchema;
use sea_orm::DatabaseConnection;
use serde::{Deserialize, Serialize};
use tracing::{Instrument, warn};

use crate::bus::Bus;
use crate::change::Fault;
use crate::staff::{ListStaffActions, StaffAction};
use crate::{Clock, Sealer, Shutdown, journal, staff, telemetry};

/// How long the broker may take to know who answers; if it is away, it learns that when it is back.
const OPENING: Duration = Duration::from_secs(5);

/// What a question may use.
#[derive(Clone)]
pub struct Reads {
    /// The service's database, for reading.
    pub db: DatabaseConnection,
    /// Seals quotes.
    pub sealer: Sealer,
    clock: Clock,
}

impl Reads {
    pub(crate) fn new(db: DatabaseConnection, sealer: Sealer, clock: Clock) -> Self {
        Self { db, sealer, clock }
    }

    /// The time, UTC.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// What goes back over the wire: exactly one of the two.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reply<T> {
    /// The answer.
    Answer(T),
    /// A rule said no, or the question could not be read (`bad_question`) or answered (`unavailable`).
    Refused(Refused),
}

type Answering = Pin<Box<dyn Future<Output = Vec<u8>> + Send>>;

pub(crate) struct Answerer {
    pub(crate) name: &'static str,
    pub(crate) subject: String,
    answer: Arc<dyn Fn(Reads, Vec<u8>) -> Answering + Send + Sync>,
}

impl Answerer {
    pub(crate) fn new<Q, F, Fut>(name: &'static str, answer: F) -> Self
    where
        Q: Question,
        F: Fn(Reads, Q) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Result<Q::Answer, Refused>, Fault>> + Send + 'static,
    {
        let answer = Arc::new(answer);
        Self {
            name,
            subject: Q::subject(),
            answer: Arc::new(move |reads, payload| {
                let answer = Arc::clone(&answer);
                Box::pin(async move {
                    let reply = match serde_json::from_slice(&payload) {
                        Ok(question) => match answer(reads, question).await {
                            Ok(Ok(answer)) => Reply::Answer(answer),
                            Ok(Err(refused)) => Reply::Refused(refused),
                            Err(fault) => {
                                warn!(question = name, error = %fault, "a question could not be answered");
                                Reply::Refused(Refused::new("unavailable", "The answer is not to be had right now."))
                            }
                        },
                        Err(error) => Reply::Refused(Refused::new("bad_question", error.to_string())),
                    };
                    serde_json::to_vec(&reply).unwrap_or_default()
                })
            }),
        }
    }
}

/// What became of an intent? Every service answers this one about its own.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct GetVerdict {
    pub(crate) message_id: MessageId,
    /// Of the payload that the asker sent under this id.
    pub(crate) fingerprint: i64,
}

/// Nothing, until it is committed.
pub(crate) type KnownVerdict = Option<contracts::Verdict>;

fn verdict_answerer(service: &str) -> Answerer {
    Answerer {
        name: "verdict",
        subject: format!("ask.{service}.verdict.v1"),
        answer: Arc::new(|reads, payload| Box::pin(answer_verdict(reads, payload))),
    }
}

async fn answer_verdict(reads: Reads, payload: Vec<u8>) -> Vec<u8> {
    let reply: Reply<KnownVerdict> = match serde_json::from_slice::<GetVerdict>(&payload) {
        Err(error) => Reply::Refused(Refused::new("bad_question", error.to_string())),
        Ok(question) => match journal::verdict(&reads.db, question.message_id).await {
            Ok(None) => Reply::Answer(None),
            Ok(Some((_, fingerprint))) if fingerprint != question.fingerprint => Reply::Answer(Some(reused())),
            Ok(Some((verdict, _))) => Reply::Answer(verdict.and_then(|text| serde_json::from_str(&text).ok())),
            Err(error) => Reply::Refused(Refused::new("unavailable", error.to_string())),
        },
    };
    serde_json::to_vec(&reply).unwrap_or_default()
}

fn staff_actions_answerer(service: &str) -> Answerer {
    Answerer {
        name: "staff_actions",
        subject: staff_actions_subject(service),
        answer: Arc::new(|reads, payload| Box::pin(answer_staff_actions(reads, payload))),
    }
}

pub(crate) fn staff_actions_subject(service: &str) -> String {
    format!("ask.{service}.staff_actions.v1")
}

async fn answer_staff_actions(reads: Reads, payload: Vec<u8>) -> Vec<u8> {
    let reply: Reply<Vec<StaffAction>> = match serde_json::from_slice::<ListStaffActions>(&payload) {
        Err(error) => Reply::Refused(Refused::new("bad_question", error.to_string())),
        Ok(question) => match staff::list(&reads.db, &question).await {
            Ok(actions) => Reply::Answer(actions),
            Err(error) => {
                warn!(error = %error, "what staff did could not be read");
                Reply::Refused(Refused::new("unavailable", "The answer is not to be had right now."))
            }
        },
    };
    serde_json::to_vec(&reply).unwrap_or_default()
}

/// The verdict on a message that has the id of another one, but not its payload.
pub(crate) fn reused() -> contracts::Verdict {
    contracts::Verdict::Refused(Refused::new(
        "idempotency_key_reused",
        "This idempotency key was used before, for something else.",
    ))
}

/// A question that came in: where, from whom, and who answers it.
type Asked = (async_nats::service::Request, Arc<Answerer>);

/// A service's open ears.
pub(crate) struct Ears {
    api: async_nats::service::Service,
    requests: SelectAll<BoxStream<'static, Asked>>,
    reads: Reads,
}

/// Opens the ears: when this returns, the broker knows who answers.
pub(crate) async fn open(
    bus: &Bus,
    service: &str,
    answerers: Vec<Answerer>,
    reads: Reads,
) -> Result<Ears, async_nats::Error> {
    use async_nats::service::ServiceExt;
    let api = bus.client().service_builder().description("CampusG").start(service, env!("CARGO_PKG_VERSION")).await?;
    let mut requests = SelectAll::new();
    for answerer in answerers.into_iter().chain([verdict_answerer(service), staff_actions_answerer(service)]) {
        let endpoint = api.endpoint_builder().name(answerer.name).add(answerer.subject.clone()).await?;
        let answerer = Arc::new(answerer);
        requests.push(endpoint.map(move |request| (request, Arc::clone(&answerer))).boxed());
    }
    bus.flush(OPENING).await;
    Ok(Ears { api, requests, reads })
}

impl Ears {
    /// Answers until it is told to stop.
    pub(crate) async fn answer(mut self, shutdown: Shutdown) {
        loop {
            let (request, answerer) = tokio::select! {
                () = shutdown.soft() => break,
                next = self.requests.next() => match next {
                    Some(asked) => asked,
                    None => break,
                },
            };
            let span = telemetry::answer_span(&answerer.subject, request.message.headers.as_ref());
            let reads = self.reads.clone();
            let answering = async move {
                let reply = (answerer.answer)(reads, request.message.payload.to_vec()).await;
                if let Err(error) = request.respond(Ok(reply.into())).await {
                    warn!(error = %error, "an answer could not be sent");
                }
            };
            tokio::spawn(answering.instrument(span));
        }
        if let Err(error) = self.api.stop().await {
            warn!(error = %error, "questions could not be closed properly");
        }
    }
}
