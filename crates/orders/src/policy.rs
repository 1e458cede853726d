//! What may be called off by whom and when, what then happens to the money, and what the platform charges. One table, which
//! decides, is served by the API and is what people are told.

use contracts::Cents;
use contracts::orders::{CancelReason, CancelRule, PolicyView, Status};
use serde::Deserialize;

use crate::order::Order;
use crate::refusal::Refusal;

/// `[policy]`: what the platform charges. Its version is stamped on every order that is quoted under it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Policy {
    /// Raised by whoever changes any of the others.
    pub version: u32,
    /// Hundredths of a percent of the items that the platform keeps.
    pub platform_fee_basis_points: u32,
    /// What the platform keeps of every order, besides.
    pub platform_fee_fixed_cents: Cents,
    /// Hundredths of a percent of an errand's estimate that are held on top.
    pub errand_buffer_basis_points: u32,
    /// What a runner earns when the customer does not choose.
    pub delivery_fee_cents: Cents,
}

impl Policy {
    /// What the platform keeps of a basket.
    #[must_use]
    pub fn platform_fee(&self, items: Cents) -> Cents {
        share(items, self.platform_fee_basis_points) + self.platform_fee_fixed_cents
    }

    /// What is held on top of an estimate.
    #[must_use]
    pub fn buffer(&self, items: Cents) -> Cents {
        share(items, self.errand_buffer_basis_points)
    }

    /// The policy as people may read it.
    #[must_use]
    pub fn view(&self) -> PolicyView {
        PolicyView {
            version: self.version,
            platform_fee_basis_points: self.platform_fee_basis_points,
            platform_fee_fixed_cents: self.platform_fee_fixed_cents,
            errand_buffer_basis_points: self.errand_buffer_basis_points,
            delivery_fee_cents: self.delivery_fee_cents,
            cancellation: CANCELLATION.iter().map(Row::view).collect(),
        }
    }
}

/// Rounded up to the next cent: whoever is promised a share gets no less.
fn share(amount: Cents, basis_points: u32) -> Cents {
    let exact = i128::from(amount.0) * i128::from(basis_points);
    Cents(i64::try_from((exact + 9_999) / 10_000).unwrap_or(i64::MAX))
}

/// Who wants to call an order off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Who placed it.
    Customer,
    /// Who delivers it; they withdraw instead.
    Runner,
    /// Staff.
    Operator,
}

/// What happens to the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Money {
    /// What is held is let go, and what is about to be held is not taken.
    Released,
    /// What was taken is given back, the runner's payout first.
    Refunded,
    /// Nothing.
    Unchanged,
}

/// Whether they may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Yes, and this is the reason that everybody is told.
    Allowed(CancelReason, Money),
    /// It is over already: asking again changes nothing.
    Over,
    /// No.
    Refused(Refusal),
}

/// One row of the policy. `late` rows hold for orders that are overdue, and stand before the others of their status.
pub struct Row {
    actor: Actor,
    status: Status,
    late: bool,
    decision: Decision,
}

const fn row(actor: Actor, status: Status, decision: Decision) -> Row {
    Row { actor, status, late: false, decision }
}

const fn late(actor: Actor, status: Status, decision: Decision) -> Row {
    Row { actor, status, late: true, decision }
}

const BY_CUSTOMER: Decision = Decision::Allowed(CancelReason::Customer, Money::Released);
const RUNNER_FAILED: Decision = Decision::Allowed(CancelReason::RunnerFailed, Money::Released);
const BY_OPERATOR: Decision = Decision::Allowed(CancelReason::Operator, Money::Released);
const NOT_THEIRS: Decision = Decision::Refused(Refusal::NotYourOrder);

