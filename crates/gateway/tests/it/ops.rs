//! What operators and finance do.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use contracts::orders::{CancelOrder, GetOrder, ListOrderTasks, ResolveProblem};
use contracts::payments::{
    Audit, AuditAll, AuditSummary, GetAudit, GetMoney, ListMoneyTasks, MoneyView, RefundFailed, RefundPayment,
};
use contracts::repairs::{ListRepairTasks, RepairTasks};
use contracts::tasks::Tasks;
use contracts::users::{ReinstateUser, SuspendUser};
use contracts::{Cents, Principal, Refused};
use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::expect_problem;
use crate::orders::{ORDER, money, order, order_id};
use crate::stage::{Stage, expect, user};

#[tokio::test]
async fn an_operator_acts_in_their_office() {
    let stage = Stage::open().await;
    stage.answer::<GetOrder>(|_| Ok(order()));
    stage.decide::<CancelOrder>(|_| Ok(json!(order())));
    stage.decide::<ResolveProblem>(|_| Ok(json!(order())));
    let path = format!("/api/v1/ops/orders/{ORDER}");
    let why = json!({ "note": "The shop burnt down." });
    expect(stage.post("olga", &format!("{path}/cancel"), &why).await, 200).await;
    let heard = stage.only::<CancelOrder>();
    assert_eq!(heard.by, Principal::Operator(user("olga")));
    assert_eq!(heard.intent.note.expect("a note").as_str(), "The shop burnt down.");
    expect(stage.post("olga", &format!("{path}/resolve"), &why).await, 200).await;
    assert_eq!(stage.only::<ResolveProblem>().by, Principal::Operator(user("olga")));
    for (person, step) in [("fay", "cancel"), ("fay", "resolve"), ("alice", "cancel"), ("ray", "refund")] {
        let body = json!({ "note": "x", "bearer": "runner", "reason": "x" });
        expect_problem(stage.post(person, &format!("{path}/{step}"), &body).await, 403, "forbidden").await;
    }
    stage.decide::<CancelOrder>(|_| Err(Refused::new("already_completed", "Refund it instead.")));
    let answer = stage.post("olga", &format!("{path}/cancel"), &why).await;
    expect_problem(answer, 409, "already_completed").await;
}

fn refunded(cents: i64) -> MoneyView {
    MoneyView { refunded_cents: Cents(cents), captured_cents: Cents(1_000), ..money("captured") }
}

/// Payments' books, in which this much was given back.
fn books(stage: &Stage) -> Arc<AtomicI64> {
    let back = Arc::new(AtomicI64::new(0));
    let told = Arc::clone(&back);
    stage.answer::<GetMoney>(move |_| Ok(refunded(told.load(Ordering::Relaxed))));
    back
}

#[tokio::test]
async fn a_refund_is_answered_when_the_money_is_back() {
    let stage = Stage::open().await;
    let back = books(&stage);
    stage.decide::<RefundPayment>(move |intent| {
        back.store(intent.amount_cents.map_or(1_000, |cents| cents.0), Ordering::Relaxed);
        Ok(Value::Null)
    });
    let path = format!("/api/v1/ops/orders/{ORDER}/refund");
    let body = json!({ "amount_cents": 400, "bearer": "platform", "reason": "Cold." });
    let shown = expect(stage.post("fay", &path, &body).await, 200).await;
    assert_eq!(shown["money"]["refunded_cents"], 400);
    let heard = stage.only::<RefundPayment>();
    assert_eq!(heard.by, Principal::Finance(user("fay")));
    assert_eq!(json!(heard.intent)["bearer"], "platform");
}

#[tokio::test]
async fn a_refund_that_takes_its_time_is_stored() {
    let stage = Stage::open().await;
    books(&stage);
    stage.decide::<RefundPayment>(|_| Ok(Value::Null));
    let request = stage.call("olga", Method::POST, &format!("/api/v1/ops/orders/{ORDER}/refund")).await;
    let request = request.header("prefer", "wait=1").json(&json!({ "bearer": "runner", "reason": "Cold." }));
    let shown = expect(request.send().await.expect("sent"), 202).await;
    assert_eq!(shown["money"]["refunded_cents"], 0);
    assert_eq!(stage.only::<RefundPayment>().intent.amount_cents, None);
}

#[tokio::test]
async fn a_refund_that_fails_says_so() {
    let stage = Arc::new(Stage::open().await);
    books(&stage);
    let path = format!("/api/v1/ops/orders/{ORDER}/refund");
    let body = json!({ "bearer": "runner", "reason": "Cold." });
    stage.decide::<RefundPayment>(|_| Err(Refused::new("nothing_to_refund", "No.")));
    expect_problem(stage.post("olga", &path, &body).await, 409, "nothing_to_refund").await;
    stage.decide::<RefundPayment>(|_| Ok(Value::Null));
    let asked = tokio::spawn({
        let stage = Arc::clone(&stage);
        async move { stage.post("olga", &path, &body).await }
    });
    while stage.heard::<RefundPayment>().len() < 2 {
        tokio::task::yield_now().await;
    }
    let failed = RefundFailed { order_id: order_id(), code: "x".into(), message: "The charge is disputed.".into() };
    stage.say(ORDER, &failed);
    let problem = expect_problem(asked.await.expect("an answer"), 409, "refund_failed").await;
    assert_eq!(problem["detail"], "The charge is disputed.");
}

