//! `cargo xtask test`: every suite in order, one closing line over all of them.

use std::env;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::guard::GuardedPostgres;
use crate::tally::{Tally, TestOutput};
use crate::{Preference, Usage, cargo, frontend, libraries, nats, postgres, repository};

/// A check that passes or fails as a whole.
struct Check {
    name: &'static str,
    arguments: &'static [&'static str],
    /// What to do about a cargo subcommand that is not there.
    if_missing: IfMissing,
}

enum IfMissing {
    Fail,
    Skip,
}

const CHECKS: [Check; 3] = [
    Check { name: "fmt", arguments: &["fmt", "--all", "--check"], if_missing: IfMissing::Fail },
    Check {
        name: "clippy",
        arguments: &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
        if_missing: IfMissing::Fail,
    },
    Check {
        name: "deny",
        // Without advisories: they need GitHub and turn yesterday's green commit red; `just deny` asks for them too.
        // deny.toml says who may use a crate also before they do, hence no complaint about an unused one.
        arguments: &["deny", "check", "--allow", "unused-wrapper", "bans", "licenses", "sources"],
        if_missing: IfMissing::Skip,
    },
];

pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    let request = Request::from_arguments(arguments)?;
    let mut total = Tally::default();
    if let Err(error) = run_suites(&request, &mut total) {
        // The closing line is a promise to CI, kept also if there was no nats-server to test with.
        eprintln!("xtask: {error:#}");
        total += Tally::FAILED;
    }
    println!("\n{total}");
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run_suites(request: &Request, total: &mut Tally) -> Result<()> {
    // First, so that a machine without network fails at once and not after the compiler.
    let nats = nats::find(request.preference)?;
    let programs = postgres::first_install(request.preference)?;
    let libraries = find_libraries(request)?;
    if request.is_for_everything() {
        for check in CHECKS {
            *total += timed(check.name, || check.run())?;
        }
    }
    let tested = timed("test", || run_tests(request, nats.clone(), programs, &libraries))?;
    if !request.is_for_everything() && tested == Tally::default() {
        eprintln!("no test has such a name");
        *total += Tally::FAILED;
    }
    *total += tested;
    if request.is_for_everything() {
        *total += timed("frontend", || frontend::test(&platform()?, &nats))?;
    }
    Ok(())
}

/// The platform that the web app's stories run against.
fn platform() -> Result<PathBuf> {
    let built = cargo().args(["build", "--package", "campusg"]).current_dir(repository()).stdin(Stdio::null()).status();
    anyhow::ensure!(built.context("cargo could not be started")?.success(), "campusg could not be built");
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository().join("target"), PathBuf::from);
    Ok(target.join("debug/campusg"))
}

fn timed(name: &str, suite: impl FnOnce() -> Result<Tally>) -> Result<Tally> {
    println!("\n== {name}");
    let start = Instant::now();
    let tally = suite()?;
    println!("== {name}: {tally} in {:.1} s", start.elapsed().as_secs_f64());
    Ok(tally)
}

impl Check {
    fn run(&self) -> Result<Tally> {
        if matches!(self.if_missing, IfMissing::Skip) && !is_cargo_subcommand(self.name) {
            println!("skipped: cargo-{} is not installed", self.name);
            return Ok(Tally::SKIPPED);
        }
        let status = cargo().args(self.arguments).current_dir(repository()).stdin(Stdio::null()).status();
        let passed = status.context("cargo could not be started")?.success();
        Ok(if passed { Tally::PASSED } else { Tally::FAILED })
    }
}

