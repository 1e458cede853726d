//! `cargo xtask postgres`, and how a throw-away PostgreSQL never outlives the run it was started for.
//!
//! The server belongs to a second xtask process, the guard, which runs in a process group of its own and holds one end
//! of a pipe. When the pipe closes, the run is over, whether it ended, failed, was interrupted by Ctrl-C or killed, and
//! the guard stops the server and deletes its files. No signal handler could do that for a killed run.

use std::env;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::Preference;
use crate::postgres::Server;

/// The argument that makes a process the guard; not in the help because it is of no use by hand.
const GUARD: &str = "--guard";

pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    match arguments.split_first() {
        Some((first, rest)) if first == GUARD => stand_guard(Preference::from_only_argument("postgres", rest)?),
        Some(_) | None => run_until_interrupted(Preference::from_only_argument("postgres", arguments)?),
    }
}

fn run_until_interrupted(preference: Preference) -> Result<ExitCode> {
    let mut postgres = GuardedPostgres::start(preference)?;
    eprintln!("PostgreSQL is running, Ctrl-C ends it and deletes its data:");
    println!("{}", postgres.url);
    // The guard ends before us only if its server did.
    postgres.guard.wait()?;
    bail!("PostgreSQL is gone");
}

/// A PostgreSQL that ends when this value does, or when this process does.
#[derive(Debug)]
pub(crate) struct GuardedPostgres {
    pub(crate) url: String,
    guard: Child,
    lifeline: Option<ChildStdin>,
}

impl GuardedPostgres {
    pub(crate) fn start(preference: Preference) -> Result<GuardedPostgres> {
        let mut command = Command::new(env::current_exe()?);
        command.args(["postgres", GUARD]).stdin(Stdio::piped()).stdout(Stdio::piped());
        if preference == Preference::Pinned {
            command.arg("--pinned");
        }
        // Ctrl-C goes to the whole process group in front; the guard has to be in another one to live through it.
        let mut guard = command.process_group(0).spawn().context("the guard could not be started")?;
        // `wait` would close a pipe that it can see.
        let lifeline = guard.stdin.take();
        let mut url = String::new();
        if let Some(said) = guard.stdout.take() {
            BufReader::new(said).read_line(&mut url)?;
        }
        let postgres = GuardedPostgres { url: url.trim_end().to_owned(), guard, lifeline };
        if postgres.url.is_empty() {
            bail!("no PostgreSQL could be started");
        }
        Ok(postgres)
    }
}

impl Drop for GuardedPostgres {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        if let Err(error) = self.guard.wait() {
            eprintln!("the guard of PostgreSQL is lost: {error}");
        }
    }
}

/// Whatever leaves this function, an error or a closed pipe, drops the server and with it everything it made.
fn stand_guard(preference: Preference) -> Result<ExitCode> {
    let mut server = Server::start(preference)?;
    let run_is_over = watch_standard_input();
    writeln!(io::stdout(), "{}", server.url())?;
    loop {
        match run_is_over.recv_timeout(Duration::from_millis(200)) {
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return Ok(ExitCode::SUCCESS),
            Err(RecvTimeoutError::Timeout) => {
                if let Some(status) = server.ended()? {
                    bail!("postgres ended by itself ({status})");
                }
            }
        }
    }
}

/// Hangs up when standard input is closed.
fn watch_standard_input() -> Receiver<()> {
    let (hold, receiver) = channel();
    thread::spawn(move || {
        // An error means the same as the end: nobody is there any more.
        let _ = io::stdin().read_to_end(&mut Vec::new());
        drop(hold);
    });
    receiver
}
