//! Processor time, memory and flushes of the disk, from Linux's /proc (`man 5 proc`); unknown elsewhere.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::platform::Platform;

/// USER_HZ: what /proc counts processor time in, 100 a second on every architecture that we build for.
const TICKS_PER_SECOND: f64 = 100.0;

/// Processor seconds that everybody has used so far, or between two moments.
pub(super) struct Cpu {
    /// Every service and the gateway.
    pub(super) platform: f64,
    /// nats-server.
    pub(super) broker: f64,
    /// All processes called `postgres`, when the database is one; SQLite's work is part of the platform's.
    pub(super) postgres: Option<f64>,
    /// This process: the load generator, and Stripe's sandbox.
    pub(super) load: f64,
}

impl Cpu {
    pub(super) fn now(platform: &Platform, is_on_postgres: bool) -> Self {
        let of = |pid: u32| seconds(&pid.to_string(), Whose::Own).unwrap_or(f64::NAN);
        Self {
            platform: of(platform.pid()),
            broker: of(platform.broker()),
            postgres: is_on_postgres.then(postgres),
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

/// The most memory that was resident at any moment, in MB.
pub(super) struct Peaks {
    /// Every service and the gateway.
    pub(super) platform: f64,
    /// nats-server.
    pub(super) broker: f64,
    /// This process.
    pub(super) load: f64,
}

impl Peaks {
    pub(super) fn of(platform: &Platform) -> Self {
        Self { platform: peak(platform.pid()), broker: peak(platform.broker()), load: peak(std::process::id()) }
    }
}

fn peak(pid: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
    kilobytes.map_or(f64::NAN, |kilobytes| kilobytes / 1024.0)
}

#[derive(Clone, Copy)]
enum Whose {
    Own,
    /// With those of the children that have ended.
    AndOfChildren,
}

fn seconds(pid: &str, whose: Whose) -> Option<f64> {
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

/// A server's backends come and go; what those that went have used is their parent's.
fn postgres() -> f64 {
    let Ok(processes) = fs::read_dir("/proc") else { return 0.0 };
    let names = processes.flatten().map(|process| process.file_name().to_string_lossy().into_owned());
    let servers = names.filter(|pid| {
        let name = fs::read_to_string(format!("/proc/{pid}/comm"));
        name.is_ok_and(|name| name.trim() == "postgres")
    });
    servers.filter_map(|pid| seconds(&pid, Whose::AndOfChildren)).sum()
}
