//! The figures, for people and for scripts.

use std::fmt::Write as _;

use chassis::inspect::Stored;
use chassis::tally::{Counted, Frequent};
use serde_json::{Map, Value, json};

use crate::audit;
use crate::bench::load::Outcome;
use crate::bench::stage::{Ground, Limits};
use crate::bench::usage::{Cpu, Idle, Memory};
use crate::bench::way::Via;
use crate::figures::{count, percentiles, rounded};

/// Warnings, findings and parked messages that the table shows.
const SHOWN: usize = 5;
/// Statements that the table shows.
const STATEMENTS: usize = 12;
/// So much of a statement.
const STATEMENT: usize = 72;

/// What the run for the maximum took of everybody.
pub(super) struct Counts {
    /// That it left in the log.
    pub(super) messages: u64,
    pub(super) cpu: Cpu,
    /// That the disk was asked for meanwhile, by anybody.
    pub(super) flushes: f64,
}

/// Orders that came when they came.
pub(super) struct Open {
    /// Of the maximum.
    pub(super) percent: u32,
    /// Orders a second that came on average.
    pub(super) rate: f64,
    pub(super) orders: u32,
    pub(super) outcome: Outcome,
}

/// Everything that was measured in one run.
pub(super) struct Report {
    pub(super) orders: u32,
    pub(super) concurrency: u32,
    pub(super) crowd: u32,
    pub(super) via: Via,
    pub(super) ground: Ground,
    pub(super) idle: Idle,
    /// One at a time.
    pub(super) alone: Outcome,
    /// Orders by which something was found out and whose waits are not told.
    pub(super) tried: Outcome,
    /// As many as it can.
    pub(super) most: Outcome,
    pub(super) counts: Counts,
    /// What the database was given for so many orders; nothing if nobody counts there.
    pub(super) statements: Option<(Counted, u32)>,
    pub(super) opens: Vec<Open>,
    pub(super) peaks: Memory,
    pub(super) limits: Limits,
    pub(super) audit: audit::Report,
    pub(super) parked: Vec<Stored>,
    pub(super) warnings: Vec<String>,
    /// Whether the platform had handled everything soon after the last order.
    pub(super) settled: bool,
}

impl Report {
    /// Whether every order was completed and every cent is accounted for.
    pub(super) fn is_good(&self) -> bool {
        self.settled
            && self.phases().iter().all(|(_, outcome)| outcome.failures.is_empty())
            && self.audit.findings.is_empty()
            && self.parked.is_empty()
    }

    /// Every run of orders, with its name.
    fn phases(&self) -> Vec<(String, &Outcome)> {
        let closed = [("one at a time", &self.alone), ("while trying", &self.tried), ("at the maximum", &self.most)];
        let closed = closed.into_iter().map(|(name, outcome)| (name.to_owned(), outcome));
        closed.chain(self.opens.iter().map(|open| (format!("at {} %", open.percent), &open.outcome))).collect()
    }

    fn completed(&self) -> usize {
        self.phases().iter().map(|(_, outcome)| outcome.completed()).sum()
    }

    fn per_order(&self, figure: f64) -> f64 {
        figure / count(self.most.completed())
    }

    fn per_second(&self, figure: f64) -> f64 {
        figure / self.most.elapsed.as_secs_f64()
    }

    fn statements_per_order(&self) -> Option<(f64, f64)> {
        let (counted, orders) = self.statements.as_ref()?;
        Some((count(counted.statements) / f64::from(*orders), count(counted.commits) / f64::from(*orders)))
    }

    /// What the run did a second of what each limit is about, beside the limit.
    fn against(&self, limit: &str) -> f64 {
        match limit {
            "flushes" => self.per_second(self.counts.flushes),
            "commits" => self.statements_per_order().map_or(f64::NAN, |(_, commits)| commits * self.most.rate()),
            _ => self.per_second(count(self.counts.messages)),
        }
    }

