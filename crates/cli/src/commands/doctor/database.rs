//! The database file and, when asked, the whole books.

use safelight_ports::{Clock, Reads};

use super::{Report, upkeep};
use crate::{
    wire::{self, Odd, Places, Sqlite},
    world::SystemClock,
};

pub async fn check(report: &mut Report, places: &Places, app_url: Option<&str>, deep: bool) {
    let Some(store) = report.try_get("database", wire::open_store(places)) else { return };
    if let Some(facts) = report.try_get("database", store.facts().await) {
        report.ok("database", format!("opened, schema {}", facts.schema));
        let says = format!("{} (3.51.3 or later is needed)", facts.version);
        if facts.version_is_safe {
            report.ok("sqlite", says);
        } else {
            report.fail("sqlite", says);
        }
        if facts.journal_mode == "wal" {
            report.ok("journal", "wal");
        } else {
            let mode = facts.journal_mode;
            let says = format!("{mode}, must be wal; move the data folder to a local disk");
            report.fail("journal", says);
        }
    }
    if !upkeep::is_whole(report, &store, places).await {
        return;
    }
    notices(report, &store).await;
    addresses(report, &store).await;
    upkeep::check(report, &store, places, app_url).await;
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

/// How many accounts are named.
const NAMED: usize = 5;

/// Accounts whose owners may not reach them by typing their address.
async fn addresses(report: &mut Report, store: &Sqlite) {
    let Some(odd) = report.try_get("addresses", store.odd_addresses().await) else { return };
    if odd.is_empty() {
        report.ok("addresses", "each is one account's, and can be typed");
        return;
    }
    let of = |kind| {
        let all: Vec<_> = odd.iter().filter(|(_, odd)| *odd == kind).collect();
        let named: Vec<_> = all.iter().take(NAMED).map(|(id, _)| id.to_string()).collect();
        (all.len(), named.join(", "))
    };
    for (kind, what) in [
        (Odd::Shared, "have the address of an older account in another spelling"),
        (Odd::Refused, "have an address that is refused when it is typed"),
    ] {
        let (count, named) = of(kind);
        if count > 0 {
            let says = format!(
                "{count} accounts {what} ({named}): give each its link by safelight login-link ID, \
                 and ask for another address"
            );
            report.warn("addresses", says);
        }
    }
}

/// Notices of the payment provider that wait for a person.
async fn notices(report: &mut Report, store: &impl Reads) {
    let Some(load) = report.try_get("notices", store.inbox().await) else { return };
    let newest = load.newest.map_or_else(|| "none yet".to_owned(), |at| format!("newest {at}"));
    if load.dead + load.parked == 0 {
        report.info("notices", format!("{} pending, {newest}", load.pending));
        return;
    }
    let (dead, parked) = (load.dead, load.parked);
    let says = format!(
        "{dead} dead and {parked} parked, {newest}: see safelight webhooks list, then replay them"
    );
    report.warn("notices", says);
}
