//! Streams and consumers as code: what there is to be, how it differs from what is there, and applying only what is safe.

use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::jetstream::consumer::{self, AckPolicy, DeliverPolicy, PriorityPolicy, ReplayPolicy, pull};
use async_nats::jetstream::stream;
use contracts::{Kind, subject_of};
use serde_json::Value;
use tracing::info;

use crate::bus::Bus;
use crate::config;
use crate::service::Service;

/// Everything that was asked and everything that happened.
pub const LOG: &str = "LOG";
/// Promises that are not due yet.
pub const TIMERS: &str = "TIMERS";
/// Messages that a reaction gave up on.
pub const PARKED: &str = "PARKED";

/// The stream that takes what is published on a subject.
pub(crate) fn stream_of(subject: &str) -> &'static str {
    let mut tokens = subject.split('.');
    match tokens.next() {
        Some("parked" | "settled") => PARKED,
        // With one token more it is the event that a deadline has elapsed.
        Some("timers") if tokens.count() == 3 => TIMERS,
        Some(_) | None => LOG,
    }
}
/// Says in the log's metadata by how many partitions its subjects were numbered.
const PARTITIONS: &str = "campusg.partitions";
/// The one priority group of every consumer: its replicas.
pub(crate) const REPLICAS_GROUP: &str = "replicas";

/// How long the log remembers; the journal remembers longer.
pub(crate) const LOG_AGE: Duration = Duration::from_secs(30 * 24 * 3600);
/// Deadlines of one class that are in flight; the rest wait in the stream at no cost (jetstream.md 1.4).
pub(crate) const DEADLINE_WINDOW: i64 = 256;
const DEADLINE_ACK_WAIT: Duration = Duration::from_secs(5);

/// The streams.
#[must_use]
pub fn streams(replicas: usize, partitions: u16, duplicate_window: Duration) -> Vec<stream::Config> {
    let base = |name: &str, description: &str, subjects: &[&str]| stream::Config {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        subjects: subjects.iter().map(|subject| (*subject).to_owned()).collect(),
        storage: stream::StorageType::File,
        num_replicas: replicas,
        discard: stream::DiscardPolicy::New,
        max_bytes: -1,
        max_messages: -1,
        max_messages_per_subject: -1,
        max_consumers: -1,
        duplicate_window,
        deny_delete: true,
        allow_direct: true,
        ..Default::default()
    };
    let mut owners: Vec<&str> =
        contracts::catalogue::all().iter().filter(|e| e.kind == Kind::Event).map(|e| e.owner).collect();
    owners.sort_unstable();
    owners.dedup();
    let mut log: Vec<String> = owners.iter().map(|owner| format!("{owner}.*.*.*.*")).collect();
    log.push("intent.*.*.*.*.*.*".to_owned());
    let log: Vec<&str> = log.iter().map(String::as_str).collect();
    vec![
        stream::Config {
            retention: stream::RetentionPolicy::Limits,
            max_age: LOG_AGE,
            deny_purge: true,
            // With another number, what is stored would wait for consumers that nobody reads: a migration, never a restart.
            metadata: [(PARTITIONS.to_owned(), partitions.to_string())].into(),
            ..base(LOG, "Everything that was asked and everything that happened, in one order", &log)
        },
        stream::Config {
            // A deadline that has fired is no longer needed.
            retention: stream::RetentionPolicy::WorkQueue,
            deny_delete: false,
            ..base(TIMERS, "Promises that are not due yet", &["timers.*.*.*"])
        },
        stream::Config {
            retention: stream::RetentionPolicy::Limits,
            deny_delete: false,
            ..base(
                PARKED,
                "Messages that a reaction gave up on, whole, with the reason, and receipts for those put back",
                &["parked.*.*", "settled.*.*"],
            )
        },
    ]
}

/// A durable consumer and the stream it reads.
#[derive(Clone, Debug)]
pub struct Durable {
    /// The stream's name.
    pub stream: &'static str,
    /// As the server takes it.
    pub config: pull::Config,
}

