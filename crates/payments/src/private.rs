//! What only its owner may see: it is kept and answered, but never shown by accident.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text that opens something for whoever has it, such as the address of a page of Stripe's for one customer. It does not
/// show in logs, spans or test output (predecessor.md B18).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Private(String);

impl Private {
    /// Hides `text`.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for its owner only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Private(…)")
    }
}
