//! An order's money, as payments tells it to one viewer.

use std::time::Duration;

use contracts::OrderId;
use contracts::payments::{self as told, GetMoney, MoneyStage, MoneyView, MovementKind};
use poem_openapi::{Enum, Object};
use tokio::time::timeout;

use crate::Shared;
use crate::auth::Caller;
use crate::problem::Problem;
use crate::scalars::{Ref, Time};
use crate::views::CurrencyName;

/// How long an order waits for its money before it is shown without.
const GLANCE: Duration = Duration::from_millis(500);

/// How far an order's money has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "MoneyStage", rename_all = "snake_case", remote = "MoneyStage")]
pub(crate) enum StageName {
    /// Nothing was ever held.
    Nothing,
    /// The bank said no.
    Declined,
    /// The bank waits for the customer.
    ActionRequired,
    /// Held.
    Held,
    /// Given back.
    Released,
    /// Taken from the customer, not yet with the runner.
    Captured,
    /// With the runner.
    PaidOut,
    /// All of it given back after it was taken.
    Refunded,
}

/// What happened to money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "MovementKind", rename_all = "snake_case", remote = "MovementKind")]
pub(crate) enum MovementName {
    /// Held on the customer's card.
    Hold,
    /// The hold, or what was left of it, was let go.
    Release,
    /// Taken from the customer.
    Capture,
    /// To the runner.
    Payout,
    /// Back from the runner.
    Reversal,
    /// Back to the customer.
    Refund,
    /// A refund that did not arrive: the money is here again.
    RefundFailed,
    /// A tip after the delivery, from the customer.
    Tip,
    /// The tip, to the runner.
    TipPayout,
    /// What Stripe takes for itself, from the platform.
    StripeFee,
    /// Taken back by the customer's bank.
    Dispute,
    /// A dispute that was won: back from the bank.
    DisputeWon,
}

/// Where an order's money is. Customers see what they paid and got back, runners what they were paid.
#[derive(Clone, Debug, Object)]
#[oai(rename = "OrderMoney")]
pub(crate) struct Purse {
    /// How far it has come.
    stage: StageName,
    /// In what.
    currency: CurrencyName,
    /// Held now.
    held_cents: i64,
    /// Taken from the customer, tips included.
    captured_cents: i64,
    /// Given back after it was taken.
    refunded_cents: i64,
    /// Paid to the runner, tips included, less what was taken back.
    paid_out_cents: i64,
}

impl From<&MoneyView> for Purse {
    fn from(view: &MoneyView) -> Self {
        Self {
            stage: view.stage.into(),
            currency: view.currency.into(),
            held_cents: view.held_cents.0,
            captured_cents: view.captured_cents.0,
            refunded_cents: view.refunded_cents.0,
            paid_out_cents: view.paid_out_cents.0,
        }
    }
}

/// One movement of money.
#[derive(Clone, Debug, Object)]
#[oai(rename = "MoneyMovement")]
pub(crate) struct Movement {
    /// When.
    at: Time,
    /// What.
    kind: MovementName,
    /// How much; never negative, the kind says which way.
    amount_cents: i64,
}

impl From<told::Movement> for Movement {
    fn from(movement: told::Movement) -> Self {
        Self { at: Time(movement.at), kind: movement.kind.into(), amount_cents: movement.amount_cents.0 }
    }
}

/// An order's money with everything that happened to it.
#[derive(Clone, Debug, Object)]
#[oai(rename = "OrderMoneyMovements")]
pub(crate) struct Money {
    /// The order.
    pub(crate) order_id: Ref<OrderId>,
    /// Where it is.
    pub(crate) money: Purse,
    /// Oldest first.
    pub(crate) movements: Vec<Movement>,
}

impl From<MoneyView> for Money {
    fn from(view: MoneyView) -> Self {
        Self {
            order_id: Ref(view.order_id),
            money: Purse::from(&view),
            movements: view.movements.into_iter().map(Into::into).collect(),
        }
    }
}

/// An order's money, if payments knows it and says so soon.
pub(crate) async fn glance(shared: &Shared, caller: &Caller, order_id: OrderId) -> Option<MoneyView> {
    let question = GetMoney { order_id, viewer: caller.viewer() };
    timeout(GLANCE, shared.ask(&question)).await.ok()?.ok()?.ok()
}

/// An order's money; nothing when payments does not know any yet.
pub(crate) async fn of(shared: &Shared, caller: &Caller, order_id: OrderId) -> Result<Option<MoneyView>, Problem> {
    match shared.ask(&GetMoney { order_id, viewer: caller.viewer() }).await? {
        Ok(view) => Ok(Some(view)),
        Err(refused) if refused.code == "not_found" => Ok(None),
        Err(refused) => Err(refused.into()),
    }
}
