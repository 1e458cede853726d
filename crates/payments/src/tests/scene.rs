//! Payments at every stage, and what Stripe answers.

use chassis::{Change, Cx, Fault, Sealer};
use contracts::orders::{OrderCancelled, OrderExcessAgreed, OrderTipAgreed};
use contracts::payments::{RecordStripeEvent, Reversal, StripeFact};
use contracts::users::{PayeeResolved, PayeeUnavailable, PayerResolved};
use contracts::{Cents, Message as _, OrderId, Principal, UserId};
use jiff::{SignedDuration, Timestamp};

use crate::audit::audit;
use crate::dues;
use crate::facts::record_stripe_event;
use crate::give_back::{GivenBack, Plan};
use crate::hold::{self, Holding};
use crate::payment::{Hold, No, Payment, Sent, Share, Stage};
use crate::release::{self, Release};
use crate::settlement::{self, Ending, Settlement};
use crate::stripe::{Captured, Refund};
use crate::tip::{self, Tipping};
use crate::{Private, Refusal};

pub(super) const T0: Timestamp = Timestamp::constant(1_772_712_000, 0);

/// What the samples' customer pays.
pub(super) const TOTAL: Cents = Cents(1_090);

/// What of it goes to the runner here.
pub(super) const PAYOUT: Cents = Cents(1_000);

pub(super) const FEE: Cents = Cents(87);

pub(super) fn order_id() -> OrderId {
    PayerResolved::sample().order_id
}

pub(super) fn user(name: &str) -> UserId {
    UserId::of_subject("test", name)
}

