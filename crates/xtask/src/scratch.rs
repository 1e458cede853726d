//! Directories that are gone when their owner is.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{fs, process};

use anyhow::{Context as _, Result};

/// What an interrupted run left behind is swept after this time; no fetch takes that long.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// A private directory, deleted on drop.
#[derive(Debug)]
pub(crate) struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// Makes `<parent>/<prefix><process>-<n>`, readable by nobody else.
    pub(crate) fn inside(parent: &Path, prefix: &str) -> Result<Scratch> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = parent.join(format!("{prefix}{}-{number}", process::id()));
        fs::create_dir(&path).with_context(|| format!("cannot make {}", path.display()))?;
        let scratch = Scratch { path };
        fs::set_permissions(&scratch.path, fs::Permissions::from_mode(0o700))?;
        Ok(scratch)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.path) {
            eprintln!("{} is left behind: {error}", self.path.display());
        }
    }
}

/// Deletes directories of this prefix that a killed run could not delete itself.
pub(crate) fn sweep(parent: &Path, prefix: &str) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(prefix);
        let age = entry.metadata().and_then(|directory| directory.modified()).map(|since| since.elapsed());
        if ours && matches!(age, Ok(Ok(age)) if age > ABANDONED) {
            // Another run may be sweeping the same directory.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scratch_directory_goes_with_its_owner() {
        let scratch = Scratch::inside(&std::env::temp_dir(), "campusg-scratch-test-").unwrap();
        let path = scratch.path().to_owned();
        fs::write(path.join("file"), "x").unwrap();
        drop(scratch);
        assert!(!path.exists());
    }

    #[test]
    fn two_scratch_directories_of_one_process_differ() {
        let parent = std::env::temp_dir();
        let one = Scratch::inside(&parent, "campusg-scratch-test-").unwrap();
        let two = Scratch::inside(&parent, "campusg-scratch-test-").unwrap();
        assert_ne!(one.path(), two.path());
    }

    #[test]
    fn sweeping_spares_what_is_young() {
        let parent = Scratch::inside(&std::env::temp_dir(), "campusg-scratch-test-").unwrap();
        fs::create_dir(parent.path().join(".fetch-1")).unwrap();
        sweep(parent.path(), ".fetch-");
        assert!(parent.path().join(".fetch-1").exists());
    }
}
