//! The closing table, for people and for scripts, and what is wrong in words.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use chassis::inspect::Stored;
use serde_json::{Map, Value, json};

use crate::figures::{percentiles, rounded};
use crate::simulate::books::{Books, Comparison, Sums, Whole};
use crate::simulate::day::Peak;
use crate::simulate::people::Kept;
use crate::simulate::play::Record;
use crate::simulate::scene::Stop;
use crate::simulate::stories::{STORIES, Story};

/// Of a kind of trouble, so many are told in full.
const SHOWN: usize = 10;
/// How the story of an order ended that there never was.
const NEVER_PLACED: &str = "never placed";

/// What is known of a platform of our own only.
pub(crate) struct Ours {
    pub(crate) parked: Vec<Stored>,
    /// Of its log.
    pub(crate) warnings: Vec<String>,
    /// How far its clock was moved on.
    pub(crate) ahead_seconds: i64,
}

/// Everything that is known in the end.
pub(crate) struct Report {
    pub(crate) orders: usize,
    pub(crate) seed: u64,
    pub(crate) people: u32,
    pub(crate) elapsed: Duration,
    /// Until the last one was placed.
    pub(crate) placing: Duration,
    pub(crate) records: Vec<Record>,
    pub(crate) peaks: Vec<Peak>,
    pub(crate) books: Books,
    pub(crate) whole: Whole,
    pub(crate) compared: Option<Comparison>,
    pub(crate) tasks: Vec<Value>,
    pub(crate) kept: Kept,
    /// Why the clock could not be moved on.
    pub(crate) unmoved: Option<String>,
    pub(crate) ours: Option<Ours>,
}

/// How the tellings of one story ended.
#[derive(Default)]
struct Told<'a> {
    run: u32,
    as_meant: u32,
    waiting: u32,
    ends: BTreeMap<String, u32>,
    failures: Vec<&'a str>,
}

impl Report {
    /// Whether there is nothing wrong.
    pub(crate) fn is_good(&self) -> bool {
        self.wrong().is_empty()
    }

    /// Everything that is wrong, in words.
    pub(crate) fn wrong(&self) -> Vec<String> {
        let mut wrong: Vec<String> = self.unmoved.iter().cloned().collect();
        wrong.extend(self.records.iter().filter_map(Record::trouble));
        wrong.extend(self.records.iter().filter(|record| !self.is_accounted_for(record)).map(|record| {
            let ending = record.ending().unwrap_or_default();
            format!("order {} is {ending}, with neither a deadline nor a task", record.name())
        }));
        wrong.extend(self.books.wrong.iter().map(|check| format!("the audit of {check}")));
        if self.whole.wrong > 0 || self.whole.sum != 0 {
            let Whole { orders, wrong: bad, sum } = self.whole;
            wrong.push(format!("the whole ledger: {bad} of {orders} orders are wrong, and its sum is {sum}"));
        }
        let different = self.compared.iter().flat_map(|compared| &compared.different);
        wrong.extend(different.map(|different| format!("Stripe's books differ: {different}")));
        wrong.extend(self.kept.broken.iter().map(|(how, count)| format!("{count} × {how}")));
        let parked = self.ours.iter().flat_map(|ours| &ours.parked);
        wrong.extend(parked.map(|parked| {
            format!("parked: {} because {}", parked.subject, parked.reason.as_deref().unwrap_or("nobody says why"))
        }));
        wrong
    }

    /// Whether an order is over, or will be by itself or by an operator.
    fn is_accounted_for(&self, record: &Record) -> bool {
        let Some(order_id) = &record.order_id else { return true };
        let has_task = self.tasks.iter().any(|task| task["order_id"] == order_id.as_str());
        record.is_over() || record.last["deadline"].is_object() || has_task
    }

    pub(crate) fn outcomes(&self) -> BTreeMap<String, u32> {
        let mut outcomes = BTreeMap::new();
        for record in &self.records {
            *outcomes.entry(record.ending().unwrap_or_else(|| NEVER_PLACED.to_owned())).or_default() += 1;
        }
        outcomes
    }

    fn told(&self) -> Vec<(&'static Story, Told<'_>)> {
        let mut told: Vec<_> = STORIES.iter().map(|story| (story, Told::default())).collect();
        for record in &self.records {
            let Told { run, as_meant, waiting, ends, failures } = &mut told[record.story].1;
            *run += 1;
            let mut ending = record.ending().unwrap_or_else(|| NEVER_PLACED.to_owned());
            match &record.told {
                Ok(()) if record.is_as_meant() => *as_meant += 1,
                Ok(()) => {}
                Err(Stop::Waiting(kind)) => {
                    *waiting += 1;
                    ending = format!("{ending} until {kind}");
                }
                Err(Stop::Failed(why)) => failures.push(why),
            }
            *ends.entry(ending).or_default() += 1;
        }
        told
    }

    /// How many orders there are.
    pub(crate) fn placed(&self) -> usize {
        self.records.iter().filter(|record| record.order_id.is_some()).count()
    }

