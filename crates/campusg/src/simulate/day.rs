//! When orders come: at a rate, or over a campus day that is squeezed into minutes.

use std::time::Duration;

/// The day, in minutes from midnight.
const OPENS: f64 = 8.0 * 60.0;
const CLOSES: f64 = 20.0 * 60.0;
/// Lectures end at five to the hour.
const LECTURE_END: f64 = 55.0;
/// How much more is ordered at its top than between the peaks, by the hour; 3 at any other.
const MEALS: &[(u32, f64)] = &[(11, 8.0), (12, 8.0), (17, 6.0)];
const ANY: f64 = 3.0;
/// How long a peak lasts, in minutes to either side.
pub(crate) const WIDTH: f64 = 5.0;
/// Steps per minute in which the day is added up.
const STEPS: u32 = 4;

/// When each order comes.
pub(crate) enum Pace {
    /// As fast as the people allow.
    AsFastAsAllowed,
    /// So many a second.
    Rate(f64),
    /// Over a day, so many a second on average.
    Day {
        /// On average.
        rate: f64,
        /// The minute of the day at which each order comes.
        minutes: Vec<f64>,
    },
}

/// What a peak of the day comes to.
pub(crate) struct Peak {
    /// When, as people say it: `11:55`.
    pub(crate) at: String,
    /// Orders that come within [`WIDTH`] minutes of it, by number.
    pub(crate) orders: Vec<usize>,
    /// In squeezed time.
    pub(crate) per_second: f64,
}

impl Pace {
    pub(crate) fn day(orders: usize, rate: f64) -> Self {
        Self::Day { rate, minutes: minutes(orders) }
    }

    /// How long after the first the order of this number comes; nothing when it comes as soon as somebody is free.
    pub(crate) fn at(&self, number: usize) -> Option<Duration> {
        match self {
            Self::AsFastAsAllowed => None,
            Self::Rate(rate) => Some(Duration::from_secs_f64(as_f64(number) / rate)),
            Self::Day { rate, minutes } => {
                let seconds = as_f64(minutes.len()) / rate;
                Some(Duration::from_secs_f64((minutes[number] - OPENS) / (CLOSES - OPENS) * seconds))
            }
        }
    }

    /// The peaks; none unless it is a day.
    pub(crate) fn peaks(&self) -> Vec<Peak> {
        let Self::Day { rate, minutes } = self else { return Vec::new() };
        let seconds_per_minute = as_f64(minutes.len()) / rate / (CLOSES - OPENS);
        let hours = (8..20).map(|hour| {
            let top = f64::from(hour) * 60.0 + LECTURE_END;
            let near = |number: &usize| (minutes[*number] - top).abs() <= WIDTH;
            let orders: Vec<usize> = (0..minutes.len()).filter(near).collect();
            let per_second = as_f64(orders.len()) / (2.0 * WIDTH * seconds_per_minute);
            Peak { at: format!("{hour:02}:55"), orders, per_second }
        });
        hours.collect()
    }
}

/// The minute of each order: where that share of the day's orders has come.
fn minutes(orders: usize) -> Vec<f64> {
    let step = 1.0 / f64::from(STEPS);
    let steps: Vec<f64> = (0..).map(|n| OPENS + f64::from(n) * step).take_while(|minute| *minute < CLOSES).collect();
    let whole: f64 = steps.iter().map(|minute| intensity(*minute)).sum();
    let (mut come, mut minutes) = (0.0, Vec::with_capacity(orders));
    for minute in steps {
        let here = intensity(minute) / whole * as_f64(orders);
        // In the middle of its share, so that the first does not come before the day does.
        while minutes.len() < orders && as_f64(minutes.len()) + 0.5 <= come + here {
            minutes.push(minute + step * (as_f64(minutes.len()) + 0.5 - come) / here);
        }
        come += here;
    }
    // Whatever rounding has left over comes at the end.
    minutes.resize(orders, CLOSES);
    minutes
}

/// How much is ordered at this minute, between the peaks 1.
fn intensity(minute: f64) -> f64 {
    let hours = 8..20_u32;
    let peak = |hour: u32| {
        let height = MEALS.iter().find(|(meal, _)| *meal == hour).map_or(ANY, |(_, height)| *height);
        let away = (minute - f64::from(hour) * 60.0 - LECTURE_END) / (WIDTH / 2.0);
        height * (-away * away / 2.0).exp()
    };
    1.0 + hours.map(peak).sum::<f64>()
}

#[expect(clippy::cast_precision_loss, reason = "numbers of orders are far below 2^52")]
fn as_f64(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_s_orders_come_in_order_and_within_it() {
        for orders in [1, 7, 500] {
            let minutes = minutes(orders);
            assert_eq!(minutes.len(), orders);
            assert!(minutes.is_sorted() && minutes.iter().all(|minute| (OPENS..=CLOSES).contains(minute)));
        }
    }

    #[test]
    fn more_is_ordered_when_lectures_end_and_most_at_noon() {
        let pace = Pace::day(1_000, 10.0);
        let peaks = pace.peaks();
        let of = |at: &str| peaks.iter().find(|peak| peak.at == at).map(|peak| peak.orders.len());
        assert!(of("11:55") > of("09:55") && of("09:55") > Some(1_000 / 72 * 3 / 2));
        assert!(pace.at(0) < Some(Duration::from_secs(3)) && pace.at(999) < Some(Duration::from_secs(100)));
    }

    #[test]
    fn a_rate_is_so_many_a_second() {
        assert_eq!(Pace::Rate(4.0).at(10), Some(Duration::from_millis(2_500)));
        assert_eq!(Pace::AsFastAsAllowed.at(10), None);
    }
}
