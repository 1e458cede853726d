//! Whole stories: the production reactions against a sandbox of Stripe's, each call made twice, and at every step the
//! ledger against the sandbox's own books.

use std::sync::{Arc, Mutex};

use chassis::{Change, Cx, Fault};
use contracts::orders::OrderCancelled;
use contracts::payments::{Bearer, PaymentDisputed, RefundPayment, RefundRequested, SettlementRetried, StripeFact};
use contracts::users::{CardAdded, CardRef, PayeeResolved, PayoutRef, PayoutRequested};
use contracts::{Cents, Message as _, Principal};
use serde_json::{Value, json};
use stripe_sandbox::{Options, Running, SECRET_KEY, Sandbox};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::scene::*;
use crate::payment::{Payment, Share, Stage};
use crate::stripe::Stripe;
use crate::{Account, cards, disputes, dues, give_back, hold, payouts, refund, release, settlement, tip};

/// The pure half of a reaction.
type Record<M, T> = fn(&Cx<'_>, Option<Payment>, M, T) -> Result<Change<Payment>, Fault>;

/// A sandbox, and one order's money.
struct Story {
    sandbox: Running,
    stripe: Arc<Stripe>,
    payment: Option<Payment>,
    card: CardRef,
    account: PayoutRef,
    said: Vec<String>,
}

impl Story {
    async fn with(card: &str) -> Self {
        let sandbox = Sandbox::start(Options::default()).await.expect("a sandbox");
        let stripe = Stripe::new(&sandbox.url(), SECRET_KEY, "http://127.0.0.1:8080").expect("Stripe");
        let stripe = Arc::new(stripe);
        let added = CardAdded { user_id: user("alice"), payment_method: card.to_owned() };
        let keeping = cards::keep_card(Arc::clone(&stripe), None, added.clone()).await.expect("an answer");
        let alice = state(told(|cx| cards::record_card(cx, None, added, keeping)));
        let card = alice.default.as_deref().and_then(|default| alice.card(default)).expect("a card");
        let requested = PayoutRequested { user_id: user("ray"), account: None };
        let opened = payouts::open_account(Arc::clone(&stripe), None, requested).await.expect("an account");
        Self { sandbox, stripe, payment: None, card, account: opened.id, said: Vec::new() }
    }

    fn payment(&self) -> &Payment {
        self.payment.as_ref().expect("a payment")
    }

    /// A reaction whose call dies once before it can be recorded, and is made again.
    async fn react<M: Clone, T, Called: Future<Output = Result<T, Fault>>>(
        &mut self,
        message: M,
        call: fn(Arc<Stripe>, Option<Payment>, M) -> Called,
        record: Record<M, T>,
    ) {
        drop(call(Arc::clone(&self.stripe), self.payment.clone(), message.clone()).await);
        // An ordered fault may hit the next call of the same effect; a fault is tried again, as the dispatcher does.
        let mut called = call(Arc::clone(&self.stripe), self.payment.clone(), message.clone()).await;
        for _ in 0..3 {
            if called.is_err() {
                called = call(Arc::clone(&self.stripe), self.payment.clone(), message.clone()).await;
            }
        }
        let called = called.expect("an answer");
        let change = told(|cx| record(cx, self.payment.clone(), message, called)).expect("recorded");
        self.becomes(change).await;
    }

    async fn becomes(&mut self, change: Change<Payment>) {
        let names = change.types().into_iter().map(|name| name.split('.').nth(1).expect("a type").to_owned());
        self.said.extend(names);
        if let Some(payment) = change.state() {
            self.payment = Some(payment.clone());
        }
        self.check_books().await;
    }

    /// The ledger and the sandbox agree to the cent.
    async fn check_books(&self) {
        let Some(payment) = &self.payment else { return };
        proven(payment);
        let books = self.get("/sandbox/books").await;
        let book = &books[order_id().to_string()];
        let stripes = |field: &str| Cents(book[field].as_i64().unwrap_or_default());
        let balance = |account| payment.ledger.balance(account);
        let context = format!("{book}\n{payment:#?}");
        assert_eq!(balance(Account::Held), stripes("held"), "{context}");
        assert_eq!(payment.captured_cents(), stripes("captured"), "{context}");
        assert_eq!(payment.refunded_cents(), stripes("refunded"), "{context}");
        assert_eq!(balance(Account::Runner), stripes("transferred") - stripes("reversed"), "{context}");
        assert_eq!(balance(Account::Disputes), stripes("disputed"), "{context}");
        assert_eq!(balance(Account::StripeFees), stripes("fees"), "{context}");
    }

    /// What was said since the last look.
    #[track_caller]
    fn check(&mut self, stage: Stage, says: &[&str]) {
        assert_eq!(self.said, says);
        assert_eq!(self.payment().stage(), stage);
        self.said.clear();
    }

    async fn get(&self, path: &str) -> Value {
        let response = reqwest::get(self.sandbox.url() + path).await.expect("the sandbox");
        response.json().await.expect("JSON")
    }

    async fn put(&self, path: &str, body: Value) {
        let request = reqwest::Client::new().put(self.sandbox.url() + path).json(&body);
        request.send().await.and_then(reqwest::Response::error_for_status).expect("the sandbox does it");
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let request = reqwest::Client::new().post(self.sandbox.url() + path).json(&body);
        let response = request.send().await.and_then(reqwest::Response::error_for_status);
        response.expect("the sandbox does it").json().await.expect("JSON")
    }

    async fn authorize(&mut self) {
        let payer = contracts::users::PayerResolved { card: self.card.clone(), ..payer() };
        self.react(payer, hold::authorize, hold::record_hold).await;
    }

    async fn agree_to(&mut self, excess_cents: Cents) {
        self.react(excess_agreed(excess_cents), hold::authorize_excess, hold::record_excess).await;
    }

    async fn deliver(&mut self, total_cents: Cents) {
        let payee = PayeeResolved { account: self.account.clone(), total_cents, ..payee() };
        self.react(payee, settlement::settle, settlement::record_settlement).await;
    }

    async fn deliver_unpayable(&mut self) {
        self.react(unavailable(), settlement::settle_unpayable, settlement::record_unpayable).await;
    }

    async fn retry(&mut self, account: Option<PayoutRef>) {
        let retried = SettlementRetried { order_id: order_id(), account };
        self.react(retried, settlement::settle_again, settlement::record_again).await;
    }

    async fn cancel(&mut self) {
        self.react(OrderCancelled::sample(), release::release_cancelled, release::record_release).await;
    }

    async fn tip(&mut self, tip_cents: Cents) {
        self.react(tip_agreed(tip_cents), tip::charge_tip, tip::record_tip).await;
    }

    /// What is to be done for it; nothing is yet.
    fn ask_for_refund(&mut self, amount_cents: Option<Cents>, bearer: Bearer) -> RefundRequested {
        let asked = RefundPayment { amount_cents, bearer, ..RefundPayment::sample() };
        let office = Principal::Finance(user("fay"));
        let change = as_of(office, |cx| refund::refund(cx, self.payment.clone(), asked)).expect("allowed");
        self.payment = change.state().cloned();
        proven(self.payment());
        self.said.clear();
        serde_json::from_value(change.said()[0].1.clone()).expect("a request")
    }

    async fn refund(&mut self, amount_cents: Option<Cents>, bearer: Bearer) {
        let requested = self.ask_for_refund(amount_cents, bearer);
        self.react(requested, refund::give_back, refund::record_refund).await;
    }

    /// A webhook, and what is said about it, heard here.
    async fn tell_of_dispute(&mut self, told: StripeFact) {
        let change = fact(self.payment.clone(), told);
        let disputed: PaymentDisputed = serde_json::from_value(change.said()[0].1.clone()).expect("a dispute");
        self.payment = change.state().cloned();
        self.said.extend(["disputed".to_owned()]);
        self.react(disputed, disputes::look_up_fees, disputes::record_fees).await;
    }

    async fn set_transfers(&self, standing: &str) {
        self.put(&format!("/sandbox/accounts/{}", self.account.0), json!({ "transfers": standing })).await;
    }
}

#[tokio::test]
async fn b15_a_delivered_order_is_paid_for_once_however_often_it_is_tried() {
    let mut story = Story::with("pm_card_visa").await;
    story.authorize().await;
    story.check(Stage::Held, &["authorized", "hold"]);
    story.deliver(TOTAL).await;
    story.check(Stage::PaidOut, &["captured", "paid_out"]);
    story.deliver(TOTAL).await;
    story.check(Stage::PaidOut, &[]);
    let summary = story.get("/sandbox/summary").await;
    assert_eq!((&summary["captured_amount"], &summary["transfers_amount"]), (&json!(1_090), &json!(1_000)));
}

#[tokio::test]
async fn whatever_call_fails_before_or_after_its_work_happens_once() {
    let calls = [
        "/v1/payment_intents",
        "/v1/payment_intents/*/capture",
        "/v1/transfers",
        "/v1/transfers/*/reversals",
        "/v1/refunds",
    ];
    for mode in ["fail", "fail_after"] {
        let mut story = Story::with("pm_card_visa").await;
        for path in calls {
            story.put("/sandbox/fault", json!({ "path": path, "method": "POST", "mode": mode })).await;
        }
        story.authorize().await;
        story.deliver(TOTAL).await;
        story.check(Stage::PaidOut, &["authorized", "hold", "captured", "paid_out"]);
        story.refund(None, Bearer::Runner).await;
        story.check(Stage::Refunded, &["payout_reversed", "refunded"]);
        let summary = story.get("/sandbox/summary").await;
        for what in ["payment_intents", "captured_count", "transfers_count", "reversals_count", "refunds_count"] {
            assert_eq!(summary[what], 1, "{mode} {what}");
        }
    }
}

#[tokio::test]
async fn b16_b17_a_hold_that_nobody_heard_of_is_given_back() {
    let mut story = Story::with("pm_card_visa").await;
    // Held, and dead before it was recorded; meanwhile the order was cancelled.
    let payer = contracts::users::PayerResolved { card: story.card.clone(), ..payer() };
    drop(hold::authorize(Arc::clone(&story.stripe), None, payer).await.expect("an answer"));
    let change = cancel(None, release::Release::default());
    story.payment = change.state().cloned();
    story.authorize().await;
    story.check(Stage::Void, &[]);
    let summary = story.get("/sandbox/summary").await;
    assert_eq!((&summary["open_holds_count"], &summary["canceled_count"]), (&json!(0), &json!(1)), "{summary}");
}

#[tokio::test]
async fn b18_a_question_of_the_bank_that_nobody_answers_is_closed_at_stripe() {
    let mut story = Story::with("pm_card_authenticationRequired").await;
    story.authorize().await;
    story.check(Stage::ActionRequired, &["action_required"]);
    story.cancel().await;
    story.check(Stage::Released, &["released"]);
    story.cancel().await;
    story.check(Stage::Released, &[]);
    assert_eq!(story.get("/sandbox/summary").await["canceled_count"], 1);
}

#[tokio::test]
async fn a_question_of_the_bank_that_was_answered_meanwhile_is_given_back_all_the_same() {
    let mut story = Story::with("pm_card_authenticationRequired").await;
    story.authorize().await;
    let url = crate::views::money_view(story.payment(), crate::views::Side::Customer).action_url.expect("a page");
    let form = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let form = form.post(url).header("Content-Type", "application/x-www-form-urlencoded").body("outcome=complete");
    form.send().await.expect("the page");
    assert_eq!(story.get("/sandbox/summary").await["open_holds_count"], 1);
    story.cancel().await;
    story.check(Stage::Released, &["action_required", "released"]);
    assert_eq!(story.get("/sandbox/summary").await["open_holds_count"], 0);
}

#[tokio::test]
async fn more_than_was_held_is_taken_and_paid_out() {
    let mut story = Story::with("pm_card_visa").await;
    story.authorize().await;
    story.agree_to(Cents(182)).await;
    story.check(Stage::Held, &["authorized", "hold", "excess_authorized"]);
    story.deliver(Cents(1_272)).await;
    story.check(Stage::PaidOut, &["captured", "paid_out"]);
    story.refund(None, Bearer::Runner).await;
    story.check(Stage::Refunded, &["payout_reversed", "refunded"]);
}

#[tokio::test]
async fn more_than_was_held_is_let_go_with_the_rest() {
    let mut story = Story::with("pm_card_visa").await;
    story.authorize().await;
    story.agree_to(Cents(182)).await;
    story.cancel().await;
    story.check(Stage::Released, &["authorized", "hold", "excess_authorized", "released"]);
    assert_eq!(story.get("/sandbox/summary").await["open_holds_count"], 0);
}

#[tokio::test]
async fn an_excess_whose_bank_asks_is_declined_and_leaves_nothing_open() {
    let mut story = Story::with("pm_card_authenticationRequired").await;
    story.payment = Some(Payment { payer: held().payer, ..held() });
    let payer = story.payment.as_mut().and_then(|payment| payment.payer.as_mut()).expect("a payer");
    payer.card = story.card.clone();
    let agreed = excess_agreed(Cents(182));
    let asked = hold::authorize_excess(Arc::clone(&story.stripe), story.payment.clone(), agreed.clone()).await;
    let change = told(|cx| hold::record_excess(cx, story.payment.clone(), agreed, asked.expect("an answer")));
    check(&change.expect("recorded"), Some(Stage::Held), &["excess_declined"]);
    assert_eq!(story.get("/sandbox/summary").await["open_holds_count"], 0);
}

#[tokio::test]
async fn b07_a_runner_who_cannot_be_paid_yet_is_paid_later() {
    let mut story = Story::with("pm_card_visa").await;
    story.set_transfers("inactive").await;
    story.authorize().await;
    story.deliver(TOTAL).await;
    story.check(Stage::Captured, &["authorized", "hold", "captured", "payout_held", "settle"]);
    story.retry(None).await;
    story.check(Stage::Captured, &["payout_held", "settle"]);
    story.set_transfers("active").await;
    story.retry(None).await;
    story.check(Stage::PaidOut, &["paid_out"]);
    story.retry(None).await;
    story.check(Stage::PaidOut, &[]);
}

#[tokio::test]
async fn a_runner_without_an_account_is_paid_when_there_is_one() {
    let mut story = Story::with("pm_card_visa").await;
    story.authorize().await;
    story.deliver_unpayable().await;
    story.check(Stage::Captured, &["authorized", "hold", "captured", "payout_held"]);
    story.retry(None).await;
    story.check(Stage::Captured, &["payout_held"]);
    let account = Some(story.account.clone());
    story.retry(account).await;
    story.check(Stage::PaidOut, &["paid_out"]);
}

#[tokio::test]
async fn b05_a_transfer_that_nobody_heard_of_is_found_and_not_made_again() {
    let mut story = Story::with("pm_card_visa").await;
    story.set_transfers("inactive").await;
    story.authorize().await;
    story.deliver(TOTAL).await;
    story.set_transfers("active").await;
    story.said.clear();
    let payout = dues::payouts(story.payment()).remove(0);
    let unheard = crate::stripe::Transfer {
        order_id: order_id(),
        amount_cents: payout.amount_cents,
        currency: story.payment().currency,
        runner_id: user("ray"),
        destination: story.account.0.clone(),
        source_charge: Some(payout.charge),
        share: payout.share,
    };
    let made = story.stripe.transfer(&unheard, "a key that Stripe has forgotten").await.expect("a transfer");
    story.retry(None).await;
    story.check(Stage::PaidOut, &["paid_out"]);
    assert_eq!(story.payment().transfers[0].id, made);
}

/// Delivered, taken and paid out, and dead before any of it could be recorded.
async fn settled_unheard() -> Story {
    let mut story = Story::with("pm_card_visa").await;
    story.authorize().await;
    let payee = PayeeResolved { account: story.account.clone(), ..payee() };
    drop(settlement::settle(Arc::clone(&story.stripe), story.payment.clone(), payee).await.expect("an answer"));
    story.said.clear();
    story
}

#[tokio::test]
async fn a_transfer_that_nobody_heard_of_is_taken_back_at_the_cancellation() {
    let mut story = settled_unheard().await;
    story.cancel().await;
    story.check(Stage::Refunded, &["payout_reversed", "refunded"]);
    let summary = story.get("/sandbox/summary").await;
    assert_eq!((&summary["transfers_count"], &summary["reversals_count"]), (&json!(1), &json!(1)), "{summary}");
}

#[tokio::test]
async fn a_transfer_that_nobody_heard_of_is_taken_back_for_a_refund_that_the_runner_bears() {
    let mut story = settled_unheard().await;
    let payment_intent = story.payment().holds[0].payment_intent.clone();
    let taken = story.stripe.taken(&payment_intent).await.expect("taken");
    let told = StripeFact::Captured { payment_intent, charge: taken.charge.clone(), captured_cents: TOTAL };
    story.payment = fact(story.payment.clone(), told).state().cloned();
    let _ = story.payment.as_mut().expect("a payment").now_captured(T0, &taken);
    // What was found is booked first, and the refund asked for again.
    let first = story.ask_for_refund(None, Bearer::Runner);
    let giving =
        refund::give_back(Arc::clone(&story.stripe), story.payment.clone(), first.clone()).await.expect("an answer");
    let change = told_of(&story, first, giving);
    let again: RefundRequested = serde_json::from_value(change.said()[0].1.clone()).expect("a request");
    story.payment = change.state().cloned();
    story.react(again, refund::give_back, refund::record_refund).await;
    story.check(Stage::Refunded, &["payout_reversed", "refunded"]);
}

fn told_of(story: &Story, requested: RefundRequested, giving: refund::Giving) -> Change<Payment> {
    told(|cx| refund::record_refund(cx, story.payment.clone(), requested, giving)).expect("recorded")
}

#[tokio::test]
async fn a_tip_that_nobody_heard_of_is_given_back_when_the_order_is_refunded() {
    let mut story = Story::with("pm_card_visa").await;
    story.authorize().await;
    story.deliver(TOTAL).await;
    let tipping = tip::charge_tip(Arc::clone(&story.stripe), story.payment.clone(), tip_agreed(Cents(200))).await;
    drop(tipping.expect("an answer"));
    let requested = story.ask_for_refund(None, Bearer::Platform);
    let giving = refund::give_back(Arc::clone(&story.stripe), story.payment.clone(), requested.clone()).await;
    let change = told_of(&story, requested, giving.expect("an answer"));
    story.payment = change.state().cloned();
    story.said.clear();
    story.tip(Cents(200)).await;
    story.check(Stage::Refunded, &["tip_declined"]);
    assert_eq!((story.payment().captured_cents(), story.payment().paid_cents()), (Cents(1_290), PAYOUT));
}

#[tokio::test]
async fn a_part_that_was_given_back_a_day_ago_is_not_given_back_twice() {
    let mut story = Story::with("pm_card_visa").await;
    story.authorize().await;
    story.deliver(TOTAL).await;
    let requested = story.ask_for_refund(Some(Cents(300)), Bearer::Runner);
    // Under keys that Stripe has forgotten since.
    let (charge, transfer) = (story.payment().charges()[0].1.id.clone(), story.payment().transfers[0].id.clone());
    story.stripe.reverse(&transfer, Cents(300), "1", "forgotten reversal").await.expect("a reversal");
    story.stripe.refund(order_id(), &charge, Cents(300), "1", "forgotten refund").await.expect("a refund");
    story.react(requested, refund::give_back, refund::record_refund).await;
    story.check(Stage::PaidOut, &["payout_reversed", "refunded"]);
    let summary = story.get("/sandbox/summary").await;
    assert_eq!((&summary["refunds_count"], &summary["reversals_count"]), (&json!(1), &json!(1)), "{summary}");
}

/// A Stripe that answers every new PaymentIntent with `intent`, and every other call with the same, cancelled.
async fn odd_stripe(intent: Value) -> (Arc<Stripe>, Arc<Mutex<Vec<String>>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let asked = Arc::new(Mutex::new(Vec::new()));
    let asking = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 16_384];
            let read = stream.read(&mut request).await.expect("a request");
            let request = String::from_utf8_lossy(&request[..read]).into_owned();
            let path = request.split(' ').nth(1).expect("a path").to_owned();
            let mut answer = intent.clone();
            if path != "/v1/payment_intents" {
                answer["status"] = json!("canceled");
            }
            asking.lock().expect("no panic").push(path);
            let body = answer.to_string();
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
            let answer = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).await.expect("written");
        }
    });
    let stripe = Stripe::new(&format!("http://{address}"), SECRET_KEY, "http://127.0.0.1:8080").expect("Stripe");
    (Arc::new(stripe), asked)
}

