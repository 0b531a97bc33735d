//! Hills behind hills, each paler than the one before it.

use super::{Dice, Frame, Lab, Palette};
use crate::painter::noise::{Noise, ease};

/// One line of hills.
struct Ridge {
    /// Height of its crest, for every column.
    crest: Vec<f32>,
    top: Lab,
    foot: Lab,
    /// How deep the light reaches below the crest.
    depth: f32,
}

/// Where the light comes from.
struct Sun {
    x: f32,
    y: f32,
    radius: f32,
}

pub(super) fn draw(frame: Frame, palette: &Palette, dice: &mut Dice) -> Vec<Lab> {
    let sky = Noise::new(dice.next());
    let sun = Sun {
        x: dice.between(-0.6, 0.6) * frame.right(),
        y: dice.between(-0.30, -0.12),
        radius: dice.between(0.045, 0.10),
    };
    let ridges = ridges(frame, palette, dice);
    let mut picture = Vec::with_capacity(frame.width as usize * frame.height as usize);
    for row in 0..frame.height {
        let y = frame.y(row);
        for column in 0..frame.width {
            let x = frame.x(column);
            let nearest = ridges.iter().rev().find(|ridge| y > ridge.crest[column as usize]);
            picture.push(if let Some(ridge) = nearest {
                ridge.at(x, y - ridge.crest[column as usize], &sun, palette)
            } else {
                sun.sky(x, y, sky.sum(2, x * 1.2, y * 5.0), palette)
            });
        }
    }
    picture
}

impl Sun {
    fn sky(&self, x: f32, y: f32, drift: f32, palette: &Palette) -> Lab {
        let up = 0.5 + y + 0.05 * drift;
        let away = ((x - self.x).powi(2) + (y - self.y).powi(2)).sqrt();
        let tone = if palette.dark { 0.08 + 0.55 * up } else { 0.62 + 0.42 * up };
        let air = palette.ramp(tone).mix(palette.ramp(0.86), 0.45 * ease(0.75, 0.0, away));
        let halo = air.mix(palette.glow, 0.75 * (-away * 4.5).exp());
        let disc = ease(self.radius + 0.0025, self.radius - 0.0025, away);
        halo.mix(palette.glow.lift(0.02), disc)
    }
}

impl Ridge {
    /// The hillside `below` its crest; near the sun its crest catches the light.
    fn at(&self, x: f32, below: f32, sun: &Sun, palette: &Palette) -> Lab {
        let near = (-(x - sun.x).powi(2) * 2.5).exp();
        let rim = near * (-below * 55.0).exp();
        let body = self.top.mix(self.foot, ease(0.0, self.depth, below));
        body.mix(palette.ramp(0.82), 0.40 * rim)
    }
}

fn ridges(frame: Frame, palette: &Palette, dice: &mut Dice) -> Vec<Ridge> {
    let layers = dice.pick(&[5_u8, 6, 7]);
    let first = dice.between(-0.10, 0.04);
    (0..layers)
        .map(|n| {
            let near = f32::from(n) / f32::from(layers - 1);
            let noise = Noise::new(dice.next());
            let base = first + (frame.bottom() * 0.92 - first) * near.powf(1.25);
            let swing = 0.09 + 0.13 * near;
            let stretch = 2.1 - 0.9 * near;
            let skew = dice.between(-0.12, 0.12);
            let rough = dice.between(0.05, 0.22);
            let crest = (0..frame.width)
                .map(|column| {
                    let x = frame.x(column);
                    let hill = noise.sum(2, x * stretch, 3.0)
                        + rough * noise.sum(3, x * stretch * 4.0, 9.0);
                    base + skew * x - swing * hill
                })
                .collect();
            let tone = if palette.dark { 0.50 - 0.48 * near } else { 0.78 - 0.74 * near };
            Ridge {
                crest,
                top: palette.ramp(tone),
                foot: palette.ramp(tone + 0.17 * (1.0 - 0.6 * near)),
                depth: 0.16 + 0.22 * near,
            }
        })
        .collect()
}
