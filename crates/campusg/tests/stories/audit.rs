//! What is not right is found: at every write, by the daily comparison with Stripe's books, and whenever somebody asks. And
//! it is gone as soon as the facts say so.

use std::collections::BTreeMap;

use campusg::audit::{self, Report, cross_check};
use contracts::orders::{OrderStanding, Status};
use contracts::payments::{MoneyStage, MoneyStanding};
use contracts::{Cents, Id as _, OrderId};
use jiff::SignedDuration;
use reqwest::Method;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use testkit::{Builder, World};

use crate::forward::carry;
use crate::money::{books_agree, tasks};

crate::stories! {
    a_mixed_day_has_no_differences,
    what_moves_behind_our_back_is_a_task_until_it_is_told,
    what_stripe_does_not_know_is_a_task,
    books_that_are_not_right_are_a_task_at_once,
    an_order_that_stands_still_is_a_task_until_it_moves_on,
    finance_compares_when_they_like,
    stripes_books_are_read_on_demand_and_by_day,
}

/// A day, and what a day's comparison leaves out as being under way.
const NIGHT: SignedDuration = SignedDuration::from_hours(25);

/// Everything that Stripe has booked by now; the world's clock stands still while Stripe's goes on.
async fn audited(world: &World) -> Report {
    world.settle().await;
    let until = Some(world.clock.now() + SignedDuration::from_hours(1));
    audit::all(&world.bus, &world.clock, None, until).await.unwrap()
}

fn checks(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.check.as_str()).collect()
}

async fn payment_intent(world: &World) -> String {
    let list = stripe(world, "/v1/payment_intents?limit=1").await;
    list["data"][0]["id"].as_str().expect("a payment intent").to_owned()
}

async fn stripe(world: &World, path: &str) -> Value {
    let request = reqwest::Client::new().get(format!("{}{path}", world.stripe_url()));
    request.bearer_auth(stripe_sandbox::SECRET_KEY).send().await.unwrap().json().await.unwrap()
}

async fn newest(world: &World) -> Value {
    let found = world.person("fay").await.get("/api/v1/ops/reconciliations?limit=10").await.expect(200);
    let by_night = found["reconciliations"].as_array().unwrap().iter().filter(|one| one["asked_by"] == "sys_platform");
    // A jump of the clock over two nights begins both at one moment: the newest is the one that reads furthest.
    by_night.max_by_key(|one| one["until"].as_str().unwrap()).expect("one by night").clone()
}

async fn a_mixed_day_has_no_differences(world: Builder) {
    let world = world.start().await;
    audit::plan(&world.bus, &world.clock).await.unwrap();
    let (alice, fay) = (world.person("alice").await, world.person("fay").await);
    let order = carry(&world).await;
    alice.act(&order, "tip", json!({ "tip_cents": 300 })).await.expect(200);
    world.settle().await;
    for (amount, bearer) in [(200, "runner"), (100, "platform")] {
        let body = json!({ "amount_cents": amount, "bearer": bearer, "reason": "it was cold" });
        fay.post(&format!("/api/v1/ops/orders/{order}/refund"), body).await;
        world.settle().await;
    }
    let body = json!({ "payment_intent": payment_intent(&world).await, "amount": 50 });
    world.sandbox(Method::POST, "/sandbox/dashboard/refund", Some(body)).await;
    let cancelled = alice.place().await;
    world.settle().await;
    alice.cancel(&cancelled).await.expect(200);
    let second = carry(&world).await;
    let disputed = json!({ "payment_intent": payment_intent(&world).await });
    let dispute = world.sandbox(Method::POST, "/sandbox/disputes", Some(disputed)).await;
    world.settle().await;
    let path = format!("/sandbox/disputes/{}", dispute["id"].as_str().unwrap());
    world.sandbox(Method::PUT, &path, Some(json!({ "status": "won" }))).await;
    let report = audited(&world).await;
    assert_eq!(report.findings, [], "{second}: {report:#?}");
    assert!(report.reconciliation.unwrap().transactions >= 12, "everything that moved money");
    // The same, by itself, the next night and the one after that.
    world.advance(NIGHT).await;
    let read = newest(&world).await;
    assert!(read["finished_at"].is_string() && read["transactions"].as_u64() > Some(0), "{read:#}");
    let figures = (&read["differing"], &read["unknown"], &read["asked_by"]);
    assert_eq!(figures, (&json!(0), &json!(0), &json!("sys_platform")));
    world.advance(NIGHT).await;
    let next = newest(&world).await;
    assert!(next["reconciliation_id"] != read["reconciliation_id"] && next["differing"] == 0, "{next:#}");
    assert!(tasks(&world).await.is_empty());
    books_agree(&world).await;
    world.end().await;
}

