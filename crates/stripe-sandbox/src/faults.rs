//! Faults that a test orders: calls that are slow, fail, or are done but not answered in time.

use poem::http::{Method, StatusCode};
use serde::{Deserialize, Deserializer};

/// The body of `PUT /sandbox/fault`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// Which calls; `*` stands for one segment: `/v1/payment_intents/*/capture`.
    path: String,
    /// Only calls with this method; all when absent.
    method: Option<String>,
    pub(crate) mode: Mode,
    /// How long `slow` waits before the work and `timeout_after` after it.
    #[serde(default)]
    pub(crate) ms: u64,
    /// How many calls it hits before it is over.
    #[serde(default = "once")]
    times: u32,
    /// What `fail` answers.
    #[serde(default = "internal_error", deserialize_with = "status")]
    pub(crate) status: StatusCode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// Waits, then does the work and answers. Meanwhile the idempotency key is in use.
    Slow,
    /// Does nothing and answers with an error that is not remembered under the idempotency key.
    Fail,
    /// Does the work, and answers so late that the caller has given up. The key already replays the answer.
    TimeoutAfter,
}

/// The faults in force, at most one per path.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn set(&mut self, fault: Fault) {
        self.0.retain(|other| other.path != fault.path);
        self.0.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault that hits this call, if any; it counts as one of its times.
    pub(crate) fn take(&mut self, method: &Method, path: &str) -> Option<Fault> {
        let fault = self.0.iter_mut().find(|fault| fault.times > 0 && fault.hits(method, path))?;
        fault.times -= 1;
        Some(fault.clone())
    }
}

impl Fault {
    fn hits(&self, method: &Method, path: &str) -> bool {
        let same_method = self.method.as_deref().is_none_or(|wanted| wanted == method.as_str());
        let same_length = self.path.split('/').count() == path.split('/').count();
        let same_path = self.path.split('/').zip(path.split('/')).all(|(wanted, is)| wanted == "*" || wanted == is);
        same_method && same_length && same_path
    }
}

fn once() -> u32 {
    1
}

fn internal_error() -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<StatusCode, D::Error> {
    StatusCode::from_u16(u16::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}
