//! One micro-batch, one transaction: load, fold the messages through their reactions, write what changed and what is said.

use std::collections::{HashMap, HashSet};

use contracts::{MessageId, Principal, Refused, Verdict};
use jiff::Timestamp;
use sea_orm::{DatabaseTransaction, DbErr};
use tracing::Span;

use crate::change::Fault;
use crate::clock::Clock;
use crate::database::{self, Databases, Trouble};
use crate::defects::{self, Defect};
use crate::entity::AnyEntity;
use crate::failpoint::{self, Point};
use crate::fold::{Folded, Input, Rules, Slot};
use crate::journal;
use crate::outgoing::Outgoing;
use crate::parking::{Whole, parked};
use crate::redriving::{self, Lineage};
use crate::service::{AnyMessage, AnyResult, Service};
use crate::{Sealer, questions, staff, telemetry};

/// Which entity a message is about: its shelf's place and its id.
pub(crate) type Key = (usize, String);

/// One message on its way through the dispatcher.
pub(crate) struct Work {
    pub(crate) raw: async_nats::jetstream::Message,
    pub(crate) sequence: u64,
    pub(crate) id: MessageId,
    /// The reaction's place in the table, and the message read as its type.
    pub(crate) reaction: Result<(usize, AnyMessage), String>,
    pub(crate) key: Key,
    pub(crate) principal: Principal,
    pub(crate) said_at: Timestamp,
    /// When the broker stored it, by the broker's clock.
    pub(crate) stored_at: Timestamp,
    pub(crate) correlation: String,
    pub(crate) verdict_to: Option<String>,
    pub(crate) fingerprint: i64,
    pub(crate) span: Span,
    /// What its call to the outside brought, once it is back.
    pub(crate) result: Option<AnyResult>,
    /// It may have been handled before: the broker delivers it again, or its journal row was in the way.
    pub(crate) suspect: bool,
    /// Tries that ended in a fault.
    pub(crate) attempts: u32,
    /// Of these, the ones that found somebody on the outside away.
    pub(crate) away: u32,
    /// Why it is to be parked.
    pub(crate) given_up: Option<String>,
    /// Where it comes from, if it was put back.
    pub(crate) redriven: Option<Lineage>,
    /// Then it may be meant for another service, and this one has handled it under its first id.
    pub(crate) is_for_another: bool,
}

/// What became of a message in a batch.
pub(crate) enum Outcome {
    /// Committed now or before: to be published, told and acknowledged.
    Done(Done),
    /// The outside is to be called first, knowing this.
    Call(Option<AnyEntity>),
    /// Its entity changed in this very batch, or is being called about: next time.
    Later,
    /// Not this time.
    Fault(Fault),
}

/// What the journal says of a message.
pub(crate) struct Done {
    pub(crate) says: Vec<Outgoing>,
    pub(crate) verdict: Option<String>,
    pub(crate) at: Timestamp,
    pub(crate) traceparent: Option<String>,
    pub(crate) outcome: &'static str,
}

impl Done {
    /// What a rule said no with.
    pub(crate) fn refusal(&self) -> Option<Refused> {
        match serde_json::from_str(self.verdict.as_deref()?) {
            Ok(Verdict::Refused(refused)) => Some(refused),
            Ok(Verdict::Done { .. } | Verdict::Parked { .. }) | Err(_) => None,
        }
    }
}

impl Work {
    /// How often it was tried, with the try that is under way unless it is given up on for those before.
    pub(crate) fn tries(&self) -> u32 {
        self.attempts + u32::from(self.given_up.is_none())
    }

    /// The id under which it came first.
    pub(crate) fn first_id(&self) -> MessageId {
        self.redriven.as_ref().map_or(self.id, |lineage| lineage.of)
    }
}

/// What a batch needs to be done.
pub(crate) struct Desk {
    pub(crate) service: Service,
    pub(crate) databases: Databases,
    pub(crate) sealer: Sealer,
    pub(crate) clock: Clock,
    pub(crate) partitions: u16,
}

