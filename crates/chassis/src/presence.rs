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
    /// How often somebody else had a consumer go back.
    backs: Arc<Mutex<BTreeMap<String, u64>>>,
}

/// What a replica that has a consumer go back says, before its own number and the consumer's name.
const BACK: &str = "back";

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
            backs: Arc::default(),
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

    /// How often it has been doubtful whether the numbers of this consumer's deliveries still go on from where they were here:
    /// this replica stood still, or somebody else had the consumer go back and the numbers begin anew.
    pub(crate) fn breaks(&self, consumer: &str) -> u64 {
        let backs = self.backs.lock().unwrap_or_else(PoisonError::into_inner);
        self.stalls() + backs.get(consumer).copied().unwrap_or_default()
    }

    /// Tells the others that this replica is about to have a consumer go back. Before it does, so that they know when they
    /// are given the first of the new numbers; whoever does not hear it may still take a new number for an old one.
    pub(crate) async fn goes_back(&self, bus: &Bus, consumer: &str) {
        if !self.is_alone {
            let said = format!("{BACK} {} {consumer}", self.replica);
            drop(bus.client().publish(self.subject(), said.into()).await);
        }
    }

    fn subject(&self) -> String {
        format!("replicas.{}", self.service)
    }

    /// Says that this replica is there, and listens to the others, until it is told to stop.
    pub(crate) async fn keep(self, bus: Bus, shutdown: Shutdown) {
        if self.is_alone {
            return;
        }
        let subject = self.subject();
        let Ok(mut beats) = bus.client().subscribe(subject.clone()).await else {
            return warn!(service = self.service, "the other replicas cannot be heard; they take over after ack_wait");
        };
        let mut connections = bus.connections();
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last = Instant::now();
        loop {
            tokio::select! {
                () = shutdown.soft() => return,
                _ = beat.tick() => {
                    self.stalls();
                    self.look_around(last.elapsed(), bus.is_connected());
                    last = Instant::now();
                    drop(bus.client().publish(subject.clone(), self.replica.to_string().into()).await);
                }
                Ok(()) = connections.changed() => self.look_around(Duration::ZERO, false),
                Some(said) = beats.next() => self.heard(&said.payload),
            }
        }
    }

    /// Says who is gone. Whoever stood still or was not connected has not heard anybody, which says nothing about them: they
    /// are there until they have had time to say so.
    fn look_around(&self, since_last: Duration, is_connected: bool) {
        if since_last > STALL || !is_connected {
            self.heard_everybody();
        }
        self.look();
    }

    fn heard_everybody(&self) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.values_mut().for_each(|at| *at = Instant::now());
    }

    fn heard(&self, payload: &[u8]) {
        let Ok(text) = std::str::from_utf8(payload) else { return };
        if let [BACK, other, consumer] = text.split(' ').collect::<Vec<_>>()[..] {
            if other.parse() != Ok(self.replica) {
                let mut backs = self.backs.lock().unwrap_or_else(PoisonError::into_inner);
                *backs.entry(consumer.to_owned()).or_default() += 1;
            }
            return;
        }
        let Ok(other) = text.parse() else { return };
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

#[cfg(test)]
mod tests {
    use super::*;

    fn silent_for(presence: &Presence, silence: Duration) {
        let at = Instant::now().checked_sub(silence).expect("a machine that has run for so long");
        presence.heard.lock().expect("unpoisoned").values_mut().for_each(|heard| *heard = at);
    }

    #[test]
    fn who_was_not_heard_is_gone() {
        let presence = Presence::new("orders", 0, 3);
        silent_for(&presence, SILENCE * 2);
        presence.heard(b"2");
        presence.look_around(BEAT, true);
        assert_eq!(*presence.gone().borrow(), [1]);
    }

    #[test]
    fn who_could_not_hear_takes_nobody_for_gone() {
        let presence = Presence::new("orders", 0, 3);
        for (since_last, is_connected) in [(STALL * 2, true), (BEAT, false)] {
            silent_for(&presence, SILENCE * 2);
            presence.look_around(since_last, is_connected);
            assert_eq!(*presence.gone().borrow(), [0_u16; 0], "{since_last:?}, {is_connected}");
        }
    }

    #[test]
    fn numbers_are_doubtful_when_another_replica_had_the_consumer_go_back() {
        let presence = Presence::new("orders", 0, 3);
        let before = presence.breaks("orders-1");
        presence.heard(b"back 0 orders-1");
        presence.heard(b"back 1 orders-2");
        assert_eq!(presence.breaks("orders-1"), before);
        presence.heard(b"back 1 orders-1");
        assert_eq!(presence.breaks("orders-1"), before + 1);
    }
}