#[tokio::test]
async fn a_payment_that_is_not_as_asked_is_let_go_before_it_is_declined() {
    let mut story = Story::with("pm_card_visa").await;
    story.authorize().await;
    let payment_intent = story.payment().holds[0].payment_intent.clone();
    let url = format!("{}/v1/payment_intents/{payment_intent}", story.sandbox.url());
    let known = reqwest::Client::new().get(url).bearer_auth(SECRET_KEY).send().await.expect("the sandbox");
    let known: Value = known.json().await.expect("JSON");
    for (field, odd) in [("status", json!("processing")), ("amount_capturable", json!(1))] {
        let mut intent = known.clone();
        intent[field] = odd;
        let (stripe, asked) = odd_stripe(intent).await;
        let payer = contracts::users::PayerResolved { card: story.card.clone(), ..payer() };
        let holding = hold::authorize(Arc::clone(&stripe), None, payer).await.expect("an answer");
        assert!(matches!(holding, hold::Holding::Declined(_)), "{holding:?}");
        let more = hold::authorize_excess(stripe, story.payment.clone(), excess_agreed(Cents(182))).await;
        assert!(matches!(more, Ok(hold::Holding::Declined(_))), "{more:?}");
        let cancel = format!("/v1/payment_intents/{payment_intent}/cancel");
        let cancelled = asked.lock().expect("no panic").iter().filter(|path| **path == cancel).count();
        assert_eq!(cancelled, 2, "{field}");
    }
}

