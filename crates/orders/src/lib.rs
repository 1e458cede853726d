//! Owns the life of an order, from placed to completed or cancelled: every transition is one pure function in [`order`].
//!
//! [`service`] is the table of what it reacts to; prices are made in `quote`, and what people may read is in `questions`.

mod migrations;
pub mod order;
mod questions;
pub mod quote;
mod store;
mod subscriptions;

pub use order::{Order, Refusal, Stage};
pub use subscriptions::service;
