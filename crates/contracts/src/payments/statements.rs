//! Comparing the books with Stripe's: its balance transactions, read page by page, go to the orders that they are about.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::Sample;
use crate::payments::MoneyStage;
use crate::timers::{sample_order, sample_time};
use crate::{Cents, OrderId, ReconciliationId};

/// Has the deadline of a day's reconciliation promised. Only for the platform itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanReconciliation {
    /// The day's.
    pub reconciliation_id: ReconciliationId,
    /// When it is to begin, UTC.
    pub due_at: Timestamp,
}

/// Compares the books with Stripe's now. For operators, finance and the platform itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reconcile {
    /// A new one; the same again is the same.
    pub reconciliation_id: ReconciliationId,
    /// What moved since then, UTC; the last two days when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// What moved before then, UTC; ten minutes ago when absent, so that what is under way is no difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// A page of Stripe's balance transactions is to be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatementPageDue {
    /// For this reconciliation.
    pub reconciliation_id: ReconciliationId,
    /// The how manyeth, from 0.
    pub page: u32,
}

/// What a balance transaction of Stripe's is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatementKind {
    /// Taken from a customer.
    Charge,
    /// Back to a customer.
    Refund,
    /// A refund that did not arrive.
    RefundFailure,
    /// To a runner.
    Transfer,
    /// Back from a runner.
    TransferReversal,
    /// Taken back by a bank.
    Dispute,
    /// Back from a bank.
    DisputeReversal,
}

/// One balance transaction of Stripe's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatementLine {
    /// Stripe's id, `txn_…`.
    pub id: String,
    /// The object that moved money: `ch_…`, `re_…`, `tr_…`, `trr_…`, `dp_…`.
    pub source: String,
    /// What it is about.
    pub kind: StatementKind,
    /// How much: into the platform's balance when positive, out of it when negative.
    pub amount_cents: Cents,
    /// What Stripe took for itself.
    pub fee_cents: Cents,
    /// When, UTC.
    pub at: Timestamp,
}

/// What Stripe's statement says about one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatementRead {
    /// The order.
    pub order_id: OrderId,
    /// Read for this reconciliation.
    pub reconciliation_id: ReconciliationId,
    /// In Stripe's order, newest first.
    pub lines: Vec<StatementLine>,
}

/// The whole statement of a period was read. What differs by now is an operator's task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reconciled {
    /// Which.
    pub reconciliation_id: ReconciliationId,
    /// What moved since then, UTC.
    pub from: Timestamp,
    /// What moved before then, UTC.
    pub until: Timestamp,
    /// Balance transactions that were read.
    pub transactions: u64,
    /// Of those, the ones that are about no order.
    pub unknown: u64,
}

/// How did a reconciliation go? Refused with `not_found`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GetReconciliation {
    /// Which.
    pub reconciliation_id: ReconciliationId,
}

/// A reconciliation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReconciliationView {
    /// Which.
    pub reconciliation_id: ReconciliationId,
    /// What moved since then, UTC.
    pub from: Timestamp,
    /// What moved before then, UTC.
    pub until: Timestamp,
    /// Who asked for it: `opr_…`, `fin_…`, `sys_…`.
    pub asked_by: String,
    /// Since when, UTC.
    pub begun_at: Timestamp,
    /// When the last page was read, UTC; absent while it is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// Pages that were read.
    pub pages: u32,
    /// Balance transactions that were read.
    pub transactions: u64,
    /// Balance transactions that are about no order: how many.
    pub unknown: u64,
    /// The first 100 of them.
    pub unknown_lines: Vec<StatementLine>,
    /// Orders that differ from Stripe's statement now, not then: how many.
    pub differing: u64,
}

/// Which reconciliations were there? Newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListReconciliations {
    /// At most this many, 1 to 100.
    pub limit: u32,
}

/// Some of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reconciliations {
    /// Newest first.
    pub reconciliations: Vec<ReconciliationView>,
}

/// Where does the money of each order stand? Page by page, to be compared with the orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListMoneyStandings {
    /// Where the previous page ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// At most this many, 1 to 1000.
    pub limit: u32,
}

/// Where the money of one order stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MoneyStanding {
    /// The order.
    pub order_id: OrderId,
    /// How far it has come.
    pub stage: MoneyStage,
    /// Held now.
    pub held_cents: Cents,
    /// Whether it knows that the order is over.
    pub over: bool,
    /// Whether something is tried again by itself.
    pub tried_again: bool,
    /// What operators have to do about it.
    pub tasks: Vec<String>,
}

/// A page of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MoneyStandings {
    /// In the order of their ids.
    pub standings: Vec<MoneyStanding>,
    /// Where the next page starts; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl Sample for PlanReconciliation {
    fn sample() -> Self {
        Self { reconciliation_id: ReconciliationId::of_day(20_517), due_at: sample_time() }
    }
}

impl Sample for Reconcile {
    fn sample() -> Self {
        Self { reconciliation_id: ReconciliationId::of_day(20_517), since: None, until: None }
    }
}

impl Sample for StatementPageDue {
    fn sample() -> Self {
        Self { reconciliation_id: ReconciliationId::of_day(20_517), page: 0 }
    }
}

impl Sample for StatementRead {
    fn sample() -> Self {
        let line = StatementLine {
            id: "txn_1Pq".into(),
            source: "ch_1Pq".into(),
            kind: StatementKind::Charge,
            amount_cents: Cents(1_090),
            fee_cents: Cents(87),
            at: sample_time(),
        };
        Self { order_id: sample_order(), reconciliation_id: ReconciliationId::of_day(20_517), lines: vec![line] }
    }
}

impl Sample for Reconciled {
    fn sample() -> Self {
        let (reconciliation_id, at) = (ReconciliationId::of_day(20_517), sample_time());
        Self { reconciliation_id, from: at, until: at, transactions: 3, unknown: 0 }
    }
}

impl Sample for GetReconciliation {
    fn sample() -> Self {
        Self { reconciliation_id: ReconciliationId::of_day(20_517) }
    }
}

impl Sample for ListReconciliations {
    fn sample() -> Self {
        Self { limit: 20 }
    }
}

impl Sample for ListMoneyStandings {
    fn sample() -> Self {
        Self { cursor: None, limit: 100 }
    }
}
