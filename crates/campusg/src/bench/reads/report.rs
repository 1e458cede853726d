//! The figures of `campusg bench reads`, for people and for scripts.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::bench::reads::listeners::Heard;
use crate::figures::{percentiles, rounded};

/// Failures and warnings that the table shows.
const SHOWN: usize = 5;

/// One kind of read.
pub(super) struct Reads {
    pub(super) name: &'static str,
    pub(super) waits: Vec<Duration>,
    pub(super) failures: Vec<String>,
    pub(super) elapsed: Duration,
    /// That everybody but the load generator kept busy, without what the flow of orders took by itself.
    pub(super) cores: f64,
}

/// What the streams cost, and how soon they heard.
pub(super) struct Streams {
    pub(super) opened: u32,
    /// How many of them are runners'.
    pub(super) listening: u32,
    /// The platform's memory per stream: once they were open, and after they had listened.
    pub(super) kb_opened: f64,
    pub(super) kb_after: f64,
    /// That everybody but the load generator kept busy, orders and all.
    pub(super) cores: f64,
    pub(super) orders_per_second: f64,
    pub(super) failures: Vec<String>,
    pub(super) heard: Heard,
}

/// Everything that was measured.
pub(super) struct Report {
    pub(super) sync: String,
    pub(super) database: &'static str,
    pub(super) readers: u32,
    pub(super) flow: u32,
    /// What the flow of orders keeps busy by itself.
    pub(super) idle_cores: f64,
    pub(super) failures: Vec<String>,
    pub(super) reads: Vec<Reads>,
    pub(super) streams: Streams,
    pub(super) platform_peak: f64,
    pub(super) broker_peak: f64,
    pub(super) warnings: Vec<String>,
}

impl Reads {
    fn per_second(&self) -> f64 {
        count(self.waits.len()) / self.elapsed.as_secs_f64()
    }

    fn json(&self) -> Value {
        let [p50, p90, p99, max] = percentiles(&self.waits).map(rounded);
        json!({
            "what": self.name, "per_second": rounded(self.per_second()), "per_core": rounded(self.per_second() / self.cores),
            "ms": { "p50": p50, "p90": p90, "p99": p99, "max": max }, "read": self.waits.len(), "failed": self.failures.len(),
        })
    }
}

impl Streams {
    fn json(&self) -> Value {
        let named = |waits: &[Duration]| {
            let [p50, p90, p99, max] = percentiles(waits).map(rounded);
            json!({ "p50": p50, "p90": p90, "p99": p99, "max": max, "heard": waits.len() })
        };
        json!({
            "open": self.opened, "of_runners": self.listening, "kb_per_stream_open": rounded(self.kb_opened),
            "kb_per_stream_after": rounded(self.kb_after), "cores": rounded(self.cores),
            "orders_per_second": rounded(self.orders_per_second), "own_orders_ms": named(&self.heard.own),
            "offers_ms": named(&self.heard.offers), "missed": self.heard.missed, "broken": self.heard.broken,
        })
    }
}

impl Report {
    /// Whether everything was answered, heard and carried through.
    pub(super) fn is_good(&self) -> bool {
        let Streams { heard, failures, .. } = &self.streams;
        let read = self.reads.iter().all(|reads| reads.failures.is_empty() && !reads.waits.is_empty());
        read && self.failures.is_empty() && failures.is_empty() && heard.missed == 0 && heard.broken == 0
    }

    fn troubles(&self) -> impl Iterator<Item = &String> {
        let reads = self.reads.iter().flat_map(|reads| &reads.failures);
        self.failures.iter().chain(&self.streams.failures).chain(reads)
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "good": self.is_good(), "database": self.database, "sync": self.sync, "readers": self.readers, "flow": self.flow,
            "flow_cores": rounded(self.idle_cores), "reads": self.reads.iter().map(Reads::json).collect::<Vec<_>>(),
            "streams": self.streams.json(), "platform_peak_mb": rounded(self.platform_peak),
            "broker_peak_mb": rounded(self.broker_peak), "failures": self.troubles().take(SHOWN).collect::<Vec<_>>(),
            "warnings": self.warnings.len(),
        })
    }

    pub(super) fn table(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let Self { readers, flow, sync, database, .. } = self;
        writeln!(out, "{readers} readers, {flow} orders under way, sync_interval {sync}, {database}\n")?;
        writeln!(
            out,
            "{:<28}{:>10}{:>12}{:>9}{:>9}{:>9}{:>9}",
            "", "per second", "per core", "p50 ms", "p90", "p99", "max"
        )?;
        for reads in &self.reads {
            let [p50, p90, p99, max] = percentiles(&reads.waits);
            let (rate, core) = (reads.per_second(), reads.per_second() / reads.cores);
            writeln!(out, "{:<28}{rate:>10.0}{core:>12.0}{p50:>9.1}{p90:>9.1}{p99:>9.1}{max:>9.1}", reads.name)?;
        }
        writeln!(
            out,
            "  per core: of all but the load generator, without the {:.2} that the flow of orders takes",
            self.idle_cores
        )?;
        self.write_streams(out)?;
        writeln!(
            out,
            "\npeak resident memory, MB: services and gateway {:.0}, nats-server {:.0}",
            self.platform_peak, self.broker_peak
        )?;
        for trouble in self.troubles().take(SHOWN) {
            writeln!(out, "FAILED: {trouble}")?;
        }
        for warning in self.warnings.iter().take(SHOWN) {
            writeln!(out, "  {warning}")?;
        }
        Ok(())
    }

    fn write_streams(&self, out: &mut String) -> std::fmt::Result {
        let Streams { opened, listening, heard, .. } = &self.streams;
        writeln!(
            out,
            "\n{opened} event streams, {listening} of them runners', {:.1} orders/s, {:.2} cores",
            self.streams.orders_per_second, self.streams.cores
        )?;
        writeln!(
            out,
            "  memory per stream, KB: {:.1} open, {:.1} after they had listened",
            self.streams.kb_opened, self.streams.kb_after
        )?;
        for (name, waits) in [("of one's own orders", &heard.own), ("of offers, to every runner", &heard.offers)] {
            let [p50, p90, p99, max] = percentiles(waits);
            writeln!(
                out,
                "  stored -> socket, ms, {name:<28} p50 {p50:.1}  p90 {p90:.1}  p99 {p99:.1}  max {max:.1}  ({} heard)",
                waits.len()
            )?;
        }
        writeln!(out, "  missed {}, broken {}", heard.missed, heard.broken)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of one run are far below 2^52")]
fn count(count: usize) -> f64 {
    count as f64
}
