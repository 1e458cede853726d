//! The ledger by itself.

use contracts::Cents;
use contracts::payments::MovementKind;

use super::scene::*;
use crate::ledger::{Account, Ledger, Source};
use crate::views::{Side, money_view, wallet_lines};

fn source(stripe_id: &str) -> Source<'_> {
    Source { at: T0, stripe_id }
}

#[track_caller]
fn check(ledger: &Ledger, expected: &[(Account, i64)]) {
    for account in Account::ALL {
        let expected = expected.iter().find(|(of, _)| *of == account).map_or(0, |(_, cents)| *cents);
        assert_eq!(ledger.balance(account), Cents(expected), "{account:?}");
    }
    let total: i64 = ledger.postings().iter().map(|posting| posting.amount_cents.0).sum();
    assert_eq!(total, 0);
}

#[test]
fn a_paid_order_leaves_nothing_at_stripe() {
    let paid = [
        (Account::Customer, -1_090),
        (Account::Runner, 1_000),
        (Account::Platform, 90 - 87),
        (Account::StripeFees, 87),
    ];
    check(&paid_out().ledger, &paid);
}

#[test]
fn what_is_held_is_still_the_customers() {
    check(&held().ledger, &[(Account::Held, 1_090), (Account::CardHolds, -1_090)]);
    check(&released().ledger, &[]);
}

#[test]
fn what_is_missing_for_a_refund_is_the_platforms_loss() {
    let mut ledger = Ledger::default();
    ledger.capture(source("ch_1"), Cents(0), Cents(500));
    ledger.payout(source("tr_1"), Cents(400));
    ledger.level(T0, Cents(0));
    ledger.refund(source("re_1"), Cents(500));
    ledger.level(T0, Cents(0));
    check(&ledger, &[(Account::Runner, 400), (Account::Platform, -400)]);
}

#[test]
fn b20_money_is_whole_cents_from_end_to_end() {
    let stored = serde_json::to_string(&tipped(Cents(199))).expect("JSON");
    let fractions = stored.split(|c: char| !c.is_ascii_digit() && c != '.').filter(|token| token.contains('.'));
    // Times have fractions of seconds, but none of these has.
    assert_eq!(fractions.filter(|token| token.len() > 1).count(), 0, "{stored}");
}

#[test]
fn nothing_is_booked_for_nothing() {
    let mut ledger = Ledger::default();
    ledger.hold(source("pi_1"), Cents(0));
    ledger.fee(source("ch_1"), Cents(0));
    assert!(ledger.postings().is_empty());
}

#[test]
fn everybody_sees_their_own_side() {
    let payment = tipped(Cents(200));
    let kinds = |side| money_view(&payment, side).movements.iter().map(|movement| movement.kind).collect::<Vec<_>>();
    use MovementKind as Kind;
    assert_eq!(kinds(Side::Customer), [Kind::Hold, Kind::Capture, Kind::Tip]);
    assert_eq!(kinds(Side::Runner), [Kind::Payout, Kind::TipPayout]);
    assert_eq!(kinds(Side::Staff).len(), 7);
    let runner = money_view(&payment, Side::Runner);
    assert_eq!((runner.captured_cents, runner.paid_out_cents), (Cents(0), Cents(1_200)));
}

#[test]
fn only_the_customer_learns_where_to_answer_their_bank() {
    assert!(money_view(&waiting(), Side::Customer).action_url.is_some());
    for side in [Side::Runner, Side::Staff] {
        assert_eq!(money_view(&waiting(), side).action_url, None);
    }
    assert_eq!(money_view(&held(), Side::Customer).action_url, None);
}

#[test]
fn a_wallet_adds_up() {
    let payment = tipped(Cents(200));
    let sum = |person| wallet_lines(&payment, user(person)).iter().map(|line| line.amount_cents).sum::<Cents>();
    assert_eq!((sum("alice"), sum("ray"), sum("mallory")), (Cents(-1_290), Cents(1_200), Cents(0)));
}
