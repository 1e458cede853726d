//! The world: everything that one test needs, its own, gone when the test is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chassis::broker::{self, Broker, Flush};
use chassis::cluster::Cluster;
use chassis::{Bus, Clock, Config, Running, Service, failpoint, inspect, streams};
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use sea_orm::{ConnectionTrait, DatabaseConnection};
use serde_json::Value;
use stripe_sandbox::{Options, Sandbox, Webhook};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use uuid::Uuid;

use crate::record::{BEGINNING, Recorder};
use crate::supervisor::Supervisor;

/// Which database the services use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Db {
    /// One file per service.
    Sqlite,
    /// One schema per service in the database that `CAMPUSG_TEST_POSTGRES` names.
    Postgres,
}

/// How long anybody waits for one thing that must come: a part at work, a process that stops, an answer with everything in it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// A world in which nothing has moved for so long hangs. Longer than a message may take to be tried again: each wait for a broker's
/// redelivery or between two tries of a call is at most half a minute, and a call to Stripe gives up after 20 s.
pub(crate) const STANDSTILL: Duration = Duration::from_secs(150);
/// One in which something still moves after so long goes round in circles.
const UNREST: Duration = Duration::from_secs(600);
/// What the sandbox signs its webhooks with: the default of the settings.
const WEBHOOK_SECRET: &str = "whsec_campusg_sandbox";
/// How often it looks.
pub(crate) const GLANCE: Duration = Duration::from_millis(10);

