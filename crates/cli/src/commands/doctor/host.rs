//! The machine: who may read what, room on the disk, files a process may open.

use std::{collections::BTreeSet, os::unix::fs::PermissionsExt, path::Path};

use super::Report;
use crate::{disk, environment, private, wire::Places};

/// Room that is always wanted, in bytes.
const ROOM: u64 = 100 << 20;
/// Files a server should be allowed to open: connections, the database, pictures.
const FILES: u64 = 4_096;
/// Settings that are secrets and can come from a file.
const SECRETS: [&str; 10] = [
    "APP_SECRET",
    "FAL_KEY",
    "R2_ACCESS_KEY_ID",
    "R2_SECRET_ACCESS_KEY",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "SMTP_URL",
    "SES_SECRET_ACCESS_KEY",
    "GOOGLE_CLIENT_SECRET",
    "APPLE_PRIVATE_KEY",
];

pub fn check(report: &mut Report, places: &Places) {
    modes(report, places);
    secrets(report);
    room(report, places);
    let limits = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    match limits.maximum {
        Some(most) if most < FILES => {
            let says = format!(
                "a process here may open {most} files; {FILES} or more are wanted: LimitNOFILE in \
                 the unit, or ulimit -n"
            );
            report.warn("open-files", says);
        }
        most => report.ok("open-files", most.map_or("no limit".to_owned(), |n| format!("{n}"))),
    }
}

fn mode(path: &Path) -> Option<u32> {
    std::fs::metadata(path).ok().map(|about| about.permissions().mode() & 0o777)
}

/// Addresses, ledgers and digests of keys lie there.
fn modes(report: &mut Report, places: &Places) {
    let shown = places.data_dir.display();
    let Some(dir) = mode(&places.data_dir) else { return };
    if dir & 0o022 != 0 {
        let says = format!("others may write in {shown} (mode {dir:o}); run chmod 700 on it");
        report.fail("data-folder-mode", says);
    } else if dir & 0o055 != 0 {
        let says = format!("others may look into {shown} (mode {dir:o}); run chmod 700 on it");
        report.warn("data-folder-mode", says);
    } else {
        report.ok("data-folder-mode", "its owner alone");
    }
    let open = private::open_to_others(places);
    if open.is_empty() {
        report.ok("database-mode", "its owner alone");
    } else {
        let told = open.iter().map(|(path, mode)| format!("{} (mode {mode:o})", path.display()));
        let told = told.collect::<Vec<_>>().join(", ");
        let says = format!("others may open {told}; run chmod go= on it, or start the server");
        report.warn("database-mode", says);
    }
}

fn secrets(report: &mut Report) {
    let mut read_by_others = Vec::new();
    for name in SECRETS {
        let file = format!("{name}_FILE");
        let path = std::env::var_os(&file);
        if path.and_then(|path| mode(Path::new(&path))).is_some_and(|mode| mode & 0o027 != 0) {
            read_by_others.push(file);
        }
    }
    if read_by_others.is_empty() {
        report.ok("secret-files", "no secret lies in a file others may read");
    } else {
        let says = format!("others may read what {} names; chmod 600", read_by_others.join(", "));
        report.warn("secret-files", says);
    }
    // One that was typed or copied from an example repeats itself.
    if let Ok(Some(secret)) = environment::setting("APP_SECRET")
        && secret.len() >= 32
        && secret.chars().collect::<BTreeSet<_>>().len() < 10
    {
        let says = "APP_SECRET is made of few characters; take random ones: openssl rand -hex 32";
        report.warn("app-secret-weak", says);
    }
}

fn room(report: &mut Report, places: &Places) {
    let Some(free) = report.try_get("disk-space", disk::free(&places.data_dir)) else { return };
    let used: u64 = disk::sizes(&places.database).iter().sum();
    let wanted = used.saturating_mul(2).saturating_add(ROOM);
    let megabytes = |bytes: u64| bytes >> 20;
    let says = format!("{} MB free", megabytes(free));
    if free < wanted {
        let wanted = megabytes(wanted);
        let says = format!(
            "{says}, {wanted} MB wanted: twice the database, for a backup and the log. Make room, \
             or move the data folder"
        );
        report.warn("disk-space", says);
    } else {
        report.ok("disk-space", says);
    }
}
