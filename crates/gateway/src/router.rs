//! Hands every event of the log to those whom it concerns, and wakes nobody else: what an event costs depends on how many hear of
//! it, not on how many listen.
//!
//! The task that reads the log finds out once whom an event names and leaves it in their mailboxes. A mailbox is small: whoever
//! does not keep up falls behind, and then takes what they missed from the newest events, which are remembered for those who
//! come back as well. What of an event a listener may know is not decided here but in `news.rs`, at the listener's end.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chassis::FeedItem;
use chassis::feed::REMEMBERED;
use contracts::{OrderId, UserId};
use tokio::sync::Notify;

use crate::news::{Event, Listener, Scope};

/// Events that wait for one listener. More of them are not kept here but read from what is remembered.
const MAILBOX: usize = 256;

/// The asker was away too long: what they missed is not remembered any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooOld;

/// Who hears of what.
#[derive(Default)]
pub(crate) struct Router {
    tables: Mutex<Tables>,
}

impl Router {
    /// Takes the next event of the log. To be called in the order of the log.
    pub(crate) fn take(&self, item: FeedItem) {
        self.tables().take(Arc::new(Event::new(item)));
    }

    /// What concerns this listener: what comes after the place `last` in the log, or what comes from now on.
    pub(crate) fn listen(self: &Arc<Self>, listener: Listener, last: Option<u64>) -> Seat {
        let mailbox = Arc::new(Mailbox::default());
        mailbox.inside().behind = last.is_some();
        let number = self.tables().seat(listener, Arc::clone(&mailbox));
        Seat { router: Arc::clone(self), listener, number, mailbox }
    }

    /// What comes from now on of one order's story.
    pub(crate) fn watch(self: &Arc<Self>, order_id: OrderId) -> Hearing {
        let mailbox = Arc::new(Mailbox::default());
        self.tables().watched.entry(order_id).or_default().push(Arc::clone(&mailbox));
        Hearing { router: Arc::clone(self), order_id, mailbox }
    }

    /// What is still remembered of one order's story, oldest first.
    pub(crate) fn remembered(&self, order_id: OrderId) -> Vec<Arc<Event>> {
        self.tables().stories.get(&order_id).into_iter().flatten().cloned().collect()
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Default)]
struct Tables {
    /// The newest events, oldest first.
    recent: VecDeque<Arc<Event>>,
    /// The same by order.
    stories: HashMap<OrderId, VecDeque<Arc<Event>>>,
    /// Everybody who listens. One person may do so more than once.
    people: HashMap<UserId, Vec<(u64, Arc<Mailbox>)>>,
    /// Those of them who hear of offers.
    runners: HashMap<u64, Arc<Mailbox>>,
    /// Those of them who hear of everybody's orders.
    offices: HashMap<u64, Arc<Mailbox>>,
    /// Those who wait for what becomes of one order.
    watched: HashMap<OrderId, Vec<Arc<Mailbox>>>,
    /// The number of the newest seat.
    seats: u64,
}

impl Tables {
    fn take(&mut self, event: Arc<Event>) {
        self.remember(Arc::clone(&event));
        let watching = event.story().and_then(|order_id| self.watched.get(&order_id));
        watching.into_iter().flatten().for_each(|mailbox| mailbox.put(&event));
        // Reading it is the dear part.
        if !self.people.is_empty() {
            self.route(&event);
        }
    }

    fn remember(&mut self, event: Arc<Event>) {
        if self.recent.len() == REMEMBERED {
            self.forget_the_oldest();
        }
        if let Some(order_id) = event.story() {
            self.stories.entry(order_id).or_default().push_back(Arc::clone(&event));
        }
        self.recent.push_back(event);
    }

    fn forget_the_oldest(&mut self) {
        let Some(order_id) = self.recent.pop_front().and_then(|oldest| oldest.story()) else { return };
        let Some(story) = self.stories.get_mut(&order_id) else { return };
        // What is the oldest of all is the oldest of its story.
        story.pop_front();
        if story.is_empty() {
            self.stories.remove(&order_id);
        }
    }

    fn route(&self, event: &Arc<Event>) {
        for (_, mailbox) in event.named().filter_map(|user_id| self.people.get(&user_id)).flatten() {
            mailbox.put(event);
        }
        if event.heard().is_some() {
            self.offices.values().for_each(|mailbox| mailbox.put(event));
        }
        if event.offer().is_some() {
            self.runners.values().for_each(|mailbox| mailbox.put(event));
        }
    }

