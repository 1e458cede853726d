//! `campusg up` comes up, says so in one line, survives its broker, stops in order, and continues where it was.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// A running `campusg up --json`, killed when it is dropped.
struct Up {
    child: Child,
    output: BufReader<ChildStdout>,
    log: PathBuf,
    ready: Value,
}

impl Drop for Up {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Up {
    #[track_caller]
    fn start(data: &Path) -> Self {
        let log = data.with_extension("log");
        let mut child = command(data, "0").stderr(File::create(&log).expect("a log")).spawn().expect("campusg");
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        output.read_line(&mut line).expect("its output");
        let said = fs::read_to_string(&log).unwrap_or_default();
        let ready = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}\n{said}"));
        Self { child, output, log, ready }
    }

    fn at(&self, name: &str) -> &str {
        self.ready[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", self.ready))
    }

    /// Sends SIGTERM; returns how it ended, the rest of its output and its log.
    fn terminate(mut self) -> (ExitStatus, String, String) {
        signal("TERM", self.child.id());
        let status = self.child.wait().expect("an end");
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).expect("its output");
        (status, rest, fs::read_to_string(&self.log).expect("a log"))
    }
}

fn command(data: &Path, port: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_campusg"));
    command.args(["up", "--json", "--sync", "2m", "--port", port, "--data"]).arg(data);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub(crate) fn signal(signal: &str, pid: u32) -> bool {
    let sent = Command::new("sh").args(["-c", "kill -\"$0\" \"$1\" 2>/dev/null", signal, &pid.to_string()]).status();
    sent.expect("a shell").success()
}

fn nats_pid(data: &Path) -> Option<u32> {
    fs::read_to_string(data.join("nats/nats-server.pid")).ok()?.trim().parse().ok()
}

#[track_caller]
fn eventually(what: &str, mut is: impl FnMut() -> bool) {
    let give_up = Instant::now() + Duration::from_secs(60);
    while !is() {
        assert!(Instant::now() < give_up, "{what} has not happened");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[track_caller]
fn check_refused(mut command: Command, expected: &str) {
    let output = command.output().expect("campusg");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains(expected), "{said}");
    assert!(output.stdout.is_empty());
}

/// Whether the gateway says that it is ready.
fn is_ready(url: &str) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let answer = runtime.block_on(reqwest::get(format!("{url}/readyz")));
    answer.is_ok_and(|answer| answer.status().is_success())
}

#[test]
fn up_comes_up_survives_its_broker_and_continues_where_it_was() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("data");
    let up = Up::start(&data);
    assert_eq!(up.ready["ready"], true);
    assert!(up.at("nats").starts_with("nats://127.0.0.1:") && up.at("stripe").starts_with("http://127.0.0.1:"));
    assert_eq!(Path::new(up.at("data")), data.canonicalize().expect("a directory"));
    assert!(is_ready(up.at("url")));
    let key = fs::read_to_string(data.join("seal.key")).expect("a key");
    assert_eq!(fs::metadata(data.join("seal.key")).expect("a key").permissions().mode() & 0o777, 0o600);

    check_refused(command(&data, "0"), "is used by another `campusg up`");
    let port = up.at("url").rsplit(':').next().expect("a port");
    check_refused(command(&dir.path().join("other"), port), "is used by another program");

    let killed = nats_pid(&data).expect("a broker");
    assert!(signal("KILL", killed));
    eventually("a new broker", || nats_pid(&data).is_some_and(|pid| pid != killed));
    eventually("the gateway's return", || is_ready(up.at("url")));

    let broker = nats_pid(&data).expect("a broker");
    let (status, rest, log) = up.terminate();
    assert!(status.success() && log.contains("stopped, nothing lost"), "{status}\n{log}");
    assert_eq!(rest, "", "one line is all that goes to standard output");
    assert!(!signal("0", broker), "the broker is gone");

    let again = Up::start(&data);
    assert_eq!(fs::read_to_string(data.join("seal.key")).expect("a key"), key);
    drop(again);
}

#[test]
fn up_leaves_nothing_behind_when_it_is_killed() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("data");
    let mut up = Up::start(&data);
    let broker = nats_pid(&data).expect("a broker");
    assert!(signal("0", broker));
    up.child.kill().expect("killed");
    up.child.wait().expect("an end");
    // At once, so that the next one meets what the killed one left behind.
    drop(Up::start(&data));
    eventually("the end of the broker", || !signal("0", broker));
}
