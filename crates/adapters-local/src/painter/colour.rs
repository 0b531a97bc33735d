//! Colours as people see them: OKLab (Björn Ottosson, 2020), where mixing two gives what a painter
//! would expect.

use std::ops::{Add, Mul};

/// Lightness 0 to 1, and two axes of colour.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Lab {
    pub l: f32,
    pub a: f32,
    pub b: f32,
}

impl Lab {
    /// From lightness, chroma and hue in degrees, with no more chroma than sRGB can show.
    pub fn lch(l: f32, chroma: f32, hue: f32) -> Self {
        let (sin, cos) = hue.to_radians().sin_cos();
        let of = |chroma: f32| Self { l, a: chroma * cos, b: chroma * sin };
        let mut chroma = chroma;
        while chroma > 0.005 && !of(chroma).shows() {
            chroma *= 0.93;
        }
        of(chroma)
    }

    /// Towards `other`, `t` from 0 to 1.
    pub fn mix(self, other: Self, t: f32) -> Self {
        self * (1.0 - t) + other * t
    }

    /// The same colour, lighter.
    pub fn lift(self, by: f32) -> Self {
        Self { l: self.l + by, ..self }
    }

    /// As light falls: red, green and blue from 0 to 1, beyond if no screen can show it.
    pub fn linear(self) -> [f32; 3] {
        let cube = |a: f32, b: f32| {
            let root = self.l + a * self.a + b * self.b;
            root * root * root
        };
        let (l, m, s) = (
            cube(0.396_337_78, 0.215_803_76),
            cube(-0.105_561_346, -0.063_854_17),
            cube(-0.089_484_18, -1.291_485_5),
        );
        [
            4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
            -1.268_438 * l + 2.609_757_4 * m - 0.341_319_38 * s,
            -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
        ]
    }

    fn shows(self) -> bool {
        self.linear().iter().all(|channel| (-0.001..=1.001).contains(channel))
    }
}

impl Add for Lab {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { l: self.l + other.l, a: self.a + other.a, b: self.b + other.b }
    }
}

impl Mul<f32> for Lab {
    type Output = Self;
    fn mul(self, by: f32) -> Self {
        Self { l: self.l * by, a: self.a * by, b: self.b * by }
    }
}

#[cfg(test)]
mod tests {
    use super::Lab;

    #[test]
    fn ottosson_s_own_numbers() {
        // White, and pure red, from the post that defines the space.
        for (lab, rgb) in [
            (Lab { l: 1.0, a: 0.0, b: 0.0 }, [1.0, 1.0, 1.0]),
            (Lab { l: 0.627_955, a: 0.224_863, b: 0.125_846 }, [1.0, 0.0, 0.0]),
        ] {
            for (is, should) in lab.linear().into_iter().zip(rgb) {
                assert!((is - should).abs() < 0.001, "{is} {should}");
            }
        }
    }

    #[test]
    fn no_chroma_that_no_screen_shows() {
        for hue in 0_u16..360 {
            assert!(Lab::lch(0.7, 0.4, f32::from(hue)).shows(), "{hue}");
        }
    }
}
