//! The sandbox over real HTTP.

mod authentication;
mod balance;
mod client;
mod customers;
mod disputes;
mod events;
mod faults;
mod forms;
mod holds;
mod idempotency;
mod onboarding;
mod pagination;
mod receiver;
mod refunds;
mod refusals;
mod restart;
mod sdk;
mod setup;
mod time;
mod transfers;
mod types;
mod webhooks;
