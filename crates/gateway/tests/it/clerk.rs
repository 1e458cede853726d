//! What Clerk tells us of people, and what becomes of it.

use chassis::broker::{Broker, Flush};
use chassis::{Bus, Clock, Config, inspect, streams};
use jiff::{SignedDuration, Timestamp};
use reqwest::Response;
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use tempfile::TempDir;

use crate::desk::{Desk, expect_problem, noon};
use crate::issuer::{Issuer, SECRET, sent, user, webhook};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn created() -> String {
    user("user.created", "user_1", noon(), &json!({}))
}

/// What is signed well gets as far as the broker, which is away here.
async fn expect_taken(answer: Response) {
    expect_problem(answer, 503, "broker_away").await;
}

#[tokio::test]
async fn without_a_secret_there_are_no_webhooks() {
    let issuer = Issuer::open().await;
    let desk = Desk::open_with(|config| issuer.set_up(config).with("identity.clerk_webhook_secret", "")).await;
    let answer = webhook(&desk, "msg_1", noon(), &created()).send().await.expect("sent");
    expect_problem(answer, 404, "not_found").await;
}

#[tokio::test]
async fn webhooks_and_signing_in_by_name_exclude_each_other() {
    let directory = tempfile::tempdir().expect("a directory");
    let clock = Clock::manual(&directory.path().join("clock")).expect("a clock");
    let config = Config::defaults().with("seal.key", crate::desk::SEAL_KEY);
    for (name, wrong) in [
        ("identity.clerk_webhook_secret", config.clone().with("identity.clerk_webhook_secret", SECRET)),
        (
            "identity.clerk_webhook_secret",
            config
                .clone()
                .with("identity.issuer", "https://id.example")
                .with("identity.clerk_webhook_secret", "whsec_!"),
        ),
        (
            "identity.default_roles",
            config.clone().with("identity.issuer", "https://id.example").with("identity.default_roles", "chef"),
        ),
        (
            "identity.default_roles",
            config.with("identity.issuer", "https://id.example").with("identity.default_roles", "customer,operator"),
        ),
    ] {
        let error = crate::desk::start(&wrong, &clock).await.err().expect("no gateway");
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[tokio::test]
async fn what_was_not_signed_with_the_secret_is_refused() {
    let issuer = Issuer::open().await;
    let desk = issuer.desk().await;
    let body = created();
    let sign = |id: &str| {
        let webhook = Webhook::new(SECRET).expect("a secret");
        webhook.sign(id, noon().as_second(), body.as_bytes()).expect("a signature")
    };
    let good = sign("msg_1");
    expect_taken(sent(&desk, "msg_1", noon(), &body, &good).send().await.expect("sent")).await;
    let forger = Webhook::new("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").expect("a secret");
    let forged = forger.sign("msg_1", noon().as_second(), body.as_bytes()).expect("a signature");
    for request in [
        sent(&desk, "msg_1", noon(), &body, &forged),
        sent(&desk, "msg_2", noon(), &body, &good),
        sent(&desk, "msg_1", noon() + MINUTE, &body, &good),
        sent(&desk, "msg_1", noon(), &body.replace("Ada", "Eve"), &good),
        sent(&desk, "msg_1", noon(), &body, &good.replace("v1,", "v2,")),
        sent(&desk, "msg_1", noon(), &body, &good[..good.len() - 8]),
        sent(&desk, "msg_1", noon(), &body, "v1,"),
        sent(&desk, "msg_1", noon(), &body, "v1,???"),
        sent(&desk, "msg_1", noon(), &body, ""),
        desk.post("/webhooks/clerk").body(body.clone()),
    ] {
        expect_problem(request.send().await.expect("sent"), 400, "bad_signature").await;
    }
}

#[tokio::test]
async fn while_the_secret_changes_either_signature_will_do() {
    let issuer = Issuer::open().await;
    let desk = issuer.desk().await;
    let body = created();
    let good = Webhook::new(SECRET).expect("a secret").sign("msg_1", noon().as_second(), body.as_bytes());
    let both = format!("v1a,AAAA v1,AAAA {} v1,BBBB", good.expect("a signature"));
    expect_taken(sent(&desk, "msg_1", noon(), &body, &both).send().await.expect("sent")).await;
}

#[tokio::test]
async fn what_was_signed_long_ago_or_is_yet_to_be_is_refused() {
    let issuer = Issuer::open().await;
    let desk = issuer.desk().await;
    let send = async |at: Timestamp| webhook(&desk, "msg_1", at, &created()).send().await.expect("sent");
    for good in [-5 * MINUTE, 5 * MINUTE] {
        expect_taken(send(noon() + good).await).await;
    }
    for stale in [-6 * MINUTE, 6 * MINUTE] {
        expect_problem(send(noon() + stale).await, 400, "stale_webhook").await;
    }
    let answer = webhook(&desk, "msg_1", Timestamp::UNIX_EPOCH, &created()).send().await.expect("sent");
    expect_problem(answer, 400, "stale_webhook").await;
}

#[tokio::test]
async fn webhooks_about_something_else_are_received_and_ignored() {
    let issuer = Issuer::open().await;
    let desk = issuer.desk().await;
    for kind in ["session.created", "organization.created", "user", "user.created.x"] {
        let body = json!({ "type": kind, "object": "event", "data": { "id": 7 } }).to_string();
        let answer = webhook(&desk, "msg_1", noon(), &body).send().await.expect("sent");
        assert_eq!(answer.status(), 204, "{kind}");
    }
}

#[tokio::test]
async fn what_is_signed_but_makes_no_sense_is_refused() {
    let issuer = Issuer::open().await;
    let desk = issuer.desk().await;
    for body in ["", "hello", "[]", r#"{"type":"user.created"}"#, r#"{"type":"user.created","data":{}}"#] {
        let answer = webhook(&desk, "msg_1", noon(), body).send().await.expect("sent");
        expect_problem(answer, 400, "bad_event").await;
    }
    let long = format!("\"{}\"", "x".repeat(256 * 1024));
    let answer = webhook(&desk, "msg_1", noon(), &long).send().await.expect("sent");
    expect_problem(answer, 413, "too_large").await;
}

// --- with a broker and users -----------------------------------------------------------------------------------------

/// A gateway, a broker and users, and an identity provider.
struct Campus {
    issuer: Issuer,
    desk: Desk,
    bus: Bus,
    users: chassis::Running,
    _broker: Broker,
    _directory: TempDir,
}

impl Campus {
    async fn open() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let server = chassis::broker::find(&std::env::var("CAMPUSG_NATS__SERVER").unwrap_or_default());
        let server = server.expect("a nats-server: run `cargo xtask test`, or `eval \"$(cargo xtask tools)\"` first");
        let data = directory.path();
        let broker = Broker::start(&server, &data.join("nats"), 0, Flush::Every2Minutes).await.expect("a broker");
        let issuer = Issuer::open().await;
        let config = Config::defaults()
            .with("nats.url", broker.url())
            .with("database.url", format!("sqlite:{}/{{service}}.db", data.display()))
            .with("platform.data", data)
            .with("seal.key", crate::desk::SEAL_KEY);
        let url = broker.url();
        let desk = Desk::open_with(|config| issuer.set_up(config).with("nats.url", url)).await;
        let nats = config.section("nats").expect("settings");
        let bus = Bus::connect(&nats, "test", desk.clock.clone()).await.expect("a connection");
        let dispatcher = config.section("dispatcher").expect("settings");
        streams::apply(&bus, &[users::service()], &dispatcher).await.expect("streams");
        let users = chassis::serve(users::service(), &bus, &config, &desk.clock).await.expect("users");
        Self { issuer, desk, bus, users, _broker: broker, _directory: directory }
    }

    /// Sends a webhook, and waits until users has handled it.
    async fn tell(&self, id: &str, body: &str) {
        let answer = webhook(&self.desk, id, self.desk.clock.now(), body).send().await.expect("sent");
        assert_eq!(answer.status(), 202, "{:?}", answer.text().await);
        self.settle().await;
    }

    async fn settle(&self) {
        let mut left = vec!["not looked yet".to_owned()];
        while !left.is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            let backlog = inspect::backlog(&self.bus).await.expect("the consumers");
            let busy = backlog.into_iter().filter(|consumer| consumer.waiting > 0 || consumer.in_hand > 0);
            left = busy.map(|consumer| consumer.consumer).collect();
        }
    }

    async fn me(&self, token: &str) -> Response {
        self.desk.get("/api/v1/me").bearer_auth(token).send().await.expect("sent")
    }

    async fn known(&self, subject: &str) -> Value {
        let answer = self.me(&self.issuer.sign(&self.issuer.claims(subject))).await;
        assert_eq!(answer.status(), 200, "{:?}", answer.text().await);
        answer.json().await.expect("JSON")
    }

    /// How often the log has this type of message.
    async fn count(&self, beginning: &str) -> usize {
        let log = inspect::log(&self.bus).await.expect("the log");
        log.iter().filter(|stored| stored.subject.starts_with(beginning)).count()
    }

    async fn close(self) {
        self.desk.gateway.stop().await;
        self.users.stop().await;
    }
}

