//! A service without its broker and its database: its own table, run one message at a time in memory.
//!
//! What is read, decided and written here is read, decided and written by the same functions as in production (`service.rs`,
//! `fold.rs`, `entity.rs`); only who keeps the entities and carries the messages is somebody else: a model that explores every
//! order of events.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;

use contracts::{MessageId, Verdict};
use futures::FutureExt;
use jiff::Timestamp;

use crate::Sealer;
use crate::change::{Fault, FaultKind};
use crate::deadlines::ELAPSED;
use crate::fold::{Folded, Input, Rules, Slot, panicked};
use crate::outgoing::Outgoing;
use crate::service::{AnyResult, Reaction, Readable, Service, principal, route_of};

/// A message as the broker carries it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Letter {
    /// Where it is published.
    pub subject: String,
    /// What it says: JSON.
    pub payload: String,
    /// By which it is known again.
    pub id: MessageId,
}

/// An entity as the database keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored<'a> {
    /// Counts the changes.
    pub version: u64,
    /// The entity as JSON.
    pub state: &'a str,
}

/// What came of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handled {
    /// The entity as it is to be stored now; nothing when it stays as it is.
    pub state: Option<String>,
    /// What is to be published, in order.
    pub says: Vec<Letter>,
    /// How it ended.
    pub ending: Ending,
}

/// How the handling of a message ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Handled.
    Done,
    /// An intent was refused, with this code.
    Refused(String),
    /// Given up on, for this reason: production parks the message.
    Parked(String),
    /// Trying again may help; after many tries production parks the message.
    Retry(String),
    /// Somebody on the outside did not answer: production tries again for as long as that takes.
    Away(String),
}

/// A service that is rehearsed.
pub struct Rehearsal {
    service: Service,
    routes: HashMap<String, usize>,
    sealer: Sealer,
}

impl Rehearsal {
    /// Rehearses a service as it is, with one partition.
    #[must_use]
    pub fn new(service: Service, sealer: Sealer) -> Self {
        Self { routes: service.routes(), service, sealer }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.service.name
    }

    /// The row of its table for messages of this subject.
    #[must_use]
    pub fn reaction(&self, subject: &str) -> Option<&Reaction> {
        self.routes.get(route_of(subject)).map(|index| &self.service.reactions[*index])
    }

    /// Which entity a message is about: the place of its kind among the service's, and its id.
    ///
    /// # Errors
    /// When the message cannot be read, or has no reaction here.
    pub fn about(&self, letter: &Letter) -> Result<(usize, String), String> {
        let read = self.service.read(&self.routes, &letter.subject, letter.payload.as_bytes())?;
        Ok(read.key)
    }

    /// One message through its reaction. A call to the outside must be answered at once.
    #[must_use]
    pub fn handle(&self, letter: &Letter, stored: Option<Stored<'_>>, said_at: Timestamp, now: Timestamp) -> Handled {
        match self.try_handle(letter, stored, said_at, now) {
            Ok(handled) => handled,
            Err(fault) => Handled {
                state: None,
                says: Vec::new(),
                ending: match fault.kind {
                    FaultKind::GiveUp => Ending::Parked(fault.whole()),
                    FaultKind::Retry => Ending::Retry(fault.whole()),
                    FaultKind::Away => Ending::Away(fault.whole()),
                },
            },
        }
    }

    fn try_handle(
        &self,
        letter: &Letter,
        stored: Option<Stored<'_>>,
        said_at: Timestamp,
        now: Timestamp,
    ) -> Result<Handled, Fault> {
        let read = self.service.read(&self.routes, &letter.subject, letter.payload.as_bytes());
        let Readable { index, message, key: (shelf, _) } = read.map_err(Fault::give_up)?;
        let shelf = &self.service.shelves[shelf].1;
        let entity = stored.map(|stored| shelf.read(stored.state)).transpose().map_err(Fault::retry)?;
        let mut slot = Slot { entity, version: stored.map_or(0, |stored| stored.version), changed: false };
        let rules = Rules { service: &self.service, sealer: &self.sealer, partitions: 1 };
        let by = principal(&letter.subject);
        let mut result: Option<AnyResult> = None;
        let folded = loop {
            let input = Input {
                index,
                message: &message,
                result: result.as_ref(),
                id: letter.id,
                principal: &by,
                said_at,
                now,
            };
            match rules.fold(&input, &mut slot) {
                Folded::Call(entity) => {
                    let Some(call) = &self.service.reactions[index].call else {
                        return Err(Fault::give_up("it calls the outside and has no call"));
                    };
                    let calling = call(entity, std::sync::Arc::clone(&message));
                    let called = AssertUnwindSafe(calling).catch_unwind().now_or_never();
                    let called = called.ok_or_else(|| Fault::give_up("the outside did not answer at once"))?;
                    result = Some(called.unwrap_or_else(|panic| Err(panicked(&*panic)))?);
                }
                folded @ (Folded::Done { .. } | Folded::Later | Folded::Fault(_) | Folded::GiveUp(_)) => break folded,
            }
        };
        match folded {
            Folded::Done { says, verdict, outcome: _ } => {
                let reaction = self.service.reactions[index].name;
                let state = slot.entity.filter(|_| slot.changed);
                let state = state.map(|entity| shelf.write(&entity)).transpose().map_err(Fault::retry)?;
                let says = says.iter().enumerate().map(|(n, said)| letter_of(said, letter.id.caused(reaction, n)));
                Ok(Handled { state, says: says.collect(), ending: ending(verdict.as_deref()) })
            }
            Folded::Fault(fault) => Err(fault),
            Folded::GiveUp(reason) => Err(Fault::give_up(reason)),
            Folded::Call(_) | Folded::Later => Err(Fault::give_up("one message was handled, and yet it is to wait")),
        }
    }

    /// When a deadline that this service watches over is due, and what is said then. Nothing for a subject of somebody else's.
    ///
    /// # Errors
    /// When the deadline cannot be read.
    pub fn elapsed(&self, deadline: &Letter) -> Result<Option<(Timestamp, Letter)>, Fault> {
        let name = deadline.subject.split('.').nth(1).unwrap_or_default();
        let Some(class) = self.service.classes.iter().find(|class| class.name == name) else { return Ok(None) };
        let due = (class.read)(deadline.payload.as_bytes(), 1)?;
        Ok(Some((due.at, letter_of(&due.says, deadline.id.caused(ELAPSED, 0)))))
    }
}

fn letter_of(outgoing: &Outgoing, id: MessageId) -> Letter {
    let payload = String::from_utf8_lossy(&outgoing.payload()).into_owned();
    Letter { subject: outgoing.subject.clone(), payload, id }
}

fn ending(verdict: Option<&str>) -> Ending {
    match verdict.map(serde_json::from_str) {
        Some(Ok(Verdict::Refused(refused))) => Ending::Refused(refused.code),
        Some(Ok(Verdict::Parked { reason })) => Ending::Parked(reason),
        Some(Ok(Verdict::Done { .. }) | Err(_)) | None => Ending::Done,
    }
}
