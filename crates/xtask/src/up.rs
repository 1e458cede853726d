//! `cargo xtask up`: becomes `campusg up` with a nats-server it can start.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::{Preference, cargo, frontend, nats, repository};

pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    let request = Request::from_arguments(arguments);
    let nats = nats::find(request.preference)?;
    // Before the platform, which has it inside.
    frontend::build()?;

    let mut campusg = cargo();
    campusg.arg("run").arg("--manifest-path").arg(repository().join("Cargo.toml")).args(["--package", "campusg"]);
    if request.optimised {
        campusg.arg("--release");
    }
    campusg.args(["--", "up"]);
    if !request.names_data_directory() {
        campusg.arg("--data").arg(repository().join("data"));
    }
    campusg.args(&request.passed_on).env(nats::SETTING, nats);

    // `cargo run` replaces itself as well, so Ctrl-C and signals go straight to campusg.
    Err(campusg.exec()).context("cargo could not be started")
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Request {
    optimised: bool,
    preference: Preference,
    passed_on: Vec<OsString>,
}

impl Request {
    fn from_arguments(arguments: &[String]) -> Request {
        let mut request = Request::default();
        let mut rest = arguments.iter();
        for argument in rest.by_ref() {
            match argument.as_str() {
                "--" => break,
                "--release" => request.optimised = true,
                "--pinned" => request.preference = Preference::Pinned,
                theirs => request.passed_on.push(theirs.into()),
            }
        }
        request.passed_on.extend(rest.map(OsString::from));
        request
    }

    fn names_data_directory(&self) -> bool {
        self.passed_on.iter().any(|argument| {
            let argument = argument.to_string_lossy();
            argument == "--data" || argument.starts_with("--data=")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(line: &str) -> Request {
        Request::from_arguments(&line.split_whitespace().map(String::from).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_not_ours_is_passed_on_in_order() {
        let request = request("--port 8080 --release --demo --pinned");
        assert!(request.optimised);
        assert_eq!(request.preference, Preference::Pinned);
        assert_eq!(request.passed_on, ["--port", "8080", "--demo"]);
    }

    #[test]
    fn after_two_dashes_nothing_is_ours() {
        let request = request("--demo -- --release --help");
        assert!(!request.optimised);
        assert_eq!(request.passed_on, ["--demo", "--release", "--help"]);
    }

    #[test]
    fn a_given_data_directory_is_left_alone() {
        assert!(request("--data /tmp/x").names_data_directory());
        assert!(request("--data=/tmp/x").names_data_directory());
        assert!(!request("--database x").names_data_directory());
    }
}
