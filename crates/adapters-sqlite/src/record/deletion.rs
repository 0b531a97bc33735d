//! What deleting an account leaves of its rows.

use rusqlite::params;
use safelight_domain::{DeletionWrite, GenerationId, Timestamp};

use super::RowWriter;
use crate::{
    error::Sql,
    rows::{id, micros},
};

/// What stands where words were: the columns want some.
const ERASED: &str = "(deleted)";

impl RowWriter<'_> {
    pub(super) fn record_deletion(&self, write: &DeletionWrite) -> Sql<()> {
        let me = id(self.account.0);
        match write {
            DeletionWrite::ClosesAt(at) => self.one(
                "UPDATE account SET closes_at = ?2 WHERE id = ?1",
                params![me, at.map(micros)],
            ),
            DeletionWrite::Closing => {
                self.one("UPDATE account SET closing = 1 WHERE id = ?1", params![me])
            }
            DeletionWrite::GenerationErased(generation, _) => self.generation_erased(*generation),
            DeletionWrite::Erased(at) => self.account_erased(*at),
        }
    }

    /// All that names the person goes; ids stay, for the books refer to them.
    fn account_erased(&self, at: Timestamp) -> Sql<()> {
        let me = id(self.account.0);
        for sql in [
            "DELETE FROM challenge WHERE canonical = (SELECT canonical FROM user WHERE account_id = ?1)",
            "DELETE FROM session WHERE account_id = ?1",
            "DELETE FROM folder WHERE account_id = ?1",
            "DELETE FROM former WHERE account_id = ?1",
            "UPDATE api_key SET name = '' WHERE account_id = ?1",
            "UPDATE user SET email = lower(hex(id)) || '@deleted.invalid', \
             canonical = lower(hex(id)) || '@deleted.invalid' WHERE account_id = ?1",
        ] {
            self.run_any(sql, params![me])?;
        }
        self.run_any(
            "UPDATE api_key SET revoked_at = ?2 WHERE account_id = ?1 AND revoked_at IS NULL",
            params![me, micros(at)],
        )
    }

    fn generation_erased(&self, generation: GenerationId) -> Sql<()> {
        let renders = "(SELECT id FROM render WHERE generation_id = ?1 AND account_id = ?2)";
        let of = [id(generation.0), id(self.account.0)];
        self.run_any(
            &format!(
                "DELETE FROM image_words WHERE rowid IN (SELECT n FROM image WHERE render_id IN {renders})"
            ),
            of,
        )?;
        self.run_any(&format!("DELETE FROM image WHERE render_id IN {renders}"), of)?;
        self.one(
            "UPDATE generation SET prompt = ?3, negative = NULL, folder_id = NULL \
             WHERE id = ?1 AND account_id = ?2",
            params![of[0], of[1], ERASED],
        )
    }
}
