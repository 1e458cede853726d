//! Every defect is noticed, every missing row is, and nobody ships any of them.

#![expect(clippy::expect_used, clippy::print_stdout, reason = "tests that show what they found")]

use std::process::Command;

use museum::{Lab, Noticed, sweep, table, tally};

#[test]
fn no_mutant_survives() {
    let findings = Lab::default().tour("");
    println!("{}", table(&findings));
    let survivors: Vec<_> = findings.iter().filter(|finding| !finding.is_caught()).collect();
    let survivors: Vec<_> = survivors.iter().map(|finding| finding.exhibit.defect).collect();
    assert!(survivors.is_empty(), "{survivors:#?}");
}

#[test]
fn a_row_that_is_missing_is_noticed() {
    let swept = sweep(&Lab::default());
    for (row, noticed) in &swept {
        println!("{row}: {noticed:?}");
    }
    println!("\n{} rows: {:?}", swept.len(), tally(&swept));
    let unnoticed: Vec<_> = swept.iter().filter(|(_, noticed)| *noticed == Noticed::ByNobody).collect();
    assert!(unnoticed.is_empty(), "{unnoticed:#?}");
}

#[test]
fn what_is_shipped_has_no_defects() {
    let features = |package: &str| {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let arguments = ["tree", "--offline", "--package", package, "--edges", "normal", "--prefix", "none"];
        let tree = Command::new(cargo).args(arguments).args(["--format", "{p} [{f}]"]).output().expect("cargo");
        String::from_utf8_lossy(&tree.stdout).into_owned()
    };
    let has_defects = |tree: &str| tree.lines().any(|line| line.starts_with("chassis ") && line.contains("[museum"));
    assert!(has_defects(&features("museum")), "the features are not read right");
    let shipped = features("campusg");
    assert!(shipped.contains("chassis "), "{shipped}");
    assert!(!has_defects(&shipped), "{shipped}");
}
