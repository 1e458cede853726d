//! A message on its way out, as the journal keeps it and as the broker gets it.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// One message to publish. Its id is not in it: it follows from the cause, the reaction and its place among its siblings.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Outgoing {
    pub(crate) subject: String,
    #[serde(rename = "type")]
    pub(crate) type_name: String,
    body: Body,
    /// Headers beyond the envelope: what a parked message came with.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) headers: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Body {
    Json(Box<RawValue>),
    /// Parked bytes need not be JSON, or even text.
    Base64(String),
}

impl Outgoing {
    pub(crate) fn typed(subject: String, type_name: String, body: Box<RawValue>) -> Self {
        Self { subject, type_name, body: Body::Json(body), headers: BTreeMap::new() }
    }

    pub(crate) fn bytes(subject: String, type_name: String, bytes: &[u8], headers: BTreeMap<String, String>) -> Self {
        Self { subject, type_name, body: Body::Base64(STANDARD.encode(bytes)), headers }
    }

    pub(crate) fn payload(&self) -> Vec<u8> {
        match &self.body {
            Body::Json(json) => json.get().as_bytes().to_vec(),
            Body::Base64(text) => STANDARD.decode(text).unwrap_or_default(),
        }
    }
}
