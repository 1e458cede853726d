//! Looks after messages that a service gave up on: who put them back or discarded them, why, and what came of it.
//!
//! The message itself stays whole in the stream `PARKED`; what is here is its story. [`repair`] has the rules, `tasks` says in
//! words what somebody is to do.

mod questions;
pub mod repair;
mod store;
mod subscriptions;
mod tasks;

pub use repair::{Refusal, Repair};
pub use subscriptions::service;
