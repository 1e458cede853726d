//! Webhook endpoints: who is told about events, and with which secret.
//!
//! See <https://docs.stripe.com/api/webhook_endpoints>. One more endpoint is set from outside the API, for programs
//! that know their address only after the start; see `control.rs`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::Error;
use crate::events::{API_VERSION, Event};
use crate::form::Form;
use crate::store::{Resource, Store, new_id, wire};

/// The endpoint that is set by the options or by `PUT /sandbox/webhook`.
pub(crate) const SANDBOX_ENDPOINT: &str = "we_sandbox";

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct WebhookEndpoint {
    pub(crate) id: String,
    api_version: Option<String>,
    application: Option<String>,
    created: i64,
    description: Option<String>,
    enabled_events: Vec<String>,
    livemode: bool,
    metadata: BTreeMap<String, String>,
    pub(crate) secret: String,
    status: String,
    pub(crate) url: String,
    #[serde(rename = "sandbox_listens_to")]
    listens_to: ListensTo,
}

/// Whose events an endpoint is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ListensTo {
    Platform,
    ConnectedAccounts,
    Both,
}

impl Resource for WebhookEndpoint {
    const OBJECT: &'static str = "webhook_endpoint";
    const PREFIX: &'static str = "we_";

    fn id(&self) -> &str {
        &self.id
    }
}

impl WebhookEndpoint {
    pub(crate) fn wants(&self, event: &Event) -> bool {
        let right_side = match self.listens_to {
            ListensTo::Platform => !event.is_of_account(),
            ListensTo::ConnectedAccounts => event.is_of_account(),
            ListensTo::Both => true,
        };
        let right_type = self.enabled_events.iter().any(|kind| kind == "*" || *kind == event.kind);
        self.status == "enabled" && right_side && right_type
    }

    /// As the API shows it: the secret only when it is new.
    fn to_wire(&self, secret: Secret) -> Value {
        let mut value = wire(self);
        if let (Secret::Hidden, Some(fields)) = (secret, value.as_object_mut()) {
            fields.remove("secret");
        }
        value
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Secret {
    Shown,
    Hidden,
}

pub(crate) fn create(store: &mut Store, form: &Form) -> Result<Value, Error> {
    form.only(&["api_version", "connect", "description", "enabled_events", "metadata", "url"])?;
    let enabled_events: Vec<String> = form.list("enabled_events").into_iter().map(str::to_owned).collect();
    if enabled_events.is_empty() {
        return Err(Error::missing("enabled_events"));
    }
    let connect = form.flag("connect")?;
    let endpoint = WebhookEndpoint {
        description: form.text("description").map(str::to_owned),
        enabled_events,
        metadata: form.metadata()?,
        listens_to: if connect { ListensTo::ConnectedAccounts } else { ListensTo::Platform },
        ..new(store, new_id(WebhookEndpoint::PREFIX), form.required_url("url")?, None)
    };
    store.put(&endpoint);
    Ok(endpoint.to_wire(Secret::Shown))
}

fn new(store: &Store, id: String, url: &str, secret: Option<String>) -> WebhookEndpoint {
    WebhookEndpoint {
        id,
        api_version: Some(API_VERSION.to_owned()),
        application: None,
        created: store.now,
        description: None,
        enabled_events: vec!["*".to_owned()],
        livemode: false,
        metadata: BTreeMap::new(),
        secret: secret.unwrap_or_else(|| new_id("whsec_")),
        status: "enabled".to_owned(),
        url: url.to_owned(),
        listens_to: ListensTo::Both,
    }
}

/// Sets the endpoint that is told everything; without a secret it keeps the one it has, or gets a new one.
pub(crate) fn set_from_outside(store: &mut Store, url: &str, secret: Option<String>) -> Value {
    let before: Option<WebhookEndpoint> = store.get(SANDBOX_ENDPOINT);
    let secret = secret.or(before.map(|endpoint| endpoint.secret));
    let endpoint = new(store, SANDBOX_ENDPOINT.to_owned(), url, secret);
    store.put(&endpoint)
}

pub(crate) fn retrieve(store: &Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&[])?;
    Ok(store.find::<WebhookEndpoint>(id)?.to_wire(Secret::Hidden))
}

pub(crate) fn list(store: &Store, form: &Form) -> Result<Value, Error> {
    form.only(&["ending_before", "limit", "starting_after"])?;
    let page = store.page::<WebhookEndpoint>(form, &[])?;
    let endpoints = page.data.iter().filter_map(|endpoint| WebhookEndpoint::deserialize(*endpoint).ok());
    let data: Vec<Value> = endpoints.map(|endpoint| endpoint.to_wire(Secret::Hidden)).collect();
    Ok(json!({ "object": "list", "url": "/v1/webhook_endpoints", "has_more": page.has_more, "data": data }))
}

/// Ends an endpoint. What was still to be delivered there is given up when its time comes.
pub(crate) fn delete(store: &mut Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&[])?;
    store.find::<WebhookEndpoint>(id)?;
    Ok(store.delete::<WebhookEndpoint>(id))
}
