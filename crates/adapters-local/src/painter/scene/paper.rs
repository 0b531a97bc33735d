//! Cut paper in layers, each throwing a shadow on the one below.

use super::{Dice, Frame, Lab, Palette};
use crate::painter::noise::{Noise, ease};

pub(super) fn draw(frame: Frame, palette: &Palette, dice: &mut Dice) -> Vec<Lab> {
    let (warp, fibre) = (Noise::new(dice.next()), Noise::new(dice.next()));
    let (mid_x, mid_y) = (dice.between(-0.3, 0.3), dice.between(-0.3, 0.3));
    let layers = dice.pick(&[8.0_f32, 10.0, 12.0]);
    let twist = dice.between(0.22, 0.40);
    let stretch = dice.between(1.0, 1.7);
    let inwards = dice.chance(0.6);
    // One sheet in the middle has the colour nobody expects.
    let odd = (layers * dice.between(0.3, 0.6)).floor();
    let odd_colour = palette.accent.mix(palette.ramp(0.62), 0.38);
    let height = |x: f32, y: f32| {
        let wave = warp.sum(2, x * 1.5, y * 1.5);
        let away = ((x - mid_x).powi(2) * stretch + (y - mid_y).powi(2)).sqrt();
        (1.25 * away + twist * wave).clamp(0.0, 0.999)
    };
    let sheet = |height: f32| (height * layers).floor();
    // The lamp is upper left: a sheet shades what lies below and right of its edge.
    let heights = frame.map(height);
    let width = frame.width as usize;
    let reach = frame.unit() * 0.028;
    let mut picture = Vec::with_capacity(heights.len());
    for row in 0..frame.height {
        for column in 0..frame.width {
            let here = heights[row as usize * width + column as usize];
            let level = sheet(here);
            let shadow = shadow(frame, &heights, (column, row), reach, |h| sheet(h) > level);
            let t = level / (layers - 1.0);
            let tone = if inwards { 0.10 + 0.84 * t } else { 0.94 - 0.84 * t };
            let colour = if (level - odd).abs() < 0.5 { odd_colour } else { palette.ramp(tone) };
            let rim = ease(0.045, 0.0, here * layers - level);
            let grain = fibre.at(frame.x(column) * 90.0, frame.y(row) * 90.0);
            picture.push(colour.lift(0.05 * rim + 0.010 * grain - 0.24 * shadow));
        }
    }
    picture
}

/// How much of the light is kept off by sheets that lie higher, from 0 to 1: a few samples towards
/// the lamp, the near ones weighing most.
fn shadow(
    frame: Frame,
    heights: &[f32],
    (column, row): (u32, u32),
    reach: f32,
    higher: impl Fn(f32) -> bool,
) -> f32 {
    const SAMPLES: [(f32, f32); 5] =
        [(0.12, 0.32), (0.3, 0.26), (0.5, 0.2), (0.75, 0.14), (1.0, 0.08)];
    SAMPLES
        .into_iter()
        .map(|(share, weight)| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a few pixels"
            )]
            let step = (share * reach) as u32;
            let (x, y) = (column.saturating_sub(step * 2 / 3), row.saturating_sub(step));
            let above = heights[y as usize * frame.width as usize + x as usize];
            if higher(above) { weight } else { 0.0 }
        })
        .sum()
}
