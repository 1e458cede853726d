//! Reads one partition of the log for one replica, and hands its lane nothing but gap-free runs.
//!
//! Order per entity rests on one invariant: **what a replica handles of a partition is a run of the log without a gap that
//! begins where everything before it is acknowledged.** Replicas may overlap (one that was frozen still has messages in its
//! lane when the next one has taken over): then both handle the same messages in the same order, and the journal lets each
//! of them happen once.
//!
//! The broker alone does not give that: what a dead replica had in hand comes to the next one after `ack_wait`, behind newer
//! messages. But it numbers every delivery of a consumer, whoever gets it. A reader that is given another number than the
//! next one knows that somebody else was served, or that something was lost on its way. It drops what it was given and has
//! the consumer go back to what is acknowledged (2.14 and newer): everything else is delivered again, and the numbers start
//! at 1. Its own request stays open meanwhile: the broker serves at once whoever is best then. Numbers of two numberings may
//! coincide, so whoever has a consumer go back tells the other replicas first, and none of them goes on with an old run.
//! Two processes that believe to be the same replica do not tell each other: they have the numbers alone.

use std::task::Poll;
use std::time::Duration;

use async_nats::jetstream::consumer::pull;
use async_nats::jetstream::{self, AckKind, stream};
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};
use tracing::{info, warn};

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
const TROUBLE: Duration = Duration::from_secs(10);
const MENDED_AT_ONCE: u32 = 3;
/// How long what was sent before the consumer went back may still arrive.
const ON_ITS_WAY: Duration = Duration::from_secs(1);
/// How long a request takes to be at the broker, generously.
const REQUESTED: Duration = Duration::from_millis(20);
/// When the consumer has gone back, what it delivers again is here by then, or it went to somebody else.
const ARRIVED: Duration = Duration::from_millis(500);

/// Reads one partition.
pub(crate) struct Reader {
    bus: Bus,
    /// The durable consumer's name.
    consumer: String,
    /// The replicas that come before this one, best first.
    before: Vec<u16>,
    presence: Presence,
    /// Messages that are asked for at once.
    batch: usize,
    shutdown: Shutdown,
    request: Option<Request>,
    troubles: Troubles,
    /// Before it reads on.
    pause: Duration,
}

/// A request that is open at the broker, and what is known of the numbers that it is answered with.
struct Request {
    messages: pull::Stream,
    log: stream::Stream<()>,
    connections: watch::Receiver<u64>,
    gone: watch::Receiver<Vec<u16>>,
    rank: usize,
    is_first: bool,
    can_reset: bool,
    breaks: u64,
    run: Run,
    /// When to look whether the consumer has something that does not come.
    look: Option<Instant>,
    patience: Duration,
}

/// Where in the consumer's numbering a reader is.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    /// The number that the next delivery must have; none before anything is known.
    next: Option<u64>,
    /// The last delivery that was dropped, and when it was the first of its kind.
    dropped: Option<(u64, Instant)>,
}

/// What is to be done with a delivery.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    /// It goes on with the run.
    Take,
    /// It was on its way when the consumer went back; it comes again.
    Drop,
    /// There is a gap before it: the consumer is to go back.
    GoBack,
}

impl Run {
    /// The first of a numbering begins a run: it comes after everything that is acknowledged, whoever had the consumer go back.
    fn step(&mut self, number: u64, now: Instant) -> Step {
        if number == 1 || self.next == Some(number) {
            *self = Self { next: Some(number + 1), dropped: None };
            return Step::Take;
        }
        match self.dropped {
            Some((last, since)) if last + 1 == number && now.duration_since(since) < ON_ITS_WAY => {
                self.dropped = Some((number, since));
                Step::Drop
            }
            Some(_) | None => {
                *self = Self { next: None, dropped: Some((number, now)) };
                Step::GoBack
            }
        }
    }
}

impl Reader {
    pub(crate) fn new(
        bus: Bus,
        consumer: String,
        before: Vec<u16>,
        presence: Presence,
        batch: usize,
        shutdown: Shutdown,
    ) -> Self {
        let (request, troubles, pause) = (None, Troubles::default(), Duration::ZERO);
        Self { bus, consumer, before, presence, batch, shutdown, request, troubles, pause }
    }