    fn seat(&mut self, listener: Listener, mailbox: Arc<Mailbox>) -> u64 {
        self.seats += 1;
        if listener.runner {
            self.runners.insert(self.seats, Arc::clone(&mailbox));
        }
        if listener.scope == Scope::All {
            self.offices.insert(self.seats, Arc::clone(&mailbox));
        }
        self.people.entry(listener.user_id).or_default().push((self.seats, mailbox));
        self.seats
    }

    fn leave(&mut self, listener: &Listener, number: u64) {
        self.runners.remove(&number);
        self.offices.remove(&number);
        let Some(seats) = self.people.get_mut(&listener.user_id) else { return };
        seats.retain(|(other, _)| *other != number);
        if seats.is_empty() {
            self.people.remove(&listener.user_id);
        }
    }

    fn stop_watching(&mut self, order_id: OrderId, mailbox: &Arc<Mailbox>) {
        let Some(mailboxes) = self.watched.get_mut(&order_id) else { return };
        mailboxes.retain(|other| !Arc::ptr_eq(other, mailbox));
        if mailboxes.is_empty() {
            self.watched.remove(&order_id);
        }
    }

    /// Some of what came after this place, and whether that is all.
    fn after(&self, sequence: u64) -> Result<(Vec<Arc<Event>>, bool), TooOld> {
        // A place beyond the newest is one in another log: that of before the data was lost or restored.
        let newest = self.recent.back().map_or(0, |event| event.sequence());
        let oldest = self.recent.front().map(|event| event.sequence()).ok_or(TooOld)?;
        if oldest > sequence.saturating_add(1) || sequence > newest {
            return Err(TooOld);
        }
        let seen = self.recent.partition_point(|event| event.sequence() <= sequence);
        let missed: Vec<_> = self.recent.range(seen..).take(MAILBOX).cloned().collect();
        let all = seen + missed.len() == self.recent.len();
        Ok((missed, all))
    }
}

/// What waits for one listener.
#[derive(Default)]
struct Mailbox {
    inside: Mutex<Inside>,
    /// There is something to be fetched.
    bell: Notify,
}

#[derive(Default)]
struct Inside {
    waiting: VecDeque<Arc<Event>>,
    /// The place of the newest that was ever put in: an event may concern somebody for two reasons.
    newest: u64,
    /// Something was left out since. Nothing more is put in until the listener has caught up.
    behind: bool,
}

/// What a look into a mailbox brings.
pub(crate) enum Fetched {
    Event(Arc<Event>),
    /// Nothing yet.
    Nothing,
    /// More has come than the mailbox takes.
    Behind,
}

impl Mailbox {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, event: &Arc<Event>) {
        let mut inside = self.inside();
        if inside.behind || inside.newest == event.sequence() {
            return;
        }
        if inside.waiting.len() == MAILBOX {
            inside.behind = true;
            return;
        }
        inside.newest = event.sequence();
        inside.waiting.push_back(Arc::clone(event));
        drop(inside);
        self.bell.notify_one();
    }

    fn fetch(&self) -> Fetched {
        let mut inside = self.inside();
        let Some(event) = inside.waiting.pop_front() else {
            // Whoever has nothing to hear holds no memory for it.
            inside.waiting = VecDeque::new();
            return if inside.behind { Fetched::Behind } else { Fetched::Nothing };
        };
        Fetched::Event(event)
    }
}

/// A listener's place at the router, until it is dropped.
#[must_use]
pub(crate) struct Seat {
    router: Arc<Router>,
    listener: Listener,
    number: u64,
    mailbox: Arc<Mailbox>,
}

impl Seat {
    pub(crate) fn listener(&self) -> &Listener {
        &self.listener
    }

    /// What has come. Whoever is behind has to catch up before more comes.
    pub(crate) fn fetch(&self) -> Fetched {
        self.mailbox.fetch()
    }

    /// Waits until there may be something to be fetched.
    pub(crate) async fn rung(&self) {
        self.mailbox.bell.notified().await;
    }

    /// Some of everything that came after this place in the log, whomever it concerns. Once that is all, the mailbox is filled
    /// again; until then [`Self::fetch`] says that the listener is behind.
    ///
    /// # Errors
    /// When that is longer ago than is remembered. The mailbox is filled again, with what comes from now on.
    pub(crate) fn catch_up(&self, last: Option<u64>) -> Result<Vec<Arc<Event>>, TooOld> {
        // While the tables are locked, nothing is put into any mailbox.
        let tables = self.router.tables();
        let missed = last.ok_or(TooOld).and_then(|last| tables.after(last));
        if missed.as_ref().map_or(true, |(_, all)| *all) {
            self.mailbox.inside().behind = false;
        }
        missed.map(|(events, _)| events)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.router.tables().leave(&self.listener, self.number);
    }
}

