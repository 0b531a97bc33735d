//! A low sun over water.

use super::{Dice, Frame, Lab, Palette};
use crate::painter::noise::{Noise, ease};

pub(super) fn draw(frame: Frame, palette: &Palette, dice: &mut Dice) -> Vec<Lab> {
    let (cloud, water) = (Noise::new(dice.next()), Noise::new(dice.next()));
    let line = dice.between(0.04, 0.2) * frame.bottom() * 2.0;
    let sun_x = dice.between(-0.45, 0.45) * frame.right();
    let sun_y = line - dice.between(0.02, 0.30);
    let radius = dice.between(0.07, 0.15);
    let haze = dice.between(0.5, 0.9);
    let sky = |x: f32, y: f32, above: bool| {
        let rise = ((line - y) / (line + frame.bottom())).clamp(0.0, 1.0);
        let (low, high) = if palette.dark { (0.66, 0.04) } else { (0.94, 0.34) };
        let mut air = palette.ramp(low + (high - low) * rise.powf(0.72));
        let away = ((x - sun_x).powi(2) + (y - sun_y).powi(2)).sqrt();
        air = air.mix(palette.ramp(0.84), 0.6 * haze * (-away * 3.2).exp());
        air = air.mix(palette.glow, 0.8 * (-away * 5.5).exp());
        if above {
            air = air.mix(palette.glow, ease(radius + 0.003, radius - 0.003, away));
            let puff = cloud.sum(4, x * 1.3, y * 7.0 + 0.6 * x);
            let veil = ease(0.05, 0.55, puff) * ease(0.0, 0.25, rise) * ease(1.0, 0.55, rise);
            let dense = palette.ramp(if palette.dark { 0.22 } else { 0.46 });
            let lit = dense.mix(palette.glow, 0.75 * (-away * 3.0).exp());
            air = air.mix(lit, 0.5 * veil);
        }
        air
    };
    frame.map(|x, y| {
        if y < line {
            return sky(x, y, true);
        }
        let depth = (y - line) / (frame.bottom() - line);
        // Ripples lie flatter and closer the farther they are.
        let far = 1.0 / (0.06 + depth);
        let ripple = water.sum(3, x * (1.0 + 1.6 * far.sqrt()), 9.0 * far.ln() * 3.0);
        let mirror = 2.0 * line - y - 0.05 * ripple * (0.2 + depth);
        let image = sky(x + 0.10 * ripple * (0.15 + depth), mirror, false);
        let deep = palette.ramp(if palette.dark { 0.05 } else { 0.22 });
        let body = image.mix(deep, 0.30 + 0.42 * depth);
        let path = (-((x - sun_x) / (0.05 + 0.22 * depth)).powi(2)).exp();
        let glint = path * ease(0.02, 0.42, ripple) * (1.0 - 0.55 * depth);
        body.lift(0.035 * ripple).mix(palette.glow, 0.85 * glint)
    })
}
