//! One process of the installation, and signals to processes.

use std::fs::File;
use std::path::Path;
use std::process::{ExitStatus, Stdio};

use anyhow::Context as _;
use tokio::process::{Child, Command};

/// This program, serving one part. Dropping it kills it; it does not outlive us either.
pub(crate) struct Process {
    child: Child,
    pid: u32,
    _lifeline: Child,
}

impl Process {
    /// `campusg <arguments>` with these settings, `("nats.url", …)`, whose output goes to the end of `log`.
    pub(crate) fn start(arguments: &[&str], settings: &[(String, String)], log: &Path) -> anyhow::Result<Self> {
        let log = File::options().create(true).append(true).open(log)?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(arguments).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        for (name, value) in settings {
            command.env(format!("CAMPUSG_{}", name.to_uppercase().replace('.', "__")), value);
        }
        // Ctrl-C is for us; we end the others.
        let child = command.process_group(0).kill_on_drop(true).spawn().context("this program again")?;
        let pid = child.id().context("it ended at once")?;
        Ok(Self { child, pid, _lifeline: lifeline(&format!("kill -KILL {pid}"))? })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// How it ended, if it did so without being asked.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Ends it at once.
    pub(crate) async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }
}

/// A shell that runs this once we are gone, however that happens: it waits for the other end of a pipe to close.
pub(crate) fn lifeline(last: &str) -> anyhow::Result<Child> {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("read -r _; {last}")]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(command.process_group(0).kill_on_drop(true).spawn()?)
}

/// Sends a signal; to whom it cannot be sent has ended.
pub(crate) async fn signal(signal: &str, pids: &[u32]) -> anyhow::Result<()> {
    let mut command = Command::new("sh");
    command.args(["-c", "kill \"$@\" 2>/dev/null; true", "sh", &format!("-{signal}")]);
    command.args(pids.iter().map(u32::to_string)).stdin(Stdio::null());
    command.status().await.context("a shell")?;
    Ok(())
}
