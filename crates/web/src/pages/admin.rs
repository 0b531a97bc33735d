//! `/admin`: the back office, for whoever the operator made an admin on the command line.
//!
//! Invariant: every handler here takes [`Admin`](crate::visitor::Admin) or, when it touches somebody
//! else, [`RecentAdmin`](crate::visitor::RecentAdmin). The page an act is on is the path above the
//! act's, for it is there that whoever must prove themselves first comes back to.

mod audit;
mod chart;
mod credits;
mod overview;

use crate::table::{Table, get};

/// The routes of the back office.
pub fn desks(pages: Table) -> Table {
    pages
        .at("/admin", get(overview::show))
        .at("/admin/audit", get(audit::show))
        .at("/admin/audit/deeds.csv", get(audit::deeds))
        .at("/admin/credits", get(credits::show))
        .at("/admin/credits/lines.csv", get(credits::lines))
}
