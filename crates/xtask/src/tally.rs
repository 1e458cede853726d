//! Counts what passed, by reading what `cargo test` prints.

use std::fmt;
use std::ops::AddAssign;

/// Results over all suites; shown as the closing line of a run.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Tally {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
    pub(crate) skipped: u32,
}

impl Tally {
    pub(crate) const PASSED: Tally = Tally { passed: 1, failed: 0, skipped: 0 };
    pub(crate) const FAILED: Tally = Tally { passed: 0, failed: 1, skipped: 0 };
    pub(crate) const SKIPPED: Tally = Tally { passed: 0, failed: 0, skipped: 1 };

    /// Reads `test result: ok. 3 passed; 1 failed; 0 ignored; ...`.
    fn in_result_line(line: &str) -> Option<Tally> {
        let result = line.strip_prefix("test result: ")?;
        Some(Tally {
            passed: number_before("passed;", result)?,
            failed: number_before("failed;", result)?,
            skipped: number_before("ignored;", result)?,
        })
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

fn number_before(word: &str, text: &str) -> Option<u32> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let place = words.iter().position(|candidate| *candidate == word)?;
    words.get(place.checked_sub(1)?)?.parse().ok()
}

/// Follows the output of `cargo test` over all its test programs.
#[derive(Debug, Default)]
pub(crate) struct TestOutput {
    tally: Tally,
    /// A test program has said `running N tests` and not yet its result.
    unfinished: bool,
}

impl TestOutput {
    pub(crate) fn read(&mut self, line: &str) {
        let line = line.trim_end();
        if announces_tests(line) {
            self.close_program();
            self.unfinished = true;
        } else if let Some(result) = Tally::in_result_line(line) {
            self.tally += result;
            self.unfinished = false;
        }
    }

    /// The count, given whether cargo itself was content: what does not even compile has no result line.
    pub(crate) fn finish(mut self, succeeded: bool) -> Tally {
        self.close_program();
        if !succeeded && self.tally.failed == 0 {
            self.tally += Tally::FAILED;
        }
        self.tally
    }

    /// A program without a result crashed, which is one failure however many tests it had.
    fn close_program(&mut self) {
        if self.unfinished {
            self.tally += Tally::FAILED;
        }
        self.unfinished = false;
    }
}

/// Recognises `running 3 tests`.
fn announces_tests(line: &str) -> bool {
    let words: Vec<&str> = line.split(' ').collect();
    matches!(words[..], ["running", number, "test" | "tests"] if number.parse::<u32>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(output: &str, succeeded: bool, expected: &str) {
        let mut reading = TestOutput::default();
        for line in output.lines() {
            reading.read(line);
        }
        assert_eq!(reading.finish(succeeded).to_string(), expected);
    }

    const GOOD: &str = "\nrunning 3 tests\ntest a ... ok\ntest b ... ok\ntest c ... ignored\n\n\
        test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.01s\n";
    const BAD: &str = "running 1 test\ntest d ... FAILED\n\n\
        test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
    const CRASHED: &str = "running 7 tests\ntest e ... ok\n";

    #[test]
    fn results_of_all_programs_are_added() {
        check(&format!("{GOOD}{GOOD}"), true, "4 passed, 0 failed, 2 skipped");
        check(&format!("{GOOD}{BAD}"), false, "2 passed, 1 failed, 1 skipped");
    }

    #[test]
    fn nothing_skipped_is_not_mentioned() {
        check(BAD, false, "0 passed, 1 failed");
    }

    #[test]
    fn what_does_not_compile_is_one_failure() {
        check("", false, "0 passed, 1 failed");
        check(GOOD, false, "2 passed, 1 failed, 1 skipped");
    }

    #[test]
    fn a_program_that_crashes_is_one_failure_beside_the_others() {
        check(&format!("{CRASHED}{BAD}"), false, "0 passed, 2 failed");
        check(&format!("{BAD}{CRASHED}"), false, "0 passed, 2 failed");
        check(&format!("{GOOD}{CRASHED}"), false, "2 passed, 1 failed, 1 skipped");
    }

    #[test]
    fn colours_do_not_matter() {
        let coloured = "test result: \u{1b}[32mok\u{1b}(B\u{1b}[m. 5 passed; 0 failed; 0 ignored; 0 measured";
        check(coloured, true, "5 passed, 0 failed");
    }

    #[test]
    fn what_only_looks_similar_is_not_counted() {
        check("running late tests\nthe test result: ok. 9 passed; 0 failed; 0 ignored;\n", true, "0 passed, 0 failed");
    }
}
