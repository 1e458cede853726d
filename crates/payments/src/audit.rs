//! Proves an order's books, or says what is wrong with them.

use std::collections::BTreeMap;

use contracts::Cents;
use contracts::payments::{Audit, AuditCheck};

use crate::ledger::Account;
use crate::payment::{Hold, Payment, Stage, Standing};
use crate::trouble::TroubleKind;

/// The books of one order.
#[must_use]
pub fn audit(payment: &Payment) -> Audit {
    let checks = checks(payment);
    Audit {
        order_id: payment.order_id,
        stage: payment.stage().money_stage(),
        postings: payment.ledger.postings(),
        balances: payment.ledger.balances(),
        refunds: payment.refund_notes.clone(),
        ok: checks.iter().all(|check| check.ok),
        checks,
    }
}

/// What is wrong with it; nothing when nothing is. It is looked at whenever a payment is written.
pub(crate) fn failures(payment: &Payment) -> Vec<AuditCheck> {
    checks(payment).into_iter().filter(|check| !check.ok).collect()
}

fn checks(payment: &Payment) -> Vec<AuditCheck> {
    vec![
        entries_balance(payment),
        held_is_what_stripe_holds(payment),
        captured_within_held(payment),
        captured_is_booked(payment),
        refunded_within_captured(payment),
        captured_is_owed(payment),
        paid_out_is_booked(payment),
        captured_is_shared_out(payment),
        cancelled_holds_nothing(payment),
        settled_or_waiting(payment),
        agrees_with_stripe(payment),
    ]
}

fn check(name: &str, ok: bool, detail: String) -> AuditCheck {
    AuditCheck { name: name.to_owned(), ok, detail }
}

/// What Stripe's own books say, as far as they were read, is in ours.
fn agrees_with_stripe(payment: &Payment) -> AuditCheck {
    let differences: Vec<String> = payment.differences().into_iter().map(|difference| difference.what).collect();
    let detail = if differences.is_empty() {
        format!("{} lines of Stripe's statement, all of them in the books", payment.statement.len())
    } else {
        differences.join("; ")
    };
    check("agrees_with_stripe", differences.is_empty(), detail)
}

fn entries_balance(payment: &Payment) -> AuditCheck {
    let mut sums: BTreeMap<u32, i64> = BTreeMap::new();
    for posting in payment.ledger.postings() {
        *sums.entry(posting.entry).or_default() += posting.amount_cents.0;
    }
    let unbalanced = sums.values().filter(|sum| **sum != 0).count();
    check("entries_balance", unbalanced == 0, format!("{} entries, {unbalanced} of them unbalanced", sums.len()))
}

fn held_is_what_stripe_holds(payment: &Payment) -> AuditCheck {
    let (booked, held) = (payment.ledger.balance(Account::Held), payment.held_cents());
    check("held_is_booked", booked == held, format!("{} booked as held, {} held", booked.0, held.0))
}

fn captured_within_held(payment: &Payment) -> AuditCheck {
    let beyond = payment
        .holds
        .iter()
        .filter(|hold| hold.charge().is_some_and(|charge| charge.captured_cents > hold.amount_cents));
    let beyond = beyond.count();
    check("captured_within_held", beyond == 0, format!("{beyond} of {} holds overdrawn", payment.holds.len()))
}

fn captured_is_booked(payment: &Payment) -> AuditCheck {
    let paid = payment.captured_cents() - payment.refunded_cents();
    let booked = Cents(0) - payment.ledger.balance(Account::Customer);
    check("captured_is_booked", booked == paid, format!("{} booked as paid, {} paid", booked.0, paid.0))
}

fn refunded_within_captured(payment: &Payment) -> AuditCheck {
    let (refunded, captured) = (payment.refunded_cents(), payment.captured_cents());
    let detail = format!("{} of {} given back", refunded.0, captured.0);
    check("refunded_within_captured", refunded <= captured, detail)
}

