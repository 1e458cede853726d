//! Where food comes from and where it goes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Text;

/// A shop or a stall.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Store {
    /// What people call it.
    pub name: Text<100>,
    /// Where it is, in words that a student understands.
    pub location: Text<100>,
}

/// Where the customer waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeliverTo {
    /// The building.
    pub building: Text<100>,
    /// The room or meeting point within it.
    pub room: Text<50>,
    /// How to find it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text<200>>,
}
