//! The figures, for people and for scripts.

use std::fmt::Write as _;

use chassis::inspect::Stored;
use serde_json::{Value, json};

use crate::bench::load::Outcome;
use crate::bench::usage::{Cpu, Peaks};
use crate::figures::{percentiles, rounded};

/// Warnings and parked messages that the table shows.
const SHOWN: usize = 5;

/// What the machine does per second.
pub(super) struct Limits {
    pub(super) flushes: f64,
    pub(super) publishes_one_by_one: f64,
    pub(super) publishes_pipelined: f64,
    pub(super) commits: f64,
}

impl Limits {
    /// Each with its name for scripts and for people.
    fn named(&self) -> [(&'static str, &'static str, f64); 4] {
        [
            ("flushes", "4 KiB appends with fdatasync", self.flushes),
            ("publishes_one_by_one", "JetStream publishes, one by one", self.publishes_one_by_one),
            ("publishes_pipelined", "JetStream publishes, 256 under way", self.publishes_pipelined),
            ("commits", "database commits of one row", self.commits),
        ]
    }
}

/// Everything that was measured in one run.
pub(super) struct Report {
    pub(super) orders: u32,
    pub(super) concurrency: u32,
    pub(super) sync: String,
    pub(super) database: &'static str,
    /// One at a time.
    pub(super) alone: Outcome,
    pub(super) load: Outcome,
    /// That the load left in the log.
    pub(super) messages: u64,
    /// That the load took.
    pub(super) cpu: Cpu,
    /// That the disk was asked for meanwhile, by anybody.
    pub(super) flushes: f64,
    pub(super) peaks: Peaks,
    pub(super) limits: Limits,
    pub(super) parked: Vec<Stored>,
    pub(super) warnings: Vec<String>,
    /// Whether the platform had handled everything soon after the last order.
    pub(super) settled: bool,
}

impl Report {
    /// Whether every order was completed.
    pub(super) fn is_complete(&self) -> bool {
        self.alone.failures.is_empty() && self.load.failures.is_empty()
    }

    fn messages_per_order(&self) -> f64 {
        count(self.messages) / count(self.load.completed())
    }

    fn flushes_per_order(&self) -> f64 {
        self.flushes / count(self.load.completed())
    }

    fn messages_per_second(&self) -> f64 {
        count(self.messages) / self.load.elapsed.as_secs_f64()
    }

    fn per_1000(&self, seconds: f64) -> f64 {
        seconds * 1_000.0 / count(self.load.completed())
    }

    fn all_but_the_load(&self) -> f64 {
        self.cpu.platform + self.cpu.broker + self.cpu.postgres.unwrap_or_default()
    }

    /// One object.
    pub(super) fn json(&self) -> Value {
        let Self { cpu, peaks, load, .. } = self;
        let limits = self.limits.named().map(|(name, _, rate)| {
            let ratios = json!({
                "per_second": rounded(rate),
                "orders_ratio": load.rate() / rate,
                "messages_ratio": self.messages_per_second() / rate,
            });
            (name.to_owned(), ratios)
        });
        json!({
            "orders": self.orders,
            "concurrency": self.concurrency,
            "sync_interval": self.sync,
            "database": self.database,
            "completed": load.completed(),
            "seconds": rounded(load.elapsed.as_secs_f64()),
            "orders_per_second": rounded(load.rate()),
            "latency_ms": latencies_json(load),
            "alone": { "completed": self.alone.completed(), "latency_ms": latencies_json(&self.alone) },
            "messages_per_order": rounded(self.messages_per_order()),
            "disk_flushes_per_order": rounded(self.flushes_per_order()),
            "cpu_seconds_per_1000_orders": {
                "platform": rounded(self.per_1000(cpu.platform)),
                "nats_server": rounded(self.per_1000(cpu.broker)),
                "postgres": cpu.postgres.map(|seconds| rounded(self.per_1000(seconds))),
                "all_but_the_load": rounded(self.per_1000(self.all_but_the_load())),
                "load_generator_and_stripe_sandbox": rounded(self.per_1000(cpu.load)),
            },
            "peak_rss_mb": { "platform": rounded(peaks.platform), "nats_server": rounded(peaks.broker), "load_generator": rounded(peaks.load) },
            "limits": serde_json::Map::from_iter(limits),
            "failures": { "alone": self.alone.failures, "load": load.failures },
            "parked": self.parked.len(),
            "warnings": self.warnings.len(),
            "settled": self.settled,
        })
    }

    /// A table for people.
    pub(super) fn table(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write_table(&mut text);
        text
    }

