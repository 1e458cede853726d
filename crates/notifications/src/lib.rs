//! Tells people what concerns them, each thing once: who is told what is in `table`, what they were told in `notice`, and how
//! far they have read in `inbox`.
//!
//! It keeps codes, not words: clients have those, in their reader's language. So nothing personal is in here.

pub mod inbox;
#[cfg(feature = "museum")]
pub mod mutants;
pub mod notice;
mod questions;
mod store;
mod subscriptions;
pub mod table;

pub use inbox::{Inbox, Refusal};
pub use notice::Notice;
pub use subscriptions::service;
