//! Sessions as rows.

use rusqlite::params;
use safelight_domain::{SessionId, SessionWrite, Timestamp};

use super::RowWriter;
use crate::{
    error::Sql,
    rows::{id, micros},
};

impl RowWriter<'_> {
    pub(super) fn record_session(&self, write: &SessionWrite) -> Sql<()> {
        let me = id(self.account.0);
        match write {
            SessionWrite::New(session) => self.one(
                "INSERT INTO session(id, hash, account_id, user_id, device, created_at, seen_at, \
                 proved_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    id(session.id.0),
                    session.hash,
                    me,
                    id(session.user_id.0),
                    session.device,
                    micros(session.created_at),
                    micros(session.seen_at),
                    micros(session.proved_at)
                ],
            ),
            SessionWrite::Touched(session, at) => self.run_any(
                "UPDATE session SET seen_at = ?3 WHERE id = ?1 AND account_id = ?2",
                params![id(session.0), me, micros(*at)],
            ),
            SessionWrite::Ended(session, at) => self.session_ended(*session, *at),
            SessionWrite::AllEnded { but, at } => self.run_any(
                "UPDATE session SET ended_at = ?3 WHERE account_id = ?1 AND ended_at IS NULL \
                 AND id IS NOT ?2",
                params![me, but.map(|s| id(s.0)), micros(*at)],
            ),
        }
    }

    fn session_ended(&self, session: SessionId, at: Timestamp) -> Sql<()> {
        self.run_any(
            "UPDATE session SET ended_at = ?3 WHERE id = ?1 AND account_id = ?2 \
             AND ended_at IS NULL",
            params![id(session.0), id(self.account.0), micros(at)],
        )
    }
}
