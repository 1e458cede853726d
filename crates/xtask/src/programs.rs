//! Finds programs on this machine and asks them how old they are.

use std::fmt;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::{Context as _, Result, bail};

/// The first two numbers of what `--version` says; the third never decides anything here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Version {
    pub(crate) major: u32,
    pub(crate) minor: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl Version {
    /// Takes the first word that looks like a version, as in `nats-server: v2.15.1` or `postgres (PostgreSQL) 15.18`.
    fn in_text(text: &str) -> Option<Version> {
        text.split_whitespace().find_map(|word| {
            let mut parts = word.strip_prefix('v').unwrap_or(word).split('.');
            let major = leading_number(parts.next()?)?;
            let minor = parts.next().and_then(leading_number).unwrap_or(0);
            Some(Version { major, minor })
        })
    }
}

/// `16beta1` is 16.
fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

/// Says `None` for whatever cannot be run here, be it missing, broken or made for another machine, and for a program
/// that does not introduce itself as `name`.
pub(crate) fn version_of(program: &Path, name: &str) -> Option<Version> {
    let said = Command::new(program).arg("--version").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&said.stdout);
    if !said.status.success() || !text.starts_with(name) {
        return None;
    }
    Version::in_text(&text)
}

/// All programs of this name on the PATH, in its order, with links resolved.
pub(crate) fn on_path(name: &str) -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).filter_map(|directory| executable(&directory.join(name))).collect()
}

/// The real path of a program, if there is one.
pub(crate) fn executable(path: &Path) -> Option<PathBuf> {
    let path = path.canonicalize().ok()?;
    let file = fs::metadata(&path).ok()?;
    (file.is_file() && file.permissions().mode() & 0o111 != 0).then_some(path)
}

/// Runs a command to its end and returns what it printed; the error shows the command and its complaint.
pub(crate) fn output_of(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command.stdin(Stdio::null()).output().with_context(|| format!("{name} could not be started"))?;
    if !done.status.success() {
        let complaint = String::from_utf8_lossy(&done.stderr);
        bail!("{name} failed ({})\n{}", done.status, complaint.trim_end());
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<(u32, u32)>) {
        assert_eq!(Version::in_text(text), expected.map(|(major, minor)| Version { major, minor }));
    }

    #[test]
    fn versions_are_read_as_programs_print_them() {
        check("nats-server: v2.15.1\n", Some((2, 15)));
        check("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", Some((15, 18)));
        check("postgres (PostgreSQL) 18beta2", Some((18, 0)));
        check("nats-server: v2.14.0-RC.3", Some((2, 14)));
        check("postgres: command not found", None);
        check("", None);
    }

    #[test]
    fn a_version_with_a_bigger_second_number_is_newer() {
        assert!(Version { major: 2, minor: 9 } < Version { major: 2, minor: 12 });
        assert!(Version { major: 3, minor: 0 } > Version { major: 2, minor: 12 });
    }

    #[test]
    fn what_is_not_a_program_has_no_version() {
        assert_eq!(version_of(Path::new("/etc/passwd"), "root"), None);
        assert_eq!(version_of(Path::new("/no/such/program"), "program"), None);
    }

    #[test]
    fn a_program_under_a_false_name_has_no_version() {
        assert!(version_of(Path::new("cargo"), "cargo").is_some());
        assert_eq!(version_of(Path::new("cargo"), "nats-server"), None);
    }
}
