//! A price that the server has named and will honour for a while.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::place::{DeliverTo, Store};
use crate::{Cents, Currency, Text, UserId};

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
    /// An order asked for after this moment is refused. UTC.
    pub valid_until: Timestamp,
}

/// A [`Quote`] in its sealed form: what clients know as `quote_id` and give back unread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct SealedQuote(#[schemars(length(max = 49152))] pub String);
