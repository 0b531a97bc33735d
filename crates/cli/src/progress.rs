//! Long work tells how far it is: a bar on a terminal, a line now and then elsewhere.

use std::{
    cell::Cell,
    io::{IsTerminal, stderr},
};

use indicatif::{ProgressBar, ProgressStyle};

/// How far one piece of work is.
pub struct Progress {
    what: &'static str,
    bar: Option<ProgressBar>,
    /// Tenths already told, where there is no bar.
    told: Cell<u64>,
}

impl Progress {
    /// Begins to tell of `what`, an act in the words of a person: `copying the database`.
    pub fn of(what: &'static str) -> Self {
        let bar = stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}");
            let bar = ProgressBar::new(0).with_message(what);
            style.map_or(bar.clone(), |style| bar.with_style(style))
        });
        Self { what, bar, told: Cell::new(0) }
    }

    /// So much of so much is done.
    pub fn at(&self, done: u64, all: u64) {
        if let Some(bar) = &self.bar {
            bar.set_length(all);
            bar.set_position(done);
            return;
        }
        let tenths = (done * 10).checked_div(all).unwrap_or(10);
        if tenths > self.told.get() {
            self.told.set(tenths);
            crate::logs::complain(&format!("{}: {done} of {all}", self.what));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
