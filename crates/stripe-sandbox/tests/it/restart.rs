//! What is kept over a restart, and over being killed.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use stripe_sandbox::{Options, Sandbox};

use crate::client::{Client, hold_form};

fn in_directory(directory: &Path) -> Options {
    Options { data: Some(directory.join("stripe")), ..Options::default() }
}

#[tokio::test]
async fn a_restart_keeps_objects_and_answers() {
    let directory = tempfile::tempdir().expect("a directory");
    let client = Client::with(in_directory(directory.path())).await;
    let (customer, method) = client.customer_with("pm_card_visa").await;
    let form = hold_form(&customer, &method, "1250");
    let before = client.post_with_key("k", "/v1/payment_intents", &form).await;
    let summary = client.summary().await;
    client.sandbox.stop().await;

    // Twice: the first start rewrites the file, the second reads what it wrote.
    for _ in 0..2 {
        let client = Client::with(in_directory(directory.path())).await;
        assert_eq!(client.summary().await, summary);
        let again = client.post_with_key("k", "/v1/payment_intents", &form).await;
        assert_eq!((again.replayed, &again.body), (true, &before.body));
        client.sandbox.stop().await;
    }
    let client = Client::with(in_directory(directory.path())).await;
    let captured = client.post(&format!("/v1/payment_intents/{}/capture", before.id()), &[]).await;
    assert_eq!(captured.body["status"], "succeeded");
}

#[tokio::test]
async fn a_restart_keeps_the_clock_the_deadlines_and_what_was_deleted() {
    let directory = tempfile::tempdir().expect("a directory");
    let client = Client::with(in_directory(directory.path())).await;
    let intent = client.hold("pm_card_visa", "1250").await.id();
    let customer = client.post("/v1/customers", &[]).await.id();
    client.delete(&format!("/v1/customers/{customer}")).await;
    client.advance_clock(7 * 24 * 60 * 60 - 60).await;
    let events = client.event_types().await;
    client.sandbox.stop().await;

    let client = Client::with(in_directory(directory.path())).await;
    assert_eq!(client.event_types().await, events);
    assert_eq!(client.get(&format!("/v1/customers/{customer}")).await.body["deleted"], true);
    assert_eq!(client.get(&format!("/v1/payment_intents/{intent}")).await.body["status"], "requires_capture");
    client.advance_clock(60).await;
    assert_eq!(client.get(&format!("/v1/payment_intents/{intent}")).await.body["status"], "canceled");
}

#[tokio::test]
async fn half_a_line_at_the_end_is_dropped() {
    let directory = tempfile::tempdir().expect("a directory");
    let client = Client::with(in_directory(directory.path())).await;
    let customer = client.post("/v1/customers", &[("name", "Ada")]).await.id();
    client.sandbox.stop().await;
    let path = directory.path().join("stripe/stripe.jsonl");
    let mut file = File::options().append(true).open(path).expect("the journal");
    file.write_all(br#"{"objects":[{"id":"cus_2","obj"#).expect("half a line");

    let client = Client::with(in_directory(directory.path())).await;
    assert_eq!(client.get(&format!("/v1/customers/{customer}")).await.body["name"], "Ada");
    assert_eq!(client.summary().await["customers"], 1);
}

#[tokio::test]
async fn a_directory_has_one_sandbox_at_a_time() {
    let directory = tempfile::tempdir().expect("a directory");
    let first = Sandbox::start(in_directory(directory.path())).await.expect("the sandbox starts");
    let second = Sandbox::start(in_directory(directory.path())).await.expect_err("a second one");
    assert_eq!(second.kind(), std::io::ErrorKind::ResourceBusy);
    first.stop().await;
    Sandbox::start(in_directory(directory.path())).await.expect("the sandbox starts");
}

const CHILD: &str = "STRIPE_SANDBOX_CHILD_DATA";

#[tokio::test]
async fn sigkill_loses_nothing_that_was_answered() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "restart::serve_until_killed", "--ignored", "--nocapture"])
        .env(CHILD, directory.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a child");
    let stdout = child.stdout.take().expect("its output");
    let url = BufReader::new(stdout)
        .lines()
        .find_map(|line| line.ok()?.split_once("listening on ").map(|(_, url)| url.to_owned()))
        .expect("its address");
    let http = reqwest::Client::new();
    for _ in 0..50 {
        let create = http.post(format!("{url}/v1/customers")).bearer_auth(stripe_sandbox::SECRET_KEY);
        assert_eq!(create.send().await.expect("an answer").status(), 200);
    }
    child.kill().expect("SIGKILL");
    child.wait().expect("its end");

    let client = Client::with(in_directory(directory.path())).await;
    assert_eq!(client.summary().await["customers"], 50);
}

/// Not a test: the process that the test above kills.
#[tokio::test]
#[ignore = "runs only as a child of the test above"]
async fn serve_until_killed() {
    let Some(directory) = std::env::var_os(CHILD) else { return };
    let sandbox = Sandbox::start(in_directory(Path::new(&directory))).await.expect("the sandbox starts");
    println!("listening on {}", sandbox.url());
    std::future::pending::<()>().await;
}
