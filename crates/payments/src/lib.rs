//! Holds, captures and pays out an order's money at Stripe, gives it back, and keeps the cards and accounts that this needs.
//!
//! Every call to Stripe is an effect in front of a pure record of what came of it. Its idempotency key is
//! `<order>:<operation>`, so that a call made again after a crash is the same call. What Stripe says by webhook comes to
//! the same books as what our own calls answer, in any order, and counts once (`books.rs`).
//!
//! | file | subject |
//! |---|---|
//! | `subscriptions.rs` | the table: what it reacts to |
//! | `payment.rs`, `ledger.rs`, `books.rs` | one order's money; its double-entry ledger; what each happening does to both |
//! | `hold.rs`, `release.rs` | securing the money, and letting it go when the order is over |
//! | `settlement.rs`, `dues.rs`, `again.rs`, `tip.rs` | taking it and paying the runner; what is still to move; trying again |
//! | `refund.rs`, `give_back.rs` | giving captured money back, from the runner first |
//! | `facts.rs`, `disputes.rs` | what Stripe says by webhook |
//! | `reconciliation.rs` | comparing the books with Stripe's own |
//! | `patron.rs`, `cards.rs`, `payouts.rs` | what people have at Stripe |
//! | `audit.rs`, `trouble.rs`, `views.rs`, `questions.rs`, `store.rs` | proofs, tasks, what people see, and the SQL behind it |
//! | `stripe/` | the calls to Stripe, and the only module that knows its library |

mod again;
pub mod audit;
mod books;
mod cards;
mod change;
mod disputes;
mod dues;
mod facts;
mod fault;
mod give_back;
mod hold;
mod ledger;
mod migrations;
#[cfg(feature = "museum")]
pub mod mutants;
mod patron;
mod payment;
mod payouts;
mod private;
mod questions;
mod reconciliation;
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
pub use payment::{Payment, Share, Stage};
pub use private::Private;
pub use reconciliation::{PLATFORM, Reconciliation, day};
pub use refusal::Refusal;
pub use subscriptions::{service, service_over};
