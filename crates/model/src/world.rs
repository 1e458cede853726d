//! The platform as a state machine: the services' own reactions, joined by a model of the broker.
//!
//! **The broker.** Every event is put behind what each of its listeners has yet to handle, at the moment it is published: one
//! log, one order for everybody. A service handles what is about one entity in that order, and may lag behind at will; so may
//! each other one. A message is handled by the same code as in production ([`chassis::Rehearsal`]).
//!
//! **What comes from outside the services** (people's intents, Stripe's webhooks, deadlines that elapse) concerns one service
//! each, and may come at any moment. So it is not queued: it is handled at the moment at which it would be next. Every place in
//! the log that it could have is such a moment.
//!
//! **Dying.** A service commits; then it may die before any of what it said is published, or in between. What it was handling
//! is then delivered again, in its place, and what the journal holds is published. Dying between a call to Stripe and its
//! record is the same as a call whose answer is lost, which is one of Stripe's moods.
//!
//! **Delivered again.** Whatever a service has handled may be delivered again at any later moment, as long as there are
//! redeliveries left; the broker has forgotten all ids by then. What the journal knows is said again, and whoever has handled
//! that before does the same in turn, at once: nothing else can come of it. So a redelivery ends where it began, which is
//! looked at in every state, for every message; only one that does not is a step.
//!
//! **What is left out**, and why nothing is lost by that:
//! - An intent that is refused, or changes nothing, is not a step: the state would be the same.
//! - Notifications listen to everything and nobody acts on what they say: they are checked by themselves.
//! - Stripe's word of what is known already is dropped as soon as it is: what is known stays known (`payments/src/facts.rs`).
//! - Deadlines of a part of the order's life that is behind it, if they change nothing now: it never goes back, which is checked.
//! - Moments that no rule compares with another one are all the start: when something happened does not matter to what can happen.
//! - An entity's version is always 1: no rule reads it, it is only told to those who watch.
//! - Ids of messages follow from their content, unless something can be delivered again: nobody else looks at them.
//!
//! **What is left out, and has to be shown elsewhere**:
//! - A message that was parked and is brought back comes back in its place: whatever is about its entity has waited behind it.
//!   That is the chassis's to provide (`chassis/src/reader.rs` hands on runs of messages without gaps, and its tests show it).
//! - Disputes, the reconciliation with Stripe's statement, and the hour after which staff may ask for another refund although
//!   one is under way (`PATIENCE` in `payments/src/refund.rs`): here a refund that is under way always comes to its end.
//!
//! **Bounded**: one order; what a [`Scope`] says. Stripe forgets no idempotency key. Time stands still but for deadlines: one
//! that elapses makes it as late as it was due.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use chassis::rehearsal::{Ending, Letter, Stored};
use chassis::{Rehearsal, Service};
use contracts::payments::RecordStripeEvent;
use contracts::{Intent, MessageId, Principal};
use jiff::{SignedDuration, Timestamp};
use stateright::Model;

use crate::bank::{Books, Fact, Patience, Status, play};
use crate::cast::{self, Deed};
use crate::kept::{Mail, Place, Shared, hash_of};
use crate::properties::{self, Wrong};
use crate::scope::{Chassis, Scope};

/// Everything that matters for what can happen next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// Seconds since the start.
    pub now: i64,
    /// What the services' databases hold, by place.
    pub kept: Vec<(Shared<Place>, Shared<String>)>,
    /// What each service has yet to handle, oldest first.
    pub queues: Vec<Vec<Entry>>,
    /// Deadlines that were promised: when they are due in seconds since the start, and what is said then.
    pub deadlines: Vec<(i64, Shared<Mail>)>,
    /// Stripe's books.
    pub books: Shared<Books>,
    /// Unusual answers of Stripe's that are left.
    pub patience: u8,
    /// How often each deed was done.
    pub deeds: Vec<u8>,
    /// Deaths that each service has left.
    pub crashes: Vec<u8>,
    /// Redeliveries that are left.
    pub redeliveries: u8,
    /// Holds that may still lapse, be taken by hand, refunds that may come back.
    pub mischief: [u8; 3],
    /// What was handled, by whom, if it can be delivered again.
    pub journal: Vec<Shared<Row>>,
    /// What should never be.
    pub wrong: Option<Wrong>,
}

