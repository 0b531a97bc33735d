//! All routes, in one table.

use std::sync::Arc;

use poem::{Endpoint, EndpointExt, Response, Route, get, middleware::CatchPanic, post};

use crate::{
    Shared, Web,
    allow::Allow,
    edge::Edge,
    files, health, openapi, pages,
    problem::Problem,
    problems,
    reference::{self, ReferenceView},
    webhooks,
};

/// The whole site, ready to be served.
pub fn app(web: Web) -> impl Endpoint<Output = Response> + 'static {
    let document = openapi::document(&web.about);
    let allow = Allow::from_document(&document)
        .and("GET, HEAD", &["/healthz", "/readyz", "/api", "/api/openapi.json"])
        .and("GET, HEAD", &["/problems/{slug}", "/files/{path}"]);
    let allow = allow.and("POST", &["/webhooks/fal", "/webhooks/stripe"]);
    let allow = pages::ALLOW.iter().fold(allow, |all, (methods, path)| all.and(methods, &[*path]));
    let shared = Arc::new(Shared::new(web));
    let web = &shared.web;
    let panicked = CatchPanic::new()
        .with_handler(|_| Problem::internal("a handler panicked; see standard error".to_owned()));
    let reference = Arc::new(ReferenceView::of(&document));
    let routes = Route::new()
        .at("/healthz", get(health::live))
        .at("/readyz", get(health::ready))
        .at("/api", get(reference::page).data(reference))
        .at("/api/openapi.json", get(openapi::Served::of(&document)))
        .at("/problems/:slug", get(problems::problem))
        .at("/files/*path", get(files::serve))
        .at("/webhooks/fal", post(webhooks::fal))
        .at("/webhooks/stripe", post(webhooks::stripe))
        .nest(openapi::PREFIX, openapi::service(&web.about))
        .nest_no_strip("/", pages::routes(&shared))
        .data(Arc::clone(&shared))
        .with(panicked);
    Edge::new(&shared, allow, routes)
}
