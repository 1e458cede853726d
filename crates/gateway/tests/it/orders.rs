//! One order, as its people see it and as they move it on.

use contracts::orders::{
    AdvanceOrder, AnswerChange, CancelOrder, ConfirmDelivery, GetOrder, ListOrders, OrderPage, OrderView,
    ProposeChange, RateOrder, ReportArrival, ReportProblem, TipOrder, WithdrawOrder,
};
use contracts::payments::{GetMoney, MoneyView};
use contracts::{Intent, OrderId, Principal, Refused};
use serde_json::{Value, json};

use crate::desk::expect_problem;
use crate::stage::{Stage, expect, user};

pub(crate) const ORDER: &str = "ord_0198c2f6a1b37c3e8d5f6a7b8c9d0e1f";

pub(crate) fn order_id() -> OrderId {
    ORDER.parse().expect("an id")
}

/// An order of alice's that ray delivers, as somebody sees it.
pub(crate) fn order() -> OrderView {
    let order = json!({
        "order_id": ORDER,
        "version": 4,
        "status": "ACCEPTED",
        "overdue": false,
        "customer_id": user("alice"),
        "runner_id": user("ray"),
        "store": { "name": "The Deck", "location": "Arts canteen" },
        "deliver_to": { "building": "COM1", "room": "02-01" },
        "lines": [{ "name": "Rice", "quantity": 2, "price_cents": 445, "total_cents": 890 }],
        "price": {
            "items_cents": 890, "delivery_fee_cents": 200, "tip_cents": 0, "platform_fee_cents": 0,
            "total_cents": 1090, "payout_cents": 1090, "currency": "sgd", "buffer_cents": 178, "policy": 3,
        },
        "timeline": [{ "status": "PENDING", "at": "2026-11-02T11:58:00Z" }],
        "deadline": { "kind": "delivery", "at": "2026-11-02T13:00:00Z", "consequence": "flag_overdue" },
        "basis": "errand",
        "receipt_cents": 910,
        "change": { "items_cents": 1200, "excess_cents": 132, "note": "No rice", "state": "asked" },
        "problems": [{ "by": user("ray"), "kind": "other", "at": "2026-11-02T12:00:00Z" }],
        "ratings": [{ "of": user("ray"), "stars": 5 }],
        "tipped_cents": 150,
        "actions": [{ "action": "answer", "effect": "The runner may spend 12.00." }],
    });
    serde_json::from_value(order).expect("an order")
}

pub(crate) fn money(stage: &str) -> MoneyView {
    let money = json!({
        "order_id": ORDER, "stage": stage, "currency": "sgd", "held_cents": 1268, "captured_cents": 0,
        "refunded_cents": 0, "paid_out_cents": 0,
        "movements": [{ "at": "2026-11-02T11:59:00Z", "kind": "hold", "amount_cents": 1268 }],
        "action_url": "https://bank.example/3ds",
    });
    serde_json::from_value(money).expect("money")
}

async fn stage() -> Stage {
    let stage = Stage::open().await;
    stage.answer::<GetOrder>(|question| {
        let viewer = question.viewer.user_id;
        let takes_part = viewer == user("alice") || viewer == user("ray") || question.viewer.operator;
        if takes_part { Ok(order()) } else { Err(Refused::new("not_found", "There is no such order.")) }
    });
    stage
}

#[tokio::test]
async fn an_order_is_shown_with_everything_that_is_known_of_it() {
    let stage = stage().await;
    stage.answer::<GetMoney>(|_| Ok(money("held")));
    let shown = expect(stage.get("alice", &format!("/api/v1/orders/{ORDER}")).await, 200).await;
    assert_eq!(shown["money"]["stage"], "held");
    assert_eq!(shown["money"]["held_cents"], 1_268);
    assert_eq!(shown["price"]["hold_cents"], 1_268);
    assert_eq!(shown["price"]["policy"], 3);
    assert_eq!(shown["basis"], "errand");
    assert_eq!(shown["change"]["state"], "asked");
    assert_eq!(shown["problems"][0]["kind"], "other");
    assert_eq!(shown["ratings"], json!([{ "of": user("ray"), "stars": 5 }]));
    assert_eq!(shown["actions"][0]["action"], "answer");
    assert_eq!((&shown["receipt_cents"], &shown["tipped_cents"]), (&json!(910), &json!(150)));
    assert_eq!(shown["deadline"]["consequence"], "flag_overdue");
    assert_eq!(shown["authenticate_url"], "https://bank.example/3ds");
    let shown = expect(stage.get("ray", &format!("/api/v1/orders/{ORDER}")).await, 200).await;
    assert_eq!(shown["authenticate_url"], Value::Null, "the bank wants the customer, nobody else");
}

#[tokio::test]
async fn an_order_is_shown_without_its_money_while_payments_is_away() {
    let stage = stage().await;
    let path = format!("/api/v1/orders/{ORDER}");
    // Not known yet, away, and hanging.
    let moods: [fn(&Stage); 3] = [|_| {}, Stage::away::<GetMoney>, Stage::dumb::<GetMoney>];
    for become_so in moods {
        become_so(&stage);
        let shown = expect(stage.get("alice", &path).await, 200).await;
        assert_eq!((&shown["status"], &shown["money"]), (&json!("ACCEPTED"), &Value::Null));
    }
    expect_problem(stage.get("bob", &path).await, 404, "not_found").await;
}