/// A message that waits for a service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// The message.
    pub mail: Shared<Mail>,
    /// The entity that it is about.
    pub place: Shared<Place>,
    /// How far it has come.
    pub stance: Stance,
}

/// How far a service has come with a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Stance {
    /// Not begun.
    New,
    /// Tried, and Stripe did not answer: its entity waits.
    Tried,
    /// Committed, and then the service died: this is still to be said.
    Committed(Vec<Said>),
}

/// What was said.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Said {
    /// An event.
    Event(Shared<Mail>),
    /// A promise, due at some second since the start, of an event.
    Deadline(i64, Shared<Mail>),
}

/// A row of a journal.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Row {
    /// Whose.
    pub service: usize,
    /// About which message.
    pub mail: Shared<Mail>,
    /// About which entity that is.
    pub place: Shared<Place>,
    /// What was said.
    pub says: Vec<Said>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A service handles what is next about an entity.
    Turn {
        /// Which service.
        service: usize,
        /// Which of its messages.
        index: usize,
        /// Which of the ways in which Stripe answers.
        way: usize,
        /// What becomes of the service.
        fate: Fate,
    },
    /// Somebody asks for something.
    Do {
        /// What.
        deed: usize,
        /// What becomes of the service that is asked.
        fate: Fate,
    },
    /// A deadline elapses.
    Elapse {
        /// Which.
        index: usize,
        /// What becomes of the service that is told.
        fate: Fate,
    },
    /// Stripe's webhook tells a fact.
    Tell {
        /// Which.
        index: usize,
        /// What becomes of payments.
        fate: Fate,
    },
    /// What was handled is delivered again.
    Again {
        /// Which row of the journal.
        row: usize,
    },
    /// The customer answers their bank.
    Authenticate {
        /// About which PaymentIntent.
        intent: usize,
        /// Whether they convince it.
        convinced: bool,
    },
    /// The bank lets go of a hold.
    Lapse(usize),
    /// Somebody takes a hold in Stripe's dashboard.
    TakeByHand(usize),
    /// A refund comes back.
    BringBack(usize),
}

/// What becomes of a service after it has committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It publishes and acknowledges.
    Lives,
    /// It dies when it has published so many.
    DiesAfter(usize),
}

/// One way in which a message can be handled.
pub struct Way {
    /// The entity afterwards; nothing when it stays as it is.
    pub after: Option<Shared<String>>,
    /// What is said.
    pub says: Vec<Said>,
    /// How it ended.
    pub ending: Ending,
    /// Stripe's books afterwards; nothing when it was not asked.
    pub books: Option<Shared<Books>>,
    /// Unusual answers that are left.
    pub left: u8,
    /// What Stripe was asked and answered.
    pub notes: Vec<String>,
    /// What should not have happened.
    pub wrong: Option<Wrong>,
}

/// Every way in which a message can be handled.
pub type Ways = Arc<Vec<Way>>;

impl Way {
    fn changes_nothing(&self) -> bool {
        self.after.is_none() && self.says.is_empty() && self.books.is_none() && self.wrong.is_none()
    }
}

/// The platform within a scope.
pub struct Platform {
    /// Its services.
    pub services: Vec<Rehearsal>,
    /// What is explored.
    pub scope: Scope,
    /// What people may ask for.
    pub deeds: Vec<Deed>,
    timers: Rehearsal,
    mails: Vec<Mutex<HashMap<u64, Shared<Mail>>>>,
    ways: Vec<Mutex<HashMap<[u64; 2], Ways>>>,
    pub(crate) judged: Vec<Mutex<HashMap<u64, Option<Wrong>>>>,
}

/// Steps that were computed are kept, in so many parts that two threads rarely meet.
pub(crate) const PARTS: usize = 64;

