//! What a reaction gets and what it returns: pure values on both sides.

use std::error::Error;
use std::fmt;

use contracts::{Deadline, Event, Message, MessageId, Principal, Refused};
use jiff::Timestamp;

use crate::Sealer;
use crate::outgoing::Outgoing;

/// The circumstances of one message. Time, ids and secrets come in here, so that reactions need no clock, no random number
/// and no key of their own.
pub struct Cx<'a> {
    /// When it is handled, UTC.
    pub now: Timestamp,
    /// When its sender asked or said it, UTC. Differs from `now` by what the message waited.
    pub said_at: Timestamp,
    /// The message's own id.
    pub message_id: MessageId,
    /// Who asks; for events, the service that said it.
    pub principal: Principal,
    /// The version that the entity will have if this reaction changes it.
    pub version: u64,
    /// Opens quotes, makes PINs.
    pub sealer: &'a Sealer,
}

impl<'a> Cx<'a> {
    /// Circumstances for a unit test of a rule: version 1.
    #[must_use]
    pub fn for_test(now: Timestamp, principal: Principal, sealer: &'a Sealer) -> Self {
        Self { now, said_at: now, message_id: MessageId::of_stored("TEST", 1), principal, version: 1, sealer }
    }
}

/// What a reaction decided: at most one new state, and what is to be said and promised about it.
#[derive(Debug)]
pub struct Change<E> {
    pub(crate) state: Option<E>,
    pub(crate) says: Vec<Said>,
    pub(crate) refused: Option<Refused>,
}

/// One thing to publish, before it has a partition and an id.
pub(crate) struct Said {
    pub(crate) type_name: String,
    subject: Box<dyn Fn(u16) -> String + Send>,
    body: Result<Box<serde_json::value::RawValue>, serde_json::Error>,
    debug: String,
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.debug)
    }
}

impl Said {
    fn new<M: Message>(message: &M, subject: impl Fn(u16) -> String + Send + 'static) -> Self {
        let body = serde_json::value::to_raw_value(message);
        let debug = format!("{} {}", M::type_name(), body.as_ref().map_or("unwritable", |body| body.get()));
        Self { type_name: M::type_name(), subject: Box::new(subject), body, debug }
    }

    pub(crate) fn outgoing(self, partitions: u16) -> Result<Outgoing, Fault> {
        let body = self.body.map_err(Fault::give_up)?;
        Ok(Outgoing::typed((self.subject)(partitions), self.type_name, body))
    }
}

impl<E> Change<E> {
    /// Nothing changes and nothing is said: the message does not matter, or no longer.
    #[must_use]
    pub fn none() -> Self {
        Self { state: None, says: Vec::new(), refused: None }
    }

    /// The entity becomes `state`.
    #[must_use]
    pub fn to(state: E) -> Self {
        Self { state: Some(state), says: Vec::new(), refused: None }
    }

    /// And this is said about it.
    #[must_use]
    pub fn say<M: Event>(mut self, event: M) -> Self {
        self.says.push(Said::new(&event, {
            let event = event.clone();
            move |partitions| event.subject(partitions)
        }));
        self
    }

    /// And this is due at some time.
    #[must_use]
    pub fn promise<D: Deadline>(mut self, deadline: D) -> Self {
        let subject = deadline.subject();
        self.says.push(Said::new(&deadline, move |_| subject.clone()));
        self
    }

    /// And yet the answer to the intent is a no: for a refusal that must leave a mark, as a wrong PIN does.
    #[must_use]
    pub fn but(mut self, refusal: &impl Refusal) -> Self {
        self.refused = Some(refusal.refused());
        self
    }

    /// The refusal's code if it is a no that leaves a mark, for tests.
    #[must_use]
    pub fn refusal(&self) -> Option<&str> {
        self.refused.as_ref().map(|refused| refused.code.as_str())
    }

    /// The new state, for tests.
    #[must_use]
    pub fn state(&self) -> Option<&E> {
        self.state.as_ref()
    }

    /// What is said, as type and body, for tests.
    #[must_use]
    pub fn said(&self) -> Vec<(String, serde_json::Value)> {
        let value = |said: &Said| said.body.as_ref().ok().and_then(|body| serde_json::from_str(body.get()).ok());
        self.says.iter().map(|said| (said.type_name.clone(), value(said).unwrap_or_default())).collect()
    }

    /// The types of what is said, for tests: `["orders.placed.v1"]`.
    #[must_use]
    pub fn types(&self) -> Vec<&str> {
        self.says.iter().map(|said| said.type_name.as_str()).collect()
    }
}

/// A "no" that is data: a service's own enum, with a stable code per variant and a sentence for people as its `Display`.
pub trait Refusal: fmt::Display {
    /// Stable, `snake_case`.
    fn code(&self) -> &'static str;

    /// As it is sent.
    fn refused(&self) -> Refused {
        Refused::new(self.code(), self.to_string())
    }
}

/// Something that should not happen did. It says whether trying again helps.
#[derive(Debug)]
pub struct Fault {
    pub(crate) kind: FaultKind,
    source: Box<dyn Error + Send + Sync>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    Retry,
    Away,
    GiveUp,
}

impl Fault {
    /// Trying again may help: the message is handled again after a while, and parked only after many tries.
    pub fn retry(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: FaultKind::Retry, source: source.into() }
    }

    /// Somebody on the outside is away: the message is handled again however long that takes, and never parked for it. What
    /// could not be asked is no reason to give up on somebody's money.
    pub fn away(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: FaultKind::Away, source: source.into() }
    }

    /// Trying again cannot help: the message is parked at once.
    pub fn give_up(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: FaultKind::GiveUp, source: source.into() }
    }
}

impl Fault {
    /// What happened and everything that caused it, in one line.
    pub(crate) fn whole(&self) -> String {
        let mut whole = self.to_string();
        let mut cause = self.source.source();
        while let Some(source) = cause {
            whole = format!("{whole}: {source}");
            cause = source.source();
        }
        whole
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.source()
    }
}