fn is_cargo_subcommand(name: &str) -> bool {
    let mut asking = cargo();
    asking.args([name, "--version"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    asking.status().is_ok_and(|status| status.success())
}

/// Where the libraries are that these tests call, by the settings that say so.
fn find_libraries(request: &Request) -> Result<Vec<(&'static str, PathBuf)>> {
    let asked = |name: &str| request.packages.is_empty() || request.packages.iter().any(|package| package == name);
    let wanted = libraries::ALL.iter().filter(|library| asked(library.for_crate));
    wanted.map(|library| Ok((library.setting, library.find(request.preference)?))).collect()
}

fn run_tests(request: &Request, nats: PathBuf, programs: PathBuf, libraries: &[(&str, PathBuf)]) -> Result<Tally> {
    let postgres = TestPostgres::start(request.preference)?;
    println!("nats-server: {}\npostgres:    {}", nats.display(), postgres.url());
    let mut tests = request.cargo_test();
    tests.env(nats::SETTING, nats).env(postgres::SETTING, postgres.url()).env(postgres::PROGRAMS, programs);
    tests.current_dir(repository());
    for (setting, directory) in libraries {
        tests.env(setting, directory);
    }
    let mut running =
        tests.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("cargo could not be started")?;
    let lines = lines_of(&mut running)?;
    follow(&mut running, &lines)
}

/// Where the tests may make databases: the developer's own server, or one for this run.
enum TestPostgres {
    Given(String),
    Ours(GuardedPostgres),
}

impl TestPostgres {
    fn start(preference: Preference) -> Result<TestPostgres> {
        match given_postgres(preference) {
            Some(url) => Ok(TestPostgres::Given(url)),
            None => GuardedPostgres::start(preference).map(TestPostgres::Ours),
        }
    }

    fn url(&self) -> &str {
        match self {
            TestPostgres::Given(url) => url,
            TestPostgres::Ours(postgres) => &postgres.url,
        }
    }
}

fn given_postgres(preference: Preference) -> Option<String> {
    env::var(postgres::SETTING).ok().filter(|url| !url.is_empty() && preference == Preference::Installed)
}

fn lines_of(process: &mut Child) -> Result<Receiver<Vec<u8>>> {
    let mut output = BufReader::new(process.stdout.take().context("cargo test has no output")?);
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut line = Vec::new();
        while output.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            if sender.send(std::mem::take(&mut line)).is_err() {
                return;
            }
        }
    });
    Ok(receiver)
}

/// Shows the lines as they come and counts. Ends with cargo, not with the pipe: a server that a crashed test left
/// running holds the pipe open for ever.
fn follow(running: &mut Child, lines: &Receiver<Vec<u8>>) -> Result<Tally> {
    let mut output = TestOutput::default();
    let mut ended = None;
    loop {
        match lines.recv_timeout(Duration::from_millis(200)) {
            Ok(line) => {
                io::stdout().write_all(&line)?;
                io::stdout().flush()?;
                output.read(&String::from_utf8_lossy(&line));
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) if ended.is_some() => break,
            Err(RecvTimeoutError::Timeout) => ended = running.try_wait()?,
        }
    }
    let status = running.wait()?;
    Ok(output.finish(status.success()))
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Request {
    preference: Preference,
    packages: Vec<String>,
    /// Filters and whatever else the test programs are to be told.
    for_tests: Vec<String>,
}

impl Request {
    fn from_arguments(arguments: &[String]) -> Result<Request> {
        let mut request = Request::default();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--" => break,
                "--pinned" => request.preference = Preference::Pinned,
                "-p" | "--package" => {
                    let package =
                        rest.next().ok_or_else(|| Usage(format!("`{argument}` needs the name of a crate")))?;
                    request.packages.push(package.clone());
                }
                unknown if unknown.starts_with('-') => return Err(Usage::unknown_argument("test", unknown)),
                filter => request.for_tests.push(filter.to_owned()),
            }
        }
        request.for_tests.extend(rest.cloned());
        Ok(request)
    }

    /// Who asks for one test does not want to wait for clippy.
    fn is_for_everything(&self) -> bool {
        self.packages.is_empty() && self.for_tests.is_empty()
    }

    fn cargo_test(&self) -> Command {
        let mut tests = cargo();
        tests.args(["test", "--no-fail-fast"]);
        if self.packages.is_empty() {
            tests.arg("--workspace");
        }
        for package in &self.packages {
            tests.args(["--package", package]);
        }
        // Before the dashes cargo takes one filter, after them the test programs take any number.
        tests.arg("--").args(&self.for_tests);
        tests
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(line: &str) -> Result<Request> {
        Request::from_arguments(&line.split_whitespace().map(String::from).collect::<Vec<_>>())
    }

    fn cargo_line(line: &str) -> String {
        let command = request(line).unwrap().cargo_test();
        command.get_args().map(|argument| argument.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn without_arguments_everything_is_tested() {
        assert!(request("--pinned").unwrap().is_for_everything());
        assert_eq!(cargo_line(""), "test --no-fail-fast --workspace --");
    }

    #[test]
    fn filters_and_crates_narrow_the_tests() {
        assert_eq!(cargo_line("taken -p orders paid"), "test --no-fail-fast --package orders -- taken paid");
        assert_eq!(cargo_line("taken -- --nocapture"), "test --no-fail-fast --workspace -- taken --nocapture");
        assert!(!request("taken").unwrap().is_for_everything());
    }

    #[test]
    fn what_nobody_knows_is_refused() {
        assert!(request("--fast").unwrap_err().is::<Usage>());
        assert!(request("-p").unwrap_err().is::<Usage>());
    }
}
