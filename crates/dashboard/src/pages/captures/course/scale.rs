//! Which numbers a scale begins and ends with and has lines at: steps of 1, 2 or 5 and noughts. Pure, and right for any numbers.

/// Steps of a scale, about.
const STEPS: i128 = 4;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scale {
    low: i64,
    high: i64,
    pub(super) step: i64,
}

impl Scale {
    /// Of a line, as close around it as can be read; equal numbers lie in its middle.
    pub(super) fn around(values: impl Iterator<Item = i64>, least_step: i64, one: i64) -> Scale {
        let ends = |ends: Option<(i64, i64)>, value: i64| match ends {
            Some((low, high)) => Some((low.min(value), high.max(value))),
            None => Some((value, value)),
        };
        let (low, high) = values.fold(None, ends).unwrap_or_default();
        if low < high {
            return Scale::over(low, high, least_step);
        }
        let room = (low.saturating_abs() / 10).max(one);
        let below = if low >= 0 { low.saturating_sub(room).max(0) } else { low.saturating_sub(room) };
        Scale::over(below, high.saturating_add(room), least_step)
    }

    fn over(low: i64, high: i64, least_step: i64) -> Scale {
        let wanted = ((i128::from(high) - i128::from(low)) / STEPS).max(1);
        let step = round_step(wanted, i128::from(least_step.max(1)));
        let below = i128::from(low).div_euclid(step) * step;
        let above = -(-i128::from(high)).div_euclid(step) * step;
        let fits = |value: i128| i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX });
        Scale { low: fits(below), high: fits(above), step: fits(step) }
    }

    /// How far up a value lies, 0 to 1.
    pub(super) fn share(&self, value: i64) -> f64 {
        let size = i128::from(self.high) - i128::from(self.low);
        let above = i128::from(value) - i128::from(self.low);
        // Only pixels come from it.
        #[expect(clippy::cast_precision_loss)]
        let share = above as f64 / size.max(1) as f64;
        share.clamp(0.0, 1.0)
    }

    /// From the lowest up.
    pub(super) fn ticks(&self) -> impl Iterator<Item = i64> {
        let (high, step) = (self.high, self.step.max(1));
        std::iter::successors(Some(self.low), move |tick| tick.checked_add(step).filter(|next| *next <= high))
    }
}

/// The smallest step of 1, 2 or 5 and noughts that is at least so large.
fn round_step(wanted: i128, least: i128) -> i128 {
    let mut unit = 1;
    loop {
        for factor in [1, 2, 5] {
            let step = unit * factor;
            if step >= wanted && step % least == 0 {
                return step;
            }
        }
        unit *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(scale: &Scale) -> Vec<i64> {
        scale.ticks().collect()
    }

    #[test]
    fn scales_of_lines() {
        for (values, least, expected) in [
            (&[][..], 1, &[0, 1][..]),
            (&[0], 1, &[0, 1]),
            (&[100], 1, &[90, 95, 100, 105, 110]),
            (&[7, 7, 7], 1, &[6, 7, 8]),
            (&[-7], 1, &[-8, -7, -6]),
            (&[10, 50], 1, &[10, 20, 30, 40, 50]),
            (&[419_700, 600_000], 100, &[400_000, 450_000, 500_000, 550_000, 600_000]),
            (&[-30, 60], 1, &[-50, 0, 50, 100]),
            // No tick between two yen.
            (&[33_550_000, 33_560_000], 10_000, &[33_550_000, 33_560_000]),
        ] {
            let scale = Scale::around(values.iter().copied(), least, 1);
            assert_eq!(ticks(&scale), expected, "{values:?}");
        }
    }

    #[test]
    fn the_largest_numbers_do_no_harm() {
        for values in [[i64::MIN, i64::MAX], [i64::MAX, i64::MAX], [i64::MIN, i64::MIN]] {
            let scale = Scale::around(values.into_iter(), 1, 1);
            assert!(scale.ticks().count() <= 8, "{scale:?}");
            assert!((0.0..=1.0).contains(&scale.share(values[0])) && scale.share(values[0]) <= scale.share(values[1]));
        }
    }

    #[test]
    fn shares_are_of_the_whole_scale() {
        let scale = Scale::around([10, 50].into_iter(), 1, 1);
        assert_eq!([10, 30, 50, 99].map(|value| scale.share(value)), [0.0, 0.5, 1.0, 1.0]);
    }
}