/// What a world is to be like.
pub struct Builder {
    db: Db,
    settings: BTreeMap<&'static str, Value>,
    program: Option<PathBuf>,
    variables: Vec<(&'static str, String)>,
    services: fn(&Config) -> anyhow::Result<Vec<Service>>,
    others: fn() -> Vec<Service>,
    gateway: bool,
    recorder: Option<Recorder>,
    supervised: bool,
    brokers: usize,
    replicas: u16,
}

enum Brokers {
    One(Broker),
    Many(Cluster),
}

/// The door to the platform.
enum Gateway {
    Here(gateway::Running),
    /// As a process, at this address.
    There(String, Child),
}

/// Everything that one test needs.
pub struct World {
    /// Moved by [`World::advance`].
    pub clock: Clock,
    /// A connection to the world's broker.
    pub bus: Bus,
    config: Config,
    settings: BTreeMap<&'static str, Value>,
    broker: Brokers,
    sandbox: Option<stripe_sandbox::Running>,
    sandbox_url: String,
    gateway: Option<Gateway>,
    variables: Vec<(&'static str, String)>,
    services: fn(&Config) -> anyhow::Result<Vec<Service>>,
    others: fn() -> Vec<Service>,
    program: Option<PathBuf>,
    replicas: u16,
    running: Vec<(u16, Running)>,
    processes: BTreeMap<(&'static str, u16), Child>,
    /// Instead of `processes`, where parts are started again when they die.
    supervisors: Option<Vec<Supervisor>>,
    /// How often one was.
    deaths: Arc<AtomicU64>,
    recorder: Option<Recorder>,
    /// Where people ask for everything under keys of one count, again until it is decided: the next one.
    pub(crate) keys: Option<Arc<AtomicU64>>,
    /// Last, so that it is removed after everything that writes into it has stopped.
    _dir: TempDir,
}

impl Builder {
    /// Has the broker deliver every message twice.
    #[must_use]
    pub fn doubled(self) -> Self {
        self.with("dispatcher.deliver_twice", true)
    }

    /// Changes a setting.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl serde::Serialize) -> Self {
        self.settings.insert(name, serde_json::to_value(value).expect("a JSON value"));
        self
    }

    /// Gives processes this variable in their environment.
    #[must_use]
    pub fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// Runs the gateway and every service as a process of its own: `program serve <part>`.
    #[must_use]
    pub fn as_processes(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = Some(program.into());
        self
    }

    /// Makes it comparable with another telling of the same story: both begin at the same time, people ask under the same
    /// idempotency keys, and when it ends, what it leaves behind is put here. Whoever asks asks again until it is decided.
    #[must_use]
    pub fn recorded(mut self, recorder: &Recorder) -> Self {
        self.recorder = Some(Arc::clone(recorder));
        // Who waits for something that was begun again several times waits longer.
        self.with("gateway.wait_ms", 30_000)
    }

    /// Has each service's process die of `abort` wherever [`chassis::failpoint`] says, as far as `marks` does not say that
    /// this was done, and starts it again. For [`Builder::as_processes`].
    #[must_use]
    pub fn dying(mut self, marks: &Path) -> Self {
        self.supervised = true;
        self.env(failpoint::VARIABLE, marks.display().to_string())
    }

    /// Runs a cluster of three brokers, with three copies of every stream.
    #[must_use]
    pub fn clustered(mut self) -> Self {
        self.brokers = 3;
        self.with("nats.replicas", 3)
    }

    /// Runs so many replicas of every service.
    #[must_use]
    pub fn replicated(mut self, replicas: u16) -> Self {
        self.replicas = replicas;
        self
    }

    /// Runs these services beside the platform's.
    #[must_use]
    pub fn also(mut self, services: fn() -> Vec<Service>) -> Self {
        self.others = services;
        self
    }

    /// Runs these services instead of the platform's, and no gateway.
    #[must_use]
    pub fn only(mut self, services: fn(&Config) -> anyhow::Result<Vec<Service>>) -> Self {
        self.services = services;
        self.gateway = false;
        self
    }

    /// Starts it all, and waits until the people are known.
    pub async fn start(self) -> World {
        let mut world = self.start_without_services().await;
        world.start_services().await;
        if world.gateway.is_some() {
            world.settle().await;
        }
        world
    }

    /// Starts broker, sandbox and gateway, applies the streams, and leaves the services down.
    pub async fn start_without_services(mut self) -> World {
        let dir = TempDir::with_prefix("campusg-world-").expect("a temporary directory");
        let clock = Clock::manual(&dir.path().join("clock")).expect("a clock");
        #[expect(clippy::disallowed_methods, reason = "a world starts at the real time and moves on by hand")]
        clock.set(if self.recorder.is_some() { BEGINNING } else { Timestamp::now() }).expect("a clock");
        let server = broker::find(&std::env::var("CAMPUSG_NATS__SERVER").unwrap_or_default());
        let server = server.expect("a nats-server: run `cargo xtask test`, or `eval \"$(cargo xtask tools)\"` first");
        let broker = Brokers::start(&server, &dir.path().join("nats"), self.brokers).await;
        let listen = format!("127.0.0.1:{}", broker::free_port().expect("a free port"));
        let sandbox = start_sandbox(dir.path(), self.gateway.then_some(&listen)).await;
        let url = database_url(self.db, dir.path()).await;
        for (name, value) in [
            ("nats.url", broker.url()),
            ("stripe.url", sandbox.url()),
            ("stripe.key", stripe_sandbox::SECRET_KEY.to_owned()),
            ("database.url", url),
            ("platform.data", dir.path().display().to_string()),
            ("clock.file", dir.path().join("clock").display().to_string()),
            ("seal.key", "5".repeat(64)),
            ("gateway.public_url", format!("http://{listen}")),
            ("gateway.listen", listen),
        ] {
            self.settings.entry(name).or_insert_with(|| value.into());
        }
        // A test is a crowd of its own.
        self.settings.entry("gateway.rate_per_second").or_insert_with(|| 0.into());
        // The sandbox signs at its own time, not at the one that a test moves.
        self.settings.entry("stripe.webhook_tolerance_s").or_insert_with(|| 0.into());
        let config = self.settings.iter().fold(Config::defaults(), |config, (name, value)| config.with(name, value));
        let nats = config.section("nats").expect("settings");
        let bus = Bus::connect(&nats, "testkit", clock.clone()).await.expect("a connection to the broker");
        let mut services = (self.services)(&config).expect("services");
        services.extend((self.others)());
        broker.prepare(&bus, &services, &config).await;
        let mut world = World {
            clock,
            bus,
            config,
            settings: self.settings,
            broker,
            sandbox_url: sandbox.url(),
            sandbox: Some(sandbox),
            gateway: None,
            variables: self.variables,
            services: self.services,
            others: self.others,
            program: self.program,
            replicas: self.replicas,
            running: Vec::new(),
            processes: BTreeMap::new(),
            supervisors: self.supervised.then(Vec::new),
            deaths: Arc::default(),
            keys: self.recorder.is_some().then(Arc::default),
            recorder: self.recorder,
            _dir: dir,
        };
        if self.gateway {
            world.open_the_gateway().await;
        }
        world
    }
}

impl World {
    /// A world with the platform's services.
    #[must_use]
    pub fn of(db: Db) -> Builder {
        Builder {
            db,
            settings: BTreeMap::new(),
            program: None,
            variables: Vec::new(),
            services: |config| campusg::registry::services(config),
            others: Vec::new,
            gateway: true,
            recorder: None,
            supervised: false,
            brokers: 1,
            replicas: 1,
        }
    }

