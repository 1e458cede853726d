//! What a story leaves behind, in words that do not depend on when and where it was told: two tellings of one story can be
//! compared to the last message.
//!
//! Our own ids follow from idempotency keys and causes, so they are the same in every telling. Stripe's are not: an id that
//! was given under an idempotency key is called by that key, and any other by its kind alone. What an event of Stripe's or a
//! deadline sets off is called by what that says. Addresses lose their ports, and what happened by the machine's own clock its time.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use chassis::{Service, inspect};
use contracts::MessageId;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, JsonValue, Statement};
use serde_json::{Map, Value, json};

use crate::World;

/// A world that is recorded begins here, on a summer's morning in 2001: long before anything that happens by the machine's
/// own clock, which is Stripe's. What Stripe says is open until some time is still open.
pub(crate) const BEGINNING: Timestamp = Timestamp::constant(991_386_000, 0);
/// No story takes that long.
const A_YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);

/// How many messages one reaction says at most.
const SIBLINGS: usize = 8;

/// Where a world's record is to be put when it ends.
pub type Recorder = Arc<OnceLock<Record>>;

/// What there is in the end, by what it is: rows, messages, calls, each with how often it is there.
#[derive(Clone, Debug, Default)]
pub struct Record {
    lines: BTreeMap<String, usize>,
    /// How often a part's process died meanwhile.
    pub deaths: u64,
    /// The requests that Stripe got, as method and path, ids and all.
    pub requests: BTreeSet<(String, String)>,
}

impl Record {
    /// How much there is.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.values().sum()
    }

    /// Whether nothing happened.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// What is here and not there, as `+` lines, and the other way round, as `-` lines.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let count = |record: &Self, line: &String| record.lines.get(line).copied().unwrap_or_default();
        let lacks = |sign: &str, one: &Self, other: &Self| {
            let lines = one.lines.iter().filter(|(line, here)| **here > count(other, line));
            lines.map(|(line, here)| format!("{sign} {}x {line}", here - count(other, line))).collect::<Vec<_>>()
        };
        [lacks("-", other, self), lacks("+", self, other)].concat()
    }

    fn add(&mut self, sort: &str, what: &Value) {
        let line = format!("{sort} {what}");
        // Payments plans the day's reconciliation whenever it starts; how often that is depends on who died.
        if !line.contains("reconciliation") {
            *self.lines.entry(line).or_default() += 1;
        }
    }
}

/// Says what things are called.
struct Names {
    /// Ids of Stripe's that were given under an idempotency key.
    stripe: HashMap<String, String>,
    /// Ids of messages that an event of Stripe's or a deadline set off.
    messages: HashMap<String, String>,
}

impl Names {
    /// Names what was given under keys.
    fn of_effects(effects: &[Value]) -> Self {
        let mut stripe = HashMap::new();
        let nobody = Self { stripe: HashMap::new(), messages: HashMap::new() };
        let mut keyed: Vec<(String, &Value)> =
            effects.iter().map(|effect| (nobody.text(effect["key"].as_str().unwrap_or_default()), effect)).collect();
        keyed.sort_by(|(one, _), (other, _)| one.cmp(other));
        // What a call made is called by that call, before anything that only mentions it.
        for (key, effect) in &keyed {
            if let Some(id) = effect["answer"]["id"].as_str().filter(|id| random(id).is_some()) {
                stripe.entry(id.to_owned()).or_insert_with(|| format!("{}<{key}>", kind(id)));
            }
        }
        for (key, effect) in &keyed {
            mentioned(&effect["answer"], &mut |path, id| {
                stripe.entry(id.to_owned()).or_insert_with(|| format!("{}<{key}{path}>", kind(id)));
            });
        }
        Self { stripe, messages: HashMap::new() }
    }

