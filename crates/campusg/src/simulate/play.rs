//! The play: orders are placed, each plays its story, and what nobody looks after any more is brought to its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use chassis::Shutdown;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::simulate::books::{self, Books, Comparison};
use crate::simulate::day::Pace;
use crate::simulate::people::{Cast, Person};
use crate::simulate::report::Report;
use crate::simulate::scene::{Scene, Stop, Waits, ending};
use crate::simulate::stories::{self, STORIES};
use crate::simulate::time::{Busy, Time};

/// How long books may be wrong because something is still under way.
const REST: Duration = Duration::from_secs(10);
/// How often the clock is moved on for orders that nobody looks after any more.
const LAST_DEADLINES: u32 = 50;

/// What became of one order.
pub(crate) struct Record {
    pub(crate) number: usize,
    pub(crate) story: usize,
    pub(crate) customer: Arc<Person>,
    pub(crate) order_id: Option<String>,
    pub(crate) total_cents: i64,
    pub(crate) waits: Waits,
    pub(crate) told: Result<(), Stop>,
    /// The order as it is in the end.
    pub(crate) last: Value,
}

/// How far it is.
#[derive(Default)]
pub(crate) struct Progress {
    pub(crate) placed: AtomicUsize,
    pub(crate) ended: AtomicUsize,
}

/// Everything that is to be played.
pub(crate) struct Play {
    pub(crate) orders: usize,
    pub(crate) seed: u64,
    /// So many stories are under way at once.
    pub(crate) people: u32,
    pub(crate) pace: Pace,
    pub(crate) time: Arc<Time>,
    pub(crate) cast: Arc<Cast>,
    pub(crate) progress: Arc<Progress>,
    /// So many orders may be placed by now.
    pub(crate) gate: watch::Receiver<usize>,
}

/// Once everything has come to its end.
pub(crate) struct Played {
    records: Vec<Record>,
    /// Why the clock could not be moved on.
    unmoved: Option<anyhow::Error>,
    start: Instant,
    placing: Duration,
}

impl Play {
    /// Has the orders placed, until there are enough or it is asked to stop.
    pub(crate) async fn begin(&self, shutdown: &Shutdown) -> Begun {
        let start = Instant::now();
        let stories = self.place(start, shutdown).await;
        Begun { stories, start, placing: start.elapsed() }
    }

    /// Lets all stories come to their ends, and all deadlines that they wait for.
    pub(crate) async fn end(&self, begun: Begun) -> anyhow::Result<Played> {
        let Begun { mut stories, start, placing } = begun;
        let moved = self.time.conduct().await;
        self.time.stop();
        let mut records = Vec::new();
        while let Some(record) = stories.join_next().await {
            records.push(record.context("a story")?);
        }
        records.sort_by_key(|record: &Record| record.number);
        let moved = match moved {
            Ok(()) => self.last_deadlines(&mut records).await,
            Err(error) => Err(error),
        };
        look(&mut records).await?;
        Ok(Played { records, unmoved: moved.err(), start, placing })
    }

    /// Accounts for everything; with the books at this address of Stripe's sandbox, if there is one.
    pub(crate) async fn account(&self, played: Played, stripe: Option<&str>) -> anyhow::Result<Report> {
        let Played { records, unmoved, start, placing } = played;
        let Cast { finance, operator, promises, .. } = &*self.cast;
        let placed: Vec<String> = records.iter().filter_map(|record| record.order_id.clone()).collect();
        let (books, compared) = look_into_the_books(finance, &placed, stripe).await?;
        Ok(Report {
            orders: self.orders,
            seed: self.seed,
            people: self.people,
            elapsed: start.elapsed(),
            placing,
            peaks: self.pace.peaks(),
            whole: books::whole(finance).await?,
            tasks: books::tasks(operator, &placed).await?,
            kept: promises.kept(),
            unmoved: unmoved.map(|error| format!("{error:#}")),
            records,
            books,
            compared,
            ours: None,
        })
    }

