//! API keys as rows.

use rusqlite::params;
use safelight_domain::{ApiKey, Credits, KeyWrite};

use super::RowWriter;
use crate::{
    error::Sql,
    rows::{id, micros},
};

impl RowWriter<'_> {
    pub(super) fn record_key(&self, write: &KeyWrite) -> Sql<()> {
        let me = id(self.account.0);
        match write {
            KeyWrite::New(key) => self.key(key),
            KeyWrite::Revoked(key, at) => self.one(
                "UPDATE api_key SET revoked_at = ?3 WHERE id = ?1 AND account_id = ?2",
                params![id(key.0), me, micros(*at)],
            ),
            KeyWrite::RevokedSince { since, at } => self.run_any(
                "UPDATE api_key SET revoked_at = ?3 WHERE account_id = ?1 AND created_at >= ?2 \
                 AND revoked_at IS NULL",
                params![me, micros(*since), micros(*at)],
            ),
            KeyWrite::Touched(key, at) => self.run_any(
                "UPDATE api_key SET last_used_at = ?3 WHERE id = ?1 AND account_id = ?2",
                params![id(key.0), me, micros(*at)],
            ),
            KeyWrite::Spent { key, month, amount } => self.one(
                "INSERT INTO key_month(key_id, month, spent) VALUES(?1, ?2, ?3) \
                 ON CONFLICT DO UPDATE SET spent = spent + excluded.spent",
                params![id(key.0), micros(month.begins()), amount.get()],
            ),
            KeyWrite::Refunded { key, month, amount } => self.one(
                "UPDATE key_month SET spent = spent - ?3 WHERE key_id = ?1 AND month = ?2",
                params![id(key.0), micros(month.begins()), amount.get()],
            ),
        }
    }

    fn key(&self, key: &ApiKey) -> Sql<()> {
        let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        self.one(
            "INSERT INTO api_key(id, account_id, name, secret_hash, last4, scopes, cap, \
             expires_at, created_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                id(key.id.0),
                id(self.account.0),
                key.name,
                key.secret_hash,
                key.last4,
                scopes.join(" "),
                key.cap.map(Credits::get),
                key.expires_at.map(micros),
                micros(key.created_at)
            ],
        )
    }
}
