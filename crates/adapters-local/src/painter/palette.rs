//! Colours that belong together: one run of hues from deep shadow to soft light, and one accent.

use super::{
    colour::Lab,
    dice::{Dice, Likeness},
    noise::lerp,
    words::{Hues, Wishes},
};

/// Named colours of one picture.
#[derive(Debug, Clone)]
pub(super) struct Palette {
    /// Dark to light, evenly spaced.
    stops: [Lab; 7],
    /// Something else, to catch the eye; light enough to glow.
    pub accent: Lab,
    /// The colour of its light: nearly white, on the warm or cool side of the palette.
    pub glow: Lab,
    /// Whether it is night there.
    pub dark: bool,
}

impl Palette {
    /// A palette for the words, leaned a little by the picture's own dice.
    pub fn of(prompt: &str, negative: &str, likeness: Likeness, dice: &mut Dice) -> Self {
        let wishes = Wishes::of(prompt);
        let mut chance = Dice::new(likeness.words);
        let drawn = Hues { middle: chance.between(0.0, 360.0), turn: turn(&mut chance) };
        let unwanted = Wishes::of(negative);
        let main = avoiding(*wishes.hues.first().unwrap_or(&drawn), &unwanted.hues);
        let lean = dice.between(-9.0, 9.0);
        let main = Hues { middle: main.middle + lean, ..main };
        let far = chance.pick(&[150.0, 180.0, 205.0, -75.0, 80.0]);
        let accent = wishes.hues.get(1).map_or(main.middle + far, |hues| hues.middle);
        let accent = avoiding(Hues { middle: accent, turn: 0.0 }, &unwanted.hues);
        // Some colours, yellow above all, do not live in the dark: a named one stays out of it.
        let drawn = chance.between(if wishes.hues.is_empty() { -0.5 } else { -0.2 }, 0.35);
        let moody = if wishes.light == 0.0 { drawn } else { wishes.light };
        let light = (moody - 0.6 * unwanted.light).clamp(-1.0, 1.0);
        let chroma = wishes.chroma * chance.between(0.85, 1.1);
        Self::build(main, accent.middle, light, chroma)
    }

    fn build(main: Hues, accent: f32, light: f32, chroma: f32) -> Self {
        let darkest = 0.20 + 0.30 * light.max(0.0) + 0.09 * light.min(0.0);
        let lightest = 0.93 + 0.04 * light.max(0.0) + 0.26 * light.min(0.0);
        let mut stops = [Lab::default(); 7];
        for (stop, n) in stops.iter_mut().zip(0_u8..) {
            let t = f32::from(n) / 6.0;
            // Shadows and lights are quieter than what lies between.
            let strength = 0.055 + 0.12 * (std::f32::consts::PI * (0.12 + 0.76 * t)).sin();
            let hue = main.middle + main.turn * (t - 0.5);
            *stop = Lab::lch(lerp(darkest, lightest, t.powf(0.92)), chroma * strength, hue);
        }
        let end = main.middle + 0.5 * main.turn;
        Self {
            stops,
            accent: Lab::lch(0.74 + 0.06 * light, 0.15 * chroma, accent),
            glow: Lab::lch(0.965, 0.05 * chroma, end),
            dark: light < -0.25,
        }
    }

    /// What may be mixed in broadly: the accent, unless it lies opposite, where mixing greys.
    pub fn companion(&self) -> Lab {
        let middle = self.ramp(0.55);
        let opposite = middle.a * self.accent.a + middle.b * self.accent.b < 0.0;
        if opposite { self.ramp(0.9) } else { self.accent }
    }

    /// From the darkest at 0 to the lightest at 1.
    pub fn ramp(&self, t: f32) -> Lab {
        let place = t.clamp(0.0, 1.0) * 6.0;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is between 0 and 6"
        )]
        let n = (place as usize).min(5);
        let [from, to] = [self.stops[n], self.stops[n + 1]];
        #[expect(clippy::cast_precision_loss, reason = "it is at most 5")]
        let part = place - n as f32;
        from.mix(to, part)
    }
}

/// A turn that gives neighbours, or now and then a wide sweep.
fn turn(chance: &mut Dice) -> f32 {
    let side = if chance.chance(0.5) { 1.0 } else { -1.0 };
    side * if chance.chance(0.35) {
        chance.between(95.0, 150.0)
    } else {
        chance.between(35.0, 75.0)
    }
}

/// `hues`, turned away while they lie near one that is not wanted.
fn avoiding(hues: Hues, unwanted: &[Hues]) -> Hues {
    let near = |middle: f32| {
        unwanted.iter().any(|no| {
            let apart = (middle - no.middle).rem_euclid(360.0);
            apart.min(360.0 - apart) < 55.0
        })
    };
    // Two unwanted hues cannot cover three thirds of the circle.
    let choices = [0.0, 130.0, 230.0].map(|by| hues.middle + by);
    let middle = choices.into_iter().find(|middle| !near(*middle)).unwrap_or(hues.middle);
    // A sweep would come round to the unwanted again.
    let turn = if unwanted.is_empty() { hues.turn } else { hues.turn.clamp(-60.0, 60.0) };
    Hues { middle, turn }
}
