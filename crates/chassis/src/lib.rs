//! The runtime that every service stands on: a service is a name and a table of reactions, and this crate is the rest.
//!
//! Read [`service`] for what a service declares, [`change`] for what a reaction returns, then `dispatcher` and `batch`
//! for how a message becomes a committed state and published consequences exactly once. Nobody else imports async-nats.

mod batch;
pub mod broker;
pub mod bus;
pub mod change;
pub mod clock;
pub mod cluster;
pub mod config;
pub mod database;
mod deadlines;
pub mod defects;
mod dispatcher;
pub mod entity;
pub mod failpoint;
pub mod feed;
mod fold;
pub mod inspect;
mod journal;
pub mod limits;
pub mod names;
mod outgoing;
pub mod page;
mod parking;
pub mod preload;
mod presence;
mod questions;
mod reader;
mod redriving;
pub mod rehearsal;
pub mod runtime;
pub mod seal;
pub mod service;
pub mod shutdown;
pub mod staff;
pub mod streams;
pub mod tally;
pub mod telemetry;

pub use bus::{Bus, BusError, Intended};
pub use change::{Change, Cx, Fault, Refusal};
pub use clock::Clock;
pub use config::Config;
pub use entity::{Entity, Row};
pub use feed::{Feed, FeedItem};
pub use questions::Reads;
pub use redriving::PutBack;
pub use rehearsal::Rehearsal;
pub use runtime::{Running, serve};
pub use seal::Sealer;
pub use service::{ForgetOld, Service};
pub use shutdown::Shutdown;
