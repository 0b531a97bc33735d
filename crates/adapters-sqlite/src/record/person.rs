//! Rows of people who move and leave, of what is given up, and of the trail.

use rusqlite::params;
use safelight_domain::{Deed, Email, Former, GenerationId, ImageId, RenderId, Timestamp, Write};

use super::Desk;
use crate::{
    error::Sql,
    rows::{id, micros},
};

/// What stands where words were: the columns want some.
const ERASED: &str = "(deleted)";

impl Desk<'_> {
    pub(super) fn record_person(&self, write: &Write) -> Sql<()> {
        let me = id(self.account.0);
        match write {
            Write::AccountCloses(at) => self.one(
                "UPDATE account SET closes_at = ?2 WHERE id = ?1",
                params![me, at.map(micros)],
            ),
            Write::AccountClosing => {
                self.one("UPDATE account SET closing = 1 WHERE id = ?1", params![me])
            }
            Write::AccountErased(at) => self.account_erased(*at),
            Write::UserEmail(email) => self.user_email(email),
            Write::Mailbox(digest, at) => self.one(
                "INSERT INTO mailbox(digest, at) VALUES(?1, ?2)",
                params![digest, micros(*at)],
            ),
            Write::MailboxNoted => {
                self.one("UPDATE user SET mailbox_noted = 1 WHERE account_id = ?1", params![me])
            }
            Write::Former(former) => self.former(former),
            Write::FormersGone { since } => self.run_any(
                "DELETE FROM former WHERE account_id = ?1 AND left_at >= ?2",
                params![me, micros(*since)],
            ),
            Write::KeysRevoked { since, at } => self.run_any(
                "UPDATE api_key SET revoked_at = ?3 WHERE account_id = ?1 AND created_at >= ?2 \
                 AND revoked_at IS NULL",
                params![me, micros(*since), micros(*at)],
            ),
            Write::GenerationErased(generation, _) => self.generation_erased(*generation),
            Write::ImagePurged(image) => self.image_purged(*image),
            Write::Discard(render) => self.discard(*render),
            Write::Cleared(render, at) => self.run_any(
                "UPDATE discard SET cleared_at = ?3 WHERE render_id = ?1 AND account_id = ?2 \
                 AND cleared_at IS NULL",
                params![id(render.0), me, micros(*at)],
            ),
            Write::Deed(deed) => self.deed(deed),
            other => unreachable!("{other:?} is recorded elsewhere"),
        }
    }

    fn user_email(&self, email: &Email) -> Sql<()> {
        self.one(
            "UPDATE user SET email = ?2, canonical = ?3, mailbox_noted = 0 WHERE account_id = ?1",
            params![id(self.account.0), email.as_str(), email.canonical()],
        )
    }

    fn former(&self, former: &Former) -> Sql<()> {
        self.one(
            "INSERT INTO former(token, account_id, email, canonical, left_at) \
             VALUES(?1, ?2, ?3, ?4, ?5)",
            params![
                former.token,
                id(self.account.0),
                former.email.as_str(),
                former.email.canonical(),
                micros(former.left_at)
            ],
        )
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

    fn image_purged(&self, image: ImageId) -> Sql<()> {
        let of = [id(image.0), id(self.account.0)];
        self.run_any(
            "DELETE FROM image_words WHERE rowid = \
             (SELECT n FROM image WHERE id = ?1 AND account_id = ?2)",
            of,
        )?;
        self.one("DELETE FROM image WHERE id = ?1 AND account_id = ?2", of)
    }

    /// Given up twice is given up once.
    fn discard(&self, render: RenderId) -> Sql<()> {
        self.run_any(
            "INSERT INTO discard(render_id, account_id, at) VALUES(?1, ?2, ?3) \
             ON CONFLICT DO NOTHING",
            params![id(render.0), id(self.account.0), micros(self.now)],
        )
    }

    fn deed(&self, deed: &Deed) -> Sql<()> {
        self.one(
            "INSERT INTO deed(account_id, name, actor, subject, before, after, reason, \
             request_id, at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                deed.account_id.map(|account| id(account.0)),
                deed.name.as_str(),
                deed.by.actor.0,
                deed.subject.map(id),
                deed.before,
                deed.after,
                deed.by.reason,
                deed.by.request,
                micros(deed.at)
            ],
        )
    }
}
