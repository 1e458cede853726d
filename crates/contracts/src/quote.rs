//! A price that the server has named and will honour for a while.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::place::{DeliverTo, Store};
use crate::{Cents, Currency, Text, UserId, VendorId};

/// How a basket's prices came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The customer estimates, the runner enters the till receipt, and what was really spent is taken.
    #[default]
    Errand,
    /// A vendor's price list: what it says is what is taken.
    Catalogue,
}

/// What somebody wants bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// What it is.
    pub name: Text<100>,
    /// How many.
    pub quantity: u32,
    /// The price of one, estimated by the customer.
    pub price_cents: Cents,
}

/// What somebody picked from a price list; the server knows the price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Pick {
    /// The list's own name for it.
    pub item_id: Text<50>,
    /// How many.
    pub quantity: u32,
}

/// One priced line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    /// What it is.
    pub name: Text<100>,
    /// How many.
    pub quantity: u32,
    /// The price of one.
    pub price_cents: Cents,
    /// `quantity × price_cents`.
    pub total_cents: Cents,
}

/// What an order costs, and where each cent goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Price {
    /// The lines' sum: what the runner spends at the counter.
    pub items_cents: Cents,
    /// What the runner earns for the way.
    pub delivery_fee_cents: Cents,
    /// What the runner earns on top.
    pub tip_cents: Cents,
    /// What the platform keeps.
    pub platform_fee_cents: Cents,
    /// What the customer pays: the sum of the four.
    pub total_cents: Cents,
    /// What the runner is paid: `total_cents - platform_fee_cents`.
    pub payout_cents: Cents,
    /// The currency of all of them.
    pub currency: Currency,
    /// Held on top, because the till may say more than the estimate; whatever is not spent is let go.
    #[serde(default)]
    pub buffer_cents: Cents,
    /// The version of the policy that fees and buffer follow from.
    #[serde(default = "first_policy")]
    pub policy: u32,
}

fn first_policy() -> u32 {
    1
}

impl Price {
    /// What is held on the card: total and buffer.
    #[must_use]
    pub fn hold_cents(&self) -> Cents {
        self.total_cents + self.buffer_cents
    }

    /// The most that the runner may spend at the counter without asking.
    #[must_use]
    pub fn spendable_cents(&self) -> Cents {
        self.items_cents + self.buffer_cents
    }
}

/// A quote: the server's own words about a basket, sealed so that nobody can change them on the way back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Quote {
    /// Who may order on it.
    pub customer_id: UserId,
    /// Where to buy.
    pub store: Store,
    /// Where to bring it.
    pub deliver_to: DeliverTo,
    /// What to buy.
    pub lines: Vec<Line>,
    /// What it costs.
    pub price: Price,
    /// How the prices came about.
    #[serde(default)]
    pub basis: Basis,
    /// Whose price list it is, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_id: Option<VendorId>,
    /// An order asked for after this moment is refused. UTC.
    pub valid_until: Timestamp,
}

/// A [`Quote`] in its sealed form: what clients know as `quote_id` and give back unread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct SealedQuote(#[schemars(length(max = 49152))] pub String);