#[tokio::test]
async fn an_excess_that_nobody_heard_of_is_let_go_when_nothing_is_held_any_more() {
    let mut story = Story::with("pm_card_visa").await;
    story.authorize().await;
    let agreed = excess_agreed(Cents(182));
    drop(hold::authorize_excess(Arc::clone(&story.stripe), story.payment.clone(), agreed).await.expect("an answer"));
    let payment_intent = story.payment().holds[0].payment_intent.clone();
    story.post("/sandbox/dashboard/cancel", json!({ "payment_intent": payment_intent })).await;
    let change = fact(story.payment.clone(), StripeFact::Canceled { payment_intent, reason: None });
    story.payment = change.state().cloned();
    story.said.clear();
    story.agree_to(Cents(182)).await;
    story.check(Stage::Released, &["excess_declined"]);
    assert_eq!(story.get("/sandbox/summary").await["open_holds_count"], 0);
}

#[tokio::test]
async fn a_hold_that_lapsed_is_no_capture() {
    let mut story = Story::with("pm_card_visa").await;
    story.authorize().await;
    let payment_intent = story.payment().holds[0].payment_intent.clone();
    story.post("/sandbox/dashboard/cancel", json!({ "payment_intent": payment_intent })).await;
    story.deliver(TOTAL).await;
    story.check(Stage::Released, &["authorized", "hold", "capture_failed"]);
    assert_eq!(tasks(story.payment()), ["capture_failed"]);
}

