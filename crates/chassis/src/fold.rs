//! One message through its reaction: the pure middle of a batch, with nothing of the broker's or the database's.
//!
//! Production folds with it inside a transaction (`batch.rs`), a rehearsal in memory (`rehearsal.rs`): what is checked there is
//! what runs here.

use std::panic::{AssertUnwindSafe, catch_unwind};

use contracts::{MessageId, Principal, Verdict};
use jiff::Timestamp;

use crate::Sealer;
use crate::change::{Cx, Fault, FaultKind};
use crate::entity::AnyEntity;
use crate::outgoing::Outgoing;
use crate::parking::LARGEST;
use crate::service::{AnyMessage, AnyResult, Decided, No, Service};

/// An entity as it is in the course of a batch.
pub(crate) struct Slot {
    pub(crate) entity: Option<AnyEntity>,
    pub(crate) version: u64,
    pub(crate) changed: bool,
}

/// A message that has a reaction.
pub(crate) struct Input<'a> {
    /// The reaction's place in the table.
    pub(crate) index: usize,
    pub(crate) message: &'a AnyMessage,
    /// What its call to the outside brought, once it is back.
    pub(crate) result: Option<&'a AnyResult>,
    pub(crate) id: MessageId,
    pub(crate) principal: &'a Principal,
    pub(crate) said_at: Timestamp,
    pub(crate) now: Timestamp,
}

/// What became of it.
pub(crate) enum Folded {
    /// Handled: the slot is as it is now to be, and this is to be said.
    Done { says: Vec<Outgoing>, verdict: Option<String>, outcome: &'static str },
    /// The outside is to be called first, knowing this.
    Call(Option<AnyEntity>),
    /// The entity has changed in this very batch already.
    Later,
    /// Trying again may help.
    Fault(Fault),
    /// Trying again cannot help: it is to be parked.
    GiveUp(String),
}

/// What folding needs to know besides the message.
pub(crate) struct Rules<'a> {
    pub(crate) service: &'a Service,
    pub(crate) sealer: &'a Sealer,
    pub(crate) partitions: u16,
}

impl Rules<'_> {
    pub(crate) fn fold(&self, input: &Input<'_>, slot: &mut Slot) -> Folded {
        let reaction = &self.service.reactions[input.index];
        if reaction.calls_outside && input.result.is_none() {
            // What it is told must be committed: not a change of this very batch.
            return if slot.changed { Folded::Later } else { Folded::Call(slot.entity.clone()) };
        }
        let cx = Cx {
            now: input.now,
            said_at: input.said_at,
            message_id: input.id,
            principal: input.principal.clone(),
            version: slot.version + u64::from(!slot.changed),
            sealer: self.sealer,
        };
        let decide = || (reaction.decide)(&cx, slot.entity.clone(), input.message, input.result);
        let decided = catch_unwind(AssertUnwindSafe(decide)).unwrap_or_else(|panic| Err(No::Fault(panicked(&*panic))));
        match decided {
            Ok(decided) if decided.state.is_some() && slot.changed => Folded::Later,
            Ok(decided) => self.accept(input, decided, slot).unwrap_or_else(Folded::Fault),
            Err(No::Refused(refused)) => {
                let verdict = serde_json::to_string(&Verdict::Refused(refused)).ok();
                Folded::Done { says: Vec::new(), verdict, outcome: "refused" }
            }
            Err(No::Fault(fault)) if fault.kind == FaultKind::GiveUp => Folded::GiveUp(fault.whole()),
            Err(No::Fault(fault)) => Folded::Fault(fault),
        }
    }

    fn accept(&self, input: &Input<'_>, decided: Decided, slot: &mut Slot) -> Result<Folded, Fault> {
        let reaction = &self.service.reactions[input.index];
        let mut says = Vec::with_capacity(decided.says.len());
        for said in decided.says {
            if !reaction.publishes.contains(&said.type_name) {
                let reason = format!("{} says {}, which its row does not declare", reaction.name, said.type_name);
                return Ok(Folded::GiveUp(reason));
            }
            let outgoing = said.outgoing(self.partitions)?;
            if outgoing.payload().len() > LARGEST {
                return Ok(Folded::GiveUp(format!("{} says something larger than the broker takes", reaction.name)));
            }
            says.push(outgoing);
        }
        if let Some(state) = decided.state {
            slot.entity = Some(state);
            slot.version += 1;
            slot.changed = true;
        }
        let refused = decided.refused.map(Verdict::Refused);
        let outcome = if refused.is_some() { "refused" } else { "done" };
        let done_with = || {
            let shelf = &self.service.shelves[reaction.shelf].1;
            let view = slot.entity.as_ref().map(|entity| shelf.view(entity, slot.version, input.principal));
            Verdict::Done { view: view.unwrap_or_default() }
        };
        let verdict = (reaction.kind == contracts::Kind::Intent).then(|| refused.unwrap_or_else(done_with));
        let verdict = verdict.and_then(|verdict| serde_json::to_string(&verdict).ok());
        Ok(Folded::Done { says, verdict, outcome })
    }
}

/// What a panic says, as a fault that trying again does not cure.
pub(crate) fn panicked(panic: &(dyn std::any::Any + Send)) -> Fault {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    Fault::give_up(format!("panicked: {text}"))
}
