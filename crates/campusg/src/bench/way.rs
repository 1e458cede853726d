//! The two ways into the platform, and one whole order on each: over HTTP as an app does it, and over NATS as an integrator
//! does it, who publishes intents and hears events.

use std::sync::Arc;
use std::time::Duration;

use contracts::UserId;
use contracts::orders::Step;
use contracts::quote::SealedQuote;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::bench::crowd::{Answer, Crowd, Customer, Failure, Person};
use crate::bench::integrator::Integrator;

/// How long a delivered order may take to be heard of as completed.
const COMPLETION: Duration = Duration::from_secs(30);
/// What the till says: what was estimated.
const RECEIPT_CENTS: i64 = 890;

/// How the load reaches the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Via {
    /// Through the gateway, as apps and browsers do
    Http,
    /// With intents and events on the broker, as integrators do
    Nats,
}

impl Via {
    /// As in the arguments.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Nats => "nats",
        }
    }
}

/// Everybody, and how they reach the platform.
pub(super) enum Way {
    /// Through the gateway.
    Http(Crowd),
    /// On the broker, so many customers and as many runners.
    Nats(Arc<Integrator>, u32),
}

/// A customer and a runner. Both may be in several pairs.
#[derive(Clone)]
pub(super) enum Pair {
    /// Through the gateway.
    Http(Arc<Customer>, Arc<Person>),
    /// On the broker.
    Nats(Arc<Integrator>, UserId, UserId),
}

/// What a basket costs, sealed. One is good for one order.
pub(super) struct Quote(String);

/// How long the three waits of one order took.
pub(super) struct Waits {
    /// From when it was to be placed to CREATED: stored, paid for, on offer.
    pub(super) place: Duration,
    /// From CREATED, when the runner accepts, to ACCEPTED.
    pub(super) accept: Duration,
    /// From ON_THE_WAY, when the runner hands over, to COMPLETED: captured, paid out, and heard of.
    pub(super) deliver: Duration,
}

impl Way {
    /// One of the pairs; every number is one.
    pub(super) fn pair(&self, number: usize) -> Pair {
        match self {
            Self::Http(Crowd { customers, runners }) => {
                let (customer, runner) = (&customers[number % customers.len()], &runners[number % runners.len()]);
                Pair::Http(Arc::clone(customer), Arc::clone(runner))
            }
            Self::Nats(integrator, people) => {
                let of = |kind: &str| UserId::of_subject("dev", &format!("{kind}-{}", number % *people as usize));
                Pair::Nats(Arc::clone(integrator), of("customer"), of("runner"))
            }
        }
    }
}

impl Pair {
    /// Has the basket priced.
    pub(super) async fn quote(&self) -> Result<Quote, Failure> {
        match self {
            Self::Http(customer, _) => {
                let priced = customer.person.ask_for("quote", "/api/v1/quotes", &basket()).await?;
                Ok(Quote(priced.quote_id.unwrap_or_default()))
            }
            Self::Nats(integrator, customer, _) => Ok(Quote(integrator.quote(*customer, basket()).await?.0)),
        }
    }

    /// Carries one order from placing to the payout. `due` is when it was to be placed, which is not before now: the clock
    /// of every wait runs from the moment at which the one before was over, so that a late load generator shows.
    pub(super) async fn carry(&self, quote: Quote, key: &str, due: Instant) -> Result<Waits, Failure> {
        match self {
            Self::Http(customer, runner) => over_http(customer, runner, &quote.0, key, due).await,
            Self::Nats(integrator, customer, runner) => {
                over_nats(integrator, *customer, *runner, SealedQuote(quote.0), key, due).await
            }
        }
    }
}

async fn over_http(
    customer: &Customer,
    runner: &Person,
    quote: &str,
    key: &str,
    due: Instant,
) -> Result<Waits, Failure> {
    let placed = customer.person.place(quote, key).await?;
    let created = Instant::now();
    must_be("CREATED", "place", &placed)?;
    let order_id = placed.order_id.unwrap_or_default();
    let path = format!("/api/v1/orders/{order_id}");
    let end = customer.hear_of(&order_id);

    let accepted = runner.ask_for("accept", &format!("{path}/accept"), &json!({})).await?;
    let has_it = Instant::now();
    must_be("ACCEPTED", "accept", &accepted)?;

    let pin = customer.person.get::<Answer>("read", &path).await?.handover_pin;
    let advance = format!("{path}/advance");
    runner.ask_for("PLACED", &advance, &json!({ "to": "PLACED", "receipt_cents": RECEIPT_CENTS })).await?;
    runner.ask_for("ON_THE_WAY", &advance, &json!({ "to": "ON_THE_WAY" })).await?;
    let at_the_door = Instant::now();
    runner.ask_for("DELIVERED", &advance, &json!({ "to": "DELIVERED", "pin": pin })).await?;
    let Ok(Ok(end)) = timeout(COMPLETION, end).await else {
        let status = customer.person.get::<Answer>("read", &path).await?.status;
        return Err(not_heard_of(status.as_deref()));
    };
    if end.status != "COMPLETED" {
        return Err(Failure(format!("deliver: {} instead of COMPLETED", end.status)));
    }
    Ok(Waits { place: created - due, accept: has_it - created, deliver: end.at - at_the_door })
}

async fn over_nats(
    integrator: &Integrator,
    customer: UserId,
    runner: UserId,
    quote: SealedQuote,
    key: &str,
    due: Instant,
) -> Result<Waits, Failure> {
    let (order_id, created) = integrator.place(customer, quote, key).await?;
    let has_it = integrator.accept(runner, order_id, key).await?;
    let pin = integrator.pin(customer, order_id).await?;
    integrator.advance(runner, order_id, Step::Placed, Some(RECEIPT_CENTS), key).await?;
    integrator.advance(runner, order_id, Step::OnTheWay, None, key).await?;
    let at_the_door = Instant::now();
    let completed = integrator.deliver(runner, order_id, pin, key).await?;
    Ok(Waits { place: created - due, accept: has_it - created, deliver: completed - at_the_door })
}

/// Says where an order stands of which nobody said that it is over.
pub(super) fn not_heard_of(status: Option<&str>) -> Failure {
    let (seconds, status) = (COMPLETION.as_secs(), status.unwrap_or("nowhere"));
    Failure(format!("deliver: not heard of as COMPLETED within {seconds} s; it is {status}"))
}

fn must_be(expected: &str, what: &str, order: &Answer) -> Result<(), Failure> {
    let status = order.status.as_deref().unwrap_or("of no status");
    if status == expected { Ok(()) } else { Err(Failure(format!("{what}: {status} instead of {expected}"))) }
}

pub(super) fn basket() -> Value {
    json!({
        "store": { "name": "Koufu", "location": "Block 7" },
        "deliver_to": { "building": "Library", "room": "3-12", "note": "by the lifts" },
        "items": [{ "name": "Chicken rice", "quantity": 2, "price_cents": 445 }],
    })
}
