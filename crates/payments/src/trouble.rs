//! What only a person can settle. A trouble is raised by what happened and goes away by what happened.

use contracts::Cents;
use contracts::tasks::Task;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::audit;
use crate::dues::takings;
use crate::payment::{Hold, Payment};
use crate::reconciliation::Read;
use crate::settlement::NO_ACCOUNT;

/// Something for an operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// What kind.
    pub kind: TroubleKind,
    /// Since when.
    pub since: Timestamp,
    /// Stripe's code, or its status.
    pub code: String,
}

/// The kinds of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TroubleKind {
    /// The money for a delivered order could not be taken, and trying again does not help.
    CaptureFailed,
    /// The runner could not be paid.
    PayoutHeld,
    /// The customer did not get their money back.
    RefundFailed,
    /// The customer's bank wants the money back.
    Disputed,
    /// The hold went away while the order was alive.
    HoldLost,
    /// The order is over, and what was held for it could not be let go.
    ReleaseFailed,
    /// More was taken from the customer than the delivery costs, and could not be given back.
    TakenTooMuch,
}

impl TroubleKind {
    /// As tasks call it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::CaptureFailed => "capture_failed",
            Self::PayoutHeld => "payout_held",
            Self::RefundFailed => "refund_failed",
            Self::Disputed => "disputed",
            Self::HoldLost => "hold_lost",
            Self::ReleaseFailed => "release_failed",
            Self::TakenTooMuch => "taken_too_much",
        }
    }
}

impl Trouble {
    /// In plain words.
    #[must_use]
    pub fn task(&self, payment: &Payment) -> Task {
        let code = &self.code;
        let (what, todo) = match self.kind {
            TroubleKind::CaptureFailed => (
                format!("The order was delivered, but the customer's money could not be taken ({code})."),
                if takings(payment).is_ok() {
                    "It is tried again every day. To end it, cancel the order, and settle with the runner yourself."
                } else {
                    "Not enough is held any more to take it. Cancel the order, and settle with customer and runner yourself."
                },
            ),
            TroubleKind::PayoutHeld => (
                format!("The runner could not be paid ({code})."),
                if *code == NO_ACCOUNT {
                    "Have the runner set up their payout account; the payout then goes out by itself."
                } else {
                    "Look in Stripe's dashboard why the transfer was refused. It is tried again every day, and when the \
                     runner's account becomes payable."
                },
            ),
            TroubleKind::RefundFailed => (
                format!("The customer did not get their money back ({code})."),
                "Look at the payment in Stripe's dashboard, then refund the order again.",
            ),
            TroubleKind::Disputed => (
                format!("The customer's bank disputes {} ({code}).", shown(disputed(payment))),
                "Answer the dispute in Stripe's dashboard before its deadline.",
            ),
            TroubleKind::HoldLost => (
                format!("The hold on the customer's card went away before the delivery ({code})."),
                "Cancel the order; the customer may place it again.",
            ),
            TroubleKind::ReleaseFailed => (
                format!("The order is over, but money is still held on the customer's card ({code})."),
                "Cancel or refund the payment in Stripe's dashboard.",
            ),
            TroubleKind::TakenTooMuch => (
                format!(
                    "{} more than the delivery costs was taken from the customer, and could not be given back ({code}).",
                    shown(payment.overtaken_cents())
                ),
                "Refund it to the customer at the platform's cost; it is tried again every day.",
            ),
        };
        let (order_id, todo) = (payment.order_id, todo.to_owned());
        Task { order_id, code: self.kind.code().to_owned(), since: self.since, what, todo }
    }
}

/// Books that are not right, or that Stripe's own do not confirm although they were `read` for that time.
#[must_use]
pub(crate) fn finding(payment: &Payment, read: &Read) -> Option<Task> {
    let order_id = payment.order_id;
    let failures = audit::failures(payment);
    if !failures.is_empty() {
        let differences = payment.differences();
        let differs = differences.first().map(|difference| difference.since);
        let since = differs.or(payment.ledger.ended()).unwrap_or_default();
        let wrong: Vec<String> = failures.iter().map(|check| format!("{}: {}", check.name, check.detail)).collect();
        let (code, todo) = if failures.iter().all(|check| check.name == "agrees_with_stripe") {
            (
                DIFFERS,
                "Compare the order's audit with Stripe's dashboard. What Stripe has yet to tell is booked when it does: resend \
                 its event there. A transfer that nobody meant to make, reverse there as a whole: this goes away when the \
                 reversal was read, a day later at most.",
            )
        } else {
            (
                BOOKS_WRONG,
                "Look at the order's audit and at its payment in Stripe's dashboard; this is a fault of ours.",
            )
        };
        let what = format!("The books of this order are not right. {}.", wrong.join(". "));
        return Some(Task { order_id, code: code.to_owned(), since, what, todo: todo.to_owned() });
    }
    let since = payment.unconfirmed().filter(|at| read.has(*at)).min()?;
    let what = "Something is in the books of this order that is not in Stripe's.".to_owned();
    let todo = "Compare the order's audit with Stripe's dashboard: one of the two did not happen.".to_owned();
    Some(Task { order_id, code: UNCONFIRMED.to_owned(), since, what, todo })
}

/// A check of the books fails.
pub(crate) const BOOKS_WRONG: &str = "books_wrong";
/// Stripe's statement says something else, or more.
pub(crate) const DIFFERS: &str = "differs_from_stripe";
/// Stripe's statement does not say it.
pub(crate) const UNCONFIRMED: &str = "unconfirmed_by_stripe";

impl Payment {
    /// From now on, unless it was there before.
    pub(crate) fn raise(&mut self, at: Timestamp, kind: TroubleKind, code: &str) {
        match self.troubles.iter_mut().find(|trouble| trouble.kind == kind) {
            Some(trouble) => code.clone_into(&mut trouble.code),
            None => self.troubles.push(Trouble { kind, since: at, code: code.to_owned() }),
        }
    }

    /// Whether it is known, for the same reason.
    pub(crate) fn has_trouble(&self, kind: TroubleKind, code: &str) -> bool {
        self.troubles.iter().any(|trouble| trouble.kind == kind && trouble.code == code)
    }

    /// Drops what is no trouble any more, whoever saw to it.
    pub(crate) fn drop_settled_troubles(&mut self) {
        let over = self.over_since.is_some();
        let nobody_waits = self.due_cents() + self.tip_due_cents() + self.owed_back_cents() == Cents(0);
        let open = self.holds.iter().any(Hold::is_open);
        let all_back = self.captured_cents() > Cents(0) && self.refunded_cents() >= self.captured_cents();
        let overtaken = self.overtaken_cents() > Cents(0);
        self.troubles.retain(|trouble| match trouble.kind {
            TroubleKind::CaptureFailed | TroubleKind::HoldLost => !over,
            TroubleKind::ReleaseFailed => open,
            TroubleKind::PayoutHeld => !nobody_waits,
            TroubleKind::RefundFailed => !all_back,
            TroubleKind::Disputed => true,
            TroubleKind::TakenTooMuch => overtaken,
        });
    }

    /// No longer.
    pub(crate) fn settle_trouble(&mut self, kind: TroubleKind) {
        self.troubles.retain(|trouble| trouble.kind != kind);
    }
}

fn disputed(payment: &Payment) -> Cents {
    payment.disputes.iter().map(|dispute| dispute.amount_cents).sum()
}

fn shown(cents: Cents) -> String {
    format!("{}.{:02}", cents.0 / 100, cents.0 % 100)
}
