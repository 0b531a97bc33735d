//! The place in line, exact while it is short.
//!
//! The line goes by turns, as [`dispatch`](crate::work::dispatch) takes them: an account's live
//! renders count as turns it had, then its renders in line have one turn each, oldest first; of
//! equal turns the older render comes first.
//!
//! Invariant: the work is bounded by [`RenderStatus::FAR`], however many stand in line. The table
//! `line` has the accounts in the order of their next turn, and every account before a place takes
//! at least one place: after that many the rest need not be read.

use rusqlite::{Connection, params};
use safelight_domain::{AccountId, RenderId, RenderStatus};

use super::all;
use crate::{
    error::Sql,
    lookup::one,
    rows::{self, id},
};

const FAR: u32 = RenderStatus::FAR;

/// The accounts whose turn is next, as many as there can be before a place that is told.
pub const NEXT: &str =
    "SELECT account_id, pending, live, first FROM line ORDER BY live, first LIMIT ?1";
/// How many of an account's own stand up to one of them, counted no further than is told.
pub const OWN: &str = "SELECT count(*) FROM (SELECT 1 FROM render WHERE account_id = ?1 \
    AND state = 'pending' AND id <= ?2 LIMIT ?3)";
/// The render of an account with so many of its own before it.
pub const NTH: &str = "SELECT id FROM render WHERE account_id = ?1 AND state = 'pending' \
    ORDER BY id LIMIT 1 OFFSET ?2";
const LIVE: &str = "SELECT live FROM line WHERE account_id = ?1";

/// An account in line.
struct Waiting {
    account: AccountId,
    pending: u32,
    live: u32,
    first: RenderId,
}

/// The line as far as it is told.
pub struct Line(Vec<Waiting>);

impl Line {
    /// Reads it.
    pub fn read(db: &Connection) -> Sql<Self> {
        let waiting = all(db, NEXT, [FAR + 1], |row| {
            Ok(Waiting {
                account: AccountId(rows::uuid(row, "account_id")?),
                pending: row.get("pending")?,
                live: row.get("live")?,
                first: RenderId(rows::uuid(row, "first")?),
            })
        })?;
        Ok(Self(waiting))
    }

    /// How many stand before a pending render of `account`, [`RenderStatus::FAR`] at most.
    pub fn before(&self, db: &Connection, account: AccountId, render: RenderId) -> Sql<u32> {
        let count = params![id(account.0), id(render.0), FAR + 1];
        let own: u32 = db.prepare_cached(OWN)?.query_row(count, |row| row.get(0))?;
        let live: Option<u32> = one(db, LIVE, [id(account.0)], |row| row.get(0))?;
        let turn = own + live.unwrap_or(0);
        let mut ahead = own.saturating_sub(1);
        let mut level = Vec::new();
        for other in self.0.iter().filter(|other| other.account != account) {
            if ahead >= FAR || other.live >= turn {
                break;
            }
            // Turns it had before this one, and the turn of the same number.
            let earlier = turn - 1 - other.live;
            if other.pending > earlier {
                level.push((other, earlier));
            }
            ahead = ahead.saturating_add(other.pending.min(earlier));
        }
        for (other, earlier) in level {
            if ahead >= FAR {
                break;
            }
            let same_turn =
                if earlier == 0 { Some(other.first) } else { other.nth(db, earlier)? };
            ahead += u32::from(same_turn.is_some_and(|same| same < render));
        }
        Ok(ahead.min(FAR))
    }
}

impl Waiting {
    fn nth(&self, db: &Connection, before: u32) -> Sql<Option<RenderId>> {
        one(db, NTH, params![id(self.account.0), before], |row| {
            Ok(RenderId(rows::uuid(row, "id")?))
        })
    }
}

#[cfg(test)]
mod tests;
