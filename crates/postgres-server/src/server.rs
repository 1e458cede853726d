//! The server's process, and the processes that it has for its sessions.

use std::fs::{self, File};
use std::net::TcpListener;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::{Place, SUPERUSER};

/// A machine that compiles at the same time is slow.
const START_WITHIN: Duration = Duration::from_secs(60);
const STOP_WITHIN: Duration = Duration::from_secs(15);
const GLANCE: Duration = Duration::from_millis(10);
/// Somebody else may take the port between our asking and PostgreSQL's.
const PORTS_TRIED: u32 = 3;

/// A running PostgreSQL; dropping it stops it.
#[derive(Debug)]
pub struct Server {
    process: Child,
    port: u16,
}

impl Server {
    pub(crate) fn start(place: &Place, port: Option<u16>, settings: &[&str]) -> Result<Self> {
        if let Some(port) = port {
            return Self::launch(place, port, settings);
        }
        let mut tried = 1;
        loop {
            match Self::launch(place, free_port()?, settings) {
                Err(_) if tried < PORTS_TRIED && place.log().contains("could not bind") => tried += 1,
                launched => return launched,
            }
        }
    }

    fn launch(place: &Place, port: u16, settings: &[&str]) -> Result<Self> {
        let log = File::create(place.log_file())?;
        let mut postgres = place.command("postgres");
        postgres.arg("-D").arg(place.data()).arg("-p").arg(port.to_string()).arg("-k").arg(&place.directory);
        for setting in ["listen_addresses=127.0.0.1"].iter().chain(settings) {
            postgres.args(["-c", setting]);
        }
        postgres.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let process = postgres.spawn().context("postgres could not be started")?;
        let mut server = Self { process, port };
        server.wait_until_ready(place)?;
        Ok(server)
    }

    fn wait_until_ready(&mut self, place: &Place) -> Result<()> {
        let deadline = Instant::now() + START_WITHIN;
        while !self.is_ready(place) {
            if let Some(status) = self.process.try_wait()? {
                bail!("postgres ended while starting ({status})\n{}", place.log().trim_end());
            }
            if Instant::now() > deadline {
                bail!("postgres was not ready within {START_WITHIN:?}\n{}", place.log().trim_end());
            }
            thread::sleep(GLANCE);
        }
        Ok(())
    }

    /// The first line of its pid file is its process, the eighth is where PostgreSQL tells `pg_ctl` the same.
    fn is_ready(&self, place: &Place) -> bool {
        let told = fs::read_to_string(place.data().join("postmaster.pid")).unwrap_or_default();
        let lines: Vec<&str> = told.lines().map(str::trim).collect();
        lines.first() == Some(&self.process.id().to_string().as_str()) && lines.get(7) == Some(&"ready")
    }

    /// Where clients connect, to a database of this name.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{SUPERUSER}@127.0.0.1:{}/{database}", self.port)
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The process that looks after all others.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// All processes of the server: the one that looks after the others, and one per session and chore.
    #[must_use]
    pub fn processes(&self) -> Vec<u32> {
        processes_of(self.pid())
    }

    /// How the server ended, if it did so without being asked.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.process.try_wait()?)
    }

    /// Ends all of its processes at once, as a crash of the machine would (SIGKILL), and waits until they are gone.
    ///
    /// # Errors
    /// When they cannot be ended.
    pub fn kill(mut self) -> Result<()> {
        let processes = self.processes();
        signal("KILL", &processes)?;
        self.process.wait()?;
        let deadline = Instant::now() + STOP_WITHIN;
        while processes.iter().any(|pid| lives(*pid)) {
            if Instant::now() > deadline {
                bail!("processes of PostgreSQL outlive SIGKILL");
            }
            thread::sleep(GLANCE);
        }
        Ok(())
    }

    /// A "fast shutdown": sessions are cut off, files are closed in order.
    fn stop(&mut self) -> Result<()> {
        if self.ended()?.is_some() {
            return Ok(());
        }
        signal("INT", &[self.pid()])?;
        let deadline = Instant::now() + STOP_WITHIN;
        while self.ended()?.is_none() {
            if Instant::now() > deadline {
                self.process.kill()?;
                self.process.wait()?;
            }
            thread::sleep(GLANCE);
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            eprintln!("PostgreSQL (process {}) could not be stopped: {error:#}", self.pid());
        }
    }
}

/// All processes of the server that this one looks after.
#[must_use]
pub fn processes_of(server: u32) -> Vec<u32> {
    let numbers = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = numbers.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    std::iter::once(server).chain(numbers.filter(|pid| parent(*pid) == Some(server))).collect()
}

/// Only a shell is sure to be there to send a signal other than SIGKILL. Those that are gone already are no news.
fn signal(signal: &str, pids: &[u32]) -> Result<()> {
    let mut kill = Command::new("sh");
    kill.args(["-c", "kill \"$@\" 2>/dev/null; true", "sh", &format!("-{signal}")]);
    kill.args(pids.iter().map(u32::to_string)).stdin(Stdio::null()).status()?;
    Ok(())
}

/// The fourth field of its line; the second is a name in brackets, in which anything can be.
fn parent(pid: u32) -> Option<u32> {
    field(pid, 1)?.parse().ok()
}

/// Whether there is such a process; one that nobody has asked for its end is gone all the same.
fn lives(pid: u32) -> bool {
    field(pid, 0).is_some_and(|state| state != "Z")
}

fn field(pid: u32, after_name: usize) -> Option<String> {
    let line = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = line.rsplit_once(") ")?;
    fields.split(' ').nth(after_name).map(str::to_owned)
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