#[tokio::test]
async fn who_is_created_at_clerk_is_known_here() {
    let campus = Campus::open().await;
    let runs = json!({ "public_metadata": { "roles": ["runner", "chef", "customer"] } });
    campus.tell("msg_1", &user("user.created", "user_1", noon(), &runs)).await;
    let me = campus.known("user_1").await;
    assert_eq!(me["user_id"], campus.issuer.user_id("user_1").to_string());
    assert_eq!((&me["name"], &me["roles"]), (&json!("Ada Lovelace"), &json!(["runner", "customer"])));
    assert_eq!(campus.count("intent.users.register.").await, 0, "they need no introduction");
    let log = inspect::log(&campus.bus).await.expect("the log");
    assert!(log.iter().all(|stored| !stored.body.to_string().contains("example.com")), "no address is passed on");
    campus.close().await;
}

#[tokio::test]
async fn a_webhook_that_is_delivered_again_changes_nothing() {
    let campus = Campus::open().await;
    for _ in 0..3 {
        campus.tell("msg_1", &created()).await;
        campus.desk.pass(10);
    }
    assert_eq!(campus.known("user_1").await["version"], 1);
    assert_eq!(campus.count("users.registered.").await, 1);
    campus.close().await;
}

#[tokio::test]
async fn webhooks_that_overtake_each_other_end_the_same() {
    let campus = Campus::open().await;
    let at = |minutes, more: Value| user("user.updated", "user_1", noon() + minutes * MINUTE, &more);
    campus.tell("msg_3", &at(3, json!({ "first_name": "Augusta", "last_name": null, "locked": true }))).await;
    campus.tell("msg_1", &created()).await;
    campus.tell("msg_2", &at(2, json!({ "first_name": "Old" }))).await;
    let me = campus.known("user_1").await;
    assert_eq!((&me["name"], &me["roles"]), (&json!("Augusta"), &json!(["customer"])));
    campus.tell("msg_4", &at(4, json!({ "first_name": " ", "last_name": "\u{7}" }))).await;
    assert_eq!(campus.known("user_1").await["name"], "Student");
    assert_eq!(campus.count("users.suspended.").await, 1);
    assert_eq!(campus.count("users.reinstated.").await, 1);
    campus.close().await;
}