    /// The partition's messages, as many at a time as are there, until it is told to stop.
    pub(crate) fn runs(self) -> BoxStream<'static, Vec<jetstream::Message>> {
        let next = |mut reader: Self| async move { reader.next().await.map(|run| (run, reader)) };
        futures::stream::unfold(self, next).boxed()
    }

    async fn next(&mut self) -> Option<Vec<jetstream::Message>> {
        let mut taken = Vec::new();
        while taken.is_empty() {
            if self.shutdown.is_soft() && self.request.is_none() {
                return None;
            }
            if !self.pause.is_zero() {
                sleep(self.pause).await;
            }
            self.pause = match self.read(&mut taken).await {
                Ok(pause) => pause,
                Err(error) => {
                    warn!(consumer = self.consumer, error = %error, "messages cannot be pulled; trying again");
                    Duration::from_millis(200)
                }
            };
        }
        Some(taken)
    }

    /// Reads until something is taken or it is better to begin again, and says after which pause to go on.
    async fn read(&mut self, taken: &mut Vec<jetstream::Message>) -> Result<Duration, async_nats::Error> {
        // What is not put back ends here.
        let mut request = match self.request.take() {
            Some(request) => request,
            None => self.request().await?,
        };
        while taken.is_empty() {
            let arrived = tokio::select! {
                biased;
                () = self.shutdown.soft() => return self.end(request).await,
                // What was on its way when the old connection broke never came.
                _ = request.connections.changed() => return Ok(Duration::ZERO),
                Ok(()) = request.gone.changed() => {
                    if self.rank(&request.gone.borrow_and_update()) == request.rank { continue }
                    return self.end(request).await;
                }
                arrived = arrivals(&mut request.messages) => arrived,
                () = at(request.look) => {
                    self.troubles.is_paused = false;
                    // Whoever is not first gets nothing while the first is there.
                    let is_awaited = self.look(&mut request).await? && request.is_first;
                    request.look = is_awaited.then(|| Instant::now() + request.patience);
                    request.patience = (request.patience * 2).min(ON_ITS_WAY * 30);
                    continue;
                }
            };
            if arrived.is_empty() {
                return Ok(Duration::ZERO);
            }
            for message in arrived {
                let message = message?;
                match self.step(&mut request, &message) {
                    Step::Drop => {}
                    Step::GoBack => {
                        info!(consumer = self.consumer, "others were served; going back to what is acknowledged");
                        let pause = self.troubles.another();
                        if !pause.is_zero() {
                            self.troubles.is_paused = true;
                            return Ok(pause);
                        }
                        self.go_back(&request.log).await?;
                        request.look = request.is_first.then(|| Instant::now() + ARRIVED);
                    }
                    Step::Take => {
                        request.look = None;
                        taken.push(message);
                    }
                }
            }
        }
        self.request = Some(request);
        Ok(Duration::ZERO)
    }

    /// Asks for messages.
    async fn request(&self) -> Result<Request, async_nats::Error> {
        let (mut connections, mut gone) = (self.bus.connections(), self.presence.gone());
        connections.mark_unchanged();
        let rank = self.rank(&gone.borrow_and_update());
        let is_first = self.before.is_empty() || rank == STANDING_IN;
        let breaks = self.presence.breaks(&self.consumer);
        let can_reset = self.can_reset();
        let log = self.bus.jetstream().get_stream_no_info(LOG).await?;
        let consumer =
            self.bus.jetstream().get_consumer_from_stream::<pull::Config, _, _>(&*self.consumer, LOG).await?;
        let request = consumer.stream().max_messages_per_batch(self.batch).group(REPLICAS_GROUP).priority(rank);
        let messages = request.expires(Duration::from_secs(30)).heartbeat(HEARTBEAT).messages().await?;
        // After a pause the gap is still there to be mended.
        let look = (is_first || self.troubles.is_paused).then(|| Instant::now() + REQUESTED);
        let (run, patience) = (Run::default(), ARRIVED);
        Ok(Request { messages, log, connections, gone, rank, is_first, can_reset, breaks, run, look, patience })
    }

    /// Gives back what was delivered here and not taken.
    async fn end(&self, request: Request) -> Result<Duration, async_nats::Error> {
        give_back(request.messages).await?;
        // Whoever comes before this one is back, and is to begin where everything is acknowledged: not behind what this one has
        // in its lane, nor at a number that follows by chance on the last one of their own.
        if request.rank == STANDING_IN && request.can_reset && !self.shutdown.is_soft() {
            self.go_back(&request.log).await?;
        }
        Ok(Duration::ZERO)
    }

    fn step(&self, request: &mut Request, message: &jetstream::Message) -> Step {
        let breaks = self.presence.breaks(&self.consumer);
        if breaks != std::mem::replace(&mut request.breaks, breaks) {
            request.run = Run::default();
        }
        let number = message.info().map_or(0, |info| info.consumer_sequence);
        let step = request.run.step(number, Instant::now());
        if request.can_reset { step } else { Step::Take }
    }

    /// Better than everybody's when those before this one are gone; else by its place.
    fn rank(&self, gone: &[u16]) -> usize {
        let stands_in = !self.before.is_empty() && self.before.iter().all(|replica| gone.contains(replica));
        if stands_in { STANDING_IN } else { (STANDING_IN + 1 + self.before.len()).min(WORST) }
    }

    /// Nothing has come to whoever is first. If something is not acknowledged, a killed predecessor had it in hand, or a lost
    /// connection carried it: then the consumer goes back, and this says so.
    async fn look(&self, request: &mut Request) -> Result<bool, async_nats::Error> {
        let info = request.log.consumer_info(&*self.consumer).await?;
        let is_unfinished = info.num_ack_pending > 0 && request.can_reset;
        if is_unfinished {
            self.go_back(&request.log).await?;
        }
        let next = (!is_unfinished).then_some(info.delivered.consumer_sequence + 1);
        request.run = Run { next, dropped: None };
        Ok(is_unfinished)
    }

    /// Brokers that cannot go back deliver what others had in hand after `ack_wait`, behind newer messages.
    fn can_reset(&self) -> bool {
        Version::at(&self.bus).is_some_and(|version| version >= RESETS)
    }

    /// Has the consumer go back to what is acknowledged.
    async fn go_back(&self, log: &stream::Stream<()>) -> Result<(), async_nats::Error> {
        self.presence.goes_back(&self.bus, &self.consumer).await;
        log.reset_consumer(&self.consumer, None).await?;
        Ok(())
    }
}

