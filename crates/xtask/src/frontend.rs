//! Builds and checks the web app with the Node of this machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::{Context as _, Result, bail};

use crate::programs::{Version, executable, on_path, version_of};
use crate::repository;
use crate::tally::Tally;

/// What npm itself needs; the tools bring their own Node along.
const OLDEST: Version = Version { major: 20, minor: 0 };
/// Where the stories find the platform that they are about.
const PLATFORM: &str = "CAMPUSG_BIN";
/// Names the browser that they are told in, if it is not one of [`BROWSERS`] on the PATH.
const BROWSER: &str = "CHROME_PATH";
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
/// What was installed is what the lock file says, as long as this copy of it is the same.
const INSTALLED: &str = "node_modules/.installed-lock.json";

fn directory() -> PathBuf {
    repository().join("frontend")
}

fn npm(arguments: &[&str]) -> Command {
    let mut npm = Command::new("npm");
    npm.args(arguments).current_dir(directory()).stdin(Stdio::null());
    npm
}

/// Installs what the lock file names, unless it is there already, and builds the app.
pub(crate) fn build() -> Result<()> {
    install()?;
    succeed(&["run", "--silent", "build", "--", "--logLevel", "warn"])
}

fn install() -> Result<()> {
    match env::split_paths(&env::var_os("PATH").unwrap_or_default())
        .find_map(|path| version_of(&path.join("node"), "v"))
    {
        Some(version) if version >= OLDEST => {}
        Some(version) => bail!("Node {version} is too old to build the web app; needed: {OLDEST} or newer"),
        None => bail!("there is no Node on the PATH; the web app needs Node {OLDEST} or newer to be built"),
    }
    let lock = fs::read(directory().join("package-lock.json")).context("frontend/package-lock.json")?;
    let installed = directory().join(INSTALLED);
    if fs::read(&installed).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    println!("npm ci");
    succeed(&["ci"])?;
    fs::write(installed, lock).context("frontend/node_modules cannot be written")
}

fn succeed(arguments: &[&str]) -> Result<()> {
    let status = npm(arguments).status().context("npm could not be started")?;
    if !status.success() {
        bail!("npm {} failed ({status})", arguments.join(" "));
    }
    Ok(())
}

/// Everything that is checked of the app; a step that reports no tests counts as one.
pub(crate) fn test(platform: &Path, nats: &Path) -> Result<Tally> {
    install()?;
    let mut total = Tally::default();
    for step in ["check", "build", "budget"] {
        let passed = npm(&["run", "--silent", step]).status().context("npm could not be started")?.success();
        total += if passed { Tally::PASSED } else { Tally::FAILED };
    }
    total += counted(
        "test",
        "results/unit.json",
        &["--reporter=default", "--reporter=json", "--outputFile.json=results/unit.json"],
        &[],
    )?;
    total += match browser()? {
        Some(browser) => {
            let programs = [(PLATFORM, platform), (crate::nats::SETTING, nats), (BROWSER, &*browser)];
            counted("e2e", "results/e2e.json", &[], &programs.map(|(setting, path)| (setting, path.as_os_str())))?
        }
        None => {
            eprintln!(
                "xtask: there is no Chromium on the PATH, in which the web app's stories are told, so they are skipped; on Debian \
                 `apt-get install --no-install-recommends chromium` brings one, and {BROWSER} may name another"
            );
            Tally::SKIPPED
        }
    };
    Ok(total)
}

fn browser() -> Result<Option<PathBuf>> {
    if let Some(named) = env::var_os(BROWSER).filter(|named| !named.is_empty()) {
        let named = PathBuf::from(named);
        let program =
            executable(&named).with_context(|| format!("{BROWSER} is {}, which is no program", named.display()));
        return program.map(Some);
    }
    Ok(BROWSERS.iter().find_map(|name| on_path(name).into_iter().next()))
}

/// Runs a script that writes down its results, and reads them.
fn counted(script: &str, report: &str, arguments: &[&str], settings: &[(&str, &std::ffi::OsStr)]) -> Result<Tally> {
    let report = directory().join(report);
    // A report of yesterday's would count again.
    drop(fs::remove_file(&report));
    let mut command = npm(&["run", "--silent", script, "--"]);
    command.args(arguments).envs(settings.iter().copied());
    let succeeded = command.status().context("npm could not be started")?.success();
    let mut tally = fs::read_to_string(report).ok().and_then(|text| in_report(&text)).unwrap_or_default();
    if !succeeded && tally.failed == 0 {
        tally += Tally::FAILED;
    }
    Ok(tally)
}

/// Vitest says `numPassedTests`, Playwright `stats.expected`; each name stands once in its report, outside of any text.
fn in_report(report: &str) -> Option<Tally> {
    let number = |name: &str| {
        let at = report.rfind(&format!("\"{name}\":"))? + name.len() + 3;
        let digits: String = report[at..].trim_start().chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().ok()
    };
    if let Some(passed) = number("numPassedTests") {
        return Some(Tally { passed, failed: number("numFailedTests")?, skipped: number("numPendingTests")? });
    }
    // Whatever passed only at a second try has failed.
    let failed = number("unexpected")? + number("flaky")?;
    Some(Tally { passed: number("expected")?, failed, skipped: number("skipped")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(report: &str, expected: Option<&str>) {
        assert_eq!(in_report(report).map(|tally| tally.to_string()).as_deref(), expected);
    }

    #[test]
    fn both_reports_are_read() {
        check(
            r#"{"numTotalTests":9,"numPassedTests":7,"numFailedTests":1,"numPendingTests":1}"#,
            Some("7 passed, 1 failed, 1 skipped"),
        );
        check(r#"{"stats": {"expected": 4, "skipped": 0, "unexpected": 1, "flaky": 1}}"#, Some("4 passed, 2 failed"));
        check("{}", None);
    }
}
