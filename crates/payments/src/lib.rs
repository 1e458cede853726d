//! Holds, captures and pays out an order's money at Stripe, gives it back, and keeps the cards and accounts that this needs.
//!
//! Every call to Stripe is an effect in front of a pure record of what came of it. Its idempotency key is
//! `<order>:<operation>`, so that a call made again after a crash is the same call. What Stripe says by webhook comes to
//! the same books as what our own calls answer, in any order, and counts once (`books.rs`).

mod audit;
mod books;
mod cards;
mod change;
mod disputes;
mod facts;
mod fault;
mod give_back;
mod hold;
mod ledger;
mod migrations;
mod patron;
mod payment;
mod payouts;
mod private;
mod questions;
mod refund;
mod refusal;
mod release;
mod settlement;
mod store;
pub mod stripe;
mod subscriptions;
#[cfg(test)]
mod tests;
mod tip;
mod trouble;
mod views;

pub use ledger::{Account, Ledger};
pub use patron::Patron;
pub use payment::{Payment, Stage};
pub use private::Private;
pub use refusal::Refusal;
pub use subscriptions::service;
