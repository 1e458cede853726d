//! Fills a broker with what a platform has behind it or before it: for benchmarks, which ask what that costs the next order.

use std::ops::Range;
use std::path::Path;

use async_nats::HeaderMap;
use async_nats::jetstream::message::StreamMessage;
use contracts::{Deadline, MessageId, OrderId, envelope, partition_of};
use futures::{StreamExt, TryStreamExt};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, QueryResult, Statement};

use crate::bus::{Bus, BusError, Envelope};
use crate::clock::Clock;
use crate::outgoing::Outgoing;
use crate::streams::LOG;
use crate::{config, database};

/// Promises a deadline with the envelope of one that a service promises because of `cause`; done once the broker has stored it.
///
/// # Errors
/// When it is not known to be stored.
pub async fn promise<D: Deadline>(bus: &Bus, clock: &Clock, cause: MessageId, deadline: &D) -> Result<(), BusError> {
    let body = serde_json::value::to_raw_value(deadline).map_err(|error| BusError::Garbled(D::type_name(), error))?;
    let outgoing = Outgoing::typed(deadline.subject(), D::type_name(), body);
    let correlation = deadline.key().to_string();
    let id = cause.caused("promise", 0);
    let envelope = Envelope { id, at: clock.now(), correlation: &correlation, cause: Some(cause), traceparent: None };
    let stored = bus.publish(&envelope, &outgoing).await?;
    stored.await.map(drop).map_err(|error| BusError::Away(Box::new(error)))
}

// --- what lies behind a platform ----------------------------------------------------------------------------------------

/// Rows that one statement adds.
const AT_ONCE: u64 = 20_000;
/// Rows of a table that the others are made like, at most.
const PATTERNS: u64 = 32;
/// Messages under way at the same time.
const WINDOW: usize = 512;
/// The past is so long, in milliseconds: 25 days. What is older than 33 the journal forgets.
const PAST_MS: u64 = 25 * 24 * 3_600 * 1_000;
/// 2³²: what eight hexadecimal digits can count to.
const DIGITS: u64 = 1 << 32;
/// What our ids and Stripe's begin with, as far as each row has its own.
const KINDS: [&str; 12] = ["ord", "usr", "msg", "pi", "ch", "py", "tr", "trr", "re", "pyr", "txn", "dp"];

/// A table whose rows are to be multiplied.
#[derive(Clone, Copy, Debug)]
pub struct Past<'a> {
    /// Whose database.
    pub service: &'a str,
    /// Which table.
    pub table: &'a str,
    /// Columns that are empty in what is long over.
    pub cleared: &'a [&'a str],
    /// How many rows to add.
    pub count: u64,
    /// Among how many people they are spread.
    pub people: u64,
}

/// How many rows a table of a service has.
///
/// # Errors
/// When the database cannot be read.
pub async fn rows(settings: &config::Database, data: &Path, service: &str, table: &str) -> Result<u64, DbErr> {
    let db = open(settings, data, service).await?;
    let row = query(&db, format!("SELECT count(*) AS rows FROM {table}")).await?.into_iter().next();
    let rows: i64 = row.map(|row| row.try_get("", "rows")).transpose()?.unwrap_or_default();
    db.close().await?;
    Ok(rows.unsigned_abs())
}

/// Adds rows to a table, each like one that is there, with ids of its own and spread over the last weeks; `told` hears how many
/// there are so far. Ids in different tables are the same if `count` and `people` are. Nobody else may be writing.
///
/// # Errors
/// When the database cannot be written, or there is no row that others could be like.
pub async fn multiply(
    settings: &config::Database,
    data: &Path,
    past: Past<'_>,
    mut told: impl FnMut(u64),
) -> Result<(), DbErr> {
    let db = open(settings, data, past.service).await?;
    let columns = columns(&db, past.table).await?;
    let patterns = patterns(&db, past.table, &columns).await?;
    if patterns.is_empty() {
        return Err(DbErr::RecordNotFound(format!("{} has no row that others could be like", past.table)));
    }
    let mut from = 0;
    for pattern in patterns.iter().cycle() {
        if from >= past.count {
            break;
        }
        let until = (from + AT_ONCE).min(past.count);
        db.execute_unprepared(&insert(db.get_database_backend(), past, &columns, pattern, from..until)).await?;
        from = until;
        told(from);
    }
    if db.get_database_backend() == DbBackend::Postgres {
        // As its own autovacuum would, sooner or later.
        db.execute_unprepared(&format!("VACUUM (ANALYZE) {}", past.table)).await?;
    }
    db.close().await
}

/// Waits until a database has everything on the disk, as its own checkpoints would have it sooner or later.
///
/// # Errors
/// When the database says no.
pub async fn rest(settings: &config::Database, data: &Path, service: &str) -> Result<(), DbErr> {
    let db = open(settings, data, service).await?;
    if db.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared("CHECKPOINT").await?;
    }
    db.close().await
}

