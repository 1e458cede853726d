//! Questions: found by everybody, answered at once or not at all.

use chassis::BusError;
use contracts::users::GetUser;
use contracts::{Question, UserId};

use crate::fixture::{Db, World, service};

#[tokio::test]
async fn a_services_questions_are_discoverable() {
    let world = World::of(Db::Sqlite).only(service).start().await;
    let client = async_nats::connect(world.broker_url()).await.unwrap();
    // The NATS service API, ADR-32.
    let info = client.request("$SRV.INFO.fixture", "".into()).await.unwrap();
    let info: serde_json::Value = serde_json::from_slice(&info.payload).unwrap();
    let endpoints = info["endpoints"].as_array().unwrap().iter();
    let mut subjects: Vec<_> = endpoints.filter_map(|endpoint| endpoint["subject"].as_str()).collect();
    // They are told in no order.
    subjects.sort_unstable();
    assert_eq!(subjects, ["ask.fixture.staff_actions.v1", "ask.fixture.verdict.v1"]);
    world.end().await;
}

#[tokio::test]
async fn a_question_that_nobody_answers_is_said_to_be() {
    let world = World::of(Db::Sqlite).only(service).start().await;
    let question = GetUser { user_id: UserId::of_subject("test", "alice") };
    let answer = world.bus.ask(&question).await;
    assert!(matches!(&answer, Err(BusError::NobodyAnswers(subject)) if *subject == GetUser::subject()), "{answer:?}");
    world.end().await;
}

#[tokio::test]
async fn a_question_that_cannot_be_read_is_refused() {
    let world = World::of(Db::Sqlite).only(service).start().await;
    let client = async_nats::connect(world.broker_url()).await.unwrap();
    let reply = client.request("ask.fixture.verdict.v1", "{ what".into()).await.unwrap();
    let reply: serde_json::Value = serde_json::from_slice(&reply.payload).unwrap();
    assert_eq!(reply["refused"]["code"], "bad_question");
    world.end().await;
}
