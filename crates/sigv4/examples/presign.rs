//! What a link costs, as ratios in one run: against the hashes it cannot do without, and against
//! rusty-s3. `cargo run --release -p safelight-sigv4 --example presign`
//!
//! `safelight bench presign` measures what ships, through the bucket adapter, against the same
//! floor.

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use rusty_s3::{Bucket, S3Action, UrlStyle, actions::GetObject};
use safelight_sigv4::{
    Credentials, Expires, Payload, Presigner, Request, Service, Signer, Stamp, floor,
};

const ID: &str = "0123456789abcdef0123456789abcdef";
const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const HOST: &str = "0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com";
const NOW: i64 = 1_767_225_600;
const LIFETIME_SECONDS: u32 = 7_200;
const BATCH: usize = 200;
const BATCHES: usize = 1_500;

/// Makes the n-th link of a batch, or what stands for it.
type Run<'a> = Box<dyn FnMut(usize) + 'a>;

fn main() {
    let keys: Vec<String> = (0..BATCH)
        .map(|n| format!("images/0198c2f0-5b0e-7a52-9d6b/0198c2f0-5b0e-7a52-9d6b-{n:06}/w320.jpg"))
        .collect();
    let expires = Expires::seconds(LIFETIME_SECONDS).expect("within a week");
    let at = Stamp::at(NOW);

    let signer = Arc::new(Signer::new(Credentials::new(ID, SECRET), "auto", Service::S3));
    let presigner = Presigner::new(Arc::clone(&signer), "https", HOST, "/media/", expires);
    let endpoint = format!("https://{HOST}").parse().expect("a URL");
    let bucket = Bucket::new(endpoint, UrlStyle::Path, "media", "auto").expect("a bucket");
    let rusty_owner = rusty_s3::Credentials::new(ID, SECRET);
    let lifetime = Duration::from_secs(LIFETIME_SECONDS.into());
    let moment = jiff::Timestamp::from_second(NOW).expect("a moment");
    let rusty = |key: &str| {
        GetObject::new(&bucket, Some(&rusty_owner), key).sign_with_time(lifetime, &moment)
    };
    let general = |key: &str| {
        let request = Request {
            method: "GET",
            path: &format!("/media/{}", safelight_sigv4::encode_path(key)),
            query: &[],
            headers: &[("host", HOST)],
            payload: Payload::UNSIGNED,
        };
        signer.sign_query(&request, at, expires)
    };

    let signature =
        |link: &str| link.split("X-Amz-Signature=").nth(1).map(|hex| hex[..64].to_owned());
    for key in &keys {
        let link = presigner.link(key, at);
        assert_eq!(signature(&link), signature(rusty(key).as_str()), "{key}");
        assert_eq!(signature(&link), signature(&general(key)), "{key}");
    }

    let mut runs: [(&str, Run); 4] = [
        (
            "floor: HMAC(200 B) + SHA-256(300 B)",
            Box::new(|n| {
                black_box(floor((n % 256).to_le_bytes()[0]));
            }),
        ),
        ("presigner", Box::new(|n| drop(black_box(presigner.link(&keys[n], at))))),
        ("signer, the general way", Box::new(|n| drop(black_box(general(&keys[n]))))),
        ("rusty-s3", Box::new(|n| drop(black_box(rusty(&keys[n]))))),
    ];
    // Interleaved, so that what else the machine does falls on all alike.
    let mut best = [f64::MAX; 4];
    for _ in 0..BATCHES {
        for ((_, run), best) in runs.iter_mut().zip(&mut best) {
            let started = Instant::now();
            (0..BATCH).for_each(&mut *run);
            let batch = u32::try_from(BATCH).expect("small");
            *best = best.min(started.elapsed().as_secs_f64() * 1e9 / f64::from(batch));
        }
    }
    let [floor, ours, _, rusty] = best;
    for ((name, _), nanos) in runs.iter().zip(best) {
        println!("{name:<36} {nanos:>7.0} ns  {:>5.2} x floor", nanos / floor);
    }
    println!("rusty-s3 / presigner: {:.1}", rusty / ours);
}