/// The durable consumers of a service: one per partition of the log, one per class of deadlines, and one for whoever is told
/// of parked messages.
#[must_use]
pub fn consumers(service: &Service, partitions: u16, dispatcher: &config::Dispatcher) -> Vec<Durable> {
    let mut durables = Vec::new();
    if !service.reactions.is_empty() {
        durables.extend((0..partitions).map(|partition| Durable {
            stream: LOG,
            config: pull::Config {
                description: Some(format!("{}, partition {partition} of {partitions}", service.name)),
                filter_subjects: service.reactions.iter().map(|r| r.filter(&partition.to_string())).collect(),
                ack_wait: dispatcher.ack_wait(),
                max_ack_pending: dispatcher.window,
                // Best-ranked live replica first, so that a partition has one reader and moves at once when it dies.
                priority_policy: PriorityPolicy::Prioritized,
                priority_groups: vec![REPLICAS_GROUP.to_owned()],
                ..durable(&log_consumer(service.name, partition))
            },
        }));
    }
    durables.extend(service.classes.iter().map(|class| Durable {
        stream: TIMERS,
        config: pull::Config {
            description: Some(format!("Deadlines of the class {}, oldest first", class.name)),
            filter_subject: subject_of(Kind::Deadline, "timers", class.name, class.version, "*"),
            ack_wait: DEADLINE_ACK_WAIT,
            max_ack_pending: DEADLINE_WINDOW,
            ..durable(&deadline_consumer(class.name))
        },
    }));
    if service.told_of_parked {
        durables.push(Durable {
            stream: PARKED,
            config: pull::Config {
                description: Some(format!("Tells {} of parked messages and of receipts, one by one", service.name)),
                ack_wait: dispatcher.ack_wait(),
                max_ack_pending: 1,
                ..durable(&parked_consumer(service.name))
            },
        });
    }
    durables
}

/// No `backoff`: it distorts delayed redelivery (jetstream.md 1.1). Retries are the dispatcher's.
fn durable(name: &str) -> pull::Config {
    pull::Config {
        durable_name: Some(name.to_owned()),
        name: Some(name.to_owned()),
        deliver_policy: DeliverPolicy::All,
        ack_policy: AckPolicy::Explicit,
        replay_policy: ReplayPolicy::Instant,
        max_deliver: -1,
        max_waiting: 512,
        ..Default::default()
    }
}

/// Exactly what `nats stream add --config` and `nats consumer add --config` take, as `(path, JSON)`: `stream/LOG.json`,
/// `consumer/orders-3.json`.
#[must_use]
pub fn files(services: &[Service], nats: &config::Nats, dispatcher: &config::Dispatcher) -> Vec<(String, Value)> {
    let streams = streams(nats.replicas, nats.partitions, nats.duplicate_window());
    let streams = streams.iter().map(|stream| (format!("stream/{}.json", stream.name), given(&to_value(stream))));
    let durables = services.iter().flat_map(|service| consumers(service, nats.partitions, dispatcher));
    let durables = durables.map(|durable| {
        let name = durable.config.durable_name.clone().unwrap_or_default();
        (format!("consumer/{name}.json"), given(&to_value(&durable.config)))
    });
    streams.chain(durables).collect()
}

/// Without the settings that say nothing: the server takes no null for a limit.
fn given(config: &Value) -> Value {
    let settings = config.as_object().into_iter().flatten();
    settings.filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.clone(), value.clone())).collect()
}

pub(crate) fn log_consumer(service: &str, partition: u16) -> String {
    format!("{service}-{partition}")
}

pub(crate) fn deadline_consumer(class: &str) -> String {
    format!("timers-{class}")
}

pub(crate) fn parked_consumer(service: &str) -> String {
    format!("{service}-parked")
}

/// One way in which the broker's configuration differs from the declared one.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// `stream LOG` or `consumer orders-3`.
    pub of: String,
    /// The setting, or `*` when the whole thing is missing.
    pub setting: String,
    /// What the broker has.
    pub there: Value,
    /// What is declared.
    pub declared: Value,
    /// Whether messages or redelivery state could be lost by changing it.
    pub destructive: bool,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mark = if self.destructive { "DESTRUCTIVE " } else { "" };
        if self.setting == "*" {
            return write!(f, "{mark}{} is missing", self.of);
        }
        write!(f, "{mark}{}: {} is {}, declared {}", self.of, self.setting, self.there, self.declared)
    }
}

/// Why streams and consumers were not applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// Something would be lost. Nothing was changed.
    #[error("refused, because messages or redelivery state could be lost:\n{}", lines(.0))]
    Destructive(Vec<Difference>),
    /// The broker did not do it.
    #[error("the broker refused {0}")]
    Broker(String, #[source] async_nats::Error),
}

fn lines(differences: &[Difference]) -> String {
    differences.iter().map(|difference| format!("  {difference}")).collect::<Vec<_>>().join("\n")
}