/// The policy.
#[rustfmt::skip]
pub const CANCELLATION: &[Row] = &[
    row(Actor::Customer, Status::Pending,        BY_CUSTOMER),
    row(Actor::Customer, Status::ActionRequired, BY_CUSTOMER),
    row(Actor::Customer, Status::Created,        BY_CUSTOMER),
    row(Actor::Customer, Status::Claimed,        BY_CUSTOMER),
    late(Actor::Customer, Status::Accepted,      RUNNER_FAILED),
    row(Actor::Customer, Status::Accepted,       Decision::Refused(Refusal::RunnerHasIt)),
    late(Actor::Customer, Status::Placed,        RUNNER_FAILED),
    row(Actor::Customer, Status::Placed,         Decision::Refused(Refusal::RunnerHasIt)),
    late(Actor::Customer, Status::OnTheWay,      RUNNER_FAILED),
    row(Actor::Customer, Status::OnTheWay,       Decision::Refused(Refusal::RunnerHasIt)),
    row(Actor::Customer, Status::Delivered,      Decision::Refused(Refusal::AlreadyDelivered)),
    row(Actor::Customer, Status::Completed,      Decision::Refused(Refusal::AlreadyDelivered)),
    row(Actor::Customer, Status::Cancelled,      Decision::Over),
    row(Actor::Runner,   Status::Claimed,        NOT_THEIRS),
    row(Actor::Runner,   Status::Accepted,       NOT_THEIRS),
    row(Actor::Runner,   Status::Placed,         NOT_THEIRS),
    row(Actor::Runner,   Status::OnTheWay,       NOT_THEIRS),
    row(Actor::Runner,   Status::Delivered,      NOT_THEIRS),
    row(Actor::Runner,   Status::Completed,      NOT_THEIRS),
    row(Actor::Runner,   Status::Cancelled,      NOT_THEIRS),
    row(Actor::Operator, Status::Pending,        BY_OPERATOR),
    row(Actor::Operator, Status::ActionRequired, BY_OPERATOR),
    row(Actor::Operator, Status::Created,        BY_OPERATOR),
    row(Actor::Operator, Status::Claimed,        BY_OPERATOR),
    row(Actor::Operator, Status::Accepted,       BY_OPERATOR),
    row(Actor::Operator, Status::Placed,         BY_OPERATOR),
    row(Actor::Operator, Status::OnTheWay,       BY_OPERATOR),
    row(Actor::Operator, Status::Delivered,      Decision::Allowed(CancelReason::Operator, Money::Refunded)),
    row(Actor::Operator, Status::Completed,      Decision::Refused(Refusal::AlreadyCompleted)),
    row(Actor::Operator, Status::Cancelled,      Decision::Over),
];

/// What the table says. Somebody for whom it has no row has no part in the order.
#[must_use]
pub fn decide(actor: Actor, order: &Order) -> Decision {
    let fits = |row: &&Row| row.actor == actor && row.status == order.status() && (order.is_overdue() || !row.late);
    CANCELLATION.iter().find(fits).map_or(Decision::Refused(Refusal::NotFound), |row| row.decision)
}

impl Row {
    fn view(&self) -> CancelRule {
        let actor = match self.actor {
            Actor::Customer => "customer",
            Actor::Runner => "runner",
            Actor::Operator => "operator",
        };
        let refusal = match self.decision {
            Decision::Refused(refusal) => Some(chassis::Refusal::code(&refusal).to_owned()),
            Decision::Allowed(..) | Decision::Over => None,
        };
        CancelRule {
            actor: actor.to_owned(),
            status: self.status,
            only_overdue: self.late,
            allowed: refusal.is_none(),
            refusal,
            money: self.decision.money().code().to_owned(),
            sentence: self.decision.sentence(),
        }
    }
}

impl Decision {
    fn money(self) -> Money {
        match self {
            Self::Allowed(_, money) => money,
            Self::Over | Self::Refused(_) => Money::Unchanged,
        }
    }

    /// What would happen, for the person who thinks about it.
    #[must_use]
    pub fn sentence(self) -> String {
        match self {
            Self::Allowed(_, Money::Released) => {
                "The order is cancelled, and whatever is held on the card is let go; nothing is charged.".to_owned()
            }
            Self::Allowed(_, Money::Refunded) => {
                "The order is cancelled; what was charged is refunded, and the runner's payout is taken back first."
                    .to_owned()
            }
            Self::Allowed(_, Money::Unchanged) => "The order is cancelled.".to_owned(),
            Self::Over => "The order is cancelled already; nothing changes.".to_owned(),
            Self::Refused(refusal) => refusal.to_string(),
        }
    }
}

impl Money {
    fn code(self) -> &'static str {
        match self {
            Self::Released => "hold_released",
            Self::Refunded => "refunded",
            Self::Unchanged => "unchanged",
        }
    }
}
