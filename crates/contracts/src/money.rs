//! Money: integer minor units and a currency, end to end.

use std::iter::Sum;
use std::ops::{Add, Mul, Sub};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An amount in the currency's minor unit (cents). Never a float: predecessor.md B20.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Cents(pub i64);

impl Add for Cents {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Cents {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul<u32> for Cents {
    type Output = Self;

    fn mul(self, times: u32) -> Self {
        Self(self.0 * i64::from(times))
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self(0), Add::add)
    }
}

/// The currencies that the platform takes, by their ISO 4217 codes in lower case, as Stripe writes them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Currency {
    /// Singapore dollar: the predecessor's campus.
    #[default]
    Sgd,
    /// United States dollar.
    Usd,
    /// Euro.
    Eur,
}

impl Currency {
    /// The code as Stripe and JSON write it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Sgd => "sgd",
            Self::Usd => "usd",
            Self::Eur => "eur",
        }
    }
}
