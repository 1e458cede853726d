//! A service: a name and a table of what it reacts to.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use contracts::repairs::MessageRedriven;
use contracts::{Deadline, Event, Intent, Kind, Message, Principal, Question, Refused, RepairId, subject_of};
use futures::future::BoxFuture;
use jiff::SignedDuration;
use sea_orm::{DatabaseConnection, DbErr};
use sea_orm_migration::MigrationTrait;

use crate::bus::Bus;
use crate::change::{Change, Cx, Fault, Refusal, Said};
use crate::deadlines::Class;
use crate::entity::{AnyEntity, Entity, Shelf, Typed};
use crate::questions::{Answerer, Reads};
use crate::redriving::{self, PutBack};

/// A reaction's rule: the circumstances, the entity as it is (none when there is none yet) and the message in; the change, or
/// a refusal or fault, out.
pub type Rule<E, M, No> = fn(&Cx<'_>, Option<E>, M) -> Result<Change<E>, No>;

/// The pure half of an effect: like a [`Rule`], with what the call brought.
pub type Record<E, M, T> = fn(&Cx<'_>, Option<E>, M, T) -> Result<Change<E>, Fault>;

/// A name and a table. See any service's `subscriptions.rs` for one that reads aloud.
pub struct Service {
    /// Its name: prefix of its consumers, name of its database.
    pub name: &'static str,
    pub(crate) shelves: Vec<(TypeId, Arc<dyn Shelf>)>,
    pub(crate) reactions: Vec<Reaction>,
    pub(crate) answerers: Vec<Answerer>,
    pub(crate) classes: Vec<Class>,
    pub(crate) told_of_parked: bool,
    /// There as soon as it is served: for what puts messages back.
    pub(crate) bus: Arc<OnceLock<Bus>>,
    pub(crate) migrations: fn() -> Vec<Box<dyn MigrationTrait>>,
    pub(crate) forgets: Vec<(SignedDuration, ForgetOld)>,
}

/// Removes rows that are older than a time in milliseconds since the epoch, up to so many at once, and says how many.
pub type ForgetOld = fn(&DatabaseConnection, i64, u64) -> BoxFuture<'_, Result<u64, DbErr>>;

/// One row of the table.
pub struct Reaction {
    /// Its durable name: with the message's id, the key of the journal. Renaming one is a migration.
    pub name: &'static str,
    /// Intent or event.
    pub kind: Kind,
    /// Whose message it is.
    pub owner: &'static str,
    /// The message's name.
    pub message: &'static str,
    /// Its version.
    pub version: u8,
    /// The types that it may say or promise: `orders.opened.v1`.
    pub publishes: Vec<String>,
    /// Whether it calls the outside first.
    pub calls_outside: bool,
    /// Whether it is about the entity that the message's key names, and so keeps the order of the log.
    pub is_by_key: bool,
    pub(crate) shelf: usize,
    pub(crate) decode: fn(&[u8]) -> Result<AnyMessage, serde_json::Error>,
    pub(crate) key: Box<dyn Fn(&AnyMessage) -> String + Send + Sync>,
    pub(crate) call: Option<Call>,
    pub(crate) decide: Decide,
}

pub(crate) type AnyMessage = Arc<dyn Any + Send + Sync>;
pub(crate) type AnyResult = Arc<dyn Any + Send + Sync>;
pub(crate) type Calling = Pin<Box<dyn Future<Output = Result<AnyResult, Fault>> + Send>>;
pub(crate) type Call = Arc<dyn Fn(Option<AnyEntity>, AnyMessage) -> Calling + Send + Sync>;
pub(crate) type Decide =
    Box<dyn Fn(&Cx<'_>, Option<AnyEntity>, &AnyMessage, Option<&AnyResult>) -> Result<Decided, No> + Send + Sync>;

/// A [`Change`] whose entity's type is forgotten.
pub(crate) struct Decided {
    pub(crate) state: Option<AnyEntity>,
    pub(crate) says: Vec<Said>,
    pub(crate) refused: Option<Refused>,
}

/// Why a reaction did not change anything.
pub(crate) enum No {
    Refused(Refused),
    Fault(Fault),
}

/// Types that a reaction may publish, as a tuple: `.publishes::<(OrderOpened, OrderLateHold)>()`.
pub trait Publishable {
    /// Their type names.
    fn type_names() -> Vec<String>;
}

impl Publishable for () {
    fn type_names() -> Vec<String> {
        Vec::new()
    }
}

macro_rules! publishable {
    ($($message:ident)+) => {
        impl<$($message: Message),+> Publishable for ($($message,)+) {
            fn type_names() -> Vec<String> {
                vec![$($message::type_name()),+]
            }
        }
    };
}
publishable!(A);
publishable!(A B);
publishable!(A B C);
publishable!(A B C D);
publishable!(A B C D F);
publishable!(A B C D F G);
publishable!(A B C D F G H);
publishable!(A B C D F G H I);
publishable!(A B C D F G H I J);
publishable!(A B C D F G H I J K);

impl Service {
    /// A service with an empty table.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            shelves: Vec::new(),
            reactions: Vec::new(),
            answerers: Vec::new(),
            classes: Vec::new(),
            told_of_parked: false,
            bus: Arc::default(),
            migrations: Vec::new,
            forgets: Vec::new(),
        }
    }

    /// Keeps entities of this kind.
    #[must_use]
    pub fn entity<E: Entity>(mut self) -> Self {
        self.shelves.push((TypeId::of::<E>(), Arc::new(Typed::<E>(PhantomData))));
        self
    }

    /// How its tables come to be.
    #[must_use]
    pub fn migrations(mut self, migrations: fn() -> Vec<Box<dyn MigrationTrait>>) -> Self {
        self.migrations = migrations;
        self
    }

    /// Forgets what is older than `age`, little by little.
    #[must_use]
    pub fn forgets(mut self, age: SignedDuration, forget: ForgetOld) -> Self {
        self.forgets.push((age, forget));
        self
    }

    /// Decides on an intent about the entity that the intent's key names.
    #[must_use]
    pub fn intent<E, M, R>(self, name: &'static str, decide: Rule<E, M, R>) -> Self
    where
        E: Entity,
        M: Intent<Key = E::Id>,
        R: Refusal + 'static,
    {
        let pure: Decide = Box::new(move |cx, entity, message, _| {
            decide(cx, typed(entity)?, own(message)?).map(decided).map_err(|refusal| No::Refused(refusal.refused()))
        });
        self.reaction::<E, M>(name, |message: &M| message.key(), None, pure).by_key()
    }

    /// Reacts to an event about the entity that the event's key names.
    #[must_use]
    pub fn on<E, M>(self, name: &'static str, react: Rule<E, M, Fault>) -> Self
    where
        E: Entity,
        M: Event<Key = E::Id>,
    {
        self.on_by(name, |message: &M| message.key(), react).by_key()
    }

    /// Reacts to an event about another entity than its key names, for example about the customer of an order.
    ///
    /// Such messages come in the order of their own key, not of the entity's: unless the entity belongs to what the key names,
    /// the rule should read it and say something, not change it.
    #[must_use]
    pub fn on_by<E, M>(self, name: &'static str, of: fn(&M) -> E::Id, react: Rule<E, M, Fault>) -> Self
    where
        E: Entity,
        M: Event,
    {
        let pure: Decide = Box::new(move |cx, entity, message, _| {
            react(cx, typed(entity)?, own(message)?).map(decided).map_err(No::Fault)
        });
        self.reaction::<E, M>(name, of, None, pure)
    }

    /// Reacts to an event by calling the outside first, outside any transaction, and then recording what came of it.
    /// The call must be idempotent by a key that follows from the entity: it is made again after a crash.
    #[must_use]
    pub fn effect<E, M, T, F, Called>(self, name: &'static str, call: F, record: Record<E, M, T>) -> Self
    where
        E: Entity,
        M: Event<Key = E::Id>,
        T: Clone + Send + Sync + 'static,
        F: Fn(Option<E>, M) -> Called + Send + Sync + 'static,
        Called: Future<Output = Result<T, Fault>> + Send + 'static,
    {
        let call: Call = Arc::new(move |entity, message| {
            let called = typed(entity).and_then(|entity| Ok(call(entity, own(&message)?)));
            Box::pin(async move {
                match called {
                    Ok(called) => called.await.map(|result| Arc::new(result) as AnyResult),
                    Err(No::Fault(fault)) => Err(fault),
                    Err(No::Refused(refused)) => Err(Fault::give_up(refused)),
                }
            })
        });
        let pure: Decide = Box::new(move |cx, entity, message, result| {
            let result = result.and_then(|result| result.downcast_ref::<T>().cloned());
            let result = result.ok_or_else(|| No::Fault(Fault::give_up("the call left no result")))?;
            record(cx, typed(entity)?, own(message)?, result).map(decided).map_err(No::Fault)
        });
        self.reaction::<E, M>(name, |message: &M| message.key(), Some(call), pure).by_key()
    }

    fn by_key(mut self) -> Self {
        if let Some(reaction) = self.reactions.last_mut() {
            reaction.is_by_key = true;
        }
        self
    }

    /// What the reaction above may say or promise. Anything else that it says is a fault.
    ///
    /// # Panics
    /// When there is no reaction above.
    #[must_use]
    pub fn publishes<P: Publishable>(mut self) -> Self {
        let reaction = self.reactions.last_mut().expect("publishes() follows a reaction");
        reaction.publishes = P::type_names();
        self
    }

    /// Answers a question from the database.
    #[must_use]
    pub fn answers<Q, F, Answering>(mut self, name: &'static str, answer: F) -> Self
    where
        Q: Question,
        F: Fn(Reads, Q) -> Answering + Send + Sync + 'static,
        Answering: Future<Output = Result<Result<Q::Answer, Refused>, Fault>> + Send + 'static,
    {
        self.answerers.push(Answerer::new::<Q, F, Answering>(name, answer));
        self
    }

    /// Watches over a class of deadlines and says when their time has come.
    #[must_use]
    pub fn watches<D: Deadline>(mut self) -> Self {
        self.classes.push(Class::new::<D>());
        self
    }

    /// Is told of every message that any service gave up on, and of every one that was put back and then handled: it says
    /// `repairs.message_parked` and `repairs.message_settled`, which only the service `repairs` may.
    #[must_use]
    pub fn told_of_parked(mut self) -> Self {
        self.told_of_parked = true;
        self
    }

    /// Puts parked messages back where they came from, as `repairs.message_redriven` says, and then records whether they
    /// were there to be put back.
    #[must_use]
    pub fn redrives<E>(self, name: &'static str, record: Record<E, MessageRedriven, PutBack>) -> Self
    where
        E: Entity<Id = RepairId>,
    {
        let bus = Arc::clone(&self.bus);
        let call = move |_, redriven: MessageRedriven| {
            let bus = bus.get().cloned();
            async move {
                let bus = bus.ok_or_else(|| Fault::away("not connected yet"))?;
                redriving::put_back(&bus, &redriven).await
            }
        };
        self.effect(name, call, record)
    }

    /// What it says of messages that are not in the log: of deadlines, as `(class, type)`, and of parked messages.
    #[must_use]
    pub fn passes_on(&self) -> Vec<(&'static str, String)> {
        let parked = self.told_of_parked.then(redriving::told).into_iter().flatten();
        self.deadlines().into_iter().chain(parked.map(|said| ("parked", said))).collect()
    }

    /// The rows of its table.
    #[must_use]
    pub fn reactions(&self) -> &[Reaction] {
        &self.reactions
    }

    /// The questions that it answers, as `(name, subject)`.
    #[must_use]
    pub fn questions(&self) -> Vec<(&'static str, String)> {
        self.answerers.iter().map(|answerer| (answerer.name, answerer.subject.clone())).collect()
    }

    /// The classes of deadlines that it watches over, as `(name, what it says then)`.
    #[must_use]
    pub fn deadlines(&self) -> Vec<(&'static str, String)> {
        self.classes.iter().map(|class| (class.name, class.elapsed.clone())).collect()
    }

    fn reaction<E: Entity, M: Message>(
        mut self,
        name: &'static str,
        of: fn(&M) -> E::Id,
        call: Option<Call>,
        decide: Decide,
    ) -> Self {
        let shelf = self.shelves.iter().position(|(id, _)| *id == TypeId::of::<E>());
        let shelf = shelf.unwrap_or_else(|| panic!("{}: {name} needs .entity::<…>() above it", self.name));
        assert!(
            self.reactions.iter().all(|reaction| (reaction.owner, reaction.message) != (M::OWNER, M::NAME)),
            "{}: two reactions to {}.{}; one message has one reaction per service",
            self.name,
            M::OWNER,
            M::NAME
        );
        self.reactions.push(Reaction {
            name,
            kind: M::KIND,
            owner: M::OWNER,
            message: M::NAME,
            version: M::VERSION,
            publishes: Vec::new(),
            calls_outside: call.is_some(),
            is_by_key: false,
            shelf,
            decode: |bytes| serde_json::from_slice::<M>(bytes).map(|message| Arc::new(message) as AnyMessage),
            key: Box::new(move |message| message.downcast_ref::<M>().map_or_else(String::new, |m| of(m).to_string())),
            call,
            decide,
        });
        self
    }

    /// Finds the reaction to a subject of the log.
    pub(crate) fn routes(&self) -> HashMap<String, usize> {
        self.reactions.iter().enumerate().map(|(index, reaction)| (reaction.route(), index)).collect()
    }

    /// Reads a message as what its subject says that it is.
    pub(crate) fn read(
        &self,
        routes: &HashMap<String, usize>,
        subject: &str,
        payload: &[u8],
    ) -> Result<Readable, String> {
        let route = route_of(subject);
        let Some(index) = routes.get(route).copied() else { return Err(format!("no reaction to {route}")) };
        let reaction = &self.reactions[index];
        let read = (reaction.decode)(payload).map_err(|error| format!("cannot be read as {route}: {error}"));
        read.map(|message| Readable { index, key: (reaction.shelf, (reaction.key)(&message)), message })
    }
}

/// A message that has a reaction: the reaction's place in the table, and the entity that it is about.
pub(crate) struct Readable {
    pub(crate) index: usize,
    pub(crate) message: AnyMessage,
    pub(crate) key: (usize, String),
}

impl Reaction {
    /// What a consumer of `partition` filters for.
    #[must_use]
    pub fn filter(&self, partition: &str) -> String {
        subject_of(self.kind, self.owner, self.message, self.version, partition)
    }

    /// `orders.placed.v1`, and for intents `intent.orders.place.v1`.
    pub(crate) fn route(&self) -> String {
        let name = format!("{}.{}.v{}", self.owner, self.message, self.version);
        if self.kind == Kind::Intent { format!("intent.{name}") } else { name }
    }
}

/// The beginning of a subject that says which type of message it carries.
pub(crate) fn route_of(subject: &str) -> &str {
    let tokens = if subject.starts_with("intent.") { 4 } else { 3 };
    subject.match_indices('.').nth(tokens - 1).map_or(subject, |(end, _)| &subject[..end])
}

/// Who asks, from the subject of an intent; who says, from the subject of an event.
pub(crate) fn principal(subject: &str) -> Principal {
    let mut tokens = subject.split('.');
    match tokens.next() {
        Some("intent") => tokens.nth(4).and_then(|principal| principal.parse().ok()),
        Some(owner) => Some(Principal::System(owner.to_owned())),
        None => None,
    }
    .unwrap_or_else(|| Principal::System("unknown".to_owned()))
}

fn typed<E: Entity>(entity: Option<AnyEntity>) -> Result<Option<E>, No> {
    match entity {
        None => Ok(None),
        Some(entity) => match entity.downcast_ref::<E>() {
            Some(entity) => Ok(Some(entity.clone())),
            None => Err(No::Fault(Fault::give_up("an entity of another kind"))),
        },
    }
}

fn own<M: Message>(message: &AnyMessage) -> Result<M, No> {
    message.downcast_ref::<M>().cloned().ok_or_else(|| No::Fault(Fault::give_up("a message of another type")))
}

fn decided<E: Entity>(change: Change<E>) -> Decided {
    Decided {
        state: change.state.map(|state| Arc::new(state) as AnyEntity),
        says: change.says,
        refused: change.refused,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use contracts::catalogue::{self, Entry};
    use proptest::prelude::*;

    use super::*;

    /// Made once: every entry comes with its schema.
    static CATALOGUE: LazyLock<Vec<Entry>> = LazyLock::new(catalogue::all);

    proptest! {
        #![proptest_config(fuzz::config(2_000))]

        /// The type stands at the beginning of every subject, and of anything else a beginning is taken, whatever it is.
        #[test]
        fn the_type_of_a_subject_is_its_beginning(typed in fuzz::text(), which in any::<prop::sample::Index>()) {
            prop_assert!(typed.starts_with(route_of(&typed)));
            let intent = format!("intent.{typed}");
            prop_assert!(intent.starts_with(route_of(&intent)));
            let entry = which.get(&CATALOGUE);
            let (Kind::Intent | Kind::Event) = entry.kind else { return Ok(()) };
            let subject = subject_of(entry.kind, entry.owner, entry.name, entry.version, &typed.replace('.', "_"));
            let name = format!("{}.{}.v{}", entry.owner, entry.name, entry.version);
            let expected = if entry.kind == Kind::Intent { format!("intent.{name}") } else { name };
            prop_assert_eq!(route_of(&subject), expected);
        }
    }
}
