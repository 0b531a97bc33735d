//! How long pictures take: told from what was made, never from what somebody promised.

use crate::SignedDuration;

/// How long pictures of one model usually take, from the intent to send them until they are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Half of them took at most so long.
    pub half: SignedDuration,
    /// Nine in ten took at most so long; beyond it, one takes longer than usual.
    pub most: SignedDuration,
}

impl Pace {
    /// Fewer pictures tell nothing.
    pub const FEWEST: usize = 5;
    /// More pictures tell of another time.
    pub const KEPT: usize = 50;

    /// The pace of these times, the newest first; none while there are too few.
    pub fn of(newest_first: &[SignedDuration]) -> Option<Self> {
        let mut times: Vec<_> = newest_first.iter().take(Self::KEPT).copied().collect();
        if times.len() < Self::FEWEST {
            return None;
        }
        times.sort_unstable();
        // The nearest rank: the smallest time that so many in a hundred did not exceed.
        let rank = |percent: usize| times[(times.len() * percent).div_ceil(100) - 1];
        Some(Self { half: rank(50), most: rank(90) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(seconds: impl IntoIterator<Item = i64>) -> Option<(i64, i64)> {
        let times: Vec<_> = seconds.into_iter().map(SignedDuration::from_secs).collect();
        Pace::of(&times).map(|pace| (pace.half.as_secs(), pace.most.as_secs()))
    }

    #[test]
    fn nothing_is_said_of_fewer_than_five() {
        assert_eq!(pace(0..4), None);
        assert_eq!(pace([9, 1, 5, 3, 7]), Some((5, 9)));
    }

    #[test]
    fn half_and_nine_in_ten_are_times_that_were_taken() {
        assert_eq!(pace(1..=10), Some((5, 9)));
        assert_eq!(pace((1..=20).rev()), Some((10, 18)));
        assert_eq!(pace([2; 7]), Some((2, 2)));
    }

    #[test]
    fn what_was_long_ago_is_forgotten() {
        let times = std::iter::repeat_n(1, Pace::KEPT).chain(std::iter::repeat_n(60, 50));
        assert_eq!(pace(times), Some((1, 1)));
    }
}
