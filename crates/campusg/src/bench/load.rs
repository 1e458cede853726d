//! Many orders. In a *closed* loop every place that becomes free starts the next one: that finds out how many the platform can
//! do. In an *open* loop orders come when they come, whether those before are done or not: that finds out how long people
//! wait. There each wait counts from the moment at which the order was due, so that a platform that falls behind, or a load
//! generator that does, cannot hide it ("coordinated omission").
//!
//! Every single wait is kept, as 16 bytes: percentiles are then exact, and a run of a hundred thousand orders takes 5 MB.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::bench::crowd::Failure;
use crate::bench::way::{Pair, Waits, Way};

/// No order is started after this.
const LONGEST: Duration = Duration::from_secs(600);
/// So long before an order is due its basket is priced: one quote is good for one order.
const AHEAD: Duration = Duration::from_millis(1_500);
/// Arrivals are the same in every run.
const SEED: u64 = 5;

/// How orders come.
#[derive(Clone, Copy)]
pub(super) enum Pace {
    /// So many at any moment.
    Closed(u32),
    /// So many a second on average, at random (Poisson).
    Open(f64),
}

/// So many orders.
pub(super) struct Load {
    /// What begins the idempotency keys, different for each.
    pub(super) label: String,
    pub(super) orders: u32,
    pub(super) pace: Pace,
}

/// What became of all of them.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) place: Vec<Duration>,
    pub(super) accept: Vec<Duration>,
    pub(super) deliver: Vec<Duration>,
    /// How much later than due the load generator sent an order; it is part of `place`.
    pub(super) late: Vec<Duration>,
    /// Why orders were not completed, and how many.
    pub(super) failures: BTreeMap<String, u32>,
    /// From the first request to the last order's end.
    pub(super) elapsed: Duration,
}

impl Outcome {
    /// Orders that were completed.
    pub(super) fn completed(&self) -> usize {
        self.deliver.len()
    }

    /// Whole orders per second.
    pub(super) fn rate(&self) -> f64 {
        let completed = u32::try_from(self.completed()).unwrap_or(u32::MAX);
        f64::from(completed) / self.elapsed.as_secs_f64()
    }

    fn note(&mut self, order: Result<Waits, Failure>) {
        match order {
            Ok(waits) => {
                self.place.push(waits.place);
                self.accept.push(waits.accept);
                self.deliver.push(waits.deliver);
            }
            Err(Failure(why)) => *self.failures.entry(why).or_default() += 1,
        }
    }

    /// Puts what became of others to it; how long they took together is not told then.
    pub(super) fn add(&mut self, other: Self) {
        self.place.extend(other.place);
        self.accept.extend(other.accept);
        self.deliver.extend(other.deliver);
        self.late.extend(other.late);
        for (why, count) in other.failures {
            *self.failures.entry(why).or_default() += count;
        }
    }
}

/// What all orders of a load share.
struct Course {
    label: String,
    orders: u32,
    started: AtomicU32,
    ended: AtomicU32,
    start: Instant,
}

impl Load {
    /// Carries them through.
    pub(super) async fn run(self, way: &Way) -> Outcome {
        let start = Instant::now();
        let (started, ended) = (AtomicU32::new(0), AtomicU32::new(0));
        let course = Arc::new(Course { label: self.label, orders: self.orders, started, ended, start });
        let mut tasks = match self.pace {
            Pace::Closed(places) => places_of(&course, way, places),
            Pace::Open(rate) => arrivals(&course, way, rate),
        };
        let mut outcome = Outcome::default();
        let all = async {
            while let Some(task) = tasks.join_next().await {
                match task {
                    Ok(theirs) => outcome.add(theirs),
                    Err(error) => outcome.note(Err(Failure(format!("the load generator: {error}")))),
                }
            }
        };
        tokio::select! {
            () = all => {}
            () = course.progress() => {}
        }
        outcome.elapsed = match self.pace {
            Pace::Closed(_) => start.elapsed(),
            // The first quotes are asked for before the first order is due.
            Pace::Open(_) => start.elapsed().saturating_sub(AHEAD),
        };
        let missing = course.orders.saturating_sub(course.ended.load(Ordering::Relaxed));
        if missing > 0 {
            outcome.failures.insert("the time was over before it was started".to_owned(), missing);
        }
        course.show("\n");
        outcome
    }
}

fn places_of(course: &Arc<Course>, way: &Way, places: u32) -> JoinSet<Outcome> {
    let pairs = (0..places as usize).map(|number| way.pair(number));
    pairs.map(|pair| Arc::clone(course).one_after_the_other(pair)).collect()
}

/// A task per order, each told by a clock when it is due. The clock is a thread: the runtime's timers are as coarse as a
/// millisecond.
fn arrivals(course: &Arc<Course>, way: &Way, rate: f64) -> JoinSet<Outcome> {
    let mut chance = StdRng::seed_from_u64(SEED);
    let mut due = course.start + AHEAD;
    let mut tasks = JoinSet::new();
    let mut bells = Vec::new();
    for number in 0..course.orders {
        let (bell, rung) = oneshot::channel();
        bells.push((due, bell));
        tasks.spawn(Arc::clone(course).when_due(way.pair(number as usize), number, due, rung));
        // The gaps of a Poisson process.
        due += Duration::from_secs_f64(-(1.0 - chance.random::<f64>()).ln() / rate);
    }
    thread::spawn(move || {
        for (due, bell) in bells {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            // Who failed before is not waiting any more.
            let _ = bell.send(());
        }
    });
    tasks
}

impl Course {
    /// One place: carries one order after the other until there are no more.
    async fn one_after_the_other(self: Arc<Self>, pair: Pair) -> Outcome {
        let mut outcome = Outcome::default();
        while self.start.elapsed() < LONGEST {
            let number = self.started.fetch_add(1, Ordering::Relaxed);
            if number >= self.orders {
                break;
            }
            outcome.note(self.at_once(&pair, number).await);
            self.ended.fetch_add(1, Ordering::Relaxed);
        }
        outcome
    }

    async fn at_once(&self, pair: &Pair, number: u32) -> Result<Waits, Failure> {
        let quote = pair.quote().await?;
        pair.carry(quote, &self.key(number), Instant::now()).await
    }

    async fn when_due(self: Arc<Self>, pair: Pair, number: u32, due: Instant, rung: oneshot::Receiver<()>) -> Outcome {
        let mut outcome = Outcome::default();
        sleep_until(due - AHEAD).await;
        match pair.quote().await {
            Ok(quote) => {
                drop(rung.await);
                outcome.late.push(due.elapsed());
                outcome.note(pair.carry(quote, &self.key(number), due).await);
            }
            Err(failure) => outcome.note(Err(failure)),
        }
        self.ended.fetch_add(1, Ordering::Relaxed);
        outcome
    }

    fn key(&self, number: u32) -> String {
        format!("{}-{number}", self.label.replace(' ', "-"))
    }

    /// Says how far it is: often on a terminal, seldom in a file. Never ends.
    async fn progress(&self) {
        let (pause, end) = if std::io::stderr().is_terminal() { (200, "\r") } else { (5_000, "\n") };
        loop {
            sleep(Duration::from_millis(pause)).await;
            self.show(end);
        }
    }

    fn show(&self, end: &str) {
        let ended = self.ended.load(Ordering::Relaxed);
        let seconds = self.start.elapsed().as_secs_f64();
        let rate = f64::from(ended) / seconds;
        eprint!("{}: {ended} of {} orders in {seconds:.1} s, {rate:.0}/s  {end}", self.label, self.orders);
    }
}
