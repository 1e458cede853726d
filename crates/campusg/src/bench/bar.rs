//! How far something is that takes long, on standard error: often on a terminal, seldom in a file.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// Things that are done one by one, and how many there are.
pub(super) struct Bar {
    total: u64,
    what: &'static str,
    done: AtomicU64,
    start: Instant,
    /// Milliseconds from the start to when it was last shown.
    shown: AtomicU64,
    terminal: bool,
}

impl Bar {
    pub(super) fn new(total: u64, what: &'static str) -> Self {
        let (done, shown) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { total, what, done, start: Instant::now(), shown, terminal: std::io::stderr().is_terminal() }
    }

    /// So many are done in all.
    pub(super) fn set(&self, done: u64) {
        self.done.store(done, Ordering::Relaxed);
        self.glance();
    }

    /// So many more are done.
    pub(super) fn add(&self, more: u64) {
        self.done.fetch_add(more, Ordering::Relaxed);
        self.glance();
    }

    /// Says where it ended.
    pub(super) fn end(&self) {
        self.show('\n');
    }

    fn glance(&self) {
        let pause = Duration::from_millis(if self.terminal { 200 } else { 5_000 });
        let (now, shown) = (self.millis(), self.shown.load(Ordering::Relaxed));
        let is_time = u128::from(now.saturating_sub(shown)) >= pause.as_millis();
        if is_time && self.shown.compare_exchange(shown, now, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            self.show(if self.terminal { '\r' } else { '\n' });
        }
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn show(&self, end: char) {
        let (done, millis) = (self.done.load(Ordering::Relaxed), self.millis());
        let rate = done.saturating_mul(1_000).checked_div(millis).unwrap_or_default();
        eprint!(
            "{}: {done} of {} in {}.{} s, {rate}/s  {end}",
            self.what,
            self.total,
            millis / 1_000,
            millis % 1_000 / 100
        );
    }
}
