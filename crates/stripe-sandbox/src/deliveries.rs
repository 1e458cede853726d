//! Deliveries: one event to one webhook endpoint, until it is taken or given up.
//!
//! As Stripe does (<https://docs.stripe.com/webhooks>): at least once, in no certain order, again after anything but a
//! 2xx. Stripe tries for three days with growing pauses; the sandbox tries often enough for an outage in a test.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::Error;
use crate::events::Event;
use crate::settings::Settings;
use crate::store::{Resource, Store, new_id};
use crate::webhook_endpoints::WebhookEndpoint;

const MOST_ATTEMPTS: u32 = 20;
const FIRST_PAUSE_MS: i64 = 1_000;
const LONGEST_PAUSE_MS: i64 = 60_000;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Delivery {
    id: String,
    attempts: u32,
    created: i64,
    /// When to try (again), in milliseconds since 1970 by the machine's clock.
    due_ms: i64,
    endpoint: String,
    /// Why the last attempt failed: `status 500`, `no answer: …`.
    error: Option<String>,
    event: String,
    state: State,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Pending,
    Delivered,
    GivenUp,
}

/// What is to be posted now.
#[derive(Debug)]
pub(crate) struct Post {
    pub(crate) delivery: String,
    pub(crate) url: String,
    pub(crate) secret: String,
    pub(crate) body: String,
    /// The time it is signed with, by the sandbox's clock: whoever checks it lives by the same.
    pub(crate) signed_at: i64,
    pub(crate) times: u32,
}

impl Resource for Delivery {
    const OBJECT: &'static str = "sandbox.delivery";
    const PREFIX: &'static str = "delivery_";

    fn id(&self) -> &str {
        &self.id
    }
}

/// Plans to tell everybody who wants to know of this event; returns to how many.
pub(crate) fn plan(store: &mut Store, event: &Event) -> usize {
    let endpoints: Vec<String> = store
        .all::<WebhookEndpoint>()
        .filter_map(|endpoint| WebhookEndpoint::deserialize(endpoint).ok())
        .filter(|endpoint| endpoint.wants(event))
        .map(|endpoint| endpoint.id)
        .collect();
    for endpoint in &endpoints {
        let delivery = Delivery {
            id: new_id(Delivery::PREFIX),
            attempts: 0,
            created: store.now,
            due_ms: 0,
            endpoint: endpoint.clone(),
            error: None,
            event: event.id().to_owned(),
            state: State::Pending,
            kind: event.kind.clone(),
        };
        keep(store, &delivery);
    }
    endpoints.len()
}

fn keep(store: &mut Store, delivery: &Delivery) {
    store.put(delivery);
    match delivery.state {
        State::Pending => {
            store.undelivered.insert((delivery.due_ms, delivery.id.clone()));
        }
        State::Delivered | State::GivenUp => {}
    }
}

/// Plans, after a restart, what was planned and not finished before it.
pub(crate) fn plan_again(store: &mut Store) {
    let pending: Vec<(i64, String)> = store
        .all::<Delivery>()
        .filter_map(|delivery| Delivery::deserialize(delivery).ok())
        .filter(|delivery| delivery.state == State::Pending)
        .map(|delivery| (delivery.due_ms, delivery.id))
        .collect();
    store.undelivered.extend(pending);
}

/// Tells an event once more, whatever became of it before.
pub(crate) fn resend(store: &mut Store, event: &str) -> Result<Value, Error> {
    let mut event: Event = store.find(event)?;
    let count = plan(store, &event);
    event.pending_webhooks += count;
    store.put(&event);
    Ok(json!({ "deliveries": count }))
}