#[tokio::test]
async fn b14_a_refund_takes_back_what_the_runner_got() {
    let mut story = Story::with("pm_card_visa").await;
    story.authorize().await;
    story.deliver(TOTAL).await;
    story.tip(Cents(200)).await;
    story.check(Stage::PaidOut, &["authorized", "hold", "captured", "paid_out", "tip_paid"]);
    story.refund(Some(Cents(300)), Bearer::Runner).await;
    story.check(Stage::PaidOut, &["payout_reversed", "refunded"]);
    story.refund(Some(Cents(100)), Bearer::Platform).await;
    story.check(Stage::PaidOut, &["refunded"]);
    story.refund(None, Bearer::Runner).await;
    story.check(Stage::Refunded, &["payout_reversed", "refunded"]);
}

#[tokio::test]
async fn what_was_taken_back_for_a_refund_that_stripe_refused_is_sent_back() {
    let mut story = Story::with("pm_card_visa").await;
    story.authorize().await;
    story.deliver(TOTAL).await;
    story.said.clear();
    let refused = json!({ "path": "/v1/refunds", "method": "POST", "mode": "fail", "status": 402, "times": 2 });
    story.put("/sandbox/fault", refused).await;
    story.refund(Some(Cents(300)), Bearer::Runner).await;
    story.check(Stage::PaidOut, &["payout_reversed", "refund_failed", "settle"]);
    story.retry(None).await;
    story.check(Stage::PaidOut, &["payout_returned"]);
    assert_eq!((story.payment().paid_cents(), story.payment().owed_back_cents()), (PAYOUT, Cents(0)));
    story.retry(None).await;
    story.check(Stage::PaidOut, &[]);
    story.refund(Some(Cents(300)), Bearer::Runner).await;
    story.check(Stage::PaidOut, &["payout_reversed", "refunded"]);
}