fn audit() -> Audit {
    let audit = json!({
        "order_id": ORDER, "stage": "held",
        "postings": [{
            "at": "2026-11-02T12:00:00Z", "entry": 1, "what": "hold", "account": "held", "amount_cents": -5,
            "stripe_id": "pi_1",
        }],
        "balances": { "held": -5, "card_holds": 5 },
        "checks": [{ "name": "entries_balance", "ok": true, "detail": "0" }],
        "refunds": [{
            "number": 1, "amount_cents": 5, "bearer": "runner", "reason": "cold", "by": "fin_1", "at": "2026-11-02T12:00:00Z",
        }],
        "ok": true,
    });
    serde_json::from_value(audit).expect("an audit")
}

#[tokio::test]
async fn the_books_are_open_to_the_offices() {
    let stage = Stage::open().await;
    stage.answer::<GetAudit>(|_| Ok(audit()));
    stage.answer::<AuditAll>(|question| {
        let wrong = vec![audit()];
        let balances = audit().balances;
        Ok(AuditSummary { orders: question.limit.into(), balances, wrong, next: question.cursor })
    });
    for person in ["olga", "fay"] {
        let shown = expect(stage.get(person, &format!("/api/v1/ops/orders/{ORDER}/audit")).await, 200).await;
        assert_eq!(shown, json!(audit()));
    }
    let shown = expect(stage.get("fay", "/api/v1/ops/audit?limit=1000&cursor=c").await, 200).await;
    assert_eq!((&shown["orders"], &shown["next"]), (&json!(1_000), &json!("c")));
    assert_eq!(shown["wrong"][0]["balances"]["card_holds"], 5);
    expect_problem(stage.get("ray", "/api/v1/ops/audit").await, 403, "forbidden").await;
}

fn tasks(code: &str, since: &str) -> Tasks {
    let task = json!({ "order_id": ORDER, "code": code, "since": since, "what": "x", "todo": "y" });
    serde_json::from_value(json!({ "tasks": [task] })).expect("tasks")
}

#[tokio::test]
async fn tasks_of_all_services_come_oldest_first_and_what_is_missing_is_said() {
    let stage = Stage::open().await;
    stage.answer::<ListOrderTasks>(|_| Ok(tasks("overdue", "2026-11-02T12:00:00Z")));
    stage.answer::<ListMoneyTasks>(|_| Ok(tasks("payout_held", "2026-11-02T11:00:00Z")));
    stage.answer::<ListRepairTasks>(|_| Ok(RepairTasks { tasks: Vec::new(), parked: 0, redriven: 0 }));
    let shown = expect(stage.get("olga", "/api/v1/ops/tasks").await, 200).await;
    let codes: Vec<_> = shown["tasks"].as_array().expect("tasks").iter().map(|task| task["code"].clone()).collect();
    assert_eq!((codes, &shown["missing"]), (vec![json!("payout_held"), json!("overdue")], &json!([])));
    stage.away::<ListMoneyTasks>();
    let shown = expect(stage.get("fay", "/api/v1/ops/tasks").await, 200).await;
    assert_eq!((shown["tasks"].as_array().map(Vec::len), &shown["missing"]), (Some(1), &json!(["payments"])));
}

#[tokio::test]
async fn what_two_services_are_in_trouble_with_is_one_task() {
    let stage = Stage::open().await;
    stage.answer::<ListOrderTasks>(|_| Ok(tasks("hold_lost", "2026-11-02T12:00:00Z")));
    stage.answer::<ListMoneyTasks>(|_| Ok(tasks("hold_lost", "2026-11-02T11:00:00Z")));
    let shown = expect(stage.get("olga", "/api/v1/ops/tasks").await, 200).await;
    assert_eq!((shown["tasks"].as_array().map(Vec::len), &shown["missing"]), (Some(1), &json!(["repairs"])));
    assert_eq!(shown["tasks"][0]["since"], "2026-11-02T12:00:00Z");
}

#[tokio::test]
async fn people_are_shut_out_and_let_in_again() {
    let stage = Stage::open().await;
    let path = format!("/api/v1/ops/users/{}", user("ray"));
    let why = json!({ "reason": "Ate the food." });
    expect_problem(stage.post("olga", &format!("{path}/suspend"), &why).await, 404, "not_found").await;
    stage.decide::<SuspendUser>(|_| Ok(Value::Null));
    stage.decide::<ReinstateUser>(|_| Ok(Value::Null));
    expect(stage.post("olga", &format!("{path}/suspend"), &why).await, 204).await;
    expect(stage.post("olga", &format!("{path}/reinstate"), &Value::Null).await, 204).await;
    let heard = stage.only::<ReinstateUser>();
    assert_eq!((heard.by, heard.intent.user_id), (Principal::Operator(user("olga")), user("ray")));
    assert_eq!(stage.heard::<SuspendUser>()[1].intent.reason.as_str(), "Ate the food.");
}
