//! Pages: each route group one file, each page one template with one typed context.
//!
//! Invariant: everything here works without JavaScript. A form is sent, the answer says where to
//! look, the page there shows what is.

mod account;
mod activity;
mod address;
mod admin;
mod back;
mod billing;
mod code;
mod confirm;
mod export;
mod folders;
mod gallery;
mod home;
mod image;
mod keys;
mod landing;
mod leave;
mod legal;
mod manifest;
mod moment;
mod outbox;
mod play;
mod sign_in;
mod studio;

use std::{str::FromStr, sync::Arc};

use minijinja::value::{Serde, Value};
use poem::{Endpoint, IntoResponse, Request, Response, Result, Route, http::header};
use serde::Serialize;

use crate::{
    Shared,
    allow::Allow,
    cookie,
    csrf::SameOrigin,
    dev::Gate,
    edge::RequestId,
    problem::Problem,
    site::{self, FrameView},
    table::{Table, get, post},
};

/// Pages with the rules that hold for each of them.
pub fn guarded(pages: Table, shared: &Arc<Shared>) -> impl Endpoint<Output = Response> + 'static {
    let routes = Allow::default().and(&pages);
    let inner = pages.beside(Route::new());
    let inner = SameOrigin::new(inner, &shared.web.about.app_url, routes);
    let inner = Gate::new(inner, shared);
    Told { inner, shared: Arc::clone(shared) }
}

/// All pages; those of the local stand-ins too, where they are `mounted`.
pub fn table(mounted: bool) -> Table {
    let pages = Table::default()
        .at("/", get(landing::show))
        .at("/terms", get(legal::terms))
        .at("/privacy", get(legal::privacy))
        .at("/keys", get(keys::show))
        .at("/manifest.webmanifest", get(manifest::app))
        .at("/robots.txt", get(manifest::robots))
        .at("/sitemap.xml", get(manifest::sitemap))
        .at("/pricing", get(home::pricing))
        .at("/sign-in", get(sign_in::show).post(sign_in::send))
        .at("/sign-in/code", get(sign_in::waiting).post(sign_in::code))
        .at("/sign-in/link/:id/:token", get(sign_in::link).post(sign_in::follow))
        .at("/sign-out", post(sign_in::out))
        .at("/studio/draft", post(studio::resume))
        .at("/studio", get(studio::show).post(studio::press))
        .at("/studio/prompts", get(studio::earlier))
        .at("/studio/generations/:id", get(studio::generation))
        .at("/studio/renders/:id/cancel", post(studio::cancel))
        .at("/studio/renders/:id/again", post(studio::again))
        .at("/events", get(studio::live))
        .at("/static/:set/*name", get(site::serve));
    let pages = admin::desks(library(pages));
    if mounted { local(pages) } else { pages }
}

/// What the local stand-ins show; `dev` says to whom.
fn local(pages: Table) -> Table {
    pages
        .at("/dev/outbox", get(outbox::show))
        .at("/dev/checkout", get(play::list))
        .at("/dev/checkout/:id", get(play::show).post(play::act))
}

/// Pictures, folders, credits and the account: all for members.
fn library(pages: Table) -> Table {
    pages
        .at("/gallery", get(gallery::show))
        .at("/gallery/bulk", post(gallery::bulk))
        .at("/gallery/ids", get(gallery::answers::ids))
        .at("/gallery/news", get(gallery::answers::news))
        .at("/folders", post(folders::create))
        .at("/folders/:id/rename", post(folders::rename))
        .at("/folders/:id/move", post(folders::relocate))
        .at("/folders/:id/delete", post(folders::delete))
        .at("/images/:id", get(image::show))
        .at("/images/:id/urls", get(image::urls))
        .at("/images/:id/download", get(image::download))
        .at("/images/:id/like", post(image::like))
        .at("/images/:id/move", post(image::relocate))
        .at("/images/:id/trash", post(image::trash))
        .at("/images/:id/restore", post(image::restore))
        .at("/billing", get(billing::show))
        .at("/billing/top-up", post(billing::top_up))
        .at("/billing/buy", post(billing::buy))
        .at("/billing/orders/:id/pay", post(billing::pay))
        .at("/billing/return", get(billing::back))
        .at("/billing/cancel", get(billing::cancel))
        .at("/billing/ledger.csv", get(billing::ledger))
        .at("/account", get(account::show))
        .at("/account/confirm", get(confirm::ask).post(confirm::send))
        .at("/account/confirm/code", get(confirm::waiting).post(confirm::code))
        .at("/account/address", post(address::send))
        .at("/account/address/code", get(address::waiting).post(address::code))
        .at("/account/address/undo/:token", get(address::undo_page).post(address::undo))
        .at("/account/activity", get(activity::show))
        .at("/account/export", post(export::send))
        .at("/account/delete", get(leave::ask).post(leave::leave))
        .at("/account/sessions/end-others", post(account::end_others))
        .at("/account/sessions/:id/end", post(account::end))
        .at("/account/keys", post(account::make_key))
        .at("/account/keys/:id/revoke", post(account::revoke_key))
}

/// A refusal's words as a sentence of their own.
fn sentence(says: &str) -> String {
    let mut letters = says.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).chain(['.']).collect()
}

/// The id a path or a form names. What is none names nothing that exists.
fn id<T: FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// Tells people what went wrong as a page, not as a document for programs.
struct Told<E> {
    inner: E,
    shared: Arc<Shared>,
}

/// What an error page says.
#[derive(Serialize)]
struct ErrorView {
    status: u16,
    title: &'static str,
    says: String,
    /// What to name when writing to the operator.
    request: Option<String>,
}

impl<E: Endpoint> Endpoint for Told<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let member = cookie::session(&request, &self.shared.web.about).is_some();
        let reads_pages = reads_pages(&request);
        let id = request.data::<RequestId>().map(|id| id.0.clone());
        match self.inner.call(request).await {
            Ok(response) => Ok(response.into_response()),
            // A way to go, such as to the sign-in, is an answer.
            Err(error) if error.is_from_response() => Ok(error.into_response()),
            Err(error) if reads_pages => self.page(error.into(), member, id).await,
            Err(error) => Err(error),
        }
    }
}

/// Whether whoever asks can show a page: a browser says so, a program does not.
fn reads_pages(request: &Request) -> bool {
    crate::header::mentions(request, &header::ACCEPT, "text/html")
        && !request.uri().path().starts_with("/api/")
}

impl<E> Told<E> {
    async fn page(
        &self,
        problem: Problem,
        member: bool,
        request: Option<String>,
    ) -> Result<Response> {
        let status = problem.status();
        let view = ErrorView {
            status: status.as_u16(),
            title: problem.slug.title(),
            says: problem.detail.clone(),
            request,
        };
        let frame = FrameView::new(&self.shared.web.about, view.title, "");
        let context = minijinja::context! { frame => Value::from(Serde(frame)), page => Value::from(Serde(view)), member => member };
        let page = self.shared.site.fragment("error.html", context).await;
        // The problem's own answer carries its headers, and its cause to the log.
        let mut response = problem.into_response();
        if let Ok(page) = page {
            let page = page.status(status).into_response();
            let headers = page.headers().clone();
            response.headers_mut().extend(headers);
            response.set_body(page.into_body());
        }
        Ok(response)
    }
}
