//! `/dev/outbox`: mails that were kept instead of sent. `dev` says who may look.

use std::sync::Arc;

use poem::{handler, web::Data};
use serde::Serialize;

use crate::{Shared, problem::Problem, site::Page, visitor::Visitor};

#[derive(Serialize)]
struct OutboxView {
    mails: Vec<MailView>,
    /// Whether the play checkout has pages beside this one.
    play: bool,
}

#[derive(Serialize)]
struct MailView {
    to: String,
    subject: String,
    lines: Vec<LineView>,
    at: String,
}

/// A line of a mail; a link of ours can be followed.
#[derive(Serialize)]
struct LineView {
    text: String,
    link: bool,
}

/// The mails, newest first; not found while a mail server sends them.
#[handler]
pub async fn show(visitor: Visitor, Data(shared): Data<&Arc<Shared>>) -> Result<Page, Problem> {
    let outbox = shared.web.outbox.as_ref().ok_or_else(Problem::not_found)?;
    let kept = outbox.kept().await;
    let app_url = &shared.web.about.app_url;
    let mails = kept.into_iter().map(|kept| MailView {
        to: kept.mail.to.as_str().to_owned(),
        subject: kept.mail.subject,
        lines: kept
            .mail
            .text
            .lines()
            .map(|line| LineView {
                link: line.strip_prefix(app_url.as_str()).is_some_and(|rest| rest.starts_with('/')),
                text: line.to_owned(),
            })
            .collect(),
        at: kept.at.to_string(),
    });
    visitor
        .page(
            "outbox.html",
            "Outbox",
            OutboxView { mails: mails.collect(), play: shared.web.play.is_some() },
        )
        .await
}
