//! What operators ask about messages that a service gave up on, and what they are answered.

use contracts::catalogue::Sample;
use contracts::repairs::{
    DiscardMessage, GetRepair, ListRepairs, MessageParked, RedriveMessage, RepairPage, RepairStage, RepairView,
};
use contracts::users::{GetUser, Preferences, Role, UserView};
use contracts::{Principal, Refused, RepairId, Text};
use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::expect_problem;
use crate::stage::{Stage, expect, user};

fn repair() -> RepairView {
    let parked = MessageParked::sample();
    RepairView {
        repair_id: parked.repair_id,
        version: 1,
        stage: RepairStage::Parked,
        message_id: parked.message_id,
        service: parked.service,
        reaction: parked.reaction,
        subject: parked.subject,
        correlation: parked.correlation,
        cause: parked.cause,
        order_id: parked.order_id,
        reason: parked.reason,
        attempts: parked.attempts,
        parked_at: parked.at,
        redrives: 0,
        sequence: 1,
        redrive_refused: None,
        discard_refused: Some("already_discarded".to_owned()),
        history: Vec::new(),
    }
}

fn path(rest: &str) -> String {
    format!("/api/v1/ops/parked/{}{rest}", repair().repair_id)
}

#[tokio::test]
async fn a_filter_is_passed_on_and_a_page_shown() {
    let stage = Stage::open().await;
    stage.answer::<ListRepairs>(|ask| {
        assert_eq!((ask.service.as_deref(), ask.limit, ask.stages), (Some("orders"), 7, vec![RepairStage::Settled]));
        Ok(RepairPage { repairs: vec![repair()], next: ask.cursor })
    });
    let shown = stage.get("olga", "/api/v1/ops/parked?service=orders&state=settled&limit=7&cursor=c").await;
    let shown = expect(shown, 200).await;
    assert_eq!((&shown["parked"][0]["state"], &shown["next"]), (&json!("parked"), &json!("c")));
    for wrong in ["state=lost", "limit=0", "limit=101", "order_id=ord_1"] {
        let answer = stage.get("olga", &format!("/api/v1/ops/parked?{wrong}")).await;
        expect_problem(answer, 400, "invalid_parameter").await;
    }
    stage.away::<ListRepairs>();
    expect_problem(stage.get("olga", "/api/v1/ops/parked").await, 503, "service_away").await;
}

#[tokio::test]
async fn what_is_not_kept_any_more_is_shown_without_it() {
    let stage = Stage::open().await;
    expect_problem(stage.get("olga", &path("")).await, 404, "not_found").await;
    stage.answer::<GetRepair>(|_| Ok(repair()));
    let shown = expect(stage.get("olga", &path("")).await, 200).await;
    assert_eq!((&shown["message"]["id"], &shown["headers"]), (&json!(repair().repair_id), &json!({})));
}

#[tokio::test]
async fn whoever_is_suspended_sees_no_message_whole() {
    let stage = Stage::open().await;
    stage.answer::<GetRepair>(|_| Ok(repair()));
    stage.answer::<GetUser>(|ask| {
        Ok(UserView {
            user_id: ask.user_id,
            name: Text::new("Olga").expect("a name"),
            roles: vec![Role::Operator],
            can_pay: false,
            can_be_paid: false,
            version: 3,
            suspended: true,
            preferences: Preferences { role: None, language: None, available: None },
            ratings: 0,
            stars: 0,
        })
    });
    expect_problem(stage.get("olga", &path("")).await, 403, "suspended").await;
}

#[tokio::test]
async fn it_takes_a_reason_to_put_back_or_discard() {
    let stage = Stage::open().await;
    stage.decide::<RedriveMessage>(|_| Ok(json!(repair())));
    stage.decide::<DiscardMessage>(|_| Err(Refused::new("already_discarded", "It is.")));
    for body in [json!({}), json!({ "reason": "" }), json!({ "reason": "x".repeat(201) }), json!({ "reason": "a\nb" })]
    {
        let problem = expect_problem(stage.post("olga", &path("/redrive"), &body).await, 422, "invalid_field").await;
        assert_eq!(problem["pointer"], "/reason");
    }
    let why = json!({ "reason": "Mended." });
    let shown = expect(stage.post("olga", &path("/redrive"), &why).await, 200).await;
    assert_eq!(shown["id"], json!(repair().repair_id));
    let heard = stage.only::<RedriveMessage>();
    assert_eq!((heard.by, heard.intent.reason.as_str()), (Principal::Operator(user("olga")), "Mended."));
    expect_problem(stage.post("olga", &path("/discard"), &why).await, 409, "already_discarded").await;
    for person in ["alice", "ray", "fay"] {
        expect_problem(stage.post(person, &path("/redrive"), &why).await, 403, "forbidden").await;
    }
}

#[tokio::test]
async fn many_are_previewed_and_then_asked_for_one_by_one() {
    let stage = Stage::open().await;
    let (known, unknown) = (repair().repair_id, RepairId::of(repair().message_id, "nobody"));
    stage.answer::<GetRepair>(move |ask| {
        if ask.repair_id == known { Ok(repair()) } else { Err(Refused::new("not_found", "There is none.")) }
    });
    let body = |dry_run| json!({ "ids": [known, unknown], "reason": "Mended.", "dry_run": dry_run });
    let told = |shown: &Value| {
        let results = shown["results"].as_array().expect("results").clone();
        results.iter().map(|one| (one["outcome"].clone(), one["code"].clone())).collect::<Vec<_>>()
    };
    let shown = expect(stage.post("olga", "/api/v1/ops/parked/discard", &body(true)).await, 200).await;
    let refused = |code: &str| (json!("would_be_refused"), json!(code));
    assert_eq!(told(&shown), [refused("already_discarded"), refused("not_found")]);
    assert!(stage.heard::<DiscardMessage>().is_empty());
    stage.decide::<RedriveMessage>(move |intent| {
        if intent.repair_id == known { Ok(json!(repair())) } else { Err(Refused::new("not_found", "There is none.")) }
    });
    let wanted = json!([(json!("done"), Value::Null), (json!("refused"), json!("not_found"))]);
    for _ in 0..2 {
        let request = stage.call("olga", Method::POST, "/api/v1/ops/parked/redrive").await;
        let answer = request.header("idempotency-key", "k").json(&body(false)).send().await.expect("sent");
        assert_eq!(json!(told(&expect(answer, 200).await)), wanted);
    }
    assert_eq!(stage.heard::<RedriveMessage>().len(), 2, "once each");
    let none = json!({ "ids": [], "reason": "Mended." });
    let problem = stage.post("olga", "/api/v1/ops/parked/redrive", &none).await;
    assert_eq!(expect_problem(problem, 422, "invalid_field").await["pointer"], "/ids");
}

#[tokio::test]
async fn what_staff_did_is_open_to_the_offices_and_says_who_is_missing() {
    let stage = Stage::open().await;
    expect_problem(stage.get("ray", "/api/v1/ops/audit-log").await, 403, "forbidden").await;
    expect_problem(stage.get("fay", "/api/v1/ops/audit-log?cursor=x").await, 400, "bad_cursor").await;
}
