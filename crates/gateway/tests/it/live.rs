//! Event streams: who hears what, as it happens.

use std::time::Duration;

use contracts::notifications::{News, Told};
use contracts::orders::{About, OrderOpened, Status};
use contracts::payments::{PaymentReleased, PayoutSent};
use contracts::{Cents, Message, UserId};
use jiff::Timestamp;
use reqwest::{Method, Response};

use crate::desk::{expect_problem, noon};
use crate::orders::{ORDER, order_id};
use crate::stage::{Stage, user};

fn opened(customer_id: UserId) -> OrderOpened {
    let about = About {
        order_id: order_id(),
        customer_id,
        runner_id: None,
        status: Status::Created,
        ..OrderOpened::sample().about
    };
    OrderOpened { about, ..OrderOpened::sample() }
}

fn told(user_id: UserId, at: Timestamp) -> Told {
    Told { user_id, news: News::Accepted, order_id: order_id(), at }
}

fn paid(runner_id: UserId) -> PayoutSent {
    PayoutSent { order_id: order_id(), runner_id, paid_cents: Cents(1), platform_cents: Cents(0) }
}

/// Reads until this comes by, and gives all of it but what is said at first.
async fn until(stream: &mut Response, last: &str) -> String {
    let mut said = String::new();
    while !said.contains(last) {
        let chunk = tokio::time::timeout(Duration::from_secs(5), stream.chunk()).await;
        let chunk =
            chunk.unwrap_or_else(|_| panic!("only this was said: {said}")).expect("a chunk").expect("something");
        said.push_str(&String::from_utf8_lossy(&chunk));
    }
    said
}

/// Listens, and hears everything from here on: what is said first comes when the gateway hears the log.
async fn listen(stage: &Stage, person: &str, query: &str) -> Response {
    let mut stream =
        stage.call(person, Method::GET, &format!("/api/v1/stream{query}")).await.send().await.expect("sent");
    assert_eq!(stream.status(), 200);
    until(&mut stream, "retry: 1000\n\n").await;
    stream
}

#[tokio::test]
async fn everybody_hears_what_is_theirs_and_no_more() {
    let stage = Stage::open().await;
    let mut alice = listen(&stage, "alice", "").await;
    let mut ray = listen(&stage, "ray", "").await;
    stage.say(ORDER, &opened(user("bob")));
    stage.say(ORDER, &opened(user("alice")));
    stage.say(ORDER, &told(user("bob"), noon()));
    stage.say(ORDER, &told(user("alice"), noon()));
    stage.say(ORDER, &PaymentReleased { order_id: order_id(), released_cents: Cents(1) });
    stage.say(ORDER, &paid(user("rio")));
    stage.say(ORDER, &paid(user("ray")));
    let heard = until(&mut ray, "event: money").await;
    assert_eq!(heard.matches("event: ").count(), 3, "two offers and a payout: {heard}");
    assert!(
        heard.contains(&format!("data: {{\"order_id\":\"{ORDER}\",\"type\":\"payments.paid_out.v1\"}}")),
        "{heard}"
    );
    let heard = until(&mut alice, "event: notification").await;
    assert_eq!(heard.matches("event: ").count(), 2, "{heard}");
    assert!(heard.contains("event: order\n") && heard.contains("\"status\":\"CREATED\""), "{heard}");
    let news = format!("data: {{\"at\":\"2026-11-02T12:00:00Z\",\"news\":\"accepted\",\"order_id\":\"{ORDER}\"}}");
    assert!(heard.contains(&news), "{heard}");
}

#[tokio::test]
async fn operators_and_finance_may_hear_of_everybodys_orders() {
    let stage = Stage::open().await;
    let refused = stage.get("alice", "/api/v1/stream?scope=all").await;
    expect_problem(refused, 403, "forbidden").await;
    expect_problem(stage.get("olga", "/api/v1/stream?scope=some").await, 400, "invalid_parameter").await;
    let mut olga = listen(&stage, "olga", "").await;
    let mut fay = listen(&stage, "fay", "?scope=all").await;
    stage.say(ORDER, &opened(user("bob")));
    stage.say(ORDER, &told(user("olga"), noon()));
    let heard = until(&mut olga, "event: notification").await;
    assert!(!heard.contains("event: order"), "{heard}");
    until(&mut fay, "event: order").await;
}

#[tokio::test]
async fn whoever_comes_back_hears_what_they_missed() {
    let stage = Stage::open().await;
    let mut alice = listen(&stage, "alice", "").await;
    stage.say(ORDER, &opened(user("alice")));
    let heard = until(&mut alice, "event: order").await;
    let seen = heard.lines().find_map(|line| line.strip_prefix("id: ")).expect("an id").to_owned();
    drop(alice);
    let mut ray = listen(&stage, "ray", "").await;
    stage.say(ORDER, &told(user("alice"), noon()));
    stage.say(ORDER, &told(user("ray"), noon()));
    until(&mut ray, "event: notification").await;
    let back = stage.call("alice", Method::GET, "/api/v1/stream").await.header("last-event-id", seen);
    let heard = until(&mut back.send().await.expect("sent"), "event: notification").await;
    assert!(!heard.contains("event: order") && !heard.contains("event: reset"), "{heard}");
}

#[tokio::test]
async fn without_the_broker_streams_end_and_none_begins() {
    let mut stage = Stage::open().await;
    let mut alice = listen(&stage, "alice", "").await;
    stage.broker.kill().await.expect("killed");
    // It ends in order, so that clients know at once.
    while alice.chunk().await.expect("no error").is_some() {}
    expect_problem(stage.get("alice", "/api/v1/stream").await, 503, "broker_away").await;
    stage.broker.restart().await.expect("back");
    while stage.get("alice", "/api/v1/stream").await.status() != 200 {}
}
