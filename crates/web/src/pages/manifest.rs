//! What programs read about the site: `/manifest.webmanifest`, `/robots.txt`, `/sitemap.xml`.

use std::sync::Arc;

use poem::{Response, handler, http::header, web::Data};
use serde_json::json;

use crate::Shared;

/// Pages anybody may find; all others are somebody's own.
const FOUND: [&str; 5] = ["/", "/pricing", "/api", "/terms", "/privacy"];
/// Where nobody but its owner has anything to look at.
const OWN: [&str; 10] = [
    "/account", "/admin", "/billing", "/dev/", "/events", "/files/", "/gallery", "/images/",
    "/sign-in", "/studio",
];

/// `/manifest.webmanifest`: the studio as an app on a home screen.
#[handler]
pub fn app(Data(shared): Data<&Arc<Shared>>) -> Response {
    let icon = |name: &str, sizes: &str, kind: &str, purpose: &str| {
        let src = format!("{}/img/{name}", shared.site.assets().prefix());
        json!({ "src": src, "sizes": sizes, "type": kind, "purpose": purpose })
    };
    let document = json!({
        "id": "/studio",
        "name": shared.web.about.brand,
        "short_name": shared.web.about.brand,
        "start_url": "/studio",
        "scope": "/",
        "display": "standalone",
        "background_color": "#110c09",
        "theme_color": "#110c09",
        "icons": [
            icon("mark.svg", "any", "image/svg+xml", "any"),
            icon("mark-192.png", "192x192", "image/png", "any"),
            icon("mark-512.png", "512x512", "image/png", "any"),
            icon("mark-maskable-512.png", "512x512", "image/png", "maskable"),
        ],
        "shortcuts": [
            { "name": "New pictures", "url": "/studio" },
            { "name": "Gallery", "url": "/gallery" },
        ],
    });
    told("application/manifest+json", document.to_string())
}

/// `/robots.txt`
#[handler]
pub fn robots(Data(shared): Data<&Arc<Shared>>) -> Response {
    let own = OWN.map(|path| format!("Disallow: {path}\n")).concat();
    let map = format!("Sitemap: {}/sitemap.xml\n", shared.web.about.app_url);
    told("text/plain; charset=utf-8", format!("User-agent: *\n{own}\n{map}"))
}

/// `/sitemap.xml`
#[handler]
pub fn sitemap(Data(shared): Data<&Arc<Shared>>) -> Response {
    let site = minijinja::HtmlEscape(&shared.web.about.app_url).to_string().replace("&#x2f;", "/");
    let pages = FOUND.map(|path| format!("<url><loc>{site}{path}</loc></url>\n")).concat();
    let map = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{pages}</urlset>\n"
    );
    told("application/xml; charset=utf-8", map)
}

fn told(media_type: &'static str, text: String) -> Response {
    Response::builder()
        .content_type(media_type)
        .header(header::CACHE_CONTROL, "public, max-age=3600")
        .body(text)
}
