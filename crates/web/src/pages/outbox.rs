//! `/dev/outbox`: mails that were kept instead of sent, shown to the machine's own browser only.

use std::{net::IpAddr, sync::Arc};

use poem::{Request, handler, http::header, web::Data};
use serde::Serialize;

use crate::{Shared, problem::Problem, site::Page, visitor::Visitor};

#[derive(Serialize)]
struct OutboxView {
    mails: Vec<MailView>,
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

/// The drawer; not found for anybody but a browser on this machine.
#[handler]
pub async fn drawer(
    request: &Request,
    visitor: Visitor,
    Data(shared): Data<&Arc<Shared>>,
) -> Result<Page, Problem> {
    let outbox = shared.web.outbox.as_ref().filter(|_| at_this_machine(request));
    let kept = outbox.ok_or_else(Problem::not_found)?.kept().await;
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
    visitor.page("outbox.html", "Outbox", OutboxView { mails: mails.collect() }).await
}

/// Peer and Host are loopback, and nobody forwarded the request.
pub(super) fn at_this_machine(request: &Request) -> bool {
    let headers = request.headers();
    let forwarded = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let loopback = |text: &str| {
        let bare = text.trim_start_matches('[').trim_end_matches(']');
        text == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    };
    let peer = request.remote_addr().as_socket_addr().is_some_and(|peer| peer.ip().is_loopback());
    peer && loopback(host) && forwarded.iter().all(|name| !headers.contains_key(*name))
}
