//! Folded cloth under one soft lamp.

use super::{Dice, Frame, Lab, Palette};
use crate::painter::noise::{Noise, ease};

pub(super) fn draw(frame: Frame, palette: &Palette, dice: &mut Dice) -> Vec<Lab> {
    let (warp, fine) = (Noise::new(dice.next()), Noise::new(dice.next()));
    let angle = dice.between(0.35, 1.1) * if dice.chance(0.5) { 1.0 } else { -1.0 };
    let (sin, cos) = angle.sin_cos();
    let folds = dice.between(15.0, 22.0);
    let twist = dice.between(0.35, 0.6);
    let lamp_x = if dice.chance(0.5) { 0.62 } else { -0.62 };
    let height = |x: f32, y: f32| {
        let (u, v) = (warp.sum(2, x * 0.8, y * 0.8), warp.sum(2, x * 0.8 + 9.0, y * 0.8 - 4.0));
        let (px, py) = (x + twist * u, y + twist * v);
        let across = px * cos + py * sin;
        let along = py * cos - px * sin;
        let wave = folds * across + 2.6 * fine.at(across * 1.2, along * 0.7);
        // A broad fold carries a finer one that comes and goes along it.
        let ply = 0.22 * fine.at(along * 0.9, 7.0) * (2.0 * wave + 3.0 * u).sin();
        0.5 + 0.38 * wave.sin() + ply
    };
    let thread_colour = palette.companion().lift(-0.25);
    let shade = if palette.dark { 0.0 } else { 0.13 };
    let heights = frame.map(height);
    let slope = Slope { frame, heights: &heights };
    let mut cloth = Vec::with_capacity(heights.len());
    for row in 0..frame.height {
        for column in 0..frame.width {
            let (along_x, along_y) = slope.at(column, row);
            let norm = (along_x * along_x + along_y * along_y + 1.0).sqrt().recip();
            let lit = ((0.55 - lamp_x * along_x + 0.5 * along_y) * norm).clamp(0.0, 1.0);
            let fold = slope.height(column, row);
            let place = frame.x(column) * cos - frame.y(row) * sin;
            let tone = shade + 0.66 * lit + 0.14 * fold + 0.12 * place;
            // In the creases another thread shows.
            let thread = 0.35 * ease(0.45, -0.05, fold);
            let sheen = ease(0.78, 1.0, lit);
            let body = palette.ramp(tone).mix(thread_colour, thread);
            cloth.push(body.mix(palette.glow, 0.42 * sheen * sheen));
        }
    }
    cloth
}

/// How steep the cloth is at every pixel.
struct Slope<'a> {
    frame: Frame,
    heights: &'a [f32],
}

impl Slope<'_> {
    fn height(&self, column: u32, row: u32) -> f32 {
        self.heights[row as usize * self.frame.width as usize + column as usize]
    }

    fn at(&self, column: u32, row: u32) -> (f32, f32) {
        // How high a fold stands against its width.
        let steep = 0.085 * self.frame.unit();
        let (right, down) =
            ((column + 1).min(self.frame.width - 1), (row + 1).min(self.frame.height - 1));
        let (left, up) = (column.saturating_sub(1), row.saturating_sub(1));
        (
            steep * (self.height(right, row) - self.height(left, row)),
            steep * (self.height(column, down) - self.height(column, up)),
        )
    }
}