    fn waits(&self) -> [(&'static str, Vec<Duration>); 3] {
        let all = |of: fn(&Record) -> Option<Duration>| self.records.iter().filter_map(of).collect();
        [
            ("place -> CREATED", all(|record| record.waits.place)),
            ("accept -> ACCEPTED", all(|record| record.waits.accept)),
            ("deliver -> COMPLETED", all(|record| record.waits.deliver)),
        ]
    }

    fn sums(&self) -> Sums {
        let placed = self.records.iter().filter(|record| record.order_id.is_some());
        Sums { placed: placed.map(|record| record.total_cents).sum(), ..self.books.sums }
    }

    // --- for scripts -------------------------------------------------------------------------------------------------

    /// One object.
    pub(crate) fn json(&self) -> Value {
        let stories = self.told().into_iter().map(|(story, told)| {
            let Told { run, as_meant, waiting, ends, failures } = told;
            json!({
                "name": story.name, "meant": story.ends, "run": run, "as_meant": as_meant, "waiting": waiting,
                "ended": ends, "failures": failures,
            })
        });
        let sums = self.sums();
        let money = Map::from_iter(named(&sums).map(|(name, cents)| (name.replace(' ', "_") + "_cents", cents.into())));
        let compared = self.compared.as_ref();
        json!({
            "good": self.is_good(),
            "wrong": self.wrong(),
            "orders": self.orders,
            "placed": self.records.len(),
            "seed": self.seed,
            "people": self.people,
            "seconds": rounded(self.elapsed.as_secs_f64()),
            "outcomes": self.outcomes(),
            "stories": stories.collect::<Vec<_>>(),
            "latency_ms": Map::from_iter(self.waits().map(latency)),
            "peaks": self.peaks.iter().map(|peak| self.peak_json(peak)).collect::<Vec<_>>(),
            "money": money,
            "audits": { "orders": self.books.audited, "without_money": self.books.without_money, "wrong": self.books.wrong },
            "ledger": { "orders": self.whole.orders, "wrong": self.whole.wrong, "sum_cents": self.whole.sum },
            "books": compared.map(|compared| json!({ "compared": compared.compared, "different": compared.different })),
            "tasks": self.tasks.len(),
            "requests": { "answered": self.kept.answered, "repeated": self.kept.repeated, "broken": self.kept.broken },
            "parked": self.ours.as_ref().map(|ours| ours.parked.len()),
            "warnings": self.ours.as_ref().map(|ours| ours.warnings.len()),
            "clock_moved_seconds": self.ours.as_ref().map(|ours| ours.ahead_seconds),
        })
    }

    fn peak_json(&self, peak: &Peak) -> Value {
        let [p50, _, p99, _] = self.place_within(peak);
        let (per_second, p50, p99) = (rounded(peak.per_second), rounded(p50), rounded(p99));
        json!({ "at": peak.at, "orders": peak.orders.len(), "per_second": per_second, "place_ms": { "p50": p50, "p99": p99 } })
    }

    fn place_within(&self, peak: &Peak) -> [f64; 4] {
        let within = self.records.iter().filter(|record| peak.orders.contains(&record.number));
        percentiles(&within.filter_map(|record| record.waits.place).collect::<Vec<_>>())
    }

    // --- for people --------------------------------------------------------------------------------------------------

    /// A table for people.
    pub(crate) fn table(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write_table(&mut text);
        text
    }

    fn write_table(&self, out: &mut String) -> std::fmt::Result {
        let (placed, placing, elapsed) = (self.records.len(), self.placing.as_secs_f64(), self.elapsed.as_secs_f64());
        writeln!(
            out,
            "{placed} of {} orders, placed in {placing:.1} s, over after {elapsed:.1} s; seed {}",
            self.orders, self.seed
        )?;
        if let Some(Ours { ahead_seconds, .. }) = self.ours {
            let (hours, minutes) = (ahead_seconds / 3_600, ahead_seconds / 60 % 60);
            writeln!(out, "the platform's clock was moved on by {hours} h {minutes} min")?;
        }
        writeln!(out, "\noutcomes")?;
        for (outcome, count) in self.outcomes() {
            writeln!(out, "  {outcome:<34}{count:>8}")?;
        }
        self.write_stories(out)?;
        self.write_waits(out)?;
        self.write_peaks(out)?;
        self.write_money(out)?;
        self.write_checks(out)?;
        self.write_verdict(out)
    }

    fn write_stories(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "\n{:<20}{:>6}{:>10}{:>10}   ended", "stories", "told", "as meant", "waiting")?;
        for (story, told) in self.told().iter().filter(|(_, told)| told.run > 0) {
            let Told { run, as_meant, waiting, ends, .. } = told;
            let ends: Vec<String> = ends.iter().map(|(ending, count)| format!("{count} {ending}")).collect();
            writeln!(out, "  {:<18}{run:>6}{as_meant:>10}{waiting:>10}   {}", story.name, ends.join(", "))?;
        }
        Ok(())
    }

