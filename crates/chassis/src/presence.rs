//! Which replicas of a service are there: each says so twice a second, and who has not been heard for a while is taken for
//! gone. It decides only who reads a partition; that nothing is lost, doubled or overtaken never depends on it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::StreamExt;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tracing::{info, warn};

use crate::bus::Bus;
use crate::shutdown::Shutdown;

const BEAT: Duration = Duration::from_millis(500);
/// Who has been silent for so long is taken for gone.
const SILENCE: Duration = Duration::from_millis(2_500);
/// Who has not run for so long must assume that others have taken it for gone. Well below [`SILENCE`].
const STALL: Duration = Duration::from_millis(1_500);

/// What one replica knows of the others. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Presence {
    service: &'static str,
    replica: u16,
    is_alone: bool,
    heard: Arc<Mutex<BTreeMap<u16, Instant>>>,
    /// Who is gone right now.
    gone: watch::Sender<Vec<u16>>,
    started: Instant,
    /// Milliseconds from the start to when this replica ran last.
    ran: Arc<AtomicU64>,
    stalls: Arc<AtomicU64>,
}

impl Presence {
    /// Everybody is there until they have had time to say so.
    pub(crate) fn new(service: &'static str, replica: u16, replicas: u16) -> Self {
        let now = Instant::now();
        let others = (0..replicas).filter(|other| *other != replica).map(|other| (other, now)).collect();
        Self {
            service,
            replica,
            is_alone: replicas < 2,
            heard: Arc::new(Mutex::new(others)),
            gone: watch::Sender::new(Vec::new()),
            started: now,
            ran: Arc::default(),
            stalls: Arc::default(),
        }
    }

    /// Changes whenever a replica comes or goes.
    pub(crate) fn gone(&self) -> watch::Receiver<Vec<u16>> {
        self.gone.subscribe()
    }

    /// How often this replica has stood still (SIGSTOP, a machine that was asleep) so long that others may have taken over.
    /// Right also for whoever is the first to run again.
    pub(crate) fn stalls(&self) -> u64 {
        if !self.is_alone {
            let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
            let before = self.ran.fetch_max(now, Ordering::AcqRel);
            if u128::from(now.saturating_sub(before)) > STALL.as_millis() {
                self.stalls.fetch_add(1, Ordering::AcqRel);
            }
        }
        self.stalls.load(Ordering::Acquire)
    }

    /// Says that this replica is there, and listens to the others, until it is told to stop.
    pub(crate) async fn keep(self, bus: Bus, shutdown: Shutdown) {
        if self.is_alone {
            return;
        }
        let subject = format!("replicas.{}", self.service);
        let Ok(mut beats) = bus.client().subscribe(subject.clone()).await else {
            return warn!(service = self.service, "the other replicas cannot be heard; they take over after ack_wait");
        };
        let mut connections = bus.connections();
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.soft() => return,
                _ = beat.tick() => {
                    self.stalls();
                    drop(bus.client().publish(subject.clone(), self.replica.to_string().into()).await);
                    self.look();
                }
                // Nobody could be heard while there was no connection.
                Ok(()) = connections.changed() => self.heard_everybody(),
                Some(said) = beats.next() => self.heard(&said.payload),
            }
        }
    }

    fn heard_everybody(&self) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.values_mut().for_each(|at| *at = Instant::now());
    }

    fn heard(&self, payload: &[u8]) {
        let Some(other) = std::str::from_utf8(payload).ok().and_then(|text| text.parse().ok()) else { return };
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = heard.get_mut(&other) {
            *at = Instant::now();
        }
    }

    fn look(&self) {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let silent = heard.iter().filter(|(_, at)| at.elapsed() > SILENCE);
        let silent: Vec<u16> = silent.map(|(replica, _)| *replica).collect();
        drop(heard);
        self.gone.send_if_modified(|gone| {
            if *gone == silent {
                return false;
            }
            info!(service = self.service, replica = self.replica, "replicas that are gone: {silent:?}");
            *gone = silent;
            true
        });
    }
}
