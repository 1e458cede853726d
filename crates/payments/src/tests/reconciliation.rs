//! Our books against Stripe's: who may ask, what is read, and what differs.

use chassis::{Change, Entity as _, Row};
use contracts::payments::{
    Bearer, PlanReconciliation, Reconcile, StatementKind, StatementLine, StatementPageDue, StatementRead, StripeFact,
};
use contracts::timers::ReconciliationElapsed;
use contracts::{Cents, Message as _, Principal, ReconciliationId};
use jiff::{SignedDuration, Timestamp};

use super::scene::*;
use crate::books::Borne;
use crate::payment::Payment;
use crate::reconciliation::{self, Read, Reconciliation};
use crate::stripe::{Refund, StatementPage};
use crate::trouble::finding;
use crate::{Account, Refusal};

fn line(kind: StatementKind, source: &str, cents: i64, fee: i64) -> StatementLine {
    let id = format!("txn_{source}");
    StatementLine { id, source: source.to_owned(), kind, amount_cents: Cents(cents), fee_cents: Cents(fee), at: T0 }
}

/// What Stripe says of an order that was delivered and paid out.
fn lines() -> Vec<StatementLine> {
    vec![line(StatementKind::Charge, "ch_1", 1_090, 87), line(StatementKind::Transfer, "tr_1", -1_000, 0)]
}

fn kept(payment: Option<Payment>, lines: Vec<StatementLine>) -> Change<Payment> {
    let read = StatementRead { order_id: order_id(), lines, ..StatementRead::sample() };
    told(|cx| reconciliation::keep_statement(cx, payment, read)).expect("kept")
}

/// Read in these periods, each in minutes from `T0`.
fn read(periods: &[(i64, i64)]) -> Read {
    let at = |minutes: i64| T0 + SignedDuration::from_mins(minutes);
    Read::of(periods.iter().map(|(from, until)| (at(*from), at(*until))).collect())
}

fn codes(payment: &Payment) -> Option<String> {
    finding(payment, &read(&[(-60, 60)])).map(|task| task.code)
}

#[test]
fn a_statement_that_says_what_the_books_say_is_kept_once() {
    let change = kept(Some(paid_out()), lines());
    check(&change, Some(crate::Stage::PaidOut), &[]);
    let payment = change.state().cloned().expect("a state");
    assert_eq!((payment.unconfirmed().next(), codes(&payment)), (None, None));
    check(&kept(Some(payment), lines()), None, &[]);
}

#[test]
fn what_differs_is_a_finding_until_the_facts_say_otherwise() {
    let statement = |extra| lines().into_iter().chain([extra]).collect();
    for (extra, words) in [
        (line(StatementKind::Refund, "re_1", -300, 0), "re_1 moved -300 at Stripe and is not in the books"),
        (line(StatementKind::Charge, "ch_7", 500, 0), "ch_7 moved 500 at Stripe and is not in the books"),
        (line(StatementKind::TransferReversal, "trr_1", 100, 0), "trr_1 moved 100 at Stripe and is not in the books"),
        (line(StatementKind::Dispute, "dp_1", -1_090, 1_500), "dp_1 moved -1090 at Stripe and is not in the books"),
    ] {
        let payment = kept(Some(paid_out()), statement(extra)).state().cloned().expect("a state");
        let said: Vec<_> = payment.differences().into_iter().map(|difference| difference.what).collect();
        assert_eq!((said, codes(&payment).as_deref()), (vec![words.to_owned()], Some("differs_from_stripe")));
    }
    let payment = kept(Some(paid_out()), statement(line(StatementKind::Refund, "re_1", -300, 0)));
    let refund = StripeFact::Refunded {
        payment_intent: "pi_1".into(),
        refund: "re_1".into(),
        amount_cents: Cents(300),
        status: "succeeded".into(),
    };
    let told_late = fact(payment.state().cloned(), refund).state().cloned().expect("a state");
    assert_eq!(codes(&told_late), None);
}

#[test]
fn other_amounts_and_other_fees_differ() {
    let mut less = lines();
    less[0].amount_cents = Cents(1_000);
    let payment = kept(Some(paid_out()), less).state().cloned().expect("a state");
    assert_eq!(payment.differences()[0].what, "ch_1 moved 1000 at Stripe and 1090 in the books");
    let mut dearer = lines();
    dearer[0].fee_cents = Cents(90);
    let payment = kept(Some(paid_out()), dearer).state().cloned().expect("a state");
    assert_eq!(payment.differences()[0].what, "Stripe kept 90 of ch_1, the books say 87");
}

