//! Messages that a service gave up on, and what became of them.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::Sample;
use crate::timers::{sample_order, sample_time};
use crate::{MessageId, OrderId, RepairId, Text};

impl RepairId {
    /// What one service could not handle of one message. A message has one reaction per service, so nothing else is needed;
    /// and one that could not even be read comes back to the same repair when a newer version can read it and still fails.
    #[must_use]
    pub fn of(message_id: MessageId, service: &str) -> Self {
        message_id.derive(service)
    }
}

/// A service gave up on a message: for the first time, or again after it was put back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MessageParked {
    /// This message and this service.
    pub repair_id: RepairId,
    /// The message, as it was first given up on.
    pub message_id: MessageId,
    /// Whose reaction.
    pub service: String,
    /// Which one; `unreadable` when the message could not be read.
    pub reaction: String,
    /// What the message was published on.
    pub subject: String,
    /// The story that it belongs to.
    pub correlation: String,
    /// The message that caused it, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<MessageId>,
    /// The order that it is about, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// Why it was given up on, without what stood in quotes in it: that may be what somebody typed.
    pub reason: String,
    /// How often it was tried.
    pub attempts: u32,
    /// How often it had been put back before; 0 for the first time.
    pub redrive: u32,
    /// Its place in the stream `PARKED`, where it is kept whole.
    pub sequence: u64,
    /// It was too large to be kept whole.
    pub left_out: bool,
    /// When it was given up on, UTC.
    pub at: Timestamp,
}

/// A message that was put back has been handled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MessageSettled {
    /// This message and this service.
    pub repair_id: RepairId,
    /// The how manyeth time of putting it back, from 1.
    pub redrive: u32,
    /// `done`, `refused: <code>` when a rule said no, or `handled before` when there was nothing left to do.
    pub how: String,
    /// When, UTC.
    pub at: Timestamp,
}

/// Puts a message back, for the one service that gave up on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RedriveMessage {
    /// Which.
    pub repair_id: RepairId,
    /// Why it should go better now.
    pub reason: Text<200>,
}

/// Nothing more is to come of a message. It can still be put back later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DiscardMessage {
    /// Which.
    pub repair_id: RepairId,
    /// Why it does not matter.
    pub reason: Text<200>,
}

/// Somebody wants a message put back. Why stands in the repair's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MessageRedriven {
    /// This message and this service.
    pub repair_id: RepairId,
    /// The message, as it was first given up on.
    pub message_id: MessageId,
    /// For whom alone it is put back.
    pub service: String,
    /// Where it is kept whole.
    pub sequence: u64,
    /// The how manyeth time, from 1.
    pub redrive: u32,
    /// The intent that asked for it.
    pub intent_id: MessageId,
    /// When, UTC.
    pub at: Timestamp,
}

/// Somebody decided that nothing more is to come of a message. Why stands in the repair's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MessageDiscarded {
    /// This message and this service.
    pub repair_id: RepairId,
    /// When, UTC.
    pub at: Timestamp,
}

crate::message::messages! { "repairs":
    Intent "redrive_message" RedriveMessage by repair_id: RepairId,
    Intent "discard_message" DiscardMessage by repair_id: RepairId,
    Event "message_parked" MessageParked by repair_id: RepairId,
    Event "message_settled" MessageSettled by repair_id: RepairId,
    Event "message_redriven" MessageRedriven by repair_id: RepairId,
    Event "message_discarded" MessageDiscarded by repair_id: RepairId,
}

/// How far a repair has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RepairStage {
    /// It waits for somebody.
    Parked,
    /// It was put back and has not come back yet.
    Redriven,
    /// It has been handled after all.
    Settled,
    /// Somebody decided that it does not matter.
    Discarded,
}

impl RepairStage {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Parked, Self::Redriven, Self::Settled, Self::Discarded];
    /// Those that somebody has to look after.
    pub const OPEN: [Self; 2] = [Self::Parked, Self::Redriven];

    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Parked => "parked",
            Self::Redriven => "redriven",
            Self::Settled => "settled",
            Self::Discarded => "discarded",
        }
    }
}

/// One step of a repair's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RepairStep {
    /// When, UTC.
    pub at: Timestamp,
    /// `parked`, `redriven`, `settled`, `discarded`, or `lost`: what was to be put back is not there any more.
    pub what: String,
    /// Who: a principal (`opr_…`, `sys_cli`), or the service.
    pub by: String,
    /// Why, or how.
    pub why: String,
}

