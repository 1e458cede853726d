//! The story of one message that one service gave up on. Pure rules.
//!
//! What services tell may come twice, and late: each telling says how often the message had been put back by then, and one
//! of an earlier time changes nothing. What was really handled is settled, whatever anybody decided before.

use chassis::{Change, Cx, Entity, Fault, PutBack, Row};
use contracts::repairs::{
    DiscardMessage, MessageDiscarded, MessageParked, MessageRedriven, MessageSettled, RedriveMessage, RepairStage,
    RepairStep, RepairView,
};
use contracts::{MessageId, OrderId, Principal, RepairId};
use jiff::Timestamp;
use sea_orm::Set;
use serde::{Deserialize, Serialize};

use crate::store::repairs;

/// How many of the newest steps are kept.
pub const STEPS: usize = 100;

/// One message that one service gave up on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    pub(crate) id: RepairId,
    pub(crate) stage: RepairStage,
    message_id: MessageId,
    pub(crate) service: String,
    pub(crate) reaction: String,
    pub(crate) subject: String,
    correlation: String,
    cause: Option<MessageId>,
    pub(crate) order_id: Option<OrderId>,
    pub(crate) reason: String,
    attempts: u32,
    pub(crate) parked_at: Timestamp,
    /// When the stage was reached.
    pub(crate) since: Timestamp,
    redrives: u32,
    /// Where the message is kept whole.
    sequence: u64,
    /// It is not there whole, or not any more.
    lost: bool,
    history: Vec<RepairStep>,
}

/// Why repairs says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody gave up on such a message.
    #[error("There is no such parked message.")]
    NotFound,
    /// Only operators.
    #[error("This is for operators.")]
    NotAllowed,
    /// It was put back and has not come back.
    #[error("The message was put back already and has not come back yet.")]
    AlreadyRedriven,
    /// It was discarded.
    #[error("The message was discarded already; it can still be put back.")]
    AlreadyDiscarded,
    /// It was handled.
    #[error("The message was put back and has been handled.")]
    AlreadySettled,
    /// It is not there to be put back.
    #[error("The message is not kept whole, so it cannot be put back.")]
    PayloadLeftOut,
}

impl chassis::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::NotAllowed => "not_allowed",
            Self::AlreadyRedriven => "already_redriven",
            Self::AlreadyDiscarded => "already_discarded",
            Self::AlreadySettled => "already_settled",
            Self::PayloadLeftOut => "payload_left_out",
        }
    }
}

/// Takes down that a service gave up on a message, or gave up on it again.
///
/// # Errors
/// None.
pub fn keep(_: &Cx<'_>, repair: Option<Repair>, parked: MessageParked) -> Result<Change<Repair>, Fault> {
    let Some(mut repair) = repair else { return Ok(Change::to(Repair::of(parked))) };
    let is_news = match parked.redrive.cmp(&repair.redrives) {
        std::cmp::Ordering::Less => false,
        // Somebody put it back whom this database has forgotten: it was restored from an older copy.
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => match repair.stage {
            // Given up on once more under its first id: by a newer version that could read it.
            RepairStage::Parked => parked.sequence > repair.sequence,
            RepairStage::Redriven => true,
            RepairStage::Settled | RepairStage::Discarded => false,
        },
    };
    if !is_news {
        return Ok(Change::none());
    }
    repair.redrives = parked.redrive;
    repair.give_up(parked);
    Ok(Change::to(repair))
}

/// Closes it: the message has been handled after all.
///
/// # Errors
/// None.
pub fn settle(_: &Cx<'_>, repair: Option<Repair>, settled: MessageSettled) -> Result<Change<Repair>, Fault> {
    let Some(mut repair) = repair else { return Ok(Change::none()) };
    if repair.stage == RepairStage::Settled {
        return Ok(Change::none());
    }
    let by = repair.service.clone();
    repair.step(RepairStage::Settled, settled.at, "settled", by, settled.how);
    Ok(Change::to(repair))
}

/// Has the message put back for the service that gave up on it.
///
/// # Errors
/// When somebody else than an operator asks, or it cannot be put back now.
pub fn redrive(cx: &Cx<'_>, repair: Option<Repair>, intent: RedriveMessage) -> Result<Change<Repair>, Refusal> {
    check_office(&cx.principal)?;
    let mut repair = repair.ok_or(Refusal::NotFound)?;
    repair.may_redrive()?;
    repair.redrives += 1;
    repair.step(RepairStage::Redriven, cx.now, "redriven", cx.principal.to_string(), intent.reason.to_string());
    let redriven = MessageRedriven {
        repair_id: repair.id,
        message_id: repair.message_id,
        service: repair.service.clone(),
        sequence: repair.sequence,
        redrive: repair.redrives,
        intent_id: cx.message_id,
        at: cx.now,
    };
    Ok(Change::to(repair).say(redriven))
}

