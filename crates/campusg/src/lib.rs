//! What the binary `campusg` does, one file per command; a library so that its tests can look inside.

pub mod bench;
pub mod contracts;
pub mod doctor;
pub mod live;
pub mod map;
mod ready;
pub mod registry;
pub mod serve;
pub mod streams;
pub mod up;
