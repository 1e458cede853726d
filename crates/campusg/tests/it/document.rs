//! The HTTP API answers as its document says, whatever it is sent: Schemathesis reads `openapi/gateway.json` and calls every
//! operation of a running platform, as everybody, with what the document allows and with what it does not. No answer is a
//! server's error, has an undocumented status, media type or header, or a body of another shape; what the document does not
//! allow is refused; what needs a token is refused without one.
//!
//! A run is bounded and the same every time. `CAMPUSG_FUZZ=20 cargo xtask test the_api_answers_as_documented` takes that
//! many times as many examples, and adds Schemathesis' boundary values and its walks from one operation to the next.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Db, Person, World, basket};
use tokio::process::Command;

/// Where Schemathesis is.
const SETTING: &str = "CAMPUSG_SCHEMATHESIS";
/// Examples per operation and caller in a usual run.
const EXAMPLES: u32 = 4;
/// What one caller's run may take, times the budget. Only a run that hangs gets there.
const PATIENCE: Duration = Duration::from_secs(900);
/// Everybody who calls: nobody, and one person per role.
const CALLERS: [Option<&str>; 5] = [None, Some("alice"), Some("ray"), Some("olga"), Some("fay")];
/// Of the operations that Schemathesis says it of, this many at least must have accepted something: what is only ever
/// refused shows nothing.
const ACCEPTING: usize = 30;

/// Not skipped without it: whoever sees green relies on it.
#[track_caller]
fn schemathesis() -> String {
    let value = std::env::var(SETTING).unwrap_or_default();
    assert!(!value.is_empty(), "{SETTING} is not set: run `cargo xtask test -p campusg`, which fetches Schemathesis");
    value
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_api_answers_as_documented() {
    let (library, budget) = (schemathesis(), fuzz::budget());
    // PostgreSQL refuses more than SQLite does: a zero byte, for example.
    let world = World::of(Db::Postgres).start().await;
    let scratch = tempfile::tempdir().expect("a directory");
    let config = config(&Known::of(&world).await);
    std::fs::write(scratch.path().join("schemathesis.toml"), config).expect("a file");
    std::fs::write(scratch.path().join("openapi.json"), document().to_string()).expect("a file");
    let (mut complaints, mut cases) = (String::new(), 0);
    let mut accepting = BTreeSet::new();
    for caller in CALLERS {
        let token = match caller {
            Some(person) => Some(token(&world, person).await),
            None => None,
        };
        let run = Run { library: &library, directory: scratch.path(), url: world.url(), token, budget };
        let (report, said) = run.start(caller.is_some()).await;
        cases += report["test_cases"]["generated"].as_u64().expect("a number of cases");
        let rates = report["valid_rates"].as_object().into_iter().flatten();
        let accepted = |phases: &Value| {
            phases.as_object().into_iter().flatten().any(|(_, rate)| rate["accepted"].as_u64().is_some_and(|n| n > 0))
        };
        accepting.extend(rates.filter(|(_, phases)| accepted(phases)).map(|(operation, _)| operation.clone()));
        if report["exit_code"] != 0 || report["complete"] != true {
            writeln!(complaints, "as {}:\n{said}", caller.unwrap_or("nobody")).expect("text");
        }
    }
    println!("{cases} requests; {} operations accepted something: {accepting:?}", accepting.len());
    assert!(complaints.is_empty(), "{complaints}");
    assert!(accepting.len() >= ACCEPTING, "only {} operations accepted something: {accepting:?}", accepting.len());
    // What came in, the services could handle: nothing is parked, and the money is where it should be.
    world.settle().await;
    let audit = world.person("fay").await.get("/api/v1/ops/audit").await.expect(200);
    assert_eq!(audit["differences"].as_array().map_or(0, Vec::len), 0, "{audit:#}");
    world.end().await;
}

async fn token(world: &World, person: &str) -> String {
    let request = reqwest::Client::new().post(format!("{}/api/v1/dev/sign-in", world.url()));
    let answer = request.json(&json!({ "person": person })).send().await.expect("the gateway");
    let answer: Value = answer.json().await.expect("JSON");
    answer["token"].as_str().expect("a token").to_owned()
}

/// The document, with what its introduction says of bodies in words: `null` is as good as leaving a field out.
fn document() -> Value {
    let mut document: Value = serde_json::from_str(&gateway::openapi_json()).expect("JSON");
    let methods = document["paths"].as_object().expect("paths").values().filter_map(Value::as_object);
    let bodies = methods.flat_map(serde_json::Map::values).map(|operation| &operation["requestBody"]);
    let mut ahead: Vec<String> = bodies.flat_map(schemas_in).collect();
    let mut sent = BTreeSet::new();
    while let Some(name) = ahead.pop() {
        ahead.extend(schemas_in(&document["components"]["schemas"][&name]).filter(|name| !sent.contains(name)));
        sent.insert(name);
    }
    for name in sent {
        let schema = &mut document["components"]["schemas"][&name];
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, field) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
            if !required.contains(&json!(name)) {
                *field = json!({ "allOf": [field.take()], "nullable": true });
            }
        }
    }
    document
}

