//! An order's money as people may see it.

use contracts::orders::Viewer;
use contracts::payments::{MoneyView, Movement, MovementKind, WalletLine};
use contracts::{Cents, UserId};

use crate::payment::{Hold, Payment, Standing};

/// On which side of the money somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Pays.
    Customer,
    /// Is paid.
    Runner,
    /// Looks after it.
    Staff,
}

/// On which side a viewer is, if on any.
pub(crate) fn side(payment: &Payment, viewer: &Viewer) -> Option<Side> {
    if viewer.operator {
        return Some(Side::Staff);
    }
    if payment.customer_id() == Some(viewer.user_id) {
        return Some(Side::Customer);
    }
    (payment.runner_id() == Some(viewer.user_id)).then_some(Side::Runner)
}

/// What each kind of movement does to somebody's own money.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// Nothing that they have to do with.
    None,
    /// They see it, but it is not spent or earned: a hold.
    Shown,
    Plus,
    Minus,
}

fn effect(kind: MovementKind, side: Side) -> Effect {
    use MovementKind as Kind;
    match (side, kind) {
        (Side::Staff, _) | (Side::Customer, Kind::Hold | Kind::Release) => Effect::Shown,
        (Side::Customer, Kind::Capture | Kind::Tip | Kind::RefundFailed | Kind::DisputeWon) => Effect::Minus,
        (Side::Customer, Kind::Refund | Kind::Dispute) | (Side::Runner, Kind::Payout | Kind::TipPayout) => Effect::Plus,
        (Side::Runner, Kind::Reversal) => Effect::Minus,
        (Side::Customer, Kind::Payout | Kind::Reversal | Kind::TipPayout | Kind::StripeFee)
        | (
            Side::Runner,
            Kind::Hold
            | Kind::Release
            | Kind::Capture
            | Kind::Refund
            | Kind::RefundFailed
            | Kind::Tip
            | Kind::StripeFee
            | Kind::Dispute
            | Kind::DisputeWon,
        ) => Effect::None,
    }
}

/// Customers see what they paid and got back, runners what they were paid, staff everything but where a customer answers
/// their bank.
pub(crate) fn money_view(payment: &Payment, side: Side) -> MoneyView {
    let theirs = |movement: &Movement| effect(movement.kind, side) != Effect::None;
    let of = |sides: &[Side], cents: Cents| if sides.contains(&side) { cents } else { Cents(0) };
    let (customers, runners) = ([Side::Customer, Side::Staff], [Side::Runner, Side::Staff]);
    MoneyView {
        order_id: payment.order_id,
        stage: payment.stage().money_stage(),
        currency: payment.currency,
        held_cents: of(&customers, payment.held_cents()),
        captured_cents: of(&customers, payment.captured_cents()),
        refunded_cents: of(&customers, payment.refunded_cents()),
        paid_out_cents: of(&runners, payment.paid_cents()),
        movements: payment.ledger.movements().into_iter().filter(theirs).collect(),
        action_url: (side == Side::Customer).then(|| action_url(payment)).flatten(),
    }
}

fn action_url(payment: &Payment) -> Option<String> {
    payment.holds.iter().find_map(|Hold { standing, .. }| match standing {
        Standing::Waiting { url } => Some(url.expose().to_owned()),
        Standing::Failed | Standing::Held | Standing::Released | Standing::Captured(_) => None,
    })
}

/// What an order did to a person's own money.
pub(crate) fn wallet_lines(payment: &Payment, person: UserId) -> Vec<WalletLine> {
    let viewer = Viewer { user_id: person, operator: false };
    let Some(side) = side(payment, &viewer) else { return Vec::new() };
    let line = |Movement { at, kind, amount_cents }| {
        let amount_cents = match effect(kind, side) {
            Effect::Plus => amount_cents,
            Effect::Minus => Cents(0) - amount_cents,
            Effect::None | Effect::Shown => return None,
        };
        Some(WalletLine { order_id: payment.order_id, at, kind, amount_cents })
    };
    payment.ledger.movements().into_iter().filter_map(line).collect()
}
