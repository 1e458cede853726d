//! Reads one partition of the log for one replica, and hands its lane nothing but gap-free runs.
//!
//! Order per entity rests on one invariant: **what a replica handles of a partition is a run of the log without a gap that
//! begins where everything before it is acknowledged.** Replicas may overlap (one that was frozen still has messages in its
//! lane when the next one has taken over): then both handle the same messages in the same order, and the journal lets each
//! of them happen once.
//!
//! The broker alone does not give that: what a dead replica had in hand comes to the next one after `ack_wait`, behind newer
//! messages. But it numbers every delivery of a consumer, whoever gets it. A reader that is given another number than the
//! next one knows that somebody else was served, or that something was lost on its way. It drops what it was given, has the
//! consumer go back to what is acknowledged (2.14 and newer), and begins again: the numbers then start at 1.

use std::time::Duration;

use async_nats::jetstream::consumer::pull;
use async_nats::jetstream::{self, AckKind};
use futures::{FutureExt, StreamExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use tracing::{error, info, warn};

use crate::broker::Version;
use crate::bus::{Bus, fingerprint};
use crate::presence::Presence;
use crate::shutdown::Shutdown;
use crate::streams::{LOG, REPLICAS_GROUP};

/// Brokers from here on can have a consumer go back to what is acknowledged.
const RESETS: Version = Version(2, 14);
/// The rank of a replica that stands in for the ones before it: better than theirs, because a frozen replica still has its
/// requests open at the broker.
const STANDING_IN: usize = 0;
/// Twice this without a word, and the request is made again: the consumer has another leader.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// The worst rank that the broker knows.
const WORST: usize = 9;
/// Gaps within this time are one trouble: two replicas that believe to be the same one, for example.
const TROUBLE: Duration = Duration::from_secs(30);

/// Reads one partition.
pub(crate) struct Reader {
    pub(crate) bus: Bus,
    /// The durable consumer's name.
    pub(crate) consumer: String,
    /// The replicas that come before this one, best first.
    pub(crate) before: Vec<u16>,
    pub(crate) presence: Presence,
    /// Messages that are asked for at once.
    pub(crate) batch: usize,
    pub(crate) lane: mpsc::Sender<jetstream::Message>,
    pub(crate) shutdown: Shutdown,
}

/// Why reading ended without a fault.
#[derive(Clone, Copy, PartialEq)]
enum End {
    /// Begin again: the connection was made anew, somebody came or went, or it is time to stop.
    Again,
    /// Somebody else was served in between, or something was lost on its way.
    Gap,
}

/// Where in the consumer's numbering a run is.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Run {
    /// The number that the next delivery must have; none when others are served first, who may have messages in hand.
    next: Option<u64>,
}

impl Run {
    /// Whether a delivery goes on with the run. The first of a numbering begins one: it comes after a reset to what is
    /// acknowledged, whoever asked for that.
    fn takes(&mut self, number: u64) -> bool {
        let is_next = number == 1 || self.next == Some(number);
        if is_next {
            self.next = Some(number + 1);
        }
        is_next
    }
}

impl Reader {
    /// Feeds the partition's messages to the lane until it is told to stop.
    pub(crate) async fn run(self) {
        let mut end = End::Again;
        let mut troubles = Troubles::default();
        while !self.shutdown.is_soft() {
            if self.lane.is_closed() {
                let consumer = &self.consumer;
                error!(consumer, "the lane is gone; its messages go to another replica, or to this one when it is restarted");
                return;
            }
            match self.read(end).await {
                Ok(End::Again) => end = End::Again,
                Ok(End::Gap) => {
                    end = End::Gap;
                    let pause = troubles.another();
                    info!(consumer = self.consumer, "others were served in between; going back to what is acknowledged");
                    sleep(pause).await;
                }
                Err(error) => {
                    warn!(consumer = self.consumer, error = %error, "messages cannot be pulled; trying again");
                    sleep(Duration::from_millis(200)).await;
                }
            }
        }
    }

    async fn read(&self, before: End) -> Result<End, async_nats::Error> {
        let (mut connections, mut gone) = (self.bus.connections(), self.presence.gone());
        connections.mark_unchanged();
        let rank = self.rank(&gone.borrow_and_update());
        let stalls = self.presence.stalls();
        let mut run = self.begin(before, rank).await?;
        let consumer = self.bus.jetstream().get_consumer_from_stream::<pull::Config, _, _>(&*self.consumer, LOG).await?;
        let mut messages = consumer
            .stream()
            .max_messages_per_batch(self.batch)
            .expires(Duration::from_secs(30))
            .heartbeat(HEARTBEAT)
            .group(REPLICAS_GROUP)
            .priority(rank)
            .messages()
            .await?;
        loop {
            let next = tokio::select! {
                () = self.shutdown.soft() => break,
                // What was on its way when the old connection broke never came.
                _ = connections.changed() => return Ok(End::Again),
                Ok(()) = gone.changed() => {
                    if self.rank(&gone.borrow_and_update()) == rank { continue }
                    break;
                }
                next = messages.next() => next,
            };
            let Some(message) = next.transpose()? else { return Ok(End::Again) };
            if self.presence.stalls() != stalls || !self.goes_on(&mut run, &message) {
                return Ok(End::Gap);
            }
            if self.lane.send(message).await.is_err() {
                return Ok(End::Again);
            }
        }
        // What was delivered here and not taken goes to whoever is next.
        while let Some(Some(Ok(message))) = messages.next().now_or_never() {
            message.ack_with(AckKind::Nak(None)).await?;
        }
        Ok(End::Again)
    }

