//! Events: everything that happened, as webhooks tell it and `GET /v1/events` lists it.
//!
//! See <https://docs.stripe.com/api/events>. An event holds its object as it was at that moment.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::deliveries;
use crate::error::Error;
use crate::form::Form;
use crate::store::{Resource, Store, hide_own_fields, new_id, wire};

/// The version whose shapes the sandbox answers with; async-stripe names the same.
pub(crate) const API_VERSION: &str = "2026-09-30.endive";

/// Stripe lists a month of events; the sandbox as many as fit a test, so that a load test does not fill the memory.
const KEPT: usize = 20_000;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Event {
    id: String,
    /// The connected account it happened at; absent for the platform's own.
    account: Option<String>,
    api_version: String,
    created: i64,
    /// The JSON of `data` as text: a tenth of what the parsed one takes.
    data: String,
    livemode: bool,
    pub(crate) pending_webhooks: usize,
    request: Value,
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

impl Resource for Event {
    const OBJECT: &'static str = "event";
    const PREFIX: &'static str = "evt_";

    fn id(&self) -> &str {
        &self.id
    }
}

impl Event {
    /// Whether it happened at a connected account.
    pub(crate) fn is_of_account(&self) -> bool {
        self.account.is_some()
    }

    /// The event as Stripe sends it.
    pub(crate) fn to_wire(&self) -> Value {
        let mut value = wire(self);
        value["data"] = serde_json::from_str(&self.data).unwrap_or_default();
        if let (None, Some(fields)) = (&self.account, value.as_object_mut()) {
            fields.remove("account");
        }
        value
    }
}

/// Records that `kind` happened to `object`, and plans to tell whoever asked to be told.
pub(crate) fn emit(store: &mut Store, kind: &str, object: &Value) {
    record(store, kind, object, json!({ "object": object }));
}

/// As [`emit`], with what the changed fields were before.
pub(crate) fn emit_change(store: &mut Store, kind: &str, before: &Value, object: &Value) {
    let is_changed = |(name, value): &(&String, &Value)| object[name.as_str()] != **value;
    let previous: Map<String, Value> = before
        .as_object()
        .into_iter()
        .flatten()
        .filter(is_changed)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    record(store, kind, object, json!({ "object": object, "previous_attributes": previous }));
}

fn record(store: &mut Store, kind: &str, object: &Value, mut data: Value) {
    hide_own_fields(&mut data);
    let is_account = object["object"] == "account";
    let mut event = Event {
        id: new_id(Event::PREFIX),
        account: object["id"].as_str().filter(|_| is_account).map(str::to_owned),
        api_version: API_VERSION.to_owned(),
        created: store.now,
        data: data.to_string(),
        livemode: false,
        pending_webhooks: 0,
        request: json!({ "id": store.cause.request_id, "idempotency_key": store.cause.idempotency_key }),
        kind: kind.to_owned(),
    };
    event.pending_webhooks = deliveries::plan(store, &event);
    store.put(&event);
    forget_old(store);
}

/// Forgets the oldest event beyond those kept, if it was told.
fn forget_old(store: &mut Store) {
    store.events += 1;
    if store.events <= KEPT {
        return;
    }
    let oldest = store.all::<Event>().next_back();
    let told = oldest.filter(|event| event["pending_webhooks"] == 0).and_then(|event| event["id"].as_str());
    if let Some(id) = told.map(str::to_owned) {
        deliveries::forget_of(store, &id);
        store.forget(&id);
        store.events -= 1;
    }
}

pub(crate) fn retrieve(store: &Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&[])?;
    Ok(store.find::<Event>(id)?.to_wire())
}

pub(crate) fn list(store: &Store, form: &Form) -> Result<Value, Error> {
    form.only(&["created", "ending_before", "limit", "starting_after", "type", "types"])?;
    let types = form.list("types");
    let page = store.page_where::<Event>(form, &["type"], |event| {
        types.is_empty() || event["type"].as_str().is_some_and(|kind| types.contains(&kind))
    })?;
    let data: Vec<Value> =
        page.data.iter().filter_map(|event| Event::deserialize(*event).ok()).map(|event| event.to_wire()).collect();
    Ok(json!({ "object": "list", "url": "/v1/events", "has_more": page.has_more, "data": data }))
}

/// Counts the events after a restart, and forgets again what was forgotten before it.
pub(crate) fn recount(store: &mut Store) {
    store.events = store.all::<Event>().count();
    let too_many = store.events.saturating_sub(KEPT);
    let oldest = store.all::<Event>().rev().take(too_many);
    let told = oldest.filter(|event| event["pending_webhooks"] == 0).filter_map(|event| event["id"].as_str());
    let told: Vec<String> = told.map(str::to_owned).collect();
    for id in told {
        deliveries::forget_of(store, &id);
        store.forget(&id);
        store.events -= 1;
    }
}
