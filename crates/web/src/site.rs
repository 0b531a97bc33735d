//! The pages' surroundings: templates, static files, and the frame every page stands in.
//!
//! Invariant: a page is one template and one typed context; nothing but the frame is shared.

mod assets;
mod templates;
mod view;

use std::{fmt::Write as _, path::PathBuf};

use minijinja::value::{Serde, Value};
use poem::{
    IntoResponse, Response,
    http::{StatusCode, header},
};
use serde::Serialize;

pub use assets::{Assets, serve};
pub use templates::{Templates, thousands};
pub use view::{FrameView, initials};

use crate::problem::Problem;

/// A file of ours that a brand may replace, by its path in a brand folder: `templates/terms.html`,
/// `static/img/mark.svg`; none when we have no such file.
pub fn original(path: &str) -> Option<Vec<u8>> {
    match path.split_once('/')? {
        ("templates", name) => templates::original(name),
        ("static", name) => assets::original(name),
        _ => None,
    }
}

/// What pages are made of.
pub struct Site {
    templates: Templates,
    assets: Assets,
}

impl Site {
    /// The built-in site, with files of `brand` instead of ours where it has them: `templates/NAME`
    /// and `static/NAME`.
    pub fn new(brand: Option<PathBuf>) -> Self {
        let assets = Assets::new(brand.as_deref());
        Self { templates: Templates::new(brand, assets.prefix()), assets }
    }

    /// The static files.
    pub fn assets(&self) -> &Assets {
        &self.assets
    }

    /// Renders `template` with `page` inside `frame`, off the async threads.
    pub async fn page(
        &self,
        template: &'static str,
        frame: FrameView,
        page: impl Serialize,
    ) -> Result<Page, Problem> {
        let context = minijinja::context! {
            frame => Value::from(Serde(frame)),
            page => Value::from(Serde(page)),
        };
        self.fragment(template, context).await
    }

    /// Renders a piece of a page.
    pub async fn fragment(&self, template: &'static str, context: Value) -> Result<Page, Problem> {
        self.templates
            .render(template, context)
            .await
            .map(|html| Page { html, status: StatusCode::OK })
    }
}

/// A page, ready to be sent. Nobody but the browser that asked may keep it.
#[derive(Debug)]
pub struct Page {
    html: String,
    status: StatusCode,
}

impl Page {
    /// The same, with another status.
    #[must_use]
    pub fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// Its text.
    pub fn into_html(self) -> String {
        self.html
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        Response::builder()
            .status(self.status)
            .content_type("text/html; charset=utf-8")
            .header(header::CACHE_CONTROL, "no-store")
            .body(self.html)
    }
}

/// "Look there instead", after a form was sent: reloading the page there sends nothing again.
pub fn see_other(place: &str) -> Response {
    let place = header_safe(place);
    Response::builder().status(StatusCode::SEE_OTHER).header(header::LOCATION, place).finish()
}

/// A header is ASCII: the rest of a path is percent-encoded, as a browser would.
fn header_safe(place: &str) -> String {
    let mut safe = String::with_capacity(place.len());
    for byte in place.bytes() {
        if byte.is_ascii_graphic() {
            safe.push(byte.into());
        } else {
            // Writing to a String cannot fail.
            let _ = write!(safe, "%{byte:02X}");
        }
    }
    safe
}
