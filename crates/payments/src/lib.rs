//! Holds, captures and pays out an order's money at Stripe, and keeps the cards and accounts that this needs.
//!
//! Every call to Stripe is an effect in front of a pure record of what came of it. Its idempotency key is
//! `<order>:<operation>`, so that a call made again after a crash is the same call.

mod accounts;
mod migrations;
mod payment;
mod store;
pub mod stripe;
mod subscriptions;

pub use accounts::Patron;
pub use payment::{Payment, Stage};
pub use subscriptions::service;