/// One order's story as it goes on, until it is dropped.
#[must_use]
pub(crate) struct Hearing {
    router: Arc<Router>,
    order_id: OrderId,
    mailbox: Arc<Mailbox>,
}

impl Hearing {
    /// Waits for the next event of the story; nothing when too much of it came at once to be kept.
    pub(crate) async fn next(&self) -> Option<Arc<Event>> {
        loop {
            match self.mailbox.fetch() {
                Fetched::Event(event) => return Some(event),
                Fetched::Nothing => self.mailbox.bell.notified().await,
                Fetched::Behind => {
                    self.mailbox.inside().behind = false;
                    return None;
                }
            }
        }
    }
}

impl Drop for Hearing {
    fn drop(&mut self) {
        self.router.tables().stop_watching(self.order_id, &self.mailbox);
    }
}

#[cfg(test)]
mod tests {
    use contracts::Message;
    use contracts::notifications::Told;
    use contracts::orders::{About, OrderAccepted, OrderClaimed, OrderDeparted, OrderOpened, OrderReopened};
    use contracts::payments::{PaymentReleased, PayoutSent};

    use super::*;
    use crate::news::samples::{customer, item, office, runner};

    fn user(name: &str) -> UserId {
        UserId::of_subject("dev", name)
    }

    fn opened(customer_id: UserId) -> OrderOpened {
        let sample = OrderOpened::sample();
        OrderOpened { about: About { customer_id, runner_id: None, ..sample.about }, ..sample }
    }

    fn departed(order_id: OrderId, customer_id: UserId) -> OrderDeparted {
        OrderDeparted { about: About { order_id, customer_id, ..OrderDeparted::sample().about } }
    }

    fn order(number: u128) -> OrderId {
        format!("ord_{number:032x}").parse().expect("an id")
    }

    fn take(router: &Router, count: u64, mut item: impl FnMut(u64) -> FeedItem) {
        (1..=count).for_each(|sequence| router.take(item(sequence)));
    }

    /// The places of what waits in a mailbox.
    fn waiting(seat: &Seat) -> Vec<u64> {
        let mut places = Vec::new();
        while let Fetched::Event(event) = seat.fetch() {
            places.push(event.sequence());
        }
        places
    }

    #[test]
    fn an_event_reaches_all_whom_it_concerns_and_nobody_else() {
        let [alice, bob, ray, rio] = ["alice", "bob", "ray", "rio"].map(user);
        let about = About { customer_id: alice, runner_id: None, ..OrderOpened::sample().about };
        let carried = About { runner_id: Some(ray), ..about.clone() };
        let log = [
            item(1, &opened(alice)),
            item(2, &opened(bob)),
            item(3, &OrderClaimed { about: about.clone(), claimed_by: ray }),
            item(4, &OrderReopened { about, was_claimed_by: ray, ..OrderReopened::sample() }),
            item(5, &OrderAccepted { about: carried.clone(), ..OrderAccepted::sample() }),
            item(6, &OrderDeparted { about: carried }),
            item(7, &Told { user_id: bob, ..Told::sample() }),
            item(8, &PayoutSent { runner_id: ray, ..PayoutSent::sample() }),
            item(9, &PaymentReleased::sample()),
        ];
        let router = Arc::<Router>::default();
        let listeners = [alice, bob, ray, rio].map(|user_id| {
            let everywhere = Listener { runner: true, ..office(user_id) };
            [customer(user_id), runner(user_id), office(user_id), everywhere]
        });
        let seats: Vec<Seat> = listeners.into_iter().flatten().map(|who| router.listen(who, None)).collect();
        log.iter().for_each(|item| router.take(item.clone()));
        let mut heard = 0;
        for seat in &seats {
            let concerns = |event: &Event| event.share_of(seat.listener()).is_some();
            // Whoever delivers is woken for the offer of their own order too, and hears nothing of it.
            let own_offer = |event: &Event| event.named().any(|named| named == seat.listener().user_id);
            let events: Vec<Event> = log.iter().cloned().map(Event::new).collect();
            let found = waiting(seat);
            heard += found.len();
            for event in &events {
                let woken = found.contains(&event.sequence());
                assert!(woken || !concerns(event), "{:?} has missed {}", seat.listener(), event.sequence());
                let for_nothing = woken && !concerns(event) && !own_offer(event);
                assert!(!for_nothing, "{:?} was woken for {}", seat.listener(), event.sequence());
            }
        }
        assert!(heard > 0);
        assert_eq!(waiting(&router.listen(office(rio), None)), [0; 0], "what went by before");
    }