    /// How many flushes of the disk, one after the other, take as long as an order alone waits for CREATED.
    fn place_in_flushes(&self) -> f64 {
        let [place, ..] = percentiles(&self.alone.place);
        place / 1_000.0 * self.limits.flushes
    }

    // --- for scripts -------------------------------------------------------------------------------------------------

    /// One object.
    pub(super) fn json(&self) -> Value {
        let Self { most, counts, ground, .. } = self;
        let failures = self.phases().into_iter().map(|(name, outcome)| (name, json!(outcome.failures)));
        let per_order = |figure: f64| rounded(self.per_order(figure));
        json!({
            "via": self.via.name(),
            "database": ground.database(),
            "payments": ground.payments(),
            "sync_interval": ground.sync(),
            "durability": ground.durability(),
            "crowd": self.crowd,
            "orders": self.orders,
            "concurrency": self.concurrency,
            "completed": self.completed(),
            "seconds": rounded(most.elapsed.as_secs_f64()),
            "orders_per_second": rounded(most.rate()),
            "latency_ms": {
                "alone": latencies_json(&self.alone),
                "maximum": latencies_json(most),
                "open": self.opens.iter().map(Open::json).collect::<Map<_, _>>(),
            },
            "per_order": {
                "messages": per_order(count(counts.messages)),
                "disk_flushes": per_order(counts.flushes),
                "statements": self.statements_per_order().map(|(statements, _)| rounded(statements)),
                "commits": self.statements_per_order().map(|(_, commits)| rounded(commits)),
            },
            "cpu_seconds_per_1000_orders": self.cpu_json(),
            "peak_mb": memory_json(&self.peaks),
            "idle": { "mb": memory_json(&self.idle.memory), "cpu_percent": self.idle_cpu_json() },
            "limits": self.limits_json(),
            "place_alone_in_flushes": rounded(self.place_in_flushes()),
            "statements": self.statements.as_ref().map(|(counted, orders)| frequent_json(counted, *orders)),
            "failures": failures.collect::<Map<_, _>>(),
            "audit": { "books": self.audit.books, "orders": self.audit.orders, "findings": self.audit.findings },
            "parked": self.parked.len(),
            "warnings": self.warnings.len(),
            "settled": self.settled,
            "good": self.is_good(),
        })
    }

    fn cpu_json(&self) -> Value {
        let cpu = &self.counts.cpu;
        let per_1000 = |seconds: f64| rounded(self.per_order(seconds * 1_000.0));
        json!({
            "platform": per_1000(cpu.platform),
            "nats_server": per_1000(cpu.broker),
            "postgres": cpu.postgres.map(per_1000),
            "all_but_the_load": per_1000(cpu.all_but_the_load()),
            "load_generator": per_1000(cpu.load),
        })
    }

    fn idle_cpu_json(&self) -> Value {
        let Idle { cpu, .. } = &self.idle;
        let percent = |seconds: f64| rounded(self.idle.percent(seconds));
        json!({
            "platform": percent(cpu.platform),
            "nats_server": percent(cpu.broker),
            "postgres": cpu.postgres.map(percent),
            "all_but_the_load": percent(cpu.all_but_the_load()),
        })
    }

    fn limits_json(&self) -> Value {
        let limits = self.limits.named().map(|(name, _, rate)| {
            let ratios = json!({
                "per_second": rounded(rate),
                "used_per_second": rounded(self.against(name)),
                "used": finely(self.against(name) / rate),
                "orders": finely(self.most.rate() / rate),
            });
            (name.to_owned(), ratios)
        });
        Map::from_iter(limits).into()
    }

    // --- for people --------------------------------------------------------------------------------------------------

    /// A table.
    pub(super) fn table(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write_table(&mut text);
        text
    }

