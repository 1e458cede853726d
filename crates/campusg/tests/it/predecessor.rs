//! Each of the predecessor's 64 faults has a row in `crates/PREDECESSOR.md`, and each test that a row names is there.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use crate::tidy::sources;

#[test]
fn every_fault_has_its_row_and_every_row_its_tests() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../PREDECESSOR.md");
    let page = fs::read_to_string(page).expect("the page");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| B")).collect();
    for number in 1..=64 {
        let of_it = rows.iter().filter(|row| row.starts_with(&format!("| B{number:02} |"))).count();
        assert_eq!(of_it, 1, "rows of B{number:02}");
    }
    let mut tests = HashSet::new();
    for (_, text) in sources() {
        let names = text.split("fn ").skip(1).filter_map(|rest| rest.split(['(', '<']).next().map(str::to_owned));
        tests.extend(names);
    }
    for row in rows {
        // What stands between backticks and has a long name is a test.
        for name in row.split('`').skip(1).step_by(2).filter(|name| name.matches('_').count() > 2) {
            assert!(tests.contains(name), "there is no test {name}: {row}");
        }
    }
}