    /// Names messages that an event of Stripe's or a deadline set off, and the event itself.
    fn name_messages(&mut self, log: &[inspect::Stored], services: &[Service]) {
        let reactions: Vec<&str> =
            services.iter().flat_map(|service| service.reactions().iter().map(|reaction| reaction.name)).collect();
        let mut told: HashMap<String, usize> = HashMap::new();
        for stored in log {
            if stored.subject.starts_with("timers.") {
                // Two deadlines of one order may come at the same moment; which is first is chance, and nobody's concern.
                let what = format!("<{} {}>", type_of(&stored.subject), self.value(&stored.body));
                self.messages.insert(stored.id.clone(), what);
            }
            if is_of_stripe(&stored.subject) {
                let what = format!("{} {}", type_of(&stored.subject), self.value(&stored.body));
                let count = told.entry(what.clone()).or_default();
                *count += 1;
                self.messages.insert(stored.id.clone(), format!("<{what} #{count}>"));
            }
            let (Some(name), Ok(id)) = (self.messages.get(&stored.id).cloned(), stored.id.parse::<MessageId>()) else {
                continue;
            };
            for reaction in &reactions {
                for n in 0..SIBLINGS {
                    let caused = id.caused(reaction, n);
                    let name = format!("{name}/{reaction}.{n}");
                    // It may be a deadline, which is not in the log; what it says is.
                    self.messages.insert(caused.caused("elapsed", 0).to_string(), format!("{name}/elapsed"));
                    self.messages.insert(caused.to_string(), name);
                }
            }
        }
    }