    #[test]
    fn whoever_is_concerned_for_two_reasons_is_told_once() {
        let (router, ray) = (Arc::<Router>::default(), user("ray"));
        let seat = router.listen(Listener { runner: true, ..office(ray) }, None);
        router.take(item(3, &OrderClaimed { claimed_by: ray, ..OrderClaimed::sample() }));
        assert_eq!(waiting(&seat), [3]);
    }

    #[test]
    fn two_streams_of_one_person_hear_the_same() {
        let (router, alice) = (Arc::<Router>::default(), user("alice"));
        let seats = [router.listen(customer(alice), None), router.listen(customer(alice), None)];
        router.take(item(1, &opened(alice)));
        let [first, second] = seats;
        assert_eq!(waiting(&first), [1]);
        drop(first);
        router.take(item(2, &opened(alice)));
        assert_eq!(waiting(&second), [1, 2]);
    }

    #[test]
    fn a_mailbox_takes_so_much_and_no_more_until_its_owner_has_caught_up() {
        let (router, alice) = (Arc::<Router>::default(), user("alice"));
        let seat = router.listen(customer(alice), None);
        let most = MAILBOX as u64;
        take(&router, most + 10, |sequence| item(sequence, &opened(alice)));
        assert_eq!(waiting(&seat), (1..=most).collect::<Vec<_>>());
        assert!(matches!(seat.fetch(), Fetched::Behind));
        router.take(item(most + 11, &opened(alice)));
        let missed = seat.catch_up(Some(most)).expect("remembered");
        assert_eq!(
            missed.iter().map(|event| event.sequence()).collect::<Vec<_>>(),
            (most + 1..=most + 11).collect::<Vec<_>>()
        );
        assert!(matches!(seat.fetch(), Fetched::Nothing));
        router.take(item(most + 12, &opened(alice)));
        assert_eq!(waiting(&seat), [most + 12]);
    }

    #[test]
    fn whoever_leaves_leaves_nothing_behind() {
        let (router, alice) = (Arc::<Router>::default(), user("alice"));
        let seats = [customer(alice), runner(alice), office(alice), runner(user("ray"))];
        let seats = seats.map(|listener| router.listen(listener, None));
        let hearings = [router.watch(order(1)), router.watch(order(1)), router.watch(order(2))];
        let count =
            |tables: &Tables| [tables.people.len(), tables.runners.len(), tables.offices.len(), tables.watched.len()];
        assert_eq!(count(&router.tables()), [2, 2, 1, 2]);
        drop((seats, hearings));
        assert_eq!(count(&router.tables()), [0; 4]);
    }

    #[test]
    fn a_story_is_remembered_as_long_as_its_events_are() {
        let router = Arc::<Router>::default();
        let alice = user("alice");
        let kept = REMEMBERED as u64;
        take(&router, kept, |sequence| item(sequence, &departed(order(u128::from(sequence % 2)), alice)));
        assert_eq!(router.remembered(order(1)).len(), REMEMBERED / 2);
        assert_eq!(router.remembered(order(1))[0].sequence(), 1);
        (1..=kept).for_each(|n| router.take(item(kept + n, &departed(order(7), alice))));
        assert_eq!((router.remembered(order(1)).len(), router.remembered(order(7)).len()), (0, REMEMBERED));
        assert_eq!(router.tables().stories.len(), 1);
    }

    #[tokio::test]
    async fn who_watches_an_order_hears_its_story_alone() {
        let router = Arc::<Router>::default();
        let hearing = router.watch(order(1));
        router.take(item(1, &departed(order(2), user("alice"))));
        router.take(item(2, &departed(order(1), user("alice"))));
        assert_eq!(hearing.next().await.expect("an event").sequence(), 2);
        // Told that something is missing, whoever watches looks for themselves, and goes on.
        let most = MAILBOX as u64;
        (3..=most + 3).for_each(|sequence| router.take(item(sequence, &departed(order(1), user("alice")))));
        for sequence in 3..most + 3 {
            assert_eq!(hearing.next().await.expect("an event").sequence(), sequence);
        }
        assert!(hearing.next().await.is_none());
        router.take(item(most + 4, &departed(order(1), user("alice"))));
        assert_eq!(hearing.next().await.expect("an event").sequence(), most + 4);
    }

    #[tokio::test]
    async fn the_bell_rings_for_whoever_waits() {
        let (router, alice) = (Arc::<Router>::default(), user("alice"));
        let seat = Arc::new(router.listen(customer(alice), None));
        let listening = tokio::spawn({
            let seat = Arc::clone(&seat);
            async move { seat.rung().await }
        });
        router.take(item(1, &opened(alice)));
        listening.await.expect("rung");
        assert_eq!(waiting(&seat), [1]);
    }
}