#[tokio::test]
async fn a_search_is_handed_on_and_nothing_typed_is_no_search() {
    let stage = Stage::open().await;
    stage.answer::<ListOrders>(|question| {
        let asked = question.text.map(|text| text.to_string());
        Ok(OrderPage { orders: vec![], next: asked })
    });
    for (query, asked) in [("q=%20laksa%20", json!("laksa")), ("q=%20", Value::Null), ("", Value::Null)] {
        let page = expect(stage.get("alice", &format!("/api/v1/orders?{query}")).await, 200).await;
        assert_eq!(page["next"], asked, "{query}");
    }
    for query in ["q=a%0Ab".to_owned(), format!("q={}", "x".repeat(101))] {
        let answer = stage.get("alice", &format!("/api/v1/orders?{query}")).await;
        expect_problem(answer, 400, "invalid_parameter").await;
    }
}

/// Somebody posts this, and the intent is that, in their own name.
async fn check<I: Intent + PartialEq + std::fmt::Debug>(
    stage: &Stage,
    person: &str,
    step: &str,
    body: Value,
    expected: Value,
) {
    stage.decide::<I>(|_| Ok(json!(order())));
    let path = format!("/api/v1/orders/{ORDER}/{step}");
    let shown = expect(stage.post(person, &path, &body).await, 200).await;
    assert_eq!(shown["order_id"], ORDER, "{step}");
    let heard = stage.only::<I>();
    assert_eq!(heard.by, Principal::User(user(person)), "{step}");
    let mut expected = expected;
    expected["order_id"] = json!(ORDER);
    assert_eq!(json!(heard.intent), expected, "{step}");
}

#[tokio::test]
async fn every_step_becomes_the_intent_that_it_says() {
    let stage = &stage().await;
    let none = Value::Null;
    let advance = json!({ "to": "PLACED", "receipt_cents": 910, "occurred_at": "2026-03-05T12:04:00Z" });
    check::<AdvanceOrder>(stage, "ray", "advance", advance.clone(), advance).await;
    check::<WithdrawOrder>(stage, "ray", "withdraw", none.clone(), json!({})).await;
    let proposal = json!({ "items_cents": 1200, "note": "No rice" });
    check::<ProposeChange>(stage, "ray", "propose", proposal.clone(), proposal).await;
    check::<AnswerChange>(stage, "alice", "answer", json!({ "agree": false }), json!({ "agree": false })).await;
    check::<ReportArrival>(stage, "ray", "arrive", none.clone(), json!({})).await;
    check::<ConfirmDelivery>(stage, "alice", "confirm", none.clone(), json!({})).await;
    let complaint = json!({ "kind": "wrong_items", "text": "Two teas." });
    check::<ReportProblem>(stage, "alice", "problem", complaint.clone(), complaint).await;
    let rating = json!({ "stars": 5, "comment": "Fast" });
    check::<RateOrder>(stage, "alice", "rate", rating.clone(), rating).await;
    check::<TipOrder>(stage, "alice", "tip", json!({ "tip_cents": 150 }), json!({ "tip_cents": 150 })).await;
    check::<CancelOrder>(stage, "alice", "cancel", none, json!({})).await;
}

#[tokio::test]
async fn the_same_key_is_the_same_request() {
    let stage = stage().await;
    stage.decide::<TipOrder>(|_| Ok(json!(order())));
    let path = format!("/api/v1/orders/{ORDER}/tip");
    for _ in 0..2 {
        let request = stage.call("alice", reqwest::Method::POST, &path).await.header("idempotency-key", "t-1");
        expect(request.json(&json!({ "tip_cents": 150 })).send().await.expect("sent"), 200).await;
    }
    stage.only::<TipOrder>();
}

#[tokio::test]
async fn a_refusal_keeps_its_code_and_gets_its_status() {
    let stage = stage().await;
    let path = format!("/api/v1/orders/{ORDER}/tip");
    for (code, status) in
        [("not_delivered", 409), ("already_tipped", 409), ("tip_out_of_range", 422), ("not_allowed", 403)]
    {
        stage.decide::<TipOrder>(move |_| Err(Refused::new(code, "No.")));
        expect_problem(stage.post("alice", &path, &json!({ "tip_cents": 150 })).await, status, code).await;
    }
    // To those who may not even know of the order there is none.
    expect_problem(stage.post("bob", &path, &json!({ "tip_cents": 150 })).await, 404, "not_found").await;
}

#[tokio::test]
async fn what_makes_no_sense_is_not_sent() {
    let stage = stage().await;
    for (step, body, pointer) in [
        ("rate", json!({ "stars": 6 }), "/stars"),
        ("rate", json!({ "stars": 0 }), "/stars"),
        ("tip", json!({ "tip_cents": 0 }), "/tip_cents"),
        ("tip", json!({ "tip_cents": 1.5 }), "/tip_cents"),
        ("propose", json!({ "note": "x" }), "/items_cents"),
        ("propose", json!({ "items_cents": 1, "note": "a\tb" }), "/note"),
        ("answer", json!({ "agree": "yes" }), "/agree"),
        ("problem", json!({ "kind": "boredom" }), "/kind"),
        ("advance", json!({ "to": "PLACED", "receipt_cents": -1 }), "/receipt_cents"),
    ] {
        let answer = stage.post("alice", &format!("/api/v1/orders/{ORDER}/{step}"), &body).await;
        let problem = expect_problem(answer, 422, "invalid_field").await;
        assert_eq!(problem["pointer"], pointer, "{step} {body}");
    }
}
