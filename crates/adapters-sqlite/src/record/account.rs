//! Accounts, their people and former addresses as rows.

use rusqlite::params;
use safelight_domain::{AccountWrite, Email, Former, User};

use super::RowWriter;
use crate::{
    error::Sql,
    rows::{id, micros},
};

impl RowWriter<'_> {
    pub(super) fn record_account(&self, write: &AccountWrite) -> Sql<()> {
        let me = id(self.account.0);
        match write {
            AccountWrite::New(account) => self.one(
                "INSERT INTO account(id, status, last_at, created_at) VALUES(?1, ?2, ?3, ?4)",
                params![
                    id(account.id.0),
                    account.status.as_str(),
                    micros(account.last_at),
                    micros(account.created_at)
                ],
            ),
            AccountWrite::User(user) => self.user(user),
            AccountWrite::Status(status) => self
                .one("UPDATE account SET status = ?2 WHERE id = ?1", params![me, status.as_str()]),
            AccountWrite::Role(role) => self
                .one("UPDATE user SET role = ?2 WHERE account_id = ?1", params![me, role.as_str()]),
            AccountWrite::Email(email) => self.user_email(email),
            AccountWrite::Mailbox(digest, at) => self.one(
                "INSERT INTO mailbox(digest, at) VALUES(?1, ?2)",
                params![digest, micros(*at)],
            ),
            AccountWrite::MailboxNoted => {
                self.one("UPDATE user SET mailbox_noted = 1 WHERE account_id = ?1", params![me])
            }
            AccountWrite::FormerEmail(former) => self.former(former),
            AccountWrite::FormerEmailsDeleted { since } => self.run_any(
                "DELETE FROM former WHERE account_id = ?1 AND left_at >= ?2",
                params![me, micros(*since)],
            ),
        }
    }

    fn user(&self, user: &User) -> Sql<()> {
        self.one(
            "INSERT INTO user(id, account_id, email, canonical, role, created_at) \
             VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                id(user.id.0),
                id(user.account_id.0),
                user.email.as_str(),
                user.email.canonical(),
                user.role.as_str(),
                micros(user.created_at)
            ],
        )
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
}
