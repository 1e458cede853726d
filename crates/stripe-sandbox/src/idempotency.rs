//! Idempotency keys: the same request again gets the first one's answer.
//!
//! As Stripe does: <https://docs.stripe.com/api/idempotent_requests>. Refusals that came from executing the call are
//! remembered too, refused parameters are not, and a key is forgotten after a day.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::journal::Entry;

const SECONDS_KEPT: i64 = 24 * 60 * 60;
const LONGEST_KEY: usize = 255;

/// An answer that was given under a key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub(crate) key: String,
    pub(crate) fingerprint: String,
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) request_id: String,
    /// Seconds since 1970.
    pub(crate) at: i64,
}

/// What to do with a request that has a key.
#[derive(Debug)]
pub(crate) enum Begun {
    /// The key is new and now marked as in use; [`Answers::finish`] ends that.
    Execute,
    Replay(Stored),
    Refuse(Error),
}

#[derive(Debug, Default)]
pub(crate) struct Answers {
    stored: HashMap<String, Stored>,
    running: HashSet<String>,
}

impl Answers {
    pub(crate) fn begin(&mut self, key: &str, fingerprint: &str, now: i64) -> Begun {
        if key.len() > LONGEST_KEY {
            return Begun::Refuse(Error::invalid(format!("Idempotency keys have at most {LONGEST_KEY} characters.")));
        }
        if self.running.contains(key) {
            return Begun::Refuse(Error::key_in_use(key));
        }
        match self.stored.get(key).filter(|stored| stored.is_kept(now)) {
            Some(stored) if stored.fingerprint == fingerprint => Begun::Replay(stored.clone()),
            Some(_) => Begun::Refuse(Error::other_parameters(key)),
            None => {
                self.running.insert(key.to_owned());
                Begun::Execute
            }
        }
    }

    /// Ends the use of a key, and remembers the answer if `keep` says so.
    pub(crate) fn finish(&mut self, answer: Stored, keep: bool) {
        self.running.remove(&answer.key);
        self.restore(Some(answer).filter(|_| keep));
    }

    pub(crate) fn restore(&mut self, answer: Option<Stored>) {
        if let Some(answer) = answer {
            self.stored.insert(answer.key.clone(), answer);
        }
    }

    pub(crate) fn forget_old(&mut self, now: i64) {
        self.stored.retain(|_, stored| stored.is_kept(now));
    }

    /// Every answer that is kept, by key.
    pub(crate) fn kept(&self) -> Vec<&Stored> {
        let mut kept: Vec<&Stored> = self.stored.values().collect();
        kept.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        kept
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.stored.values().map(|stored| Entry { objects: Vec::new(), answer: Some(stored.clone()) })
    }
}

impl Stored {
    fn is_kept(&self, now: i64) -> bool {
        now - self.at < SECONDS_KEPT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_forgotten_after_a_day() {
        let mut answers = Answers::default();
        assert!(matches!(answers.begin("k", "POST /v1/x a=1", 0), Begun::Execute));
        assert!(matches!(answers.begin("k", "POST /v1/x a=1", 0), Begun::Refuse(_)), "still in use");
        let answer = Stored {
            key: "k".to_owned(),
            fingerprint: "POST /v1/x a=1".to_owned(),
            status: 200,
            body: String::new(),
            request_id: String::new(),
            at: 0,
        };
        answers.finish(answer, true);
        assert!(matches!(answers.begin("k", "POST /v1/x a=1", SECONDS_KEPT - 1), Begun::Replay(_)));
        assert!(matches!(answers.begin("k", "POST /v1/x a=2", SECONDS_KEPT - 1), Begun::Refuse(_)));
        assert!(matches!(answers.begin("k", "POST /v1/x a=2", SECONDS_KEPT), Begun::Execute));
    }
}
