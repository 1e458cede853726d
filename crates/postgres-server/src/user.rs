//! PostgreSQL refuses to run as root, as which containers and CI machines usually work; this finds somebody else.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

/// The one installed for the purpose, then the one every machine has.
const CANDIDATES: [&str; 2] = ["postgres", "nobody"];

/// Whose rights PostgreSQL runs with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum User {
    /// We are an ordinary user ourselves.
    Ourselves,
    /// We are root and act for this one.
    Other {
        /// Its number.
        uid: u32,
        /// That of its group.
        gid: u32,
    },
}

impl User {
    /// `ours` is any file made by this process: its owner is who we are, which std has no other way to ask.
    ///
    /// # Errors
    /// When we are root, and there is nobody to act for.
    pub fn for_postgres(ours: &Path) -> Result<User> {
        if fs::metadata(ours)?.uid() != 0 {
            return Ok(User::Ourselves);
        }
        let accounts = fs::read_to_string("/etc/passwd").context("/etc/passwd cannot be read")?;
        CANDIDATES
            .iter()
            .find_map(|name| account(&accounts, name))
            .context("PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody`")
    }

    /// A command that is run as this user.
    pub fn command(self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        if let User::Other { uid, gid } = self {
            // std drops root's supplementary groups as well when it changes the user.
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Makes a file or directory this user's own.
    ///
    /// # Errors
    /// When it cannot be given away.
    pub fn take(self, path: &Path) -> Result<()> {
        match self {
            User::Ourselves => Ok(()),
            User::Other { uid, gid } => {
                chown(path, Some(uid), Some(gid)).with_context(|| format!("cannot give {} away", path.display()))
            }
        }
    }

    /// Whether this user can get at a file: a clone in `/root` is closed to everybody else.
    #[must_use]
    pub fn can_read(self, path: &Path) -> bool {
        self == User::Ourselves || is_open(path, 0o005) && path.ancestors().skip(1).all(|above| is_open(above, 0o001))
    }
}

fn is_open(path: &Path, others: u32) -> bool {
    fs::metadata(path).is_ok_and(|file| file.permissions().mode() & others == others)
}

/// Finds a name in the format of `/etc/passwd`: `name:password:uid:gid:...`.
fn account(accounts: &str, name: &str) -> Option<User> {
    let mut fields = accounts.lines().map(|line| line.split(':')).find_map(|mut fields| {
        let matches = fields.next() == Some(name);
        matches.then_some(fields)
    })?;
    let uid = fields.nth(1)?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    Some(User::Other { uid, gid })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNTS: &str = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65533:nobody:/:/bin/false\nbroken:x\n";

    #[test]
    fn accounts_are_found_by_their_whole_name() {
        assert_eq!(account(ACCOUNTS, "nobody"), Some(User::Other { uid: 65534, gid: 65533 }));
        assert_eq!(account(ACCOUNTS, "nobod"), None);
        assert_eq!(account(ACCOUNTS, "broken"), None);
    }

    #[test]
    fn a_file_in_a_closed_directory_cannot_be_read_by_others() {
        let closed = tempfile::tempdir().expect("a directory");
        fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o700)).expect("the file system");
        let file = closed.path().join("file");
        fs::write(&file, "x").expect("the file system");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("the file system");
        let other = User::Other { uid: 65534, gid: 65534 };
        assert!(!other.can_read(&file));
        assert!(User::Ourselves.can_read(&file));
        fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o711)).expect("the file system");
        assert!(other.can_read(&file.canonicalize().expect("the file system")));
    }
}
