//! Glowing spheres afloat, some near and sharp, some far and soft.

use super::{Dice, Frame, Lab, Palette};
use crate::painter::noise::{Noise, ease};

struct Orb {
    x: f32,
    y: f32,
    radius: f32,
    /// Width of its edge: the farther, the softer.
    blur: f32,
    body: Lab,
    shade: Lab,
    seen_through: Lab,
    glow: f32,
}

pub(super) fn draw(frame: Frame, palette: &Palette, dice: &mut Dice) -> Vec<Lab> {
    let noise = Noise::new(dice.next());
    let orbs = orbs(frame, palette, dice);
    let (lamp_x, lamp_y) =
        (dice.between(-0.7, -0.4) * if dice.chance(0.5) { 1.0 } else { -1.0 }, -0.62);
    let (low, high) = if palette.dark { (0.02, 0.34) } else { (0.52, 0.98) };
    frame.map(|x, y| {
        let drift = noise.sum(2, x * 1.1, y * 1.1);
        let rise = 0.5 + 0.5 * (lamp_x * x + lamp_y * y) + 0.22 * drift;
        let mut colour = palette.ramp(low + (high - low) * rise);
        for orb in &orbs {
            let (dx, dy) = ((x - orb.x) / orb.radius, (y - orb.y) / orb.radius);
            let away = (dx * dx + dy * dy).sqrt();
            if away > 4.0 {
                continue;
            }
            let halo = orb.glow * (-(away - 1.0).max(0.0) * 2.4).exp();
            colour = colour.mix(orb.body, halo);
            // A shadow below lifts it off the ground behind.
            let under = ((dx - 0.25 * lamp_x).powi(2) + (dy + 0.35 * lamp_y).powi(2)).sqrt();
            colour = colour.lift(-0.10 * ease(1.5, 0.6, under) * (1.0 - orb.glow));
            let cover = ease(1.0 + orb.blur, 1.0 - orb.blur, away);
            if cover > 0.0 {
                colour = colour.mix(orb.surface(dx, dy, (lamp_x, lamp_y), palette), cover);
            }
        }
        colour
    })
}

impl Orb {
    /// A ball of frosted glass: it takes the light on one side, lets some through, and glows
    /// along the far rim.
    fn surface(&self, dx: f32, dy: f32, lamp: (f32, f32), palette: &Palette) -> Lab {
        let depth = (1.0 - (dx * dx + dy * dy)).max(0.0).sqrt();
        let lit = 0.85 * (dx * lamp.0 + dy * lamp.1) + 0.35 * depth;
        let through = ease(0.25, -0.95, lit) * (1.0 - depth).powf(1.6);
        let body = self.shade.mix(self.body, ease(-0.7, 0.75, lit));
        let bloom = ease(0.35, 1.0, lit);
        body.mix(palette.glow, 0.50 * bloom * bloom).mix(self.seen_through, 0.85 * through)
    }
}

/// Far and soft ones first.
fn orbs(frame: Frame, palette: &Palette, dice: &mut Dice) -> Vec<Orb> {
    let count = dice.pick(&[5_u8, 6, 8]);
    (0..count)
        .map(|n| {
            let near = f32::from(n) / f32::from(count - 1);
            let tone = dice.between(0.5, 0.8);
            let odd = n % 3 == 1;
            let body = if odd { palette.accent } else { palette.ramp(tone) };
            let mid = 1.0 - 0.35 * near;
            Orb {
                x: dice.between(-mid, mid) * frame.right(),
                y: dice.between(-mid, mid) * frame.bottom(),
                radius: dice.between(0.05, 0.10) + 0.16 * near * near,
                blur: 0.012 + 0.30 * (1.0 - near).powi(2),
                body,
                shade: palette.ramp(tone - 0.42).mix(body, if odd { 0.25 } else { 0.0 }),
                seen_through: if odd { palette.ramp(0.8) } else { palette.accent.lift(0.06) },
                glow: if palette.dark { 0.38 } else { 0.16 },
            }
        })
        .collect()
}
