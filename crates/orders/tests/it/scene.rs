//! Who is there, and orders at every stage.

use chassis::{Change, Cx, Fault, Sealer};
use contracts::orders::{
    AcceptOrder, AdvanceOrder, AskQuote, CancelOrder, CancelReason, PlaceOrder, Step, WithdrawOrder,
};
use contracts::quote::SealedQuote;
use contracts::{Cents, Message, OrderId, Principal, Question, UserId};
use jiff::{SignedDuration, Timestamp};
use orders::policy::Policy;
use orders::{Order, Refusal, Stage, claiming, placing, quote};

pub(crate) const T0: Timestamp = Timestamp::constant(1_772_712_000, 0);

pub(crate) fn user(name: &str) -> UserId {
    UserId::of_subject("test", name)
}

pub(crate) fn order_id() -> OrderId {
    AcceptOrder::sample().order_id
}

pub(crate) fn sealer() -> Sealer {
    Sealer::from_hex(&"7".repeat(64)).expect("a key")
}

/// Asks a rule as somebody, some time after `T0`.
pub(crate) fn ask<R>(who: &str, after: SignedDuration, rule: impl FnOnce(&Cx<'_>) -> R) -> R {
    let sealer = sealer();
    rule(&Cx::for_test(T0 + after, Principal::User(user(who)), &sealer))
}

/// Asks a rule in an office, or as anybody else.
pub(crate) fn ask_as<R>(who: Principal, after: SignedDuration, rule: impl FnOnce(&Cx<'_>) -> R) -> R {
    let sealer = sealer();
    rule(&Cx::for_test(T0 + after, who, &sealer))
}

/// Tells a rule what a service said.
pub(crate) fn tell(after: SignedDuration, rule: impl FnOnce(&Cx<'_>) -> Result<Change<Order>, Fault>) -> Change<Order> {
    let sealer = sealer();
    rule(&Cx::for_test(T0 + after, Principal::System("test".into()), &sealer)).expect("no fault")
}

pub(crate) fn a_basket(customer: &str) -> AskQuote {
    AskQuote { customer_id: user(customer), ..AskQuote::sample() }
}

/// No platform fee; a fifth on top of estimates.
pub(crate) fn scene_policy() -> Policy {
    Policy {
        version: 7,
        platform_fee_basis_points: 0,
        platform_fee_fixed_cents: Cents(0),
        errand_buffer_basis_points: 2_000,
        delivery_fee_cents: Cents(200),
    }
}

/// What `alice` gives back to order.
pub(crate) fn place_order() -> PlaceOrder {
    let quoted = quote::price(&scene_policy(), a_basket("alice"), None, T0).expect("a price");
    PlaceOrder { order_id: order_id(), quote: SealedQuote(sealer().seal(quote::SEAL, &quoted).expect("a seal")) }
}

/// An order of `alice` that was just placed.
pub(crate) fn pending() -> Order {
    let change = ask("alice", SignedDuration::ZERO, |cx| placing::place(cx, None, place_order()));
    change.expect("placed").state().cloned().expect("an order")
}

/// The same order at another stage.
pub(crate) fn at(stage: Stage) -> Order {
    Order { stage, ..pending() }
}

pub(crate) fn open() -> Order {
    at(Stage::Open { until: T0 + placing::ACCEPTANCE })
}

pub(crate) fn claimed_by(runner: &str) -> Order {
    at(Stage::Claimed { runner_id: user(runner), until: T0 + placing::ACCEPTANCE })
}

pub(crate) fn with(runner: &str, reached: Option<Step>) -> Order {
    let deliver_by = T0 + claiming::DELIVERY;
    at(Stage::UnderWay { runner_id: user(runner), reached, deliver_by, overdue: false, waits_until: None })
}

pub(crate) fn late_with(runner: &str) -> Order {
    let deliver_by = T0 + claiming::DELIVERY;
    let reached = Some(Step::Placed);
    at(Stage::UnderWay { runner_id: user(runner), reached, deliver_by, overdue: true, waits_until: None })
}

pub(crate) fn delivered_by(runner: &str) -> Order {
    at(Stage::Delivered { runner_id: user(runner), problem: None })
}

pub(crate) fn completed_by(runner: &str) -> Order {
    at(Stage::Completed { runner_id: user(runner) })
}

pub(crate) fn cancelled(reason: CancelReason) -> Order {
    at(Stage::Cancelled { reason, runner_id: None })
}

pub(crate) fn accept() -> AcceptOrder {
    AcceptOrder { order_id: order_id() }
}

pub(crate) fn withdraw() -> WithdrawOrder {
    WithdrawOrder { order_id: order_id() }
}

pub(crate) fn cancel() -> CancelOrder {
    CancelOrder { order_id: order_id(), note: None }
}

pub(crate) fn advance(to: Step, pin: Option<&str>) -> AdvanceOrder {
    // The receipt says what was estimated.
    let receipt_cents = (to == Step::Placed).then_some(Cents(890));
    AdvanceOrder { order_id: order_id(), to, pin: pin.map(str::to_owned), receipt_cents, occurred_at: None }
}

/// What became of it, in short: the stage's name and what was said, or the refusal.
#[track_caller]
pub(crate) fn check(result: Result<Change<Order>, Refusal>, expected: Result<(Option<&str>, &[&str]), Refusal>) {
    match (result, expected) {
        (Ok(change), Ok((status, says))) => check_change(&change, status, says),
        (Err(refusal), Err(expected)) => assert_eq!(refusal, expected),
        (Ok(change), Err(expected)) => panic!("expected {expected:?}, got {change:?}"),
        (Err(refusal), Ok(expected)) => panic!("expected {expected:?}, got {refusal:?}"),
    }
}

/// The status that it has now, if it changed, and what was said, without owner and version.
#[track_caller]
pub(crate) fn check_change(change: &Change<Order>, status: Option<&str>, says: &[&str]) {
    assert_eq!(change.state().map(|order| order.status().name()), status);
    let said = change.types();
    let said: Vec<_> = said.iter().map(|name| name.split('.').nth(1).expect("a type")).collect();
    assert_eq!(said, says);
}
