//! What is checked in under `streams/` and `openapi/` is what the code says, and works with a real nats-server.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use campusg::registry;
use chassis::broker::{self, Broker, Flush};
use chassis::{Bus, Clock, Config, config, streams};
use contracts::catalogue;
use serde_json::{Value, json};

use crate::wire::Wire;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The JSON files in a directory below `streams/`, by stem.
fn checked_in(directory: &str) -> Vec<(String, String)> {
    let directory = root().join("streams").join(directory);
    let mut files: Vec<_> = fs::read_dir(&directory)
        .unwrap_or_else(|error| panic!("{}: {error}", directory.display()))
        .map(|file| file.expect("a file").path())
        .map(|path| (path.file_stem().expect("a name").to_string_lossy().into_owned(), path))
        .map(|(stem, path)| (stem, fs::read_to_string(path).expect("a file")))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", directory.display());
    files
}

pub(crate) async fn start_broker(data: &tempfile::TempDir) -> Broker {
    let program = broker::find(&std::env::var("CAMPUSG_NATS__SERVER").unwrap_or_default());
    let program = program.expect("a nats-server: run `cargo xtask test`, or `eval \"$(cargo xtask tools)\"` first");
    Broker::start(&program, data.path(), 0, Flush::Every2Minutes).await.expect("a broker")
}

/// How the broker differs from what the code declares.
async fn diff(broker: &Broker) -> Vec<streams::Difference> {
    let config = Config::defaults().with("nats.url", broker.url());
    let (nats, dispatcher): (config::Nats, config::Dispatcher) =
        (config.section("nats").expect("settings"), config.section("dispatcher").expect("settings"));
    let bus = Bus::connect(&nats, "test", Clock::system()).await.expect("a connection");
    let services = registry::services(&config).expect("services");
    streams::diff(&bus, &services, &dispatcher).await.expect("a diff")
}

fn campusg(arguments: &[&str], broker: &Broker) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_campusg"));
    command.args(arguments).env("CAMPUSG_NATS__URL", broker.url()).output().expect("campusg")
}

#[test]
fn what_is_checked_in_is_what_the_code_says() {
    let differences = campusg::contracts::differences(&root()).expect("differences");
    let lines: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "run `campusg contracts` and look at the diff:\n{}", lines.join("\n"));
}

#[test]
fn every_sample_that_was_checked_in_still_reads_as_its_type() {
    let parsers: HashMap<String, _> = catalogue::all().into_iter().map(|e| (e.file_stem(), e.parses)).collect();
    for (stem, sample) in checked_in("samples") {
        let parses = parsers.get(&stem).unwrap_or_else(|| panic!("{stem} was published and is gone"));
        parses(sample.as_bytes()).unwrap_or_else(|error| panic!("{stem}: {error}"));
    }
}

