//! A nats-server of one's own: started as a child process, awaited, restarted, and never left behind.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Seek, SeekFrom};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;
use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use crate::bus::Bus;

/// Recovering a store of many gigabytes takes its time; a server that cannot start says so at once.
const START_TIMEOUT: Duration = Duration::from_secs(120);
/// How long a lock may take to be free that nobody has any more.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a server may take to close its files before it is killed.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);
const GLANCE: Duration = Duration::from_millis(10);
/// Lines of the log that an error shows.
const TAIL: usize = 15;
/// Messages larger than this are refused.
const MAX_PAYLOAD: u32 = 1_048_576;

/// A version of nats-server: major and minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32);

/// The oldest that will do: prioritized pull consumers came with it.
pub const OLDEST: Version = Version(2, 12);

impl Version {
    /// Reads `2.15.1`, `v2.14.0-RC.3` and `nats-server: v2.15.1`.
    #[must_use]
    pub fn in_text(text: &str) -> Option<Self> {
        text.split_whitespace().find_map(|word| {
            let mut parts = word.strip_prefix('v').unwrap_or(word).split('.');
            Some(Self(parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
        })
    }

    /// Asks a program how old it is.
    ///
    /// # Errors
    /// When it is no nats-server that runs here.
    pub async fn of(program: &Path) -> io::Result<Self> {
        let said = Command::new(program).arg("--version").stdin(Stdio::null()).output().await;
        let said = said.map_err(|error| named(&error, format!("{} does not run", program.display())))?;
        let text = String::from_utf8_lossy(&said.stdout);
        if !text.starts_with("nats-server") {
            return Err(io::Error::other(format!("{} is no nats-server", program.display())));
        }
        Self::in_text(&text).ok_or_else(|| io::Error::other(format!("{text:?} names no version")))
    }

    /// That of the server which a connection speaks to, while it does.
    #[must_use]
    pub fn at(bus: &Bus) -> Option<Self> {
        Self::in_text(&bus.client().server_info().version)
    }

    /// Refuses what is older than [`OLDEST`].
    ///
    /// # Errors
    /// When it is.
    pub fn check(self) -> io::Result<()> {
        if self >= OLDEST {
            return Ok(());
        }
        let text =
            format!("nats-server {self} is too old; {OLDEST} or newer is needed (`cargo xtask tools` fetches one)");
        Err(io::Error::new(io::ErrorKind::Unsupported, text))
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

/// When what was acknowledged is on the disk (jetstream.md 5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flush {
    /// Before it is acknowledged: nothing is lost in a power cut.
    #[default]
    Always,
    /// Within two minutes, nats-server's own default: survives the end of the process, but not a power cut.
    Every2Minutes,
}

impl FromStr for Flush {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "always" => Ok(Self::Always),
            "2m" => Ok(Self::Every2Minutes),
            _ => Err(format!("{text:?} is neither `always` nor `2m`")),
        }
    }
}

impl Flush {
    fn setting(self) -> &'static str {
        match self {
            Self::Always => "always",
            // Without the quotes `2m` is two million seconds (jetstream.md 0).
            Self::Every2Minutes => "\"2m\"",
        }
    }
}

/// The program to start: the one that the setting `nats.server` names, or the first on the PATH.
///
/// # Errors
/// When there is none.
pub fn find(setting: &str) -> io::Result<PathBuf> {
    if !setting.is_empty() {
        let named = PathBuf::from(setting);
        let missing = || io::Error::new(io::ErrorKind::NotFound, format!("nats.server is {setting}, which is no file"));
        return named.is_file().then_some(named).ok_or_else(missing);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|directory| directory.join("nats-server")).find(|file| file.is_file());
    found.ok_or_else(|| {
        let text = "there is no nats-server on the PATH; `eval \"$(cargo xtask tools)\"` fetches one";
        io::Error::new(io::ErrorKind::NotFound, text)
    })
}

/// A nats-server that listens on the loopback interface and keeps its streams in a directory of its own.
///
/// It is killed when this value is dropped, and ends by itself when this process is killed.
#[derive(Debug)]
pub struct Broker {
    program: PathBuf,
    files: Files,
    port: u16,
    flush: Flush,
    peering: Option<Peering>,
    process: Option<Process>,
    /// Held until the broker is dropped, so that nobody else starts one on the same files.
    _owned: File,
}

/// How a member of a cluster finds the others.
#[derive(Clone, Debug)]
pub(crate) struct Peering {
    /// It is known to them by this name, and has to keep it.
    pub(crate) name: String,
    /// Where it listens for them.
    pub(crate) port: u16,
    /// Where they listen.
    pub(crate) peers: Vec<u16>,
}