#[tokio::test]
async fn a_return_that_nobody_heard_of_is_found_as_one() {
    let mut story = Story::with("pm_card_visa").await;
    story.authorize().await;
    story.deliver(TOTAL).await;
    let refused = json!({ "path": "/v1/refunds", "method": "POST", "mode": "fail", "status": 402, "times": 2 });
    story.put("/sandbox/fault", refused).await;
    story.refund(Some(Cents(300)), Bearer::Runner).await;
    let retried = SettlementRetried { order_id: order_id(), account: None };
    drop(settlement::settle_again(Arc::clone(&story.stripe), story.payment.clone(), retried).await.expect("an answer"));
    let found = give_back::unheard_transfers(&story.stripe, story.payment(), None).await.expect("an answer");
    let found: Vec<_> = found.iter().map(|sent| (sent.share, sent.amount_cents)).collect();
    assert_eq!(found, [(Share::Back, Cents(300))]);
}

#[tokio::test]
async fn a_reversal_that_nobody_heard_of_is_found_for_the_next_request_and_not_for_its_own() {
    let mut story = Story::with("pm_card_visa").await;
    story.authorize().await;
    story.deliver(TOTAL).await;
    let transfer = story.payment().transfers[0].id.clone();
    let made = story.stripe.reverse(&transfer, Cents(300), "1", "a key").await.expect("a reversal");
    let of = async |number| give_back::unheard(&story.stripe, story.payment(), number).await.expect("an answer");
    assert!(of(1).await.is_nothing());
    assert_eq!(of(2).await.reversals, [(transfer, made)]);
}

