//! Copies of a database that is in use, and looking into a copy.

use std::path::{Path, PathBuf};

use rusqlite::{
    Connection,
    backup::{Backup, StepResult},
    params,
};
use safelight_domain::{
    AccountId, ImageId, ObjectKey, RenderId, Timestamp, Uuid, Variant, object_key,
};
use safelight_ports::Fault;

use crate::{
    Finding, Sqlite, audit, connect,
    error::{Sql, fault},
};

/// Pages copied between two looks at the clock: 4 MiB.
const PAGES: std::ffi::c_int = 1_000;

/// Files of a stored picture, as the bucket should hold them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its place in the order of storing.
    pub n: i64,
    /// The picture.
    pub id: ImageId,
    /// Its original.
    pub original: ObjectKey,
    /// How large the original is, in bytes.
    pub bytes: u64,
    /// Its thumbnails.
    pub thumbnails: [ObjectKey; 2],
}

impl Sqlite {
    /// Copies the database as it is now into the new file `to`, while others read and write.
    /// `progress` is told the pages done and the pages in all.
    pub async fn backup(
        &self,
        to: PathBuf,
        progress: impl Fn(u64, u64) + Send + 'static,
    ) -> Result<(), Fault> {
        self.read(move |db| copy(db, &to, progress)).await
    }

    /// Stored pictures in the order of storing, from after `n` on. Across accounts: for the
    /// operator's own checks alone.
    pub async fn stored(&self, after: i64, limit: u16) -> Result<Vec<Stored>, Fault> {
        self.read(move |db| stored(db, after, limit)).await
    }

    /// How many pictures are stored.
    pub async fn stored_count(&self) -> Result<u64, Fault> {
        self.read(|db| db.query_row("SELECT count(*) FROM image", [], |row| row.get(0))).await
    }
}

/// Audits a copy that nobody has open; answers what is wrong with it.
pub fn audit_file(path: &Path, now: Timestamp) -> Result<Vec<Finding>, Fault> {
    let open = || -> Sql<Connection> {
        let mut db = Connection::open_with_flags(path, connect::reader_flags())?;
        connect::reader(&mut db)?;
        Ok(db)
    };
    let mut db = open().map_err(fault)?;
    audit::audit(&mut db, now).map_err(fault)
}

fn copy(from: &Connection, to: &Path, progress: impl Fn(u64, u64)) -> Sql<()> {
    // One snapshot for all steps: what is committed meanwhile would make the copy begin again.
    from.execute_batch("BEGIN")?;
    let copied = from
        .query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
        .and_then(|()| steps(from, to, progress));
    from.execute_batch("ROLLBACK")?;
    copied
}

fn steps(from: &Connection, to: &Path, progress: impl Fn(u64, u64)) -> Sql<()> {
    let mut copy = Connection::open(to)?;
    let backup = Backup::new(from, &mut copy)?;
    loop {
        let step = backup.step(PAGES)?;
        let now = backup.progress();
        let all = u64::try_from(now.pagecount).unwrap_or(0);
        let left = u64::try_from(now.remaining).unwrap_or(0);
        progress(all.saturating_sub(left), all);
        match step {
            StepResult::Done => break,
            StepResult::More => {}
            _ => std::thread::sleep(std::time::Duration::from_millis(10)),
        }
    }
    drop(backup);
    // One file with nothing beside it.
    copy.pragma_update(None, "journal_mode", "delete")?;
    copy.close().map_err(|(_, error)| error)
}

fn stored(db: &Connection, after: i64, limit: u16) -> Sql<Vec<Stored>> {
    let sql = "SELECT n, id, account_id, render_id, media_type, bytes FROM image \
               WHERE n > ?1 ORDER BY n LIMIT ?2";
    let mut rows = db.prepare_cached(sql)?;
    let rows = rows.query_map(params![after, limit], |row| {
        let uuid = |column| row.get::<_, [u8; 16]>(column).map(Uuid::from_bytes);
        let (account, render) = (AccountId(uuid("account_id")?), RenderId(uuid("render_id")?));
        let media_type: String = row.get("media_type")?;
        let key = |variant| object_key(account, render, variant, &media_type);
        Ok(Stored {
            n: row.get("n")?,
            id: ImageId(uuid("id")?),
            original: key(Variant::Original),
            bytes: row.get("bytes")?,
            thumbnails: [key(Variant::W320), key(Variant::W640)],
        })
    })?;
    rows.collect()
}