/// Takes down that there was nothing to put back.
///
/// # Errors
/// None.
pub fn put_back(
    cx: &Cx<'_>,
    repair: Option<Repair>,
    redriven: MessageRedriven,
    put_back: PutBack,
) -> Result<Change<Repair>, Fault> {
    let is_it = |repair: &Repair| repair.redrives == redriven.redrive && repair.stage == RepairStage::Redriven;
    match (put_back, repair.filter(is_it)) {
        (PutBack::Stored, _) | (PutBack::Gone, None) => Ok(Change::none()),
        (PutBack::Gone, Some(mut repair)) => {
            repair.lost = true;
            let why = "there was nothing to put back".to_owned();
            repair.step(RepairStage::Parked, cx.now, "lost", "repairs".to_owned(), why);
            Ok(Change::to(repair))
        }
    }
}

/// Closes it: nothing more is to come of the message.
///
/// # Errors
/// When somebody else than an operator asks, or it is closed.
pub fn discard(cx: &Cx<'_>, repair: Option<Repair>, intent: DiscardMessage) -> Result<Change<Repair>, Refusal> {
    check_office(&cx.principal)?;
    let mut repair = repair.ok_or(Refusal::NotFound)?;
    repair.may_discard()?;
    repair.step(RepairStage::Discarded, cx.now, "discarded", cx.principal.to_string(), intent.reason.to_string());
    let discarded = MessageDiscarded { repair_id: repair.id, at: cx.now };
    Ok(Change::to(repair).say(discarded))
}

fn check_office(principal: &Principal) -> Result<(), Refusal> {
    let is_operator = matches!(principal, Principal::Operator(_)) || *principal == Principal::command_line();
    if is_operator { Ok(()) } else { Err(Refusal::NotAllowed) }
}

impl Repair {
    fn of(parked: MessageParked) -> Self {
        let mut repair = Self {
            id: parked.repair_id,
            stage: RepairStage::Parked,
            message_id: parked.message_id,
            service: parked.service.clone(),
            reaction: String::new(),
            subject: parked.subject.clone(),
            correlation: parked.correlation.clone(),
            cause: parked.cause,
            order_id: parked.order_id,
            reason: String::new(),
            attempts: 0,
            parked_at: parked.at,
            since: parked.at,
            redrives: parked.redrive,
            sequence: 0,
            lost: false,
            history: Vec::new(),
        };
        repair.give_up(parked);
        repair
    }

    fn give_up(&mut self, parked: MessageParked) {
        let by = format!("{}/{}", parked.service, parked.reaction);
        self.step(RepairStage::Parked, parked.at, "parked", by, parked.reason.clone());
        self.reaction = parked.reaction;
        self.reason = parked.reason;
        self.attempts = parked.attempts;
        self.sequence = parked.sequence;
        self.lost = parked.left_out;
    }

    fn step(&mut self, stage: RepairStage, at: Timestamp, what: &str, by: String, why: String) {
        self.stage = stage;
        self.since = at;
        self.history.push(RepairStep { at, what: what.to_owned(), by, why });
        let too_many = self.history.len().saturating_sub(STEPS);
        self.history.drain(..too_many);
    }

    /// Whether it can be put back now. A message that was discarded can; nothing is lost by changing one's mind.
    ///
    /// # Errors
    /// When it cannot.
    pub fn may_redrive(&self) -> Result<(), Refusal> {
        match self.stage {
            RepairStage::Redriven => Err(Refusal::AlreadyRedriven),
            RepairStage::Settled => Err(Refusal::AlreadySettled),
            RepairStage::Parked | RepairStage::Discarded if self.lost => Err(Refusal::PayloadLeftOut),
            RepairStage::Parked | RepairStage::Discarded => Ok(()),
        }
    }

    /// Whether it can be discarded now. Also one that was put back and never came back: nobody may be there to handle it.
    ///
    /// # Errors
    /// When it cannot.
    pub fn may_discard(&self) -> Result<(), Refusal> {
        match self.stage {
            RepairStage::Parked | RepairStage::Redriven => Ok(()),
            RepairStage::Settled => Err(Refusal::AlreadySettled),
            RepairStage::Discarded => Err(Refusal::AlreadyDiscarded),
        }
    }
}

impl Entity for Repair {
    type Id = RepairId;
    type Table = repairs::Entity;
    type View = RepairView;

    fn id(&self) -> RepairId {
        self.id
    }

    fn view(&self, version: u64, _: &Principal) -> RepairView {
        use chassis::Refusal as _;
        let code = |no: Refusal| no.code().to_owned();
        RepairView {
            repair_id: self.id,
            version,
            stage: self.stage,
            message_id: self.message_id,
            service: self.service.clone(),
            reaction: self.reaction.clone(),
            subject: self.subject.clone(),
            correlation: self.correlation.clone(),
            cause: self.cause,
            order_id: self.order_id,
            reason: self.reason.clone(),
            attempts: self.attempts,
            parked_at: self.parked_at,
            redrives: self.redrives,
            sequence: self.sequence,
            redrive_refused: self.may_redrive().err().map(code),
            discard_refused: self.may_discard().err().map(code),
            history: self.history.clone(),
        }
    }

    fn index(&self, row: &mut Row<Self>) {
        row.stage = Set(self.stage.name().to_owned());
        row.service = Set(self.service.clone());
        row.reaction = Set(self.reaction.clone());
        row.order_id = Set(self.order_id.map(|id| id.to_string()));
        row.parked_at = Set(self.parked_at.as_millisecond());
    }
}