async fn open(settings: &config::Database, data: &Path, service: &str) -> Result<DatabaseConnection, DbErr> {
    let url = settings.url.replace("{service}", service).replace("{data}", &data.to_string_lossy());
    database::connect(&url).await
}

async fn query(db: &DatabaseConnection, sql: String) -> Result<Vec<QueryResult>, DbErr> {
    db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await
}

/// A column: what it is called, and whether it holds text.
struct Held {
    name: String,
    is_text: bool,
}

async fn columns(db: &DatabaseConnection, table: &str) -> Result<Vec<Held>, DbErr> {
    let sql = if db.get_database_backend() == DbBackend::Sqlite {
        format!("SELECT name, type AS kind FROM pragma_table_info('{table}')")
    } else {
        format!(
            "SELECT column_name::text AS name, data_type::text AS kind FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = '{table}' ORDER BY ordinal_position"
        )
    };
    let rows = query(db, sql).await?;
    let held = |row: &QueryResult| {
        let kind: String = row.try_get("", "kind")?;
        let kind = kind.to_lowercase();
        Ok(Held { name: row.try_get("", "name")?, is_text: kind.contains("char") || kind.contains("text") })
    };
    rows.iter().map(held).collect()
}

/// A row that others are made like: where it is, and the ids in it.
#[derive(Debug)]
struct Pattern {
    place: String,
    ids: Vec<String>,
}

async fn patterns(db: &DatabaseConnection, table: &str, columns: &[Held]) -> Result<Vec<Pattern>, DbErr> {
    let keys: Vec<&str> = ["id", "message_id", "reaction", "name"]
        .into_iter()
        .filter(|key| columns.iter().any(|held| held.name == *key))
        .collect();
    let texts = columns.iter().filter(|held| held.is_text).map(|held| format!("COALESCE({}, '')", held.name));
    let words = texts.collect::<Vec<_>>().join(" || ' ' || ");
    let rows = query(db, format!("SELECT {}, {words} AS words FROM {table} LIMIT {PATTERNS}", keys.join(", "))).await?;
    let pattern = |row: &QueryResult| {
        let mut place = Vec::new();
        for key in &keys {
            place.push(format!("t.{key} = '{}'", row.try_get::<String>("", key)?));
        }
        Ok(Pattern { place: place.join(" AND "), ids: ids_in(&row.try_get::<String>("", "words")?) })
    };
    rows.iter().map(pattern).collect()
}

/// The ids in a text, each once, in the order in which they come.
fn ids_in(text: &str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for word in text.split(|char: char| !char.is_ascii_alphanumeric() && char != '_') {
        let is_id = word.split_once('_').is_some_and(|(kind, rest)| KINDS.contains(&kind) && rest.len() >= 8);
        if is_id && !ids.iter().any(|known| known == word) {
            ids.push(word.to_owned());
        }
    }
    ids
}

/// One statement that adds the rows of these numbers, all like one pattern.
fn insert(backend: DbBackend, past: Past<'_>, columns: &[Held], pattern: &Pattern, numbers: Range<u64>) -> String {
    let names = columns.iter().map(|held| held.name.as_str()).collect::<Vec<_>>().join(", ");
    let values = columns.iter().map(|held| value(past, held, pattern)).collect::<Vec<_>>().join(", ");
    let (own, whose) = (hexadecimal(backend, past.count), spread(backend));
    let (first, last, people, table) = (numbers.start, numbers.end - 1, past.people.max(1), past.table);
    format!(
        "WITH RECURSIVE s(i) AS (SELECT CAST({first} AS bigint) UNION ALL SELECT i + 1 FROM s WHERE i < {last}), \
         p(i, u) AS (SELECT i, i % {people} FROM s), \
         n(i, own, whose) AS MATERIALIZED (SELECT i, {own}, {whose} FROM p) \
         INSERT INTO {table} ({names}) SELECT {values} FROM n, {table} AS t WHERE {}",
        pattern.place
    )
}

fn value(past: Past<'_>, held: &Held, pattern: &Pattern) -> String {
    let name = &held.name;
    if past.cleared.contains(&name.as_str()) {
        return "NULL".to_owned();
    }
    if !held.is_text {
        let is_time = name == "at" || name.ends_with("_at");
        let step = PAST_MS / past.count.max(1);
        return if is_time { format!("t.{name} - ({} - n.i) * {step}", past.count) } else { format!("t.{name}") };
    }
    let mut value = format!("t.{name}");
    for (place, id) in pattern.ids.iter().enumerate() {
        value = format!("replace({value}, '{id}', {})", fresh(id, place));
    }
    value
}