impl Platform {
    /// The given services within a scope. `timers` among them only says what its deadlines say.
    #[must_use]
    pub fn new(services: Vec<Service>, scope: Scope) -> Self {
        let rehearse = |service| Rehearsal::new(service, cast::sealer());
        let (timers, services): (Vec<_>, Vec<_>) =
            services.into_iter().map(rehearse).partition(|service| service.name() == "timers");
        let timers = timers.into_iter().next().unwrap_or_else(|| Rehearsal::new(timers::service(), cast::sealer()));
        let deeds = cast::deeds(&scope);
        Self {
            services,
            scope,
            deeds,
            timers,
            mails: (0..PARTS).map(|_| Mutex::default()).collect(),
            ways: (0..PARTS).map(|_| Mutex::default()).collect(),
            judged: (0..PARTS).map(|_| Mutex::default()).collect(),
        }
    }

    /// Writes a message once.
    fn written(&self, key: u64, write: impl FnOnce() -> Shared<Mail>) -> Shared<Mail> {
        let part = &self.mails[usize::try_from(key % PARTS as u64).unwrap_or(0)];
        if let Some(mail) = lock(part).get(&key) {
            return mail.clone();
        }
        let mail = write();
        lock(part).insert(key, mail.clone());
        mail
    }

    fn remembers(&self) -> bool {
        self.scope.redeliveries > 0
    }

    fn patience(&self, left: u8) -> Patience {
        Patience { left, ..self.scope.stripe }
    }

    fn mail(&self, mut letter: Letter, said_at: i64) -> Shared<Mail> {
        letter.payload = timeless(&letter.payload);
        if !self.remembers() {
            letter.id = MessageId::of_stored("model", hash_of(&(&letter.subject, &letter.payload)));
        }
        let mut to = Vec::new();
        for (service, rehearsal) in self.services.iter().enumerate() {
            if rehearsal.reaction(&letter.subject).is_some() {
                let (shelf, id) = rehearsal.about(&letter).unwrap_or((usize::MAX, String::new()));
                to.push(Place { service, shelf, id: id.into() });
            }
        }
        Shared::new(Mail { letter, said_at, to })
    }

    fn said(&self, letter: Letter) -> Said {
        match self.timers.elapsed(&letter) {
            Ok(Some((due, elapsed))) => Said::Deadline(seconds(due), self.mail(elapsed, 0)),
            Ok(None) | Err(_) => Said::Event(self.mail(letter, 0)),
        }
    }

    /// Every way in which a message can be handled in a state.
    pub fn ways(&self, state: &State, mail: &Shared<Mail>, place: &Place) -> Ways {
        let rehearsal = &self.services[place.service];
        let reaction = rehearsal.reaction(&mail.letter.subject);
        let effect = reaction.is_some_and(|reaction| reaction.calls_outside);
        let stored = state.entity(place);
        let about_stripe = effect.then(|| (state.books.hash_code(), state.patience));
        let before = stored.map_or(0, Shared::hash_code);
        let key = (place.service, mail.hash_code(), before, state.now, about_stripe);
        let key = [hash_of(&key), hash_of(&("and", key))];
        let part = &self.ways[usize::try_from(key[0] % PARTS as u64).unwrap_or(0)];
        if let Some(ways) = lock(part).get(&key) {
            return Arc::clone(ways);
        }
        let ways = Arc::new(self.work_out(state, mail, place, stored, effect));
        lock(part).insert(key, Arc::clone(&ways));
        ways
    }

    fn work_out(
        &self,
        state: &State,
        mail: &Mail,
        place: &Place,
        stored: Option<&Shared<String>>,
        effect: bool,
    ) -> Vec<Way> {
        let rehearsal = &self.services[place.service];
        let (said_at, now) = (time(mail.said_at), time(state.now));
        let handle = || {
            let stored = stored.map(|text| Stored { version: 1, state: text.as_str() });
            rehearsal.handle(&mail.letter, stored, said_at, now)
        };
        let patience = self.patience(state.patience);
        let played = play(&state.books, patience, handle);
        let way = |played: crate::bank::Played<chassis::rehearsal::Handled>| {
            let after = played.result.state.map(|text| Shared::new(timeless(&text)));
            let after = after.filter(|after| stored.is_none_or(|stored| *stored != *after));
            let mut wrong = properties::of_step(rehearsal.name(), place, stored, after.as_ref());
            if effect {
                wrong = wrong.or_else(|| properties::of_books(&played.books));
            }
            if let Ending::Parked(reason) | Ending::Retry(reason) = &played.result.ending {
                wrong = wrong.or_else(|| Some(Wrong::parked(rehearsal.name(), &mail.letter.subject, reason)));
            }
            Way {
                after,
                says: played.result.says.into_iter().map(|letter| self.said(letter)).collect(),
                ending: played.result.ending,
                books: effect.then(|| Shared::new(played.books)),
                left: played.left,
                notes: played.notes,
                wrong,
            }
        };
        played.into_iter().map(way).collect()
    }