    fn write_table(&self, out: &mut String) -> std::fmt::Result {
        let Self { most, ground, .. } = self;
        writeln!(
            out,
            "{} of {} orders, {} under way, over {}, {}, payments {}, in {:.1} s\n{}\n",
            most.completed(),
            self.orders,
            self.concurrency,
            self.via.name(),
            ground.database(),
            ground.payments(),
            most.elapsed.as_secs_f64(),
            ground.durability()
        )?;
        line(out, "whole orders per second", most.rate(), "")?;
        line(out, "messages in the log per order", self.per_order(count(self.counts.messages)), "")?;
        line(out, "flushes of the disk per order", self.per_order(self.counts.flushes), "  whoever asked for them")?;
        match self.statements_per_order() {
            Some((statements, commits)) => {
                line(out, "database statements per order", statements, "  with BEGIN and COMMIT")?;
                line(out, "database commits per order", commits, "")?;
            }
            None => writeln!(out, "database statements per order are counted only on a PostgreSQL of this run's own")?,
        }
        self.write_cpu(out)?;
        self.write_memory(out)?;
        write_latencies(out, "one at a time", &self.alone)?;
        for open in &self.opens {
            let title = format!("open, {} % = {:.1}/s", open.percent, open.rate);
            write_latencies(out, &title, &open.outcome)?;
            let [_, _, p99, _] = percentiles(&open.outcome.late);
            writeln!(out, "  {:<34}{:>36.1}", "of place, the load generator's own", p99)?;
        }
        write_latencies(out, &format!("maximum, {} under way", self.concurrency), most)?;
        self.write_limits(out)?;
        self.write_statements(out)?;
        self.write_troubles(out)
    }

    fn write_cpu(&self, out: &mut String) -> std::fmt::Result {
        let cpu = &self.counts.cpu;
        let per_1000 = |seconds: f64| self.per_order(seconds * 1_000.0);
        writeln!(out, "\nCPU seconds per 1,000 orders")?;
        line(out, "  all but the load generator", per_1000(cpu.all_but_the_load()), "")?;
        line(out, "    services and gateway", per_1000(cpu.platform), "")?;
        line(out, "    nats-server", per_1000(cpu.broker), "")?;
        if let Some(seconds) = cpu.postgres {
            line(out, "    postgres", per_1000(seconds), "")?;
        }
        line(out, "  load generator", per_1000(cpu.load), "  this process, with Stripe's sandbox if it is asked")
    }

    fn write_memory(&self, out: &mut String) -> std::fmt::Result {
        let Self { peaks, idle, .. } = self;
        writeln!(out, "\n{:<36}{:>12}{:>12}{:>12}", "memory, MB", "idle", "at most", "idle CPU %")?;
        let rows = [
            ("services and gateway", idle.memory.platform, peaks.platform, Some(idle.cpu.platform)),
            ("nats-server", idle.memory.broker, peaks.broker, Some(idle.cpu.broker)),
            ("load generator", idle.memory.load, peaks.load, None),
        ];
        let postgres =
            idle.memory.postgres.zip(peaks.postgres).map(|(now, most)| ("postgres", now, most, idle.cpu.postgres));
        for (name, now, most, cpu) in rows.into_iter().chain(postgres) {
            let cpu = cpu.map_or_else(String::new, |seconds| format!("{:.2}", idle.percent(seconds)));
            writeln!(out, "  {name:<34}{now:>12.1}{most:>12.1}{cpu:>12}")?;
        }
        Ok(())
    }

    fn write_limits(&self, out: &mut String) -> std::fmt::Result {
        writeln!(
            out,
            "\n{:<36}{:>12}{:>12}{:>12}{:>14}",
            "limits of this machine, per second", "limit", "used", "used/limit", "orders/limit"
        )?;
        for (name, words, rate) in self.limits.named() {
            let (used, orders) = (self.against(name), self.most.rate());
            let (used, of_it) = if used.is_nan() {
                ("unknown".to_owned(), String::new())
            } else {
                (format!("{used:.0}"), format!("{:.3}", used / rate))
            };
            writeln!(out, "  {words:<34}{rate:>12.0}{used:>12}{of_it:>12}{:>14.4}", orders / rate)?;
        }
        let flushes = self.place_in_flushes();
        writeln!(out, "place -> CREATED, one at a time, p50, takes as long as {flushes:.1} such flushes")
    }

