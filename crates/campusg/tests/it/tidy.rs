//! The tree is as `architecture.md` 4 draws it: who may depend on whom, and what every source file looks like.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use campusg::registry::{Kind, PARTS};
use serde_json::Value;

/// Somebody else's crates, and the only ones of ours that may use them.
const EDGES: &[(&str, &[&str])] =
    &[("async-nats", &["chassis"]), ("poem", &["gateway", "stripe-sandbox"]), ("poem-openapi", &["gateway"])];
/// Only payments talks to Stripe; the sandbox is tested with the real client.
const STRIPE: &str = "async-stripe";
/// They have no database.
const WITHOUT_DATABASE: &[&str] = &["contracts", "gateway", "timers", "stripe-sandbox", "campusg", "xtask"];

/// What one crate of ours says about another crate.
struct Edge {
    from: String,
    to: String,
    is_dev: bool,
}

impl std::fmt::Display for Edge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} depends on {}{}", self.from, self.to, if self.is_dev { " (for its tests)" } else { "" })
    }
}

/// Every dependency of every crate of ours.
fn edges() -> Vec<Edge> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(cargo);
    command.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let metadata = command.output().expect("cargo").stdout;
    let metadata: Value = serde_json::from_slice(&metadata).expect("metadata");
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut edges = Vec::new();
    for package in metadata["packages"].as_array().expect("packages") {
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let (from, to) = (text(&package["name"]).expect("a name"), text(&dependency["name"]).expect("a name"));
            edges.push(Edge { from, to, is_dev: dependency["kind"] == "dev" });
        }
    }
    assert!(
        edges.iter().any(|edge| edge.from == "chassis" && edge.to == "async-nats"),
        "the metadata is not read right"
    );
    edges
}

#[track_caller]
fn check_none(wrong: impl Fn(&Edge) -> bool) {
    let wrong: Vec<String> = edges().iter().filter(|edge| wrong(edge)).map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn services() -> Vec<&'static str> {
    PARTS.iter().filter(|part| matches!(part.kind, Kind::Service(_))).map(|part| part.name).collect()
}

#[test]
fn the_broker_and_http_stay_where_they_belong() {
    check_none(|edge| EDGES.iter().any(|(to, may)| edge.to == *to && !may.contains(&edge.from.as_str())));
}

#[test]
fn only_payments_talks_to_stripe() {
    let may = |edge: &Edge| edge.from == "payments" || (edge.from == "stripe-sandbox" && edge.is_dev);
    check_none(|edge| edge.to.starts_with(STRIPE) && !may(edge));
}

#[test]
fn what_has_no_state_has_no_database() {
    // The binary's tests have a service of their own: what a new one costs.
    let is_a_tests_own = |edge: &Edge| edge.from == "campusg" && edge.is_dev;
    let has_none = |edge: &Edge| WITHOUT_DATABASE.contains(&edge.from.as_str()) && !is_a_tests_own(edge);
    check_none(|edge| edge.to.starts_with("sea-orm") && has_none(edge));
}

#[test]
fn services_know_each_other_by_their_messages_only() {
    let services = services();
    assert!(services.contains(&"orders"));
    check_none(|edge| services.contains(&edge.from.as_str()) && services.contains(&edge.to.as_str()));
}

#[test]
fn arrows_point_downward() {
    let above_contracts = ["chassis", "gateway", "campusg", "testkit", "stripe-sandbox"];
    let above_chassis = ["gateway", "campusg", "stripe-sandbox"];
    let services = services();
    check_none(|edge| {
        let to = edge.to.as_str();
        let is_service = services.contains(&edge.from.as_str());
        !edge.is_dev
            && match edge.from.as_str() {
                "contracts" => above_contracts.contains(&to) || services.contains(&to),
                "chassis" => above_chassis.contains(&to) || services.contains(&to),
                "gateway" => ["campusg", "stripe-sandbox"].contains(&to) || services.contains(&to),
                _ => is_service && above_chassis.contains(&to),
            }
    });
}

#[test]
fn the_testkit_is_for_tests() {
    // The museum is a test from end to end, and shows itself with a program.
    check_none(|edge| edge.to == "testkit" && !edge.is_dev && edge.from != "museum");
}

/// Every Rust source of ours.
pub(crate) fn sources() -> Vec<(PathBuf, String)> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut directories = vec![crates];
    let mut sources = Vec::new();
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source");
                sources.push((path, text));
            }
        }
    }
    assert!(sources.len() > 50, "the sources are not found");
    sources
}

#[track_caller]
fn check_no_source(wrong: impl Fn(&str) -> bool, what: &str) {
    let wrong: Vec<_> = sources().into_iter().filter(|(_, text)| wrong(text)).map(|(path, _)| path).collect();
    assert!(wrong.is_empty(), "{what}: {wrong:#?}");
}

#[test]
fn every_source_says_first_what_it_is_for() {
    check_no_source(|text| !text.starts_with("//! "), "the first line is no `//!`");
}

/// Sources in which a fraction is no money: seconds of a token, figures of the benchmark and of the simulation; and the museum,
/// which shows what comes of it.
const FRACTIONS: &[&str] = &[
    "gateway/src/keys.rs",
    "gateway/src/spans.rs",
    "gateway/src/tokens.rs",
    "campusg/src/bench",
    "campusg/src/figures.rs",
    "campusg/src/simulate",
    "chassis/src/limits.rs",
    "chassis/src/tally.rs",
    "museum/src/exhibits.rs",
];

#[test]
fn b20_no_money_is_a_float() {
    let float = ["f32", "f64"];
    let is_float = |word: &str| float.contains(&word);
    let wrong: Vec<_> = sources()
        .into_iter()
        .filter(|(path, _)| !FRACTIONS.iter().any(|known| path.to_string_lossy().contains(known)))
        .filter(|(path, _)| !path.ends_with("tidy.rs"))
        .filter(|(_, text)| text.split(|c: char| !c.is_alphanumeric() && c != '_').any(is_float))
        .map(|(path, _)| path)
        .collect();
    assert!(wrong.is_empty(), "floats: {wrong:#?}");
}

#[test]
fn nothing_is_left_half_done() {
    let macros = ["todo", "unimplemented", "dbg"].map(|name| format!("{name}!("));
    check_no_source(|text| macros.iter().any(|call| text.contains(call)), "something is left to do");
}
