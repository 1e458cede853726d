//! `campusg bench` carries orders through a platform of its own and says what that took. How fast it went is nobody's business
//! here.

use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn bench(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_campusg"));
    command.arg("bench").args(arguments).stdin(Stdio::null()).env_remove("CAMPUSG_POSTGRES__BIN");
    command.output().expect("campusg")
}

/// Every figure of a phase.
#[track_caller]
fn has_latencies(phase: &Value) {
    for wait in ["place", "accept", "deliver"] {
        for figure in ["p50", "p90", "p99", "max"] {
            assert!(phase[wait][figure].as_f64().is_some_and(|ms| ms > 0.0), "{wait}.{figure} in {phase:#}");
        }
    }
}

#[track_caller]
fn has_figures(report: &Value, figures: &[&str]) {
    for name in figures {
        let figure = name.split('.').fold(report, |value, part| &value[part]);
        assert!(figure.as_f64().is_some(), "{name} in {report:#}");
    }
}

#[track_caller]
fn is_good(output: &Output, via: &str) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{said}"));
    assert!(output.status.success(), "{report:#}\n{said}");
    assert_eq!((&report["good"], &report["via"], &report["database"]), (&true.into(), &via.into(), &"SQLite".into()));
    let failures = report["failures"].as_object().expect("phases");
    assert!(failures.values().all(|phase| phase.as_object().is_some_and(serde_json::Map::is_empty)), "{report:#}");
    let orders_of = |phase: &Value| phase["orders"].as_u64().expect("a number");
    let open: u64 = report["latency_ms"]["open"].as_object().expect("shares").values().map(orders_of).sum();
    // Five alone, forty at the maximum, and those that came in the open loop.
    assert_eq!(report["completed"], 45 + open);
    let audited = [&report["audit"]["books"], &report["audit"]["orders"]];
    assert_eq!(audited, [&report["completed"]; 2]);
    report
}

#[test]
fn every_order_is_completed_and_every_figure_is_told() {
    let scratch = tempfile::tempdir().expect("a directory");
    let directory = scratch.path().to_str().expect("a path");
    let output = bench(&["--quick", "--sqlite", "--json", "--scratch", directory]);
    let report = is_good(&output, "http");
    let latencies = &report["latency_ms"];
    has_latencies(&latencies["alone"]);
    has_latencies(&latencies["maximum"]);
    for share in ["25", "50", "80"] {
        has_latencies(&latencies["open"][share]);
    }
    has_figures(
        &report,
        &[
            "orders_per_second",
            "per_order.messages",
            "per_order.disk_flushes",
            "cpu_seconds_per_1000_orders.platform",
            "cpu_seconds_per_1000_orders.nats_server",
            "cpu_seconds_per_1000_orders.all_but_the_load",
            "cpu_seconds_per_1000_orders.load_generator",
            "peak_mb.platform",
            "peak_mb.nats_server",
            "peak_mb.load_generator",
            "idle.mb.platform",
            "idle.cpu_percent.platform",
            "limits.flushes.per_second",
            "limits.publishes_one_by_one.used",
            "limits.publishes_pipelined.used",
            "limits.commits.orders",
            "place_alone_in_flushes",
        ],
    );
    assert_eq!(report["payments"], "recorded in the platform's process");
    let left = scratch.path().read_dir().expect("a directory").count();
    assert_eq!(left, 0, "nothing is left behind");
}

#[test]
fn integrators_carry_the_same_orders_and_an_earlier_run_is_compared() {
    let scratch = tempfile::tempdir().expect("a directory");
    let earlier = scratch.path().join("earlier.json");
    std::fs::write(&earlier, r#"{ "orders": 80, "per_order": { "messages": 1.0 } }"#).expect("a file");
    let earlier = earlier.to_str().expect("a path");
    let output = bench(&["--quick", "--sqlite", "--via", "nats", "--json", "--compare", earlier]);
    let report = is_good(&output, "nats");
    assert_eq!(report["compared"]["orders"], 0.5);
    assert_eq!(report["compared"]["per_order.messages"], report["per_order"]["messages"]);
}

#[test]
fn without_a_postgresql_it_says_what_to_do() {
    let output = bench(&["--quick"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("CAMPUSG_POSTGRES__BIN") && said.contains("--sqlite"), "{said}");
}

#[test]
fn bad_arguments_are_refused() {
    for bad in [
        ["--quick", "--orders", "5"],
        ["--sqlite", "--database", "postgres://h/{service}"],
        ["--orders", "0", "--json"],
    ] {
        assert_eq!(bench(&bad).status.code(), Some(2), "{bad:?}");
    }
}

/// Only with PostgreSQL: replicas share a database. `cargo xtask test` says where its programs are.
#[test]
fn replicas_and_brokers_share_the_work_and_lose_nothing() {
    if std::env::var_os("CAMPUSG_POSTGRES__BIN").is_none_or(|bin| bin.is_empty()) {
        eprintln!("left out: CAMPUSG_POSTGRES__BIN is not set");
        return;
    }
    let scratch = tempfile::tempdir().expect("a directory");
    let sizes = ["--replicas", "1,2", "--brokers", "1,3", "--orders", "16", "--concurrency", "4", "--crowd", "4"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_campusg"));
    command.args(["bench", "scale", "--json", "--scratch"]).arg(scratch.path()).args(sizes).stdin(Stdio::null());
    let output = command.output().expect("campusg");
    let said = String::from_utf8_lossy(&output.stderr);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{said}"));
    assert!(output.status.success() && report["good"] == true, "{report:#}\n{said}");
    let installations = report["installations"].as_array().expect("installations");
    let sizes: Vec<_> =
        installations.iter().map(|one| [&one["brokers"], &one["replicas"]].map(Value::as_u64)).collect();
    assert_eq!(sizes, [[1, 1], [1, 2], [3, 1], [3, 2]].map(|size| size.map(Some)));
    for one in installations {
        // Two were carried before, uncounted.
        assert_eq!([&one["completed"], &one["audited"], &one["partitions"]].map(Value::as_u64), [16, 18, 4].map(Some));
        has_figures(
            one,
            &[
                "orders_per_second",
                "place_p50_ms",
                "cpu_seconds_per_1000_orders.services",
                "cpu_seconds_per_1000_orders.gateway",
                "cpu_seconds_per_1000_orders.nats_server",
                "cpu_seconds_per_1000_orders.postgres",
                "cpu_seconds_per_1000_orders_by_part.payments",
                "per_order.messages",
                "per_order.log_bytes",
                "per_order.wal_bytes",
                "per_order.database_bytes.orders.journal",
            ],
        );
    }
    assert_eq!(scratch.path().read_dir().expect("a directory").count(), 0, "nothing is left behind");
}

#[test]
fn what_cannot_be_scaled_is_refused() {
    let output = bench(&["scale"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("CAMPUSG_POSTGRES__BIN"), "{said}");
    for bad in [["--brokers", "2"], ["--replicas", "0"], ["--orders", "0"]] {
        assert_eq!(bench(&[["scale"].as_slice(), &bad].concat()).status.code(), Some(2), "{bad:?}");
    }
}
