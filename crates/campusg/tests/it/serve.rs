//! `campusg serve` runs some of the parts, and `campusg doctor` says which are missing.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use chassis::broker::Broker;

use crate::contracts::start_broker;
use crate::up::signal;

fn campusg(broker: &Broker, data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_campusg"));
    command.env("CAMPUSG_NATS__URL", broker.url()).env("CAMPUSG_PLATFORM__DATA", data);
    command.env("CAMPUSG_SEAL__KEY", "5".repeat(64)).env("CAMPUSG_STRIPE__SANDBOX_LISTEN", "127.0.0.1:0");
    command.stdin(Stdio::null()).stderr(Stdio::null());
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn some_parts_are_served_and_the_doctor_misses_the_others() {
    let dir = tempfile::tempdir().expect("a directory");
    let broker = start_broker(&dir).await;
    let doctor = || {
        let output = campusg(&broker, dir.path()).arg("doctor").output().expect("campusg");
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (well, said) = doctor();
    assert!(!well && said.contains("stream LOG is missing") && said.contains("database of orders cannot"), "{said}");

    let mut served = campusg(&broker, dir.path());
    served.args(["serve", "orders", "timers", "users", "stripe-sandbox"]).stdout(Stdio::piped());
    let mut served = served.spawn().expect("campusg");
    let mut lines = BufReader::new(served.stdout.take().expect("its output")).lines();
    let mut next = || lines.next().expect("a line").expect("text");
    assert_eq!([next(), next(), next()], ["orders is ready", "timers is ready", "users is ready"]);
    assert!(next().starts_with("stripe-sandbox is ready at http://127.0.0.1:"));

    let applied = campusg(&broker, dir.path()).args(["streams", "apply"]).output().expect("campusg");
    assert!(applied.status.success(), "{applied:?}");
    let (well, said) = doctor();
    assert!(!well && said.contains("nobody reads 4 consumers of payments"), "{said}");
    assert!(!said.contains("consumers of orders") && said.contains("the database of orders can be reached"), "{said}");

    assert!(signal("TERM", served.id()));
    assert_eq!(next(), "stopped, nothing lost");
    assert!(served.wait().expect("an end").success());
}

#[test]
fn what_nobody_knows_is_not_served() {
    let output = Command::new(env!("CARGO_BIN_EXE_campusg")).args(["serve", "ordres"]).output().expect("campusg");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && said.contains("there is no ordres; there are notifications, orders, payments"),
        "{said}"
    );
}