    fn write_waits(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "\n{:<36}{:>8}{:>10}{:>10}{:>10}{:>10}", "latencies, ms", "count", "p50", "p90", "p99", "max")?;
        for (name, waits) in self.waits() {
            let [p50, p90, p99, max] = percentiles(&waits);
            writeln!(out, "  {name:<34}{:>8}{p50:>10.1}{p90:>10.1}{p99:>10.1}{max:>10.1}", waits.len())?;
        }
        Ok(())
    }

    fn write_peaks(&self, out: &mut String) -> std::fmt::Result {
        if self.peaks.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "\n{:<20}{:>8}{:>12}{:>16}{:>16}",
            "peaks of the day", "orders", "a second", "place p50, ms", "place p99, ms"
        )?;
        for peak in &self.peaks {
            let [p50, _, p99, _] = self.place_within(peak);
            writeln!(out, "  {:<18}{:>8}{:>12.1}{p50:>16.1}{p99:>16.1}", peak.at, peak.orders.len(), peak.per_second)?;
        }
        Ok(())
    }

    fn write_money(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "\nmoney")?;
        for (name, cents) in named(&self.sums()) {
            writeln!(out, "  {name:<34}{:>12}", amount(cents))?;
        }
        Ok(())
    }

    fn write_checks(&self, out: &mut String) -> std::fmt::Result {
        let Books { audited, without_money, wrong, .. } = &self.books;
        writeln!(out, "\nchecks")?;
        writeln!(
            out,
            "  {audited} orders audited, {} checks failed; {without_money} orders never had any money",
            wrong.len()
        )?;
        writeln!(
            out,
            "  whole ledger: {} orders, {} wrong, all accounts together {}",
            self.whole.orders,
            self.whole.wrong,
            amount(self.whole.sum)
        )?;
        match &self.compared {
            Some(Comparison { compared, different }) => {
                writeln!(out, "  Stripe's books: {compared} orders compared to the cent, {} differ", different.len())?;
            }
            None => writeln!(out, "  Stripe's books: not compared (--stripe)")?,
        }
        let Kept { answered, repeated, .. } = self.kept;
        writeln!(out, "  {answered} requests answered, {repeated} sent again; {} tasks are open", self.tasks.len())?;
        if let Some(Ours { parked, warnings, .. }) = &self.ours {
            writeln!(out, "  {} messages parked, {} warnings in the platform's log", parked.len(), warnings.len())?;
            for warning in warnings.iter().take(SHOWN) {
                writeln!(out, "    {warning}")?;
            }
        }
        Ok(())
    }

    fn write_verdict(&self, out: &mut String) -> std::fmt::Result {
        let wrong = self.wrong();
        if wrong.is_empty() {
            return writeln!(out, "\nevery order and every cent is accounted for");
        }
        writeln!(out, "\nWRONG")?;
        for what in wrong.iter().take(5 * SHOWN) {
            writeln!(out, "  {what}")?;
        }
        match wrong.len().saturating_sub(5 * SHOWN) {
            0 => Ok(()),
            more => writeln!(out, "  … and {more} more"),
        }
    }
}

impl Record {
    fn name(&self) -> &str {
        self.order_id.as_deref().unwrap_or("that was never placed")
    }

    fn is_as_meant(&self) -> bool {
        self.ending().is_some_and(|ending| STORIES[self.story].ends.contains(&ending.as_str()))
    }

    /// What is wrong with how its story went.
    fn trouble(&self) -> Option<String> {
        let story = &STORIES[self.story];
        let why = match &self.told {
            Ok(()) if self.is_as_meant() => return None,
            Err(Stop::Waiting(_)) => return None,
            Ok(()) => {
                let ending = self.ending().unwrap_or_else(|| "nowhere".to_owned());
                format!("it ended {ending} instead of {}", story.ends.join(" or "))
            }
            Err(Stop::Failed(why)) => why.clone(),
        };
        Some(format!("story {}, order {} ({}): {why}", story.name, self.number, self.name()))
    }
}

fn named(sums: &Sums) -> [(&'static str, i64); 10] {
    [
        ("placed", sums.placed),
        ("held", sums.held),
        ("still held", sums.still_held),
        ("captured", sums.captured),
        ("refunded", sums.refunded),
        ("paid out", sums.paid_out),
        ("reversed", sums.reversed),
        ("tips afterwards", sums.tips),
        ("platform", sums.platform),
        ("stripe fees", sums.fees),
    ]
}

fn latency((name, waits): (&'static str, Vec<Duration>)) -> (String, Value) {
    let [p50, p90, p99, max] = percentiles(&waits).map(rounded);
    let name = name.split(' ').next().unwrap_or(name);
    (name.to_owned(), json!({ "count": waits.len(), "p50": p50, "p90": p90, "p99": p99, "max": max }))
}

/// `-12.05`
fn amount(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.unsigned_abs() / 100, cents.unsigned_abs() % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_shown_in_units_and_cents() {
        assert_eq!([0, 5, -5, 123_456].map(amount), ["0.00", "0.05", "-0.05", "1234.56"]);
    }
}