/// An id of the same kind and length. Of those of one row that are of our own making, each begins at another place.
fn fresh(id: &str, place: usize) -> String {
    let (kind, rest) = id.split_once('_').unwrap_or((id, ""));
    // The id of an order or a message is as far from the others as their numbers are, so that they are added in their order.
    let (digits, turn) = match kind {
        "usr" => ("whose", place % 32),
        "ord" => ("own", 0),
        "msg" if place == 0 => ("own", 0),
        _ => ("own", 1 + place % 31),
    };
    let turned = if turn == 0 {
        format!("n.{digits}")
    } else {
        format!("substr(n.{digits}, {}) || substr(n.{digits}, 1, {turn})", turn + 1)
    };
    format!("'{kind}_' || substr({turned}, 1, {})", rest.len().min(32))
}

/// 32 hexadecimal digits that follow from `i`, in the order of `i`, and spread over all that there are.
fn hexadecimal(backend: DbBackend, count: u64) -> String {
    let first = eight(backend, &format!("(i * {})", DIGITS / count.max(1)));
    let others = FACTORS.map(|(factor, more)| eight(backend, &format!("((i * {factor} + {more}) % {DIGITS})")));
    format!("{first} || {}", others.join(" || "))
}

/// The same for whom it is about.
fn spread(backend: DbBackend) -> String {
    let all = FACTORS.map(|(factor, more)| eight(backend, &format!("((u * {factor} + {}) % {DIGITS})", more * 7)));
    format!("{} || {}", all.join(" || "), all[0])
}

/// Odd, so that no two numbers below 2³² have the same product modulo 2³².
const FACTORS: [(u64, u64); 3] =
    [(2_654_435_761, 97_531), (2_246_822_519, 1_640_531_527), (3_266_489_917, 668_265_263)];

fn eight(backend: DbBackend, number: &str) -> String {
    if backend == DbBackend::Sqlite {
        format!("printf('%08x', {number})")
    } else {
        format!("lpad(to_hex({number}), 8, '0')")
    }
}

/// Adds stories to the log, each like one that is there, message by message, with ids of its own; `told` hears how many messages
/// there are so far. Who reads the log finds them there: see [`acknowledge`].
///
/// # Errors
/// When the broker does not store them, or there is no story that others could be like.
pub async fn stories(bus: &Bus, count: u64, mut told: impl FnMut(u64)) -> Result<(), async_nats::Error> {
    let stories = patterns_of_stories(bus).await?;
    if stories.is_empty() {
        return Err("the log has no story that others could be like".into());
    }
    let messages = stories.iter().cycle().zip(0..).flat_map(|(story, number)| {
        let order_id: OrderId = MessageId::of_stored("past", number).derive("order");
        story.messages.iter().map(move |message| again(bus, story, message, &order_id.to_string(), number))
    });
    let messages = messages.take(usize::try_from(count).unwrap_or(usize::MAX));
    let mut under_way = futures::stream::iter(messages)
        .map(async |(subject, headers, payload)| {
            let stored = bus.jetstream().publish_with_headers(subject, headers, payload.into()).await?;
            stored.await.map(drop)
        })
        .buffer_unordered(WINDOW);
    let mut done = 0;
    while let Some(stored) = under_way.next().await {
        stored?;
        done += 1;
        told(done);
    }
    Ok(())
}

/// Everything that was said and asked about one order.
struct Story {
    order_id: String,
    messages: Vec<StreamMessage>,
}

async fn patterns_of_stories(bus: &Bus) -> Result<Vec<Story>, async_nats::Error> {
    let stream = bus.jetstream().get_stream(LOG).await?;
    let state = &stream.cached_info().state;
    let mut stories: Vec<Story> = Vec::new();
    for sequence in state.first_sequence..=state.last_sequence {
        let Ok(message) = stream.get_raw_message(sequence).await else { continue };
        let order_id = message.headers.get(envelope::CORRELATION).map(ToString::to_string).unwrap_or_default();
        if !order_id.starts_with("ord_") {
            continue;
        }
        let is_enough = stories.len() as u64 == PATTERNS;
        match stories.iter_mut().find(|story| story.order_id == order_id) {
            Some(story) => story.messages.push(message),
            None if is_enough => {}
            None => stories.push(Story { order_id, messages: vec![message] }),
        }
    }
    Ok(stories)
}

