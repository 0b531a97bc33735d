//! The host pictures lie at: public, no key, JPEGs of the size that was asked for.

use image::{ExtendedColorType, ImageEncoder, codecs::jpeg::JpegEncoder};
use safelight_domain::Size;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Shared, request::Request};
use crate::{Received, Reply};

/// What `[media huge]` says it is long, and how much it sends of it.
const HUGE: usize = 40_000_000;
/// How much `[media endless]` sends, without saying so.
const ENDLESS: usize = 4_000_000;

impl Shared {
    pub(super) fn serve_media(&self, received: &Received) -> Reply {
        let name = received.path.rsplit('/').next().unwrap_or_default();
        let name = name.trim_end_matches(".jpeg");
        let found = name.rsplit_once('-').and_then(|(id, n)| {
            let request = self.state().requests.by_id(id)?.clone();
            Some((request, n.parse().ok()?))
        });
        let Some((request, n)) = found else { return missing() };
        let jpeg = |bytes: Vec<u8>| Reply::new(200, "image/jpeg", bytes);
        match request.directions.get("media") {
            None => jpeg(picture(&request, n)),
            Some("missing") => missing(),
            Some("short") => {
                let bytes = picture(&request, n);
                let whole = bytes.len().to_string();
                jpeg(bytes[..bytes.len() / 2].to_vec()).with("content-length", whole)
            }
            Some("huge") => jpeg(vec![0; 1 << 20]).with("content-length", HUGE.to_string()),
            Some("endless") => {
                let mut bytes = picture(&request, n);
                bytes.resize(ENDLESS, 0);
                let chunk = format!("{ENDLESS:x}\r\n").into_bytes();
                let body = [chunk, bytes, b"\r\n0\r\n\r\n".to_vec()].concat();
                jpeg(body).with("transfer-encoding", "chunked")
            }
            Some("svg") => Reply::new(
                200,
                "image/svg+xml",
                "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            ),
            Some("html") => Reply::new(200, "text/html", "<!doctype html><title>oops</title>"),
            Some("moved") => {
                let to = format!("{}/steal", self.state().queue_url);
                Reply::new(302, "text/plain", "").with("location", to)
            }
            // A picture all the same: what counts are the bytes.
            Some("teapot") => Reply::new(200, "text/teapot", picture(&request, n)),
            Some(other) => panic!("no media {other}"),
        }
    }
}

fn missing() -> Reply {
    Reply::new(404, "text/plain", "not found")
}

/// The pixels a body asks for (fal docs: `image_size` presets; ratios of about a megapixel).
pub(super) fn pixels(body: &Value) -> (u32, u32) {
    let size = body["image_size"].as_str().and_then(|text| Size::parse(text).ok());
    let ratio = body["aspect_ratio"].as_str();
    let by_ratio = || Size::ALL.into_iter().find(|size| Some(size.ratio()) == ratio);
    size.or_else(by_ratio).unwrap_or(Size::Landscape43).pixels()
}

/// Whether picture `n` is one the safety checker stops: it is delivered black (fal docs: model
/// arguments).
pub(super) fn is_flagged(request: &Request, n: u64) -> bool {
    request.directions.get("nsfw").is_some_and(|which| which.parse().unwrap_or(0) == n)
}

/// Whether picture `n` is black: flagged, or without a word (`[black]`).
fn is_black(request: &Request, n: u64) -> bool {
    is_flagged(request, n) || request.directions.say("black")
}

/// One colour, of the prompt and the seed.
fn picture(request: &Request, n: u64) -> Vec<u8> {
    let (width, height) = pixels(&request.body);
    let prompt = request.body["prompt"].as_str().unwrap_or_default();
    let seed = request.said("seed").unwrap_or(0).wrapping_add(n);
    let hash = Sha256::digest(format!("{prompt}\n{seed}"));
    let colour = if is_black(request, n) { [0; 3] } else { [hash[0] | 1, hash[1], hash[2]] };
    let pixels = colour.repeat((width * height) as usize);
    let mut jpeg = Vec::new();
    JpegEncoder::new(&mut jpeg)
        .write_image(&pixels, width, height, ExtendedColorType::Rgb8)
        .expect("a JPEG in memory");
    jpeg
}
