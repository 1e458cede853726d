//! What is printed in the end, for people and for scripts.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::chaos::conductor::Done;
use crate::figures::{percentiles, rounded};
use crate::simulate::report::Report;

/// So many findings and offending orders are told in full.
const SHOWN: usize = 40;
const STORIES_SHOWN: usize = 5;

/// Everything that is known in the end.
pub(crate) struct Outcome {
    pub(crate) people: Report,
    pub(crate) planned: usize,
    pub(crate) done: Vec<Done>,
    /// From the first order until the last was placed and the last fault was over, and until everything had settled.
    pub(crate) chaos: Duration,
    pub(crate) settled: Duration,
    pub(crate) messages: usize,
    pub(crate) stripe_calls: usize,
    pub(crate) warnings: usize,
    /// Everything that is wrong.
    pub(crate) findings: Vec<String>,
    /// What the log says of the orders that something is wrong with.
    pub(crate) stories: Vec<(String, Vec<String>)>,
    /// Where everything is kept.
    pub(crate) kept: Option<String>,
    /// The command that does the same again.
    pub(crate) again: String,
}

impl Outcome {
    fn recoveries(&self) -> BTreeMap<&str, Vec<Duration>> {
        let mut recoveries: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
        for done in &self.done {
            recoveries.entry(&done.kind).or_default().extend(done.recovery);
        }
        recoveries
    }

    pub(crate) fn json(&self) -> Value {
        let recoveries = self.recoveries().into_iter().map(|(kind, waits)| {
            let [p50, _, _, max] = percentiles(&waits).map(|ms| rounded(ms / 1_000.0));
            (kind.to_owned(), json!({ "count": waits.len(), "p50_s": p50, "max_s": max }))
        });
        json!({
            "good": self.findings.is_empty(),
            "findings": self.findings,
            "faults": { "planned": self.planned, "done": self.done.len() },
            "did": self.done.iter().map(|done| &done.what).collect::<Vec<_>>(),
            "recovery": recoveries.collect::<serde_json::Map<_, _>>(),
            "chaos_seconds": rounded(self.chaos.as_secs_f64()),
            "settled_seconds": rounded(self.settled.as_secs_f64()),
            "messages": self.messages,
            "stripe_calls": self.stripe_calls,
            "warnings": self.warnings,
            "stories": self.stories.iter().map(|(order, lines)| json!({ "order": order, "log": lines })).collect::<Vec<_>>(),
            "kept": self.kept,
            "again": self.again,
            "people": self.people.json(),
        })
    }

    pub(crate) fn table(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let people = &self.people;
        writeln!(
            out,
            "{} orders under {} of {} faults in {:.0} s, settled and read after {:.0} s; seed {}",
            people.records.len(),
            self.done.len(),
            self.planned,
            self.chaos.as_secs_f64(),
            self.settled.as_secs_f64(),
            people.seed
        )?;
        writeln!(out, "\noutcomes")?;
        for (outcome, count) in people.outcomes() {
            writeln!(out, "  {outcome:<34}{count:>8}")?;
        }
        writeln!(out, "\n{:<34}{:>8}{:>10}{:>10}", "recovery, s", "count", "p50", "max")?;
        for (kind, waits) in self.recoveries() {
            let [p50, _, _, max] = percentiles(&waits).map(|ms| ms / 1_000.0);
            writeln!(out, "  {kind:<32}{:>8}{p50:>10.2}{max:>10.2}", waits.len())?;
        }
        let kept = &people.kept;
        writeln!(out, "\nchecks")?;
        writeln!(
            out,
            "  {} orders promised; {} requests answered, {} sent again",
            people.placed(),
            kept.answered,
            kept.repeated
        )?;
        writeln!(out, "  {} orders audited; {} never had any money", people.books.audited, people.books.without_money)?;
        if let Some(compared) = &people.compared {
            writeln!(
                out,
                "  Stripe's books: {} orders compared to the cent, {} differ",
                compared.compared,
                compared.different.len()
            )?;
        }
        writeln!(out, "  {} messages of the log read; {} calls at Stripe's", self.messages, self.stripe_calls)?;
        writeln!(out, "  {} tasks are open; {} warnings in the logs", people.tasks.len(), self.warnings)?;
        self.write_verdict(out)
    }

    fn write_verdict(&self, out: &mut String) -> std::fmt::Result {
        if self.findings.is_empty() {
            writeln!(out, "\nnothing was lost, nothing happened twice, and every cent is accounted for")?;
        } else {
            writeln!(out, "\nWRONG")?;
            for finding in self.findings.iter().take(SHOWN) {
                writeln!(out, "  {finding}")?;
            }
            if let Some(more) = self.findings.len().checked_sub(SHOWN).filter(|more| *more > 0) {
                writeln!(out, "  … and {more} more")?;
            }
            for (order_id, lines) in self.stories.iter().take(STORIES_SHOWN) {
                writeln!(out, "\nthe story of {order_id}")?;
                for line in lines {
                    writeln!(out, "  {line}")?;
                }
            }
        }
        if let Some(kept) = &self.kept {
            writeln!(out, "\neverything is kept in {kept}")?;
        }
        if !self.findings.is_empty() {
            writeln!(out, "the same again: {}", self.again)?;
        }
        Ok(())
    }
}
