//! The judge: what the log, the calls at Stripe's and everybody's own logs say of a run, beside what `simulate` accounts for.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chassis::inspect::Stored;
use serde::Deserialize;

use crate::overtaking::repetitions;

/// An order is over once one of them is said.
const LAST: [&str; 2] = ["orders.completed", "orders.cancelled"];

/// A line of the sandbox's `GET /sandbox/calls`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Call {
    method: String,
    path: String,
    idempotency_key: Option<String>,
    status: u16,
}

/// Type without version, and key, of an event: `orders.placed` and `ord_…`.
fn event(stored: &Stored) -> Option<(String, &str)> {
    let tokens: Vec<&str> = stored.subject.split('.').collect();
    match tokens.as_slice() {
        ["intent", ..] => None,
        [owner, name, _version, _partition, key] => Some((format!("{owner}.{name}"), key)),
        _ => None,
    }
}

/// Orders that were promised and are not in the log, and the other way round; orders that ended more than once.
pub(crate) fn lost_or_made_up(log: &[Stored], promised: &[String]) -> Vec<String> {
    let promised: BTreeSet<&str> = promised.iter().map(String::as_str).collect();
    let mut placed: BTreeMap<&str, u32> = BTreeMap::new();
    let mut ends: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut ids = HashSet::new();
    // What stands in the log twice under one id happened once.
    let once = log.iter().filter(|stored| ids.insert(stored.id.as_str()));
    for (name, order_id) in once.filter_map(event) {
        if name == "orders.placed" {
            *placed.entry(order_id).or_default() += 1;
        }
        if LAST.contains(&name.as_str()) {
            ends.entry(order_id).or_default().push(name);
        }
    }
    let lost = promised.iter().filter(|order_id| !placed.contains_key(**order_id));
    let made_up = placed.keys().filter(|order_id| !promised.contains(**order_id));
    let twice = placed.iter().filter(|(_, times)| **times > 1);
    let ended = ends.iter().filter(|(_, ends)| ends.len() > 1);
    lost.map(|order_id| format!("{order_id} was promised and never placed"))
        .chain(made_up.map(|order_id| format!("{order_id} was placed and promised to nobody")))
        .chain(twice.map(|(order_id, times)| format!("{order_id} was placed {times} times")))
        .chain(ended.map(|(order_id, ends)| format!("{order_id} ended more than once: {}", ends.join(", "))))
        .collect()
}

/// Events that the log has twice ([`repetitions`]), and news that somebody was told twice for one reason.
pub(crate) fn said_twice(log: &[Stored]) -> Vec<String> {
    let (mut ids, mut told) = (HashSet::new(), HashSet::new());
    let mut twice = repetitions(log);
    for stored in log.iter().filter(|stored| ids.insert(stored.id.as_str())) {
        let Some((name, key)) = event(stored) else { continue };
        if name == "notifications.told" && !told.insert((&stored.causation, stored.body.to_string())) {
            twice.push(format!(
                "{key} was told twice of what {} caused, again at {}",
                stored.causation, stored.sequence
            ));
        }
    }
    twice
}

/// Changes at Stripe's that succeeded under more than one key, though they are one change of one order: the key is
/// `<order>:<operation>[:<of what>][:<n>]`, and `n` grows after a refusal only.
pub(crate) fn done_twice(calls: &[Call]) -> Vec<String> {
    let mut done: BTreeMap<(&str, String), BTreeSet<&str>> = BTreeMap::new();
    for call in calls.iter().filter(|call| call.method == "POST" && (200..300).contains(&call.status)) {
        let Some(key) = call.idempotency_key.as_deref().filter(|key| key.starts_with("ord_")) else { continue };
        let mut of: Vec<&str> = key.split(':').collect();
        if of.len() > 2 && of.last().is_some_and(|last| last.parse::<u64>().is_ok()) {
            of.pop();
        }
        let path = call.path.split('/').nth(2).unwrap_or_default();
        done.entry((path, of.join(":"))).or_default().insert(key);
    }
    let twice = done.into_iter().filter(|(_, keys)| keys.len() > 1);
    twice
        .map(|((_, what), keys)| {
            let order_id = what.split(':').next().unwrap_or_default();
            format!(
                "{order_id}: {what} was done at Stripe's under {} keys: {}",
                keys.len(),
                Vec::from_iter(keys).join(", ")
            )
        })
        .collect()
}

/// Whether a line of somebody's log is a finding whatever was done to them.
pub(crate) fn is_a_finding(line: &str) -> bool {
    let mut words = line.split_whitespace().skip(1);
    // The client of the broker's says so whenever it cannot connect.
    let ours = |target: &str| !target.starts_with("async_nats");
    (words.next() == Some("ERROR") && words.next().is_some_and(ours)) || line.contains("panicked at")
}

pub(crate) fn is_a_warning(line: &str) -> bool {
    line.split_whitespace().nth(1) == Some("WARN")
}

