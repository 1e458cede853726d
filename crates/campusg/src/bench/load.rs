//! One whole order, and many of them: a closed loop, in which every place that becomes free starts the next one.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::bench::crowd::{Crowd, Customer, Failure, Person};

/// No order is started after this.
const LONGEST: Duration = Duration::from_secs(600);
/// How long a delivered order may take to be heard of as completed.
const COMPLETION: Duration = Duration::from_secs(30);

/// So many orders, so many of them at a time.
#[derive(Clone, Copy)]
pub(super) struct Load {
    pub(super) label: &'static str,
    pub(super) orders: u32,
    pub(super) concurrency: u32,
}

/// How long the three waits of one order took.
struct Waits {
    /// From placing to CREATED: stored, paid for, on offer.
    place: Duration,
    /// From accepting to ACCEPTED.
    accept: Duration,
    /// From handing over to COMPLETED: captured, paid out, and said so on the event stream.
    deliver: Duration,
}

/// What became of all of them.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) place: Vec<Duration>,
    pub(super) accept: Vec<Duration>,
    pub(super) deliver: Vec<Duration>,
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

    fn add(&mut self, other: Self) {
        self.place.extend(other.place);
        self.accept.extend(other.accept);
        self.deliver.extend(other.deliver);
        for (why, count) in other.failures {
            *self.failures.entry(why).or_default() += count;
        }
    }
}

/// What all places share.
struct Counters {
    started: AtomicU32,
    ended: AtomicU32,
    start: Instant,
}

impl Load {
    /// Carries them through.
    pub(super) async fn run(self, crowd: &Crowd) -> Outcome {
        let start = Instant::now();
        let counters = Arc::new(Counters { started: AtomicU32::new(0), ended: AtomicU32::new(0), start });
        let mut places = JoinSet::new();
        for (customer, runner) in pairs(crowd, self.concurrency) {
            places.spawn(self.place(Arc::clone(&counters), customer, runner));
        }
        let mut outcome = Outcome::default();
        let all = async {
            while let Some(place) = places.join_next().await {
                match place {
                    Ok(theirs) => outcome.add(theirs),
                    Err(error) => outcome.note(Err(Failure(format!("the load generator: {error}")))),
                }
            }
        };
        tokio::select! {
            () = all => {}
            () = self.progress(&counters) => {}
        }
        outcome.elapsed = start.elapsed();
        let missing = self.orders.saturating_sub(counters.ended.load(Ordering::Relaxed));
        if missing > 0 {
            outcome.failures.insert("the time was over before it was started".to_owned(), missing);
        }
        self.show(&counters, "\n");
        outcome
    }

    /// One place: carries one order after the other until there are no more.
    async fn place(self, counters: Arc<Counters>, customer: Arc<Customer>, runner: Arc<Person>) -> Outcome {
        let mut outcome = Outcome::default();
        while counters.start.elapsed() < LONGEST {
            let number = counters.started.fetch_add(1, Ordering::Relaxed);
            if number >= self.orders {
                break;
            }
            outcome.note(carry(&customer, &runner, &format!("{}-{number}", self.label)).await);
            counters.ended.fetch_add(1, Ordering::Relaxed);
        }
        outcome
    }

    /// Says how far it is: often on a terminal, seldom in a file. Never ends.
    async fn progress(self, counters: &Counters) {
        let (pause, end) = if std::io::stderr().is_terminal() { (200, "\r") } else { (5_000, "\n") };
        loop {
            sleep(Duration::from_millis(pause)).await;
            self.show(counters, end);
        }
    }

    fn show(self, counters: &Counters, end: &str) {
        let ended = counters.ended.load(Ordering::Relaxed);
        let seconds = counters.start.elapsed().as_secs_f64();
        let rate = f64::from(ended) / seconds;
        eprint!("{}: {ended} of {} orders in {seconds:.1} s, {rate:.0}/s  {end}", self.label, self.orders);
    }
}

/// A customer and a runner for every place; both serve several places when there are more of these than people.
fn pairs(crowd: &Crowd, places: u32) -> impl Iterator<Item = (Arc<Customer>, Arc<Person>)> {
    let customers = crowd.customers.iter().cycle().cloned();
    let runners = crowd.runners.iter().cycle().cloned();
    (0..places).zip(customers.zip(runners)).map(|(_, pair)| pair)
}

/// One order from the basket to the payout.
async fn carry(customer: &Customer, runner: &Person, key: &str) -> Result<Waits, Failure> {
    let quote = customer.person.post("quote", "/api/v1/quotes", &basket()).await?;
    let start = Instant::now();
    let placed = customer.person.place(&quote["quote_id"], key).await?;
    let place = start.elapsed();
    must_be("CREATED", "place", &placed)?;
    let order_id = placed["order_id"].as_str().unwrap_or_default();
    let path = format!("/api/v1/orders/{order_id}");
    let end = customer.hear_of(order_id);

    let start = Instant::now();
    let accepted = runner.post("accept", &format!("{path}/accept"), &json!({})).await?;
    let accept = start.elapsed();
    must_be("ACCEPTED", "accept", &accepted)?;

    let pin = customer.person.get("read", &path).await?["handover_pin"].take();
    let advance = format!("{path}/advance");
    // The till says what was estimated.
    runner.post("PLACED", &advance, &json!({ "to": "PLACED", "receipt_cents": 890 })).await?;
    runner.post("ON_THE_WAY", &advance, &json!({ "to": "ON_THE_WAY" })).await?;
    let start = Instant::now();
    runner.post("DELIVERED", &advance, &json!({ "to": "DELIVERED", "pin": pin })).await?;
    let Ok(Ok(end)) = timeout(COMPLETION, end).await else {
        return not_heard_of(customer, &path).await;
    };
    if end.status != "COMPLETED" {
        return Err(Failure(format!("deliver: {} instead of COMPLETED", end.status)));
    }
    Ok(Waits { place, accept, deliver: end.at - start })
}

/// Says where an order stands of which the stream did not say that it is over.
async fn not_heard_of(customer: &Customer, path: &str) -> Result<Waits, Failure> {
    let order = customer.person.get("read", path).await?;
    let status = order["status"].as_str().unwrap_or("nowhere");
    Err(Failure(format!("deliver: not heard of as COMPLETED within {} s; it is {status}", COMPLETION.as_secs())))
}

fn must_be(expected: &str, what: &str, order: &Value) -> Result<(), Failure> {
    let status = order["status"].as_str().unwrap_or("of no status");
    if status == expected { Ok(()) } else { Err(Failure(format!("{what}: {status} instead of {expected}"))) }
}

fn basket() -> Value {
    json!({
        "store": { "name": "Koufu", "location": "Block 7" },
        "deliver_to": { "building": "Library", "room": "3-12", "note": "by the lifts" },
        "items": [{ "name": "Chicken rice", "quantity": 2, "price_cents": 445 }],
    })
}
