//! `campusg simulate` tells every story on a platform of its own, and accounts for every order and every cent.

use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn simulate(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_campusg"));
    command.arg("simulate").args(arguments).stdin(Stdio::null());
    command.output().expect("campusg")
}

#[test]
fn every_story_ends_as_it_is_meant_to_and_every_cent_is_accounted_for() {
    let scratch = tempfile::tempdir().expect("a directory");
    let directory = scratch.path().to_str().expect("a path");
    let output = simulate(&["--orders", "60", "--seed", "7", "--json", "--scratch", directory]);
    let said = String::from_utf8_lossy(&output.stderr);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{said}"));
    assert!(output.status.success(), "{report:#}\n{said}");
    assert_eq!((&report["good"], &report["placed"]), (&true.into(), &60.into()));
    for story in report["stories"].as_array().expect("stories") {
        let as_meant = story["as_meant"].as_u64().expect("a number");
        assert!(as_meant > 0 && story["run"] == as_meant, "{story:#}");
    }
    let books = &report["books"];
    assert_eq!((&books["compared"], &books["different"]), (&60.into(), &Value::Array(vec![])));
    let money = |name: &str| report["money"][name].as_i64().expect("cents");
    assert!(money("captured_cents") > 0 && money("refunded_cents") > 0 && money("reversed_cents") > 0);
    assert_eq!((money("still_held_cents"), &report["parked"]), (0, &0.into()));
    let left = scratch.path().read_dir().expect("a directory").count();
    assert_eq!(left, 0, "nothing is left behind");
}

#[test]
fn a_platform_that_is_not_there_is_told_in_words() {
    let output = simulate(&["--url", "http://127.0.0.1:1", "--orders", "1"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("no CampusG answers at http://127.0.0.1:1"), "{said}");
}

#[test]
fn bad_arguments_are_refused() {
    for bad in [["--rate", "0"], ["--orders", "0"], ["--stripe", "http://127.0.0.1:1"]] {
        assert_eq!(simulate(&bad).status.code(), Some(2), "{bad:?}");
    }
}