/// The names of the schemas that are referred to in a part of the document.
fn schemas_in(part: &Value) -> impl Iterator<Item = String> {
    let text = part.to_string();
    let names = text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next());
    names.map(str::to_owned).collect::<Vec<_>>().into_iter()
}

/// What is there to be asked about, so that not everything is asked about what there is not.
struct Known {
    orders: Vec<String>,
    users: Vec<String>,
    vendors: Vec<String>,
    saved: Vec<String>,
    cards: Vec<String>,
    quotes: Vec<String>,
    cursors: Vec<String>,
}

impl Known {
    /// Lets some orders stand at every stage, and a basket be kept.
    async fn of(world: &World) -> Self {
        let (alice, ray) = (world.person("alice").await, world.person("ray").await);
        let mut orders = Vec::new();
        for _ in 0..8 {
            orders.push(alice.place().await);
        }
        world.settle().await;
        for (order, stage) in orders.iter().zip(["ACCEPTED", "PLACED", "ON_THE_WAY", "DELIVERED", "DELIVERED"]) {
            carry(&alice, &ray, order, stage).await;
        }
        alice.cancel(&orders[5]).await.expect(200);
        let mut quotes = Vec::new();
        for tip_cents in 0..4 {
            let mut basket = basket();
            basket["tip_cents"] = json!(tip_cents * 100);
            quotes.push(alice.quote(basket).await);
        }
        for name in ["Monday", "Friday"] {
            let kept = json!({ "name": name, "basket": basket() });
            let kept = alice
                .request(
                    Method::POST,
                    "/api/v1/saved-orders",
                    &[("Prefer", "wait=30"), ("Idempotency-Key", name)],
                    Some(kept),
                )
                .await;
            kept.expect(201);
        }
        world.settle().await;
        let page = alice.get("/api/v1/orders?limit=2").await.expect(200);
        let wallet = ray.get("/api/v1/wallet?limit=1").await.expect(200);
        let cursors = [&page["next"], &wallet["next"]].into_iter().filter_map(Value::as_str).map(str::to_owned);
        Self {
            users: vec![world.person("rio").await.user_id, world.person("bob").await.user_id],
            vendors: ids(&alice, "/api/v1/vendors", "vendors", "vendor_id").await,
            saved: ids(&alice, "/api/v1/saved-orders", "saved_orders", "saved_id").await,
            cards: ids(&alice, "/api/v1/payment-methods", "payment_methods", "id").await,
            cursors: cursors.collect(),
            orders,
            quotes,
        }
    }
}

async fn carry(customer: &Person, runner: &Person, order: &str, stage: &str) {
    runner.accept(order).await.expect(200);
    for step in ["PLACED", "ON_THE_WAY"].into_iter().take_while(|_| stage != "ACCEPTED") {
        runner.advance(order, step).await.expect(200);
        if step == stage {
            return;
        }
    }
    if stage == "DELIVERED" {
        let pin = customer.order(order).await["handover_pin"].as_str().expect("a PIN").to_owned();
        runner.hand_over(order, &pin).await.expect(200);
    }
}

