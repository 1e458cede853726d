//! Sets a machine up and starts things (`cargo xtask <command>`); what CampusG itself can do is in `campusg`.

mod frontend;
mod guard;
mod libraries;
mod nats;
mod postgres;
mod programs;
mod scratch;
mod suites;
mod tally;
mod up;
mod wheel;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fmt};

use anyhow::Result;

/// One row of `cargo xtask --help`.
struct Command {
    name: &'static str,
    usage: &'static str,
    does: &'static str,
    details: &'static str,
    run: fn(&[String]) -> Result<ExitCode>,
}

const COMMANDS: [Command; 4] = [
    Command {
        name: "up",
        usage: "[--release] [--pinned] [arguments of `campusg up`]",
        does: "start everything on this machine, no accounts and no keys needed",
        details: "
  --release   build with optimisations (a slower first build, a faster product)
  --pinned    use the pinned nats-server even if a good one is installed
  --data DIR  where the broker and the databases keep their files; default: data/ in the repository

Everything else goes to `campusg up` as it is; `cargo xtask up -- --help` shows what it knows.",
        run: up::run,
    },
    Command {
        name: "test",
        usage: "[--pinned] [-p CRATE]... [FILTER]... [-- arguments of the test programs]",
        does: "run every suite against a real nats-server and a real PostgreSQL",
        details: "
  -p CRATE    only the tests of this crate; may be given more than once
  FILTER      only the tests with this in their name
  --pinned    use the pinned tools even if good ones are installed

Runs formatting, clippy, cargo-deny (if it is installed), the tests, and those of the web app; with a crate, a filter or test arguments
only the tests. The last line is `N passed, N failed`. A CAMPUSG_TEST_POSTGRES that is already set is used as it is.",
        run: suites::run,
    },
    Command {
        name: "postgres",
        usage: "[--pinned]",
        does: "run a throw-away PostgreSQL until Ctrl-C and print its URL",
        details: "
  --pinned    use the pinned PostgreSQL even if a good one is installed

Nothing survives it: the data directory is deleted when the command ends.",
        run: guard::run,
    },
    Command {
        name: "tools",
        usage: "[--pinned]",
        does: "fetch what the other commands need and print shell exports for it",
        details: "
  --pinned    fetch the pinned tools even if good ones are installed

Meant for `eval \"$(cargo xtask tools)\"`, after which `cargo run -p campusg` and `cargo test` find nats-server,
PostgreSQL's programs, Stripe's libraries and Schemathesis.",
        run: tools,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::from(if error.is::<Usage>() { 2 } else { 1 })
        }
    }
}

fn run(arguments: &[String]) -> Result<ExitCode> {
    let Some((name, rest)) = arguments.split_first() else {
        return Err(Usage(format!("no command given\n\n{}", overview())).into());
    };
    if ["help", "--help", "-h"].contains(&name.as_str()) {
        print!("{}", overview());
        return Ok(ExitCode::SUCCESS);
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        return Err(Usage(format!("there is no command `{name}`\n\n{}", overview())).into());
    };
    let ours = rest.iter().take_while(|argument| *argument != "--");
    if ours.clone().any(|argument| argument == "--help" || argument == "-h") {
        println!("cargo xtask {} {}\n{}", command.name, command.usage, command.details);
        return Ok(ExitCode::SUCCESS);
    }
    (command.run)(rest)
}

fn overview() -> String {
    let mut text = String::from("usage: cargo xtask <command>\n\n");
    for Command { name, does, .. } in COMMANDS {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {name:<9} {does}");
    }
    text + "\n`cargo xtask <command> --help` tells more.\n"
}

fn tools(arguments: &[String]) -> Result<ExitCode> {
    let preference = Preference::from_only_argument("tools", arguments)?;
    let nats = nats::find(preference)?;
    let postgres = postgres::first_install(preference)?;
    println!("export {}='{}'", nats::SETTING, nats.display());
    for library in libraries::ALL {
        println!("export {}='{}'", library.setting, library.find(preference)?.display());
    }
    println!("export {}='{}'", postgres::PROGRAMS, postgres.display());
    Ok(ExitCode::SUCCESS)
}

/// The command line makes no sense: exit code 2 instead of 1.
#[derive(Debug)]
struct Usage(String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

impl Usage {
    fn unknown_argument(command: &str, argument: &str) -> anyhow::Error {
        Usage(format!("`{command}` does not know `{argument}`; see `cargo xtask {command} --help`")).into()
    }
}

/// Whose nats-server and PostgreSQL to use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Preference {
    /// What the machine has if it is new enough, the pinned ones otherwise.
    #[default]
    Installed,
    /// The pinned ones, whatever the machine has.
    Pinned,
}

impl Preference {
    /// Reads the arguments of a command that knows nothing but `--pinned`.
    fn from_only_argument(command: &str, arguments: &[String]) -> Result<Preference> {
        let mut preference = Preference::default();
        for argument in arguments {
            match argument.as_str() {
                "--pinned" => preference = Preference::Pinned,
                other => return Err(Usage::unknown_argument(command, other)),
            }
        }
        Ok(preference)
    }
}

/// The repository this xtask was started from.
fn repository() -> PathBuf {
    // `cargo run` tells where the crate is today; the compiled-in path may be that of a moved clone.
    let crate_dir = env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    PathBuf::from(crate_dir).join("../..").canonicalize().unwrap_or_else(|_| PathBuf::from("."))
}

/// A `cargo` that does not see what `cargo run` told us about ourselves.
///
/// Build scripts such as ring's are run again when `CARGO_MANIFEST_DIR` or `CARGO_PKG_*` change, so passing these on
/// would rebuild half of the tree whenever somebody goes from `cargo test` to `cargo xtask test` and back.
fn cargo() -> std::process::Command {
    let mut cargo = std::process::Command::new("cargo");
    for (name, _) in env::vars_os() {
        let told = name.to_string_lossy();
        if told.starts_with("CARGO_MANIFEST_") || told.starts_with("CARGO_PKG_") || told.starts_with("CARGO_BIN_") {
            cargo.env_remove(&name);
        }
    }
    cargo
}
