//! What the gateway says about itself, and how it stops.

use std::io::Read as _;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::desk::{Desk, expect_problem};
use crate::stage::Stage;

#[tokio::test]
async fn it_lives_without_a_broker_but_is_not_ready() {
    let desk = Desk::open().await;
    let health = desk.get("/healthz").send().await.expect("sent");
    assert_eq!(health.status(), 200);
    let problem = expect_problem(desk.get("/readyz").send().await.expect("sent"), 503, "not_ready").await;
    assert!(problem["checks"].as_array().expect("checks").contains(&json!({ "name": "broker", "ok": false })));
    assert!(problem["checks"].as_array().expect("checks").contains(&json!({ "name": "keys", "ok": true })));
}

#[tokio::test]
async fn it_says_what_a_client_needs_to_know() {
    let desk = Desk::open().await;
    let config: Value = desk.get("/api/v1/config").send().await.expect("sent").json().await.expect("JSON");
    assert_eq!(config["issuer"], "dev");
    assert_eq!(config["currency"], "sgd");
    let people = ["alice", "bob", "ray", "rio", "rex", "rob", "carl", "dora", "tess", "dana", "mia", "olga", "fay"];
    assert_eq!(config["people"], json!(people));
    assert_eq!(config["wait"], json!({ "default_ms": 5_000, "max_ms": 30_000, "stream_ping_ms": 15_000 }));
}

#[tokio::test]
async fn its_pages_load_nothing_from_elsewhere() {
    let desk = Desk::open().await;
    for path in ["/", "/order", "/api/docs"] {
        let page = desk.get(path).header("accept", "text/html").send().await.expect("sent");
        assert_eq!(page.status(), 200);
        let policy = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("http"), "{policy}");
        let page = page.text().await.expect("a page");
        // What the app loads is its own.
        let from_elsewhere = ["<script src=\"http", "<link rel=\"stylesheet\" href=\"http", "<img src=\"http"];
        assert!(from_elsewhere.iter().all(|tag| !page.contains(tag)), "{path}");
    }
    let description = desk.get("/api/openapi.json").send().await.expect("sent");
    assert_eq!(description.headers()["content-type"], "application/json");
    assert_eq!(description.text().await.expect("a description"), gateway::openapi_json());
}

#[tokio::test]
async fn long_answers_come_packed_to_whoever_unpacks_them() {
    let stage = Stage::open().await;
    let desk = &stage.desk;
    let ask = |path: &str, coding: &str| desk.get(path).header("accept-encoding", coding).send();
    let answer = ask("/api/openapi.json", "gzip, deflate, br").await.expect("sent");
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    assert_eq!(answer.headers()["vary"], "accept-encoding");
    let packed = answer.bytes().await.expect("bytes");
    let mut plain = String::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut plain).expect("packed");
    assert!(plain == gateway::openapi_json() && packed.len() * 4 < plain.len());
    // Nobody who does not ask, nothing short, no stream.
    for (path, coding) in
        [("/api/openapi.json", "gzip;q=0"), ("/api/openapi.json", "identity"), ("/api/v1/config", "gzip")]
    {
        let answer = ask(path, coding).await.expect("sent");
        assert!(!answer.headers().contains_key("content-encoding"), "{path} for {coding}");
        answer.json::<Value>().await.expect("JSON");
    }
    let stream = desk.get("/api/v1/stream").bearer_auth(desk.token("alice").await).header("accept-encoding", "gzip");
    let mut stream = stream.send().await.expect("sent");
    assert_eq!(stream.chunk().await.expect("a chunk").expect("something"), "retry: 1000\n\n");
}

#[tokio::test]
async fn a_soft_stop_ends_streams_and_takes_nobody_new() {
    let stage = Stage::open().await;
    let desk = stage.desk;
    let token = desk.token("alice").await;
    let mut stream = desk.get("/api/v1/stream").bearer_auth(token).send().await.expect("sent");
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let first = stream.chunk().await.expect("a chunk").expect("something");
    assert_eq!(first, "retry: 1000\n\n");
    let (url, started) = (desk.gateway.url(), Instant::now());
    desk.gateway.stop().await;
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert_eq!(stream.chunk().await.expect("an end"), None);
    assert!(reqwest::get(format!("{url}/healthz")).await.is_err());
}

#[tokio::test]
async fn a_stream_ends_when_its_token_does() {
    let stage = Stage::open().await;
    let desk = &stage.desk;
    let token = desk.token("alice").await;
    let mut stream = desk.get("/api/v1/stream").bearer_auth(token).send().await.expect("sent");
    stream.chunk().await.expect("a chunk");
    desk.pass(13 * 3_600);
    assert_eq!(stream.chunk().await.expect("an end"), None);
}

#[tokio::test]
async fn whoever_was_away_too_long_starts_anew() {
    let stage = Stage::open().await;
    let desk = &stage.desk;
    let token = desk.token("alice").await;
    let stream = desk.get("/api/v1/stream").bearer_auth(token).header("last-event-id", "7").send().await;
    let mut stream = stream.expect("sent");
    let mut said = String::new();
    while !said.contains("reset") {
        said.push_str(&String::from_utf8_lossy(&stream.chunk().await.expect("a chunk").expect("something")));
    }
    assert_eq!(said, "retry: 1000\n\nevent: reset\ndata: {}\n\n");
}