    /// What Stripe's webhook says of a fact, as the gateway hands it to payments.
    fn fact_mail(&self, state: &State, fact: &Fact) -> Shared<Mail> {
        self.written(hash_of(&("fact", fact, state.books.hash_code())), || self.write_fact(state, fact))
    }

    fn write_fact(&self, state: &State, fact: &Fact) -> Shared<Mail> {
        let intent = RecordStripeEvent { order_id: cast::order_id(), at: cast::start(), fact: state.books.fact(fact) };
        let stripe = Principal::System("stripe".to_owned());
        let letter = Letter {
            subject: intent.subject(&stripe, 1),
            payload: serde_json::to_string(&intent).unwrap_or_default(),
            id: MessageId::of_request(&stripe, "webhook", &format!("{fact:?}")),
        };
        self.mail(letter, 0)
    }

    /// A deed's intent as it is asked for now. Each time is another intent.
    fn deed_mail(&self, state: &State, deed: usize) -> Shared<Mail> {
        let times = state.deeds[deed];
        self.written(hash_of(&("deed", deed, times, state.now)), || {
            let mut letter = self.deeds[deed].letter.clone();
            letter.id = letter.id.caused("time", usize::from(times));
            self.mail(letter, state.now)
        })
    }

    /// The message that an outside action brings.
    pub(crate) fn mail_of(&self, state: &State, action: &Action) -> Option<Shared<Mail>> {
        match action {
            Action::Do { deed, .. } => Some(self.deed_mail(state, *deed)),
            Action::Tell { index, .. } => state.books.untold.get(*index).map(|fact| self.fact_mail(state, fact)),
            Action::Elapse { index, .. } => state.deadlines.get(*index).map(|(_, elapsed)| elapsed.clone()),
            Action::Turn { .. }
            | Action::Again { .. }
            | Action::Authenticate { .. }
            | Action::Lapse(_)
            | Action::TakeByHand(_)
            | Action::BringBack(_) => None,
        }
    }

    // --- steps -----------------------------------------------------------------------------------------------------------

    /// What comes of an outside message: nothing if it cannot be handled now.
    fn outside(&self, state: &State, mail: &Shared<Mail>, fate: Fate) -> Option<State> {
        let place = mail.to.first()?;
        let ways = self.ways(state, mail, place);
        let mut next = state.clone();
        let entry = Entry { mail: mail.clone(), place: Shared::new(place.clone()), stance: Stance::New };
        next.queues[place.service].insert(0, entry);
        self.carry_out(&mut next, place.service, 0, ways.first()?, fate);
        Some(next)
    }

    /// A service has handled a message in one way.
    fn carry_out(&self, state: &mut State, service: usize, index: usize, way: &Way, fate: Fate) {
        if let Some(books) = &way.books {
            state.books = books.clone();
            state.patience = way.left;
        }
        state.wrong = state.wrong.take().or_else(|| way.wrong.clone());
        if matches!(way.ending, Ending::Away(_)) {
            state.queues[service][index].stance = Stance::Tried;
            return;
        }
        let Entry { mail, place, .. } = state.queues[service].remove(index);
        let publishes_first = self.scope.chassis == Chassis::PublishesFirst;
        let committed = fate == Fate::Lives || !publishes_first;
        if let (Some(after), true) = (&way.after, committed) {
            state.keep(&place, after.clone());
        }
        if self.remembers() && committed {
            let row = Row { service, mail: mail.clone(), place: place.clone(), says: way.says.clone() };
            state.journalize(Shared::new(row));
        }
        match fate {
            Fate::Lives => self.publish(state, &way.says),
            Fate::DiesAfter(published) => {
                state.crashes[service] -= 1;
                let (before, rest) = way.says.split_at(published);
                self.publish(state, before);
                let stance = match self.scope.chassis {
                    Chassis::AsBuilt => Stance::Committed(rest.to_vec()),
                    Chassis::WithoutJournal | Chassis::PublishesFirst => Stance::New,
                    Chassis::AcknowledgesFirst => return,
                };
                state.queues[service].insert(0, Entry { mail, place, stance });
            }
        }
    }

