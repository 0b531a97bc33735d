//! What the operator sees of the whole studio: figures a day, everybody's journal.

use std::sync::Arc;

use safelight_domain::Day;
use safelight_ports::{BookLine, DayFigures, LineFilter, Moved, Page, Paged};

use crate::{Error, World};

/// Days counted in one sweep: more than there are in a year, so that a big store is soon done.
const DAYS: u16 = 400;

/// Answers about everybody, for admins.
#[derive(Clone)]
pub struct Overview {
    world: Arc<World>,
}

impl Overview {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    /// What the last `days` days in UTC came to, today the last of them.
    pub async fn days(&self, days: u16) -> Result<Vec<DayFigures>, Error> {
        let today = Day::of(self.world.clock.now());
        let since = today.back(days.saturating_sub(1));
        Ok(self.world.figures.days(since, today.ends()).await?)
    }

    /// Credits moved since the first line of the books.
    pub async fn moved(&self) -> Result<Moved, Error> {
        Ok(self.world.figures.moved().await?)
    }

    /// Lines of the journal, newest first.
    pub async fn lines(&self, filter: LineFilter, page: Page) -> Result<Paged<BookLine>, Error> {
        Ok(self.world.figures.lines(filter, page).await?)
    }

    /// Counts the days that are over, so that looking at them is quick.
    pub async fn count_days(&self) -> Result<u16, Error> {
        let today = Day::of(self.world.clock.now());
        Ok(self.world.figures.count_days(today.begins(), DAYS).await?)
    }
}
