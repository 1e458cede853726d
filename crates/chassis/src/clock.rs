//! The time, passed in. The system's, or one that a test moves by hand through a file that every process reads.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

/// How long it is worth waiting for a hand-moved clock before looking again, unless it is said otherwise.
const PATIENCE: Duration = Duration::from_millis(50);

/// Tells the time; cheap to clone.
#[derive(Clone, Debug)]
pub struct Clock {
    source: Arc<Source>,
    patience: Duration,
}

#[derive(Debug)]
enum Source {
    System,
    Manual(File),
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self { source: Arc::new(Source::System), patience: PATIENCE }
    }

    /// The clock that a settings section names: a file, or the system's when the name is empty.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn from_setting(file: &str) -> io::Result<Self> {
        if file.is_empty() { Ok(Self::system()) } else { Self::manual(Path::new(file)) }
    }

    /// A clock that stands still until [`Clock::set`] moves it, shared by every process that opens the same file.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn manual(file: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(file)?;
        Ok(Self { source: Arc::new(Source::Manual(file)), patience: PATIENCE })
    }

    /// The same clock, looked at less often by those for whom looking costs something: a deadline is then noticed so much later
    /// at most when the clock has been moved by hand.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Moves a manual clock. The system's clock is not moved.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set(&self, now: Timestamp) -> io::Result<()> {
        match &*self.source {
            Source::System => Ok(()),
            Source::Manual(file) => file.write_all_at(&now.as_microsecond().to_le_bytes(), 0),
        }
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &*self.source {
            #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the system")]
            Source::System => Timestamp::now(),
            Source::Manual(file) => read(file),
        }
    }

    /// How long it is worth waiting before looking again at something that is due in `remaining`: all of it, or on a clock
    /// that is moved by hand just a moment.
    #[must_use]
    pub fn patience(&self, remaining: Duration) -> Duration {
        match &*self.source {
            Source::System => remaining,
            Source::Manual(_) => remaining.min(self.patience),
        }
    }

    /// Waits until the clock shows `at` or later.
    pub async fn sleep_until(&self, at: Timestamp) {
        while let Some(remaining) = self.until(at) {
            let glance = match &*self.source {
                Source::System => remaining,
                Source::Manual(_) => remaining.min(PATIENCE),
            };
            tokio::time::sleep(glance).await;
        }
    }

    /// What is left until `at`, or nothing once it has come.
    #[must_use]
    pub fn until(&self, at: Timestamp) -> Option<Duration> {
        Duration::try_from(at.duration_since(self.now())).ok().filter(|remaining| !remaining.is_zero())
    }
}

/// Eight bytes are read at once, so a time that is being written is seen before or after, never in between.
fn read(file: &File) -> Timestamp {
    let mut bytes = [0; 8];
    match file.read_exact_at(&mut bytes, 0) {
        Ok(()) => Timestamp::from_microsecond(i64::from_le_bytes(bytes)).unwrap_or(Timestamp::UNIX_EPOCH),
        Err(_) => Timestamp::UNIX_EPOCH,
    }
}
