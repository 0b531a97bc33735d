//! How long a picture usually takes, in words: a range from our own history, never a percentage.

use safelight_domain::{Pace, SignedDuration};

/// Under a minute in whole seconds, above in whole minutes; the ends are rounded outwards.
pub fn range(pace: Pace) -> String {
    let (unit, name) =
        if pace.most < SignedDuration::from_mins(1) { (1_000, "s") } else { (60_000, "min") };
    let (half, most) = (pace.half.as_millis() / unit, pace.most.as_millis());
    let most = u128::try_from(most).unwrap_or(0).div_ceil(unit.unsigned_abs());
    match u128::try_from(half) {
        Ok(half) if half < most && half > 0 => format!("{half}–{most} {name}"),
        _ if most <= 1 => format!("under 1 {name}"),
        _ => format!("up to {most} {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_rounded_outwards() {
        for (half, most, says) in [
            (2_100, 3_200, "2–4 s"),
            (300, 900, "under 1 s"),
            (400, 1_900, "up to 2 s"),
            (2_000, 2_000, "up to 2 s"),
            (41_000, 59_500, "41–60 s"),
            (30_000, 61_000, "up to 2 min"),
            (75_000, 200_000, "1–4 min"),
            (0, 0, "under 1 s"),
        ] {
            let ms = SignedDuration::from_millis;
            let pace = Pace { half: ms(half), most: ms(most) };
            assert_eq!(range(pace), says);
        }
    }
}
