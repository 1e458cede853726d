//! What became of an intent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A rule said no. The code is stable and documented; the message is for people and may change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, thiserror::Error)]
#[error("{message}")]
pub struct Refused {
    /// Stable, `snake_case`.
    pub code: String,
    /// One sentence for the person who asked.
    pub message: String,
}

impl Refused {
    /// Pairs a code with its sentence.
    #[must_use]
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into() }
    }
}

/// What the owner of an intent answers, once its decision is committed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// It is done; `view` is what the asker may see of the result, at this version.
    Done {
        /// The owner's view, for example [`crate::orders::OrderView`].
        view: serde_json::Value,
    },
    /// A rule said no; nothing changed.
    Refused(Refused),
    /// It could not be handled and was parked for an operator; nothing changed.
    Parked {
        /// Why, in one sentence.
        reason: String,
    },
}