    /// The gateway's address.
    #[must_use]
    #[track_caller]
    pub fn url(&self) -> String {
        match self.gateway.as_ref().expect("a world with a gateway") {
            Gateway::Here(running) => running.url(),
            Gateway::There(url, _) => url.clone(),
        }
    }

    /// The broker's address.
    #[must_use]
    pub fn broker_url(&self) -> String {
        self.broker.url()
    }

    /// The Stripe sandbox's address.
    #[must_use]
    pub fn stripe_url(&self) -> &str {
        &self.sandbox_url
    }

    /// Starts the services that are not running.
    pub async fn start_services(&mut self) {
        for replica in 0..self.replicas {
            self.start_replica(replica, |_| true).await;
        }
        self.serve((self.others)(), 0).await;
    }

    /// Starts one replica, counted from 0, of the services that `which` names.
    pub async fn start_replica(&mut self, replica: u16, which: impl Fn(&str) -> bool) {
        let mut services = (self.services)(&self.config).expect("services");
        services.retain(|one| which(one.name));
        match self.program.clone() {
            Some(program) => services.iter().for_each(|service| self.start_process(&program, service.name, replica)),
            None => self.serve(services, replica).await,
        }
    }

    fn start_process(&mut self, program: &Path, name: &'static str, replica: u16) {
        let mut command = self.command(program, name, replica);
        match &mut self.supervisors {
            Some(supervisors) => supervisors.push(Supervisor::start(name, command, Arc::clone(&self.deaths))),
            None => {
                let child = command.spawn();
                let child = child.unwrap_or_else(|error| panic!("{} does not start: {error}", program.display()));
                self.processes.insert((name, replica), child);
            }
        }
    }

    /// As one process does: on one connection to the broker.
    async fn serve(&mut self, services: Vec<Service>, replica: u16) {
        let config = self.config.clone().with("dispatcher.replica", replica).with("dispatcher.replicas", self.replicas);
        let bus = self.connect().await;
        for service in services {
            let name = service.name;
            let running = chassis::serve(service, &bus, &config, &self.clock).await;
            self.running.push((replica, running.unwrap_or_else(|error| panic!("{name} does not start: {error:#}"))));
        }
    }

    async fn connect(&self) -> Bus {
        let nats = self.config.section("nats").expect("settings");
        Bus::connect(&nats, "campusg", self.clock.clone()).await.expect("a connection to the broker")
    }

    /// Stops one replica of a service at once, as a crash would: SIGKILL for a process.
    pub async fn kill_replica(&mut self, service: &str, replica: u16) {
        let place = self.running.iter().position(|(place, running)| running.name == service && *place == replica);
        if let Some(place) = place {
            self.running.swap_remove(place).1.kill().await;
            return;
        }
        let key = self.processes.keys().find(|key| **key == (service, replica)).copied();
        let child = key.and_then(|key| self.processes.remove(&key));
        child.expect("a replica that runs").kill().await.expect("a process to kill");
    }

    /// Freezes the process of one replica of a service (SIGSTOP).
    pub async fn freeze_replica(&self, service: &str, replica: u16) {
        self.signal("-STOP", service, replica).await;
    }

    /// Lets a frozen replica go on (SIGCONT).
    pub async fn thaw_replica(&self, service: &str, replica: u16) {
        self.signal("-CONT", service, replica).await;
    }

    async fn signal(&self, signal: &str, service: &str, replica: u16) {
        let child = self.processes.iter().find(|(key, _)| **key == (service, replica)).map(|(_, child)| child);
        let pid = child.and_then(Child::id).expect("a process that runs").to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().await;
        assert!(sent.is_ok_and(|status| status.success()), "{service} {replica} took no {signal}");
    }

    /// The brokers of a clustered world.
    #[track_caller]
    pub fn cluster(&mut self) -> &mut Cluster {
        match &mut self.broker {
            Brokers::Many(cluster) => cluster,
            Brokers::One(_) => panic!("a world with one broker"),
        }
    }