async fn ids(person: &Person, path: &str, list: &str, id: &str) -> Vec<String> {
    let body = person.get(path).await.expect(200);
    let all = body[list].as_array().unwrap_or_else(|| panic!("no {list} in {body}"));
    all.iter().map(|one| one[id].as_str().unwrap_or_else(|| panic!("no {id} in {one}")).to_owned()).collect()
}

/// Schemathesis' own settings: <https://schemathesis.readthedocs.io/en/stable/reference/configuration/>.
fn config(known: &Known) -> String {
    let keys: Vec<String> = (0..5_000).map(|n| format!("key-{n}")).collect();
    let mut text = r#"
seed = 20260305
continue-on-failure = true
request-timeout = 120
[cache]
enabled = false
[generation]
database = "none"
no-shrink = true
# What is well-formed may still be refused: a rule said no.
[checks.positive_data_acceptance]
enabled = false
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422]
"#
    .to_owned();
    let lists = [
        ("orders", &known.orders),
        ("users", &known.users),
        ("vendors", &known.vendors),
        ("saved", &known.saved),
        ("cards", &known.cards),
        ("quotes", &known.quotes),
        ("cursors", &known.cursors),
        ("keys", &keys),
    ];
    for (name, values) in lists {
        assert!(!values.is_empty(), "there are no {name}");
        // A list of texts is written alike in TOML and in JSON.
        writeln!(text, "[dictionaries.{name}]\nvalues = {}", json!(values)).expect("text");
    }
    text.push_str("[parameters]\n\"header.Idempotency-Key\" = { dictionary = \"keys\", probability = 0.8 }\n");
    for (paths, parameter, name) in [
        ("^/api/v1/(ops/)?orders/", "path.id", "orders"),
        ("^/api/v1/ops/users/", "path.id", "users"),
        ("^/api/v1/vendors/", "path.id", "vendors"),
        ("^/api/v1/saved-orders/", "path.id", "saved"),
        ("^/api/v1/payment-methods/", "path.id", "cards"),
        ("^/api/v1/orders$", "body.quote_id", "quotes"),
        ("^/api/v1/(orders|wallet)$", "query.cursor", "cursors"),
    ] {
        writeln!(text, "[[operations]]\ninclude-path-regex = {}", json!(paths)).expect("text");
        writeln!(text, "parameters = {{ {} = {{ dictionary = \"{name}\", probability = 0.8 }} }}", json!(parameter))
            .expect("text");
    }
    text
}

/// One caller's run.
struct Run<'a> {
    library: &'a str,
    directory: &'a Path,
    url: String,
    token: Option<String>,
    budget: u32,
}

impl Run<'_> {
    /// Runs it to its end; its report, and what it said.
    async fn start(self, signed_in: bool) -> (Value, String) {
        let report = self.directory.join("report.json");
        let phases = if self.budget > 1 { "examples,coverage,fuzzing,stateful" } else { "examples,fuzzing" };
        let mut python = Command::new("python3");
        python
            .current_dir(self.directory)
            .env("PYTHONPATH", self.library)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .args(["-m", "schemathesis.cli", "--config-file", "schemathesis.toml", "run", "openapi.json", "--no-color"])
            .args(["--url", &self.url, "--phases", phases, "--max-examples", &(EXAMPLES * self.budget).to_string()])
            .args(["--warnings", "off", "--report", "json", "--report-json-path"])
            .arg(&report);
        if let Some(token) = &self.token {
            python.args(["--header", &format!("Authorization: Bearer {token}")]);
        }
        if signed_in {
            // It never ends, and Schemathesis waits for the end; what it sends is read in `live.rs` of the gateway's tests.
            python.args(["--exclude-operation-id", "stream"]);
        }
        let output = python.stdin(Stdio::null()).kill_on_drop(true).output();
        let done = tokio::time::timeout(PATIENCE * self.budget, output).await.expect("an end in time");
        let done = done.expect("python3");
        let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        let report = std::fs::read(&report).unwrap_or_else(|error| panic!("no report: {error}\n{said}"));
        let report = serde_json::from_slice(&report).expect("JSON");
        std::fs::remove_file(self.directory.join("report.json")).expect("a file");
        // A request of 64 kB is shown whole.
        let lines = said.lines().map(|line| line.chars().take(400).collect::<String>());
        (report, lines.collect::<Vec<_>>().join("\n"))
    }
}
