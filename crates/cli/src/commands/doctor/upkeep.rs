//! Whether the house is kept: backups, the log, renders, lots, the file itself.

use safelight_domain::{SignedDuration, Timestamp};
use safelight_ports::{Clock, Reads};

use super::Report;
use crate::{
    commands::backup::last,
    disk,
    lock::{InUse, Lock},
    wire::{ClockSeen, Places, Sqlite},
    world::SystemClock,
};

/// A log beyond this is not moved home: somebody has been reading since.
const LOG: u64 = 256 << 20;
/// A backup should not be older.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Renders that wait longer, and lots that are dead for longer, are nobody's work.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);
/// A file that is looked through each time; a bigger one with `--deep`.
const SMALL: u64 = 1 << 30;

/// Before the database is opened: opening it may move its log.
pub fn files(report: &mut Report, places: &Places) {
    let running = Lock::take(&places.data_dir);
    let running = running.is_err_and(|error| error.downcast_ref::<InUse>().is_some());
    let version = env!("CARGO_PKG_VERSION");
    let server = if running { "a server runs here" } else { "no server runs here" };
    report.info("version", format!("safelight {version}; {server}"));
    let [_, log] = disk::sizes(&places.database);
    if log > LOG {
        let says = format!(
            "the write-ahead log is {} MB: a reader that never ends keeps it; find what has the \
             database open (a copy, a shell, a stuck backup), or restart the server",
            log >> 20
        );
        report.warn("wal", says);
    } else {
        report.ok("wal", format!("{} KB", log >> 10));
    }
}

/// Whether the file can be asked anything else.
pub async fn is_whole(report: &mut Report, store: &Sqlite, places: &Places) -> bool {
    let [size, _] = disk::sizes(&places.database);
    if size > SMALL {
        report.info("integrity", "more than 1 GB, so it is looked through with --deep only");
        return true;
    }
    match report.try_get("integrity", store.quick_check().await) {
        None => false,
        Some(None) => {
            report.ok("integrity", "the file is whole and every reference leads somewhere");
            true
        }
        Some(Some(wrong)) => {
            let says = format!("{wrong}. Stop the server, keep the file, and restore a backup");
            report.fail("integrity", says);
            false
        }
    }
}

pub async fn check(report: &mut Report, store: &Sqlite, places: &Places, app_url: Option<&str>) {
    let now = SystemClock.now();
    backup(report, places, app_url, now);
    clock(report, store, places, now).await;
    renders(report, store, now).await;
    lots(report, store, now).await;
}

async fn clock(report: &mut Report, store: &Sqlite, places: &Places, now: Timestamp) {
    if let Some(seen) = report.try_get("clock", ClockSeen::by(store, places).await) {
        match seen.doubted {
            None => report.ok("clock", seen.to_string()),
            // Nobody can tell being off from a clock that is ahead.
            Some(ahead) if !seen.served && !ahead.is_negative() => {
                report.info("clock", seen.to_string());
            }
            Some(_) => report.warn("clock", seen.to_string()),
        }
    }
    match report.try_get("account-clocks", store.accounts_ahead(now).await) {
        None => {}
        Some(0) => report.ok("account-clocks", "no journal is ahead of the clock"),
        Some(accounts) => {
            let says = format!(
                "the journals of {accounts} accounts are ahead of the clock, which was ahead when \
                 they were last written, or is behind now: compare with date -u. Their next lines \
                 are dated alike until the clock has caught up; nothing waits for it"
            );
            report.warn("account-clocks", says);
        }
    }
}

fn backup(report: &mut Report, places: &Places, app_url: Option<&str>, now: Timestamp) {
    match last::noted(&places.data_dir) {
        Some(at) if now.duration_since(at) > WEEK => {
            let says =
                format!("the last was made {at}, more than a week ago; run safelight backup");
            report.warn("backup", says);
        }
        Some(at) => report.ok("backup", format!("the last was made {at}")),
        None if app_url.is_some_and(|url| url.starts_with("https://")) => {
            let says = "none was ever made; run safelight backup, and let a timer run it daily";
            report.warn("backup", says);
        }
        None => report.info("backup", "none was made yet"),
    }
}

async fn renders(report: &mut Report, store: &Sqlite, now: Timestamp) {
    let Some(gauges) = report.try_get("renders", store.gauges(now).await) else { return };
    let waiting: u64 = gauges.renders.iter().map(|(_, count)| count).sum();
    let oldest = gauges.oldest_pending.unwrap_or(f64::INFINITY);
    let late = oldest < now.as_duration().as_secs_f64() - PATIENCE.as_secs_f64();
    if gauges.overdue > 0 || late {
        let says = format!(
            "{waiting} unfinished, {} of them nobody looks after{}; start the server, or run \
             safelight reconcile",
            gauges.overdue,
            if late { ", and some wait to be sent for more than ten minutes" } else { "" }
        );
        report.warn("renders", says);
    } else {
        report.ok("renders", format!("{waiting} unfinished, all looked after"));
    }
}

async fn lots(report: &mut Report, store: &Sqlite, now: Timestamp) {
    let long_dead = now.saturating_sub(PATIENCE).unwrap_or(now);
    let accounts = report.try_get("dead-lots", store.accounts_to_sweep(long_dead, 1_000).await);
    match accounts.as_deref() {
        None => {}
        Some([]) => report.ok("dead-lots", "every lot that lapsed was swept"),
        Some(accounts) => {
            let says = format!(
                "{} accounts show credits that lapsed; a running server sweeps them each minute: \
                 start it, and read its log if it runs",
                accounts.len()
            );
            report.warn("dead-lots", says);
        }
    }
}
