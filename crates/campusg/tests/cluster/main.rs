//! Three brokers with three copies of everything, services in several replicas; some of them die, freeze or lose their disk
//! while orders flow. Nothing acknowledged is lost, nothing happens twice, and every order keeps its order.
//!
//! `CAMPUSG_TEST_LONG=1` has more orders flow for longer; the times that moving takes are printed (`--nocapture`).

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod brokers;
mod flow;
mod probe;
mod replicas;

const CAMPUSG: &str = env!("CARGO_BIN_EXE_campusg");

/// So many in the test run, or in the longer form.
fn either(short: usize, long: usize) -> usize {
    if std::env::var_os("CAMPUSG_TEST_LONG").is_some() { long } else { short }
}
