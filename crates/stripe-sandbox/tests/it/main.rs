//! The sandbox over real HTTP.

mod client;
mod faults;
mod holds;
mod idempotency;
mod refusals;
mod restart;
mod transfers;
mod types;
