//! A lane: takes messages from its partitions, in order per entity, through batches and calls to the outside, until they are
//! published and acknowledged. Every message ends here: committed and acknowledged, or not acknowledged and delivered again.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use async_nats::jetstream::{self, AckKind};
use contracts::{MessageId, envelope};
use futures::stream::{BoxStream, SelectAll};
use futures::{FutureExt, StreamExt};
use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::task::{self, JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::time::DelayQueue;
use tracing::{Instrument, debug, error, info, warn};

use crate::batch::{Desk, Done, Key, Outcome, SEEN, Work};
use crate::bus::{Bus, BusError, Envelope, fingerprint};
use crate::change::{Fault, FaultKind};
use crate::config;
use crate::database::{self, Trouble};
use crate::defects::{self, Defect};
use crate::entity::AnyEntity;
use crate::failpoint::{self, Point};
use crate::fold::panicked;
use crate::reader::Reader;
use crate::redriving::Lineage;
use crate::service::{AnyResult, Readable, principal, route_of};
use crate::shutdown::Shutdown;
use crate::streams::{LOG, PARKED, stream_of};
use crate::telemetry;

/// How long to wait for a broker or a database that is away before trying again.
const AWAY: Duration = Duration::from_millis(100);

/// From this try on a message is told of as a warning.
const WORRYING: u32 = 5;

/// What the partitions of a lane bring.
type Arrivals = SelectAll<BoxStream<'static, Vec<jetstream::Message>>>;

/// One writer of one service.
pub(crate) struct Lane {
    desk: Arc<Desk>,
    bus: Bus,
    settings: config::Dispatcher,
    routes: HashMap<String, usize>,
    shutdown: Shutdown,
    /// To be folded next, in order.
    ready: VecDeque<Work>,
    /// Entities that are being called about or retried, and the messages that wait for them.
    busy: HashMap<Key, VecDeque<Work>>,
    calls: JoinSet<Result<AnyResult, Fault>>,
    /// The messages that calls are made for.
    called: HashMap<task::Id, Work>,
    permits: Arc<Semaphore>,
    retries: DelayQueue<Work>,
    /// Reply subjects of messages under way: the broker is told that they are being worked on.
    in_hand: BTreeMap<u64, async_nats::Subject>,
}

impl Lane {
    pub(crate) fn new(desk: Arc<Desk>, bus: Bus, settings: config::Dispatcher, shutdown: Shutdown) -> Self {
        Self {
            routes: desk.service.routes(),
            permits: Arc::new(Semaphore::new(settings.effects)),
            desk,
            bus,
            settings,
            shutdown,
            ready: VecDeque::new(),
            busy: HashMap::new(),
            calls: JoinSet::new(),
            called: HashMap::new(),
            retries: DelayQueue::new(),
            in_hand: BTreeMap::new(),
        }
    }

    /// Works on what these bring until it is told to stop, then finishes what is under way. It reads its partitions itself:
    /// whoever is woken for a message is who handles it.
    pub(crate) async fn run(self, readers: Vec<Reader>) {
        let service = self.desk.service.name;
        let arrivals = readers.into_iter().map(Reader::runs).collect();
        if let Err(panic) = AssertUnwindSafe(self.work(arrivals)).catch_unwind().await {
            let error = panicked(&*panic).whole();
            error!(
                service,
                error, "a lane is gone; its messages go to another replica, or to this one when it is restarted"
            );
        }
    }

    async fn work(mut self, mut arrivals: Arrivals) {
        let mut progress = tokio::time::interval(self.settings.ack_wait() / 3);
        progress.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let shutdown = self.shutdown.clone();
        let mut fresh = Vec::new();
        loop {
            tokio::select! {
                biased;
                () = shutdown.soft() => break,
                _ = progress.tick() => self.still_working().await,
                Some(returned) = self.calls.join_next_with_id() => self.returned(returned),
                Some(expired) = self.retries.next() => self.ready.push_back(expired.into_inner()),
                Some(run) = arrivals.next() => fresh.extend(run),
            }
            // Whatever else is there by now goes into the same batch; nothing is waited for.
            while let Some(returned) = self.calls.try_join_next_with_id() {
                self.returned(returned);
            }
            while fresh.len() < self.settings.batch
                && let Poll::Ready(Some(run)) = futures::poll!(arrivals.next())
            {
                fresh.extend(run);
            }
            for message in fresh.drain(..) {
                if defects::has(Defect::AcknowledgeFirst)
                    && let Some(reply) = message.reply.clone()
                {
                    self.acknowledge(reply, AckKind::Ack).await;
                }
                self.admit(message);
            }
            while !self.ready.is_empty() && !shutdown.is_soft() {
                self.batch().await;
            }
        }
        self.wind_down(arrivals).await;
    }

    /// Finishes calls that are under way, and gives everything else back.
    async fn wind_down(&mut self, mut arrivals: Arrivals) {
        let deadline = Instant::now() + self.settings.grace();
        // The readers give back what they have, and end.
        while let Ok(Some(run)) = tokio::time::timeout_at(deadline, arrivals.next()).await {
            run.into_iter().for_each(|message| self.admit(message));
        }
        while !self.calls.is_empty() {
            match tokio::time::timeout_at(deadline, self.calls.join_next_with_id()).await {
                Ok(Some(returned)) => self.returned(returned),
                Ok(None) | Err(_) => break,
            }
            self.batch().await;
        }
        // Oldest first: the broker delivers again in the order in which it is told.
        for reply in std::mem::take(&mut self.in_hand).into_values() {
            self.acknowledge(reply, AckKind::Nak(None)).await;
        }
        self.bus.flush(self.settings.grace()).await;
    }

    fn admit(&mut self, raw: jetstream::Message) {
        let work = self.read(raw);
        failpoint::pass(self.desk.service.name, self.desk.reaction_name(&work), Point::Pulled);
        if let Some(reply) = work.raw.reply.clone()
            && self.in_hand.insert(work.sequence, reply).is_some()
        {
            // Delivered again because the consumer went back: it is being worked on, and acknowledged where it came last.
            return;
        }
        match self.busy.get_mut(&work.key).filter(|_| !defects::has(Defect::Overtake)) {
            Some(waiting) => waiting.push_back(work),
            None => self.ready.push_back(work),
        }
    }

    fn read(&self, raw: jetstream::Message) -> Work {
        let header = |name: &str| raw.headers.as_ref().and_then(|h| h.get(name)).map(|value| value.as_str());
        let (sequence, delivered, stored_at) = raw
            .info()
            .map_or((0, 1, 0), |info| (info.stream_sequence, info.delivered, info.published.unix_timestamp()));
        let id =
            header(envelope::ID).and_then(|id| id.parse().ok()).unwrap_or_else(|| MessageId::of_stored(LOG, sequence));
        let route = route_of(&raw.subject);
        let redriven = Lineage::of_message(&raw);
        let is_for_another = redriven.as_ref().is_some_and(|lineage| lineage.service != self.desk.service.name);
        let read = match is_for_another {
            true => Err("put back for another service".to_owned()),
            false => self.desk.service.read(&self.routes, &raw.subject, &raw.payload),
        };
        let (reaction, key) = match read {
            Ok(Readable { index, message, key }) => (Ok((index, message)), key),
            Err(reason) => (Err(reason), (usize::MAX, id.to_string())),
        };
        let name = reaction.as_ref().map_or("unreadable", |(index, _)| self.desk.service.reactions[*index].name);
        let span = telemetry::process_span(self.desk.service.name, name, route, header(envelope::TRACEPARENT));
        let said_at = header(envelope::TIME).and_then(|time| time.parse().ok());
        let stored_at = Timestamp::from_second(stored_at).unwrap_or_default();
        Work {
            sequence,
            id,
            key,
            principal: principal(&raw.subject),
            said_at: said_at.unwrap_or(stored_at),
            stored_at,
            correlation: header(envelope::CORRELATION).unwrap_or_default().to_owned(),
            verdict_to: header(envelope::VERDICT_TO).map(str::to_owned),
            fingerprint: fingerprint(&raw.payload),
            span,
            result: None,
            suspect: delivered > 1,
            attempts: 0,
            away: 0,
            given_up: None,
            redriven,
            is_for_another,
            reaction,
            raw,
        }
    }

    /// Folds, commits, publishes and acknowledges what is ready, up to a batch.
    async fn batch(&mut self) {
        let count = self.ready.len().min(self.settings.batch);
        let works: Vec<Work> = self.ready.drain(..count).collect();
        if works.is_empty() {
            return;
        }
        if defects::has(Defect::PublishBeforeCommit) {
            self.publish_uncommitted(&works).await;
        }
        let outcomes = match self.desk.commit(&works).await {
            Ok(outcomes) => works.into_iter().zip(outcomes).collect(),
            Err(error) if database::trouble(&error) == Trouble::Away => {
                warn!(service = self.desk.service.name, error = %error, "the database is away; trying again");
                self.put_back(works);
                return tokio::time::sleep(AWAY).await;
            }
            Err(error) if defects::has(Defect::SpoilTheBatch) => {
                let reason = Some(error.to_string());
                return self.put_back(works.into_iter().map(|work| Work { given_up: reason.clone(), ..work }));
            }
            Err(error) => self.one_by_one(works, error).await,
        };
        self.settle(outcomes).await;
    }

    /// One bad message must not fail its neighbours: each gets a transaction of its own.
    async fn one_by_one(&mut self, works: Vec<Work>, error: sea_orm::DbErr) -> Vec<(Work, Outcome)> {
        warn!(service = self.desk.service.name, error = %error, count = works.len(), "a batch failed; one by one");
        let mut outcomes = Vec::with_capacity(works.len());
        let mut works = VecDeque::from(works);
        while let Some(work) = works.pop_front() {
            let outcome = match self.desk.commit(std::slice::from_ref(&work)).await {
                Ok(mut outcome) => outcome.pop().unwrap_or(Outcome::Later),
                Err(error) if database::trouble(&error) == Trouble::Away => {
                    works.push_front(work);
                    self.put_back(works);
                    tokio::time::sleep(AWAY).await;
                    break;
                }
                Err(error) => Outcome::Fault(Fault::retry(error)),
            };
            if !matches!(outcome, Outcome::Done(_)) {
                // Those behind it about the same entity keep their place.
                let (behind, others) = works.into_iter().partition(|behind| behind.key == work.key);
                let behind: VecDeque<Work> = behind;
                outcomes.extend(behind.into_iter().map(|work| (work, Outcome::Later)));
                works = others;
            }
            outcomes.push((work, outcome));
        }
        outcomes
    }

    fn put_back(&mut self, works: impl IntoIterator<Item = Work, IntoIter: DoubleEndedIterator>) {
        for work in works.into_iter().rev() {
            self.ready.push_front(work);
        }
    }

    async fn settle(&mut self, outcomes: Vec<(Work, Outcome)>) {
        let (mut finished, mut calls, mut faults, mut later) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (work, outcome) in outcomes {
            match outcome {
                Outcome::Done(done) => finished.push((work, done)),
                Outcome::Call(entity) => calls.push((work, entity)),
                Outcome::Fault(fault) => faults.push((work, fault)),
                Outcome::Later => later.push(Work { suspect: true, ..work }),
            }
        }
        // First back to their places, then out of them again with those whose entity becomes busy: in order either way.
        self.put_back(later);
        for (work, entity) in calls {
            self.call(work, entity);
        }
        for (work, fault) in faults {
            self.retry(work, fault);
        }
        if self.publish(&finished).await {
            for (work, _) in &finished {
                failpoint::pass(self.desk.service.name, self.desk.reaction_name(work), Point::Published);
            }
            for (work, done) in finished {
                self.finish(work, &done).await;
            }
        }
    }

    /// Publishes everything that a batch says, pipelined, and waits until the broker has stored it all. It is tried until it
    /// succeeds: the state is committed, and the messages are owed. No only when there is no time left: then the messages
    /// that caused them stay unacknowledged, and whoever gets them next publishes what the journal says.
    async fn publish(&self, finished: &[(Work, Done)]) -> bool {
        let mut pause = AWAY;
        let committed = Instant::now();
        while let Err(error) = self.try_publish(finished, committed).await {
            warn!(service = self.desk.service.name, error = %error, "the broker does not take messages");
            if self.shutdown.is_soft() {
                return false;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
        true
    }

    /// What is said about one entity because of a later message is sent when the earlier is stored: a broker that changes its
    /// leader in between may lose the one and take the other.
    async fn try_publish(&self, finished: &[(Work, Done)], committed: Instant) -> Result<(), BusError> {
        for wave in waves(finished) {
            let mut stored = Vec::new();
            for (work, done) in wave {
                for (n, message) in done.says.iter().enumerate() {
                    let id = self.id_of(work, n, &message.subject);
                    let may_be_there = self.is_beyond_the_window(work, done, committed);
                    if may_be_there && self.bus.has_stored(&message.subject, id).await? {
                        continue;
                    }
                    let envelope = Envelope {
                        id: said_under(id),
                        at: done.at,
                        correlation: &work.correlation,
                        cause: Some(work.id),
                        traceparent: done.traceparent.as_deref(),
                    };
                    stored.push(self.bus.publish(&envelope, message).await?);
                }
            }
            // From the last one: the broker answers in order, so whoever waits for that one is woken once.
            for stored in stored.into_iter().rev() {
                stored.await.map_err(|error| BusError::Away(Box::new(error)))?;
            }
        }
        Ok(())
    }

    /// The id of the `n`-th message that follows from this one. Services share `PARKED`, and the names of reactions with it
    /// (`unreadable` is one of everybody's): what goes there has the service in its id, or two services' copies would be one.
    fn id_of(&self, work: &Work, n: usize, subject: &str) -> MessageId {
        let (service, reaction) = (self.desk.service.name, self.desk.reaction_name(work));
        match stream_of(subject) {
            PARKED => work.id.caused(&format!("{service}/{reaction}"), n),
            _ => work.id.caused(reaction, n),
        }
    }

    /// Whether it may have been published so long ago that the broker would not recognise it: it was committed before, or
    /// publishing it has taken long, because the broker was away or this process stood still. Half the window leaves time
    /// for publishing, and for clocks that differ. A cause that was sent again is young, and what it caused may be old.
    fn is_beyond_the_window(&self, work: &Work, done: &Done, committed: Instant) -> bool {
        let half = self.bus.duplicate_window / 2;
        #[expect(clippy::disallowed_methods, reason = "compared with the broker's time, which no test moves")]
        let ages = [Timestamp::now().duration_since(work.stored_at), self.desk.clock.now().duration_since(done.at)];
        let is_old = ages.into_iter().any(|age| Duration::try_from(age).is_ok_and(|age| age > half));
        committed.elapsed() > half || (done.outcome == SEEN && is_old)
    }

    /// Tells and acknowledges one message, and lets those go on that waited for it.
    async fn finish(&mut self, work: Work, done: &Done) {
        if let (Some(inbox), Some(verdict)) = (&work.verdict_to, &done.verdict) {
            let verdict = if defects::has(Defect::AlwaysYes) { YES } else { verdict };
            self.bus.tell(inbox, verdict).await;
        }
        let reaction = self.desk.reaction_name(&work);
        work.span.record("campusg.outcome", done.outcome);
        work.span.in_scope(|| match done.outcome {
            "parked" => {
                error!(service = self.desk.service.name, reaction, message.id = %work.id, subject = %work.raw.subject,
                    attempts = work.tries(), "parked {}", work.id);
            }
            outcome => {
                debug!(service = self.desk.service.name, reaction, message.id = %work.id, entity = work.key.1, outcome,
                    says = done.says.len(), "{reaction} {outcome}");
            }
        });
        if let Some(reply) = self.in_hand.remove(&work.sequence) {
            let again = self.settings.deliver_twice && !work.suspect;
            let last_step = failpoint::last_step().await;
            self.acknowledge(reply, if again { AckKind::Nak(None) } else { AckKind::Ack }).await;
            if let Some(last_step) = last_step {
                // Else it would die with the acknowledgement in its own hands.
                self.bus.flush(AWAY).await;
                last_step.end(self.desk.service.name, reaction);
            }
        }
        let owned = work.result.is_some() || work.attempts > 0;
        if owned && let Some(waiting) = self.busy.remove(&work.key) {
            self.put_back(waiting);
        }
    }

    async fn acknowledge(&self, reply: async_nats::Subject, kind: AckKind) {
        if let Err(error) = self.bus.client().publish(reply, kind.into()).await {
            debug!(error = %error, "an acknowledgement could not be sent; the message comes again");
        }
    }

    /// Calls the outside; meanwhile other messages about the same entity wait, and nobody else does. A call that never comes
    /// back would keep its entity for ever: the message is in hand, so the broker does not deliver it to anybody else.
    fn call(&mut self, work: Work, entity: Option<AnyEntity>) {
        self.hold(&work.key);
        let Ok((index, message)) = &work.reaction else { return };
        let Some(call) = self.desk.service.reactions[*index].call.clone() else { return };
        let (permits, message, span) = (Arc::clone(&self.permits), Arc::clone(message), work.span.clone());
        let (service, reaction) = (self.desk.service.name, self.desk.reaction_name(&work));
        let patience = self.settings.call_patience();
        let calling = async move {
            let _permit = permits.acquire_owned().await;
            failpoint::pass(service, reaction, Point::CallDue);
            let called = AssertUnwindSafe(async move { call(entity, message).await }).catch_unwind();
            let called = tokio::time::timeout(patience, called).await;
            failpoint::pass(service, reaction, Point::Called);
            match called {
                Ok(called) => called.unwrap_or_else(|panic| Err(panicked(&*panic))),
                Err(_) => Err(Fault::away(format!("the call did not come back within {patience:?}"))),
            }
        };
        let id = self.calls.spawn(calling.instrument(span)).id();
        self.called.insert(id, work);
    }

    /// Makes an entity busy: whoever was ready to be folded about it waits from now on.
    fn hold(&mut self, key: &Key) {
        if self.busy.contains_key(key) {
            return;
        }
        let waits = |work: &Work| work.key == *key && !defects::has(Defect::Overtake);
        let (waiting, ready) = std::mem::take(&mut self.ready).into_iter().partition(waits);
        self.ready = ready;
        self.busy.insert(key.clone(), waiting);
    }

    fn returned(&mut self, returned: Result<(task::Id, Result<AnyResult, Fault>), JoinError>) {
        let (id, result) = returned.unwrap_or_else(|lost| (lost.id(), Err(Fault::retry(lost))));
        match (self.called.remove(&id), result) {
            (Some(work), Ok(result)) => self.ready.push_back(Work { result: Some(result), ..work }),
            (Some(work), Err(fault)) => self.retry(work, fault),
            (None, _) => error!("a call came back that no message waits for"),
        }
    }

    /// Tries a message again after a while, or has it parked when that does not help. Its entity waits with it.
    fn retry(&mut self, mut work: Work, fault: Fault) {
        work.attempts += 1;
        self.hold(&work.key);
        let reaction = self.desk.reaction_name(&work);
        // Even giving up can fail; then it is tried again like anything else, with a pause.
        let gives_up = match fault.kind {
            FaultKind::GiveUp => true,
            FaultKind::Away if !defects::has(Defect::GiveUpOnWhoIsAway) => {
                work.away += 1;
                false
            }
            FaultKind::Retry | FaultKind::Away => work.attempts - work.away >= self.settings.retry_attempts,
        };
        if gives_up && work.given_up.is_none() {
            work.given_up = Some(fault.whole());
            self.ready.push_back(work);
            return;
        }
        let pause = self.settings.backoff(work.attempts);
        let (service, attempt, error) = (self.desk.service.name, work.attempts, fault.whole());
        // The first tries are what retrying is for; what does not go away is worth somebody's attention.
        match attempt < WORRYING {
            true => {
                info!(service, reaction, message.id = %work.id, attempt, error, "{reaction} is tried again in {pause:?}")
            }
            false => {
                warn!(service, reaction, message.id = %work.id, attempt, error, "{reaction} is tried again in {pause:?}")
            }
        }
        self.retries.insert(work, pause);
    }

    async fn still_working(&self) {
        for reply in self.in_hand.values() {
            self.acknowledge(reply.clone(), AckKind::Progress).await;
        }
    }
}

/// Cuts a batch so that no wave has two messages about one entity that say something, in the order of the batch.
fn waves(finished: &[(Work, Done)]) -> Vec<Vec<&(Work, Done)>> {
    let mut waves: Vec<Vec<&(Work, Done)>> = Vec::new();
    let mut spoken: HashMap<&Key, usize> = HashMap::new();
    for one in finished.iter().filter(|(_, done)| !done.says.is_empty()) {
        let place = spoken.entry(&one.0.key).and_modify(|wave| *wave += 1).or_default();
        if waves.len() == *place {
            waves.push(Vec::new());
        }
        waves[*place].push(one);
    }
    waves
}

/// What a defect tells whoever asks.
const YES: &str = r#"{"verdict":"done","view":null}"#;

/// The id under which something is published: the same every time, without a defect.
fn said_under(id: MessageId) -> MessageId {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    if defects::has(Defect::NewIdEachTime) {
        return id.derive(&COUNT.fetch_add(1, Ordering::Relaxed).to_string());
    }
    id
}

impl Lane {
    /// For [`Defect::PublishBeforeCommit`].
    async fn publish_uncommitted(&self, works: &[Work]) {
        for (work, outcome) in works.iter().zip(self.desk.preview(works).await.into_iter().flatten()) {
            if let Outcome::Done(done) = outcome {
                for (n, message) in done.says.iter().enumerate() {
                    let envelope = Envelope {
                        id: self.id_of(work, n, &message.subject),
                        at: done.at,
                        correlation: &work.correlation,
                        cause: Some(work.id),
                        traceparent: None,
                    };
                    drop(self.bus.publish(&envelope, message).await);
                }
            }
        }
    }
}