/// What somebody took in Stripe's dashboard beyond what the delivery costs is the customer's. What could not be given back
/// is an operator's, and no fault of the books.
fn captured_is_owed(payment: &Payment) -> AuditCheck {
    let overtaken = payment.overtaken_cents();
    let settled = payment.paid_out_at.is_some();
    let detail = format!("{} taken beyond what the delivery costs, and not given back", overtaken.0);
    let told = payment.troubles.iter().any(|trouble| trouble.kind == TroubleKind::TakenTooMuch);
    check("captured_is_owed", !settled || told || overtaken == Cents(0), detail)
}

fn paid_out_is_booked(payment: &Payment) -> AuditCheck {
    let (booked, paid) = (payment.ledger.balance(Account::Runner), payment.paid_cents());
    check("paid_out_is_booked", booked == paid, format!("{} booked with the runner, {} sent", booked.0, paid.0))
}

/// Once the runner is paid, nothing is left over: what the customer paid is with the runner, the platform, Stripe, or a bank
/// that disputes it. What may wait is a tip, and what was taken back from the runner, until it is given on.
fn captured_is_shared_out(payment: &Payment) -> AuditCheck {
    let left = payment.ledger.balance(Account::Stripe);
    let waits = payment.reserved_cents();
    let shared = payment.paid_out_at.is_none() || left == waits;
    check("captured_is_shared_out", shared, format!("{} left at Stripe, {} of it may wait", left.0, waits.0))
}

fn cancelled_holds_nothing(payment: &Payment) -> AuditCheck {
    let nothing_may_be_held = match payment.stage() {
        Stage::Void | Stage::Declined => true,
        // A hold that was lost may leave the one on top of it, until the order ends.
        Stage::Released | Stage::ActionRequired | Stage::Held | Stage::Captured | Stage::PaidOut | Stage::Refunded => {
            payment.over_since.is_some()
        }
    };
    let held = payment.held_cents();
    let open = payment.holds.iter().filter(|hold| matches!(hold.standing, Standing::Waiting { .. }) || is_held(hold));
    let open = open.count();
    // Stripe did not let go of it, and an operator knows.
    let told = payment.troubles.iter().any(|trouble| trouble.kind == TroubleKind::ReleaseFailed);
    let ok = !nothing_may_be_held || told || (held == Cents(0) && open == 0);
    check("cancelled_holds_nothing", ok, format!("{} held, {open} open", held.0))
}

fn is_held(hold: &Hold) -> bool {
    hold.standing == Standing::Held
}

/// Everything is at its end, or has a deadline running, or an operator with something to do.
fn settled_or_waiting(payment: &Payment) -> AuditCheck {
    let has = |kind| payment.troubles.iter().any(|trouble| trouble.kind == kind);
    let stage = payment.stage();
    let (ok, why) = match stage {
        Stage::Void | Stage::Declined | Stage::Refunded => (true, "at its end"),
        Stage::Released => {
            let waits = payment.again_at.is_some() || !payment.troubles.is_empty();
            (payment.over_since.is_some() || waits, "released")
        }
        Stage::ActionRequired => (true, "waits for the customer's bank"),
        Stage::Held => (true, "has until the hold lapses"),
        Stage::PaidOut => {
            let waits = has(TroubleKind::PayoutHeld) || has(TroubleKind::RefundFailed);
            let nobody = payment.tip_due_cents() + payment.owed_back_cents() == Cents(0);
            (nobody || waits || payment.again_at.is_some(), "paid out")
        }
        Stage::Captured => {
            let waits = has(TroubleKind::PayoutHeld) || has(TroubleKind::CaptureFailed) || payment.again_at.is_some();
            let over = payment.over_since.is_some() && has(TroubleKind::RefundFailed);
            // Taken by somebody else before the delivery: the delivery settles it, or the cancellation.
            (waits || over || payment.payee.is_none(), "waits for its payout")
        }
    };
    check("settled_or_waiting", ok, format!("{}: {why}", stage.name()))
}