async fn what_moves_behind_our_back_is_a_task_until_it_is_told(world: Builder) {
    let world = world.start().await;
    audit::plan(&world.bus, &world.clock).await.unwrap();
    let order = carry(&world).await;
    let webhook = world.sandbox(Method::GET, "/sandbox/webhook", None).await;
    world.sandbox(Method::DELETE, "/sandbox/webhook", None).await;
    let body = json!({ "payment_intent": payment_intent(&world).await, "amount": 500 });
    world.sandbox(Method::POST, "/sandbox/dashboard/refund", Some(body)).await;
    world.settle().await;
    assert!(tasks(&world).await.is_empty(), "nobody told us");
    world.advance(NIGHT).await;
    assert_eq!(tasks(&world).await, ["differs_from_stripe"]);
    assert_eq!(newest(&world).await["differing"], 1);
    let audit = world.person("fay").await.get(&format!("/api/v1/ops/orders/{order}/audit")).await.expect(200);
    let failed = audit["checks"].as_array().unwrap().iter().find(|check| check["ok"] == false).unwrap();
    assert!(failed["detail"].as_str().unwrap().contains("moved -500 at Stripe and is not in the books"), "{failed}");
    // On demand it is found as well.
    let report = audited(&world).await;
    assert_eq!(checks(&report), ["agrees_with_stripe", "differs_from_stripe"], "{report:#?}");
    // Told late, it is no difference any more.
    let back = json!({ "url": webhook["url"], "secret": webhook["secret"] });
    world.sandbox(Method::PUT, "/sandbox/webhook", Some(back)).await;
    let events = stripe(&world, "/v1/events?type=refund.created").await;
    let event = events["data"][0]["id"].as_str().expect("an event");
    world.sandbox(Method::POST, &format!("/sandbox/events/{event}/resend"), None).await;
    world.settle().await;
    assert!(tasks(&world).await.is_empty());
    assert_eq!(audited(&world).await.findings, []);
    world.end().await;
}

async fn what_stripe_does_not_know_is_a_task(world: Builder) {
    let world = world.start().await;
    let order = carry(&world).await;
    // Booked here as another transfer than Stripe made.
    edit(&world, "payments", &order, "tr_", "tr_not").await;
    let report = audited(&world).await;
    assert!(checks(&report).contains(&"agrees_with_stripe"), "{report:#?}");
    let found: Vec<String> = report.findings.into_iter().map(|finding| finding.what).collect();
    assert!(found.iter().any(|what| what.contains("is not in the books")), "{found:#?}");
    assert_eq!(tasks(&world).await, ["differs_from_stripe"]);
    world.end().await;
}

async fn books_that_are_not_right_are_a_task_at_once(world: Builder) {
    let world = world.start().await;
    let order = carry(&world).await;
    assert!(tasks(&world).await.is_empty());
    edit(&world, "payments", &order, "\"captured_cents\":1090", "\"captured_cents\":1091").await;
    // Nobody has written it since: the audit of everything looks at it.
    assert!(tasks(&world).await.is_empty());
    assert!(checks(&audited(&world).await).contains(&"captured_is_booked"));
    // The next write finds it, and the index has it.
    world.person("alice").await.act(&order, "tip", json!({ "tip_cents": 300 })).await.expect(200);
    world.settle().await;
    assert_eq!(tasks(&world).await, ["books_wrong"]);
    let db = world.database("payments").await;
    let unsound = db.query_one_raw(sea_orm::Statement::from_string(
        db.get_database_backend(),
        "SELECT unsound FROM payments WHERE unsound > 0",
    ));
    let unsound: i32 = unsound.await.unwrap().expect("a row").try_get("", "unsound").unwrap();
    assert!(unsound > 0);
    world.end().await;
}

async fn an_order_that_stands_still_is_a_task_until_it_moves_on(world: Builder) {
    let world = world.start().await;
    let alice = world.person("alice").await;
    let order = alice.place().await;
    world.settle().await;
    assert!(tasks(&world).await.is_empty());
    // As if its deadline had been lost a hundred years ago.
    edit(&world, "orders", &order, "\"at\":\"open\",\"until\":\"20", "\"at\":\"open\",\"until\":\"19").await;
    assert_eq!(tasks(&world).await, ["stands_still"]);
    assert_eq!(checks(&audited(&world).await), ["stands_still"]);
    world.advance(SignedDuration::from_mins(31)).await;
    assert_eq!(alice.order(&order).await["status"], "CANCELLED");
    assert!(tasks(&world).await.is_empty());
    world.end().await;
}

/// Writes into an order's row behind everybody's back, as a row of old that nobody has looked at.
async fn edit(world: &World, table: &str, order: &str, from: &str, to: &str) {
    let db = world.database(table).await;
    let looked_at = if table == "payments" { "unsound" } else { "waits_until" };
    let edit =
        format!("UPDATE {table} SET state = replace(state, '{from}', '{to}'), {looked_at} = NULL WHERE id = '{order}'");
    assert_eq!(db.execute_unprepared(&edit).await.expect("an edited row").rows_affected(), 1);
}

