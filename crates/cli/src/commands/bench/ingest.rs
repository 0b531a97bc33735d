//! Pictures in: fetched from a host on loopback as from fal's, decoded, shrunk and stored, several
//! at once. Memory must not grow with their number.

use std::{
    fmt::Write as _,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context;
use image::{ExtendedColorType, codecs::jpeg::JpegEncoder};
use poem::{
    Body, Response, Server,
    listener::{Acceptor, Listener, TcpListener},
};
use safelight_adapters_fal::{Fal, FalSettings};
use safelight_adapters_imaging::Imager;
use safelight_domain::{
    AccountId, ModelSlug, Order, Prompt, RenderId, Seed, Size, Variant, object_key,
};
use safelight_ports::{Delivery, Ids, Imaging, Ingested, Provider, Storage};
use serde_json::json;

use super::memory;
use crate::{
    args::Args,
    output::print,
    wire::bucket,
    world::{SystemClock, V7Ids},
};

/// Bytes of a picture, at least.
const BYTES: usize = 2_000_000;

/// What a picture goes through.
struct Line {
    fal: Fal,
    imager: Imager,
    storage: Arc<dyn Storage>,
    source: Delivery,
}

pub async fn run(args: &Args, images: usize, at_once: usize) -> anyhow::Result<()> {
    let scratch = args.data_dir.join(format!("bench-{}", std::process::id()));
    std::fs::create_dir_all(&scratch)?;
    let measured = measure(args, &scratch, images.max(1), at_once.max(1)).await;
    std::fs::remove_dir_all(&scratch)?;
    measured
}

async fn measure(args: &Args, scratch: &Path, images: usize, at_once: usize) -> anyhow::Result<()> {
    let picture = picture()?;
    let (bytes, host) = (picture.len(), serve(picture).await?);
    let bucket = bucket::open(scratch, "http://127.0.0.1", [0; 32])?;
    let stored_in = if bucket.local_files.is_some() { "disk" } else { "bucket" };
    let line = Arc::new(Line {
        fal: fal(&host)?,
        imager: Imager::new(std::thread::available_parallelism().map_or(2, std::num::NonZero::get)),
        storage: bucket.storage,
        source: Delivery { location: format!("{host}/picture.jpg") },
    });
    // The first picture brings what every later one finds: threads, connections, tables.
    line.take_in().await?;
    memory::forget_peak();
    let before = memory::resident()?;
    let from = Instant::now();
    let mut took = all(&line, images, at_once).await?;
    let whole = from.elapsed();
    let after = memory::resident()?;
    took.sort_unstable();
    let grown = after.peak.saturating_sub(before.now);
    let median = took[took.len() / 2];
    let value = json!({
        "images": images, "at_once": at_once, "bytes_each": bytes, "stored_in": stored_in,
        "seconds": whole.as_secs_f64(), "median_ms": median.as_secs_f64() * 1e3,
        "resident_before_kb": before.now, "resident_peak_kb": after.peak,
        "resident_after_kb": after.now, "grown_kb": grown,
    });
    print(args.json, &value, || {
        let mut text = format!(
            "{images} pictures of {:.1} MB, {at_once} at once, into the {stored_in}\n",
            megabytes(bytes / 1_000)
        );
        let rate = megabytes(images) * 1e3 / whole.as_secs_f64();
        let _ = writeln!(text, "{:<20}{rate:>8.1} /s", "pictures");
        let _ = writeln!(text, "{:<20}{:>8.0} ms", "each, median", median.as_secs_f64() * 1e3);
        for (name, kb) in [
            ("resident before", before.now),
            ("resident at most", after.peak),
            ("resident after", after.now),
            ("grown at most", grown),
        ] {
            let _ = writeln!(text, "{name:<20}{:>8} MB", kb / 1_024);
        }
        text
    });
    Ok(())
}

/// Thousandths.
#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn megabytes(kilobytes: usize) -> f64 {
    kilobytes as f64 / 1e3
}

