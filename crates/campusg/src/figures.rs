//! Figures of many waits.

use std::time::Duration;

/// The 50th, 90th and 99th percentile (nearest rank) and the longest, in milliseconds.
pub(crate) fn percentiles(waits: &[Duration]) -> [f64; 4] {
    let mut sorted = waits.to_vec();
    sorted.sort_unstable();
    [50, 90, 99, 100].map(|percent| {
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).map_or(f64::NAN, |wait| wait.as_secs_f64() * 1_000.0)
    })
}

/// A number of things, or of bytes.
#[expect(clippy::cast_precision_loss, reason = "those of one run are far below 2^52")]
pub(crate) fn count(count: impl TryInto<u64>) -> f64 {
    count.try_into().map_or(f64::NAN, |count| count as f64)
}

/// To a hundredth; JSON knows no more of what was not measured than null.
pub(crate) fn rounded(figure: f64) -> f64 {
    (figure * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(millis: impl Iterator<Item = u64>, expected: [f64; 4]) {
        let waits: Vec<Duration> = millis.map(Duration::from_millis).collect();
        assert_eq!(percentiles(&waits), expected);
    }

    #[test]
    fn a_percentile_is_one_of_the_waits() {
        check((1..=100).rev(), [50.0, 90.0, 99.0, 100.0]);
        check(1..=2, [1.0, 2.0, 2.0, 2.0]);
        check(7..=7, [7.0; 4]);
    }

    #[test]
    fn without_a_wait_there_is_no_percentile() {
        assert!(percentiles(&[]).iter().all(|figure| figure.is_nan()));
    }
}
