//! The vocabulary of CampusG: everything that services say to each other, and nothing that runs.
//!
//! | kind | subject | trait |
//! |---|---|---|
//! | intent | `intent.<owner>.<verb>.v1.<partition>.<principal>.<key>` | [`Intent`] |
//! | event | `<owner>.<fact>.v1.<partition>.<key>` | [`Event`] |
//! | deadline | `timers.<kind>.v1.<key>` | [`Deadline`] |
//! | question | `ask.<owner>.<verb>.v1` | [`Question`] |
//!
//! One module per owner; [`catalogue`] lists them all with schema and sample.

pub mod catalogue;
pub mod envelope;
pub mod ids;
pub mod message;
pub mod money;
pub mod notifications;
pub mod orders;
pub mod payments;
pub mod place;
pub mod quote;
pub mod repairs;
pub mod tasks;
pub mod text;
pub mod timers;
pub mod users;
pub mod verdict;

pub use ids::{Id, MessageId, OrderId, Principal, ReconciliationId, RepairId, SavedId, UserId, VendorId};
pub use message::{Deadline, Event, Intent, Kind, Message, Question, partition_of, subject_of};
pub use money::{Cents, Currency};
pub use text::Text;
pub use verdict::{Refused, Verdict};