    fn publish(&self, state: &mut State, says: &[Said]) {
        for said in says {
            match said {
                Said::Deadline(due, elapsed) => {
                    let handled = elapsed.to.iter().any(|place| self.known(state, elapsed, place.service).is_some());
                    // Promised again after it has elapsed, it elapses again, and its event is known by then.
                    if !handled {
                        state.promise(*due, elapsed);
                    }
                }
                Said::Event(mail) => {
                    for place in &mail.to {
                        self.deliver(state, mail, place);
                    }
                }
            }
        }
    }

    fn deliver(&self, state: &mut State, mail: &Shared<Mail>, place: &Place) {
        let queue = &state.queues[place.service];
        if self.remembers() && queue.iter().any(|entry| entry.mail == *mail) {
            // Right behind itself it would only say again what it has just said.
            return;
        }
        match self.known(state, mail, place.service) {
            Some(row) => self.publish(state, &row.says),
            None => {
                let entry = Entry { mail: mail.clone(), place: Shared::new(place.clone()), stance: Stance::New };
                state.queues[place.service].push(entry);
            }
        }
    }

    /// What a service's journal knows of a message.
    fn known(&self, state: &State, mail: &Shared<Mail>, service: usize) -> Option<Shared<Row>> {
        let journal = Some(&state.journal).filter(|_| self.scope.chassis != Chassis::WithoutJournal)?;
        journal.iter().find(|row| row.service == service && row.mail == *mail).cloned()
    }

    /// Drops what cannot change anything any more.
    fn settle(&self, state: &mut State) {
        let mut left = std::mem::take(&mut state.deadlines);
        left.retain(|(_, elapsed)| {
            let Some(place) = elapsed.to.first() else { return false };
            !self.is_behind(state, elapsed) || !self.ways(state, elapsed, place).iter().all(Way::changes_nothing)
        });
        state.deadlines = left;
        if state.books.untold.is_empty() {
            return;
        }
        let mut books: Books = (*state.books).clone();
        let before = books.untold.len();
        if self.scope.webhooks {
            books.untold.retain(|fact| !self.is_known(state, fact));
        } else {
            books.untold.clear();
        }
        if books.untold.len() < before {
            state.books = Shared::new(books);
        }
    }

    fn is_known(&self, state: &State, fact: &Fact) -> bool {
        let mail = self.fact_mail(state, fact);
        let Some(place) = mail.to.first() else { return true };
        let named = match fact {
            Fact::Held(n) | Fact::Failed(n) | Fact::Canceled(n, _) | Fact::Taken(n) => format!("\"pi_{n}\""),
            Fact::Refunded(n, _) => format!("\"re_{n}\""),
            Fact::Reversed(n) => format!("\"tr_{n}\""),
        };
        let mentions = state.entity(place).is_some_and(|payment| payment.contains(&named));
        mentions && self.ways(state, &mail, place).iter().all(Way::changes_nothing)
    }

    fn fates(&self, state: &State, service: usize, way: &Way) -> Vec<Fate> {
        let mut fates = vec![Fate::Lives];
        let committed = matches!(way.ending, Ending::Done | Ending::Refused(_));
        if state.crashes[service] > 0 && committed {
            fates.extend((0..way.says.len()).map(Fate::DiesAfter));
        }
        fates
    }

    fn is_free(state: &State, place: &Place) -> bool {
        state.queues[place.service].iter().all(|entry| entry.stance == Stance::New || *entry.place != *place)
    }

