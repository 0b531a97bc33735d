//! Sign-in attempts as rows.

use rusqlite::params;
use safelight_domain::{AttemptWrite, Challenge};

use super::RowWriter;
use crate::{
    error::Sql,
    rows::{id, micros},
};

impl RowWriter<'_> {
    pub(super) fn record_attempt(&self, write: &AttemptWrite) -> Sql<()> {
        match write {
            AttemptWrite::New(challenge) => self.challenge(challenge),
            AttemptWrite::Replaced { browser, purpose } => self.run_any(
                "DELETE FROM challenge WHERE browser = ?1 AND purpose = ?2",
                params![browser, purpose.as_str()],
            ),
            AttemptWrite::Tried(challenge) => self.one(
                "UPDATE challenge SET attempts = attempts + 1 WHERE id = ?1",
                params![id(challenge.0)],
            ),
            AttemptWrite::Consumed(challenge, at) => self.one(
                "UPDATE challenge SET consumed_at = ?2 WHERE id = ?1 AND consumed_at IS NULL",
                params![id(challenge.0), micros(*at)],
            ),
        }
    }

    fn challenge(&self, challenge: &Challenge) -> Sql<()> {
        self.one(
            "INSERT INTO challenge(id, email, canonical, code, link, browser, return_to, \
             attempts, created_at, purpose) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                id(challenge.id.0),
                challenge.email.as_str(),
                challenge.email.canonical(),
                challenge.code,
                challenge.link,
                challenge.browser,
                challenge.return_to,
                challenge.attempts,
                micros(challenge.created_at),
                challenge.purpose.as_str()
            ],
        )
    }
}
