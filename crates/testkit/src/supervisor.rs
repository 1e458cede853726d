//! Starts a part's process again whenever it has died of `abort`, as systemd or Kubernetes would.

use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::world::terminate;

/// What `abort` ends a process with.
const SIGABRT: i32 = 6;
/// What a part says on its standard output when it is at work.
const READY: &str = " is ready";

/// What a part's process is about.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Health {
    Starting,
    Ready,
    /// It ended otherwise than it may, with this.
    Failed(String),
}

/// How it is to end.
enum Ending {
    Soft,
    Kill,
}

/// Looks after one part.
pub(crate) struct Supervisor {
    name: &'static str,
    health: watch::Receiver<Health>,
    end: mpsc::Sender<Ending>,
    task: JoinHandle<()>,
}

impl Supervisor {
    /// Starts the part by this command, and counts its deaths.
    pub(crate) fn start(name: &'static str, mut command: Command, deaths: Arc<AtomicU64>) -> Self {
        command.stdout(Stdio::piped());
        let (tell, health) = watch::channel(Health::Starting);
        let (end, endings) = mpsc::channel(1);
        let task = tokio::spawn(look_after(name, command, deaths, tell, endings));
        Self { name, health, end, task }
    }

    /// Whom it looks after.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// What is to be waited for before the part is at work.
    ///
    /// Panics when it ended otherwise than by `abort`.
    pub(crate) fn not_ready(&self) -> Option<String> {
        match &*self.health.borrow() {
            Health::Ready => None,
            Health::Starting => Some(format!("{} is being started", self.name)),
            Health::Failed(how) => panic!("{} ended: {how}", self.name),
        }
    }

    /// Has it stop softly.
    pub(crate) async fn stop(self) {
        self.finish(Ending::Soft).await;
    }

    /// Ends it with SIGKILL, for good.
    pub(crate) async fn kill(self) {
        self.finish(Ending::Kill).await;
    }

    async fn finish(self, ending: Ending) {
        // Nobody listens if it has failed already, which the task then says.
        drop(self.end.send(ending).await);
        self.task.await.unwrap_or_else(|error| panic!("{} could not be ended: {error}", self.name));
    }
}

async fn look_after(
    name: &'static str,
    mut command: Command,
    deaths: Arc<AtomicU64>,
    health: watch::Sender<Health>,
    mut endings: mpsc::Receiver<Ending>,
) {
    loop {
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let stdout = child.stdout.take().expect("a pipe");
        let listening = tokio::spawn(listen(stdout, health.clone()));
        let ended = tokio::select! {
            ended = child.wait() => ended.expect("a process"),
            ending = endings.recv() => return end(name, child, ending).await,
        };
        listening.abort();
        if ended.signal() != Some(SIGABRT) {
            health.send_replace(Health::Failed(ended.to_string()));
            return;
        }
        health.send_replace(Health::Starting);
        deaths.fetch_add(1, Ordering::Relaxed);
    }
}

/// Reads what it says for as long as it says anything, so that it is never kept waiting.
async fn listen(stdout: ChildStdout, health: watch::Sender<Health>) {
    let mut lines = BufReader::new(stdout).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if line.contains(READY) {
            health.send_replace(Health::Ready);
        }
    }
}

async fn end(name: &'static str, mut child: Child, ending: Option<Ending>) {
    match ending {
        Some(Ending::Soft) => terminate(name, child).await,
        Some(Ending::Kill) | None => child.kill().await.expect("a process to kill"),
    }
}
