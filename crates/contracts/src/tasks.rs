//! What only a person in their office can settle, and what they are to do.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::OrderId;

/// One thing to do. It is gone as soon as the facts say that it is settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Task {
    /// The order that it is about.
    pub order_id: OrderId,
    /// Stable: `capture_failed`, `payout_held`, `refund_failed`, `disputed`, `overdue`, `problem_reported`, `hold_lost`,
    /// `books_wrong`, `differs_from_stripe`, `stands_still`, ….
    pub code: String,
    /// Since when, UTC.
    pub since: Timestamp,
    /// What is the matter, in one sentence.
    pub what: String,
    /// What to do about it, in one sentence.
    pub todo: String,
}

/// One page of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tasks {
    /// Oldest first, at most 500.
    pub tasks: Vec<Task>,
}