    fn write_statements(&self, out: &mut String) -> std::fmt::Result {
        let Some((counted, orders)) = &self.statements else { return Ok(()) };
        writeln!(out, "\n{:<74}{:>10}{:>10}", "most frequent statements, per order", "times", "ms")?;
        for Frequent { text, times, took_ms } in counted.frequent.iter().take(STATEMENTS) {
            let (times, took) = (count(*times) / f64::from(*orders), took_ms / f64::from(*orders));
            writeln!(out, "  {:<72}{times:>10.2}{took:>10.3}", shortened(text))?;
        }
        Ok(())
    }

    fn write_troubles(&self, out: &mut String) -> std::fmt::Result {
        let audit::Report { books, orders, findings, .. } = &self.audit;
        writeln!(
            out,
            "\naudit: {books} orders' books, {orders} orders against their payments, {} findings; parked messages {}, \
             warnings in the platform's log {}",
            findings.len(),
            self.parked.len(),
            self.warnings.len()
        )?;
        for audit::Finding { order_id, check, what } in findings.iter().take(SHOWN) {
            let order = order_id.map_or_else(|| "-".to_owned(), |order_id| order_id.to_string());
            writeln!(out, "WRONG  {order} {check}: {what}")?;
        }
        for parked in self.parked.iter().take(SHOWN) {
            writeln!(out, "  parked: {} {}", parked.subject, parked.reason.as_deref().unwrap_or("no reason given"))?;
        }
        for warning in self.warnings.iter().take(SHOWN) {
            writeln!(out, "  {warning}")?;
        }
        if !self.settled {
            writeln!(out, "the platform was still at work long after the last order")?;
        }
        for (phase, outcome) in self.phases() {
            for (why, count) in &outcome.failures {
                writeln!(out, "NOT COMPLETED {phase}: {count} × {why}")?;
            }
        }
        Ok(())
    }
}

impl Open {
    fn json(&self) -> (String, Value) {
        let [late, _, late_p99, late_max] = percentiles(&self.outcome.late);
        let mut figures = json!({
            "offered_per_second": rounded(self.rate),
            "orders": self.orders,
            "completed": self.outcome.completed(),
            "orders_per_second": rounded(self.outcome.rate()),
            "load_generator_late": { "p50": rounded(late), "p99": rounded(late_p99), "max": rounded(late_max) },
        });
        for (name, latency) in latencies_named(&self.outcome) {
            figures[name] = latency;
        }
        (self.percent.to_string(), figures)
    }
}

fn frequent_json(counted: &Counted, orders: u32) -> Value {
    let rows = counted.frequent.iter().map(|Frequent { text, times, took_ms }| {
        let (times, took) = (count(*times) / f64::from(orders), took_ms / f64::from(orders));
        json!({ "statement": text, "per_order": finely(times), "ms_per_order": finely(took) })
    });
    rows.collect()
}

fn memory_json(memory: &Memory) -> Value {
    json!({
        "platform": rounded(memory.platform),
        "nats_server": rounded(memory.broker),
        "postgres": memory.postgres.map(rounded),
        "load_generator": rounded(memory.load),
    })
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

fn latencies_named(outcome: &Outcome) -> [(&'static str, Value); 3] {
    latencies(outcome).map(|(name, [p50, p90, p99, max])| {
        let name = name.split(' ').next().unwrap_or(name);
        (name, json!({ "p50": rounded(p50), "p90": rounded(p90), "p99": rounded(p99), "max": rounded(max) }))
    })
}

fn latencies_json(outcome: &Outcome) -> Value {
    let named = latencies_named(outcome).map(|(name, latency)| (name.to_owned(), latency));
    Map::from_iter(named).into()
}

/// Without its line breaks, and only the beginning.
fn shortened(query: &str) -> String {
    let words: Vec<&str> = query.split_whitespace().collect();
    words.join(" ").chars().take(STATEMENT).collect()
}

/// To a ten thousandth: ratios are small.
fn finely(figure: f64) -> f64 {
    (figure * 10_000.0).round() / 10_000.0
}