#[tokio::test]
async fn who_is_deleted_at_clerk_is_erased_here_for_good() {
    let campus = Campus::open().await;
    campus.tell("msg_1", &created()).await;
    let gone = json!({ "type": "user.deleted", "data": { "id": "user_1", "object": "user", "deleted": true } });
    campus.tell("msg_2", &gone.to_string()).await;
    campus.tell("msg_3", &user("user.updated", "user_1", noon() + MINUTE, &json!({}))).await;
    let me = campus.known("user_1").await;
    assert_eq!((&me["name"], &me["roles"]), (&json!("Deleted user"), &json!([])));
    assert_eq!(campus.count("users.closed.").await, 1);
    campus.close().await;
}

#[tokio::test]
async fn a_first_request_makes_its_sender_known_once() {
    // predecessor.md B48, B49
    let campus = Campus::open().await;
    let named = campus.issuer.token("user_1", &json!({ "name": "John", "metadata": { "roles": ["runner"] } }));
    let (one, other) = tokio::join!(campus.me(&named), campus.me(&named));
    assert_eq!((one.status().as_u16(), other.status().as_u16()), (200, 200));
    let me: Value = one.json().await.expect("JSON");
    assert_eq!((&me["name"], &me["roles"], &me["version"]), (&json!("John"), &json!(["runner"]), &json!(1)));
    assert_eq!(campus.count("users.registered.").await, 1);
    // A second John is no problem, and who has no name gets one.
    let second = campus.me(&campus.issuer.token("user_2", &json!({ "name": "John" }))).await;
    assert_eq!(second.json::<Value>().await.expect("JSON")["name"], "John");
    assert_eq!(campus.known("user_3").await["name"], "Student");
    assert_eq!(campus.count("users.registered.").await, 3);
    // What Clerk says later counts more than what the token said.
    campus.tell("msg_1", &created()).await;
    assert_eq!(campus.known("user_1").await["name"], "Ada Lovelace");
    campus.close().await;
}