    /// The member of the cluster that leads a stream.
    pub async fn leader_of(&mut self, stream: &str) -> usize {
        let give_up = tokio::time::Instant::now() + PATIENCE;
        loop {
            let copies = inspect::copies(&self.bus).await.unwrap_or_default();
            let of = copies.into_iter().find(|copies| copies.of == format!("stream {stream}"));
            if let Some(member) = of.and_then(|of| of.leader).and_then(|leader| self.cluster().named(&leader)) {
                return member;
            }
            assert!(tokio::time::Instant::now() < give_up, "{stream} has no leader");
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Waits until every copy of every stream and consumer is current.
    pub async fn all_copies_current(&self) {
        if let Brokers::Many(cluster) = &self.broker {
            cluster.current(&self.bus).await.expect("as many copies as declared");
        }
    }

    async fn open_the_gateway(&mut self) {
        let Some(program) = self.program.clone() else {
            let gateway = gateway::start(&self.config, &self.connect().await, &self.clock).await.expect("a gateway");
            self.gateway = Some(Gateway::Here(gateway));
            return;
        };
        let address: String = self.config.section("gateway.listen").expect("settings");
        let child = self.command(&program, "gateway", 0).spawn().expect("a gateway's process");
        let url = format!("http://{address}");
        let give_up = tokio::time::Instant::now() + PATIENCE;
        while reqwest::get(format!("{url}/healthz")).await.is_err() {
            assert!(tokio::time::Instant::now() < give_up, "the gateway's process does not answer");
            tokio::time::sleep(GLANCE).await;
        }
        self.gateway = Some(Gateway::There(url, child));
    }

    fn command(&self, program: &Path, service: &str, replica: u16) -> Command {
        let variable = |name: &str| format!("CAMPUSG_{}", name.to_uppercase().replace('.', "__"));
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let mut command = Command::new(program);
        command
            .args(["serve", service, "--no-apply"])
            .envs(self.settings.iter().map(|(name, value)| (variable(name), text(value))))
            .env("CAMPUSG_DISPATCHER__REPLICA", replica.to_string())
            .env("CAMPUSG_DISPATCHER__REPLICAS", self.replicas.to_string())
            .envs(self.variables.iter().map(|(name, value)| (*name, value.as_str())))
            .env("RUST_LOG", std::env::var("RUST_LOG").unwrap_or_else(|_| "warn".to_owned()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .kill_on_drop(true);
        command
    }

    /// Stops all services at once, as a crash would: SIGKILL for processes.
    pub async fn kill_services(&mut self) {
        for (_, running) in std::mem::take(&mut self.running) {
            running.kill().await;
        }
        for (_, mut child) in std::mem::take(&mut self.processes) {
            child.kill().await.expect("a process to kill");
        }
        for supervisor in self.supervisors.iter_mut().flat_map(std::mem::take) {
            supervisor.kill().await;
        }
    }

    /// Stops all services softly: SIGTERM for processes.
    pub async fn stop_services(&mut self) {
        for (_, running) in std::mem::take(&mut self.running) {
            running.stop().await;
        }
        for ((name, _), child) in std::mem::take(&mut self.processes) {
            terminate(name, child).await;
        }
        for supervisor in self.supervisors.iter_mut().flat_map(std::mem::take) {
            supervisor.stop().await;
        }
    }

    /// Whether at least one replica of a service is meant to be there.
    pub(crate) fn is_running(&self, service: &str) -> bool {
        self.running.iter().any(|(_, running)| running.name == service)
            || self.processes.keys().any(|(name, _)| *name == service)
            || self.supervisors.iter().flatten().any(|supervisor| supervisor.name() == service)
    }

    /// How often a part's process died and was started again.
    #[must_use]
    pub fn deaths(&self) -> u64 {
        self.deaths.load(Ordering::Relaxed)
    }

    /// Kills the broker with SIGKILL and starts it again on the same data.
    pub async fn restart_broker(&mut self) {
        self.kill_broker().await;
        self.start_broker().await;
    }

    #[track_caller]
    fn one_broker(&mut self) -> &mut Broker {
        match &mut self.broker {
            Brokers::One(broker) => broker,
            Brokers::Many(_) => panic!("a world with a cluster; see World::cluster"),
        }
    }

    /// Kills the broker with SIGKILL.
    pub async fn kill_broker(&mut self) {
        self.one_broker().kill().await.expect("a broker to kill");
    }

    /// Starts a killed broker on the same data and port.
    pub async fn start_broker(&mut self) {
        self.one_broker().restart().await.expect("the broker starts again");
        let give_up = tokio::time::Instant::now() + PATIENCE;
        while !self.bus.is_connected() || inspect::log_length(&self.bus).await.is_err() {
            assert!(tokio::time::Instant::now() < give_up, "no connection to the broker that was started again");
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Moves the clock on and waits until everything that this makes due has happened.
    ///
    /// A recorded world comes to rest before time passes, and again whenever a deadline has come: how much happens by when
    /// must not depend on how fast it is.
    pub async fn advance(&self, by: SignedDuration) {
        let until = self.clock.now() + by;
        while self.recorder.is_some() {
            self.settle().await;
            let deadlines = inspect::deadlines(&self.bus).await.expect("the deadlines");
            match deadlines.into_iter().map(|(_, due)| due).filter(|due| *due < until).min() {
                Some(next) => self.clock.set(next).expect("a clock that moves"),
                None => break,
            }
        }
        self.clock.set(until).expect("a clock that moves");
        self.settle().await;
    }

    /// Moves the clock on, and nothing else.
    pub fn move_clock(&self, by: SignedDuration) {
        self.clock.set(self.clock.now() + by).expect("a clock that moves");
    }

    /// Waits until nothing is in flight: every consumer has acknowledged everything and nothing is overdue.
    ///
    /// Panics with what is left when that does not happen, and with the reason when something was parked.
    pub async fn settle(&self) {
        let parked = self.settle_with_parked().await;
        assert!(parked.is_empty(), "parked: {}", parked.iter().map(describe).collect::<Vec<_>>().join("; "));
    }

    /// Like [`World::settle`], but returns what was parked instead of failing on it.
    pub async fn settle_with_parked(&self) -> Vec<inspect::Stored> {
        let (mut quiet, mut last) = (None, None);
        let begun = tokio::time::Instant::now();
        let mut since = begun;
        loop {
            let (length, left) = self.look().await;
            // Whoever has died or done something since has got further, however slow the machine is.
            let now = Some((length, left.clone(), self.deaths()));
            if now != last {
                (last, since) = (now, tokio::time::Instant::now());
            }
            // Twice in a row: between two looks something could have been on its way from one consumer to the next.
            if left.is_empty() && quiet == Some(length) {
                return inspect::parked(&self.bus).await.expect("the parked messages");
            }
            quiet = left.is_empty().then_some(length);
            if since.elapsed() >= STANDSTILL || begun.elapsed() >= UNREST {
                let (since, begun) = (since.elapsed(), begun.elapsed());
                panic!(
                    "not settled after {begun:?}, {since:?} of them alike: {}\n{}",
                    left.join("; "),
                    self.lately().await
                );
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// The messages that some consumer has not acknowledged everything up to, what Stripe was asked last, and which processes
    /// there are: for whoever has to find out what the world hangs on.
    pub(crate) async fn lately(&self) -> String {
        let backlog = inspect::backlog(&self.bus).await.expect("the broker's consumers");
        let floor = backlog.iter().map(|one| one.floor).min().unwrap_or(u64::MAX);
        let log = inspect::log(&self.bus).await.expect("the log");
        let behind = log.iter().filter(|stored| stored.sequence > floor);
        let behind = behind.map(|stored| format!("{} {}", stored.sequence, stored.subject));
        let calls = self.sandbox(Method::GET, "/sandbox/calls", None).await;
        let calls = calls.as_array().into_iter().flatten().rev().take(10).map(Value::to_string);
        let floors = backlog.iter().map(|one| format!("{} is done up to {}", one.consumer, one.floor));
        floors.chain(behind).chain(calls).chain(children()).collect::<Vec<_>>().join("\n")
    }

    /// What is still in flight.
    async fn look(&self) -> (u64, Vec<String>) {
        let backlog = inspect::backlog(&self.bus).await.expect("the broker's consumers");
        let deadlines = inspect::deadlines(&self.bus).await.expect("the deadlines");
        let length = inspect::log_length(&self.bus).await.expect("the log's length");
        let now = self.clock.now();
        let overdue =
            deadlines.into_iter().filter(|(_, due)| *due <= now).map(|(subject, _)| format!("{subject} overdue"));
        let busy = backlog.into_iter().map(|b| format!("{}: {} waiting, {} in hand", b.consumer, b.waiting, b.in_hand));
        let dead = self.supervisors.iter().flatten().filter_map(Supervisor::not_ready);
        let mut left: Vec<String> = busy.chain(overdue).chain(dead).collect();
        // Only when all else is at rest: this look is the dearest one.
        if left.is_empty() && self.gateway.is_some() {
            left.extend(self.untold().await);
        }
        (length, left)
    }

    /// What the sandbox has yet to tell the gateway.
    async fn untold(&self) -> Vec<String> {
        let deliveries = self.sandbox(Method::GET, "/sandbox/deliveries", None).await;
        let pending = |delivery: &&Value| delivery["state"] == "pending";
        let tell = |delivery: &Value| format!("webhook {} untold: {}", delivery["type"], delivery["error"]);
        deliveries.as_array().into_iter().flatten().filter(pending).map(tell).collect()
    }

    /// Asks the sandbox for something, as a test or somebody in Stripe's dashboard would.
    pub async fn sandbox(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let mut request = reqwest::Client::new().request(method, format!("{}{path}", self.sandbox_url));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("the sandbox");
        let status = answer.status();
        let text = answer.text().await.expect("an answer");
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Sends a form to a page of Stripe's, as a browser would, and returns where it is sent next.
    pub async fn submit(&self, page: &str, form: &[(&str, &str)]) -> String {
        let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let form: Vec<String> = form.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request =
            browser.post(page).header("content-type", "application/x-www-form-urlencoded").body(form.join("&"));
        let answer = request.send().await.expect("the page");
        assert_eq!(answer.status(), 303, "{page}");
        answer.headers()["location"].to_str().expect("an address").to_owned()
    }

    /// A connection to the database of a service.
    pub async fn database(&self, service: &str) -> DatabaseConnection {
        let url: String = self.config.section("database.url").expect("settings");
        chassis::database::connect(&url.replace("{service}", service)).await.expect("a connection to a database")
    }

    /// Messages of the log about one story, oldest first, as `type key` lines: `orders.placed.v1`.
    pub async fn story(&self, correlation: &str) -> Vec<String> {
        let log = inspect::log(&self.bus).await.expect("the log");
        log.into_iter()
            .filter(|stored| stored.correlation == correlation)
            .map(|stored| type_of(&stored.subject))
            .collect()
    }

    /// What the sandbox has seen: counts and sums.
    pub async fn stripe(&self) -> Value {
        let url = format!("{}/sandbox/summary", self.sandbox_url);
        reqwest::get(url).await.expect("the sandbox").json().await.expect("JSON")
    }

    /// Stops everything softly, and fails if anything was left.
    pub async fn end(self) {
        self.settle().await;
        self.end_with_parked().await;
    }

    /// Like [`World::end`], but does not fail on what was parked.
    pub async fn end_with_parked(mut self) {
        self.settle_with_parked().await;
        if let Some(recorder) = self.recorder.take() {
            let services = (self.services)(&self.config).expect("services");
            let record = self.record(&services).await;
            assert!(recorder.set(record).is_ok(), "a world ends once");
        }
        match self.gateway.take() {
            Some(Gateway::Here(running)) => running.stop().await,
            Some(Gateway::There(_, child)) => terminate("gateway", child).await,
            None => {}
        }
        self.stop_services().await;
        if let Some(sandbox) = self.sandbox.take() {
            sandbox.stop().await;
        }
    }
}

/// How often a cluster is asked for its streams and consumers.
const APPLY_TRIES: u32 = 5;

impl Brokers {
    /// What a test proves does not depend on when the disk has it, and tests share one disk.
    async fn start(server: &Path, data: &Path, count: usize) -> Self {
        if count == 1 {
            let broker = Broker::start(server, data, 0, Flush::Every2Minutes).await;
            return Self::One(broker.expect("a broker"));
        }
        Self::Many(Cluster::start(server, data, count, Flush::Every2Minutes).await.expect("a cluster"))
    }

    /// Makes the streams and consumers, with all of their copies.
    async fn prepare(&self, bus: &Bus, services: &[Service], config: &Config) {
        if let Self::Many(cluster) = self {
            cluster.ready(bus).await.expect("a cluster with a leader");
        }
        let dispatcher = config.section("dispatcher").expect("settings");
        let mut tries = 1;
        while let Err(error) = streams::apply(bus, services, &dispatcher).await {
            // Members of a young cluster on a busy disk may take longer over a consumer than a client waits.
            let is_young = matches!((self, &error), (Self::Many(_), streams::ApplyError::Broker(..)));
            assert!(is_young && tries < APPLY_TRIES, "streams and consumers: {error:?}");
            tries += 1;
        }
        if let Self::Many(cluster) = self {
            cluster.current(bus).await.expect("as many copies as declared");
        }
    }

    fn url(&self) -> String {
        match self {
            Self::One(broker) => broker.url(),
            Self::Many(cluster) => cluster.url(),
        }
    }
}

/// Starts a Stripe that tells the gateway, if there is one, of everything that happens.
async fn start_sandbox(dir: &Path, gateway: Option<&String>) -> stripe_sandbox::Running {
    let url = gateway.map(|listen| format!("http://{listen}/webhooks/stripe"));
    let webhook = url.map(|url| Webhook { url, secret: WEBHOOK_SECRET.to_owned() });
    let options = Options { data: Some(dir.join("stripe")), webhook, instant_onboarding: false, ..Options::default() };
    Sandbox::start(options).await.expect("a Stripe sandbox")
}

/// Asks a process to stop and waits until it has.
pub(crate) async fn terminate(name: &str, mut child: Child) {
    if let Some(pid) = child.id() {
        let asked = Command::new("kill").args(["-TERM", &pid.to_string()]).status().await;
        assert!(asked.is_ok_and(|status| status.success()), "{name} could not be asked to stop");
    }
    let ended = tokio::time::timeout(PATIENCE, child.wait()).await.expect("a process that stops when asked");
    let status = ended.expect("a process");
    assert!(status.success(), "{name} ended with {status}");
}

/// The processes that this one has started, and what they are about: one that has died and that nobody has noticed is a zombie.
fn children() -> Vec<String> {
    let parent = format!("PPid:\t{}", std::process::id());
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.path());
    let read = |path: &Path, name: &str| std::fs::read_to_string(path.join(name)).unwrap_or_default();
    let ours = all.filter(|path| read(path, "status").lines().any(|line| line == parent));
    let tell = |path: PathBuf| {
        let status = read(&path, "status");
        let state = status.lines().find(|line| line.starts_with("State:")).unwrap_or_default();
        format!("{} {state} {}", path.display(), read(&path, "cmdline").replace('\0', " "))
    };
    ours.map(tell).collect()
}

fn describe(parked: &inspect::Stored) -> String {
    format!("{} because {}", parked.subject, parked.reason.as_deref().unwrap_or("?"))
}

/// `orders.placed.v1` of `orders.placed.v1.ord_….7`.
fn type_of(subject: &str) -> String {
    let tokens = if subject.starts_with("intent.") { 4 } else { 3 };
    subject.split('.').take(tokens).collect::<Vec<_>>().join(".")
}

async fn database_url(db: Db, dir: &Path) -> String {
    match db {
        Db::Sqlite => format!("sqlite:{}/{{service}}.db", dir.display()),
        Db::Postgres => {
            let server = std::env::var("CAMPUSG_TEST_POSTGRES");
            let server =
                server.expect("CAMPUSG_TEST_POSTGRES: run `cargo xtask test`, or `cargo xtask postgres` beside");
            let admin = chassis::database::connect(&server).await.expect("a connection to PostgreSQL");
            #[expect(clippy::disallowed_methods, reason = "worlds of tests that run at once must not share tables")]
            let world = Uuid::new_v4().simple().to_string();
            let services = ["orders", "users", "payments", "notifications", "repairs", "fixture", "listener", "thanks"];
            for service in services {
                // A database of each one's own would be three hundred files, which take longer to delete than a story to tell.
                let create = format!("CREATE SCHEMA w{world}_{service}");
                admin.execute_unprepared(&create).await.expect("a new schema");
            }
            admin.close().await.expect("a closed connection");
            format!("{server}?options=-csearch_path%3Dw{world}_{{service}}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_that_died_unnoticed_is_told_of_as_a_zombie() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let of_child = || children().into_iter().find(|told| told.starts_with(&format!("/proc/{} ", child.id())));
        let zombie =
            std::iter::repeat_with(of_child).find(|told| told.as_ref().is_none_or(|told| told.contains("zombie")));
        assert!(zombie.flatten().is_some(), "a child that nobody has waited for is there");
        child.wait().unwrap();
    }
}