/// Whose journal rows are looked up before folding.
#[derive(Clone, Copy, PartialEq)]
enum Look {
    /// Only of those that may have been handled before: a new message is not in the journal, and its insert would notice.
    Suspects,
    /// Of all, after something went wrong.
    All,
}

/// Races that are lost in a row before a batch is given back.
const RACES: usize = 5;

/// The outcome of a message that was handled before.
pub(crate) const SEEN: &str = "seen";

type Slots = HashMap<Key, Slot>;

impl Desk {
    /// Does a batch, again if it lost a race, and says what became of each message.
    pub(crate) async fn commit(&self, works: &[Work]) -> Result<Vec<Outcome>, DbErr> {
        let mut look = Look::Suspects;
        for _ in 1..RACES {
            match self.attempt(works, look).await {
                Ok(Some(outcomes)) => return Ok(outcomes),
                Ok(None) => look = Look::All,
                Err(error) if database::trouble(&error) == Trouble::Raced => look = Look::All,
                Err(error) => return Err(error),
            }
        }
        match self.attempt(works, Look::All).await? {
            Some(outcomes) => Ok(outcomes),
            None => Err(DbErr::Custom("somebody else keeps writing the same entities".into())),
        }
    }

    /// One transaction. Nothing when it has to be done again with everybody's journal rows at hand.
    async fn attempt(&self, works: &[Work], look: Look) -> Result<Option<Vec<Outcome>>, DbErr> {
        let now = self.clock.now();
        let tx = database::begin(&self.databases.writer).await?;
        let seen = self.seen(&tx, works, look).await?;
        let mut slots = self.load(&tx, works, &seen).await?;
        let (mut rows, mut actions) = (Vec::new(), Vec::new());
        let mut here = HashSet::new();
        let mut blocked: HashSet<&Key> = HashSet::new();
        let mut outcomes = Vec::with_capacity(works.len());
        for work in works {
            let reaction = self.reaction_name(work);
            if work.is_for_another {
                outcomes.push(Outcome::Done(done(work, now, "passed by")));
                continue;
            }
            if let Some(row) = seen.get(&(work.id.to_string(), reaction.to_owned())) {
                outcomes.push(Outcome::Done(done_before(work, row)?));
                continue;
            }
            // The same message twice in one batch: the second one will find the first one's journal row.
            if blocked.contains(&work.key) || !here.insert((work.first_id(), reaction)) {
                outcomes.push(Outcome::Later);
                continue;
            }
            let outcome = match was_handled(work, &seen) {
                true => Outcome::Done(self.with_receipt(work, done(work, now, "handled before"))),
                false => self.fold(work, now, &mut slots),
            };
            match &outcome {
                Outcome::Done(done) => {
                    rows.extend(journal_rows(work, reaction, done, &seen, now)?);
                    actions.extend(staff::action(work, done, now));
                }
                Outcome::Call(_) | Outcome::Later => drop(blocked.insert(&work.key)),
                Outcome::Fault(_) if look == Look::Suspects => return Ok(None),
                Outcome::Fault(_) => drop(blocked.insert(&work.key)),
            }
            outcomes.push(outcome);
        }
        if rows.is_empty() {
            tx.rollback().await?;
            return Ok(Some(outcomes));
        }
        journal::record(&tx, rows).await?;
        staff::record(&tx, actions).await?;
        if !self.save(&tx, slots).await? {
            return Ok(None);
        }
        self.pass(Point::CommitDue, works, &outcomes);
        tx.commit().await?;
        self.pass(Point::Committed, works, &outcomes);
        Ok(Some(outcomes))
    }

    /// Comes by a failpoint with everything that this transaction writes.
    fn pass(&self, point: Point, works: &[Work], outcomes: &[Outcome]) {
        if !failpoint::are_armed() {
            return;
        }
        for (work, outcome) in works.iter().zip(outcomes) {
            if matches!(outcome, Outcome::Done(done) if done.outcome != SEEN) {
                failpoint::pass(self.service.name, self.reaction_name(work), point);
            }
        }
    }

