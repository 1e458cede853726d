//! `campusg chaos`: parts of the platform are killed, paused and cut off, Stripe fails, and nothing is lost or done twice.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Half of the kinds of faults there are; which of them follows from the seed.
const FAULTS: &str = "13";

fn chaos(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_campusg"));
    command.arg("chaos").args(arguments).stdin(Stdio::null());
    command.output().expect("campusg")
}

/// With PostgreSQL if it is known where its programs are: `cargo xtask test` says so.
#[test]
fn nothing_is_lost_and_nothing_happens_twice_while_everything_breaks() {
    let scratch = tempfile::tempdir().expect("a directory");
    let directory = scratch.path().to_str().expect("a path");
    let output = chaos(&[
        "--orders",
        "40",
        "--faults",
        FAULTS,
        "--seed",
        "11",
        "--people",
        "12",
        "--json",
        "--scratch",
        directory,
    ]);
    let said = String::from_utf8_lossy(&output.stderr);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{said}"));
    assert!(output.status.success(), "{report:#}\n{said}");
    assert_eq!((&report["good"], &report["people"]["placed"]), (&true.into(), &40.into()));
    assert_eq!(report["faults"]["done"], report["faults"]["planned"]);
    let kinds = report["recovery"].as_object().expect("kinds");
    assert!(kinds.len() >= 10 && kinds.values().all(|kind| kind["count"].as_u64() > Some(0)), "{kinds:?}");
    assert!(report["messages"].as_u64() > Some(40 * 10) && report["stripe_calls"].as_u64() > Some(40));
    assert_eq!(scratch.path().read_dir().expect("a directory").count(), 0, "nothing is left behind");
}

#[test]
fn a_plan_follows_from_its_seed_and_is_shown_without_being_carried_out() {
    let plan = |seed| {
        let output = chaos(&["--orders", "5000", "--faults", "200", "--seed", seed, "--database", "sqlite", "--plan"]);
        assert!(output.status.success());
        String::from_utf8(output.stdout).expect("text")
    };
    assert_eq!(plan("7"), plan("7"));
    assert_ne!(plan("7"), plan("8"));
    assert_eq!(plan("7").lines().count(), 200);
}

#[test]
fn what_cannot_be_done_is_refused() {
    assert_eq!(chaos(&["--orders", "0"]).status.code(), Some(2));
    let mut command = Command::new(env!("CARGO_BIN_EXE_campusg"));
    command.args(["chaos", "--database", "postgres"]).env("CAMPUSG_POSTGRES__BIN", PathBuf::new());
    let output = command.output().expect("campusg");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("does not say where PostgreSQL's programs are"), "{said}");
}