    /// The steps that an outside message makes possible.
    fn outside_fates(&self, state: &State, mail: &Shared<Mail>) -> Vec<Fate> {
        let Some(place) = mail.to.first().filter(|place| Self::is_free(state, place)) else { return Vec::new() };
        let ways = self.ways(state, mail, place);
        ways.first().map_or_else(Vec::new, |way| self.fates(state, place.service, way))
    }

    /// What orders knows of the order.
    pub(crate) fn order<'s>(&self, state: &'s State) -> Option<&'s Shared<String>> {
        self.of_service(state, "orders")
    }

    /// What payments knows of its money.
    pub(crate) fn payment<'s>(&self, state: &'s State) -> Option<&'s Shared<String>> {
        self.of_service(state, "payments")
    }

    fn of_service<'s>(&self, state: &'s State, name: &str) -> Option<&'s Shared<String>> {
        let is_it = |place: &Place| self.services[place.service].name() == name && place.id.starts_with("ord_");
        state.kept.iter().find(|(place, _)| is_it(place)).map(|(_, text)| text)
    }

    /// Whether the order has left the part of its life in which deadlines of this class matter. It never goes back there, which
    /// is checked at every step.
    fn is_behind(&self, state: &State, elapsed: &Mail) -> bool {
        let matters_until = match class_of(elapsed) {
            "action" => Part::BeforeOffer,
            "acceptance" | "delivery" | "consent" | "no_show" => Part::BeforeDelivery,
            _ => return false,
        };
        self.order(state).is_some_and(|order| part_of(order) > matters_until)
    }

    /// What services can handle next.
    fn turns(&self, state: &State, actions: &mut Vec<Action>) {
        for (service, queue) in state.queues.iter().enumerate() {
            for (index, entry) in queue.iter().enumerate() {
                if queue[..index].iter().any(|earlier| earlier.place == entry.place) {
                    continue;
                }
                if matches!(entry.stance, Stance::Committed(_)) {
                    actions.push(Action::Turn { service, index, way: 0, fate: Fate::Lives });
                    continue;
                }
                for (number, way) in self.ways(state, &entry.mail, &entry.place).iter().enumerate() {
                    for fate in self.fates(state, service, way) {
                        actions.push(Action::Turn { service, index, way: number, fate });
                    }
                }
            }
        }
    }

    /// What people can ask for to any effect.
    fn deeds_to_do(&self, state: &State, actions: &mut Vec<Action>) {
        for (number, deed) in self.deeds.iter().enumerate() {
            let waits = deed.after.is_some_and(|after| state.deeds[after] == 0);
            if state.deeds[number] >= deed.times || waits {
                continue;
            }
            let mail = self.deed_mail(state, number);
            let Some(place) = mail.to.first() else { continue };
            if self.ways(state, &mail, place).iter().all(Way::changes_nothing) {
                continue;
            }
            for fate in self.outside_fates(state, &mail) {
                actions.push(Action::Do { deed: number, fate });
            }
        }
    }

    /// Deadlines, webhooks and redeliveries.
    fn come_in(&self, state: &State, actions: &mut Vec<Action>) {
        for (index, (_, elapsed)) in state.deadlines.iter().enumerate() {
            if self.may_elapse(elapsed) {
                let due = &state.later(state.deadlines[index].0);
                actions.extend(self.outside_fates(due, elapsed).into_iter().map(|fate| Action::Elapse { index, fate }));
            }
        }
        for (index, fact) in state.books.untold.iter().enumerate() {
            let mail = self.fact_mail(state, fact);
            actions.extend(self.outside_fates(state, &mail).into_iter().map(|fate| Action::Tell { index, fate }));
        }
        if state.redeliveries > 0 {
            for (row, handled) in state.journal.iter().enumerate() {
                if Self::is_free(state, &handled.place) {
                    actions.push(Action::Again { row });
                }
            }
        }
    }

    /// Whether a deadline may elapse in this scope.
    fn may_elapse(&self, elapsed: &Mail) -> bool {
        self.scope.deadlines.iter().any(|class| class_of(elapsed) == *class)
    }
}

