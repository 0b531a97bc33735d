//! Soft fields of colour that flow into each other.

use super::{Dice, Frame, Lab, Palette};
use crate::painter::noise::{Noise, ease};

/// A place that pulls the colour its way.
struct Blot {
    x: f32,
    y: f32,
    reach: f32,
    colour: Lab,
}

pub(super) fn draw(frame: Frame, palette: &Palette, dice: &mut Dice) -> Vec<Lab> {
    let noise = Noise::new(dice.next());
    let other = Noise::new(dice.next());
    let mut blots: Vec<Blot> = (0_u8..7)
        .map(|n| Blot {
            x: dice.between(-1.1, 1.1) * frame.right(),
            y: dice.between(-1.1, 1.1) * frame.bottom(),
            reach: dice.between(0.34, 0.6),
            colour: palette.ramp(0.22 + 0.75 * f32::from(n) / 6.0),
        })
        .collect();
    blots[2].colour = palette.companion();
    let twist = dice.between(0.45, 0.75);
    let (sin, cos) = dice.between(0.0, std::f32::consts::TAU).sin_cos();
    frame.map(|x, y| {
        let (u, v) = (noise.sum(2, x * 0.9, y * 0.9), other.sum(2, x * 0.9 + 5.0, y * 0.9));
        let (px, py) = (x + twist * u, y + twist * v);
        let (mut colour, mut weight) = (Lab::default(), 0.0);
        for blot in &blots {
            let (dx, dy) = (px - blot.x, py - blot.y);
            // The nearest wins, and the border is soft.
            let near = (blot.reach / (dx * dx + dy * dy + 0.05)).powi(2);
            colour = colour + blot.colour * near;
            weight += near;
        }
        // Long folds: light gathers on one side and is lost on the other.
        let along = 1.6 * (px * cos + py * sin) + 0.5 * v;
        let fold = along - along.floor();
        let crest = fold * fold * ease(1.0, 0.90, fold);
        let mixed = colour * (1.0 / weight);
        // Mixing greys; some of the colour is given back.
        Lab { l: mixed.l + 0.13 * crest - 0.05, a: 1.3 * mixed.a, b: 1.3 * mixed.b }
    })
}
