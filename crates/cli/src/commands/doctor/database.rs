//! The database file and, when asked, the whole books.

use safelight_ports::Clock;

use super::Report;
use crate::{
    wire::{self, Places},
    world::SystemClock,
};

pub async fn check(report: &mut Report, places: &Places, deep: bool) {
    let Some(store) = report.try_get("database", wire::open_store(places)) else { return };
    if let Some(facts) = report.try_get("database", store.facts().await) {
        report.ok("database", format!("opened, schema {}", facts.schema));
        let says = format!("{} (3.51.3 or later is needed)", facts.version);
        if facts.version_is_safe {
            report.ok("sqlite", says)
        } else {
            report.fail("sqlite", says)
        }
        if facts.journal_mode == "wal" {
            report.ok("journal", "wal");
        } else {
            let mode = facts.journal_mode;
            let says = format!("{mode}, must be wal; move the data folder to a local disk");
            report.fail("journal", says);
        }
    }
    if !deep {
        report.info("books", "not audited; --deep does it");
        return;
    }
    match report.try_get("books", store.audit(SystemClock.now()).await).as_deref() {
        None => {}
        Some([]) => report.ok("books", "audited: every rule holds"),
        Some(findings) => {
            for finding in findings {
                let (rule, rows, example) = (finding.rule, finding.rows, &finding.example);
                report.fail("books", format!("broken: {rule} ({rows}, e.g. {example})"));
            }
        }
    }
}
