//! Chance that falls the same way every time.

use safelight_domain::Order;
use sha2::{Digest, Sha256};

/// Two numbers an order stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Likeness {
    /// The same for all seeds, models and sizes of the same words: what the pictures of one
    /// request have in common.
    pub words: u64,
    /// Different if anything is.
    pub picture: u64,
}

impl Likeness {
    pub fn of(order: &Order) -> Self {
        let negative = order.negative.as_ref().map_or("", |negative| negative.as_str());
        let mut hash = Sha256::new();
        for text in [order.prompt.as_str(), negative] {
            // Lengths keep `ab` + `c` apart from `a` + `bc`.
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        let words = first(&hash.clone().finalize());
        hash.update(order.seed.0.to_le_bytes());
        hash.update(order.size.as_str());
        hash.update("/");
        hash.update(&order.model.0);
        Self { words, picture: first(&hash.finalize()) }
    }
}

fn first(digest: &[u8]) -> u64 {
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// A SplitMix64 sequence (Steele, Lea, Flood 2014): small, and good enough for pictures.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to below 1.
    #[expect(clippy::cast_precision_loss, reason = "24 bits fit a float exactly")]
    pub fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u32 << 24) as f32
    }

    /// From `low` to below `high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// True so often of all times.
    pub fn chance(&mut self, share: f32) -> bool {
        self.unit() < share
    }

    /// One of them.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        let n = self.next() % from.len() as u64;
        from[usize::try_from(n).expect("below a length")]
    }
}
