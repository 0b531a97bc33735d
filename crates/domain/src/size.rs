//! Size presets, the six the provider names, with the pixels they stand for.

use crate::Invalid;

/// A preset. Pixels are what is asked for; what arrives is measured again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Size {
    /// 1024 × 1024
    SquareHd,
    /// 512 × 512
    Square,
    /// 768 × 1024
    Portrait43,
    /// 576 × 1024
    Portrait169,
    /// 1024 × 768
    Landscape43,
    /// 1024 × 576
    Landscape169,
}

impl Size {
    /// All presets in the order they are offered.
    pub const ALL: [Self; 6] = [
        Self::SquareHd,
        Self::Square,
        Self::Portrait43,
        Self::Portrait169,
        Self::Landscape43,
        Self::Landscape169,
    ];

    /// The word used in forms, JSON, SQL and at the provider (fal docs: `image_size`).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SquareHd => "square_hd",
            Self::Square => "square",
            Self::Portrait43 => "portrait_4_3",
            Self::Portrait169 => "portrait_16_9",
            Self::Landscape43 => "landscape_4_3",
            Self::Landscape169 => "landscape_16_9",
        }
    }

    /// Width and height in pixels.
    pub fn pixels(self) -> (u32, u32) {
        match self {
            Self::SquareHd => (1024, 1024),
            Self::Square => (512, 512),
            Self::Portrait43 => (768, 1024),
            Self::Portrait169 => (576, 1024),
            Self::Landscape43 => (1024, 768),
            Self::Landscape169 => (1024, 576),
        }
    }

    /// Width to height in small numbers, for models that take a ratio instead of pixels.
    pub fn ratio(self) -> &'static str {
        match self {
            Self::SquareHd | Self::Square => "1:1",
            Self::Portrait43 => "3:4",
            Self::Portrait169 => "9:16",
            Self::Landscape43 => "4:3",
            Self::Landscape169 => "16:9",
        }
    }

    /// The preset nearest in shape to a picture of these pixels.
    pub fn nearest(width: u32, height: u32) -> Self {
        let shape = |(width, height): (u32, u32)| f64::from(width) / f64::from(height.max(1));
        let wanted = shape((width, height));
        // 2:1 is as far from square as 1:2: the distance is that of the logarithms.
        let away = |size: &Self| (shape(size.pixels()) / wanted).ln().abs();
        let near = |a: &Self, b: &Self| away(a).total_cmp(&away(b));
        Self::ALL.into_iter().min_by(near).unwrap_or(Self::SquareHd)
    }

    /// Reads a preset by its word.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL.into_iter().find(|size| size.as_str() == text).ok_or_else(|| {
            let words: Vec<_> = Self::ALL.iter().map(|size| size.as_str()).collect();
            Invalid::new("size", format!("unknown size; choose one of {}", words.join(", ")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Size;

    #[test]
    fn each_preset_is_nearest_to_itself_and_odd_shapes_find_one() {
        for size in Size::ALL {
            let (width, height) = size.pixels();
            assert_eq!(Size::nearest(width, height).ratio(), size.ratio());
        }
        for (width, height, ratio) in
            [(3000, 1000, "16:9"), (1000, 3000, "9:16"), (1100, 1000, "1:1"), (0, 0, "1:1")]
        {
            assert_eq!(Size::nearest(width, height).ratio(), ratio, "{width} × {height}");
        }
    }
}