/// What can happen at Stripe without us.
fn of_stripe(state: &State, actions: &mut Vec<Action>) {
    for (n, intent) in state.books.intents.iter().enumerate() {
        if intent.status == Status::NeedsAction {
            actions.extend([true, false].map(|convinced| Action::Authenticate { intent: n, convinced }));
        }
        if intent.status == Status::Held {
            actions.extend((state.mischief[0] > 0).then_some(Action::Lapse(n)));
            actions.extend((state.mischief[1] > 0).then_some(Action::TakeByHand(n)));
        }
    }
    if state.mischief[2] > 0 {
        let given = state.books.refunds.iter().enumerate().filter(|(_, back)| !back.failed);
        actions.extend(given.map(|(n, _)| Action::BringBack(n)));
    }
}

/// The class of the deadline that an event tells of.
pub(crate) fn class_of(elapsed: &Mail) -> &str {
    elapsed.letter.subject.strip_prefix("timers.").and_then(|rest| rest.split("_elapsed").next()).unwrap_or_default()
}

impl Model for Platform {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let users = self.services.iter().position(|service| service.name() == "users").unwrap_or(0);
        let people = cast::people(&self.scope);
        let kept = people.iter().map(|user| {
            let place = Place { service: users, shelf: 0, id: user.id.to_string().into() };
            (Shared::new(place), Shared::new(serde_json::to_string(user).unwrap_or_default()))
        });
        vec![State {
            now: 0,
            kept: kept.collect(),
            queues: vec![Vec::new(); self.services.len()],
            deadlines: Vec::new(),
            books: Shared::new(Books::default()),
            patience: self.scope.stripe.left,
            deeds: vec![0; self.deeds.len()],
            crashes: vec![self.scope.crashes; self.services.len()],
            redeliveries: self.scope.redeliveries,
            mischief: [self.scope.lapses, self.scope.dashboard, self.scope.refunds_fail],
            journal: Vec::new(),
            wrong: None,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        if state.wrong.is_some() {
            return;
        }
        self.turns(state, actions);
        self.deeds_to_do(state, actions);
        self.come_in(state, actions);
        of_stripe(state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = match action {
            Action::Turn { service, index, way, fate } => {
                let entry = state.queues[service].get(index)?;
                let mut next = state.clone();
                if let Stance::Committed(rest) = &entry.stance {
                    next.queues[service].remove(index);
                    self.publish(&mut next, rest);
                } else {
                    let ways = self.ways(state, &entry.mail, &entry.place);
                    self.carry_out(&mut next, service, index, ways.get(way)?, fate);
                }
                next
            }
            Action::Do { deed, fate } => {
                let mut next = self.outside(state, &self.deed_mail(state, deed), fate)?;
                next.deeds[deed] += 1;
                next
            }
            Action::Elapse { index, fate } => {
                let (due, elapsed) = state.deadlines.get(index)?;
                let mut due = state.later(*due);
                due.deadlines.remove(index);
                self.outside(&due, elapsed, fate)?
            }
            Action::Tell { index, fate } => {
                let mail = self.fact_mail(state, state.books.untold.get(index)?);
                let mut told = state.clone();
                told.books = state.books_with(|books| {
                    books.untold.remove(index);
                });
                self.outside(&told, &mail, fate)?
            }
            Action::Again { row } => {
                let row = state.journal.get(row)?;
                let mut next = state.clone();
                next.redeliveries -= 1;
                if self.scope.chassis == Chassis::WithoutJournal {
                    let (mail, place) = (row.mail.clone(), row.place.clone());
                    next.queues[row.service].insert(0, Entry { mail, place, stance: Stance::New });
                } else {
                    self.publish(&mut next, &row.says);
                    let budget = std::mem::replace(&mut next.redeliveries, state.redeliveries);
                    if next == *state {
                        // Looked at, and nothing came of it.
                        return None;
                    }
                    next.redeliveries = budget;
                }
                next
            }
            Action::Authenticate { intent, convinced } => {
                state.with_books(|books| books.authenticate(intent, convinced))
            }
            Action::Lapse(n) => state.with_books(|books| books.lapse(n)).less(0),
            Action::TakeByHand(n) => state.with_books(|books| books.take_by_hand(n)).less(1),
            Action::BringBack(n) => state.with_books(|books| books.bring_back(n)).less(2),
        };
        self.settle(&mut next);
        (next != *state).then_some(next)
    }

    fn properties(&self) -> Vec<stateright::Property<Self>> {
        properties::of(self)
    }
}

impl State {
    /// What a service's database holds of an entity.
    #[must_use]
    pub fn entity(&self, place: &Place) -> Option<&Shared<String>> {
        self.kept.iter().find(|(kept, _)| **kept == *place).map(|(_, text)| text)
    }

    fn keep(&mut self, place: &Shared<Place>, text: Shared<String>) {
        match self.kept.iter_mut().find(|(kept, _)| kept == place) {
            Some((_, kept)) => *kept = text,
            None => {
                self.kept.push((place.clone(), text));
                self.kept.sort_by_key(|(place, _)| place.hash_code());
            }
        }
    }

    fn promise(&mut self, due: i64, elapsed: &Shared<Mail>) {
        if self.deadlines.iter().all(|(_, known)| known != elapsed) {
            self.deadlines.push((due, elapsed.clone()));
            self.deadlines.sort_by_key(|(due, elapsed)| (*due, elapsed.hash_code()));
        }
    }

    fn journalize(&mut self, row: Shared<Row>) {
        self.journal.push(row);
        self.journal.sort_by_key(Shared::hash_code);
    }

    fn later(&self, due: i64) -> Self {
        Self { now: self.now.max(due), ..self.clone() }
    }

    fn books_with(&self, change: impl FnOnce(&mut Books)) -> Shared<Books> {
        let mut books = (*self.books).clone();
        change(&mut books);
        Shared::new(books)
    }

    fn with_books(&self, change: impl FnOnce(&mut Books)) -> Self {
        Self { books: self.books_with(change), ..self.clone() }
    }

    fn less(mut self, mischief: usize) -> Self {
        self.mischief[mischief] -= 1;
        self
    }
}

/// Moments of which no rule asks more than whether they are there: histories that differ in these alone are the same.
///
/// One place compares one of them: `Ledger::level` asks whether the last entry of the ledger was made at this very moment, and
/// puts the platform's share there, or into an entry of its own. That is a matter of how an auditor reads it: the balances come
/// to the same, which is all that rules and checks ask for, and an entry of its own is left out wherever entries are looked at
/// one by one (`Ledger::moved`, `Ledger::movements`).
const TIMELESS: [&str; 5] = ["at", "since", "over_since", "paid_out_at", "unheld_since"];

/// An entity or a message, with the start for every moment that no rule compares with another one. (`at` also names an order's
/// stage, which is no moment; a refund's `since` is compared, and so stays.)
fn timeless(text: &str) -> String {
    let Ok(mut value) = serde_json::from_str(text) else { return text.to_owned() };
    forget_times(&mut value, "");
    value.to_string()
}

fn forget_times(value: &mut serde_json::Value, name: &str) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, field) in fields.iter_mut().filter(|(name, _)| *name != "refunding") {
                forget_times(field, name);
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| forget_times(item, name)),
        serde_json::Value::String(text) if TIMELESS.contains(&name) && text.parse::<Timestamp>().is_ok() => {
            *text = cast::start().to_string();
        }
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => {}
    }
}

/// The parts of an order's life. It goes through them in this order, whatever happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    BeforeOffer,
    BeforeDelivery,
    BeforeEnd,
    Over,
}

/// Read off its text, for that is asked of every state.
pub(crate) fn part_of(order: &str) -> Part {
    let is = |stages: &[&str]| stages.iter().any(|stage| order.contains(&format!("\"at\":\"{stage}\"")));
    if is(&["completed", "cancelled"]) {
        Part::Over
    } else if is(&["delivered"]) {
        Part::BeforeEnd
    } else if is(&["pending", "action_required"]) {
        Part::BeforeOffer
    } else {
        Part::BeforeDelivery
    }
}

fn seconds(at: Timestamp) -> i64 {
    at.as_second() - cast::start().as_second()
}

pub(crate) fn time(seconds: i64) -> Timestamp {
    cast::start() + SignedDuration::from_secs(seconds)
}

pub(crate) fn lock<T>(part: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    part.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
