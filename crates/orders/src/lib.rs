//! Owns the life of an order, from placed to completed or cancelled: every transition is one pure function.
//!
//! [`service`] is the table of what it reacts to. The rules stand in the order of an order's life: [`placing`], [`claiming`],
//! [`changes`], [`delivering`], [`ending`], [`aftermath`]; [`policy`] says who may call it off. Prices are made in [`quote`], by
//! the price lists in [`menus`]; what people may read is in `questions`.

mod actions;
pub mod aftermath;
pub mod changes;
pub mod claiming;
pub mod delivering;
pub mod ending;
pub mod menus;
mod migrations;
#[cfg(feature = "museum")]
pub mod mutants;
pub mod order;
pub mod placing;
pub mod policy;
mod questions;
pub mod quote;
pub mod refusal;
pub mod saved;
mod store;
mod subscriptions;

pub use order::{Order, Stage};
pub use refusal::Refusal;
pub use subscriptions::service;
