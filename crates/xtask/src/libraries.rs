//! Fetches the libraries that tests call from outside: Stripe's own for Python and Node.js, and Schemathesis, which fuzzes the
//! HTTP API.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context as _, Result, bail};

use crate::programs::output_of;
use crate::scratch::{self, Scratch};
use crate::{Preference, repository};

const UNFINISHED: &str = ".fetch-";
/// What an installed directory was made from; another list is another installation.
const MADE_FROM: &str = "pinned";
const SDK: &str = "crates/stripe-sandbox/sdk";

/// Libraries that are pinned, with their hashes, in one file beside the tests that use them.
#[derive(Debug)]
pub(crate) struct Libraries {
    /// What we call it: the directory is `.tools/<name>`.
    name: &'static str,
    /// The setting by which the tests are told where the libraries are.
    pub(crate) setting: &'static str,
    /// The crate whose tests want them.
    pub(crate) for_crate: &'static str,
    /// Where the pins are, in the repository.
    folder: &'static str,
    /// The file that pins them.
    pins: &'static str,
    /// Where they are in the directory.
    inside: &'static str,
    /// What is there when they are.
    proof: &'static str,
    needs: &'static str,
    install: fn(&Path, &Path) -> Result<()>,
}

pub(crate) const ALL: [Libraries; 3] = [
    Libraries {
        name: "stripe-python",
        setting: "CAMPUSG_STRIPE_PYTHON",
        for_crate: "stripe-sandbox",
        folder: SDK,
        pins: "requirements.txt",
        inside: "",
        proof: "stripe",
        needs: "python3 with pip",
        install: install_python,
    },
    Libraries {
        name: "stripe-node",
        setting: "CAMPUSG_STRIPE_NODE",
        for_crate: "stripe-sandbox",
        folder: SDK,
        pins: "package-lock.json",
        inside: "node_modules",
        proof: "node_modules/stripe",
        needs: "node with npm",
        install: install_node,
    },
    Libraries {
        name: "schemathesis",
        setting: "CAMPUSG_SCHEMATHESIS",
        for_crate: "campusg",
        folder: "crates/campusg/tests/schemathesis",
        pins: "requirements.txt",
        inside: "",
        proof: "schemathesis",
        needs: "python3, 3.11 or newer, with pip",
        install: install_python,
    },
];

impl Libraries {
    /// The directory that was named, or that of the pinned libraries, fetched if it is not there yet.
    pub(crate) fn find(&self, preference: Preference) -> Result<PathBuf> {
        match env::var_os(self.setting).filter(|path| !path.is_empty() && preference == Preference::Installed) {
            Some(named) => Ok(PathBuf::from(named)),
            None => self.fetch(),
        }
    }

    fn fetch(&self) -> Result<PathBuf> {
        let (folder, tools) = (repository().join(self.folder), repository().join(".tools"));
        let pins =
            fs::read_to_string(folder.join(self.pins)).with_context(|| format!("{}/{}", self.folder, self.pins))?;
        let home = tools.join(self.name);
        if is_made_from(&home, &pins) {
            return Ok(home.join(self.inside));
        }
        fs::create_dir_all(&tools)?;
        scratch::sweep(&tools, UNFINISHED);
        let scratch = Scratch::inside(&tools, &format!("{UNFINISHED}{}-", self.name))?;
        eprintln!("fetching {} ...", self.name);
        let made = scratch.path().join("made");
        fs::create_dir(&made)?;
        (self.install)(&folder, &made)
            .with_context(|| format!("{} could not be fetched; this needs {}", self.name, self.needs))?;
        if !made.join(self.proof).is_dir() {
            bail!("{} was fetched, but no `{}` is there", self.name, self.proof);
        }
        // Last, so that only what is complete has it.
        fs::write(made.join(MADE_FROM), &pins)?;
        move_in(&made, &home, &pins, scratch.path())?;
        Ok(home.join(self.inside))
    }
}

/// The directory appears complete or not at all; whoever comes second keeps what the first one put there.
fn move_in(made: &Path, home: &Path, pins: &str, scratch: &Path) -> Result<()> {
    if fs::rename(made, home).is_ok() || is_made_from(home, pins) {
        return Ok(());
    }
    if home.exists() {
        fs::rename(home, scratch.join("replaced"))?;
    }
    fs::rename(made, home).with_context(|| format!("cannot move {} in", home.display()))
}

fn is_made_from(home: &Path, pins: &str) -> bool {
    fs::read_to_string(home.join(MADE_FROM)).is_ok_and(|made_from| made_from == pins)
}

fn install_python(folder: &Path, home: &Path) -> Result<()> {
    // --only-binary: a source package would run its build script here.
    output_of(
        Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile", "--no-deps"])
            .args(["--require-hashes", "--only-binary", ":all:", "--root-user-action", "ignore", "--requirement"])
            .args([folder.join("requirements.txt").as_path(), "--target".as_ref(), home]),
    )?;
    Ok(())
}

fn install_node(folder: &Path, home: &Path) -> Result<()> {
    for file in ["package.json", "package-lock.json", ".npmrc"] {
        fs::copy(folder.join(file), home.join(file)).with_context(|| folder.join(file).display().to_string())?;
    }
    // Scripts of a package would run here; the library has none.
    output_of(Command::new("npm").args(["ci", "--ignore-scripts", "--loglevel", "error"]).current_dir(home))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pins_of(libraries: &Libraries) -> String {
        fs::read_to_string(repository().join(libraries.folder).join(libraries.pins)).expect("the pins")
    }

    #[test]
    fn what_we_pin_is_pinned_by_hash_and_names_no_registry() {
        let [python, node, schemathesis] = &ALL;
        for python in [python, schemathesis] {
            for requirement in pins_of(python).replace("\\\n", "").lines().filter(|line| !line.starts_with('#')) {
                assert!(requirement.contains("--hash=sha256:"), "{requirement}");
            }
        }
        let pins = pins_of(node);
        assert_eq!(pins.matches("\"node_modules/").count(), pins.matches("\"integrity\"").count());
        assert!(!pins.contains("\"resolved\""));
    }

    #[test]
    fn other_pins_are_another_installation() {
        let home = Scratch::inside(&env::temp_dir(), "campusg-libraries-test-").unwrap();
        assert!(!is_made_from(home.path(), "one"));
        fs::write(home.path().join(MADE_FROM), "one").unwrap();
        assert!(is_made_from(home.path(), "one"));
        assert!(!is_made_from(home.path(), "two"));
    }

    #[test]
    fn who_comes_second_keeps_what_is_there_and_the_outdated_is_replaced() {
        let parent = Scratch::inside(&env::temp_dir(), "campusg-libraries-test-").unwrap();
        let home = parent.path().join("home");
        for pins in ["one", "one", "two"] {
            let made = parent.path().join("made");
            fs::create_dir(&made).unwrap();
            fs::write(made.join(MADE_FROM), pins).unwrap();
            move_in(&made, &home, pins, parent.path()).unwrap();
            assert!(is_made_from(&home, pins));
            let _ = fs::remove_dir_all(made);
        }
    }
}
