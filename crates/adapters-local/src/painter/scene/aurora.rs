//! Curtains of light over dark hills.

use super::{Dice, Frame, Lab, Palette};
use crate::painter::noise::{Noise, ease};

/// One curtain, hanging from above down to its hem.
struct Curtain {
    hem: Vec<f32>,
    rays: Vec<f32>,
    tall: f32,
    strength: f32,
    low: Lab,
    high: Lab,
}

pub(super) fn draw(frame: Frame, palette: &Palette, dice: &mut Dice) -> Vec<Lab> {
    let stars = Noise::new(dice.next());
    let hills = Noise::new(dice.next());
    let curtains = curtains(frame, palette, dice);
    let ground = frame.bottom() * dice.between(0.62, 0.82);
    let mut picture = Vec::with_capacity(frame.width as usize * frame.height as usize);
    for row in 0..frame.height {
        let y = frame.y(row);
        for column in 0..frame.width {
            let x = frame.x(column);
            let crest = ground - 0.10 * hills.sum(4, x * 1.6, 2.0);
            if y > crest {
                let mist = ease(0.22, 0.0, y - crest);
                picture.push(palette.ramp(0.02 + 0.07 * mist).lift(-0.05));
                continue;
            }
            let rise = (y + frame.bottom()) / (2.0 * frame.bottom());
            let mut colour = palette.ramp(0.02 + 0.24 * rise * rise).lift(-0.02);
            let star = stars.speck(column / 2, row / 2);
            let twinkle = ease(0.9987, 1.0, star) * (1.0 - rise);
            colour = colour.mix(palette.glow, 0.8 * twinkle);
            for curtain in &curtains {
                let (light, up) = curtain.at(column, y);
                let hue = curtain.low.mix(curtain.high, ease(0.05, 0.9, up));
                colour = colour.mix(hue, light.min(0.94));
            }
            picture.push(colour);
        }
    }
    picture
}

impl Curtain {
    /// How bright it is, and how far up the curtain, from 0 to 1 and beyond.
    fn at(&self, column: u32, y: f32) -> (f32, f32) {
        let column = column as usize;
        let up = (self.hem[column] - y) / (self.tall * (0.55 + 0.45 * self.rays[column]));
        // A sharp hem that fades downwards at once and upwards slowly.
        let light = if up < 0.0 { (up * 9.0).exp() } else { (-up * 2.3).exp() };
        (self.strength * light * (0.45 + 0.55 * self.rays[column]), up.max(0.0))
    }
}

fn curtains(frame: Frame, palette: &Palette, dice: &mut Dice) -> Vec<Curtain> {
    let tones = [(palette.ramp(0.78), palette.ramp(0.42)), (palette.accent, palette.ramp(0.5))];
    (0_u8..3)
        .map(|n| {
            let (path, ray) = (Noise::new(dice.next()), Noise::new(dice.next()));
            let base = dice.between(-0.28, 0.42) * frame.bottom();
            let slant = dice.between(-0.35, 0.35);
            let waves = dice.between(0.9, 1.6);
            let columns = || (0..frame.width).map(|column| frame.x(column));
            let (low, high) = tones[usize::from(n % 3 == 1)];
            Curtain {
                hem: columns()
                    .map(|x| base + slant * x + 0.34 * path.sum(3, x * waves, 1.0))
                    .collect(),
                rays: columns()
                    .map(|x| {
                        let broad = ray.sum(2, x * 3.0, 5.0);
                        let fine = ray.sum(3, x * 16.0, 8.0);
                        (0.42 + 1.0 * broad + 0.4 * fine).clamp(0.0, 1.0)
                    })
                    .collect(),
                tall: dice.between(0.32, 0.65),
                strength: dice.between(0.45, 0.85),
                low,
                high,
            }
        })
        .collect()
}