/// Takes what is to be posted by now, at most `room` of it. [`finish`] says what became of each.
pub(crate) fn take(store: &mut Store, now_ms: i64, room: usize) -> Vec<Post> {
    let settings = Settings::of(store);
    let mut posts = Vec::new();
    while posts.len() < room && next_due_ms(store).is_some_and(|due_ms| due_ms <= now_ms) {
        let Some((_, id)) = store.undelivered.pop_first() else { break };
        match post(store, &id) {
            Some(post) => posts.push(Post { times: if settings.double { 2 } else { 1 }, ..post }),
            None => give_up(store, &id, "the endpoint or the event is gone"),
        }
    }
    posts
}

/// When there will be something to post; never while it is kept back.
pub(crate) fn next_due_ms(store: &Store) -> Option<i64> {
    let (due_ms, _) = store.undelivered.first()?;
    (!Settings::of(store).hold).then_some(*due_ms)
}

fn post(store: &Store, id: &str) -> Option<Post> {
    let delivery: Delivery = store.get(id)?;
    let endpoint: WebhookEndpoint = store.get(&delivery.endpoint)?;
    let event: Event = store.get(&delivery.event)?;
    Some(Post {
        delivery: delivery.id,
        url: endpoint.url,
        secret: endpoint.secret,
        body: event.to_wire().to_string(),
        signed_at: store.now,
        times: 1,
    })
}

fn give_up(store: &mut Store, id: &str, why: &str) {
    if let Some(delivery) = store.get::<Delivery>(id) {
        let delivery = Delivery { state: State::GivenUp, error: Some(why.to_owned()), ..delivery };
        untie(store, &delivery);
        keep(store, &delivery);
    }
}

/// Records one attempt: taken, or why not.
pub(crate) fn finish(store: &mut Store, id: &str, outcome: Result<(), String>, now_ms: i64) {
    let Some(mut delivery) = store.get::<Delivery>(id) else { return };
    delivery.attempts += 1;
    delivery.state = match &outcome {
        Ok(()) => State::Delivered,
        Err(_) if delivery.attempts >= MOST_ATTEMPTS => State::GivenUp,
        Err(_) => State::Pending,
    };
    delivery.error = outcome.err();
    delivery.due_ms = now_ms + pause_ms(delivery.attempts);
    if delivery.state != State::Pending {
        untie(store, &delivery);
    }
    keep(store, &delivery);
}

/// An event counts the deliveries it still waits for.
fn untie(store: &mut Store, delivery: &Delivery) {
    if let Some(mut event) = store.get::<Event>(&delivery.event) {
        event.pending_webhooks = event.pending_webhooks.saturating_sub(1);
        store.put(&event);
    }
}

/// The pause after this many attempts: a second, then twice as long each time, up to a minute.
fn pause_ms(attempts: u32) -> i64 {
    let doubled = 2_i64.saturating_pow(attempts.saturating_sub(1));
    FIRST_PAUSE_MS.saturating_mul(doubled).clamp(FIRST_PAUSE_MS, LONGEST_PAUSE_MS)
}

/// `GET /sandbox/deliveries`: all of them, newest first.
pub(crate) fn list(store: &Store) -> Value {
    let deliveries: Vec<&Value> = store.all::<Delivery>().collect();
    json!(deliveries)
}

/// How many are planned or under way.
pub(crate) fn pending_count(store: &Store) -> usize {
    store.all::<Delivery>().filter(|delivery| delivery["state"] == "pending").count()
}

/// Forgets a finished delivery, when its event is forgotten.
pub(crate) fn forget_of(store: &mut Store, event: &str) {
    let of_event = |delivery: &&Value| delivery["event"] == event;
    // The oldest event's deliveries are among the oldest.
    let old = store.all::<Delivery>().rev().take_while(of_event).filter_map(|delivery| delivery["id"].as_str());
    let old: Vec<String> = old.map(str::to_owned).collect();
    for id in old {
        store.forget(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::pause_ms;

    #[test]
    fn pauses_double_up_to_a_minute() {
        let pauses: Vec<i64> = [1, 2, 3, 6, 7, 20, 64, 200].into_iter().map(pause_ms).collect();
        assert_eq!(pauses, [1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000, 60_000]);
    }
}
