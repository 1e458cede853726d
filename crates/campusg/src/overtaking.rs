//! Whether the messages about one entity were handled in the order of the log, by every service: what a service says because
//! of an earlier message stands in the log before what it says because of a later one. The log is its own witness, so this
//! holds or not whatever happened to replicas, brokers and databases in between.

use std::collections::{HashMap, HashSet};

use chassis::Service;
use chassis::inspect::Stored;
use chassis::service::Reaction;
use contracts::Kind;

/// What one service has said about one key up to some place of the log.
struct Latest<'log> {
    /// The latest message of the log that it has reacted to.
    cause: &'log Stored,
    said: &'log Stored,
}

/// Every event that came too late, in words; nothing when all of them kept their order.
///
/// `log` is the log from its beginning, oldest first. Reactions about another entity than the message's key names (`on_by`)
/// are left out: they promise no order. So are second copies of an event (see [`repetitions`]): only the first one counts.
#[must_use]
pub fn overtakings(services: &[Service], log: &[Stored]) -> Vec<String> {
    let mut known: HashMap<&str, &Stored> = HashMap::new();
    let mut latest: HashMap<(&str, &str), Latest<'_>> = HashMap::new();
    let mut late = Vec::new();
    for said in log {
        // What is stored a second time keeps its first place: whoever reacts to it reacted to that one.
        let is_first = !known.contains_key(said.id.as_str());
        known.entry(&said.id).or_insert(said);
        let cause = known.get(said.causation.as_str()).copied();
        let (Some(cause), Some((Kind::Event, owner, _, _)), true) = (cause, parts(&said.subject), is_first) else {
            continue;
        };
        let Some((kind, by, name, key)) = parts(&cause.subject) else { continue };
        if !keeps_order(services, owner, kind, by, name) {
            continue;
        }
        let now = Latest { cause, said };
        match latest.get(&(owner, key)) {
            Some(before) if before.cause.sequence > cause.sequence => late.push(overtaken(owner, &now, before)),
            Some(_) | None => drop(latest.insert((owner, key), now)),
        }
    }
    late
}

/// Every event that the log holds more than once, in words. The broker drops copies within its window, publishers look for
/// older ones, and the journals of those who hear them notice all of them.
///
/// What is asked again under its id after the broker has forgotten the first time (two minutes) stands in the log twice, and so
/// may what follows from it, under the ids of the first time. That is no finding.
#[must_use]
pub fn repetitions(log: &[Stored]) -> Vec<String> {
    let mut first: HashMap<&str, u64> = HashMap::new();
    let mut asked_again: HashSet<&str> = HashSet::new();
    let mut repeated = Vec::new();
    for stored in log {
        let Some(before) = first.get(stored.id.as_str()) else {
            first.insert(&stored.id, stored.sequence);
            continue;
        };
        let is_asked = matches!(parts(&stored.subject), Some((Kind::Intent, ..)));
        if is_asked || asked_again.contains(stored.causation.as_str()) {
            asked_again.insert(&stored.id);
        } else {
            repeated.push(format!("{} {} is a copy of {before}", stored.sequence, stored.subject));
        }
    }
    repeated
}

fn keeps_order(services: &[Service], owner: &str, kind: Kind, by: &str, name: &str) -> bool {
    let is_it = |reaction: &&Reaction| {
        let message = format!("{}.v{}", reaction.message, reaction.version);
        reaction.kind == kind && reaction.owner == by && message == name
    };
    let service = services.iter().find(|service| service.name == owner);
    service.and_then(|service| service.reactions().iter().find(is_it)).is_some_and(|reaction| reaction.is_by_key)
}

fn overtaken(owner: &str, late: &Latest<'_>, before: &Latest<'_>) -> String {
    format!(
        "{} {} ({}): {owner} had reacted to {} {} before, and said {} {}",
        late.said.sequence,
        late.said.subject,
        late.cause.sequence,
        before.cause.sequence,
        before.cause.subject,
        before.said.sequence,
        before.said.subject
    )
}

/// Kind, owner, `name.version` and key of what a subject carries.
fn parts(subject: &str) -> Option<(Kind, &str, &str, &str)> {
    let (kind, rest) = match subject.strip_prefix("intent.") {
        Some(rest) => (Kind::Intent, rest),
        None => (Kind::Event, subject),
    };
    let (owner, rest) = rest.split_once('.')?;
    let end = rest.match_indices('.').nth(1)?.0;
    let (name, mut tokens) = (&rest[..end], rest[end + 1..].split('.'));
    // The partition stands before the key, and who asks between them.
    let key = if kind == Kind::Intent { tokens.nth(2) } else { tokens.nth(1) };
    Some((kind, owner, name, key?))
}

