//! The time of the platform: moved on by hand when it is our own, waited for in vain when it is somebody else's.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{anyhow, bail};
use chassis::{Bus, Clock, Shutdown, inspect};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

/// How long the platform may take to come a step nearer to rest.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often the hand of the clock is moved, and everything else is looked at.
const GLANCE: Duration = Duration::from_millis(10);
/// Deadlines that are so close to each other come together.
const TOGETHER: SignedDuration = SignedDuration::from_secs(60);

/// The time, and who is waiting for it.
pub(crate) struct Time {
    /// Stories that do something or wait for somebody, not for a deadline.
    busy: watch::Sender<usize>,
    /// Until when the others wait.
    sleepers: Mutex<BTreeMap<u64, Timestamp>>,
    next: AtomicU64,
    /// Nobody moves the clock any more.
    over: Shutdown,
    pub(crate) hand: Option<Arc<Hand>>,
}

/// The clock of a platform of our own. It runs as the system's does, but ahead of it.
pub(crate) struct Hand {
    clock: Clock,
    ahead_seconds: AtomicI64,
    pub(crate) bus: Bus,
    stripe: String,
    http: reqwest::Client,
    deadlines: tokio::sync::Mutex<inspect::Promised>,
}

/// It is somebody else's time, and it has not come.
pub(crate) struct NotYet;

/// Somebody is at work for as long as this is held.
pub(crate) struct Busy(Arc<Time>);

impl Time {
    pub(crate) fn new(hand: Option<Hand>) -> Arc<Self> {
        let (busy, _) = watch::channel(0);
        let (sleepers, next, over) = (Mutex::default(), AtomicU64::new(0), Shutdown::new());
        Arc::new(Self { busy, sleepers, next, over, hand: hand.map(Arc::new) })
    }

    /// One more story begins.
    pub(crate) fn begin(self: &Arc<Self>) -> Busy {
        self.busy.send_modify(|busy| *busy += 1);
        Busy(Arc::clone(self))
    }

    /// Waits until fewer than `limit` stories are busy.
    pub(crate) async fn wait_for_room(&self, limit: usize) {
        // The sender is here, so it cannot be closed.
        drop(self.busy.subscribe().wait_for(|busy| *busy < limit).await);
    }

    /// How many stories wait for a deadline.
    pub(crate) fn waiting(&self) -> usize {
        self.sleepers().len()
    }

    /// How many stories are busy.
    pub(crate) fn at_work(&self) -> usize {
        *self.busy.borrow()
    }

    /// How far the clock is ahead of the system's.
    pub(crate) fn ahead(&self) -> i64 {
        self.hand.as_ref().map_or(0, |hand| hand.ahead_seconds.load(Ordering::Relaxed))
    }

    /// Waits for a deadline.
    pub(crate) async fn sleep_until(&self, at: Timestamp) -> Result<(), NotYet> {
        let Some(hand) = &self.hand else { return Err(NotYet) };
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        self.sleepers().insert(id, at);
        self.busy.send_modify(|busy| *busy -= 1);
        let come = tokio::select! {
            () = hand.clock.sleep_until(at) => Ok(()),
            () = self.over.soft() => Err(NotYet),
        };
        self.busy.send_modify(|busy| *busy += 1);
        self.sleepers().remove(&id);
        come
    }

    /// Whoever still waits need not wait any longer: nobody will move the clock.
    pub(crate) fn stop(&self) {
        self.over.soften();
    }

    /// Moves the clock on whenever all that is left waits for it, until nothing is left.
    pub(crate) async fn conduct(&self) -> anyhow::Result<()> {
        loop {
            self.wait_for_room(1).await;
            let Some(hand) = &self.hand else { return Ok(()) };
            hand.settle().await?;
            let waiting: Vec<Timestamp> = self.sleepers().values().copied().collect();
            let Some(first) = waiting.iter().min().copied() else { return Ok(()) };
            // Whoever was waiting for it is about to wake up.
            if self.at_work() > 0 || first <= hand.clock.now() {
                sleep(GLANCE).await;
                continue;
            }
            let together = waiting.into_iter().filter(|at| *at <= first + TOGETHER).max();
            hand.move_to(together.unwrap_or(first)).await?;
        }
    }

    fn sleepers(&self) -> MutexGuard<'_, BTreeMap<u64, Timestamp>> {
        self.sleepers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.send_modify(|busy| *busy -= 1);
    }
}

impl Hand {
    pub(crate) fn new(clock: Clock, bus: Bus, stripe: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().no_proxy().build()?;
        let (ahead_seconds, stripe) = (AtomicI64::new(0), stripe.to_owned());
        Ok(Self { clock, ahead_seconds, bus, stripe, http, deadlines: tokio::sync::Mutex::default() })
    }