#[test]
fn what_stripe_does_not_confirm_is_a_finding_once_that_time_was_read() {
    let charge_only = kept(Some(paid_out()), vec![lines().remove(0)]).state().cloned().expect("a state");
    assert_eq!(charge_only.unconfirmed().min(), Some(T0));
    assert_eq!(codes(&charge_only).as_deref(), Some("unconfirmed_by_stripe"));
    // Nobody has read it for that time yet.
    for elsewhere in [read(&[]), read(&[(-120, 0)]), read(&[(-120, -60), (1, 60)])] {
        assert!(finding(&charge_only, &elsewhere).is_none(), "{elsewhere:?}");
    }
    // What is only held is in nobody's statement.
    assert_eq!(held().unconfirmed().next(), None);
}

#[test]
fn periods_are_put_together_where_nothing_is_between_them() {
    assert_eq!(read(&[(20, 30), (0, 10), (5, 20), (7, 8)]), read(&[(0, 30)]));
    assert_eq!(read(&[(20, 30), (0, 10), (15, 15)]).periods().len(), 2);
}

#[test]
fn what_is_unconfirmed_outside_of_what_was_read_hides_nothing_within_it() {
    let mut payment = paid_out();
    let later = T0 + SignedDuration::from_mins(120);
    let refund = Refund { id: "re_1".into(), amount_cents: Cents(90), status: "succeeded".into() };
    let _ = payment.now_refunded(later, "pi_1", &refund, Some(Borne { by: Bearer::Platform, kept_cents: Cents(0) }));
    assert!(payment.unconfirmed().min() < payment.unconfirmed().max());
    let found = finding(&payment, &read(&[(60, 180)])).expect("a finding");
    assert_eq!((found.code.as_str(), found.since), ("unconfirmed_by_stripe", later));
}

#[test]
fn a_transfer_that_nobody_made_differs_until_it_was_reversed() {
    let made = line(StatementKind::Transfer, "tr_7", -500, 0);
    let payment = kept(Some(paid_out()), lines().into_iter().chain([made]).collect());
    let payment = payment.state().cloned().expect("a state");
    assert_eq!(codes(&payment).as_deref(), Some("differs_from_stripe"));
    let part = kept(Some(payment.clone()), vec![line(StatementKind::TransferReversal, "trr_7", 400, 0)]);
    assert_eq!(codes(part.state().expect("a state")).as_deref(), Some("differs_from_stripe"));
    let whole = kept(Some(payment), vec![line(StatementKind::TransferReversal, "trr_7", 500, 0)]);
    assert_eq!(codes(whole.state().expect("a state")), None);
}

#[test]
fn a_fee_that_stripe_gave_back_is_not_booked_again() {
    let disputed = |payment: Payment, status: &str| {
        let (payment_intent, dispute, status) = ("pi_1".into(), "dp_1".into(), status.to_owned());
        let told = StripeFact::Disputed { payment_intent, dispute, amount_cents: TOTAL, status };
        fact(Some(payment), told).state().cloned().expect("a state")
    };
    let fees = |payment: &Payment| payment.ledger.balance(Account::StripeFees) - FEE;
    let taken = vec![line(StatementKind::Dispute, "dp_1", -1_090, 1_500)];
    let mut back = vec![line(StatementKind::DisputeReversal, "dp_1", 1_090, -1_500)];
    back[0].id = "txn_back".to_owned();
    // Won, with nothing left of its fee, before its beginning is read.
    let won = disputed(disputed(paid_out(), "needs_response"), "won");
    let begun = state(Ok(kept(Some(won), taken.clone())));
    assert_eq!(fees(&begun), Cents(0));
    let ended = state(Ok(kept(Some(begun), back.clone())));
    assert_eq!(fees(&ended), Cents(0));
    // Booked while it was open, and given back when it was won.
    let open = state(Ok(kept(Some(disputed(paid_out(), "needs_response")), taken)));
    assert_eq!(fees(&open), Cents(1_500));
    let ended = state(Ok(kept(Some(disputed(open, "won")), back)));
    assert_eq!(fees(&ended), Cents(0));
    proven(&ended);
}