impl Peering {
    fn config(&self) -> String {
        let routes: Vec<String> = self.peers.iter().map(|port| format!("\"nats://127.0.0.1:{port}\"")).collect();
        let (port, routes) = (self.port, routes.join(", "));
        format!("cluster {{\n  name: campusg\n  listen: \"127.0.0.1:{port}\"\n  routes: [{routes}]\n}}\n")
    }
}

#[derive(Debug)]
struct Process {
    server: Child,
    /// See [`lifeline`].
    _lifeline: Child,
}

impl Broker {
    /// Starts a server and waits until it and its streams can be used. Port 0 takes a free one, which it then keeps.
    ///
    /// # Errors
    /// When the program is missing, too old or does not start, or somebody else uses the port or the directory. A server
    /// that a killed run left behind on the same directory is ended first.
    pub async fn start(program: &Path, data: &Path, port: u16, flush: Flush) -> io::Result<Self> {
        Version::of(program).await?.check()?;
        fs::create_dir_all(data)?;
        let files = Files(data.canonicalize()?);
        let owned = soon(|| files.own()).await?;
        let program = program.to_owned();
        let mut broker = Self { program, files, port, flush, peering: None, process: None, _owned: owned };
        broker.end_leftover().await?;
        if port == 0 {
            broker.port = free_port()?;
        }
        broker.spawn().await?;
        Ok(broker)
    }

    /// Starts a member of a cluster. It can be used once enough of the others are there.
    pub(crate) async fn join(
        program: &Path,
        data: &Path,
        port: u16,
        flush: Flush,
        peering: Peering,
    ) -> io::Result<Self> {
        fs::create_dir_all(data)?;
        let files = Files(data.canonicalize()?);
        let owned = soon(|| files.own()).await?;
        let (program, peering) = (program.to_owned(), Some(peering));
        let mut broker = Self { program, files, port, flush, peering, process: None, _owned: owned };
        broker.end_leftover().await?;
        broker.spawn().await?;
        Ok(broker)
    }

