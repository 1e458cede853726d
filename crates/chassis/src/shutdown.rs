//! Stopping, softly or at once.

use tokio_util::sync::CancellationToken;

/// Soft: take nothing new, finish what is under way, give back the rest. Hard: stop where you are; the broker delivers
/// again whatever was not acknowledged.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    soft: CancellationToken,
    hard: CancellationToken,
}

impl Shutdown {
    /// Nobody has asked to stop yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks to stop softly.
    pub fn soften(&self) {
        self.soft.cancel();
    }

    /// Stops at once.
    pub fn harden(&self) {
        self.soft.cancel();
        self.hard.cancel();
    }

    /// Waits until somebody asks to stop, softly or hard.
    pub async fn soft(&self) {
        self.soft.cancelled().await;
    }

    /// Waits until somebody asks to stop at once.
    pub async fn hard(&self) {
        self.hard.cancelled().await;
    }

    /// Whether somebody has asked to stop.
    #[must_use]
    pub fn is_soft(&self) -> bool {
        self.soft.is_cancelled()
    }

    /// The first Ctrl-C or SIGTERM asks softly, the second hard.
    pub fn on_signals(&self) {
        let shutdown = self.clone();
        tokio::spawn(async move {
            signal().await;
            shutdown.soften();
            signal().await;
            shutdown.harden();
        });
    }
}

async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}
