//! Everybody's journal, newest first.

use rusqlite::{Connection, Row, params};
use safelight_domain::{AccountId, Actor, TxnKind};
use safelight_ports::{BookLine, Cursor, LineFilter, Page, Paged};

use super::super::{ledger, limit, number};
use crate::{
    error::Sql,
    lookup::{all, one},
    rows::{self, id},
};

/// Lines of one account that are looked through for one kind, a page.
const LOOK: i64 = 2_000;

/// A statement over `txn t`, with what a line tells.
macro_rules! lines {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.account_id, t.actor, t.seq, t.kind, t.amount, t.balance_after, t.charge_id, ",
            "t.key, t.reason, t.at, c.action, r.id AS render_id, r.generation_id FROM txn t ",
            "LEFT JOIN charge c ON c.id = t.charge_id LEFT JOIN render r ON r.charge_id = t.charge_id ",
            $rest
        )
    };
}

/// In the order of commits.
pub const ALL: &str = lines!("WHERE t.id < ?1 ORDER BY t.id DESC LIMIT ?2");
/// By time, and those of one instant in the order of commits.
pub const OF_KIND: &str =
    lines!("WHERE t.kind = ?1 AND (t.at, t.id) < (?2, ?3) ORDER BY t.at DESC, t.id DESC LIMIT ?4");
/// In the order of the account's journal, a part of it that is known by its numbers.
pub const OF_ACCOUNT: &str = lines!(
    "WHERE t.account_id = ?1 AND t.seq < ?2 AND t.seq >= ?3 AND t.kind = coalesce(?4, t.kind) \
     ORDER BY t.seq DESC LIMIT ?5"
);

pub fn page(db: &Connection, filter: LineFilter, page: Page) -> Sql<Paged<BookLine>> {
    match filter {
        LineFilter { account: Some(account), kind } => of_account(db, account, kind, page),
        LineFilter { account: None, kind: Some(kind) } => of_kind(db, kind, page),
        LineFilter { account: None, kind: None } => {
            let found = all(db, ALL, params![before(page), limit(page)], numbered)?;
            Ok(cut(found, page, |id, _| Cursor(u128::from(id.cast_unsigned()))))
        }
    }
}

fn of_kind(db: &Connection, kind: TxnKind, page: Page) -> Sql<Paged<BookLine>> {
    // A place is a time and a number.
    let half = |half: u128| u64::try_from(half & u128::from(u64::MAX)).unwrap_or(0).cast_signed();
    let (at, id) = page.after.map_or((i64::MAX, i64::MAX), |Cursor(at)| (half(at >> 64), half(at)));
    let found = all(db, OF_KIND, params![kind.as_str(), at, id, limit(page)], numbered)?;
    let whole = |n: i64| u128::from(n.cast_unsigned());
    Ok(cut(found, page, |id, line| Cursor(whole(rows::micros(line.line.at)) << 64 | whole(id))))
}

fn of_account(
    db: &Connection,
    account: AccountId,
    kind: Option<TxnKind>,
    page: Page,
) -> Sql<Paged<BookLine>> {
    let newest = one(db, "SELECT seq FROM account WHERE id = ?1", [id(account.0)], |row| {
        row.get::<_, i64>(0)
    })?;
    let before = before(page).min(newest.unwrap_or(0) + 1);
    // A journal has no gaps, so the numbers say how much is looked through.
    let from = (before - LOOK).max(1);
    let kind = kind.map(TxnKind::as_str);
    let asked = params![id(account.0), before, from, kind, limit(page)];
    let found = all(db, OF_ACCOUNT, asked, numbered)?;
    let whole = found.len() > usize::from(page.limit);
    let paged = cut(found, page, |_, line| Cursor(line.line.seq.into()));
    if whole || from == 1 {
        return Ok(paged);
    }
    Ok(Paged { next: Some(Cursor(u128::from(from.cast_unsigned()))), ..paged })
}

fn before(page: Page) -> i64 {
    number(page.after)
}

fn numbered(row: &Row<'_>) -> Sql<(i64, BookLine)> {
    let account = AccountId(rows::uuid(row, "account_id")?);
    let line = BookLine { account, actor: Actor(row.get("actor")?), line: ledger::line(row)? };
    Ok((row.get("id")?, line))
}

/// Cuts the row beyond the page, which only tells that there is another page.
fn cut(
    mut found: Vec<(i64, BookLine)>,
    page: Page,
    place: impl Fn(i64, &BookLine) -> Cursor,
) -> Paged<BookLine> {
    let more = found.len() > usize::from(page.limit);
    found.truncate(usize::from(page.limit));
    let next = found.last().filter(|_| more).map(|(id, line)| place(*id, line));
    Paged { items: found.into_iter().map(|(_, line)| line).collect(), next }
}
