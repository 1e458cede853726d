//! A tour of the museum: every defect, or those with this in their name, and the check that notices it.

#![expect(clippy::print_stdout, reason = "what it is for")]

use std::process::ExitCode;

use museum::{Finding, Lab, table};

fn main() -> ExitCode {
    let findings = Lab::default().tour(&std::env::args().nth(1).unwrap_or_default());
    println!("{}", table(&findings));
    if findings.iter().all(Finding::is_caught) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
