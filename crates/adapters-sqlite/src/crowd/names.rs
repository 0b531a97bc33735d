//! Ids that sort by time, and chance that a run can repeat.

/// Makes both.
pub struct Names {
    chance: u64,
    count: u64,
}

impl Names {
    pub fn new() -> Self {
        Self { chance: 0x9e37_79b9_7f4a_7c15, count: 0 }
    }

    /// A UUID version 7 of this instant, in microseconds.
    pub fn id(&mut self, at: i64) -> [u8; 16] {
        self.count += 1;
        let millis = u128::from(at.unsigned_abs() / 1_000) << 80;
        let (random, counter) = (u128::from(self.roll() >> 34) << 32, u128::from(self.count));
        (millis | 7 << 76 | 2 << 62 | random | counter).to_be_bytes()
    }

    /// A number below this one.
    pub fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.roll() % most.max(1) as u64).unwrap_or(0)
    }

    /// Whether what happens to so many of a hundred happens.
    pub fn happens(&mut self, percent: u64) -> bool {
        self.roll() % 100 < percent
    }

    fn roll(&mut self) -> u64 {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        self.chance
    }
}