pub(super) fn as_of<R>(principal: Principal, rule: impl FnOnce(&Cx<'_>) -> R) -> R {
    let sealer = Sealer::from_hex(&"7".repeat(64)).expect("a key");
    rule(&Cx::for_test(T0, principal, &sealer))
}

pub(super) fn told<R>(rule: impl FnOnce(&Cx<'_>) -> R) -> R {
    as_of(Principal::System("test".into()), rule)
}

pub(super) fn by_stripe<R>(rule: impl FnOnce(&Cx<'_>) -> R) -> R {
    as_of(Principal::System("stripe".into()), rule)
}

/// The new state; what was said does not matter here.
#[track_caller]
pub(super) fn state<E: Clone>(change: Result<Change<E>, Fault>) -> E {
    change.expect("recorded").state().cloned().expect("a new state")
}

/// Stage and what is said, without owner and version; the books must be right whatever happened.
#[track_caller]
pub(super) fn check(change: &Change<Payment>, stage: Option<Stage>, says: &[&str]) {
    assert_eq!(change.state().map(Payment::stage), stage);
    let said = change.types();
    let said: Vec<_> = said.iter().map(|name| name.split('.').nth(1).expect("a type")).collect();
    assert_eq!(said, says);
    if let Some(payment) = change.state() {
        proven(payment);
    }
}

#[track_caller]
pub(super) fn proven(payment: &Payment) {
    let audit = audit(payment);
    let wrong: Vec<_> = audit.checks.iter().filter(|check| !check.ok).collect();
    assert!(wrong.is_empty(), "{wrong:?}\n{:#?}", audit.postings);
}

/// The codes of what an operator has to do.
pub(super) fn tasks(payment: &Payment) -> Vec<&'static str> {
    payment.troubles.iter().map(|trouble| trouble.kind.code()).collect()
}

// --- what others say -------------------------------------------------------------------------------------------------

pub(super) fn payer() -> PayerResolved {
    PayerResolved { customer_id: user("alice"), ..PayerResolved::sample() }
}

pub(super) fn payee() -> PayeeResolved {
    PayeeResolved { runner_id: user("ray"), payout_cents: PAYOUT, ..PayeeResolved::sample() }
}

pub(super) fn unavailable() -> PayeeUnavailable {
    PayeeUnavailable { runner_id: user("ray"), payout_cents: PAYOUT, ..PayeeUnavailable::sample() }
}

pub(super) fn excess_agreed(excess_cents: Cents) -> OrderExcessAgreed {
    OrderExcessAgreed { excess_cents, ..OrderExcessAgreed::sample() }
}

pub(super) fn tip_agreed(tip_cents: Cents) -> OrderTipAgreed {
    OrderTipAgreed { tipped: user("ray"), tip_cents, ..OrderTipAgreed::sample() }
}

pub(super) fn no(code: &str) -> No {
    No { code: code.to_owned(), message: "No.".to_owned() }
}

// --- what Stripe answers ---------------------------------------------------------------------------------------------

pub(super) fn url() -> Private {
    Private::new("https://hooks.stripe.com/3d_secure/secret")
}

pub(super) fn captured(payment_intent: &str, captured_cents: Cents) -> Captured {
    let charge = payment_intent.replace("pi", "ch");
    Captured { payment_intent: payment_intent.to_owned(), charge, captured_cents, fee_cents: Some(FEE) }
}

pub(super) fn sent(charge: &str, share: Share, amount_cents: Cents) -> Sent {
    let prefix = if share == Share::Back { "tr_back" } else { "tr" };
    let (id, charge) = (charge.replace("ch", prefix), charge.to_owned());
    Sent { id, charge, share, runner_id: user("ray"), amount_cents, reversals: Vec::new() }
}

/// Whatever the plan says works.
pub(super) fn all_of(plan: &Plan) -> GivenBack {
    let reversal = |from: &str, amount_cents| {
        (from.to_owned(), Reversal { id: format!("trr_{from}_{amount_cents:?}"), amount_cents })
    };
    let refund = |from: &str, amount_cents| {
        let id = format!("re_{from}_{amount_cents:?}");
        (from.to_owned(), Refund { id, amount_cents, status: "succeeded".to_owned() })
    };
    GivenBack {
        reversals: plan.reversals.iter().map(|part| reversal(&part.from, part.amount_cents)).collect(),
        refunds: plan.refunds.iter().map(|part| refund(&part.from, part.amount_cents)).collect(),
        failed: None,
    }
}

/// Whatever there is to settle works.
pub(super) fn all_settled(payment: &Payment) -> Settlement {
    let takings = dues::takings(payment).expect("enough held");
    let mut then = payment.clone();
    let mut settlement = Settlement::ending(Ending::Settled);
    for taking in takings {
        if taking.amount_cents == Cents(0) {
            settlement.released.push(taking.payment_intent);
        } else {
            let captured = captured(&taking.payment_intent, taking.amount_cents);
            let _ = then.now_captured(T0, &captured);
            settlement.captured.push(captured);
        }
    }
    settlement.given_back = all_of(&Plan::of_overtaken(&then));
    let made = dues::payouts(&then).into_iter().map(|payout| {
        let made = sent(&payout.charge, payout.share, payout.amount_cents);
        // Ids of Stripe's are never used twice.
        let known = then.transfers.iter().any(|known| known.id == made.id);
        Sent { id: if known { format!("{}_{}", made.id, then.transfers.len()) } else { made.id.clone() }, ..made }
    });
    settlement.sent = made.collect();
    settlement
}

// --- payments at every stage -----------------------------------------------------------------------------------------

pub(super) fn holding(holding: Holding) -> Payment {
    state(told(|cx| hold::record_hold(cx, None, payer(), holding)))
}

pub(super) fn held() -> Payment {
    holding(Holding::Held { payment_intent: "pi_1".into() })
}

pub(super) fn waiting() -> Payment {
    holding(Holding::ActionRequired { payment_intent: "pi_1".into(), url: url() })
}

pub(super) fn declined() -> Payment {
    holding(Holding::Declined(no("card_declined")))
}

/// Held, and more than the order's total.
pub(super) fn held_more(excess_cents: Cents) -> Payment {
    let more = Holding::Held { payment_intent: "pi_2".into() };
    state(told(|cx| hold::record_excess(cx, Some(held()), excess_agreed(excess_cents), more)))
}

pub(super) fn settle(payment: Payment, settlement: Settlement) -> Change<Payment> {
    told(|cx| settlement::record_settlement(cx, Some(payment), payee(), settlement)).expect("recorded")
}

pub(super) fn capture_failed() -> Settlement {
    Settlement::ending(Ending::CaptureFailed(no("card_declined")))
}

pub(super) fn payout_held(code: &str) -> Settlement {
    Settlement { captured: vec![captured("pi_1", TOTAL)], ..Settlement::ending(Ending::PayoutHeld(no(code))) }
}

/// Taken, but the runner's account took nothing.
pub(super) fn unpaid() -> Payment {
    state(Ok(settle(held(), payout_held("insufficient_capabilities_for_transfer"))))
}

pub(super) fn paid_out() -> Payment {
    let mut delivered = held();
    delivered.payee = unpaid().payee;
    let settlement = all_settled(&delivered);
    state(Ok(settle(held(), settlement)))
}

pub(super) fn tipped(tip_cents: Cents) -> Payment {
    let captured = captured("pi_9", tip_cents);
    let sent = Ok(sent("ch_9", Share::Tip, tip_cents));
    let tipping = Tipping::Charged { captured, sent };
    state(told(|cx| tip::record_tip(cx, Some(paid_out()), tip_agreed(tip_cents), tipping)))
}

pub(super) fn cancel(payment: Option<Payment>, release: Release) -> Change<Payment> {
    told(|cx| release::record_release(cx, payment, OrderCancelled::sample(), release)).expect("recorded")
}

/// Everything open is let go.
pub(super) fn let_go(payment: &Payment) -> Release {
    let open = payment.holds.iter().filter(|hold| hold.is_open());
    Release { released: open.map(|hold: &Hold| hold.payment_intent.clone()).collect(), ..Release::default() }
}

pub(super) fn released() -> Payment {
    state(Ok(cancel(Some(held()), let_go(&held()))))
}

// --- what Stripe tells -----------------------------------------------------------------------------------------------

pub(super) fn fact(payment: Option<Payment>, fact: StripeFact) -> Change<Payment> {
    let event = RecordStripeEvent { order_id: order_id(), at: T0 - SignedDuration::from_secs(1), fact };
    by_stripe(|cx| record_stripe_event(cx, payment, event)).expect("Stripe may")
}

pub(super) fn refused<E>(ruling: Result<Change<E>, Refusal>) -> Option<Refusal> {
    ruling.err()
}
