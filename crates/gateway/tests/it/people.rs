//! People about themselves: who they are, how they like it, what they were told. And what everybody may know.

use contracts::notifications::{ListNotifications, MarkRead, Notifications};
use contracts::orders::{GetPolicy, PolicyView};
use contracts::users::{GetUser, Preferences, Role, SetPreferences, UserView};
use contracts::{Cents, Text};
use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::expect_problem;
use crate::orders::ORDER;
use crate::stage::{Stage, expect, user};

const NOTE: &str = "msg_0198c2f6a1b37c3e8d5f6a7b8c9d0e1f";

#[tokio::test]
async fn i_am_who_users_says() {
    let stage = Stage::open().await;
    stage.answer::<GetUser>(|question| {
        Ok(UserView {
            user_id: question.user_id,
            name: Text::new("Fay").expect("a name"),
            roles: vec![Role::Finance],
            can_pay: false,
            can_be_paid: false,
            version: 3,
            suspended: true,
            preferences: Preferences { role: Some(Role::Finance), language: None, available: Some(false) },
            ratings: 2,
            stars: 9,
        })
    });
    let me = expect(stage.get("fay", "/api/v1/me").await, 200).await;
    let expected = json!({
        "user_id": user("fay"), "name": "Fay", "roles": ["finance"], "can_pay": false, "can_be_paid": false,
        "suspended": true, "preferences": { "role": "finance", "available": false },
        "ratings": { "count": 2, "stars": 9 }, "version": 3,
    });
    assert_eq!(me, expected);
}

#[tokio::test]
async fn preferences_are_remembered() {
    let stage = Stage::open().await;
    stage.decide::<SetPreferences>(|_| Ok(Value::Null));
    let path = "/api/v1/me/preferences";
    let like = json!({ "role": "runner", "language": "zh-Hans-SG" });
    expect(stage.send("ray", Method::PUT, path, &like).await, 204).await;
    let heard = stage.only::<SetPreferences>().intent;
    assert_eq!((heard.user_id, heard.role, heard.available), (user("ray"), Some(Role::Runner), None));
    assert_eq!(heard.language.expect("a language").as_str(), "zh-Hans-SG");
    for (field, wrong) in [
        ("role", json!("chef")),
        ("available", json!("no")),
        ("language", json!("x")),
        ("language", json!("not a tag")),
    ] {
        let answer = stage.send("ray", Method::PUT, path, &json!({ field: wrong })).await;
        let problem = expect_problem(answer, 422, "invalid_field").await;
        assert_eq!(problem["pointer"], format!("/{field}"));
    }
}

#[tokio::test]
async fn notifications_are_listed_and_seen() {
    let stage = Stage::open().await;
    stage.answer::<ListNotifications>(|question| {
        let note = json!({
            "id": NOTE, "news": "change_proposed", "order_id": ORDER, "at": "2026-11-02T12:00:00Z", "read": false,
        });
        let notes = if question.before.is_none() { json!([note]) } else { json!([]) };
        let page = json!({ "notifications": notes, "unread": question.limit, "more": true });
        Ok(serde_json::from_value::<Notifications>(page).expect("notifications"))
    });
    let page = expect(stage.get("alice", "/api/v1/notifications?limit=7").await, 200).await;
    assert_eq!((&page["unread"], &page["more"]), (&json!(7), &json!(true)));
    assert_eq!(page["notifications"][0]["news"], "change_proposed");
    let older = expect(stage.get("alice", &format!("/api/v1/notifications?before={NOTE}")).await, 200).await;
    assert_eq!(older["notifications"], json!([]));
    expect_problem(stage.get("alice", "/api/v1/notifications?before=7").await, 400, "invalid_parameter").await;
    stage.decide::<MarkRead>(|_| Ok(Value::Null));
    let path = "/api/v1/notifications/read";
    expect(stage.post("alice", path, &Value::Null).await, 204).await;
    let at = "2026-03-05T12:00:00.005Z";
    expect(stage.post("alice", path, &json!({ "up_to": at })).await, 204).await;
    let heard = stage.heard::<MarkRead>().into_iter().map(|heard| json!(heard.intent.up_to));
    assert_eq!(heard.collect::<Vec<_>>(), [Value::Null, json!(at)]);
}

#[tokio::test]
async fn the_rules_of_the_house_are_for_everybody_to_read() {
    let stage = Stage::open().await;
    stage.answer::<GetPolicy>(|_| {
        let rule = json!({
            "actor": "customer", "status": "ACCEPTED", "only_overdue": true, "allowed": true, "money": "hold_released",
            "sentence": "Late orders can be called off.",
        });
        let policy = json!({
            "version": 3, "platform_fee_basis_points": 250, "platform_fee_fixed_cents": Cents(30),
            "errand_buffer_basis_points": 2000, "delivery_fee_cents": 200, "cancellation": [rule],
        });
        Ok(serde_json::from_value::<PolicyView>(policy).expect("a policy"))
    });
    let policy = expect(stage.desk.get("/api/v1/policy").send().await.expect("sent"), 200).await;
    assert_eq!((&policy["version"], &policy["platform_fee_fixed_cents"]), (&json!(3), &json!(30)));
    assert_eq!(policy["cancellation"][0]["money"], "hold_released");
}