#[cfg(test)]
mod tests {
    use chassis::Config;

    use super::*;
    use crate::registry;

    fn stored(sequence: u64, subject: &str, id: &str, causation: &str) -> Stored {
        Stored {
            sequence,
            subject: subject.to_owned(),
            id: id.to_owned(),
            causation: causation.to_owned(),
            correlation: String::new(),
            at: None,
            body: serde_json::Value::Null,
            reason: None,
            redriven_of: None,
        }
    }

    /// A log of `(subject, id, cause)`, and how many events in it came too late.
    #[track_caller]
    fn check(log: &[(&str, &str, &str)], expected: usize) -> Vec<String> {
        let numbered = (1..).zip(log).map(|(sequence, (subject, id, cause))| stored(sequence, subject, id, cause));
        let services = registry::services(&Config::defaults()).expect("services");
        let late = overtakings(&services, &numbered.collect::<Vec<_>>());
        assert_eq!(late.len(), expected, "{late:#?}");
        late
    }

    const PLACE: (&str, &str, &str) = ("intent.orders.place.v1.3.usr_a.ord_1", "place", "");
    const CANCEL: (&str, &str, &str) = ("intent.orders.cancel.v1.3.usr_a.ord_1", "cancel", "");
    const PLACED: (&str, &str, &str) = ("orders.placed.v1.3.ord_1", "placed", "place");
    const CANCELLED: (&str, &str, &str) = ("orders.cancelled.v1.3.ord_1", "cancelled", "cancel");

    #[test]
    fn who_reacts_in_the_order_of_the_log_keeps_it() {
        check(&[PLACE, CANCEL, PLACED, CANCELLED], 0);
        check(&[PLACE, PLACED, CANCEL, CANCELLED], 0);
    }

    #[test]
    fn who_reacts_to_a_later_message_first_is_found() {
        let late = check(&[PLACE, CANCEL, CANCELLED, PLACED], 1);
        assert!(late[0].starts_with("4 orders.placed.v1.3.ord_1 (1): orders had reacted to 2"), "{late:?}");
    }

    #[test]
    fn every_late_event_is_told_and_nobody_is_blamed_for_coming_after_it() {
        let overdue = ("orders.overdue.v1.3.ord_1", "overdue", "cancel");
        check(&[PLACE, CANCEL, CANCELLED, PLACED, overdue], 1);
        check(&[PLACE, CANCEL, CANCELLED, PLACED, ("orders.placed.v1.3.ord_1", "again", "place")], 2);
    }

    #[test]
    fn a_message_that_is_stored_again_keeps_its_first_place() {
        // It was reacted to too late, however late its copy stands.
        let late = check(&[PLACE, CANCEL, CANCELLED, PLACE, PLACED], 1);
        assert!(late[0].starts_with("5 orders.placed.v1.3.ord_1 (1): orders had reacted to 2"), "{late:?}");
        // And nobody is late because of it.
        check(&[PLACE, PLACED, CANCEL, PLACE, CANCELLED], 0);
    }

    #[test]
    fn orders_and_services_do_not_wait_for_one_another() {
        // Another order, and another service: no order is promised between them.
        let other = ("intent.orders.place.v1.3.usr_a.ord_2", "other", "");
        let others = ("orders.placed.v1.3.ord_2", "placed-2", "other");
        check(&[PLACE, other, others, PLACED], 0);
        let told = ("notifications.told.v1.5.usr_a", "told", "cancelled");
        let released = ("payments.released.v1.3.ord_1", "released", "cancelled");
        check(&[PLACE, CANCEL, PLACED, CANCELLED, told, released], 0);
    }

    #[test]
    fn about_another_entity_than_the_key_no_order_is_promised() {
        // users reacts about the customer and about the runner: two people.
        let claim = ("orders.claimed.v1.3.ord_1", "claimed", "accept");
        let approved = ("users.runner_approved.v1.3.ord_1", "approved", "claimed");
        let payer = ("users.payer_resolved.v1.3.ord_1", "payer", "placed");
        check(&[PLACE, PLACED, claim, approved, payer], 0);
    }

    #[test]
    fn a_copy_is_told_as_a_copy_and_not_as_late() {
        let log = [PLACE, CANCEL, PLACED, CANCELLED, PLACED];
        check(&log, 0);
        let numbered = (1..).zip(log).map(|(sequence, (subject, id, cause))| stored(sequence, subject, id, cause));
        let copies = repetitions(&numbered.collect::<Vec<_>>());
        assert_eq!(copies, ["5 orders.placed.v1.3.ord_1 is a copy of 3"]);
    }
}
