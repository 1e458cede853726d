//! `campusg bench timers`, `growth` and `reads`, shortly: whether they measure, not what.

use std::process::{Command, Stdio};

use serde_json::Value;

/// Runs one kind; returns its report, and leaves nothing behind.
#[track_caller]
fn bench(arguments: &[&str]) -> Value {
    let scratch = tempfile::tempdir().expect("a directory");
    let mut command = Command::new(env!("CARGO_BIN_EXE_campusg"));
    command.arg("bench").args(arguments).args(["--sync", "2m", "--json", "--scratch"]).arg(scratch.path());
    let output = command.stdin(Stdio::null()).output().expect("campusg");
    let said = String::from_utf8_lossy(&output.stderr);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{said}"));
    assert!(output.status.success() && report["good"] == true, "{report:#}\n{said}");
    assert_eq!(scratch.path().read_dir().expect("a directory").count(), 0, "nothing is left behind");
    report
}

#[test]
fn no_deadline_is_early_lost_or_there_twice_though_the_broker_is_killed() {
    let report = bench(&["timers", "--count", "400", "--over", "2s", "--kill-broker"]);
    for half in ["in_peace", "broker_killed"] {
        let half = &report["halves"][half];
        assert_eq!(
            [&half["fired"], &half["early"], &half["lost"], &half["twice"]],
            [400, 0, 0, 0].map(Value::from).each_ref()
        );
        assert!(
            half["lateness_p99_ms"].as_f64() > Some(0.0) && half["broker_peak_mb"].as_f64() > Some(1.0),
            "{half:#}"
        );
    }
    assert_eq!(report["halves"]["broker_killed"]["broker_away_s"].as_array().map(Vec::len), Some(2));
}

#[test]
fn reads_are_answered_and_streams_miss_nothing_while_orders_flow() {
    let small =
        ["--during", "1s", "--history", "8", "--offers", "2", "--crowd", "2", "--readers", "4", "--streams", "40"];
    let report = bench(&[["reads", "--sqlite", "--listening", "10"].as_slice(), &small].concat());
    let reads = report["reads"].as_array().expect("reads");
    assert_eq!(reads.len(), 3);
    assert!(reads.iter().all(|reads| reads["read"].as_u64() > Some(0) && reads["failed"] == 0), "{reads:#?}");
    let streams = &report["streams"];
    assert_eq!((&streams["open"], &streams["missed"], &streams["broken"]), (&40.into(), &0.into(), &0.into()));
    assert!(streams["own_orders_ms"]["heard"].as_u64() > Some(0) && streams["offers_ms"]["heard"].as_u64() > Some(0));
}

#[test]
fn a_platform_with_a_past_carries_orders_as_one_without() {
    let past = ["--journal", "3000", "--orders", "500", "--messages", "700"];
    let load = ["--load", "8", "--turns", "1", "--patterns", "6", "--crowd", "2", "--concurrency", "4"];
    let report = bench(&[["growth", "--sqlite"].as_slice(), &past, &load].concat());
    assert_eq!(report["turns"].as_array().map(Vec::len), Some(2));
    let [empty, full] = ["empty", "full"].map(|side| report["log"][side].as_u64().expect("a number"));
    assert!(full >= empty + 600, "{report:#}");
    assert!(report["figures"]["orders_per_second"]["ratio"].as_f64() > Some(0.0));
}
