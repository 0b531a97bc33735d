//! `/admin`: the back office, for whoever the operator made an admin on the command line.
//!
//! Invariant: every handler here takes [`Admin`](crate::visitor::Admin) or, when it touches somebody
//! else, [`RecentAdmin`](crate::visitor::RecentAdmin). The page an act is on is the path above the
//! act's, for it is there that whoever must prove themselves first comes back to.

mod audit;
mod confirm;
mod diagnostics;
mod effect;
mod generation;
mod generations;
mod link;
mod mask;
mod reason;
mod renders;
mod watched;
mod webhook;
mod webhooks;

use crate::table::{Table, get, post};

/// The routes of the back office.
pub fn desks(pages: Table) -> Table {
    let pages = watched(pages);
    pages.at("/admin/audit", get(audit::show)).at("/admin/audit/deeds.csv", get(audit::deeds))
}

/// What the studio was told and what it makes, everybody's.
fn watched(pages: Table) -> Table {
    pages
        .at("/admin/webhooks", get(webhooks::show))
        .at("/admin/webhooks/replay", post(webhooks::replay))
        .at("/admin/webhooks/:event", get(webhook::show))
        .at("/admin/webhooks/:event/rehearse", post(webhook::rehearse))
        .at("/admin/webhooks/:event/replay", post(webhook::replay))
        .at("/admin/generations", get(generations::show))
        .at("/admin/generations/generations.csv", get(generations::table))
        .at("/admin/generations/:id", get(generation::show))
        .at("/admin/generations/:id/reconcile", post(generation::reconcile))
        .at("/admin/generations/:id/words", post(generation::words))
        .at("/admin/diagnostics", get(diagnostics::show))
        .at("/admin/diagnostics/run", post(diagnostics::run))
}
