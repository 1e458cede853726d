//! A gateway without a broker, and a client for it.

use chassis::{Bus, Clock, Config};
use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

/// What its seal is made with.
pub(crate) const SEAL_KEY: &str = "5ea15ea15ea15ea15ea15ea15ea15ea15ea15ea15ea15ea15ea15ea15ea15ea1";

pub(crate) struct Desk {
    pub(crate) gateway: gateway::Running,
    pub(crate) clock: Clock,
    client: reqwest::Client,
    /// Holds the clock.
    _directory: TempDir,
}

impl Desk {
    pub(crate) async fn open() -> Self {
        Self::open_with(|config| config).await
    }

    pub(crate) async fn open_with(change: impl FnOnce(Config) -> Config) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let clock = Clock::manual(&directory.path().join("clock")).expect("a clock");
        clock.set(noon()).expect("set");
        let config = Config::defaults()
            .with("nats.url", "nats://127.0.0.1:1")
            .with("gateway.listen", "127.0.0.1:0")
            .with("seal.key", SEAL_KEY);
        let gateway = start(&change(config), &clock).await.expect("a gateway");
        Self { gateway, clock, client: reqwest::Client::new(), _directory: directory }
    }

    pub(crate) fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.gateway.url()))
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.call(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.call(Method::POST, path)
    }

    pub(crate) async fn token(&self, person: &str) -> String {
        let answer = self.post("/api/v1/dev/sign-in").json(&json!({ "person": person })).send().await.expect("sent");
        let answer: Value = answer.json().await.expect("JSON");
        answer["token"].as_str().expect("a token").to_owned()
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.set(self.clock.now() + SignedDuration::from_secs(seconds)).expect("set");
    }
}

/// A gateway on a connection of its own.
pub(crate) async fn start(config: &Config, clock: &Clock) -> anyhow::Result<gateway::Running> {
    let nats = config.section("nats").expect("settings");
    let bus = Bus::connect(&nats, "gateway", clock.clone()).await.expect("an address that makes sense");
    gateway::start(config, &bus, clock).await
}

pub(crate) fn noon() -> Timestamp {
    "2026-11-02T12:00:00Z".parse().expect("a time")
}

/// Checks everything that every problem has, and gives its body.
#[track_caller]
pub(crate) fn expect_problem(answer: Response, status: u16, code: &str) -> impl Future<Output = Value> {
    assert_eq!(answer.status(), status, "{answer:?}");
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    assert_eq!(answer.headers().contains_key("www-authenticate"), status == 401);
    assert_eq!(answer.headers().contains_key("retry-after"), matches!(status, 429 | 503));
    let code = code.to_owned();
    async move {
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(body["code"], code, "{body}");
        assert_eq!(body["status"], status, "{body}");
        assert_eq!(body["type"], format!("urn:campusg:problem:{code}"));
        assert!(body["title"].is_string() && body["detail"].is_string(), "{body}");
        body
    }
}