    /// Kills the server and forgets everything that it has stored.
    pub(crate) async fn lose(&mut self) -> io::Result<()> {
        self.kill().await?;
        match fs::remove_dir_all(self.files.streams()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Where clients connect.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// The process, while there is one.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().and_then(|process| process.server.id())
    }

    /// Waits until the server ends by itself.
    pub async fn ended(&mut self) -> io::Result<ExitStatus> {
        match &mut self.process {
            Some(process) => process.server.wait().await,
            None => Ok(ExitStatus::default()),
        }
    }

    /// Ends the server in order: its files are closed when this returns.
    ///
    /// # Errors
    /// When it cannot be ended.
    pub async fn stop(&mut self) -> io::Result<()> {
        let Some(mut process) = self.process.take() else { return Ok(()) };
        if let Some(pid) = process.server.id() {
            self.signal("term", pid).await?;
        }
        if timeout(STOP_TIMEOUT, process.server.wait()).await.is_err() {
            process.server.kill().await?;
        }
        Ok(())
    }

    /// Ends the server at once, as a crash would (SIGKILL).
    ///
    /// # Errors
    /// When it cannot be ended.
    pub async fn kill(&mut self) -> io::Result<()> {
        match self.process.take() {
            Some(mut process) => process.server.kill().await,
            None => Ok(()),
        }
    }

    /// Starts it again on the same port and files, after ending it in order if it is still running.
    ///
    /// # Errors
    /// As for [`Broker::start`].
    pub async fn restart(&mut self) -> io::Result<()> {
        self.stop().await?;
        self.spawn().await
    }

    async fn spawn(&mut self) -> io::Result<()> {
        let name = self.peering.as_ref().map_or_else(new_name, |peering| peering.name.clone());
        fs::write(self.files.config(), self.config(&name))?;
        let log = OpenOptions::new().create(true).append(true).open(self.files.log())?;
        let said_before = log.metadata()?.len();
        let mut command = Command::new(&self.program);
        command.arg("--config").arg(self.files.config());
        // The lock is the server's standard input, which it never reads: held exactly as long as the server lives.
        command.stdin(soon(|| self.files.lock_for_server()).await?).stdout(log.try_clone()?).stderr(log);
        // Ctrl-C goes to the whole process group; the broker has to outlive the services, so it gets one of its own.
        command.process_group(0).kill_on_drop(true);
        let server = command.spawn().map_err(|error| named(&error, "nats-server could not be started".to_owned()))?;
        let lifeline = lifeline(&server)?;
        let mut process = Process { server, _lifeline: lifeline };
        self.until_ready(&mut process.server, &name, said_before).await?;
        self.process = Some(process);
        Ok(())
    }

    fn config(&self, name: &str) -> String {
        let quoted = |path: PathBuf| serde_json::Value::from(path.to_string_lossy().into_owned()).to_string();
        format!(
            "# Written by campusg at every start.\n\
             server_name: {name}\n\
             listen: \"127.0.0.1:{port}\"\n\
             max_payload: {MAX_PAYLOAD}\n\
             pid_file: {pid}\n\
             jetstream {{\n  store_dir: {store}\n  sync_interval: {sync}\n}}\n{cluster}",
            cluster = self.peering.as_ref().map(Peering::config).unwrap_or_default(),
            port = self.port,
            pid = quoted(self.files.pid()),
            store = quoted(self.files.store()),
            sync = self.flush.setting(),
        )
    }

    async fn until_ready(&self, server: &mut Child, name: &str, said_before: u64) -> io::Result<()> {
        let give_up = Instant::now() + START_TIMEOUT;
        loop {
            if let Some(status) = server.try_wait()? {
                return Err(self.did_not_start(&format!("nats-server ended ({status})"), said_before));
            }
            // Somebody else may answer on the port until ours finds it taken and ends.
            if let Ok(info) = timeout(Duration::from_millis(500), greeting(self.port)).await.unwrap_or(Err(silent()))
                && info.server_name == name
            {
                if !info.jetstream {
                    return Err(self.did_not_start("nats-server runs without JetStream", said_before));
                }
                return Ok(());
            }
            if Instant::now() > give_up {
                let text = format!("nats-server did not answer within {} s", START_TIMEOUT.as_secs());
                return Err(self.did_not_start(&text, said_before));
            }
            sleep(GLANCE).await;
        }
    }

    fn did_not_start(&self, what: &str, said_before: u64) -> io::Error {
        let log = self.files.log_since(said_before);
        if log.contains("address already in use") {
            let text = format!("port {} is used by somebody else", self.port);
            return io::Error::new(io::ErrorKind::AddrInUse, text);
        }
        let lines: Vec<&str> = log.lines().collect();
        let tail = lines[lines.len().saturating_sub(TAIL)..].join("\n  ");
        io::Error::other(format!("{what}; its log, {}, ends with:\n  {tail}", self.files.log().display()))
    }

    /// A run that was killed may have left its server behind; two on the same files would destroy them.
    async fn end_leftover(&self) -> io::Result<()> {
        let give_up = Instant::now() + STOP_TIMEOUT;
        let mut told = false;
        while let Err(error) = soon(|| self.files.lock_for_server()).await {
            let pid = fs::read_to_string(self.files.pid()).ok().and_then(|pid| pid.trim().parse().ok());
            match pid {
                Some(pid) if !told => {
                    told = true;
                    tracing::warn!(pid, "a nats-server was left behind by an earlier run; ending it");
                    self.signal("term", pid).await?;
                }
                _ if Instant::now() > give_up => return Err(error),
                _ => sleep(GLANCE).await,
            }
        }
        Ok(())
    }

    /// nats-server sends signals itself, which saves us from depending on a `kill` program or on unsafe code.
    async fn signal(&self, signal: &str, pid: u32) -> io::Result<()> {
        let mut command = Command::new(&self.program);
        command.arg("--signal").arg(format!("{signal}={pid}")).stdin(Stdio::null());
        let said = command.output().await?;
        if said.status.success() {
            return Ok(());
        }
        // One that is gone already has ended, which is what was wanted.
        tracing::debug!(pid, "nats-server took no signal: {}", String::from_utf8_lossy(&said.stderr).trim());
        Ok(())
    }
}

/// Takes a lock that may not be free at once although nobody has it any more: another thread that is starting a program has copies of
/// all our files from its fork to its exec, and with them their locks.
async fn soon(lock: impl Fn() -> io::Result<File>) -> io::Result<File> {
    let give_up = Instant::now() + LOCK_TIMEOUT;
    loop {
        match lock() {
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy && Instant::now() < give_up => {
                sleep(GLANCE).await
            }
            done => return done,
        }
    }
}

/// Ends the server when this process dies without having done so: a shell that waits for the other end of a pipe to close.
fn lifeline(server: &Child) -> io::Result<Child> {
    let pid = server.id().ok_or_else(|| io::Error::other("nats-server ended at once"))?;
    let mut command = Command::new("sh");
    command.args(["-c", "read -r _; kill -TERM \"$0\"", &pid.to_string()]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    command.process_group(0).kill_on_drop(true).spawn()
}

/// What a nats-server says to whoever connects.
#[derive(Deserialize)]
struct Greeting {
    server_name: String,
    #[serde(default)]
    jetstream: bool,
}

/// The server listens only after its streams are recovered, so one that greets is ready.
async fn greeting(port: u16) -> io::Result<Greeting> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).await?;
    let json = line.strip_prefix("INFO ").ok_or_else(silent)?;
    Ok(serde_json::from_str(json)?)
}

fn silent() -> io::Error {
    io::Error::other("no greeting")
}

