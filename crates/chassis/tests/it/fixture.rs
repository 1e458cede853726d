//! A new reacting service, whole: what architecture.md 4 says one costs. Below it, the vocabulary that it listens to.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chassis::{Change, Config, Cx, Entity, Fault, Row, Service};
use contracts::{Id, Kind, Message, OrderId, Principal};
use jiff::Timestamp;
use schemars::JsonSchema;
use sea_orm::Set;
use sea_orm_migration::prelude::*;
use serde::{Deserialize, Serialize};

// --- the service -----------------------------------------------------------------------------------------------------

pub(crate) fn service(_: &Config) -> anyhow::Result<Vec<Service>> {
    Ok(vec![
        Service::new("fixture")
            .entity::<Counter>()
            .migrations(|| vec![Box::new(CreateCounters)])
            .intent("add", add)
            .publishes::<(Added,)>()
            .effect("fetch", |_, added: Added| call(added), record)
            .publishes::<(Fetched,)>()
            .on("forbid", |_, _: Option<Counter>, fetched: Fetched| undeclared(&fetched)),
    ])
}

/// With a second service, which reads one of the events too.
pub(crate) fn with_a_listener(config: &Config) -> anyhow::Result<Vec<Service>> {
    let listener = Service::new("listener").entity::<Counter>().migrations(|| vec![Box::new(CreateCounters)]);
    let listener = listener.on("hear", |_, _: Option<Counter>, _: Added| Ok::<_, Fault>(Change::none()));
    Ok(service(config)?.into_iter().chain([listener]).collect())
}

/// Counts what was added to it; the steps must come one after the other.
fn add(cx: &Cx<'_>, counter: Option<Counter>, intent: Add) -> Result<Change<Counter>, No> {
    let counter = counter.unwrap_or_else(|| Counter {
        id: intent.id,
        steps: Vec::new(),
        fetched: 0,
        recorded: Vec::new(),
        label: None,
    });
    match intent.what {
        What::Refuse => return Err(No::Odd),
        What::Panic => panic!("the fixture was asked to"),
        What::Break => {
            // What is said of it must not be heard: its statement fails.
            let added = Added { id: intent.id, step: intent.step, what: intent.what, at: cx.now };
            return Ok(Change::to(Counter { label: Some(BREAKS.into()), ..counter }).say(added));
        }
        What::Step
        | What::Fetch
        | What::Slow
        | What::Flaky
        | What::Hangs
        | What::Away
        | What::Hopeless
        | What::Undeclared => {}
    }
    let mut counter = counter;
    counter.steps.push(intent.step);
    let quiet = matches!(intent.what, What::Step);
    let added = Added { id: intent.id, step: intent.step, what: intent.what, at: cx.now };
    let change = Change::to(counter);
    Ok(if quiet { change } else { change.say(added) })
}

/// How often the outside was called, over all tests of this process.
pub(crate) static CALLS: AtomicU32 = AtomicU32::new(0);
/// How often each call that does not succeed at first was made: counted one by one, as a common count lets somebody fail each
/// time by chance.
static FLAKY: Mutex<BTreeMap<(OrderId, u32, Timestamp), u32>> = Mutex::new(BTreeMap::new());
/// How often somebody was to be asked who is mostly away.
static AWAY: AtomicU32 = AtomicU32::new(0);
pub(crate) static SLOW: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(0);

async fn call(added: Added) -> Result<u32, Fault> {
    CALLS.fetch_add(1, Ordering::SeqCst);
    match added.what {
        // Until a test lets it go on.
        What::Slow => SLOW.acquire().await.expect("open").forget(),
        What::Flaky if fails(&added) => return Err(Fault::retry("not this time")),
        What::Hangs if fails(&added) => std::future::pending().await,
        What::Hopeless => return Err(Fault::retry("never")),
        What::Away if AWAY.fetch_add(1, Ordering::SeqCst) % 7 != 6 => return Err(Fault::away("nobody there")),
        What::Step
        | What::Refuse
        | What::Panic
        | What::Break
        | What::Fetch
        | What::Flaky
        | What::Hangs
        | What::Away
        | What::Undeclared => tokio::time::sleep(Duration::from_millis(1)).await,
    }
    Ok(1)
}

/// The first call and the second.
fn fails(added: &Added) -> bool {
    let mut calls = FLAKY.lock().expect("nobody panics with it");
    let made = calls.entry((added.id, added.step, added.at)).or_default();
    *made += 1;
    *made <= 2
}

fn record(_: &Cx<'_>, counter: Option<Counter>, added: Added, by: u32) -> Result<Change<Counter>, Fault> {
    let mut counter = counter.ok_or_else(|| Fault::give_up("fetched for nobody"))?;
    counter.fetched += by;
    counter.recorded.push(added.step);
    let (id, step) = (counter.id, added.step);
    let undeclared = added.what == What::Undeclared;
    Ok(Change::to(counter).say(Fetched { id, step, undeclared }))
}

fn undeclared(fetched: &Fetched) -> Result<Change<Counter>, Fault> {
    let change = Change::none();
    Ok(if fetched.undeclared { change.say(fetched.clone()) } else { change })
}