    /// A clock in this file that shows the time of day from now on.
    pub(crate) fn clock(file: &Path) -> anyhow::Result<Clock> {
        let clock = Clock::manual(file)?;
        clock.set(Clock::system().now())?;
        Ok(clock)
    }

    /// Keeps the clock running until everything stops.
    pub(crate) async fn run(self: Arc<Self>, shutdown: Shutdown) {
        let system = Clock::system();
        loop {
            let ahead = SignedDuration::from_secs(self.ahead_seconds.load(Ordering::Relaxed));
            // A file that cannot be written is a clock that stands still: what waits for it says so.
            drop(self.clock.set(system.now() + ahead));
            tokio::select! {
                () = shutdown.hard() => return,
                () = sleep(GLANCE) => {}
            }
        }
    }

    /// Moves the clock on, here and at Stripe: it signs its webhooks with it.
    pub(crate) async fn move_on(&self, seconds: i64) -> anyhow::Result<()> {
        let url = format!("{}/sandbox/clock", self.stripe);
        let moved = self.http.put(url).json(&json!({ "advance_seconds": seconds })).send().await?;
        moved.error_for_status()?;
        self.ahead_seconds.fetch_add(seconds, Ordering::Relaxed);
        Ok(())
    }

    /// Lets the time come.
    pub(crate) async fn move_to(&self, at: Timestamp) -> anyhow::Result<()> {
        self.move_on(at.duration_since(self.clock.now()).as_secs() + 1).await?;
        while self.clock.now() < at {
            sleep(GLANCE).await;
        }
        Ok(())
    }

    /// The next deadlines of these orders, but for the end of their holds, which is days away.
    pub(crate) async fn next_deadline(&self, order_ids: &[&str]) -> anyhow::Result<Option<Timestamp>> {
        let now = self.clock.now();
        let deadlines = self.deadlines.lock().await.all(&self.bus).await.map_err(|error| anyhow!(error))?;
        let theirs = deadlines.into_iter().filter(|(subject, due)| {
            let parts: Vec<&str> = subject.split('.').collect();
            *due > now && !parts.contains(&"hold") && parts.last().is_some_and(|key| order_ids.contains(key))
        });
        Ok(theirs.map(|(_, due)| due).min())
    }

    /// Waits until nothing is in flight: every consumer has acknowledged everything, nothing is overdue, and Stripe has
    /// told everything that it had to tell.
    pub(crate) async fn settle(&self) -> anyhow::Result<()> {
        let mut give_up = Instant::now() + PATIENCE;
        let (mut quiet, mut last) = (None, (0, Vec::new()));
        loop {
            let (length, left) = self.look().await?;
            if (length, &left) != (last.0, &last.1) {
                give_up = Instant::now() + PATIENCE;
                last = (length, left.clone());
            }
            // Twice in a row: between two looks something could have been on its way from one consumer to the next.
            if left.is_empty() && quiet == Some(length) {
                return Ok(());
            }
            quiet = left.is_empty().then_some(length);
            if Instant::now() > give_up {
                bail!("the platform has not come nearer to rest for {} s: {}", PATIENCE.as_secs(), left.join("; "));
            }
            sleep(GLANCE).await;
        }
    }

    async fn look(&self) -> anyhow::Result<(u64, Vec<String>)> {
        let undelivered = self.undelivered().await?;
        let backlog = inspect::backlog(&self.bus).await.map_err(|error| anyhow!(error))?;
        let overdue = self.deadlines.lock().await.overdue(&self.bus, self.clock.now()).await;
        let overdue = overdue.map_err(|error| anyhow!(error))?.into_iter().map(|subject| format!("{subject} overdue"));
        let length = inspect::log_length(&self.bus).await.map_err(|error| anyhow!(error))?;
        let busy = backlog.into_iter().map(|b| format!("{}: {} waiting, {} in hand", b.consumer, b.waiting, b.in_hand));
        let webhooks = (undelivered > 0).then(|| format!("{undelivered} webhooks of Stripe's are not delivered"));
        Ok((length, busy.chain(overdue).chain(webhooks).collect()))
    }

    async fn undelivered(&self) -> anyhow::Result<u64> {
        let summary = self.http.get(format!("{}/sandbox/summary", self.stripe)).send().await?.error_for_status()?;
        let summary: serde_json::Value = summary.json().await?;
        Ok(summary["undelivered_count"].as_u64().unwrap_or_default())
    }
}