/// A free port for a server that is about to be started: nobody else who asks for one is given it within a minute.
///
/// It is below the range from which the system takes ports for outgoing connections: there, a client that tries to reconnect
/// while the server is down would sooner or later connect to itself and keep the port from it.
///
/// # Errors
/// When none is found.
pub fn free_port() -> io::Result<u16> {
    const FIRST: u16 = 15_000;
    const COUNT: u16 = 17_000;
    let offset = |random: u64| u16::try_from(random % u64::from(COUNT)).unwrap_or_default();
    let mut candidates = (0..200).map(|_| FIRST + offset(random()));
    let free = |port: &u16| reserve(*port).is_ok();
    candidates.find(free).ok_or_else(|| io::Error::new(io::ErrorKind::AddrInUse, "no port is free"))
}

/// Takes a port and leaves a connection to it behind that has just ended (TIME_WAIT): from then on the system gives the port
/// only to who asks for it by `SO_REUSEADDR`, as servers do, and refuses it to the next one who comes here.
fn reserve(port: u16) -> io::Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    listener.bind(&address.into())?;
    // After `bind`, which is to be refused what others have reserved; what is left behind has it from here.
    listener.set_reuse_address(true)?;
    listener.listen(1)?;
    let _client = std::net::TcpStream::connect(address)?;
    // Who ends a connection first is left with it. Locals are dropped last first: this one before the client.
    let (_server, _) = listener.accept()?;
    Ok(())
}

/// A name that no other server has.
pub(crate) fn new_name() -> String {
    format!("campusg-{:016x}", random())
}

/// Different every time; not a secret.
fn random() -> u64 {
    RandomState::new().hash_one(())
}

fn named(error: &io::Error, what: String) -> io::Error {
    io::Error::new(error.kind(), format!("{what}: {error}"))
}

/// What is where in a broker's directory.
#[derive(Debug)]
struct Files(PathBuf);

impl Files {
    fn config(&self) -> PathBuf {
        self.0.join("nats-server.conf")
    }

    fn log(&self) -> PathBuf {
        self.0.join("nats-server.log")
    }

    fn pid(&self) -> PathBuf {
        self.0.join("nats-server.pid")
    }

    fn store(&self) -> PathBuf {
        self.0.clone()
    }

    /// The directory that nats-server makes in its store.
    fn streams(&self) -> PathBuf {
        self.store().join("jetstream")
    }

    fn own(&self) -> io::Result<File> {
        self.lock("owner.lock", "another platform")
    }

    fn lock_for_server(&self) -> io::Result<File> {
        self.lock("server.lock", "another nats-server")
    }

    fn lock(&self, name: &str, who: &str) -> io::Result<File> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(self.0.join(name))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => {
                let text = format!("{} is used by {who}", self.0.display());
                Err(io::Error::new(io::ErrorKind::ResourceBusy, text))
            }
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn log_since(&self, start: u64) -> String {
        let mut text = Vec::new();
        if let Ok(mut log) = File::open(self.log())
            && log.seek(SeekFrom::Start(start)).is_ok()
        {
            drop(log.read_to_end(&mut text));
        }
        String::from_utf8_lossy(&text).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<Version>) {
        assert_eq!(Version::in_text(text), expected);
    }

    #[tokio::test]
    async fn a_lock_that_is_let_go_a_moment_later_is_waited_for() {
        let directory = tempfile::tempdir().expect("a directory");
        let files = Files(directory.path().to_owned());
        let taken = files.own().expect("the first");
        let refused = files.own().expect_err("it is taken");
        assert_eq!(refused.kind(), io::ErrorKind::ResourceBusy);
        let (second, ()) = tokio::join!(soon(|| files.own()), async { drop(taken) });
        second.expect("the second");
    }

    #[test]
    fn a_free_port_is_given_to_nobody_else_until_its_server_takes_it() {
        let port = free_port().expect("a port");
        assert_eq!(reserve(port).expect_err("it is somebody's").kind(), io::ErrorKind::AddrInUse);
        std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("a server's port");
    }

    #[test]
    fn versions_are_read_as_servers_print_them() {
        check("nats-server: v2.15.1\n", Some(Version(2, 15)));
        check("2.14.0-RC.3", Some(Version(2, 14)));
        check("nats-server", None);
    }

    #[test]
    fn an_old_server_is_refused_in_words() {
        assert!(Version(2, 12).check().is_ok() && Version(3, 0).check().is_ok());
        let error = Version(2, 9).check().expect_err("too old");
        assert!(error.to_string().contains("nats-server 2.9 is too old; 2.12 or newer"), "{error}");
    }

    #[test]
    fn two_minutes_are_quoted() {
        assert_eq!("2m".parse::<Flush>().expect("known").setting(), "\"2m\"");
        assert!("1s".parse::<Flush>().is_err());
    }
}