    fn write_table(&self, out: &mut String) -> std::fmt::Result {
        let Self { load, alone, .. } = self;
        writeln!(
            out,
            "{} of {} orders, {} under way, sync_interval {}, {}, in {:.1} s\n",
            load.completed(),
            self.orders,
            self.concurrency,
            self.sync,
            self.database,
            load.elapsed.as_secs_f64()
        )?;
        line(out, "whole orders per second", load.rate(), "")?;
        line(out, "messages in the log per order", self.messages_per_order(), "")?;
        line(out, "flushes of the disk per order", self.flushes_per_order(), "  whoever asked for them")?;
        self.write_usage(out)?;
        write_latencies(out, &format!("{} under way", self.concurrency), load)?;
        write_latencies(out, "one at a time", alone)?;
        self.write_limits(out)?;
        self.write_troubles(out)
    }

    fn write_usage(&self, out: &mut String) -> std::fmt::Result {
        let Self { cpu, peaks, .. } = self;
        writeln!(out, "\nCPU seconds per 1,000 orders")?;
        line(out, "  all but the load generator", self.per_1000(self.all_but_the_load()), "")?;
        line(out, "    services and gateway", self.per_1000(cpu.platform), "")?;
        line(out, "    nats-server", self.per_1000(cpu.broker), "")?;
        if let Some(seconds) = cpu.postgres {
            line(out, "    postgres", self.per_1000(seconds), "  all processes of that name")?;
        }
        line(out, "  load generator", self.per_1000(cpu.load), "  this process, with Stripe's sandbox")?;
        writeln!(out, "\npeak resident memory, MB")?;
        line(out, "  services and gateway", peaks.platform, "")?;
        line(out, "  nats-server", peaks.broker, "")?;
        line(out, "  load generator", peaks.load, "")
    }

    fn write_limits(&self, out: &mut String) -> std::fmt::Result {
        writeln!(
            out,
            "\n{:<36}{:>12}{:>14}{:>16}",
            "limits of this machine", "per second", "orders/limit", "messages/limit"
        )?;
        for (_, name, rate) in self.limits.named() {
            let (orders, messages) = (self.load.rate() / rate, self.messages_per_second() / rate);
            writeln!(out, "  {name:<34}{rate:>12.0}{orders:>14.4}{messages:>16.3}")?;
        }
        Ok(())
    }

    fn write_troubles(&self, out: &mut String) -> std::fmt::Result {
        writeln!(
            out,
            "\nparked messages {}, warnings in the platform's log {}",
            self.parked.len(),
            self.warnings.len()
        )?;
        for parked in self.parked.iter().take(SHOWN) {
            writeln!(out, "  parked: {} {}", parked.subject, parked.reason.as_deref().unwrap_or("no reason given"))?;
        }
        for warning in self.warnings.iter().take(SHOWN) {
            writeln!(out, "  {warning}")?;
        }
        if !self.settled {
            writeln!(out, "the platform was still at work long after the last order")?;
        }
        for (phase, outcome) in [("one at a time", &self.alone), ("under load", &self.load)] {
            for (why, count) in &outcome.failures {
                writeln!(out, "NOT COMPLETED {phase}: {count} × {why}")?;
            }
        }
        Ok(())
    }
}

fn line(out: &mut String, name: &str, figure: f64, remark: &str) -> std::fmt::Result {
    writeln!(out, "{name:<36}{figure:>12.2}{remark}")
}

fn write_latencies(out: &mut String, title: &str, outcome: &Outcome) -> std::fmt::Result {
    writeln!(out, "\n{:<36}{:>12}{:>12}{:>12}{:>12}", format!("{title}, ms"), "p50", "p90", "p99", "max")?;
    for (name, [p50, p90, p99, max]) in latencies(outcome) {
        writeln!(out, "  {name:<34}{p50:>12.1}{p90:>12.1}{p99:>12.1}{max:>12.1}")?;
    }
    Ok(())
}

fn latencies(outcome: &Outcome) -> [(&'static str, [f64; 4]); 3] {
    [
        ("place -> CREATED", percentiles(&outcome.place)),
        ("accept -> ACCEPTED", percentiles(&outcome.accept)),
        ("deliver -> COMPLETED", percentiles(&outcome.deliver)),
    ]
}

fn latencies_json(outcome: &Outcome) -> Value {
    let named = latencies(outcome).map(|(name, [p50, p90, p99, max])| {
        let name = name.split(' ').next().unwrap_or(name);
        (name.to_owned(), json!({ "p50": rounded(p50), "p90": rounded(p90), "p99": rounded(p99), "max": rounded(max) }))
    });
    serde_json::Map::from_iter(named).into()
}

#[expect(clippy::cast_precision_loss, reason = "counts of one run are far below 2^52")]
fn count(count: impl TryInto<u64>) -> f64 {
    count.try_into().map_or(f64::NAN, |count| count as f64)
}
