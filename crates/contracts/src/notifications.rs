//! What people are told, each thing once.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::Sample;
use crate::timers::{sample_order, sample_time};
use crate::users::sample_user;
use crate::{MessageId, OrderId, UserId};

/// What somebody is told. The words are the client's, in the person's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// To the customer: the bank wants to check the payment.
    ActionRequired,
    /// To the customer: a runner has the order.
    Accepted,
    /// To the customer: the runner gave it back; it is on offer again.
    Reopened,
    /// To the runner who claimed it: they may not have it.
    ClaimRejected,
    /// To the customer: the runner has bought it.
    Purchased,
    /// To the customer: it is on its way.
    Departed,
    /// To the customer: the runner waits at the door.
    RunnerWaits,
    /// To the customer: the runner asks whether something else, or more, is all right.
    ChangeProposed,
    /// To the runner: the customer agreed.
    ChangeAgreed,
    /// To the runner: the customer did not agree.
    ChangeRefused,
    /// To both: it is late.
    Overdue,
    /// To the customer: handed over.
    Delivered,
    /// To the customer: done, and what it cost.
    Completed,
    /// To the runner: the money is on its way to them.
    PaidOut,
    /// To the runner: they could not be paid yet.
    PayoutHeld,
    /// To both: it is off.
    Cancelled,
    /// To the customer: money comes back.
    Refunded,
    /// To the runner: a payout was taken back.
    PayoutReversed,
    /// To the runner: what was taken back is with them again.
    PayoutReturned,
    /// To the runner: a tip.
    Tipped,
    /// To the customer: the tip could not be charged.
    TipDeclined,
    /// To the other side: a problem was reported.
    ProblemReported,
    /// To both: the problem is settled.
    ProblemResolved,
    /// To whoever was rated.
    Rated,
}

/// Somebody was told something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Told {
    /// Who.
    pub user_id: UserId,
    /// What.
    pub news: News,
    /// About which order.
    pub order_id: OrderId,
    /// When it happened, UTC.
    pub at: Timestamp,
}

/// Marks what a person has seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MarkRead {
    /// Whose notifications; the principal.
    pub user_id: UserId,
    /// Up to and with what happened at this time, UTC; all of them when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<Timestamp>,
}

crate::message::messages! { "notifications":
    Intent "read" MarkRead by user_id: UserId,
    Event "told" Told by user_id: UserId,
}

/// What was this person told? Newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListNotifications {
    /// Who.
    pub user_id: UserId,
    /// Only older than this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<MessageId>,
    /// At most this many, 1 to 100.
    pub limit: u32,
}

/// One notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Notification {
    /// Its own id: the same when somebody is told the same about the same order again.
    pub id: MessageId,
    /// What.
    pub news: News,
    /// About which order.
    pub order_id: OrderId,
    /// When it happened last, UTC.
    pub at: Timestamp,
    /// Whether it was seen.
    pub read: bool,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Notifications {
    /// Newest first.
    pub notifications: Vec<Notification>,
    /// How many of all were not seen yet.
    pub unread: u32,
    /// Whether there are older ones.
    pub more: bool,
}

crate::message::questions! { "notifications":
    "list" ListNotifications -> Notifications,
}

impl Sample for Told {
    fn sample() -> Self {
        Self { user_id: sample_user(), news: News::Accepted, order_id: sample_order(), at: sample_time() }
    }
}

impl Sample for MarkRead {
    fn sample() -> Self {
        Self { user_id: sample_user(), up_to: None }
    }
}

impl Sample for ListNotifications {
    fn sample() -> Self {
        Self { user_id: sample_user(), before: None, limit: 20 }
    }
}
