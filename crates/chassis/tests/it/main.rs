//! The mechanisms of the chassis, on a real broker and real databases, with a service that is only a fixture.

#![expect(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod broker;
mod deadlines;
mod decoders;
mod effects;
mod fixture;
mod once;
mod order;
mod parking;
mod partitions;
mod questions;
mod redriving;
mod replicas;
mod sharing;
mod window;
