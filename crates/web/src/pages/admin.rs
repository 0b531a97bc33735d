//! `/admin`: the back office, for whoever the operator made an admin on the command line.
//!
//! Invariant: every handler here takes [`Admin`](crate::visitor::Admin) or, when it touches somebody
//! else, [`RecentAdmin`](crate::visitor::RecentAdmin). The page an act is on is the path above the
//! act's, for it is there that whoever must prove themselves first comes back to.

mod audit;
mod chart;
mod confirm;
mod credits;
mod diagnostics;
mod effect;
mod generation;
mod generations;
mod keys;
mod link;
mod mask;
mod overview;
mod people;
mod person;
mod reason;
mod renders;
mod task;
mod tasks;
mod watched;
mod webhook;
mod webhooks;

use crate::table::{Table, get, post};

/// The routes of the back office.
pub fn desks(pages: Table) -> Table {
    let pages = pages
        .at("/admin", get(overview::show))
        .at("/admin/audit", get(audit::show))
        .at("/admin/audit/deeds.csv", get(audit::deeds))
        .at("/admin/credits", get(credits::show))
        .at("/admin/credits/lines.csv", get(credits::lines));
    watched(everybody(pages))
}

/// People and their keys.
fn everybody(pages: Table) -> Table {
    pages
        .at("/admin/users", get(people::list))
        .at("/admin/users/people.csv", get(people::csv))
        .at("/admin/users/:id", get(person::show))
        .at("/admin/users/:id/block", post(person::block))
        .at("/admin/users/:id/unblock", post(person::unblock))
        .at("/admin/users/:id/adjust", post(person::adjust))
        .at("/admin/users/:id/sign-out", post(person::sign_out))
        .at("/admin/users/:id/ask", post(person::ask))
        .at("/admin/keys", get(keys::list))
        .at("/admin/keys/keys.csv", get(keys::csv))
        .at("/admin/keys/:id", get(keys::show))
        .at("/admin/keys/:id/revoke", post(keys::revoke))
}

/// What the studio was told and what it makes, everybody's.
fn watched(pages: Table) -> Table {
    pages
        .at("/admin/webhooks", get(webhooks::show))
        .at("/admin/webhooks/replay", post(webhooks::replay))
        .at("/admin/webhooks/:event", get(webhook::show))
        .at("/admin/webhooks/:event/rehearse", post(webhook::rehearse))
        .at("/admin/webhooks/:event/replay", post(webhook::replay))
        .at("/admin/tasks", get(tasks::show))
        .at("/admin/tasks/:id", get(task::show))
        .at("/admin/tasks/:id/done", post(task::done))
        .at("/admin/tasks/:id/refund", post(task::refund))
        .at("/admin/generations", get(generations::show))
        .at("/admin/generations/generations.csv", get(generations::table))
        .at("/admin/generations/:id", get(generation::show))
        .at("/admin/generations/:id/reconcile", post(generation::reconcile))
        .at("/admin/generations/:id/words", post(generation::words))
        .at("/admin/diagnostics", get(diagnostics::show))
        .at("/admin/diagnostics/run", post(diagnostics::run))
}
