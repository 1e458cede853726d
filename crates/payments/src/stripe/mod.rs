//! The edge to Stripe, and the only module that knows async-stripe.
//!
//! Each function is one call under an idempotency key of the caller's, without retries of its own: trying again is the
//! reaction's business, with the same key. Whatever Stripe answers, only the state that was asked for is a success
//! (predecessor.md B64).
//!
//! Stripe remembers a refusal under its key as it remembers a success (at least 24 hours,
//! <https://docs.stripe.com/api/idempotent_requests>): after [`CallError::TryAgain`] use the same key, and to try again
//! after [`CallError::Refused`] use a new one, or the old refusal comes back although its cause is gone.
//!
//! **The limit of this**: a message that is handled again more than a day after its first try may find its keys
//! forgotten. Captures and releases are safe all the same, for a PaymentIntent is captured or cancelled once. Refunds,
//! reversals and transfers are looked for first: a refund or reversal by its occasion, which is in its metadata, a transfer
//! by its transfer group.

mod errors;
mod line;
mod moves;
mod people;
mod recorded;
mod statement;
mod takings;

use std::sync::Arc;
use std::time::Duration;

use contracts::{Currency, OrderId};
use stripe::{ClientBuilder, IdempotencyKey, RequestStrategy};

use self::line::Line;

pub use self::errors::{BoxError, CallError};
pub use self::line::{Answer, Bank, Request};
pub use self::moves::{Made, Refund, TakenBack, Transfer};
pub use self::people::{Account, Card, CardSetup, Page};
pub(crate) use self::recorded::Recorder;
pub use self::statement::StatementPage;
pub use self::takings::{Captured, HoldOutcome, Take};

/// How long one call may take. Stripe answers within a few seconds; a longer wait would only hold up the reaction.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Stripe, or the sandbox that speaks its protocol.
#[derive(Clone, Debug)]
pub struct Stripe {
    client: Line,
    /// Where people come back to from Stripe's pages.
    public_url: String,
}

impl Stripe {
    /// Talks to the API at `base_url` (`https://api.stripe.com`, or a sandbox's URL). People come back from Stripe's pages
    /// to pages under `public_url`.
    ///
    /// # Errors
    ///
    /// The URL or the key cannot be used in a request.
    pub fn new(base_url: &str, secret_key: &str, public_url: &str) -> Result<Self, BoxError> {
        Self::with_timeout(base_url, secret_key, public_url, TIMEOUT)
    }

    /// As [`Stripe::new`], giving up on each call after `timeout`.
    ///
    /// # Errors
    ///
    /// The URL or the key cannot be used in a request.
    pub fn with_timeout(
        base_url: &str,
        secret_key: &str,
        public_url: &str,
        timeout: Duration,
    ) -> Result<Self, BoxError> {
        let client = ClientBuilder::new(secret_key).url(base_url).timeout(timeout).build()?;
        Ok(Self { client: Line::Http(client), public_url: public_url.trim_end_matches('/').to_owned() })
    }

    /// Asks a bank in this process instead of Stripe: nothing leaves it, and every call is answered at once.
    #[must_use]
    pub fn here(bank: Arc<dyn Bank>) -> Self {
        Self { client: Line::Here(bank), public_url: "http://127.0.0.1".to_owned() }
    }

    fn page(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }
}

fn once(key: &str) -> Result<RequestStrategy, CallError> {
    match IdempotencyKey::new(key) {
        Ok(key) => Ok(RequestStrategy::Idempotent(key)),
        Err(error) => {
            Err(CallError::Refused { code: "idempotency_key_unusable".to_owned(), message: error.to_string() })
        }
    }
}

fn currency(currency: Currency) -> stripe_types::Currency {
    match currency {
        Currency::Sgd => stripe_types::Currency::SGD,
        Currency::Usd => stripe_types::Currency::USD,
        Currency::Eur => stripe_types::Currency::EUR,
    }
}

/// What every object about an order carries, to be found by.
fn about(order_id: OrderId) -> [(String, String); 1] {
    [("order_id".to_owned(), order_id.to_string())]
}