async fn all(line: &Arc<Line>, images: usize, at_once: usize) -> anyhow::Result<Vec<Duration>> {
    let next = Arc::new(AtomicUsize::new(0));
    let hands: Vec<_> = (0..at_once)
        .map(|_| {
            let (line, next) = (Arc::clone(line), Arc::clone(&next));
            tokio::spawn(async move {
                let mut took = Vec::new();
                while next.fetch_add(1, Ordering::Relaxed) < images {
                    let from = Instant::now();
                    line.take_in().await?;
                    took.push(from.elapsed());
                }
                anyhow::Ok(took)
            })
        })
        .collect();
    let mut took = Vec::new();
    for hand in hands {
        took.extend(hand.await??);
    }
    Ok(took)
}

impl Line {
    /// One picture from the host to the bucket, and out of it again: nothing is left behind.
    async fn take_in(&self) -> anyhow::Result<()> {
        let bytes = self.fal.fetch(&order(), &self.source).await?;
        let Ingested { original, media_type, w320, w640, .. } = self.imager.ingest(bytes).await?;
        let (account, render) = (AccountId(V7Ids.next()), RenderId(V7Ids.next()));
        let jpeg = "image/jpeg";
        let files = [
            (Variant::W320, jpeg, w320.bytes),
            (Variant::W640, jpeg, w640.bytes),
            (Variant::Original, media_type, original),
        ];
        for (variant, media_type, bytes) in files {
            let key = object_key(account, render, variant, media_type);
            self.storage.put(&key, media_type, bytes).await?;
            self.storage.delete(&key).await?;
        }
        Ok(())
    }
}

/// An adapter that may fetch from `host`; the queue is never asked.
fn fal(host: &str) -> anyhow::Result<Fal> {
    let settings = FalSettings {
        key: "bench:bench",
        media_hosts: Some(host),
        app_url: "http://127.0.0.1",
        ..FalSettings::default()
    };
    Fal::new(settings.check()?, Arc::new(SystemClock)).context("the fal adapter")
}

fn order() -> Order {
    Order {
        prompt: Prompt::parse("a lighthouse").expect("a prompt"),
        negative: None,
        model: ModelSlug("flux-schnell".to_owned()),
        size: Size::Square,
        seed: Seed(1),
    }
}

/// A JPEG with so much grain that it weighs [`BYTES`] or a little more.
fn picture() -> anyhow::Result<Vec<u8>> {
    for side in (1_024_u32..4_096).step_by(64) {
        let mut state = 1_u32;
        let grain = std::iter::repeat_with(|| {
            // xorshift32 (Marsaglia, 2003): no neighbour like the other.
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state.to_le_bytes()[0] / 2 + 64
        });
        let pixels: Vec<u8> = grain.take((side * side * 3) as usize).collect();
        let mut jpeg = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, 85);
        encoder.encode(&pixels, side, side, ExtendedColorType::Rgb8)?;
        if jpeg.len() >= BYTES {
            return Ok(jpeg);
        }
    }
    anyhow::bail!("no picture of {BYTES} bytes came out")
}

/// Serves the picture on a free port of loopback as long as the process lives; answers its origin.
async fn serve(picture: Vec<u8>) -> anyhow::Result<String> {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let acceptor = TcpListener::bind(any).into_acceptor().await?;
    let listens = acceptor.local_addr();
    let listens = listens.first().and_then(|addr| addr.as_socket_addr().copied());
    let listens = listens.context("it listens nowhere")?;
    let picture = Body::from(picture).into_bytes().await?;
    let host = poem::endpoint::make_sync(move |_| {
        Response::builder().content_type("image/jpeg").body(picture.clone())
    });
    tokio::spawn(Server::new_with_acceptor(acceptor).run(host));
    Ok(format!("http://{listens}"))
}