    /// Better than everybody's when those before this one are gone; else by its place.
    fn rank(&self, gone: &[u16]) -> usize {
        let stands_in = !self.before.is_empty() && self.before.iter().all(|replica| gone.contains(replica));
        if stands_in { STANDING_IN } else { (STANDING_IN + 1 + self.before.len()).min(WORST) }
    }

    /// Finds out where the run begins. Whoever is first goes back to what is acknowledged if anything is not: a killed
    /// predecessor had it in hand, or a lost connection carried it.
    async fn begin(&self, before: End, rank: usize) -> Result<Run, async_nats::Error> {
        let stream = self.bus.jetstream().get_stream_no_info(LOG).await?;
        let info = stream.consumer_info(&*self.consumer).await?;
        let is_first = self.before.is_empty() || rank == STANDING_IN;
        let is_unfinished = info.num_ack_pending > 0;
        if self.can_reset() && (before == End::Gap || (is_first && is_unfinished)) {
            stream.reset_consumer(&self.consumer, None).await?;
            return Ok(Run { next: Some(1) });
        }
        Ok(Run { next: (is_first && !is_unfinished).then_some(info.delivered.consumer_sequence + 1) })
    }

    /// Brokers that cannot go back deliver what others had in hand after `ack_wait`, behind newer messages.
    fn can_reset(&self) -> bool {
        Version::at(&self.bus).is_some_and(|version| version >= RESETS)
    }

    fn goes_on(&self, run: &mut Run, message: &jetstream::Message) -> bool {
        let number = message.info().map_or(0, |info| info.consumer_sequence);
        run.takes(number) || !self.can_reset()
    }
}

/// The replicas before this one in the rendezvous order of a partition, best first: so partitions spread evenly and move one
/// by one when a replica dies (architecture.md 6).
pub(crate) fn before(service: &str, partition: u16, replica: u16, replicas: u16) -> Vec<u16> {
    let score = |replica: u16| fingerprint(format!("{service}/{partition}/{replica}").as_bytes());
    let own = score(replica);
    let mut before: Vec<u16> = (0..replicas).filter(|other| *other != replica && score(*other) > own).collect();
    before.sort_by_key(|other| std::cmp::Reverse(score(*other)));
    before
}

/// Gaps that follow one another: the first is mended at once, the next ones after longer and longer pauses, so that two
/// replicas cannot keep each other from working.
#[derive(Default)]
struct Troubles {
    count: u32,
    last: Option<Instant>,
}

impl Troubles {
    fn another(&mut self) -> Duration {
        let now = Instant::now();
        let is_new = self.last.is_none_or(|last| now.duration_since(last) > TROUBLE);
        self.count = if is_new { 0 } else { self.count + 1 };
        self.last = Some(now);
        if is_new { Duration::ZERO } else { Duration::from_millis(10 << self.count.min(8)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_partition_has_one_first_replica_and_all_replicas_get_some() {
        let first = |partition| {
            (0..3).filter(|replica| before("orders", partition, *replica, 3).is_empty()).collect::<Vec<_>>()
        };
        let firsts: Vec<_> = (0..16).map(first).collect();
        assert!(firsts.iter().all(|replicas| replicas.len() == 1), "{firsts:?}");
        assert!((0..3).all(|replica| firsts.iter().any(|replicas| replicas == &[replica])), "{firsts:?}");
    }

    #[test]
    fn a_single_replica_is_first_everywhere() {
        assert!((0..16).all(|partition| before("orders", partition, 0, 1).is_empty()));
    }

    #[track_caller]
    fn check(next: Option<u64>, numbers: &[u64], taken: &[u64]) {
        let mut run = Run { next };
        let took: Vec<u64> = numbers.iter().copied().take_while(|number| run.takes(*number)).collect();
        assert_eq!(took, taken);
    }

    #[test]
    fn a_run_has_no_gap() {
        check(Some(4), &[4, 5, 6], &[4, 5, 6]);
        check(Some(4), &[4, 6], &[4]);
        check(Some(4), &[5], &[]);
        // Somebody else has messages in hand, and this one is not the first of them.
        check(None, &[7], &[]);
    }

    #[test]
    fn a_numbering_that_starts_anew_starts_a_run() {
        check(Some(4), &[4, 1, 2], &[4, 1, 2]);
        check(None, &[1, 2], &[1, 2]);
        // An old leader's numbers again: not the start, so not a run.
        check(Some(9), &[5], &[]);
    }

    #[test]
    fn the_first_gap_is_mended_at_once_and_a_series_of_them_slowly() {
        let mut troubles = Troubles::default();
        assert_eq!(troubles.another(), Duration::ZERO);
        let pauses: Vec<_> = (0..20).map(|_| troubles.another()).collect();
        assert!(pauses.is_sorted() && pauses[0] > Duration::ZERO && pauses[19] < Duration::from_secs(3), "{pauses:?}");
    }
}