    fn message(&self, id: &str) -> String {
        self.messages.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.string(text),
            Value::Array(values) => values.iter().map(|value| self.value(value)).collect(),
            Value::Object(fields) => {
                let named = |(name, value): (&String, &Value)| match name.as_str() {
                    // Where a message lies in `PARKED`: which of two services gives up first is chance.
                    "sequence" => (name.clone(), "<some place>".into()),
                    _ => (self.text(name), self.value(value)),
                };
                Value::Object(fields.iter().map(named).collect::<Map<_, _>>())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    fn string(&self, text: &str) -> Value {
        if text.parse::<Timestamp>().is_ok_and(|at| at > BEGINNING + A_YEAR) {
            return "<some time>".into();
        }
        // What a journal or a table keeps as text.
        match serde_json::from_str::<Value>(text) {
            Ok(inner @ (Value::Object(_) | Value::Array(_))) => self.value(&inner),
            Ok(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | Err(_) => self.text(text).into(),
        }
    }

    /// Every word of it that is an id of Stripe's, by its name.
    fn text(&self, text: &str) -> String {
        let mut named = String::new();
        for word in text.split_inclusive(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_') {
            let end = word.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(word.len());
            named.push_str(&self.word(&word[..end]));
            named.push_str(&word[end..]);
        }
        without_ports(&named)
    }

    fn word(&self, word: &str) -> String {
        if let Some(name) = self.messages.get(word) {
            return name.clone();
        }
        let Some(end) = random(word) else { return word.to_owned() };
        let (id, rest) = word.split_at(end);
        let name = self.stripe.get(id).cloned().unwrap_or_else(|| format!("{}<?>", kind(id)));
        // A secret that goes with it.
        if rest.is_empty() { name } else { format!("{name}…") }
    }
}

/// Where the random part of an id of Stripe's ends: `pi_` and 32 hexadecimal digits, `seti_…`; ours are not random.
fn random(word: &str) -> Option<usize> {
    const OURS: [&str; 8] = ["ord", "usr", "opr", "fin", "ven", "sav", "msg", "sys"];
    const DIGITS: usize = 32;
    let kind = word.split('_').next()?;
    if OURS.contains(&kind) {
        return None;
    }
    let mut end = 0;
    for part in word.split('_') {
        end += part.len();
        if part.len() == DIGITS && part.bytes().all(|byte| byte.is_ascii_hexdigit()) && end > DIGITS {
            return Some(end);
        }
        end += 1;
    }
    None
}

fn kind(id: &str) -> &str {
    id.rsplit_once('_').map_or(id, |(kind, _)| kind)
}

/// A verdict as the journal keeps it, as text, but for what the entity looked like then.
fn without_view(verdict: &Value) -> Value {
    let mut verdict: Value = verdict.as_str().map_or(Value::Null, |text| serde_json::from_str(text).expect("JSON"));
    if let Some(fields) = verdict.as_object_mut() {
        fields.remove("view");
    }
    verdict
}

/// `http://127.0.0.1:8080/x` is `http://*/x`.
fn without_ports(text: &str) -> String {
    const HOSTS: [&str; 2] = ["127.0.0.1:", "127.0.0.1%3A"];
    let mut text = text.to_owned();
    for host in HOSTS {
        while let Some(at) = text.find(host) {
            let digits = text[at + host.len()..].bytes().take_while(u8::is_ascii_digit).count();
            text.replace_range(at..at + host.len() + digits, "*");
        }
    }
    text
}

/// Calls `found` with every id of Stripe's in it, and where it is.
fn mentioned(value: &Value, found: &mut impl FnMut(&str, &str)) {
    fn walk(path: &str, value: &Value, found: &mut impl FnMut(&str, &str)) {
        match value {
            Value::String(text) if random(text) == Some(text.len()) => found(path, text),
            Value::Array(values) => {
                for (n, value) in values.iter().enumerate() {
                    walk(&format!("{path}/{n}"), value, found);
                }
            }
            Value::Object(fields) => {
                for (name, value) in fields {
                    walk(&format!("{path}/{name}"), value, found);
                }
            }
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    walk("", value, found);
}

fn is_of_stripe(subject: &str) -> bool {
    subject.starts_with("intent.") && subject.split('.').nth(5) == Some("sys_stripe")
}

fn type_of(subject: &str) -> String {
    let tokens = if subject.starts_with("intent.") { 4 } else { 3 };
    subject.split('.').take(tokens).collect::<Vec<_>>().join(".")
}

impl World {
    /// What a service keeps of the entity of this id; null when there is none.
    pub async fn state(&self, service: &str, table: &str, id: &str) -> Value {
        let database = self.database(service).await;
        let found = rows(&database, &format!("SELECT state FROM {table} WHERE id = '{id}'")).await;
        database.close().await.expect("a closed connection");
        let state = found.first().and_then(|row| row["state"].as_str());
        state.map(|state| serde_json::from_str(state).expect("JSON")).unwrap_or_default()
    }

    /// What there is now: every entity and journal row of every service, the log, the deadlines that run, what was parked,
    /// what Stripe did under which key, Stripe's books, and the audit of every order.
    ///
    /// Left out, because they may differ: traces, which say how often something was tried, what only reads, and what an
    /// entity looked like when somebody was answered. Of two things that Stripe tells at one moment either is first, and the
    /// answer shows as much as was known by then; what the entity is in the end is compared.
    pub(crate) async fn record(&self, services: &[Service]) -> Record {
        let mut record = Record { deaths: self.deaths(), requests: self.requests().await, ..Record::default() };
        let effects = self.sandbox(Method::GET, "/sandbox/effects", None).await;
        let effects = effects.as_array().cloned().unwrap_or_default();
        let log = inspect::log(&self.bus).await.expect("the log");
        let mut names = Names::of_effects(&effects);
        names.name_messages(&log, services);
        for effect in &effects {
            let request = names.text(effect["request"].as_str().unwrap_or_default());
            let what = json!([names.text(effect["key"].as_str().unwrap_or_default()), request, effect["status"]]);
            record.add("stripe", &what);
        }
        for stored in &log {
            let body = names.value(&stored.body);
            let [id, cause] = [&stored.id, &stored.causation].map(|id| names.message(id));
            let at = stored.at.map(|at| at.to_string());
            record.add("log", &json!([id, names.text(&stored.subject), body, cause, stored.correlation, at]));
        }
        for stored in inspect::parked(&self.bus).await.expect("the parked messages") {
            record.add("parked", &json!([names.message(&stored.id), stored.subject, stored.reason]));
        }
        for (subject, due) in inspect::deadlines(&self.bus).await.expect("the deadlines") {
            record.add("deadline", &json!([subject, due.to_string()]));
        }
        for service in services {
            self.record_tables(service, &names, &mut record).await;
        }
        self.record_money(&names, &mut record).await;
        record
    }

    async fn requests(&self) -> BTreeSet<(String, String)> {
        let calls = self.sandbox(Method::GET, "/sandbox/calls", None).await;
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let calls = calls.as_array().expect("calls").iter();
        calls.map(|call| (text(&call["method"]), text(&call["path"]))).collect()
    }

    async fn record_tables(&self, service: &Service, names: &Names, record: &mut Record) {
        if service.reactions().is_empty() {
            return;
        }
        let database = self.database(service.name).await;
        for table in tables(&database).await {
            let rows = rows(&database, &format!("SELECT * FROM {table}")).await;
            for mut row in rows {
                if table == "journal" {
                    let fields = row.as_object_mut().expect("a row");
                    // The trace of whoever was first, and a sum over a payload that may name things of Stripe's.
                    fields.remove("traceparent");
                    fields.remove("fingerprint");
                    let id = names.message(row["message_id"].as_str().unwrap_or_default());
                    row["message_id"] = id.into();
                    row["verdict"] = without_view(&row["verdict"]);
                }
                record.add(&format!("{}.{table}", service.name), &names.value(&row));
            }
        }
        database.close().await.expect("a closed connection");
    }

    async fn record_money(&self, names: &Names, record: &mut Record) {
        let books = self.sandbox(Method::GET, "/sandbox/books", None).await;
        let fay = self.person("fay").await;
        for (order, book) in books.as_object().expect("books") {
            record.add("books", &json!([order, names.value(book)]));
            let audit = fay.get(&format!("/api/v1/ops/orders/{order}/audit")).await;
            record.add("audit", &json!([order, audit.status, names.value(&audit.body)]));
        }
    }
}

async fn tables(database: &impl ConnectionTrait) -> Vec<String> {
    let query = match database.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()"
        }
        DbBackend::Sqlite | DbBackend::MySql => "SELECT name FROM sqlite_master WHERE type = 'table'",
        other => panic!("{other:?} is no database of ours"),
    };
    let found = rows(database, query).await;
    let names = found.iter().filter_map(|row| row["name"].as_str()).map(str::to_owned);
    names.filter(|name| name != "seaql_migrations" && !name.starts_with("sqlite_")).collect()
}

async fn rows(database: &impl ConnectionTrait, query: &str) -> Vec<Value> {
    let statement = Statement::from_string(database.get_database_backend(), query);
    JsonValue::find_by_statement(statement).all(database).await.expect("rows")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "pi_0123456789abcdef0123456789abcdef";

    #[test]
    fn an_id_is_called_by_the_key_that_it_was_given_under() {
        let answer = json!({ "id": ID, "latest_charge": ID.replace("pi_", "ch_") });
        let names = Names::of_effects(&[json!({ "key": "k:hold", "answer": answer })]);
        assert_eq!(names.text(&format!("{ID}, {}", ID.replace("pi", "ch"))), "pi<k:hold>, ch<k:hold/latest_charge>");
        assert_eq!(names.text(&ID.replace("pi", "evt")), "evt<?>");
        assert_eq!(names.text(&format!("{ID}_secret_x")), "pi<k:hold>…");
        assert_eq!(names.text(&ID.replace("pi", "ord")), ID.replace("pi", "ord"));
        assert_eq!(names.text("acct_ready_ray at http://127.0.0.1:49152/x"), "acct_ready_ray at http://*/x");
    }

    #[test]
    fn where_a_parked_message_lies_is_not_compared() {
        let names = Names::of_effects(&[]);
        let parked = |sequence: u64| names.value(&json!({ "state": { "sequence": sequence, "redrives": 1 } }));
        assert_eq!(parked(1), parked(2));
        assert_eq!(parked(1)["state"]["redrives"], 1);
    }

    #[test]
    fn differences_are_told_both_ways() {
        let record = |lines: &[&str]| {
            let mut record = Record::default();
            lines.iter().for_each(|line| record.add("x", &json!(line)));
            record
        };
        assert!(record(&["a", "b"]).differences(&record(&["b", "a"])).is_empty());
        let told = record(&["a", "a", "c"]).differences(&record(&["a", "b"]));
        assert_eq!(told, [r#"- 1x x "b""#, r#"+ 1x x "a""#, r#"+ 1x x "c""#]);
    }
}
