//! All routes, in one table.

use std::sync::Arc;

use poem::{Endpoint, EndpointExt, Response, Route, middleware::CatchPanic};
use serde_json::Value;

use crate::{
    About, Shared, Web,
    allow::Allow,
    dev,
    edge::Edge,
    files, health, openapi, pages,
    problem::Problem,
    problems,
    reference::{self, ReferenceView},
    table::{Table, get, post},
    webhooks,
};

/// The whole site, ready to be served.
pub fn app(web: Web) -> impl Endpoint<Output = Response> + 'static {
    let document = openapi::document(&web.about);
    let mounted = dev::mounted(web.dev.as_ref(), &web.about).is_some();
    let (machines, pages) = (machines(&document), pages::table(mounted));
    let allow = Allow::from_document(&document).and(&machines).and(&pages);
    let shared = Arc::new(Shared::new(web));
    let web = &shared.web;
    let panicked = CatchPanic::new()
        .with_handler(|_| Problem::internal("a handler panicked; see standard error".to_owned()));
    let routes = machines
        .beside(Route::new())
        .nest(openapi::PREFIX, openapi::service(&web.about))
        .nest_no_strip("/", pages::guarded(pages, &shared))
        .data(Arc::clone(&shared))
        .with(panicked);
    Edge::new(&shared, allow, routes)
}

/// Every route there is, as method and path; parts that vary are `{named}`. Whoever says who may
/// do what says it of each of these.
pub fn routes() -> Vec<(String, String)> {
    let document = openapi::document(&About::default());
    Allow::from_document(&document).and(&machines(&document)).and(&pages::table(true)).all()
}

/// What is neither a page nor the API: for machines, and the reference for people who feed them.
fn machines(document: &Value) -> Table {
    let reference = Arc::new(ReferenceView::of(document));
    Table::default()
        .at("/healthz", get(health::live))
        .at("/readyz", get(health::ready))
        .at("/api", get(reference::page.data(reference)))
        .at("/api/openapi.json", get(openapi::Served::of(document)))
        .at("/problems/:slug", get(problems::problem))
        .at("/files/*path", get(files::serve))
        .at("/webhooks/fal", post(webhooks::fal))
        .at("/webhooks/stripe", post(webhooks::stripe))
}