#[test]
fn a_sample_that_no_longer_reads_is_not_overwritten() {
    let tree = tempfile::tempdir().expect("a directory");
    let contracts = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_campusg"));
        command.arg("contracts").arg("--root").arg(tree.path()).args(arguments).output().expect("campusg")
    };
    assert!(!contracts(&["--check"]).status.success());
    assert!(contracts(&[]).status.success());
    assert!(contracts(&["--check"]).status.success());
    let sample = tree.path().join("streams/samples/event.orders.placed.v1.json");
    fs::write(&sample, r#"{ "order": "as it was in an earlier release" }"#).expect("a file");
    fs::write(tree.path().join("streams/schemas/event.orders.forgotten.v1.json"), "{}").expect("a file");
    let check = contracts(&["--check"]);
    let said = String::from_utf8_lossy(&check.stdout);
    assert!(said.contains("changed  streams/samples/event.orders.placed.v1.json"), "{said}");
    assert!(said.contains("gone     streams/schemas/event.orders.forgotten.v1.json"), "{said}");
    let write = contracts(&[]);
    let said = String::from_utf8_lossy(&write.stderr);
    assert!(!write.status.success() && said.contains("no longer reads"), "{said}");
    assert!(fs::read_to_string(sample).expect("a file").contains("earlier release"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_alone_make_a_broker_as_the_code_wants_it() {
    let data = tempfile::tempdir().expect("a directory");
    let broker = start_broker(&data).await;
    let mut wire = Wire::connect(&broker.url()).await;
    for (name, config) in checked_in("stream") {
        let answer = wire.ask(&format!("$JS.API.STREAM.CREATE.{name}"), &config).await;
        assert_eq!(answer["error"], Value::Null, "{name}");
        assert_eq!(answer["config"]["name"], *name);
    }
    for (name, config) in checked_in("consumer") {
        let stream = match name.split_once('-') {
            Some(("timers", _)) => "TIMERS",
            Some((_, "parked")) => "PARKED",
            Some(_) | None => "LOG",
        };
        let config: Value = serde_json::from_str(&config).expect("JSON");
        let request = json!({ "stream_name": stream, "config": config, "action": "create" }).to_string();
        let answer = wire.ask(&format!("$JS.API.CONSUMER.CREATE.{stream}.{name}"), &request).await;
        assert_eq!(answer["error"], Value::Null, "{name}");
        assert_eq!(answer["name"], *name);
    }
    assert_eq!(diff(&broker).await, []);
    let same = campusg(&["streams", "diff"], &broker);
    assert!(same.status.success(), "{same:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_by_which_something_would_be_lost_is_refused() {
    let data = tempfile::tempdir().expect("a directory");
    let broker = start_broker(&data).await;
    assert!(!campusg(&["streams", "diff"], &broker).status.success(), "everything is missing");
    assert!(campusg(&["streams", "apply"], &broker).status.success());

    let mut wire = Wire::connect(&broker.url()).await;
    let log = &checked_in("stream").into_iter().find(|(name, _)| name == "LOG").expect("LOG").1;
    let mut longer: Value = serde_json::from_str(log).expect("JSON");
    longer["max_age"] = json!(longer["max_age"].as_u64().expect("nanoseconds") * 2);
    let answer = wire.ask("$JS.API.STREAM.UPDATE.LOG", &longer.to_string()).await;
    assert_eq!(answer["error"], Value::Null);

    let refused = campusg(&["streams", "apply"], &broker);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("refused") && said.contains("max_age"), "{said}");
    let there = wire.ask("$JS.API.STREAM.INFO.LOG", "").await;
    assert_eq!(there["config"]["max_age"], longer["max_age"], "nothing was changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_listens_to_something_else_once_it_has_handled_everything() {
    let data = tempfile::tempdir().expect("a directory");
    let broker = start_broker(&data).await;
    assert!(campusg(&["streams", "apply"], &broker).status.success());
    let mut wire = Wire::connect(&broker.url()).await;
    // As a release left it whose subjects were others.
    let declared = &checked_in("consumer").into_iter().find(|(name, _)| name == "orders-0").expect("orders-0").1;
    let mut older: Value = serde_json::from_str(declared).expect("JSON");
    older["filter_subjects"] = json!(["orders.*.*.ord_1.*"]);
    let request = json!({ "stream_name": "LOG", "config": older, "action": "update" }).to_string();
    let update = async |wire: &mut Wire| wire.ask("$JS.API.CONSUMER.CREATE.LOG.orders-0", &request).await;
    assert_eq!(update(&mut wire).await["error"], Value::Null);
    assert_eq!(diff(&broker).await.iter().map(|difference| difference.destructive).collect::<Vec<_>>(), [false]);
    assert!(campusg(&["streams", "apply"], &broker).status.success());
    assert_eq!(diff(&broker).await, []);

    // The same with something that nobody has handled yet.
    assert_eq!(update(&mut wire).await["error"], Value::Null);
    wire.ask("orders.placed.v1.ord_1.0", "{}").await;
    let refused = campusg(&["streams", "apply"], &broker);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("consumer orders-0: filter_subjects"), "{said}");
}

/// Fields that hold what people typed, or who they are: intents may, because somebody has to say it; events need not.
const PERSONAL: &[&str] = &[
    "name",
    "email",
    "phone",
    "room",
    "building",
    "note",
    "text",
    "comment",
    "message",
    "pin",
    "url",
    "deliver_to",
    "last4",
    "brand",
    "address",
];
/// And yet: one sentence of Stripe's about a payment, which says nothing about the person.
const IMPERSONAL: &[&str] = &["message"];

#[test]
fn b27_no_event_carries_personal_data() {
    fn properties(schema: &Value, found: &mut Vec<String>) {
        match schema {
            Value::Object(fields) => {
                if let Some(Value::Object(named)) = fields.get("properties") {
                    found.extend(named.keys().cloned());
                }
                fields.values().for_each(|value| properties(value, found));
            }
            Value::Array(items) => items.iter().for_each(|item| properties(item, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    for entry in catalogue::all().iter().filter(|entry| entry.kind == contracts::Kind::Event) {
        let mut found = Vec::new();
        properties(entry.schema.as_value(), &mut found);
        found.retain(|name| PERSONAL.contains(&name.as_str()) && !IMPERSONAL.contains(&name.as_str()));
        assert!(found.is_empty(), "{} carries {found:?}", entry.file_stem());
    }
}
