//! Smooth noise: gradient noise (Perlin, 2002) over a hashed lattice, and sums of it.

/// A field of noise of its own, from its salt.
#[derive(Debug, Clone, Copy)]
pub(super) struct Noise {
    salt: u32,
}

impl Noise {
    #[expect(clippy::cast_possible_truncation, reason = "half of a hash is a hash")]
    pub fn new(seed: u64) -> Self {
        Self { salt: seed as u32 }
    }

    /// About -0.7 to 0.7, smooth, features about one unit wide.
    pub fn at(self, x: f32, y: f32) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let (dx, dy) = (x - left, y - top);
        let (u, v) = (fade(dx), fade(dy));
        let corner = |ix: f32, iy: f32| self.slope(left + ix, top + iy, dx - ix, dy - iy);
        let upper = lerp(corner(0.0, 0.0), corner(1.0, 0.0), u);
        let lower = lerp(corner(0.0, 1.0), corner(1.0, 1.0), u);
        lerp(upper, lower, v)
    }

    /// `octaves` fields, each twice as fine and half as strong as the one before.
    pub fn sum(self, octaves: u8, x: f32, y: f32) -> f32 {
        let (mut total, mut scale, mut weight) = (0.0, 1.0, 1.0);
        for octave in 0..octaves {
            // Shifted, so that no octave's lattice lies on another's.
            let shift = 17.3 * f32::from(octave);
            total += weight * self.at(x * scale + shift, y * scale - shift);
            scale *= 2.0;
            weight *= 0.5;
        }
        total
    }

    /// From 0 to 1, no neighbour like the other: for grain and stars.
    pub fn speck(self, x: u32, y: u32) -> f32 {
        0.5 + 0.5 * share(self.hash(x, y) >> 16)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "lattice points are small whole numbers; negative ones wrap"
    )]
    fn slope(self, x: f32, y: f32, dx: f32, dy: f32) -> f32 {
        let hash = self.hash(x as i32 as u32, y as i32 as u32);
        let (gx, gy) = (share(hash & 0xffff), share(hash >> 16));
        1.3 * (gx * dx + gy * dy)
    }

    fn hash(self, x: u32, y: u32) -> u32 {
        let mut h = x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77) ^ self.salt;
        h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
        h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
        h ^ (h >> 15)
    }
}

/// From -1 to 1 for 16 bits.
#[expect(clippy::cast_precision_loss, reason = "16 bits fit a float exactly")]
fn share(bits: u32) -> f32 {
    bits as f32 / 32_767.5 - 1.0
}

/// From 0 to 1 as `t` does, level at both ends in slope and curvature.
fn fade(t: f32) -> f32 {
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}

pub(super) fn lerp(from: f32, to: f32, t: f32) -> f32 {
    from + (to - from) * t
}

/// From 0 at `from` to 1 at `to`, soft at both ends; `to` may be the smaller.
pub(super) fn ease(from: f32, to: f32, at: f32) -> f32 {
    let t = ((at - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}