#[test]
fn what_was_read_ends_with_a_second_and_before_it_was_read() {
    let asked = |until| {
        let asked = Reconcile { since: None, until: Some(until), ..Reconcile::sample() };
        let change = as_of(Principal::Finance(user("fay")), |cx| reconciliation::reconcile(cx, None, asked));
        change.expect("may ask").state().cloned().expect("a state")
    };
    assert_eq!(asked(T0 - SignedDuration::from_millis(500)).until, T0 - SignedDuration::from_secs(1));
    let mut row = Row::<Reconciliation>::default();
    asked(T0 + SignedDuration::from_hours(1)).index(&mut row);
    assert_eq!(row.until_at, sea_orm::Set(T0.as_millisecond()));
}

#[test]
fn a_fee_that_nobody_had_looked_up_is_booked_from_the_statement() {
    let disputed = fact(
        Some(paid_out()),
        StripeFact::Disputed {
            payment_intent: "pi_1".into(),
            dispute: "dp_1".into(),
            amount_cents: TOTAL,
            status: "needs_response".into(),
        },
    );
    let statement = lines().into_iter().chain([line(StatementKind::Dispute, "dp_1", -1_090, 1_500)]).collect();
    let payment = kept(disputed.state().cloned(), statement).state().cloned().expect("a state");
    assert_eq!(payment.ledger.balance(Account::StripeFees), FEE + Cents(1_500));
    proven(&payment);
}

// --- reading ---------------------------------------------------------------------------------------------------------

fn due(at: Timestamp) -> ReconciliationElapsed {
    ReconciliationElapsed { reconciliation_id: ReconciliationId::of_day(reconciliation::day(at)), due_at: at }
}

fn begun() -> Reconciliation {
    let change = told(|cx| reconciliation::reconcile_daily(cx, None, due(T0))).expect("begun");
    assert_eq!(change.types(), ["payments.statement_page_due.v1", "timers.reconciliation.v1"]);
    let next = &change.said()[1].1;
    assert_eq!(next["due_at"], (T0 + SignedDuration::from_hours(24)).to_string());
    change.state().cloned().expect("a state")
}

#[test]
fn each_day_promises_the_next_one_once() {
    let again = told(|cx| reconciliation::reconcile_daily(cx, Some(begun()), due(T0))).expect("nothing");
    assert!(again.types().is_empty() && again.state().is_none());
}

#[test]
fn only_the_platform_plans_and_only_it_and_the_offices_ask() {
    let plan = |principal| as_of(principal, |cx| reconciliation::plan(cx, None, PlanReconciliation::sample()));
    let ask = |principal| as_of(principal, |cx| reconciliation::reconcile(cx, None, Reconcile::sample()));
    for stranger in [Principal::User(user("alice")), Principal::System("stripe".into())] {
        assert_eq!(refused(plan(stranger.clone())), Some(Refusal::NotAllowed));
        assert_eq!(refused(ask(stranger)), Some(Refusal::NotAllowed));
    }
    for office in [Principal::Operator(user("olga")), Principal::Finance(user("fay"))] {
        assert_eq!(refused(plan(office.clone())), Some(Refusal::NotAllowed));
        assert!(ask(office).is_ok());
    }
    let planned = plan(Principal::System(crate::PLATFORM.into())).expect("planned");
    assert_eq!(planned.types(), ["timers.reconciliation.v1"]);
}

#[test]
fn pages_are_read_one_after_the_other_and_each_once() {
    let page = |number: u32, next: Option<&str>| {
        let lines = vec![(Some(order_id()), lines().remove(0)), (None, lines().remove(1))];
        let page = StatementPage { lines, transactions: 3, next: next.map(str::to_owned) };
        (StatementPageDue { reconciliation_id: begun().id, page: number }, page)
    };
    let record = |it: Reconciliation, (due, page): (StatementPageDue, StatementPage)| {
        told(|cx| reconciliation::record_page(cx, Some(it), due, Some(page))).expect("recorded")
    };
    let first = record(begun(), page(0, Some("txn_100")));
    assert_eq!(first.types(), ["payments.statement_read.v1", "payments.statement_page_due.v1"]);
    let under_way = first.state().cloned().expect("a state");
    assert!(record(under_way.clone(), page(0, Some("txn_100"))).types().is_empty(), "a page is read once");
    let last = record(under_way, page(1, None));
    assert_eq!(last.types(), ["payments.statement_read.v1", "payments.reconciled.v1"]);
    let over = last.state().cloned().expect("a state");
    assert_eq!((over.transactions, over.unknown, over.page, over.finished_at), (6, 2, 2, Some(T0)));
    assert!(record(over, page(2, None)).types().is_empty());
}