#[tokio::test]
async fn b09_a_cancellation_after_the_payout_takes_everything_back() {
    let mut story = Story::with("pm_card_visa").await;
    story.authorize().await;
    story.deliver(TOTAL).await;
    story.said.clear();
    story.cancel().await;
    story.check(Stage::Refunded, &["payout_reversed", "refunded"]);
    story.deliver(TOTAL).await;
    story.check(Stage::Refunded, &[]);
}

#[tokio::test]
async fn a_hold_taken_in_the_dashboard_is_refunded_at_the_cancellation() {
    let mut story = Story::with("pm_card_visa").await;
    story.authorize().await;
    let payment_intent = story.payment().holds[0].payment_intent.clone();
    story.post("/sandbox/dashboard/capture", json!({ "payment_intent": payment_intent })).await;
    story.cancel().await;
    story.check(Stage::Refunded, &["authorized", "hold", "refunded"]);
}

#[tokio::test]
async fn a_capture_that_the_webhook_told_first_is_settled_with_its_fee() {
    let mut story = Story::with("pm_card_visa").await;
    story.authorize().await;
    let payment_intent = story.payment().holds[0].payment_intent.clone();
    let taken = story.stripe.capture(&payment_intent, TOTAL, "dead before it was recorded").await.expect("taken");
    let told = StripeFact::Captured { payment_intent, charge: taken.charge, captured_cents: TOTAL };
    let change = fact(story.payment.clone(), told);
    story.payment = change.state().cloned();
    story.said.clear();
    story.deliver(TOTAL).await;
    story.check(Stage::PaidOut, &["paid_out"]);
}