/// A message of a story, as the `number`-th story of its kind has it.
fn again(
    bus: &Bus,
    story: &Story,
    message: &StreamMessage,
    order_id: &str,
    number: u64,
) -> (String, HeaderMap, Vec<u8>) {
    let mut tokens: Vec<&str> = message.subject.split('.').collect();
    let partition = partition_of(order_id, bus.partitions).to_string();
    if tokens.last() == Some(&story.order_id.as_str()) {
        // What is about the order is in the order's partition.
        let (place, last) = (if tokens[0] == "intent" { 4 } else { 3 }, tokens.len() - 1);
        (tokens[place], tokens[last]) = (&partition, order_id);
    }
    let subject = tokens.join(".");
    let mut headers = HeaderMap::new();
    for (name, values) in message.headers.iter() {
        for value in values {
            headers.append(name.clone(), value.as_str().replace(&story.order_id, order_id));
        }
    }
    let id = MessageId::of_stored(&format!("past {number}"), message.sequence).to_string();
    headers.insert(async_nats::header::NATS_MESSAGE_ID, id.as_str());
    headers.insert(envelope::ID, id.as_str());
    let payload = String::from_utf8_lossy(&message.payload).replace(&story.order_id, order_id).into_bytes();
    (subject, headers, payload)
}

/// Has every service's consumer of the log stand where it would if its service had handled all that is there. Nobody may be reading.
///
/// # Errors
/// When the broker does not do it: one before 2.14 cannot.
pub async fn acknowledge(bus: &Bus) -> Result<(), async_nats::Error> {
    let stream = bus.jetstream().get_stream(LOG).await?;
    let last = stream.cached_info().state.last_sequence;
    let consumers: Vec<_> = stream.consumers().try_collect().await?;
    for consumer in consumers.into_iter().filter(|info| info.config.durable_name.is_some()) {
        stream.reset_consumer(&consumer.name, Some(last + 1)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn table() -> DatabaseConnection {
        let mut memory = sea_orm::ConnectOptions::new("sqlite::memory:");
        memory.max_connections(1);
        let db = sea_orm::Database::connect(memory).await.expect("SQLite");
        let create = "CREATE TABLE orders (id varchar PRIMARY KEY, version bigint NOT NULL, state text NOT NULL, \
             customer_id varchar NOT NULL, placed_at bigint NOT NULL, charge varchar, unconfirmed_since bigint)";
        db.execute_unprepared(create).await.expect("a table");
        let (order, customer) = ("ord_0198c2f6a1b37c3e8d5f6a7b8c9d0e1f", "usr_1198c2f6a1b37c3e8d5f6a7b8c9d0e1f");
        let row = format!(
            "INSERT INTO orders VALUES ('{order}', 7, '{{\"id\":\"{order}\",\"by\":\"{customer}\",\"charge\":\"ch_3ABCDEFGH\"}}', \
             '{customer}', 5000000000, 'ch_3ABCDEFGH', 12)"
        );
        db.execute_unprepared(&row).await.expect("a row");
        db
    }

    #[tokio::test]
    async fn rows_are_like_the_first_but_for_their_ids_and_times() {
        let db = table().await;
        let past =
            Past { service: "orders", table: "orders", cleared: &["unconfirmed_since"], count: 1_000, people: 10 };
        let columns = columns(&db, "orders").await.expect("columns");
        let patterns = patterns(&db, "orders", &columns).await.expect("a pattern");
        for numbers in [0..600, 600..1_000] {
            let sql = insert(DbBackend::Sqlite, past, &columns, &patterns[0], numbers);
            db.execute_unprepared(&sql).await.expect("rows");
        }
        let one = async |sql: &str| {
            let row = query(&db, sql.to_owned()).await.expect("an answer");
            row[0].try_get::<i64>("", "n").expect("a number")
        };
        assert_eq!(one("SELECT count(*) AS n FROM orders").await, 1_001);
        assert_eq!(one("SELECT count(DISTINCT customer_id) AS n FROM orders WHERE version = 7").await, 11);
        assert_eq!(one("SELECT count(DISTINCT charge) AS n FROM orders").await, 1_001);
        assert_eq!(one("SELECT count(*) AS n FROM orders WHERE unconfirmed_since IS NULL").await, 1_000);
        assert_eq!(one("SELECT count(DISTINCT placed_at) AS n FROM orders").await, 1_001);
        assert_eq!(one("SELECT count(DISTINCT length(state)) AS n FROM orders").await, 1);
        // What is in the columns is in the state.
        let agree = "SELECT count(*) AS n FROM orders WHERE state LIKE '%\"' || id || '\"%' AND state LIKE '%\"' || customer_id || '\"%' \
             AND state LIKE '%\"' || charge || '\"%' AND id GLOB 'ord_[0-9a-f]*' AND length(id) = 36";
        assert_eq!(one(agree).await, 1_001);
    }

    #[test]
    fn ids_are_found_wherever_they_stand() {
        let text = r#"{"order_id":"ord_0198c2f6a1b3","at":"msg_77777777.x","pm":"pm_card_visa","again":"ord_0198c2f6a1b3"} pi_12345678 "#;
        assert_eq!(ids_in(text), ["ord_0198c2f6a1b3", "msg_77777777", "pi_12345678"]);
    }
}
