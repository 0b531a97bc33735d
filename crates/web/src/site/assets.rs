//! Static files: embedded, named by the digest of the whole set, kept by browsers for a year.
//!
//! One digest for the set keeps relative links inside styles and modules true as they are.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    io::Write,
    path::Path,
    sync::Arc,
};

use flate2::{Compression, write::GzEncoder};
use poem::{
    Request, Response, handler,
    http::header,
    web::{Data, Path as UrlPath},
};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::{Shared, problem::Problem};

#[derive(RustEmbed)]
#[folder = "static/"]
struct Embedded;

/// The static files.
pub struct Assets {
    prefix: String,
    files: BTreeMap<String, File>,
}

struct File {
    bytes: Vec<u8>,
    /// Compressed once; none when that does not help.
    gzip: Option<Vec<u8>>,
    media_type: &'static str,
}

impl Assets {
    /// The embedded files, and those of the brand instead where it has them.
    pub fn new(brand: Option<&Path>) -> Self {
        let mut files = BTreeMap::new();
        let mut digest = Sha256::new();
        let mut names: BTreeSet<String> = Embedded::iter().map(Cow::into_owned).collect();
        // The brand may bring files of its own, for templates of its own.
        let own = brand.map(|dir| dir.join("static"));
        names.extend(own.as_deref().map(|dir| below(dir, "")).unwrap_or_default());
        for name in names {
            let own = own.as_deref().and_then(|dir| std::fs::read(dir.join(&name)).ok());
            let Some(bytes) = own.or_else(|| original(&name)) else { continue };
            digest.update(name.as_bytes());
            digest.update(&bytes);
            let file = File::new(&name, bytes);
            files.insert(name, file);
        }
        let digest = digest.finalize();
        let short = digest[..8].iter().fold(0_u64, |n, byte| (n << 8) | u64::from(*byte));
        Self { prefix: format!("/static/{short:016x}"), files }
    }

    /// What every file's address begins with.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }
}

/// A static file as it is when no brand replaces it.
pub fn original(name: &str) -> Option<Vec<u8>> {
    Embedded::get(name).map(|file| file.data.into_owned())
}

/// The names of all files below a folder, with `/` between their parts.
fn below(dir: &Path, at: &str) -> Vec<String> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let named = entries.filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry)));
    let seen = named.filter(|(name, _)| !name.starts_with('.'));
    seen.flat_map(|(name, entry)| {
        let name = format!("{at}{name}");
        if entry.path().is_dir() { below(&entry.path(), &format!("{name}/")) } else { vec![name] }
    })
    .collect()
}

impl File {
    fn new(name: &str, bytes: Vec<u8>) -> Self {
        let (media_type, text) = match name.rsplit('.').next() {
            Some("css") => ("text/css; charset=utf-8", true),
            Some("js") => ("text/javascript; charset=utf-8", true),
            Some("svg") => ("image/svg+xml", true),
            Some("json" | "webmanifest") => ("application/manifest+json", true),
            Some("woff2") => ("font/woff2", false),
            Some("webp") => ("image/webp", false),
            Some("png") => ("image/png", false),
            Some("jpg") => ("image/jpeg", false),
            _ => ("text/plain; charset=utf-8", true),
        };
        let gzip = text.then(|| gzip(&bytes)).filter(|packed| packed.len() < bytes.len());
        Self { bytes, gzip, media_type }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to a Vec cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// `/static/{set}/{name}`
#[handler]
pub fn serve(
    request: &Request,
    UrlPath((set, name)): UrlPath<(String, String)>,
    Data(shared): Data<&Arc<Shared>>,
) -> Result<Response, Problem> {
    let assets = shared.site.assets();
    let file = assets.files.get(&name).filter(|_| assets.prefix.ends_with(&set));
    let file = file.ok_or_else(Problem::not_found)?;
    let takes_gzip = crate::header::mentions(request, &header::ACCEPT_ENCODING, "gzip");
    let mut response = Response::builder()
        .content_type(file.media_type)
        .header(header::CACHE_CONTROL, "public, max-age=31536000, immutable")
        .header(header::VARY, "Accept-Encoding");
    let bytes = match &file.gzip {
        Some(packed) if takes_gzip => {
            response = response.header(header::CONTENT_ENCODING, "gzip");
            packed.clone()
        }
        _ => file.bytes.clone(),
    };
    Ok(response.body(bytes))
}