    /// Has the orders placed, each when it is due.
    async fn place(&self, start: Instant, shutdown: &Shutdown) -> JoinSet<Record> {
        // Two runs at one platform are not repeats of each other.
        let run: u64 = rand::random();
        let mut gate = self.gate.clone();
        let mut stories = JoinSet::new();
        for number in 0..self.orders {
            let due = async {
                // Whoever opens it lives as long as the play; when they do not, it stays open.
                drop(gate.wait_for(|open| number < *open).await);
                match self.pace.at(number) {
                    Some(after) => sleep_until(start + after).await,
                    None => self.time.wait_for_room(self.people as usize).await,
                }
            };
            tokio::select! {
                biased;
                () = shutdown.soft() => break,
                () = due => {}
            }
            let story = stories::of_order(self.seed, number);
            let chance = stories::chance(!self.seed, number);
            let key = format!("sim-{run:016x}-{number}");
            let scene = Scene::new(&self.cast, &self.time, key, STORIES[story].payer, chance);
            self.progress.placed.fetch_add(1, Ordering::Relaxed);
            stories.spawn(tell(number, story, scene, self.time.begin(), Arc::clone(&self.progress)));
        }
        stories
    }

    /// Stories that failed leave orders behind: lets the deadlines of these come too.
    async fn last_deadlines(&self, records: &mut [Record]) -> anyhow::Result<()> {
        let Some(hand) = &self.time.hand else { return Ok(()) };
        for _ in 0..LAST_DEADLINES {
            look(records).await?;
            let open = records.iter().filter(|record| !record.is_over());
            let open: Vec<&str> = open.filter_map(|record| record.order_id.as_deref()).collect();
            let Some(next) = hand.next_deadline(&open).await? else { break };
            hand.move_to(next).await?;
            hand.settle().await?;
        }
        Ok(())
    }
}

/// Everything is placed, and plays.
pub(crate) struct Begun {
    stories: JoinSet<Record>,
    start: Instant,
    placing: Duration,
}

impl Record {
    /// How it ended: `COMPLETED`, `CANCELLED expired`; nothing if it never began.
    pub(crate) fn ending(&self) -> Option<String> {
        self.order_id.as_ref().map(|_| ending(&self.last))
    }

    pub(crate) fn is_over(&self) -> bool {
        ["COMPLETED", "CANCELLED"].iter().any(|status| self.last["status"] == *status)
    }
}

async fn tell(number: usize, story: usize, mut scene: Scene, busy: Busy, progress: Arc<Progress>) -> Record {
    let told = STORIES[story].play(&mut scene).await;
    progress.ended.fetch_add(1, Ordering::Relaxed);
    drop(busy);
    Record {
        number,
        story,
        told,
        customer: scene.customer,
        order_id: scene.order_id,
        total_cents: scene.total_cents,
        waits: scene.waits,
        last: Value::Null,
    }
}

/// Reads every order that was not over when it was read last.
async fn look(records: &mut [Record]) -> anyhow::Result<()> {
    for record in records {
        let Some(order_id) = record.order_id.as_ref().filter(|_| !record.is_over()) else { continue };
        let order = record.customer.get("look", &format!("/api/v1/orders/{order_id}")).await;
        record.last = order.map_err(|no| anyhow!("{order_id} cannot be read: {no}"))?;
    }
    Ok(())
}

/// Audits and compares. A platform that cannot be seen at work may not have come to rest yet, so what is wrong is looked at
/// again for a while.
async fn look_into_the_books(
    finance: &Person,
    order_ids: &[String],
    stripe: Option<&str>,
) -> anyhow::Result<(Books, Option<Comparison>)> {
    let give_up = Instant::now() + REST;
    loop {
        let books = Books::audit(finance, order_ids).await?;
        let compared = match stripe {
            Some(stripe) => books.compare(stripe).await?,
            None => None,
        };
        let equal = compared.as_ref().is_none_or(|compared| compared.different.is_empty());
        if (equal && books.wrong.is_empty()) || Instant::now() > give_up {
            return Ok((books, compared));
        }
        sleep(REST / 20).await;
    }
}