#[tokio::test]
async fn more_than_the_delivery_costs_taken_in_the_dashboard_is_given_back() {
    let mut story = Story::with("pm_card_visa").await;
    story.authorize().await;
    let payment_intent = story.payment().holds[0].payment_intent.clone();
    story.post("/sandbox/dashboard/capture", json!({ "payment_intent": payment_intent })).await;
    let taken = story.stripe.taken(&payment_intent).await.expect("taken");
    let told = StripeFact::Captured { payment_intent, charge: taken.charge, captured_cents: TOTAL };
    story.payment = fact(story.payment.clone(), told).state().cloned();
    story.said.clear();
    story.deliver(TOTAL - Cents(40)).await;
    story.check(Stage::PaidOut, &["paid_out", "refunded"]);
    story.deliver(TOTAL - Cents(40)).await;
    story.check(Stage::PaidOut, &[]);
    assert_eq!(story.payment().refunded_cents(), Cents(40));
}

#[tokio::test]
async fn a_dispute_that_stripe_does_not_know_has_no_fee_yet_and_parks_nothing() {
    let mut story = Story::with("pm_card_visa").await;
    story.authorize().await;
    story.deliver(TOTAL).await;
    let payment_intent = story.payment().holds[0].payment_intent.clone();
    let told = StripeFact::Disputed {
        payment_intent,
        dispute: "dp_nobody_knows".to_owned(),
        amount_cents: TOTAL,
        status: "warning_needs_response".to_owned(),
    };
    let change = fact(story.payment.clone(), told);
    let disputed: PaymentDisputed = serde_json::from_value(change.said()[0].1.clone()).expect("a dispute");
    let fees = disputes::look_up_fees(Arc::clone(&story.stripe), change.state().cloned(), disputed).await;
    assert!(fees.expect("no fault").is_empty());
}

