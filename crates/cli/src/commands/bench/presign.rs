//! Links as the bucket adapter makes them, each to a key of its own, against the hashes that no
//! signer can do without. (`cargo run --release -p safelight-sigv4 --example presign` adds the
//! comparison with rusty-s3, which does not ship.)

use std::{
    fmt::Write as _,
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use safelight_adapters_r2::{R2, R2Config};
use safelight_domain::{ObjectKey, Timestamp};
use safelight_ports::{Clock, Ids, Presign, Storage};
use safelight_sigv4::floor;
use serde_json::json;
use zeroize::Zeroizing;

use crate::{
    args::Args,
    output::print,
    world::{SystemClock, SystemEntropy, V7Ids},
};

/// Links measured together: a page of the gallery.
const BATCH: usize = 40;
/// How often all keys are gone through; the best time of each batch counts.
const PASSES: usize = 20;

type Run<'a> = Box<dyn Fn(usize) + 'a>;

pub fn run(args: &Args, links: usize) -> anyhow::Result<()> {
    let r2 = bucket()?;
    let now = SystemClock.now();
    let batches = links.div_ceil(BATCH).max(1);
    let keys: Vec<_> = (0..batches * BATCH).map(|_| key()).collect();
    let save = Presign::Save("a red fox.jpg".to_owned());
    let link = |n: usize, how: &Presign| drop(black_box(sign(&r2, &keys[n], how, now)));
    let runs: [(&str, Run<'_>); 3] = [
        (
            "floor",
            Box::new(|n| {
                black_box(floor((n % 256).to_le_bytes()[0]));
            }),
        ),
        ("link that shows", Box::new(|n| link(n, &Presign::Show))),
        ("link that saves", Box::new(|n| link(n, &save))),
    ];
    // Interleaved, so that what else the machine does falls on all alike.
    let mut best = vec![[Duration::MAX; 3]; batches];
    for _ in 0..PASSES {
        for (batch, best) in best.iter_mut().enumerate() {
            for ((_, run), best) in runs.iter().zip(best) {
                let started = Instant::now();
                (batch * BATCH..(batch + 1) * BATCH).for_each(run);
                *best = (*best).min(started.elapsed());
            }
        }
    }
    let nanos: Vec<f64> = (0..runs.len()).map(|run| median(&best, run)).collect();
    let measured: Vec<_> = runs
        .iter()
        .zip(&nanos)
        .map(|((name, _), own)| json!({ "name": name, "ns": own, "ratio": own / nanos[0] }))
        .collect();
    print(args.json, &json!({ "links": keys.len(), "measured": measured }), || {
        let mut text = format!("{} links, each to a key of its own\n", keys.len());
        for ((name, _), own) in runs.iter().zip(&nanos) {
            let _ = writeln!(text, "{name:<20}{own:>8.0} ns{:>8.2} x floor", own / nanos[0]);
        }
        text
    });
    Ok(())
}

/// One link in the median batch, in nanoseconds.
fn median(best: &[[Duration; 3]], run: usize) -> f64 {
    let mut took: Vec<_> = best.iter().map(|batch| batch[run]).collect();
    took.sort_unstable();
    let batch = u32::try_from(BATCH).map_or(1.0, f64::from);
    took[took.len() / 2].as_secs_f64() * 1e9 / batch
}

fn sign(r2: &R2, key: &ObjectKey, how: &Presign, now: Timestamp) -> String {
    r2.presign(key, how, now)
}

/// A bucket nobody is asked about: links are made here.
fn bucket() -> anyhow::Result<R2> {
    let secret = Zeroizing::new("0123456789abcdef".repeat(4));
    let account = "0123456789abcdef0123456789abcdef";
    let config = R2Config::for_account(account, "media", account, secret.as_str())?;
    Ok(R2::new(&config, Arc::new(SystemClock), Arc::new(SystemEntropy))?)
}

/// As long as those of pictures.
fn key() -> ObjectKey {
    ObjectKey(format!("images/{}/{}/w320.jpg", V7Ids.next(), V7Ids.next()))
}
