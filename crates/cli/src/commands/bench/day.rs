//! A day of the studio, compressed: people sign in, look around, generate, programs call, all at
//! the ratios of a day of 100,000 hits, against the real server on this machine.
//!
//! The server is a process of its own on the stand-ins, without any setting of this one: nothing is
//! spent. Requests are sent when their time has come, whether or not the ones before were answered,
//! and times are told from then: a server that falls behind cannot hide it.

mod class;
mod server;
mod visitor;

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::ensure;
use serde_json::json;

use self::{class::Class, server::Server, visitor::Visitor};
use crate::{args::Args, output::print, progress::Progress};

/// Visitors at the same time, at most: as many requests can be under way.
const VISITORS: usize = 16;
/// Members among whom they are spread.
const MEMBERS: usize = 8;
/// Hits of a day, and its seconds.
const DAY: (f64, f64) = (100_000.0, 86_400.0);

/// One request that was answered.
struct Hit {
    class: Class,
    took: Duration,
    well: bool,
}

pub fn run(args: &Args, requests: usize, seconds: u64) -> anyhow::Result<()> {
    ensure!(requests > 0 && seconds > 0, "at least one request and one second");
    let plan = class::plan(requests);
    let sign_ins = plan.iter().filter(|class| **class == Class::SignIn).count();
    let folder = std::path::absolute(args.data_dir.join(format!("bench-{}", std::process::id())))?;
    let server = Server::start(&folder)?;
    let visitor = Visitor::settle(&server, MEMBERS, sign_ins)?;
    let before = server.resident()?;
    let began = Instant::now();
    let hits = walk(&visitor, &plan, Duration::from_secs(seconds));
    let took = began.elapsed();
    let after = server.resident()?;
    server.stop()?;
    std::fs::remove_dir_all(&folder)?;

    let rate = share(hits.len(), 1) / took.as_secs_f64();
    let times = rate / (DAY.0 / DAY.1);
    let rows = rows(&hits);
    let value = json!({
        "requests": hits.len(), "seconds": took.as_secs_f64(), "per_second": rate,
        "times_the_mean_of_a_day": times,
        "resident_before_kb": before.now, "resident_after_kb": after.now,
        "resident_peak_kb": after.peak,
        "classes": rows.iter().map(Row::value).collect::<Vec<_>>(),
    });
    print(args.json, &value, || {
        let mut text = format!(
            "{} requests in {:.1} s: {times:.0} times the mean of a day of 100,000\n\
             server resident: {} MB before, {} MB after, {} MB at most\n\n\
             {:<12}{:>8}{:>8}{:>10}{:>10}{:>10}\n",
            hits.len(),
            took.as_secs_f64(),
            before.now >> 10,
            after.now >> 10,
            after.peak >> 10,
            "ms",
            "hits",
            "failed",
            "p50",
            "p99",
            "most",
        );
        for row in &rows {
            let Row { name, hits, failed, p50, p99, most } = row;
            // Writing to a String cannot fail.
            let _ =
                writeln!(text, "{name:<12}{hits:>8}{failed:>8}{p50:>10.1}{p99:>10.1}{most:>10.1}");
        }
        text
    });
    Ok(())
}

/// Sends every request at its time, spread evenly over `span`.
fn walk(visitor: &Visitor, plan: &[Class], span: Duration) -> Vec<Hit> {
    let (next, from) = (AtomicUsize::new(0), Instant::now());
    let progress = Progress::of("a day goes by");
    let walk = || {
        let mut hits = Vec::new();
        let agent = Visitor::agent();
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            let Some(&class) = plan.get(n) else { return hits };
            let due = from + span.mul_f64(share(n, plan.len()));
            thread::sleep(due.saturating_duration_since(Instant::now()));
            let well = visitor.visit(&agent, class, n);
            hits.push(Hit { class, took: due.elapsed(), well });
        }
    };
    thread::scope(|scope| {
        let walkers: Vec<_> = (0..VISITORS).map(|_| scope.spawn(walk)).collect();
        for step in 0..20 {
            progress.at(step, 20);
            if walkers.iter().all(thread::ScopedJoinHandle::is_finished) {
                break;
            }
            thread::sleep(span / 20);
        }
        walkers.into_iter().flat_map(|walker| walker.join().unwrap_or_default()).collect()
    })
}

/// `n` parts of `all`.
fn share(n: usize, all: usize) -> f64 {
    let whole = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    whole(n) / whole(all)
}

/// What one class came to, in milliseconds.
struct Row {
    name: &'static str,
    hits: usize,
    failed: usize,
    p50: f64,
    p99: f64,
    most: f64,
}

impl Row {
    fn value(&self) -> serde_json::Value {
        let Self { name, hits, failed, p50, p99, most } = self;
        json!({ "class": name, "hits": hits, "failed": failed,
                "p50_ms": p50, "p99_ms": p99, "most_ms": most })
    }
}

fn rows(hits: &[Hit]) -> Vec<Row> {
    let mut classes = BTreeMap::<Class, Vec<&Hit>>::new();
    for hit in hits {
        classes.entry(hit.class).or_default().push(hit);
    }
    let row = |(class, hits): (Class, Vec<&Hit>)| {
        let mut took: Vec<_> = hits.iter().map(|hit| hit.took.as_secs_f64() * 1e3).collect();
        took.sort_by(f64::total_cmp);
        // Nearest rank: the smallest time that so many of a hundred do not exceed.
        let rank = |of: usize| took[(took.len() * of).div_ceil(100) - 1];
        Row {
            name: class.name(),
            hits: hits.len(),
            failed: hits.iter().filter(|hit| !hit.well).count(),
            p50: rank(50),
            p99: rank(99),
            most: rank(100),
        }
    };
    classes.into_iter().map(row).collect()
}
