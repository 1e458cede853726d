//! A local, stateful stand-in for the part of Stripe's HTTP API that CampusG calls.
//!
//! It speaks Stripe's own protocol (forms in, JSON out, bearer key, idempotency keys, Stripe's error bodies), so a
//! client does not know which of the two it talks to. It keeps Stripe's rules too: a hold is captured once and never
//! above its amount, a captured payment cannot be cancelled, transfers never exceed the charge they are paid from.
//!
//! | file | subject |
//! |---|---|
//! | `api.rs` | the table of calls it answers |
//! | `customers.rs`, `payment_methods.rs`, `payment_intents.rs`, `charges.rs`, `refunds.rs`, `disputes.rs`, `setup_intents.rs`, `checkout.rs`, `accounts.rs`, `account_links.rs`, `transfers.rs`, `reversals.rs`, `balance.rs` | one resource each: its JSON and its rules |
//! | `cards.rs` | the test cards and how each behaves |
//! | `hosted.rs`, `pages.rs` | `/hosted/…`: 3-D Secure, saving a card, onboarding, for browsers and programs |
//! | `events.rs`, `webhook_endpoints.rs`, `deliveries.rs`, `courier.rs` | what happened, who is told, and telling them |
//! | `desk.rs` | one request's way: key, faults, idempotency, execution, journal |
//! | `store.rs`, `journal.rs`, `idempotency.rs`, `settings.rs` | what is kept, and kept over a restart |
//! | `lapses.rs` | what happens by itself when time passes |
//! | `control.rs`, `faults.rs`, `summary.rs`, `books.rs`, `dashboard.rs` | `/sandbox/…`, for tests and demonstrations |
//! | `form.rs`, `expand.rs`, `money.rs`, `terms.rs`, `error.rs` | reading parameters, terms, saying no |
//! | `sdk/` beside `src/` | Stripe's own libraries for Python and Node.js do all our calls against it |
//!
//! A new resource is one file that implements `store::Resource`, and its rows in `api.rs`.
//!
//! Known differences from Stripe:
//!
//! - There are only cards, and only test cards.
//! - Captured money is pending for a week (as in Stripe's test mode), so a transfer needs its `source_transaction`. What a
//!   reversal brings back stays used up there, but it is available at once for a transfer without one.
//! - A connected account's balance is not kept, so every reversal up to the transfer's amount succeeds.
//! - There is no currency conversion; the fee is the same share and the same fixed part in every currency.
//! - A PaymentIntent that names no payment method types is confirmed without a `return_url`; Stripe asks for one unless
//!   the platform's settings allow no redirects. Without one, `next_action` has nothing for Stripe's scripts to do.
//! - `expand` takes only what `expand.rs` lists; parameters the sandbox does not know are refused rather than ignored.
//! - The newest 20 000 events are kept, not those of 30 days, and a delivery is tried 20 times within a quarter of an
//!   hour, not for three days. Webhooks are posted over plain http.
//! - Disputes can be accepted but not answered with evidence.

mod account_links;
mod accounts;
mod api;
mod balance;
mod books;
mod cards;
mod charges;
mod checkout;
mod control;
mod courier;
mod customers;
mod dashboard;
mod deliveries;
mod desk;
mod disputes;
mod error;
mod events;
mod expand;
mod faults;
mod form;
mod hosted;
mod idempotency;
mod journal;
mod lapses;
mod money;
mod pages;
mod payment_intents;
mod payment_methods;
mod refunds;
mod reversals;
mod server;
mod settings;
mod setup_intents;
mod store;
mod summary;
mod terms;
mod transfers;
mod webhook_endpoints;

pub use server::{Options, Running, Sandbox, Webhook};

/// The only key the sandbox accepts, as Stripe's `Authorization: Bearer …`.
///
/// It is no secret: it opens nothing but a sandbox, which holds no real money and listens on the loopback interface.
pub const SECRET_KEY: &str = "sk_test_campusg_sandbox";
