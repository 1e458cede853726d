//! People's cards and accounts: the production reactions against a sandbox of Stripe's, each call made twice.

use std::sync::Arc;

use chassis::{Change, Cx, Fault};
use contracts::payments::{
    CardRemovalRequested, CardSetUp, CardSetupRequested, OnboardingRequested, RemoveCard, SetUpCard, StartOnboarding,
};
use contracts::users::{CardAdded, PayoutRef, PayoutRequested, UserClosed};
use contracts::{Principal, UserId};
use serde_json::Value;
use stripe_sandbox::{Options, Running, SECRET_KEY, Sandbox};

use super::scene::*;
use crate::stripe::Stripe;
use crate::{Patron, Private, cards, payouts};

/// The pure half of a reaction.
type Record<M, T> = fn(&Cx<'_>, Option<Patron>, M, T) -> Result<Change<Patron>, Fault>;

/// A sandbox, and one person at Stripe.
struct Story {
    sandbox: Running,
    stripe: Arc<Stripe>,
    patron: Option<Patron>,
    said: Vec<String>,
}

impl Story {
    async fn begin() -> Self {
        let options = Options { instant_onboarding: false, ..Options::default() };
        let sandbox = Sandbox::start(options).await.expect("a sandbox");
        let stripe = Stripe::new(&sandbox.url(), SECRET_KEY, "http://127.0.0.1:8080").expect("Stripe");
        Self { sandbox, stripe: Arc::new(stripe), patron: None, said: Vec::new() }
    }

    /// A reaction whose call dies once before it can be recorded, and is made again.
    async fn react<M: Clone, T, Called: Future<Output = Result<T, Fault>>>(
        &mut self,
        message: M,
        call: fn(Arc<Stripe>, Option<Patron>, M) -> Called,
        record: Record<M, T>,
    ) {
        drop(call(Arc::clone(&self.stripe), self.patron.clone(), message.clone()).await);
        let called = call(Arc::clone(&self.stripe), self.patron.clone(), message.clone()).await;
        let called = called.expect("an answer");
        let change = told(|cx| record(cx, self.patron.clone(), message, called)).expect("recorded");
        self.becomes(&change);
    }

    fn becomes(&mut self, change: &Change<Patron>) {
        self.said.extend(change.types().into_iter().map(|name| name.split('.').nth(1).expect("a type").to_owned()));
        self.patron = change.state().cloned().or(self.patron.take());
    }

    #[track_caller]
    fn check(&mut self, says: &[&str]) -> &Patron {
        assert_eq!(self.said, says);
        self.said.clear();
        self.patron.as_ref().expect("a state")
    }

    async fn add_card(&mut self, payment_method: &str) {
        let added = CardAdded { user_id: alice(), payment_method: payment_method.to_owned() };
        self.react(added, cards::keep_card, cards::record_card).await;
    }

    async fn want_payouts(&mut self, account: Option<&str>) {
        let account = account.map(|id| PayoutRef(id.to_owned()));
        let requested = PayoutRequested { user_id: alice(), account };
        self.react(requested, payouts::open_account, payouts::record_account_opened).await;
    }

    /// Fills in a page of Stripe's.
    async fn fill_in(&self, page: &Private, form: &'static str) {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let request = client.post(page.expose()).header("Content-Type", "application/x-www-form-urlencoded");
        request.body(form).send().await.expect("the page");
    }

    async fn get(&self, path: &str) -> Value {
        let request = reqwest::Client::new().get(self.sandbox.url() + path).bearer_auth(SECRET_KEY);
        request.send().await.expect("the sandbox").json().await.expect("JSON")
    }
}

fn alice() -> UserId {
    user("alice")
}

#[tokio::test]
async fn b49_a_person_has_one_customer_and_one_account_however_often_it_is_tried() {
    let mut story = Story::begin().await;
    story.add_card("pm_card_visa").await;
    story.add_card("pm_card_mastercard").await;
    let patron = story.check(&["card_kept", "card_kept"]);
    assert_eq!(patron.cards.iter().map(|card| card.brand.as_str()).collect::<Vec<_>>(), ["visa", "mastercard"]);
    story.want_payouts(None).await;
    story.want_payouts(None).await;
    assert!(!story.check(&[]).is_payable(), "nobody can be paid before Stripe says so");
    let summary = story.get("/sandbox/summary").await;
    assert_eq!((&summary["customers"], &summary["accounts"]), (&1.into(), &1.into()));
}

#[tokio::test]
async fn b61_a_card_is_set_up_on_stripes_page_charged_and_taken_away() {
    let mut story = Story::begin().await;
    let asked = as_of(Principal::User(alice()), |cx| cards::set_up_card(cx, None, SetUpCard { user_id: alice() }));
    story.becomes(&asked.expect("allowed"));
    let requested = CardSetupRequested { user_id: alice(), number: 1 };
    story.react(requested, cards::open_setup_page, cards::record_setup_page).await;
    let page = story.check(&["card_setup_requested", "card_setup_ready"]).card_page.clone().expect("a page");
    story.fill_in(&page.url, "card=4242424242424242").await;
    let session = page.url.expose().rsplit('/').next().and_then(|id| id.split('?').next()).expect("an id").to_owned();
    let session = story.get(&format!("/v1/checkout/sessions/{session}")).await;
    let setup_intent = session["setup_intent"].as_str().expect("a setup intent").to_owned();
    let set_up = CardSetUp { user_id: alice(), setup_intent };
    story.react(set_up.clone(), cards::look_up_card, cards::record_set_up_card).await;
    story.react(set_up.clone(), cards::look_up_card, cards::record_set_up_card).await;
    let payment_method = story.check(&["card_kept"]).default.clone().expect("a card");
    let remove = RemoveCard { user_id: alice(), payment_method: payment_method.clone() };
    let removed = as_of(Principal::User(alice()), |cx| cards::remove_card(cx, story.patron.clone(), remove));
    story.becomes(&removed.expect("allowed"));
    let requested = CardRemovalRequested { user_id: alice(), payment_method: payment_method.clone() };
    story.react(requested, cards::detach_card, cards::record_removal).await;
    story.check(&["card_removal_requested", "card_removed"]);
    let method = story.get(&format!("/v1/payment_methods/{payment_method}")).await;
    assert!(method["customer"].is_null(), "{method}");
}

#[tokio::test]
async fn a_card_set_up_for_somebody_else_is_refused() {
    let mut story = Story::begin().await;
    story.add_card("pm_card_visa").await;
    let mallory = story.stripe.open_customer(user("mallory"), "mallory:customer").await.expect("a customer");
    let page = story.stripe.open_card_page(user("mallory"), &mallory, "mallory:page").await.expect("a page");
    story.fill_in(&page.url, "card=4242424242424242").await;
    let session = page.url.expose().rsplit('/').next().and_then(|id| id.split('?').next()).expect("an id").to_owned();
    let session = story.get(&format!("/v1/checkout/sessions/{session}")).await;
    let setup_intent = session["setup_intent"].as_str().expect("a setup intent").to_owned();
    story.said.clear();
    story.react(CardSetUp { user_id: alice(), setup_intent }, cards::look_up_card, cards::record_set_up_card).await;
    assert_eq!(story.check(&["card_refused"]).cards.len(), 1);
}

#[tokio::test]
async fn b07_a_runner_can_be_paid_once_they_have_filled_in_stripes_page() {
    let mut story = Story::begin().await;
    let start = StartOnboarding { user_id: alice() };
    let asked = as_of(Principal::User(alice()), |cx| payouts::start_onboarding(cx, None, start));
    story.becomes(&asked.expect("allowed"));
    let requested = OnboardingRequested { user_id: alice(), number: 1 };
    story.react(requested, payouts::open_onboarding_page, payouts::record_onboarding_page).await;
    let page = story.check(&["onboarding_requested", "onboarding_ready"]).onboarding_page.clone().expect("a page");
    story.fill_in(&page.url, "outcome=finish").await;
    story.want_payouts(None).await;
    assert!(story.check(&["payout_account_opened"]).is_payable());
}

#[tokio::test]
async fn b26_an_account_that_somebody_brings_counts_once_and_only_for_them() {
    let mut story = Story::begin().await;
    story.want_payouts(Some("acct_ready_alice")).await;
    let account = story.check(&["payout_account_opened"]).account.clone().expect("an account");
    assert_eq!(account.id.0, "acct_ready_alice");
    story.want_payouts(Some("acct_ready_mallory")).await;
    assert_eq!(story.check(&[]).account.as_ref(), Some(&account), "nobody redirects payouts");
    // Somebody else brings the same one, or one that Stripe does not know: they get one of their own.
    for brought in ["acct_ready_alice", "acct_nobody"] {
        let requested = PayoutRequested { user_id: user("mallory"), account: Some(PayoutRef(brought.to_owned())) };
        let opened = payouts::open_account(Arc::clone(&story.stripe), None, requested).await.expect("an answer");
        assert!(opened.id.0 != brought && !opened.payable, "{opened:?}");
    }
}

#[tokio::test]
async fn who_leaves_is_forgotten_at_stripe_too() {
    let mut story = Story::begin().await;
    story.add_card("pm_card_visa").await;
    let customer = story.check(&["card_kept"]).customer.clone().expect("a customer");
    story.react(UserClosed { user_id: alice() }, cards::forget, cards::record_forgotten).await;
    assert_eq!(story.check(&[]).customer, None);
    assert_eq!(story.get(&format!("/v1/customers/{customer}")).await["deleted"], true);
}
