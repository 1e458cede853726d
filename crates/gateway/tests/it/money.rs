//! Money as people see it: receipts, wallets, cards and payout accounts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use contracts::orders::{GetOrder, GetTally, Tally};
use contracts::payments::{
    Cards, ChooseCard, GetMoney, GetPages, GetWallet, ListCards, Pages, RemoveCard, SetUpCard, StartOnboarding, Wallet,
};
use contracts::{Principal, Refused};
use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::expect_problem;
use crate::orders::{ORDER, money, order};
use crate::stage::{Stage, expect, user};

fn wallet() -> Wallet {
    let wallet = json!({
        "currency": "sgd", "earned_cents": 1090, "waiting_cents": 20, "spent_cents": 530, "held_cents": 7,
        "payable": true, "next": "c2",
        "lines": [{ "order_id": ORDER, "at": "2026-11-02T12:00:00Z", "kind": "payout", "amount_cents": 1090 }],
    });
    serde_json::from_value(wallet).expect("a wallet")
}

#[tokio::test]
async fn a_receipt_has_what_belongs_on_paper() {
    let stage = Stage::open().await;
    stage.answer::<GetOrder>(|_| Ok(order()));
    let path = format!("/api/v1/orders/{ORDER}/receipt");
    let paper = expect(stage.get("alice", &path).await, 200).await;
    assert_eq!((&paper["money"], &paper["movements"]), (&Value::Null, &json!([])));
    stage.answer::<GetMoney>(|_| Ok(money("held")));
    let paper = expect(stage.get("alice", &path).await, 200).await;
    assert_eq!(paper["store"]["name"], "The Deck");
    assert_eq!(paper["lines"][0]["total_cents"], 890);
    assert_eq!(paper["receipt_cents"], 910);
    assert_eq!(paper["placed_at"], "2026-11-02T11:58:00Z");
    assert_eq!(paper["printed_at"], "2026-11-02T12:00:00Z");
    assert_eq!(paper["movements"], json!([{ "at": "2026-11-02T11:59:00Z", "kind": "hold", "amount_cents": 1268 }]));
    // Half a receipt is none.
    stage.away::<GetMoney>();
    expect_problem(stage.get("alice", &path).await, 503, "service_away").await;
}

#[tokio::test]
async fn a_wallet_is_read_page_by_page() {
    let stage = Stage::open().await;
    stage.answer::<GetWallet>(|question| match question.cursor.as_deref() {
        Some("bad") => Err(Refused::new("bad_cursor", "This cursor is not one of this list.")),
        _ => Ok(wallet()),
    });
    let shown = expect(stage.get("ray", "/api/v1/wallet?limit=1").await, 200).await;
    assert_eq!((&shown["earned_cents"], &shown["next"]), (&json!(1090), &json!("c2")));
    assert_eq!(shown["lines"][0]["kind"], "payout");
    expect_problem(stage.get("ray", "/api/v1/wallet?cursor=bad").await, 400, "bad_cursor").await;
    expect_problem(stage.get("ray", "/api/v1/wallet?limit=0").await, 400, "invalid_parameter").await;
}

