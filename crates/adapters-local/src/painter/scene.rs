//! What is pictured: a few families of composition, each drawn by its own dice.

mod aurora;
mod dunes;
mod horizon;
mod mesh;
mod orbs;
mod paper;
mod silk;

use super::{
    colour::Lab,
    dice::{Dice, Likeness},
    palette::Palette,
    words::{Subject, Wishes},
};

/// A picture's size, and a way to speak about places in it: the middle is (0, 0), the short side
/// is one long, y grows downwards.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub width: u32,
    pub height: u32,
}

#[expect(clippy::cast_precision_loss, reason = "pictures are far smaller than 2^24 pixels")]
impl Frame {
    /// Pixels to one unit.
    pub fn unit(self) -> f32 {
        self.width.min(self.height) as f32
    }

    /// Half the width.
    pub fn right(self) -> f32 {
        0.5 * self.width as f32 / self.unit()
    }

    /// Half the height.
    pub fn bottom(self) -> f32 {
        0.5 * self.height as f32 / self.unit()
    }

    /// The x of a column.
    pub fn x(self, column: u32) -> f32 {
        (column as f32 + 0.5) / self.unit() - self.right()
    }

    /// The y of a row.
    pub fn y(self, row: u32) -> f32 {
        (row as f32 + 0.5) / self.unit() - self.bottom()
    }

    /// Every place in rows.
    pub fn map<T>(self, mut of: impl FnMut(f32, f32) -> T) -> Vec<T> {
        let mut all = Vec::with_capacity(self.width as usize * self.height as usize);
        for row in 0..self.height {
            let y = self.y(row);
            all.extend((0..self.width).map(|column| of(self.x(column), y)));
        }
        all
    }
}

/// Chooses what to picture and draws it: one colour a pixel, in rows.
pub(super) fn draw(
    frame: Frame,
    prompt: &str,
    palette: &Palette,
    likeness: Likeness,
    dice: &mut Dice,
) -> Vec<Lab> {
    // Named subjects are kept; others come from two that the words chose, so the pictures of one
    // request are related and not all alike.
    let mut chance = Dice::new(likeness.words.rotate_left(32));
    let choices = [chance.pick(&Subject::ALL), chance.pick(&Subject::ALL)];
    let drawn = match dice.pick(&choices) {
        // Curtains of light need a dark sky.
        Subject::Aurora if !palette.dark => Subject::Silk,
        other => other,
    };
    let of = match Wishes::of(prompt).subject.unwrap_or(drawn) {
        Subject::Aurora => aurora::draw,
        Subject::Dunes => dunes::draw,
        Subject::Horizon => horizon::draw,
        Subject::Mesh => mesh::draw,
        Subject::Orbs => orbs::draw,
        Subject::Paper => paper::draw,
        Subject::Silk => silk::draw,
    };
    of(frame, palette, dice)
}
