//! Deadlines, one type per delay class, and the events that say that their time has come.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::Sample;
use crate::{Id, OrderId, ReconciliationId};

/// A runner must have accepted the order by then; the same delay for every order (policy, 30 minutes).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AcceptanceDeadline {
    /// The order on offer.
    pub order_id: OrderId,
    /// UTC.
    pub due_at: Timestamp,
}

/// Nobody needs to have forgotten: the owner decides whether it still matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AcceptanceElapsed {
    /// The order on offer.
    pub order_id: OrderId,
    /// When it was due, UTC.
    pub due_at: Timestamp,
}

/// The runner must have delivered by then (policy, 90 minutes after the assignment).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryDeadline {
    /// The order under way.
    pub order_id: OrderId,
    /// UTC.
    pub due_at: Timestamp,
}

/// The delivery is due: the owner decides whether it is late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryElapsed {
    /// The order under way.
    pub order_id: OrderId,
    /// When it was due, UTC.
    pub due_at: Timestamp,
}

/// The customer must have answered their bank by then (10 minutes).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ActionDeadline {
    /// The order.
    pub order_id: OrderId,
    /// UTC.
    pub due_at: Timestamp,
}

/// The customer's bank is due. The owner decides whether it still matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ActionElapsed {
    /// The order.
    pub order_id: OrderId,
    /// When it was due, UTC.
    pub due_at: Timestamp,
}

/// The customer must have answered their runner's question by then (5 minutes).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConsentDeadline {
    /// The order.
    pub order_id: OrderId,
    /// UTC.
    pub due_at: Timestamp,
}

/// The answer is due. The owner decides whether it still matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConsentElapsed {
    /// The order.
    pub order_id: OrderId,
    /// When it was due, UTC.
    pub due_at: Timestamp,
}

/// The runner waits at the door until then (10 minutes).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NoShowDeadline {
    /// The order.
    pub order_id: OrderId,
    /// UTC.
    pub due_at: Timestamp,
}

/// The runner has waited long enough. The owner decides whether it still matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NoShowElapsed {
    /// The order.
    pub order_id: OrderId,
    /// When it was due, UTC.
    pub due_at: Timestamp,
}

/// A hold must be captured or released by then (6 days; Stripe lets go of it after 7: <https://docs.stripe.com/payments/place-a-hold-on-a-payment-method>).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldDeadline {
    /// The order.
    pub order_id: OrderId,
    /// UTC.
    pub due_at: Timestamp,
}

/// The hold is about to lapse. The owner decides whether it still matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldElapsed {
    /// The order.
    pub order_id: OrderId,
    /// When it was due, UTC.
    pub due_at: Timestamp,
}

/// Money that could not be moved is tried again then (5 minutes).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SettleDeadline {
    /// The order.
    pub order_id: OrderId,
    /// UTC.
    pub due_at: Timestamp,
}

/// It is time to try again. The owner decides whether it still matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SettleElapsed {
    /// The order.
    pub order_id: OrderId,
    /// When it was due, UTC.
    pub due_at: Timestamp,
}

/// The books are compared with Stripe's then (once a day).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReconciliationDeadline {
    /// The day's.
    pub reconciliation_id: ReconciliationId,
    /// UTC.
    pub due_at: Timestamp,
}

/// It is time to compare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReconciliationElapsed {
    /// The day's.
    pub reconciliation_id: ReconciliationId,
    /// When it was due, UTC.
    pub due_at: Timestamp,
}

crate::message::deadlines! {
    "acceptance" AcceptanceDeadline, then "acceptance_elapsed" AcceptanceElapsed, by order_id: OrderId,
    "delivery" DeliveryDeadline, then "delivery_elapsed" DeliveryElapsed, by order_id: OrderId,
    "action" ActionDeadline, then "action_elapsed" ActionElapsed, by order_id: OrderId,
    "consent" ConsentDeadline, then "consent_elapsed" ConsentElapsed, by order_id: OrderId,
    "no_show" NoShowDeadline, then "no_show_elapsed" NoShowElapsed, by order_id: OrderId,
    "hold" HoldDeadline, then "hold_elapsed" HoldElapsed, by order_id: OrderId,
    "settle" SettleDeadline, then "settle_elapsed" SettleElapsed, by order_id: OrderId,
    "reconciliation" ReconciliationDeadline, then "reconciliation_elapsed" ReconciliationElapsed,
        by reconciliation_id: ReconciliationId,
}

/// The order that samples speak of.
pub(crate) fn sample_order() -> OrderId {
    OrderId::from_uuid(uuid::Uuid::from_u128(0x0198_c2f6_a1b3_7c3e_8d5f_6a7b_8c9d_0e1f))
}

/// Noon of the predecessor's term: the moment that samples speak of.
pub(crate) fn sample_time() -> Timestamp {
    Timestamp::constant(1_772_712_000, 0)
}

impl Sample for AcceptanceDeadline {
    fn sample() -> Self {
        Self { order_id: sample_order(), due_at: sample_time() }
    }
}

impl Sample for AcceptanceElapsed {
    fn sample() -> Self {
        Self { order_id: sample_order(), due_at: sample_time() }
    }
}

impl Sample for DeliveryDeadline {
    fn sample() -> Self {
        Self { order_id: sample_order(), due_at: sample_time() }
    }
}

impl Sample for DeliveryElapsed {
    fn sample() -> Self {
        Self { order_id: sample_order(), due_at: sample_time() }
    }
}

impl Sample for ActionDeadline {
    fn sample() -> Self {
        Self { order_id: sample_order(), due_at: sample_time() }
    }
}

impl Sample for ActionElapsed {
    fn sample() -> Self {
        Self { order_id: sample_order(), due_at: sample_time() }
    }
}

impl Sample for ConsentDeadline {
    fn sample() -> Self {
        Self { order_id: sample_order(), due_at: sample_time() }
    }
}

impl Sample for ConsentElapsed {
    fn sample() -> Self {
        Self { order_id: sample_order(), due_at: sample_time() }
    }
}

impl Sample for NoShowDeadline {
    fn sample() -> Self {
        Self { order_id: sample_order(), due_at: sample_time() }
    }
}

impl Sample for NoShowElapsed {
    fn sample() -> Self {
        Self { order_id: sample_order(), due_at: sample_time() }
    }
}

impl Sample for HoldDeadline {
    fn sample() -> Self {
        Self { order_id: sample_order(), due_at: sample_time() }
    }
}

impl Sample for HoldElapsed {
    fn sample() -> Self {
        Self { order_id: sample_order(), due_at: sample_time() }
    }
}

impl Sample for SettleDeadline {
    fn sample() -> Self {
        Self { order_id: sample_order(), due_at: sample_time() }
    }
}

impl Sample for ReconciliationDeadline {
    fn sample() -> Self {
        Self { reconciliation_id: ReconciliationId::of_day(20_517), due_at: sample_time() }
    }
}

impl Sample for ReconciliationElapsed {
    fn sample() -> Self {
        Self { reconciliation_id: ReconciliationId::of_day(20_517), due_at: sample_time() }
    }
}

impl Sample for SettleElapsed {
    fn sample() -> Self {
        Self { order_id: sample_order(), due_at: sample_time() }
    }
}