#[tokio::test]
async fn a_dashboard_puts_orders_and_money_together() {
    let stage = Stage::open().await;
    stage.answer::<GetWallet>(|_| Ok(wallet()));
    stage.answer::<GetTally>(|_| Ok(Tally { placed: 5, received: 3, cancelled: 1, fulfilled: 2, under_way: 1 }));
    let shown = expect(stage.get("alice", "/api/v1/dashboard").await, 200).await;
    let expected = json!({
        "placed": 5, "received": 3, "cancelled": 1, "fulfilled": 2, "under_way": 1, "currency": "sgd",
        "spent_cents": 530, "held_cents": 7, "earned_cents": 1090, "waiting_cents": 20, "payable": true,
    });
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn cards_are_listed_chosen_and_taken_away() {
    let stage = Stage::open().await;
    stage.answer::<ListCards>(|_| {
        let card = json!({
            "payment_method": "pm_1", "brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2030,
            "default": true,
        });
        Ok(Cards { cards: vec![serde_json::from_value(card).expect("a card")] })
    });
    let shown = expect(stage.get("alice", "/api/v1/payment-methods").await, 200).await;
    assert_eq!(shown["payment_methods"][0]["id"], "pm_1");
    assert_eq!(shown["payment_methods"][0]["last4"], "4242");
    stage.decide::<ChooseCard>(|_| Ok(Value::Null));
    let chosen = stage.send("alice", Method::PUT, "/api/v1/payment-methods/pm_1/default", &Value::Null).await;
    expect(chosen, 204).await;
    assert_eq!(stage.only::<ChooseCard>().intent, ChooseCard { user_id: user("alice"), payment_method: "pm_1".into() });
    stage.decide::<RemoveCard>(|intent| match intent.payment_method.as_str() {
        "pm_1" => Ok(Value::Null),
        _ => Err(Refused::new("no_such_card", "There is no such card.")),
    });
    expect(stage.send("alice", Method::DELETE, "/api/v1/payment-methods/pm_1", &Value::Null).await, 204).await;
    assert_eq!(stage.only::<RemoveCard>().by, Principal::User(user("alice")));
    let other = stage.send("alice", Method::DELETE, "/api/v1/payment-methods/pm_2", &Value::Null).await;
    expect_problem(other, 404, "no_such_card").await;
    let odd = stage.send("alice", Method::DELETE, "/api/v1/payment-methods/pm%20*", &Value::Null).await;
    expect_problem(odd, 400, "invalid_parameter").await;
}

/// Answers with another page from the third look on.
fn slow_pages(kind: &'static str) -> impl Fn(GetPages) -> Result<Pages, Refused> + Send + 'static {
    let looks = Arc::new(AtomicU32::new(0));
    move |_| {
        let number = if looks.fetch_add(1, Ordering::Relaxed) < 2 { 6 } else { 7 };
        let page = json!({ "number": number, "url": format!("https://stripe.example/{number}"), "until": "2026-11-02T13:00:00Z" });
        Ok(serde_json::from_value(json!({ kind: page, "payable": number == 7 })).expect("pages"))
    }
}

#[tokio::test]
async fn a_card_is_set_up_on_a_page_that_is_new() {
    let stage = Stage::open().await;
    stage.decide::<SetUpCard>(|_| Ok(Value::Null));
    stage.answer::<GetPages>(slow_pages("card_setup"));
    let page = expect(stage.post("alice", "/api/v1/payment-methods/setup", &Value::Null).await, 200).await;
    assert_eq!(page, json!({ "url": "https://stripe.example/7", "until": "2026-11-02T13:00:00Z" }));
    let answer = stage.post("ray", "/api/v1/payment-methods/setup", &Value::Null).await;
    expect_problem(answer, 403, "forbidden").await;
}

#[tokio::test]
async fn whoever_does_not_wait_for_the_page_is_told_that_it_will_come() {
    let stage = Stage::open().await;
    stage.answer::<GetPages>(|_| Ok(Pages { card_setup: None, onboarding: None, payable: false }));
    stage.decide::<SetUpCard>(|_| Ok(Value::Null));
    let request = stage.call("alice", Method::POST, "/api/v1/payment-methods/setup").await.header("prefer", "wait=1");
    expect(request.send().await.expect("sent"), 202).await;
    stage.decide::<SetUpCard>(|_| Err(Refused::new("not_allowed", "No.")));
    let answer = stage.post("alice", "/api/v1/payment-methods/setup", &Value::Null).await;
    expect_problem(answer, 403, "not_allowed").await;
}

#[tokio::test]
async fn a_payout_account_is_opened_on_a_page() {
    let stage = Stage::open().await;
    stage.decide::<StartOnboarding>(|_| Ok(Value::Null));
    stage.answer::<GetPages>(slow_pages("onboarding"));
    let shown = expect(stage.get("ray", "/api/v1/payout-account").await, 200).await;
    assert_eq!(shown, json!({ "payable": false }));
    let page = expect(stage.post("ray", "/api/v1/payout-account", &Value::Null).await, 200).await;
    let expected = json!({ "url": "https://stripe.example/7", "until": "2026-11-02T13:00:00Z", "payable": true });
    assert_eq!(page, expected);
    assert_eq!(stage.only::<StartOnboarding>().intent, StartOnboarding { user_id: user("ray") });
}