    async fn seen(&self, tx: &DatabaseTransaction, works: &[Work], look: Look) -> Result<Seen, DbErr> {
        let is_asked =
            |work: &&Work| look == Look::All || work.suspect || work.redriven.is_some() || self.is_to_be_called(work);
        let ids = works.iter().filter(is_asked).flat_map(|work| [work.id, work.first_id()]);
        let ids: HashSet<String> = ids.map(|id| id.to_string()).collect();
        let rows = journal::seen(tx, ids.into_iter().collect()).await?;
        Ok(rows.into_iter().map(|row| ((row.message_id.clone(), row.reaction.clone()), row)).collect())
    }

    /// Every entity that the batch touches: one query per kind.
    async fn load(&self, tx: &DatabaseTransaction, works: &[Work], seen: &Seen) -> Result<Slots, DbErr> {
        let mut wanted: HashMap<usize, HashSet<&str>> = HashMap::new();
        for work in works {
            let is_seen = seen.contains_key(&(work.id.to_string(), self.reaction_name(work).to_owned()));
            if work.reaction.is_ok() && work.given_up.is_none() && !is_seen {
                wanted.entry(work.key.0).or_default().insert(&work.key.1);
            }
        }
        let mut slots = Slots::new();
        for (shelf, ids) in wanted {
            let ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
            let mut found = self.service.shelves[shelf].1.load(tx, ids.clone()).await?;
            for id in ids {
                let (entity, version) =
                    found.remove(&id).map_or((None, 0), |(entity, version)| (Some(entity), version));
                slots.insert((shelf, id), Slot { entity, version, changed: false });
            }
        }
        Ok(slots)
    }

    /// One message through its reaction.
    fn fold(&self, work: &Work, now: Timestamp, slots: &mut Slots) -> Outcome {
        let (index, message) = match (&work.reaction, &work.given_up) {
            (Err(reason), _) => return Outcome::Done(self.park(work, reason, now)),
            (Ok(_), Some(reason)) => return Outcome::Done(self.park(work, reason, now)),
            (Ok((index, message)), None) => (*index, message),
        };
        let Some(slot) = slots.get_mut(&work.key) else { return Outcome::Later };
        let input = Input {
            index,
            message,
            result: work.result.as_ref(),
            id: work.id,
            principal: &work.principal,
            said_at: work.said_at,
            now,
        };
        let rules = Rules { service: &self.service, sealer: &self.sealer, partitions: self.partitions };
        match rules.fold(&input, slot) {
            Folded::Done { says, verdict, outcome } => {
                Outcome::Done(self.with_receipt(work, Done { says, verdict, ..done(work, now, outcome) }))
            }
            Folded::GiveUp(reason) => Outcome::Done(self.park(work, &reason, now)),
            Folded::Call(entity) => Outcome::Call(entity),
            Folded::Later => Outcome::Later,
            Folded::Fault(fault) => Outcome::Fault(fault),
        }
    }

    /// Whoever had a message put back hears that it was handled: last, so that what else is said keeps its ids.
    fn with_receipt(&self, work: &Work, mut done: Done) -> Done {
        if let Some(lineage) = &work.redriven {
            let how = match done.refusal() {
                Some(refused) => format!("refused: {}", refused.code),
                None => done.outcome.to_owned(),
            };
            done.says.push(redriving::settled(lineage, self.service.name, self.reaction_name(work), &how));
        }
        done
    }

    /// Giving up is a change like any other: journalled, published, acknowledged.
    fn park(&self, work: &Work, reason: &str, now: Timestamp) -> Done {
        let whole = Whole {
            id: work.id,
            subject: &work.raw.subject,
            stream: crate::streams::LOG,
            sequence: work.sequence,
            payload: &work.raw.payload,
            headers: work.raw.headers.as_ref(),
        };
        let mut says = vec![parked(&whole, self.service.name, self.reaction_name(work), reason, work.tries())];
        if defects::has(Defect::DropPoison) {
            says.clear();
        }
        let verdict = serde_json::to_string(&Verdict::Parked { reason: reason.to_owned() }).ok();
        Done { says, verdict, ..done(work, now, "parked") }
    }