/// How the broker's streams and consumers differ from what these services declare.
///
/// # Errors
/// When the broker does not answer.
pub async fn diff(
    bus: &Bus,
    services: &[Service],
    dispatcher: &config::Dispatcher,
) -> Result<Vec<Difference>, ApplyError> {
    let mut differences = Vec::new();
    for wanted in streams(bus.replicas, bus.partitions, bus.duplicate_window) {
        let there = match bus.jetstream().get_stream(&wanted.name).await {
            Ok(stream) => Some(to_value(&stream.cached_info().config)),
            Err(error) if is_missing(&error) => None,
            Err(error) => return Err(ApplyError::Broker(wanted.name, Box::new(error))),
        };
        differences.extend(compare(&format!("stream {}", wanted.name), there.as_ref(), &to_value(&wanted)));
    }
    for durable in services.iter().flat_map(|service| consumers(service, bus.partitions, dispatcher)) {
        let name = durable.config.durable_name.clone().unwrap_or_default();
        let there = current_consumer(bus, &durable).await?;
        let of = format!("consumer {name}");
        let config = there.as_ref().map(|there| to_value(&there.config));
        let is_idle = there.is_some_and(|there| there.num_pending == 0 && there.num_ack_pending == 0);
        differences.extend(compare(&of, config.as_ref(), &to_value(&durable.config)).into_iter().map(|difference| {
            // Whoever has handled all that they were to hear misses nothing when they listen to something else from now on.
            let loses_nothing = is_idle && difference.setting == "filter_subjects";
            Difference { destructive: difference.destructive && !loses_nothing, ..difference }
        }));
    }
    Ok(differences)
}

async fn current_consumer(bus: &Bus, durable: &Durable) -> Result<Option<consumer::Info>, ApplyError> {
    use async_nats::jetstream::consumer::Config;
    use async_nats::jetstream::stream::ConsumerErrorKind;
    let name = durable.config.durable_name.clone().unwrap_or_default();
    match bus.jetstream().get_consumer_from_stream::<Config, _, _>(name.as_str(), durable.stream).await {
        Ok(consumer) => Ok(Some(consumer.cached_info().clone())),
        Err(error) if matches!(error.kind(), ConsumerErrorKind::JetStream(error) if error.code() == 404) => Ok(None),
        Err(error) => Err(ApplyError::Broker(name, Box::new(error))),
    }
}

fn is_missing(error: &async_nats::jetstream::context::GetStreamError) -> bool {
    use async_nats::jetstream::context::GetStreamErrorKind;
    matches!(error.kind(), GetStreamErrorKind::JetStream(error) if error.code() == 404)
}

/// Creates and changes what differs, unless something would be lost: then nothing is done.
///
/// # Errors
/// When something would be lost, or the broker does not answer.
pub async fn apply(bus: &Bus, services: &[Service], dispatcher: &config::Dispatcher) -> Result<(), ApplyError> {
    let differences = diff(bus, services, dispatcher).await?;
    let (lossy, safe): (Vec<_>, Vec<_>) = differences.into_iter().partition(|difference| difference.destructive);
    if !lossy.is_empty() {
        return Err(ApplyError::Destructive(lossy));
    }
    let touched = |of: String| safe.iter().any(|difference| difference.of == of);
    for wanted in streams(bus.replicas, bus.partitions, bus.duplicate_window) {
        if touched(format!("stream {}", wanted.name)) {
            let applied = bus.jetstream().create_or_update_stream(wanted.clone()).await;
            applied.map_err(|error| ApplyError::Broker(wanted.name.clone(), Box::new(error)))?;
            info!(stream = wanted.name, "stream applied");
        }
    }
    for durable in services.iter().flat_map(|service| consumers(service, bus.partitions, dispatcher)) {
        let name = durable.config.durable_name.clone().unwrap_or_default();
        if touched(format!("consumer {name}")) {
            let applied = bus.jetstream().create_consumer_on_stream(durable.config, durable.stream).await;
            applied.map_err(|error| ApplyError::Broker(name, Box::new(error)))?;
        }
    }
    Ok(())
}

fn to_value(config: &impl serde::Serialize) -> Value {
    serde_json::to_value(config).unwrap_or_default()
}

/// Settings by which nothing can be lost when they change.
const HARMLESS: [&str; 6] =
    ["description", "num_replicas", "max_ack_pending", "max_waiting", "duplicate_window", "allow_direct"];
/// Limits: raising them is harmless, -1 is no limit; lowering them deletes messages.
const LIMITS: [&str; 4] = ["max_age", "max_bytes", "max_msgs", "max_msgs_per_subject"];

