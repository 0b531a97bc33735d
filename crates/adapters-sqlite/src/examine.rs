//! What lies where a database should be, before anything is written there.
//!
//! Invariant: looking changes nothing, and never opens the database past SQLite: POSIX drops all
//! locks a process has on a file when it closes any descriptor of it (sqlite.org/howtocorrupt.html,
//! 2.2), and a log without its lock is deleted under the server that writes it.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    fs::{self, File},
    io::{self, BufReader, ErrorKind, Read},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags, config::DbConfig};

use crate::{connect, error::Sql};

/// What lies there, when it can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// No file.
    Nothing,
    /// A file of no bytes: SQLite would make a new database of it.
    Empty,
    /// A database of this program, as long as it says it is.
    Database,
}

/// Why what lies there cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// The log holds commits, and the file they belong to is gone.
    #[error("it {}, and its write-ahead log is still there", if *.empty { "is empty (0 bytes)" } else { "is missing" })]
    LogAlone {
        /// True when the database file exists and has no bytes.
        empty: bool,
    },
    /// A folder, a device, a pipe.
    #[error("it is not a regular file")]
    NotAFile,
    /// Not SQLite's.
    #[error("it is not an SQLite database")]
    NotADatabase,
    /// SQLite finds it shorter than it says it is, or scrambled.
    #[error("the file is cut short or damaged")]
    Damaged,
    /// Pages are neither in the file nor in its log.
    #[error("the file is cut short: it should have {want} pages and has {have}")]
    CutShort {
        /// Pages there should be.
        want: u64,
        /// Whole pages in the file.
        have: u64,
    },
    /// Somebody else's tables.
    #[error("it is the database of another application")]
    Foreign,
    /// Nothing can be written.
    #[error("the file is read-only")]
    ReadOnly,
    /// The file cannot be looked at.
    #[error("the file cannot be read")]
    Unreadable(#[source] io::Error),
    /// SQLite failed otherwise.
    #[error("the database could not be looked at")]
    Sql(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for Unfit {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NotADatabase,
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            _ => Self::Sql(error),
        }
    }
}

/// The file SQLite keeps beside a database, by its ending: `-wal`, `-shm`.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}

/// Looks at what lies at `path`. Costs a few pages, however large the file is.
pub fn examine(path: &Path) -> Result<Found, Unfit> {
    let about = match fs::metadata(path) {
        Ok(about) => Some(about),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(Unfit::Unreadable(error)),
    };
    let log = fs::metadata(beside(path, "-wal")).map_or(0, |log| log.len());
    match &about {
        Some(about) if !about.is_file() => return Err(Unfit::NotAFile),
        Some(about) if about.len() > 0 => {
            if about.permissions().mode() & 0o200 == 0 {
                return Err(Unfit::ReadOnly);
            }
        }
        Some(_) | None if log > 0 => return Err(Unfit::LogAlone { empty: about.is_some() }),
        Some(_) => return Ok(Found::Empty),
        None => return Ok(Found::Nothing),
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut db = Connection::open_with_flags(path, flags)?;
    // Closing must not move a log into a file that may lack pages: it would fill them with zeros.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connect::reader(&mut db)?;
    if db.is_readonly(MAIN_DB)? {
        return Err(Unfit::ReadOnly);
    }
    // One snapshot: while it is held, nobody begins the log anew.
    db.execute_batch("BEGIN")?;
    is_whole(&db, path)?;
    if is_ours(&db)? { Ok(Found::Database) } else { Err(Unfit::Foreign) }
}

/// No other application's mark, and our tables when there are any.
fn is_ours(db: &Connection) -> Sql<bool> {
    let tables: u64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let mark: i64 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let columns = "SELECT count(*) FROM pragma_table_info('migration') \
                   WHERE name IN ('version', 'name', 'checksum', 'applied_at')";
    let known: u64 = db.query_row(columns, [], |row| row.get(0))?;
    Ok(mark == 0 && (tables == 0 || known == 4))
}

/// Every page is in the file or in its log. SQLite itself compares the two lengths only while the
/// log is empty; with a log it would read pages that are gone as zeros.
fn is_whole(db: &Connection, path: &Path) -> Result<(), Unfit> {
    let ask = |pragma| db.pragma_query_value(None, pragma, |row| row.get::<_, u64>(0));
    let (want, size) = (ask("page_count")?, ask("page_size")?.max(1));
    let have = fs::metadata(path).map_err(Unfit::Unreadable)?.len() / size;
    if have >= want {
        return Ok(());
    }
    let logged = match logged_pages(&beside(path, "-wal"), size) {
        Ok(pages) => pages,
        Err(error) if error.kind() == ErrorKind::NotFound => BTreeSet::new(),
        Err(error) => return Err(Unfit::Unreadable(error)),
    };
    if (have + 1..=want).all(|page| logged.contains(&page)) {
        return Ok(());
    }
    Err(Unfit::CutShort { want, have })
}

/// The numbers of the pages in a log (sqlite.org/fileformat2.html, section 4.1): a header of 32
/// bytes, then frames of 24 bytes and a page; frames of an earlier round have other salts.
fn logged_pages(log: &Path, page_size: u64) -> io::Result<BTreeSet<u64>> {
    let mut log = BufReader::new(File::open(log)?);
    let mut pages = BTreeSet::new();
    let mut header = [0; 32];
    if log.read_exact(&mut header).is_err() {
        return Ok(pages);
    }
    let mut frame = [0; 24];
    while log.read_exact(&mut frame).is_ok() && frame[8..16] == header[16..24] {
        let [a, b, c, d, ..] = frame;
        pages.insert(u32::from_be_bytes([a, b, c, d]).into());
        log.seek_relative(i64::try_from(page_size).map_err(io::Error::other)?)?;
    }
    Ok(pages)
}
