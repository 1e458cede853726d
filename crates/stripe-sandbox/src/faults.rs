//! Faults that a test orders: calls that are slow, fail, or are done but not answered.
//!
//! `PUT /sandbox/fault {"path": "/v1/payment_intents/*/capture", "method": "POST", "mode": "timeout_after", "ms": 60000,
//! "times": 2}`. What a fault does to an idempotency key is what Stripe does to it: see each [`Mode`].

use poem::http::{Method, StatusCode};
use serde::{Deserialize, Deserializer};

/// The body of `PUT /sandbox/fault`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// Which calls; `*` stands for one segment, `**` at the end for all that follow: `/v1/payment_intents/*/capture`,
    /// `/v1/transfers/**`.
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
    /// What `fail` and `fail_after` answer.
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
    /// Does the work, and answers with an error all the same. The key already replays the right answer.
    FailAfter,
    /// Does the work, and answers so late that the caller has given up. The key already replays the answer.
    TimeoutAfter,
}

/// The faults in force, at most one per path and method.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn set(&mut self, fault: Fault) {
        self.0.retain(|other| (&other.path, &other.method) != (&fault.path, &fault.method));
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
        let (wanted, rest) = self.path.strip_suffix("/**").map_or((self.path.as_str(), false), |start| (start, true));
        let (wanted, path) = (wanted.split('/').collect::<Vec<_>>(), path.split('/').collect::<Vec<_>>());
        let long_enough = if rest { path.len() >= wanted.len() } else { path.len() == wanted.len() };
        let same_path = wanted.iter().zip(&path).all(|(wanted, is)| *wanted == "*" || wanted == is);
        same_method && long_enough && same_path
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

#[cfg(test)]
mod tests {
    use poem::http::Method;

    use super::Fault;

    #[test]
    fn a_fault_hits_its_method_and_path_and_with_two_stars_all_below() {
        let hits = |wanted: &str, path: &str| {
            let fault = serde_json::json!({ "path": wanted, "method": "POST", "mode": "fail" });
            let fault: Fault = serde_json::from_value(fault).expect("a fault");
            assert!(!fault.hits(&Method::GET, path));
            fault.hits(&Method::POST, path)
        };
        assert!(hits("/v1/transfers", "/v1/transfers"));
        assert!(!hits("/v1/transfers", "/v1/transfers/tr_1"));
        assert!(hits("/v1/transfers/*/reversals", "/v1/transfers/tr_1/reversals"));
        assert!(hits("/v1/transfers/**", "/v1/transfers") && hits("/v1/**", "/v1/transfers/tr_1/reversals"));
        assert!(!hits("/v1/transfers/**", "/v1/customers"));
    }
}