    /// Writes every changed entity, one statement per kind; no when somebody else was quicker.
    async fn save(&self, tx: &DatabaseTransaction, slots: Slots) -> Result<bool, DbErr> {
        let mut changed: HashMap<usize, Vec<(AnyEntity, u64)>> = HashMap::new();
        for ((shelf, _), slot) in slots {
            if let (true, Some(entity)) = (slot.changed, slot.entity) {
                changed.entry(shelf).or_default().push((entity, slot.version));
            }
        }
        for (shelf, entities) in changed {
            let count = entities.len() as u64;
            if self.service.shelves[shelf].1.save(tx, entities).await? != count {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn is_to_be_called(&self, work: &Work) -> bool {
        let calls = |index: &usize| self.service.reactions[*index].calls_outside;
        work.result.is_none() && work.reaction.as_ref().is_ok_and(|(index, _)| calls(index))
    }

    pub(crate) fn reaction_name(&self, work: &Work) -> &'static str {
        work.reaction.as_ref().map_or("unreadable", |(index, _)| self.service.reactions[*index].name)
    }
}

impl Desk {
    /// What a batch would say if it were committed: for [`Defect::PublishBeforeCommit`].
    pub(crate) async fn preview(&self, works: &[Work]) -> Result<Vec<Outcome>, DbErr> {
        let now = self.clock.now();
        let tx = database::begin(&self.databases.writer).await?;
        let mut slots = self.load(&tx, works, &self.seen(&tx, works, Look::All).await?).await?;
        tx.rollback().await?;
        Ok(works.iter().map(|work| self.fold(work, now, &mut slots)).collect())
    }
}

fn done(work: &Work, at: Timestamp, outcome: &'static str) -> Done {
    Done { says: Vec::new(), verdict: None, at, traceparent: telemetry::traceparent(&work.span), outcome }
}

fn done_before(work: &Work, row: &journal::Model) -> Result<Done, DbErr> {
    let says = row.outputs().map_err(|error| DbErr::Json(error.to_string()))?;
    let verdict = if row.fingerprint == work.fingerprint {
        row.verdict.clone()
    } else {
        serde_json::to_string(&questions::reused()).ok()
    };
    let at = Timestamp::from_millisecond(row.at).unwrap_or(work.said_at);
    Ok(Done { says, verdict, at, traceparent: row.traceparent.clone(), outcome: SEEN })
}

type Seen = HashMap<(String, String), journal::Model>;

/// Whether a message that was put back has been handled meanwhile, under its first id or after another putting back.
fn was_handled(work: &Work, seen: &Seen) -> bool {
    let first = work.first_id().to_string();
    work.redriven.is_some() && seen.values().any(|row| row.message_id == first && !row.is_parked())
}

/// The reaction under whose name a message is journalled, by its first id, that was put back and then handled.
const REDRIVEN: &str = "redriven";

/// What is journalled of a message. One that was put back and handled is from then on known by its first id too, so that
/// nothing else of the same message is ever handled again, and whoever asks for its verdict gets this one.
fn journal_rows(
    work: &Work,
    reaction: &str,
    done: &Done,
    seen: &Seen,
    now: Timestamp,
) -> Result<Vec<journal::Model>, DbErr> {
    let row = journal::Model {
        message_id: work.id.to_string(),
        reaction: reaction.to_owned(),
        at: now.as_millisecond(),
        outputs: serde_json::to_string(&done.says).map_err(|error| DbErr::Json(error.to_string()))?,
        verdict: done.verdict.clone(),
        fingerprint: work.fingerprint,
        traceparent: done.traceparent.clone(),
    };
    if work.redriven.is_none() || done.outcome == "parked" || was_handled(work, seen) {
        return Ok(vec![row]);
    }
    let first = work.first_id().to_string();
    let names =
        [reaction, REDRIVEN].into_iter().filter(|name| !seen.contains_key(&(first.clone(), (*name).to_owned())));
    let also = |name: &str| {
        let (message_id, reaction, outputs) = (first.clone(), name.to_owned(), "[]".to_owned());
        journal::Model { message_id, reaction, outputs, ..row.clone() }
    };
    let mut rows: Vec<_> = names.map(also).collect();
    rows.push(row);
    Ok(rows)
}