// --- its entity ------------------------------------------------------------------------------------------------------

/// A label that the table does not take.
const BREAKS: &str = "breaks";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counter {
    pub(crate) id: OrderId,
    pub(crate) steps: Vec<u32>,
    pub(crate) fetched: u32,
    /// The steps whose call has been recorded, in that order.
    pub(crate) recorded: Vec<u32>,
    label: Option<String>,
}

mod table {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "counters")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) id: String,
        pub(crate) version: i64,
        #[sea_orm(column_type = "Text")]
        pub(crate) state: String,
        pub(crate) label: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl Entity for Counter {
    type Id = OrderId;
    type Table = table::Entity;
    type View = Counter;

    fn id(&self) -> OrderId {
        self.id
    }

    fn view(&self, _: u64, _: &Principal) -> Counter {
        self.clone()
    }

    fn index(&self, row: &mut Row<Self>) {
        row.label = Set(self.label.clone().unwrap_or_else(|| "fine".into()));
    }
}

struct CreateCounters;

impl MigrationName for CreateCounters {
    fn name(&self) -> &'static str {
        "m001_create_counters"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateCounters {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = "CREATE TABLE counters (id TEXT PRIMARY KEY, version BIGINT NOT NULL, state TEXT NOT NULL, \
                     label TEXT NOT NULL CHECK (label <> 'breaks'))";
        manager.get_connection().execute_unprepared(table).await.map(drop)
    }
}

// --- its vocabulary --------------------------------------------------------------------------------------------------

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    Step,
    Refuse,
    Panic,
    Break,
    Fetch,
    Slow,
    Flaky,
    /// Its first calls never come back.
    Hangs,
    Away,
    Hopeless,
    Undeclared,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Add {
    pub(crate) id: OrderId,
    pub(crate) step: u32,
    pub(crate) what: What,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Added {
    pub(crate) id: OrderId,
    pub(crate) step: u32,
    pub(crate) what: What,
    pub(crate) at: Timestamp,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Fetched {
    pub(crate) id: OrderId,
    pub(crate) step: u32,
    pub(crate) undeclared: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum No {
    #[error("this is odd")]
    Odd,
}

impl chassis::Refusal for No {
    fn code(&self) -> &'static str {
        "odd"
    }
}

/// The log takes events of the platform's owners only, so the fixture's borrow one.
macro_rules! message {
    ($kind:ident $owner:literal $name:literal $type:ident, $sample:expr) => {
        impl Message for $type {
            type Key = OrderId;
            const KIND: Kind = Kind::$kind;
            const OWNER: &'static str = $owner;
            const NAME: &'static str = $name;
            const VERSION: u8 = 1;

            fn key(&self) -> OrderId {
                self.id
            }

            fn sample() -> Self {
                $sample
            }
        }

        impl contracts::$kind for $type {}
    };
}

message!(Intent "fixture" "add" Add, Add { id: key(0), step: 0, what: What::Step });
message!(Event "users" "fixture_added" Added, Added { id: key(0), step: 0, what: What::Fetch, at: Timestamp::UNIX_EPOCH });
message!(Event "users" "fixture_fetched" Fetched, Fetched { id: key(0), step: 0, undeclared: false });

pub(crate) fn key(n: u128) -> OrderId {
    OrderId::from_uuid(uuid::Uuid::from_u128(n))
}

// --- how tests use it ------------------------------------------------------------------------------------------------

pub(crate) use testkit::{Db, World};

use chassis::Intended;
use contracts::{MessageId, Verdict};

pub(crate) fn alice() -> Principal {
    Principal::User(contracts::UserId::of_subject("test", "alice"))
}

/// A message id that no other step has.
pub(crate) fn id_of(id: OrderId, step: u32) -> MessageId {
    MessageId::of_request(&alice(), "fixture", &format!("{id}/{step}"))
}

/// Stores an intent and does not wait.
pub(crate) async fn send(world: &World, id: OrderId, step: u32, what: What) {
    let intent = Add { id, step, what };
    let sent = world.bus.intend(&alice(), id_of(id, step), &intent, Duration::ZERO).await;
    sent.expect("stored");
}

/// Stores an intent and waits for its verdict.
pub(crate) async fn ask(world: &World, message: MessageId, id: OrderId, step: u32, what: What) -> Verdict {
    let intent = Add { id, step, what };
    match world.bus.intend(&alice(), message, &intent, Duration::from_secs(30)).await.expect("stored") {
        Intended::Decided(verdict) => verdict,
        Intended::Stored => panic!("no verdict"),
    }
}

/// The counter as it stands: asked for by a step that is refused never changes it, so it is read from a repeated verdict.
pub(crate) async fn counter(world: &World, id: OrderId) -> Counter {
    let step = u32::MAX;
    let verdict = ask(world, id_of(id, step), id, step, What::Step).await;
    let Verdict::Done { view } = verdict else { panic!("{verdict:?}") };
    let mut counter: Counter = serde_json::from_value(view).expect("a counter");
    counter.steps.pop();
    counter
}
