//! Addresses on file that today's rules read in another way than they were stored.
//!
//! Invariant: no account loses its address, gets another's, or shares one. Of several whose
//! addresses turn out to be one mailbox, one is found by it. The others keep the spelling they had,
//! which is no normal form, so it is nobody else's, and are found by typing exactly that. Whoever has
//! an address that is refused today is reached by the operator's link.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, params};
use safelight_domain::{AccountId, Email};
use safelight_ports::Fault;

use crate::{Sqlite, error::Sql, lookup::all, rows};

/// What is odd about an address on file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Odd {
    /// Another account is found by the same address.
    Shared,
    /// It is no address by today's rules.
    Refused,
}

/// Where an address stands.
struct Filed {
    account: Vec<u8>,
    email: String,
    canonical: String,
    created_at: i64,
}

impl Filed {
    fn read(row: &Row<'_>) -> Sql<Self> {
        Ok(Self {
            account: row.get("account_id")?,
            email: row.get("email")?,
            canonical: row.get("canonical")?,
            created_at: row.get("created_at")?,
        })
    }

    /// As it was stored, but for capitals: the form of whoever is kept apart.
    fn spelled(&self) -> String {
        self.email.to_ascii_lowercase()
    }
}

const FILED: &str = "SELECT account_id, email, canonical, created_at FROM user";

/// Reads every address anew. Run once, inside the schema step that brings the rules.
pub fn read_anew(db: &Connection) -> Sql<()> {
    let mut groups: BTreeMap<String, Vec<Filed>> = BTreeMap::new();
    let mut moved = Vec::new();
    for filed in all(db, FILED, [], Filed::read)? {
        match Email::parse(&filed.email) {
            Ok(email) => groups.entry(email.canonical().to_owned()).or_default().push(filed),
            Err(_) => moved.push((filed.spelled(), filed)),
        }
    }
    for (canonical, mut group) in groups {
        // Whoever stored the normal form already keeps it, or else whoever was first.
        group.sort_by_key(|filed| {
            (filed.spelled() != canonical, filed.created_at, filed.account.clone())
        });
        let mut group = group.into_iter();
        moved.extend(group.next().map(|first| (canonical, first)));
        moved.extend(group.map(|other| (other.spelled(), other)));
    }
    moved.retain(|(canonical, filed)| *canonical != filed.canonical);
    // Two may change places, so all step aside first: an id is nobody's address.
    for (_, filed) in &moved {
        let sql = "UPDATE user SET canonical = 'moving ' || hex(account_id) WHERE account_id = ?1";
        db.execute(sql, [&filed.account])?;
    }
    for (canonical, filed) in &moved {
        let sql = "UPDATE user SET canonical = ?2 WHERE account_id = ?1";
        db.execute(sql, params![filed.account, canonical])?;
    }
    former(db)?;
    // Their codes are ten minutes old at most, and would be looked up by the old form.
    db.execute("DELETE FROM challenge", [])?;
    Ok(())
}

/// Former addresses stand beside each other, so they only need their normal form.
fn former(db: &Connection) -> Sql<()> {
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let rows: Vec<(Vec<u8>, String)> = all(db, "SELECT token, email FROM former", [], read)?;
    for (token, email) in rows {
        if let Ok(email) = Email::parse(&email) {
            let sql = "UPDATE former SET canonical = ?2 WHERE token = ?1";
            db.execute(sql, params![token, email.canonical()])?;
        }
    }
    Ok(())
}

impl Sqlite {
    /// Accounts with an odd address, oldest first. Reads every address once.
    pub async fn odd_addresses(&self) -> Result<Vec<(AccountId, Odd)>, Fault> {
        self.read(|db| odd(db)).await
    }
}

fn odd(db: &Connection) -> Sql<Vec<(AccountId, Odd)>> {
    let sql = "SELECT u.account_id, u.email, u.canonical FROM user u JOIN account a \
               ON a.id = u.account_id WHERE a.status <> 'closed' ORDER BY u.account_id";
    let read = |row: &Row<'_>| {
        let account = AccountId(rows::uuid(row, "account_id")?);
        let (email, canonical): (String, String) = (row.get("email")?, row.get("canonical")?);
        Ok(match Email::parse(&email) {
            Ok(email) if email.canonical() == canonical => None,
            Ok(_) => Some((account, Odd::Shared)),
            Err(_) => Some((account, Odd::Refused)),
        })
    };
    Ok(all(db, sql, [], read)?.into_iter().flatten().collect())
}
