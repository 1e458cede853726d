//! Knows who people are, whether they can pay, and whether they can be paid; tells the others when an order needs it.

pub mod identity;
pub mod means;
#[cfg(feature = "museum")]
pub mod mutants;
pub mod needs;
mod questions;
mod store;
mod subscriptions;
pub mod user;

pub use subscriptions::service;
pub use user::{Refusal, User};