async fn finance_compares_when_they_like(world: Builder) {
    let world = world.start().await;
    let fay = world.person("fay").await;
    carry(&world).await;
    let until = (world.clock.now() + SignedDuration::from_hours(1)).to_string();
    let asked = fay.post("/api/v1/ops/reconciliations", json!({ "until": until })).await.expect(202);
    let path = format!("/api/v1/ops/reconciliations/{}", asked["reconciliation_id"].as_str().unwrap());
    world.settle().await;
    let read = fay.get(&path).await.expect(200);
    assert_eq!(
        (&read["transactions"], &read["differing"], &read["unknown"]),
        (&json!(2), &json!(0), &json!(0)),
        "{read:#}"
    );
    assert!(read["finished_at"].is_string() && read["asked_by"].as_str().unwrap().starts_with("fin_"), "{read:#}");
    assert_eq!(world.person("alice").await.get(&path).await.code(403), "forbidden");
    let none = format!("/api/v1/ops/reconciliations/rec_{}", "0".repeat(32));
    assert_eq!(fay.get(&none).await.code(404), "not_found");
    world.end().await;
}

/// Also in a world whose clock stands at another year than Stripe's.
async fn stripes_books_are_read_on_demand_and_by_day(world: Builder) {
    let world = world.start().await;
    audit::plan(&world.bus, &world.clock).await.unwrap();
    let fay = world.person("fay").await;
    carry(&world).await;
    let all_times = json!({ "since": "2020-01-01T00:00:00Z", "until": "2120-01-01T00:00:00Z" });
    let asked = fay.post("/api/v1/ops/reconciliations", all_times).await.expect(202);
    world.settle().await;
    let path = format!("/api/v1/ops/reconciliations/{}", asked["reconciliation_id"].as_str().unwrap());
    let read = fay.get(&path).await.expect(200);
    assert_eq!((&read["transactions"], &read["unknown"]), (&json!(2), &json!(0)), "{read:#}");
    assert!(read["finished_at"].is_string(), "{read:#}");
    world.advance(NIGHT).await;
    assert_eq!(newest(&world).await["asked_by"], "sys_platform");
    world.end().await;
}

#[test]
fn orders_and_payments_that_do_not_agree_are_found() {
    let id = OrderId::from_uuid(sea_orm::prelude::Uuid::from_u128(7));
    let order = |status| OrderStanding { order_id: id, status, waits_until: None };
    let money = |stage, over, held: i64| MoneyStanding {
        order_id: id,
        stage,
        held_cents: Cents(held),
        over,
        tried_again: false,
        tasks: Vec::new(),
    };
    let check = |status: Option<Status>, standing: Option<MoneyStanding>, expected: Option<&str>| {
        let orders: BTreeMap<_, _> = status.map(|status| (id, order(status))).into_iter().collect();
        let standings: BTreeMap<_, _> = standing.clone().map(|standing| (id, standing)).into_iter().collect();
        let found: Vec<String> = cross_check(&orders, &standings).into_iter().map(|finding| finding.what).collect();
        assert_eq!(found, expected.into_iter().map(str::to_owned).collect::<Vec<_>>(), "{status:?} {standing:?}");
    };
    check(Some(Status::Pending), None, None);
    check(Some(Status::Created), None, Some("CREATED but there is no payment"));
    check(Some(Status::Created), Some(money(MoneyStage::Held, false, 1_090)), None);
    check(Some(Status::Accepted), Some(money(MoneyStage::Released, true, 0)), Some("ACCEPTED but its payment is over"));
    check(
        Some(Status::Delivered),
        Some(money(MoneyStage::Held, false, 1_090)),
        Some("DELIVERED but nobody takes its money"),
    );
    let waits = MoneyStanding { tried_again: true, ..money(MoneyStage::Captured, false, 0) };
    check(Some(Status::Delivered), Some(waits), None);
    check(Some(Status::Completed), Some(money(MoneyStage::PaidOut, false, 0)), None);
    check(
        Some(Status::Completed),
        Some(money(MoneyStage::Captured, false, 0)),
        Some("COMPLETED but its money did not get to the runner"),
    );
    check(Some(Status::Cancelled), Some(money(MoneyStage::Released, true, 0)), None);
    check(Some(Status::Cancelled), Some(money(MoneyStage::Declined, false, 0)), None);
    check(
        Some(Status::Cancelled),
        Some(money(MoneyStage::Held, false, 1_090)),
        Some("CANCELLED but its payment does not know that it is over"),
    );
    check(
        Some(Status::Cancelled),
        Some(money(MoneyStage::Held, true, 1_090)),
        Some("CANCELLED but money is still held for it"),
    );
    check(None, Some(money(MoneyStage::Held, false, 1_090)), Some("there is money, but no such order"));
    check(None, Some(money(MoneyStage::Nothing, false, 0)), None);
}
