//! What the binary `campusg` does, one file per command; a library so that its tests can look inside.

pub mod audit;
pub mod bench;
pub mod chaos;
pub mod conformance;
pub mod contracts;
pub mod doctor;
mod figures;
pub mod live;
pub mod map;
pub mod overtaking;
pub mod parked;
mod platform;
mod ready;
pub mod registry;
pub mod serve;
pub mod simulate;
pub mod streams;
pub mod up;