#[tokio::test]
async fn a_declined_tip_takes_nothing() {
    let mut story = Story::with("pm_card_visa").await;
    story.authorize().await;
    story.deliver(TOTAL).await;
    story.card.payment_method = "pm_none".to_owned();
    let card = story.card.clone();
    story.payment.as_mut().and_then(|payment| payment.payer.as_mut()).expect("a payer").card = card;
    story.said.clear();
    story.tip(Cents(200)).await;
    story.check(Stage::PaidOut, &["tip_declined"]);
}

#[tokio::test]
async fn a_dispute_in_the_books() {
    let mut story = Story::with("pm_card_visa").await;
    story.authorize().await;
    story.deliver(TOTAL).await;
    story.said.clear();
    let payment_intent = story.payment().holds[0].payment_intent.clone();
    let dispute = story.post("/sandbox/disputes", json!({ "payment_intent": payment_intent })).await;
    let id = dispute["id"].as_str().expect("an id").to_owned();
    let told = |status: &str| {
        let (payment_intent, dispute) = (payment_intent.clone(), id.clone());
        StripeFact::Disputed { payment_intent, dispute, amount_cents: TOTAL, status: status.to_owned() }
    };
    story.tell_of_dispute(told("needs_response")).await;
    story.put(&format!("/sandbox/disputes/{id}"), json!({ "status": "won" })).await;
    story.tell_of_dispute(told("won")).await;
    story.check(Stage::PaidOut, &["disputed", "disputed"]);
}