/// The orders that findings are about.
pub(crate) fn offenders(findings: &[String]) -> Vec<String> {
    let words =
        findings.iter().flat_map(|finding| finding.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-'));
    let orders: BTreeSet<&str> = words.filter(|word| word.starts_with("ord_") && *word != "ord_unknown").collect();
    orders.into_iter().map(str::to_owned).collect()
}

/// An order's part of the log in words: when, what, by whom, and what caused it.
pub(crate) fn told(story: &[Stored]) -> Vec<String> {
    let numbers: BTreeMap<&str, u64> = story.iter().map(|stored| (stored.id.as_str(), stored.sequence)).collect();
    let line = |stored: &Stored| {
        let tokens: Vec<&str> = stored.subject.split('.').collect();
        let what = match tokens.as_slice() {
            ["intent", owner, name, _version, _partition, by, ..] => format!("{by} asks for {owner}.{name}"),
            [owner, name, ..] => format!("{owner} says {owner}.{name}"),
            _ => stored.subject.clone(),
        };
        let cause = match (stored.causation.as_str(), numbers.get(stored.causation.as_str())) {
            ("", _) => String::new(),
            (_, Some(sequence)) => format!(", because of {sequence}"),
            (id, None) => format!(", because of {id}"),
        };
        let at = stored.at.map(|at| at.to_string()).unwrap_or_default();
        format!("{:>8}  {at:<30}  {what}{cause}", stored.sequence)
    };
    story.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn stored(sequence: u64, id: &str, subject: &str, causation: &str) -> Stored {
        Stored {
            sequence,
            subject: subject.to_owned(),
            id: id.to_owned(),
            causation: causation.to_owned(),
            correlation: String::new(),
            at: None,
            body: json!({ "to": "usr_1" }),
            reason: None,
            redriven_of: None,
        }
    }

    #[test]
    fn a_promise_that_is_not_kept_is_found() {
        let log = [stored(1, "a", "orders.placed.v1.3.ord_1", ""), stored(2, "b", "orders.placed.v1.4.ord_2", "")];
        let found = lost_or_made_up(&log, &["ord_1".to_owned(), "ord_3".to_owned()]);
        assert_eq!(found, ["ord_3 was promised and never placed", "ord_2 was placed and promised to nobody"]);
    }

    #[test]
    fn an_order_that_ends_twice_is_found() {
        let placed = stored(1, "a", "orders.placed.v1.3.ord_1", "");
        let ends =
            [stored(2, "b", "orders.completed.v1.3.ord_1", "x"), stored(3, "c", "orders.cancelled.v1.3.ord_1", "y")];
        let log = [vec![placed], ends.to_vec()].concat();
        let found = lost_or_made_up(&log, &["ord_1".to_owned()]);
        assert_eq!(found, ["ord_1 ended more than once: orders.completed, orders.cancelled"]);
    }

    #[test]
    fn what_is_said_twice_is_found() {
        let told = |sequence, id| stored(sequence, id, "notifications.told.v1.3.ord_1", "cause");
        let found = said_twice(&[told(3, "a"), told(4, "a"), told(5, "b")]);
        assert_eq!(found.len(), 2);
        assert!(found[0].ends_with("is a copy of 3"), "{found:?}");
        assert!(found[1].contains("told twice of what cause caused, again at 5"), "{found:?}");
    }

    #[test]
    fn what_follows_from_what_was_asked_again_is_not() {
        let asked = |sequence| stored(sequence, "i", "intent.orders.place.v1.3.usr_1.ord_1", "");
        let placed = |sequence| stored(sequence, "p", "orders.placed.v1.3.ord_1", "i");
        let paid = |sequence| stored(sequence, "q", "users.payer_resolved.v1.3.ord_1", "p");
        let log = [asked(1), placed(2), paid(3), asked(4), placed(5), paid(6)];
        assert_eq!(said_twice(&log), Vec::<String>::new());
        assert_eq!(lost_or_made_up(&log, &["ord_1".to_owned()]), Vec::<String>::new());
        let log = [asked(1), placed(2), placed(5), paid(6)];
        assert_eq!(said_twice(&log).len(), 1);
    }

    #[test]
    fn what_is_done_twice_under_two_keys_is_found() {
        let call = |key: &str, status| Call {
            method: "POST".to_owned(),
            path: "/v1/transfers".to_owned(),
            idempotency_key: Some(key.to_owned()),
            status,
        };
        let replayed = [call("ord_1:transfer:ch_1:0", 200), call("ord_1:transfer:ch_1:0", 200)];
        let refused = [call("ord_2:transfer:ch_2:0", 402), call("ord_2:transfer:ch_2:1", 200)];
        assert_eq!(done_twice(&[replayed, refused].concat()), Vec::<String>::new());
        let twice = [call("ord_3:transfer:ch_3:0", 200), call("ord_3:transfer:ch_3:1", 200)];
        let found = done_twice(&twice);
        assert!(found.len() == 1 && found[0].starts_with("ord_3: ord_3:transfer:ch_3 was done"), "{found:?}");
    }

    #[test]
    fn offenders_are_the_orders_in_the_findings() {
        let findings =
            ["story straight, order 3 (ord_1a): no answer".to_owned(), "the audit of ord_2: held".to_owned()];
        assert_eq!(offenders(&findings), ["ord_1a", "ord_2"]);
    }
}
