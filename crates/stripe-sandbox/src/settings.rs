//! What a test has set in the sandbox and a restart keeps.

use serde::{Deserialize, Serialize};

use crate::store::{Resource, Store};

const ID: &str = "settings_sandbox";

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Settings {
    id: String,
    /// How far the sandbox's clock is ahead of the machine's.
    pub(crate) clock_advanced_seconds: i64,
    /// Keeps deliveries back.
    pub(crate) hold: bool,
    /// Makes every delivery twice.
    pub(crate) double: bool,
}

impl Resource for Settings {
    const OBJECT: &'static str = "sandbox.settings";
    const PREFIX: &'static str = "settings_";

    fn id(&self) -> &str {
        &self.id
    }
}

impl Settings {
    pub(crate) fn of(store: &Store) -> Self {
        store.get(ID).unwrap_or(Self { id: ID.to_owned(), clock_advanced_seconds: 0, hold: false, double: false })
    }
}
