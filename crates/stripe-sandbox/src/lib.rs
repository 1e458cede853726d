//! A local, stateful stand-in for the part of Stripe's HTTP API that CampusG calls.
//!
//! It speaks Stripe's own protocol (forms in, JSON out, bearer key, idempotency keys, Stripe's error bodies), so a
//! client does not know which of the two it talks to. It keeps Stripe's rules too: a hold is captured once and never
//! above its amount, a captured payment cannot be cancelled, transfers never exceed the charge they are paid from.
//!
//! | file | subject |
//! |---|---|
//! | `api.rs` | the table of calls it answers |
//! | `customers.rs`, `payment_methods.rs`, `payment_intents.rs`, `charges.rs`, `accounts.rs`, `transfers.rs` | one resource each: its JSON and its rules |
//! | `cards.rs` | the test cards and how each behaves |
//! | `desk.rs` | one request's way: key, faults, idempotency, execution, journal |
//! | `store.rs`, `journal.rs`, `idempotency.rs` | what is kept, and kept over a restart |
//! | `control.rs`, `faults.rs`, `summary.rs` | `/sandbox/…`, for tests and demonstrations |
//! | `form.rs`, `money.rs`, `error.rs` | reading parameters, saying no |
//!
//! A new resource is one file that implements `store::Resource`, and its rows in `api.rs`.
//!
//! Known differences from Stripe: the platform's available balance is always zero (as in Stripe's test mode, where
//! captured money is pending), so a transfer needs its `source_transaction`; accounts need no onboarding; `expand` is
//! refused; parameters the sandbox does not know are refused rather than ignored.

mod accounts;
mod api;
mod cards;
mod charges;
mod control;
mod customers;
mod desk;
mod error;
mod faults;
mod form;
mod idempotency;
mod journal;
mod money;
mod payment_intents;
mod payment_methods;
mod server;
mod store;
mod summary;
mod transfers;

pub use server::{Options, Running, Sandbox};

/// The only key the sandbox accepts, as Stripe's `Authorization: Bearer …`.
///
/// It is no secret: it opens nothing but a sandbox, which holds no real money and listens on the loopback interface.
pub const SECRET_KEY: &str = "sk_test_campusg_sandbox";