/// A message that a service gave up on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RepairView {
    /// Its own id.
    pub repair_id: RepairId,
    /// Counts the changes.
    pub version: u64,
    /// How far it has come.
    pub stage: RepairStage,
    /// The message, as it was first given up on.
    pub message_id: MessageId,
    /// Whose reaction.
    pub service: String,
    /// Which one, the last time; `unreadable` when the message could not be read.
    pub reaction: String,
    /// What the message was published on.
    pub subject: String,
    /// The story that it belongs to.
    pub correlation: String,
    /// The message that caused it, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<MessageId>,
    /// The order that it is about, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// Why it was given up on, the last time.
    pub reason: String,
    /// How often it was tried, the last time.
    pub attempts: u32,
    /// When it was given up on first, UTC.
    pub parked_at: Timestamp,
    /// How often it was put back.
    pub redrives: u32,
    /// Where in the stream `PARKED` it is kept whole.
    pub sequence: u64,
    /// What putting it back would be refused with right now, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redrive_refused: Option<String>,
    /// What discarding it would be refused with right now, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discard_refused: Option<String>,
    /// What happened to it, oldest first; of a long history the newest 100 steps, on a page the newest 5.
    pub history: Vec<RepairStep>,
}

/// Which messages were given up on? Newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListRepairs {
    /// Only these stages; all when empty.
    #[serde(default)]
    pub stages: Vec<RepairStage>,
    /// Only of this service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Only of this reaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reaction: Option<String>,
    /// Only about this order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// At most this many, 1 to 100.
    pub limit: u32,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RepairPage {
    /// Newest first.
    pub repairs: Vec<RepairView>,
    /// The `cursor` of the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What became of this one?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GetRepair {
    /// Which.
    pub repair_id: RepairId,
}

/// What is to be done about messages that were given up on?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListRepairTasks {}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RepairTask {
    /// Which message, for which service.
    pub repair_id: RepairId,
    /// The order that it is about, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// `message_parked`, or `message_redriven` while it has not come back.
    pub code: String,
    /// Since when, UTC.
    pub since: Timestamp,
    /// What is the matter, in one sentence.
    pub what: String,
    /// What to do about it, in one sentence.
    pub todo: String,
}

/// What is to be done. It is gone as soon as the message is settled or discarded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RepairTasks {
    /// Oldest first, at most 500.
    pub tasks: Vec<RepairTask>,
    /// How many messages wait for somebody, of all.
    pub parked: u64,
    /// How many were put back and have not come back yet, of all.
    pub redriven: u64,
}

crate::message::questions! { "repairs":
    "list" ListRepairs -> RepairPage,
    "get" GetRepair -> RepairView,
    "tasks" ListRepairTasks -> RepairTasks,
}

fn sample_message() -> MessageId {
    MessageId::of_stored("LOG", 7)
}

fn sample_repair() -> RepairId {
    RepairId::of(sample_message(), "orders")
}

impl Sample for MessageParked {
    fn sample() -> Self {
        Self {
            repair_id: sample_repair(),
            message_id: sample_message(),
            service: "orders".to_owned(),
            reaction: "complete".to_owned(),
            subject: format!("payments.paid_out.v1.3.{}", sample_order()),
            correlation: sample_order().to_string(),
            cause: Some(MessageId::of_stored("LOG", 6)),
            order_id: Some(sample_order()),
            reason: "no such order".to_owned(),
            attempts: 20,
            redrive: 0,
            sequence: 1,
            left_out: false,
            at: sample_time(),
        }
    }
}

impl Sample for MessageSettled {
    fn sample() -> Self {
        Self { repair_id: sample_repair(), redrive: 1, how: "done".to_owned(), at: sample_time() }
    }
}

impl Sample for RedriveMessage {
    fn sample() -> Self {
        Self { repair_id: sample_repair(), reason: Text::sample() }
    }
}

impl Sample for DiscardMessage {
    fn sample() -> Self {
        Self { repair_id: sample_repair(), reason: Text::sample() }
    }
}

impl Sample for MessageRedriven {
    fn sample() -> Self {
        Self {
            repair_id: sample_repair(),
            message_id: sample_message(),
            service: "orders".to_owned(),
            sequence: 1,
            redrive: 1,
            intent_id: MessageId::of_stored("LOG", 8),
            at: sample_time(),
        }
    }
}

impl Sample for MessageDiscarded {
    fn sample() -> Self {
        Self { repair_id: sample_repair(), at: sample_time() }
    }
}

impl Sample for ListRepairs {
    fn sample() -> Self {
        Self { stages: RepairStage::OPEN.to_vec(), limit: 20, ..Self::default() }
    }
}

impl Sample for GetRepair {
    fn sample() -> Self {
        Self { repair_id: sample_repair() }
    }
}

impl Sample for ListRepairTasks {
    fn sample() -> Self {
        Self {}
    }
}
