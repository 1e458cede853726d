//! A platform of one's own: this program as `campusg up`, in a process of its own.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

/// How long it may take until it is ready.
const START: Duration = Duration::from_secs(120);
/// How long it may take to stop in order.
const STOP: Duration = Duration::from_secs(30);
const GLANCE: Duration = Duration::from_millis(20);
/// Lines of its log that an error shows.
const TAIL: usize = 15;

/// A platform that runs. Dropping it kills it, and its broker with it.
pub(crate) struct Platform {
    process: Child,
    /// A shell that ends the platform once its standard input is closed: when we ask for it, and when we are killed.
    lifeline: Child,
    pid: u32,
    broker: u32,
    url: String,
    nats: String,
    stripe: String,
    log: PathBuf,
    /// Bytes of its log from before it was ready, when being away is no news.
    said_before: usize,
}

impl Platform {
    /// Starts one that keeps everything in `data` and has these settings, `("stripe.url", …)`, and waits until it can be used. A name
    /// without a section is a variable of the environment as it is, `("LD_PRELOAD", …)`.
    pub(crate) async fn start(data: &Path, sync: &str, settings: &[(&str, String)]) -> anyhow::Result<Self> {
        let log = data.join("platform.log");
        let home = data.join("platform");
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["up", "--json", "--port", "0", "--sync", sync, "--data"]).arg(&home);
        for (name, value) in settings {
            let is_setting = name.contains('.');
            let variable = format!("CAMPUSG_{}", name.to_uppercase().replace('.', "__"));
            command.env(if is_setting { variable.as_str() } else { name }, value);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(&log)?);
        // Ctrl-C is for us; we end the platform.
        let mut process = command.process_group(0).kill_on_drop(true).spawn().context("this program again")?;
        let pid = process.id().context("the platform ended at once")?;
        let lifeline = lifeline(pid)?;
        let ready = timeout(START, ready(&mut process)).await.context("the platform took too long to start")?;
        let Some(ready) = ready else { bail!("the platform did not start; its log ends with:\n  {}", tail(&log)) };
        let field =
            |name: &str| ready[name].as_str().map(str::to_owned).with_context(|| format!("no {name} in {ready}"));
        let (url, nats, stripe) = (field("url")?, field("nats")?, field("stripe")?);
        let broker = fs::read_to_string(home.join("nats").join("nats-server.pid"))?.trim().parse()?;
        let said_before = fs::read(&log)?.len();
        Ok(Self { process, lifeline, pid, broker, url, nats, stripe, log, said_before })
    }

    /// Where its gateway is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Where its broker is.
    pub(crate) fn nats(&self) -> &str {
        &self.nats
    }

    /// Its process: every service and the gateway.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Its nats-server's process.
    pub(crate) fn broker(&self) -> u32 {
        self.broker
    }

    /// Where its Stripe is.
    pub(crate) fn stripe(&self) -> &str {
        &self.stripe
    }

    /// What it has warned of since it was ready.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let since = log.get(self.said_before..).unwrap_or_default();
        let bad = |line: &&str| line.split_whitespace().nth(1).is_some_and(|level| ["WARN", "ERROR"].contains(&level));
        since.lines().filter(bad).map(str::to_owned).collect()
    }

    /// Ends it in order, and waits until its broker has ended too.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        drop(self.lifeline.stdin.take());
        let Ok(status) = timeout(STOP, self.process.wait()).await else {
            bail!("the platform did not stop within {} s; its log ends with:\n  {}", STOP.as_secs(), tail(&self.log));
        };
        let status = status?;
        let give_up = Instant::now() + STOP;
        while Path::new(&format!("/proc/{}", self.broker)).exists() && Instant::now() < give_up {
            sleep(GLANCE).await;
        }
        if !status.success() {
            bail!("the platform ended with {status}; its log ends with:\n  {}", tail(&self.log));
        }
        Ok(())
    }
}

fn lifeline(pid: u32) -> anyhow::Result<Child> {
    let mut command = Command::new("sh");
    command.args(["-c", "read -r _; kill -TERM \"$0\"", &pid.to_string()]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(command.process_group(0).spawn()?)
}

/// The line that says that it is ready; nothing when it ended instead.
async fn ready(process: &mut Child) -> Option<Value> {
    let mut line = String::new();
    BufReader::new(process.stdout.take()?).read_line(&mut line).await.ok()?;
    serde_json::from_str(&line).ok()
}

fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(TAIL)..].join("\n  ")
}
