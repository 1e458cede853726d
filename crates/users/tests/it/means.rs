//! How people pay and are paid.

use chassis::{Change, Entity};
use contracts::Principal;
use contracts::payments::{CardChosen, CardKept, CardRemoved, PayoutAccountClosed, PayoutAccountOpened};
use contracts::users::{CardRef, PayoutRef, Role};
use users::{User, means};

use crate::scene::*;

fn keep(user: User, payment_method: &str) -> Change<User> {
    tell(|cx| means::use_card(cx, Some(user), CardKept { user_id: id(), card: card(payment_method) }))
}

fn choose(user: User, payment_method: &str) -> Change<User> {
    tell(|cx| means::use_chosen_card(cx, Some(user), CardChosen { user_id: id(), card: card(payment_method) }))
}

fn remove(user: User, payment_method: &str, next: Option<CardRef>) -> Change<User> {
    let removed = CardRemoved { user_id: id(), payment_method: payment_method.into(), next };
    tell(|cx| means::drop_card(cx, Some(user), removed))
}

fn open(user: User, account: &str) -> Change<User> {
    let opened = PayoutAccountOpened { user_id: id(), account: PayoutRef(account.into()) };
    tell(|cx| means::use_payout_account(cx, Some(user), opened))
}

fn close(user: User) -> Change<User> {
    tell(|cx| means::drop_payout_account(cx, Some(user), PayoutAccountClosed { user_id: id() }))
}

#[test]
fn the_newest_card_is_charged_unless_another_one_is_chosen() {
    let has = |payment_method| User { card: Some(card(payment_method)), ..ada(&[Role::Customer]) };
    check(&keep(ada(&[Role::Customer]), "pm_1"), Some(&has("pm_1")), &[]);
    check(&keep(has("pm_1"), "pm_2"), Some(&has("pm_2")), &[]);
    check(&choose(has("pm_2"), "pm_1"), Some(&has("pm_1")), &[]);
    check(&keep(has("pm_1"), "pm_1"), None, &[]);
    check(&choose(has("pm_1"), "pm_1"), None, &[]);
}

#[test]
fn when_the_charged_card_goes_the_next_one_is_charged() {
    let has_two = User { card: Some(card("pm_2")), ..whole() };
    check(&remove(whole(), "pm_1", Some(card("pm_2"))), Some(&has_two), &[]);
    check(&remove(whole(), "pm_1", None), Some(&User { card: None, ..whole() }), &[]);
}

#[test]
fn another_card_goes_without_a_trace() {
    check(&remove(whole(), "pm_9", Some(card("pm_1"))), None, &[]);
    check(&remove(ada(&[]), "pm_9", None), None, &[]);
}

#[test]
fn an_open_account_is_news_for_whoever_waits_to_be_paid() {
    let before = User { payout: None, ..whole() };
    check(&open(before, "acct_1"), Some(&whole()), &["payout_account_ready"]);
    let change = open(whole(), "acct_2");
    assert_eq!(change.said()[0].1["account"], "acct_2");
}

#[test]
fn who_cannot_be_paid_any_more_has_no_account() {
    let change = close(whole());
    let expected = User { payout: None, ..whole() };
    check(&change, Some(&expected), &[]);
    check(&close(expected), None, &[]);
}

#[test]
fn who_is_gone_gets_neither_card_nor_account_any_more() {
    check(&keep(closed(), "pm_1"), None, &[]);
    check(&choose(closed(), "pm_1"), None, &[]);
    check(&remove(closed(), "pm_1", Some(card("pm_2"))), None, &[]);
    check(&open(closed(), "acct_1"), None, &[]);
    check(&close(closed()), None, &[]);
}

#[test]
fn what_is_said_of_nobody_is_put_aside() {
    let kept = CardKept { user_id: id(), card: card("pm_1") };
    assert!(ask(system("payments"), |cx| means::use_card(cx, None, kept)).is_err());
    let closed = PayoutAccountClosed { user_id: id() };
    assert!(ask(system("payments"), |cx| means::drop_payout_account(cx, None, closed)).is_err());
}

#[test]
fn people_see_what_they_can_do_and_not_with_what() {
    let view = suspended(whole()).view(7, &Principal::User(id()));
    assert_eq!((view.can_pay, view.can_be_paid, view.suspended, view.version), (true, true, true, 7));
    assert!(!serde_json::to_string(&view).expect("JSON").contains("pm_1"));
    assert!(barred(whole()).view(1, &Principal::User(id())).suspended);
    assert!(!whole().view(1, &Principal::User(id())).suspended);
}
