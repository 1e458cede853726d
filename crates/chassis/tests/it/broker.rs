//! A broker of one's own: starts, survives what it must, says clearly what is wrong. Needs a nats-server
//! (`CAMPUSG_NATS__SERVER` or the PATH; `cargo xtask test` sets it).

use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use chassis::broker::{self, Broker, Flush};
use chassis::{Bus, Clock, Config, config, streams};

fn program() -> PathBuf {
    broker::find(&std::env::var("CAMPUSG_NATS__SERVER").unwrap_or_default()).expect("a nats-server; see `cargo xtask`")
}

async fn start(data: &tempfile::TempDir) -> Broker {
    Broker::start(&program(), data.path(), 0, Flush::Always).await.expect("a broker")
}

async fn connect(broker: &Broker) -> Bus {
    let config = Config::defaults().with("nats.url", broker.url());
    Bus::connect(&config.section("nats").expect("settings"), "test", Clock::system()).await.expect("a connection")
}

fn dispatcher() -> config::Dispatcher {
    Config::defaults().section("dispatcher").expect("settings")
}

#[tokio::test]
async fn what_is_stored_survives_a_kill_and_a_stop() {
    let data = tempfile::tempdir().expect("a directory");
    let mut broker = start(&data).await;
    let url = broker.url();
    streams::apply(&connect(&broker).await, &[], &dispatcher()).await.expect("applied");

    broker.kill().await.expect("killed");
    assert_eq!(broker.pid(), None);
    broker.restart().await.expect("again");
    assert_eq!(broker.url(), url, "the port is kept");
    assert_eq!(streams::diff(&connect(&broker).await, &[], &dispatcher()).await.expect("a diff"), []);

    let before = broker.pid();
    broker.restart().await.expect("once more");
    assert_ne!(broker.pid(), before);
    assert_eq!(streams::diff(&connect(&broker).await, &[], &dispatcher()).await.expect("a diff"), []);
    broker.stop().await.expect("stopped");
}

#[tokio::test]
async fn who_waits_for_its_end_is_told() {
    let data = tempfile::tempdir().expect("a directory");
    let mut broker = start(&data).await;
    let pid = broker.pid().expect("it runs").to_string();
    let killed = std::process::Command::new("sh").args(["-c", "kill -KILL \"$0\"", &pid]).status();
    assert!(killed.expect("a shell").success());
    let ended = tokio::time::timeout(Duration::from_secs(5), broker.ended()).await.expect("soon");
    assert!(!ended.expect("a status").success());
}

#[tokio::test]
async fn a_directory_has_one_broker() {
    let data = tempfile::tempdir().expect("a directory");
    let broker = start(&data).await;
    let error = Broker::start(&program(), data.path(), 0, Flush::Always).await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::ResourceBusy, "{error}");
    drop(broker);
    start(&data).await;
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let data = tempfile::tempdir().expect("a directory");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let error = Broker::start(&program(), data.path(), port, Flush::Always).await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::AddrInUse, "{error}");
    assert!(error.to_string().contains(&port.to_string()), "{error}");
}

#[tokio::test]
async fn a_server_that_cannot_start_shows_the_end_of_its_log() {
    let data = tempfile::tempdir().expect("a directory");
    // Where its streams would be there is a file.
    std::fs::write(data.path().join("jetstream"), "").expect("a file");
    let error = Broker::start(&program(), data.path(), 0, Flush::Always).await.expect_err("refused").to_string();
    assert!(error.contains("nats-server ended") && error.contains("JetStream"), "{error}");
}

#[tokio::test]
async fn what_is_no_nats_server_is_refused() {
    let data = tempfile::tempdir().expect("a directory");
    let error = Broker::start("cargo".as_ref(), data.path(), 0, Flush::Always).await.expect_err("refused");
    assert!(error.to_string().contains("cargo is no nats-server"), "{error}");
    assert!(broker::find("/no/such/program").is_err());
}
