//! Processor time, memory and flushes of the disk, from Linux's /proc (`man 5 proc`); unknown elsewhere.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, interval, sleep};

use crate::bench::stage::{Postgres, Stage};

/// USER_HZ: what /proc counts processor time in, 100 a second on every architecture that we build for.
const TICKS_PER_SECOND: f64 = 100.0;

/// Processor seconds that everybody has used so far, or between two moments.
pub(super) struct Cpu {
    /// Every service and the gateway.
    pub(super) platform: f64,
    /// nats-server.
    pub(super) broker: f64,
    /// The run's own PostgreSQL; SQLite's work is part of the platform's.
    pub(super) postgres: Option<f64>,
    /// This process: the load generator, and Stripe's sandbox if there is one.
    pub(super) load: f64,
}

impl Cpu {
    /// Everybody but the load generator.
    pub(super) fn all_but_the_load(&self) -> f64 {
        self.platform + self.broker + self.postgres.unwrap_or_default()
    }

    pub(super) fn now(stage: &Stage) -> Self {
        let of = |pid: u32| seconds(pid, Whose::Own).unwrap_or(f64::NAN);
        Self {
            platform: of(stage.platform.pid()),
            broker: of(stage.platform.broker()),
            postgres: stage.postgres.as_ref().map(|postgres| of_all(&postgres.processes())),
            load: of(std::process::id()),
        }
    }

    /// What was used from `self` to `later`.
    pub(super) fn until(&self, later: &Self) -> Self {
        Self {
            platform: later.platform - self.platform,
            broker: later.broker - self.broker,
            postgres: later.postgres.zip(self.postgres).map(|(later, earlier)| later - earlier),
            load: later.load - self.load,
        }
    }
}

/// How many flushes the disk behind `directory` has been asked for since the machine started, by anybody.
pub(super) fn flushes(directory: &Path) -> f64 {
    let device = fs::metadata(directory).map(|metadata| metadata.dev()).unwrap_or_default();
    // As glibc's gnu_dev_major and gnu_dev_minor.
    let major = ((device >> 8) & 0xfff) | ((device >> 32) & !0xfff);
    let minor = (device & 0xff) | ((device >> 12) & !0xff);
    let disks = fs::read_to_string("/proc/diskstats").unwrap_or_default();
    let ours = disks.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).find(|fields| {
        fields.first().is_some_and(|field| *field == major.to_string())
            && fields.get(1).is_some_and(|field| *field == minor.to_string())
    });
    // The 16th figure after the name (Documentation/admin-guide/iostats.rst).
    ours.and_then(|fields| fields.get(18)?.parse().ok()).unwrap_or(f64::NAN)
}

/// Memory of everybody, in MB: now, or the most that it was.
pub(super) struct Memory {
    /// Every service and the gateway.
    pub(super) platform: f64,
    /// nats-server.
    pub(super) broker: f64,
    /// The run's own PostgreSQL: all of its processes, what they share counted once (PSS).
    pub(super) postgres: Option<f64>,
    /// This process.
    pub(super) load: f64,
}

impl Memory {
    fn now(stage: &Stage) -> Self {
        Self {
            platform: resident(stage.platform.pid(), "VmRSS:"),
            broker: resident(stage.platform.broker(), "VmRSS:"),
            postgres: stage.postgres.as_ref().map(|postgres| shared_out(&postgres.processes())),
            load: resident(std::process::id(), "VmRSS:"),
        }
    }

    /// The most so far: Linux keeps it for a process. Of PostgreSQL's many somebody has to have looked.
    pub(super) fn at_most(stage: &Stage, watch: Option<&Watch>) -> Self {
        Self {
            platform: resident(stage.platform.pid(), "VmHWM:"),
            broker: resident(stage.platform.broker(), "VmHWM:"),
            postgres: watch.map(Watch::most),
            load: resident(std::process::id(), "VmHWM:"),
        }
    }
}

/// The most memory of a process that was resident at any moment, in MB.
pub(super) fn peak(pid: u32) -> f64 {
    resident(pid, "VmHWM:")
}

/// A process's memory that is resident now, in MB.
pub(super) fn memory(pid: u32) -> f64 {
    resident(pid, "VmRSS:")
}

/// The processor time that a process has used so far, in seconds.
pub(super) fn cpu(pid: u32) -> f64 {
    seconds(pid, Whose::Own).unwrap_or(f64::NAN)
}

/// What everybody takes while nobody wants anything.
pub(super) struct Idle {
    /// Resident.
    pub(super) memory: Memory,
    /// Processor seconds.
    pub(super) cpu: Cpu,
    /// In so many seconds.
    pub(super) seconds: f64,
}

impl Idle {
    /// Looks on for so long.
    pub(super) async fn measure(stage: &Stage, during: Duration) -> Self {
        let (cpu, start) = (Cpu::now(stage), Instant::now());
        sleep(during).await;
        let cpu = cpu.until(&Cpu::now(stage));
        Self { memory: Memory::now(stage), cpu, seconds: start.elapsed().as_secs_f64() }
    }

    /// Of one core, in percent.
    pub(super) fn percent(&self, seconds: f64) -> f64 {
        seconds * 100.0 / self.seconds
    }
}

/// Looks at PostgreSQL's memory every second, and keeps the most.
pub(super) struct Watch {
    most_kb: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Watch {
    /// Looks from now on.
    pub(super) fn on(postgres: &Postgres) -> Self {
        let most_kb = Arc::new(AtomicU64::new(0));
        let (server, most) = (postgres.pid(), Arc::clone(&most_kb));
        let task = tokio::spawn(async move {
            let mut seconds = interval(Duration::from_secs(1));
            loop {
                seconds.tick().await;
                most.fetch_max(proportional_of(&postgres_server::processes_of(server)), Ordering::Relaxed);
            }
        });
        Self { most_kb, task }
    }

    fn most(&self) -> f64 {
        megabytes(self.most_kb.load(Ordering::Relaxed))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn resident(pid: u32, field: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    kilobytes(&status, field).map_or(f64::NAN, megabytes)
}

fn shared_out(processes: &[u32]) -> f64 {
    megabytes(proportional_of(processes))
}

fn proportional_of(processes: &[u32]) -> u64 {
    processes.iter().filter_map(|pid| proportional_kb(*pid)).sum()
}

#[expect(clippy::cast_precision_loss, reason = "kilobytes of one machine are far below 2^52")]
fn megabytes(kilobytes: u64) -> f64 {
    kilobytes as f64 / 1024.0
}

fn proportional_kb(pid: u32) -> Option<u64> {
    kilobytes(&fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?, "Pss:")
}

fn kilobytes(text: &str, field: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(field))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

#[derive(Clone, Copy)]
enum Whose {
    Own,
    /// With those of the children that have ended.
    AndOfChildren,
}

fn seconds(pid: u32, whose: Whose) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in brackets, may hold anything; utime, stime, cutime and cstime are the 12th to 15th field after it.
    let (_, fields) = stat.rsplit_once(')')?;
    let count = match whose {
        Whose::Own => 2,
        Whose::AndOfChildren => 4,
    };
    let ticks: Vec<f64> = fields.split_whitespace().skip(11).take(count).filter_map(|tick| tick.parse().ok()).collect();
    (ticks.len() == count).then(|| ticks.iter().sum::<f64>() / TICKS_PER_SECOND)
}

/// A server's sessions come and go; what those that went have used is the server's.
pub(super) fn of_all(processes: &[u32]) -> f64 {
    processes.iter().filter_map(|pid| seconds(*pid, Whose::AndOfChildren)).sum()
}