/// Everything that is there, and at least one message; none when there will be no more.
async fn arrivals(messages: &mut pull::Stream) -> Vec<Result<jetstream::Message, pull::MessagesError>> {
    let mut arrived = Vec::from_iter(messages.next().await);
    while let Poll::Ready(Some(message)) = futures::poll!(messages.next()) {
        arrived.push(message);
    }
    arrived
}

/// What was delivered here and not taken goes to whoever is next.
async fn give_back(mut messages: pull::Stream) -> Result<(), async_nats::Error> {
    while let Some(Some(Ok(message))) = messages.next().now_or_never() {
        message.ack_with(AckKind::Nak(None)).await?;
    }
    Ok(())
}

/// Never, when there is no time.
async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
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

/// Gaps that follow one another: the first ones are mended at once, the next ones after longer and longer pauses without a
/// request, so that two replicas cannot keep each other from working.
#[derive(Default)]
struct Troubles {
    count: u32,
    last: Option<Instant>,
    /// Reading paused with a gap that is not mended yet.
    is_paused: bool,
}

impl Troubles {
    fn another(&mut self) -> Duration {
        let now = Instant::now();
        let is_new = self.last.is_none_or(|last| now.duration_since(last) > TROUBLE);
        self.count = if is_new { 1 } else { self.count + 1 };
        self.last = Some(now);
        match self.count.checked_sub(MENDED_AT_ONCE + 1) {
            None => Duration::ZERO,
            Some(series) => Duration::from_millis(20 << series.min(7)),
        }
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

    use Step::{Drop, GoBack, Take};

    #[track_caller]
    fn check(next: Option<u64>, deliveries: &[(u64, Step)]) {
        let (mut run, now) = (Run { next, dropped: None }, Instant::now());
        for (place, (number, expected)) in deliveries.iter().enumerate() {
            assert_eq!(run.step(*number, now), *expected, "the delivery at {place}, {number}");
        }
    }

    #[test]
    fn a_run_has_no_gap() {
        check(Some(4), &[(4, Take), (5, Take), (6, Take)]);
        check(Some(4), &[(4, Take), (6, GoBack)]);
        // Nobody knows what came before.
        check(None, &[(7, GoBack)]);
        // An old leader's numbers again.
        check(Some(9), &[(5, GoBack)]);
    }

    #[test]
    fn the_first_of_a_numbering_begins_a_run() {
        check(Some(4), &[(4, Take), (1, Take), (2, Take)]);
        check(None, &[(1, Take), (2, Take)]);
    }

    #[test]
    fn what_was_on_its_way_is_dropped_until_the_numbering_begins_anew() {
        check(Some(4), &[(6, GoBack), (7, Drop), (8, Drop), (1, Take), (2, Take)]);
        // The first of the new numbering went to somebody else.
        check(Some(4), &[(6, GoBack), (7, Drop), (3, GoBack), (1, Take)]);
    }

    #[test]
    fn a_run_that_was_broken_does_not_go_on_with_a_number_that_follows_by_chance() {
        let (mut run, now) = (Run { next: Some(8), dropped: None }, Instant::now());
        assert_eq!(run.step(8, now), Take);
        // Somebody else had the consumer go back, and was given 1 to 8 of the new numbers.
        run = Run::default();
        assert_eq!(run.step(9, now), GoBack);
    }

    #[test]
    fn nothing_is_on_its_way_for_long() {
        let (mut run, now) = (Run::default(), Instant::now());
        assert_eq!(run.step(6, now), GoBack);
        assert_eq!(run.step(7, now + ON_ITS_WAY), GoBack);
    }

    #[test]
    fn the_first_gaps_are_mended_at_once_and_a_series_of_them_slowly() {
        let mut troubles = Troubles::default();
        let pauses: Vec<_> = (0..20).map(|_| troubles.another()).collect();
        assert!(pauses.is_sorted() && pauses[2].is_zero() && !pauses[3].is_zero(), "{pauses:?}");
        assert!(pauses[19] < Duration::from_secs(3), "{pauses:?}");
    }
}
