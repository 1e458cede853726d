//! Cards, accounts, and payouts that wait for them.

use contracts::payments::{
    ChooseCard, PayoutHeld, RecordAccount, RecordCardSetup, RemoveCard, SetUpCard, StartOnboarding,
};
use contracts::users::{CardAdded, PayoutAccountReady, PayoutRef, PayoutRequested, UserClosed};
use contracts::{Message as _, OrderId, Principal, UserId};
use jiff::SignedDuration;

use super::scene::*;
use crate::cards::{self, Keeping};
use crate::payouts;
use crate::settlement::NO_ACCOUNT;
use crate::{Patron, Private, Refusal, stripe};

fn alice() -> UserId {
    user("alice")
}

fn as_alice<R>(rule: impl FnOnce(&chassis::Cx<'_>) -> R) -> R {
    as_of(Principal::User(alice()), rule)
}

#[track_caller]
fn check(change: &chassis::Change<Patron>, says: &[&str]) -> Option<Patron> {
    let said = change.types();
    let said: Vec<_> = said.iter().map(|name| name.split('.').nth(1).expect("a type")).collect();
    assert_eq!(said, says);
    change.state().cloned()
}

fn card(payment_method: &str) -> stripe::Card {
    let payment_method = payment_method.to_owned();
    stripe::Card { payment_method, brand: "visa".into(), last4: "4242".into(), exp_month: 12, exp_year: 2030 }
}

fn with_cards(methods: &[&str]) -> Patron {
    methods.iter().fold(Patron::new(alice()), |patron, method| {
        let added = CardAdded { user_id: alice(), payment_method: (*method).to_owned() };
        let keeping = Keeping { customer: Some("cus_1".into()), kept: Ok(card(method)) };
        state(told(|cx| cards::record_card(cx, Some(patron), added, keeping)))
    })
}

#[test]
fn the_newest_card_is_charged() {
    let patron = with_cards(&["pm_1", "pm_2"]);
    assert_eq!((patron.cards.len(), patron.default.as_deref()), (2, Some("pm_2")));
    assert_eq!(with_cards(&["pm_1", "pm_1"]).cards.len(), 1);
}

#[test]
fn b29_a_card_that_stripe_does_not_keep_is_not_on_file() {
    let keeping = Keeping { customer: Some("cus_1".into()), kept: Err(no("card_declined")) };
    let added = CardAdded { user_id: alice(), payment_method: "pm_1".into() };
    let change = told(|cx| cards::record_card(cx, None, added, keeping)).expect("recorded");
    let patron = check(&change, &["card_refused"]).expect("a state");
    assert_eq!((patron.cards.len(), patron.customer.as_deref()), (0, Some("cus_1")));
}

#[test]
fn b61_only_people_themselves_set_up_choose_and_remove_cards() {
    let patron = || Some(with_cards(&["pm_1"]));
    let mallory = |rule: &dyn Fn(&chassis::Cx<'_>) -> Option<Refusal>| {
        for principal in [Principal::User(user("mallory")), Principal::Operator(alice()), Principal::System("x".into())]
        {
            assert_eq!(as_of(principal, rule), Some(Refusal::NotAllowed));
        }
    };
    let (user_id, payment_method) = (alice(), "pm_1".to_owned());
    let choose = ChooseCard { user_id, payment_method: payment_method.clone() };
    let remove = RemoveCard { user_id, payment_method };
    mallory(&|cx| refused(cards::set_up_card(cx, patron(), SetUpCard { user_id })));
    mallory(&|cx| refused(cards::choose_card(cx, patron(), choose.clone())));
    mallory(&|cx| refused(cards::remove_card(cx, patron(), remove.clone())));
    mallory(&|cx| refused(payouts::start_onboarding(cx, patron(), StartOnboarding { user_id })));
}

#[test]
fn a_card_is_chosen_once() {
    let choose = |method: &str| ChooseCard { user_id: alice(), payment_method: method.into() };
    let patron = with_cards(&["pm_1", "pm_2"]);
    let change = as_alice(|cx| cards::choose_card(cx, Some(patron.clone()), choose("pm_1"))).expect("allowed");
    let chosen = check(&change, &["card_chosen"]).expect("a state");
    check(&as_alice(|cx| cards::choose_card(cx, Some(chosen), choose("pm_1"))).expect("allowed"), &[]);
    let strange = as_alice(|cx| cards::choose_card(cx, Some(patron), choose("pm_9")));
    assert_eq!(refused(strange), Some(Refusal::NoSuchCard));
    assert_eq!(refused(as_alice(|cx| cards::choose_card(cx, None, choose("pm_1")))), Some(Refusal::NoSuchCard));
}

#[test]
fn b61_a_removed_card_is_not_charged_and_the_next_one_is_named() {
    let remove = || RemoveCard { user_id: alice(), payment_method: "pm_2".into() };
    let before = with_cards(&["pm_1", "pm_2"]);
    let change = as_alice(|cx| cards::remove_card(cx, Some(before), remove())).expect("allowed");
    let asked = serde_json::from_value(change.said()[0].1.clone()).expect("a removal");
    let leaving = check(&change, &["card_removal_requested"]).expect("a state");
    assert_eq!(leaving.default.as_deref(), Some("pm_1"));
    let again = as_alice(|cx| cards::remove_card(cx, Some(leaving.clone()), remove()));
    assert_eq!(refused(again), Some(Refusal::NoSuchCard));
    let change = told(|cx| cards::record_removal(cx, Some(leaving), asked, ())).expect("recorded");
    check(&change, &["card_removed"]);
    assert_eq!(change.said()[0].1["next"]["payment_method"], "pm_1");
}

#[test]
fn a_card_that_was_set_up_is_kept_once_and_only_for_its_customer() {
    let told_by_stripe = RecordCardSetup { user_id: alice(), setup_intent: "seti_1".into() };
    let change = by_stripe(|cx| cards::record_card_setup(cx, None, told_by_stripe.clone())).expect("allowed");
    check(&change, &["card_set_up"]);
    assert_eq!(refused(as_alice(|cx| cards::record_card_setup(cx, None, told_by_stripe))), Some(Refusal::NotAllowed));
    let set_up = || serde_json::from_value(change.said()[0].1.clone()).expect("a card");
    let keeping = || Keeping { customer: Some("cus_1".into()), kept: Ok(card("pm_3")) };
    let change = told(|cx| cards::record_set_up_card(cx, Some(with_cards(&["pm_1"])), set_up(), keeping()));
    let patron = check(&change.expect("recorded"), &["card_kept"]).expect("a state");
    assert_eq!(patron.default.as_deref(), Some("pm_3"));
    check(&told(|cx| cards::record_set_up_card(cx, Some(patron), set_up(), keeping())).expect("recorded"), &[]);
}

#[test]
fn each_page_has_a_number_and_its_address_does_not_show() {
    let change = as_alice(|cx| cards::set_up_card(cx, None, SetUpCard { user_id: alice() })).expect("allowed");
    let patron = check(&change, &["card_setup_requested"]).expect("a state");
    let requested = serde_json::from_value(change.said()[0].1.clone()).expect("a request");
    let page = stripe::Page { url: Private::new("https://checkout.stripe.com/secret"), until: T0 };
    let opened = ("cus_1".to_owned(), page);
    let change = told(|cx| cards::record_setup_page(cx, Some(patron), requested, opened)).expect("recorded");
    let patron = check(&change, &["card_setup_ready"]).expect("a state");
    assert!(!format!("{patron:?} {change:?}").contains("secret"));
    let next = as_alice(|cx| cards::set_up_card(cx, Some(patron), SetUpCard { user_id: alice() })).expect("allowed");
    assert_eq!(next.said()[0].1["number"], 2);
}

// --- accounts --------------------------------------------------------------------------------------------------------

fn account(payable: bool) -> stripe::Account {
    stripe::Account { id: PayoutRef("acct_1".into()), payable }
}

fn with_account(payable: bool) -> Patron {
    let requested = PayoutRequested { user_id: alice(), account: None };
    state(told(|cx| payouts::record_account_opened(cx, None, requested, account(payable))))
}

#[test]
fn b07_an_account_counts_as_open_only_when_it_can_be_paid() {
    let requested = || PayoutRequested { user_id: alice(), account: None };
    let opened = |payable, before| {
        told(|cx| payouts::record_account_opened(cx, before, requested(), account(payable))).expect("recorded")
    };
    check(&opened(false, None), &[]);
    check(&opened(true, None), &["payout_account_opened"]);
    check(&opened(true, Some(with_account(true))), &[]);
}

fn account_fact(id: &str, payable: bool, seconds: i64) -> RecordAccount {
    let at = T0 + SignedDuration::from_secs(seconds);
    RecordAccount { user_id: alice(), account: PayoutRef(id.into()), payable, at }
}

#[test]
fn stripe_says_when_an_account_opens_and_closes_and_old_news_is_dropped() {
    let tell = |before: Patron, told: RecordAccount| by_stripe(|cx| payouts::record_account(cx, Some(before), told));
    let open = tell(with_account(false), account_fact("acct_1", true, 5)).expect("allowed");
    let open = check(&open, &["payout_account_opened"]).expect("a state");
    let same = tell(open.clone(), account_fact("acct_1", true, 6)).expect("allowed");
    check(&same, &[]);
    check(&tell(open.clone(), account_fact("acct_1", false, 4)).expect("allowed"), &[]);
    check(&tell(open.clone(), account_fact("acct_1", false, 7)).expect("allowed"), &["payout_account_closed"]);
    assert_eq!(refused(tell(open, account_fact("acct_2", true, 8))), Some(Refusal::UnknownAccount));
}

#[test]
fn b26_nobody_but_stripe_says_so_and_nobody_elses_account_counts() {
    let by_alice =
        as_alice(|cx| payouts::record_account(cx, Some(with_account(false)), account_fact("acct_1", true, 1)));
    assert_eq!(refused(by_alice), Some(Refusal::NotAllowed));
    let unknown = by_stripe(|cx| payouts::record_account(cx, None, account_fact("acct_1", true, 1)));
    assert_eq!(refused(unknown), Some(Refusal::UnknownAccount));
}

// --- payouts that wait -----------------------------------------------------------------------------------------------

fn payout_of(order_id: OrderId, code: &str) -> PayoutHeld {
    PayoutHeld { order_id, runner_id: alice(), code: code.to_owned(), ..PayoutHeld::sample() }
}

#[test]
fn held_payouts_go_out_when_the_account_is_ready() {
    let note = |patron, held| told(|cx| payouts::note_held(cx, patron, held)).expect("recorded");
    let first = check(&note(None, payout_of(order_id(), NO_ACCOUNT)), &[]).expect("a state");
    check(&note(Some(first.clone()), payout_of(order_id(), NO_ACCOUNT)), &[]);
    let other = contracts::MessageId::of_stored("LOG", 9).derive("order");
    let both = check(&note(Some(first), payout_of(other, "account_closed")), &[]).expect("a state");
    let ready = || PayoutAccountReady { user_id: alice(), account: PayoutRef("acct_1".into()) };
    let change = told(|cx| payouts::retry_held(cx, Some(both), ready())).expect("recorded");
    let after = check(&change, &["settlement_retried", "settlement_retried"]).expect("a state");
    assert_eq!(change.said()[0].1["account"], "acct_1");
    check(&told(|cx| payouts::retry_held(cx, Some(after), ready())).expect("recorded"), &[]);
}

#[test]
fn a_payout_is_not_refused_in_circles() {
    let payable = with_account(true);
    let note = |held| told(|cx| payouts::note_held(cx, Some(payable.clone()), held)).expect("recorded");
    // Nobody tried yet, and there is an account by now.
    check(&note(payout_of(order_id(), NO_ACCOUNT)), &["settlement_retried"]);
    // Stripe refused: the settlement's own deadline tries again, or an account that becomes ready.
    check(&note(payout_of(order_id(), "balance_insufficient")), &[]);
}

#[test]
fn who_leaves_is_forgotten_but_paid() {
    let mut patron = with_account(true);
    patron.customer = Some("cus_1".into());
    patron.held.insert(order_id());
    let closed = UserClosed { user_id: alice() };
    let after = state(told(|cx| cards::record_forgotten(cx, Some(patron.clone()), closed, ())));
    assert_eq!((after.customer, after.cards.len()), (None, 0));
    assert_eq!((after.account, after.held), (patron.account, patron.held));
}