/// Compares what is declared, and nothing else: the server adds defaults of its own.
fn compare(of: &str, there: Option<&Value>, declared: &Value) -> Vec<Difference> {
    let Some(there) = there else {
        return vec![Difference {
            of: of.to_owned(),
            setting: "*".to_owned(),
            there: Value::Null,
            declared: declared.clone(),
            destructive: false,
        }];
    };
    let declared: BTreeMap<String, Value> = serde_json::from_value(declared.clone()).unwrap_or_default();
    declared
        .into_iter()
        .filter(|(setting, _)| setting != "consumer_limits")
        .filter_map(|(setting, declared)| {
            let mut there = there.get(&setting).cloned().unwrap_or(Value::Null);
            if setting == "metadata" {
                there = only(&there, &declared);
            }
            (there != declared).then(|| Difference {
                of: of.to_owned(),
                destructive: is_destructive(&setting, &there, &declared),
                setting,
                there,
                declared,
            })
        })
        .collect()
}

/// Those of a map's entries that are declared: the server adds some of its own.
fn only(there: &Value, declared: &Value) -> Value {
    let declared = declared.as_object().cloned().unwrap_or_default();
    let kept = there.as_object().into_iter().flatten().filter(|(name, _)| declared.contains_key(*name));
    Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
}

fn is_destructive(setting: &str, there: &Value, declared: &Value) -> bool {
    if setting == "metadata" {
        return there.get(PARTITIONS).is_some() && there.get(PARTITIONS) != declared.get(PARTITIONS);
    }
    if HARMLESS.contains(&setting) {
        return false;
    }
    if LIMITS.contains(&setting) {
        let unlimited = |value: &Value| value.as_i64().is_none_or(|limit| limit <= 0);
        return !unlimited(declared) && (unlimited(there) || declared.as_i64() < there.as_i64());
    }
    if matches!(setting, "subjects" | "filter_subjects") {
        let declared: Vec<&Value> = declared.as_array().into_iter().flatten().collect();
        return there.as_array().into_iter().flatten().any(|subject| !declared.contains(&subject));
    }
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_subject_says_which_stream_takes_it() {
        let streams = [
            ("parked.orders.unreadable", PARKED),
            ("settled.orders.place", PARKED),
            ("timers.acceptance.v1.ord_1", TIMERS),
            ("timers.acceptance_elapsed.v1.3.ord_1", LOG),
            ("intent.orders.place.v1.3.usr_1.ord_1", LOG),
            ("orders.placed.v1.3.ord_1", LOG),
        ];
        for (subject, stream) in streams {
            assert_eq!(stream_of(subject), stream, "{subject}");
        }
    }

    #[track_caller]
    fn check(there: Value, declared: Value, expected: &[(&str, bool)]) {
        let found = compare("stream LOG", Some(&there), &declared);
        let found: Vec<_> = found.iter().map(|d| (d.setting.as_str(), d.destructive)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_the_server_adds_is_no_difference() {
        check(json!({ "max_age": 5, "first_seq": 1 }), json!({ "max_age": 5 }), &[]);
    }

    #[test]
    fn raising_a_limit_is_harmless_and_lowering_it_is_not() {
        check(json!({ "max_age": 5 }), json!({ "max_age": 6 }), &[("max_age", false)]);
        check(json!({ "max_age": 5 }), json!({ "max_age": 0 }), &[("max_age", false)]);
        check(json!({ "max_age": 5 }), json!({ "max_age": 4 }), &[("max_age", true)]);
        check(json!({ "max_msgs": -1 }), json!({ "max_msgs": 4 }), &[("max_msgs", true)]);
    }

    #[test]
    fn adding_a_subject_is_harmless_and_removing_one_is_not() {
        check(json!({ "subjects": ["a"] }), json!({ "subjects": ["a", "b"] }), &[("subjects", false)]);
        check(json!({ "subjects": ["a", "b"] }), json!({ "subjects": ["a"] }), &[("subjects", true)]);
    }

    #[test]
    fn another_number_of_partitions_is_destructive_and_the_servers_own_metadata_is_no_difference() {
        let there =
            |partitions: &str| json!({ "metadata": { "campusg.partitions": partitions, "_nats.ver": "2.15.1" } });
        let declared = json!({ "metadata": { "campusg.partitions": "16" } });
        check(there("16"), declared.clone(), &[]);
        check(there("8"), declared.clone(), &[("metadata", true)]);
        check(json!({ "metadata": {} }), declared, &[("metadata", false)]);
    }

    #[test]
    fn anything_not_known_to_be_harmless_is_destructive() {
        check(json!({ "retention": "limits" }), json!({ "retention": "interest" }), &[("retention", true)]);
        check(json!({ "ack_wait": 5 }), json!({ "ack_wait": 6 }), &[("ack_wait", true)]);
    }
}
