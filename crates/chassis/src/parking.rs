//! Parking: a message that a reaction gave up on is kept whole, with the reason, for an operator.

use std::collections::BTreeMap;

use contracts::MessageId;

use crate::defects::{self, Defect};
use crate::outgoing::Outgoing;

pub(crate) const REASON: &str = "parked-reason";
pub(crate) const ATTEMPTS: &str = "parked-attempts";
pub(crate) const SUBJECT: &str = "parked-subject";
pub(crate) const SEQUENCE: &str = "parked-sequence";
pub(crate) const MESSAGE: &str = "parked-message-id";
const LEFT_OUT: &str = "parked-payload-left-out";

/// The largest payload that is published, in bytes: the broker's own limit (1 MiB, headers included) less room for headers.
pub(crate) const LARGEST: usize = 1_048_576 - 65_536;

/// A message as it came in, as far as parking needs it.
pub(crate) struct Whole<'a> {
    pub(crate) id: MessageId,
    pub(crate) subject: &'a str,
    pub(crate) stream: &'a str,
    pub(crate) sequence: u64,
    pub(crate) payload: &'a [u8],
    pub(crate) headers: Option<&'a async_nats::HeaderMap>,
}

/// What is published on `parked.<service>.<reaction>`: the original payload, the original headers but those that steer the
/// broker, and why.
pub(crate) fn parked(whole: &Whole<'_>, service: &str, reaction: &str, reason: &str, attempts: u32) -> Outgoing {
    let mut headers = original(whole.headers);
    // A header is one line.
    let reason: String = reason.chars().map(|c| if c.is_control() { ' ' } else { c }).take(1_000).collect();
    headers.insert(REASON.to_owned(), reason);
    headers.insert(ATTEMPTS.to_owned(), attempts.to_string());
    headers.insert(SUBJECT.to_owned(), whole.subject.to_owned());
    headers.insert(SEQUENCE.to_owned(), whole.sequence.to_string());
    headers.insert(MESSAGE.to_owned(), whole.id.to_string());
    // With the reason added, what just fitted may not fit any more; its sequence says where it is still to be read.
    let fits = whole.payload.len() <= LARGEST;
    if !fits {
        headers.insert(
            LEFT_OUT.to_owned(),
            format!("{} bytes, in {} at {}", whole.payload.len(), whole.stream, whole.sequence),
        );
    }
    let payload = if fits && !defects::has(Defect::ParkWithoutPayload) { whole.payload } else { &[] };
    Outgoing::bytes(format!("parked.{service}.{reaction}"), format!("parked.{service}"), payload, headers)
}

fn original(headers: Option<&async_nats::HeaderMap>) -> BTreeMap<String, String> {
    let Some(headers) = headers else { return BTreeMap::new() };
    headers
        .iter()
        .filter(|(name, _)| !name.to_string().starts_with("Nats-"))
        .filter_map(|(name, values)| Some((name.to_string(), values.first()?.to_string())))
        .collect()
}
