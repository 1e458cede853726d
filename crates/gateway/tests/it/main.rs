//! The gateway alone: no broker, no services. Their stories are told with the testkit.

mod auth;
mod desk;
mod platform;
mod problems;
