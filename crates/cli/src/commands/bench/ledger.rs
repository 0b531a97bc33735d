//! Durable spends: requests of one picture, group-committed, against what would be the floor, the
//! ceiling and the usual way.

use std::{
    fmt::Write as _,
    fs::OpenOptions,
    io::{Seek, SeekFrom, Write},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use safelight_adapters_sqlite::{Options, Sqlite};
use safelight_domain::{AccountId, Changes, Credits, GenerationChange};
use safelight_ports::{Clock, Store};
use serde::Serialize;
use serde_json::json;

use super::fill::{open_accounts, request};
use crate::{args::Args, output::print, world::SystemClock};

const PROMPT: &str = "a lighthouse on a cliff at dusk, long exposure, calm sea, warm window";
/// Accounts the spread measurements spend from.
const ACCOUNTS: usize = 1_000;

/// One measurement.
#[derive(Debug, Serialize)]
struct Measured {
    name: &'static str,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    commits_per_sync: f64,
}

pub async fn run(args: &Args, seconds: u64, callers: usize) -> anyhow::Result<()> {
    std::fs::create_dir_all(&args.data_dir)?;
    let scratch = args.data_dir.join(format!("bench-{}", std::process::id()));
    std::fs::create_dir(&scratch)?;
    let measured = measure_all(&scratch, Duration::from_secs(seconds.max(1)), callers).await;
    std::fs::remove_dir_all(&scratch)?;
    let measured = measured?;
    let rate = |name: &str| {
        measured.iter().find(|one| one.name == name).map_or(f64::NAN, |one| one.per_second)
    };
    let ratios = json!({
        "spread / memory": rate("grouped, spread") / rate("memory, spread"),
        "hot / memory": rate("grouped, one hot account") / rate("memory, spread"),
        "spread / one by one": rate("grouped, spread") / rate("one by one"),
        "spread / floor": rate("grouped, spread") / rate("floor: 4 KiB + fdatasync"),
    });
    let value = json!({ "callers": callers, "measured": measured, "ratios": ratios });
    print(args.json, &value, || {
        let mut text = format!(
            "{:<28}{:>10}{:>10}{:>10}{:>14}\n",
            "", "spends/s", "p50 ms", "p99 ms", "commits/sync"
        );
        for one in &measured {
            let Measured { name, per_second, p50_ms, p99_ms, commits_per_sync } = one;
            let _ = writeln!(
                text,
                "{name:<28}{per_second:>10.0}{p50_ms:>10.2}{p99_ms:>10.2}{commits_per_sync:>14.1}"
            );
        }
        for (name, ratio) in ratios.as_object().into_iter().flatten() {
            let _ = writeln!(text, "{name:<28}{:>10.2}", ratio.as_f64().unwrap_or(f64::NAN));
        }
        text
    });
    Ok(())
}

async fn measure_all(
    scratch: &Path,
    time: Duration,
    callers: usize,
) -> anyhow::Result<Vec<Measured>> {
    let clock = || Arc::new(SystemClock);
    let on_disk = |name: &str| -> anyhow::Result<Sqlite> {
        let path = scratch.join(name);
        Sqlite::migrate(&path, SystemClock.now())?;
        Ok(Sqlite::open(&path, clock(), &Options::default())?)
    };
    let floor = floor(&scratch.join("floor"), time)?;
    Ok(vec![
        floor,
        spends("one by one", &on_disk("single")?, ACCOUNTS, 1, time).await?,
        spends("grouped, spread", &on_disk("spread")?, ACCOUNTS, callers, time).await?,
        spends("grouped, one hot account", &on_disk("hot")?, 1, callers, time).await?,
        spends("memory, spread", &Sqlite::in_memory(clock())?, ACCOUNTS, callers, time).await?,
    ])
}

/// What the disk can do at most for one who waits for it: overwrite a page, sync, again.
fn floor(path: &Path, time: Duration) -> anyhow::Result<Measured> {
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).open(path)?;
    file.write_all(&vec![0; 1 << 20])?;
    file.sync_all()?;
    let mut took = Vec::new();
    let from = Instant::now();
    while from.elapsed() < time {
        let one = Instant::now();
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&[1; 4096])?;
        file.sync_data()?;
        took.push(one.elapsed());
    }
    Ok(summary("floor: 4 KiB + fdatasync", took, from.elapsed(), 1.0))
}

async fn spends(
    name: &'static str,
    store: &Sqlite,
    accounts: usize,
    callers: usize,
    time: Duration,
) -> anyhow::Result<Measured> {
    let accounts: Arc<Vec<AccountId>> = Arc::new(open_accounts(store, accounts).await?);
    let (batches, members) = store.commits();
    let stop = Arc::new(AtomicBool::new(false));
    let from = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let (store, accounts, stop) = (store.clone(), accounts.clone(), stop.clone());
            tokio::spawn(async move {
                let mut took = Vec::new();
                let mut turn = caller;
                while !stop.load(Ordering::Relaxed) {
                    let one = Instant::now();
                    let account = accounts[turn % accounts.len()];
                    store.commit(spend(account)).await?;
                    took.push(one.elapsed());
                    turn += callers;
                }
                Ok::<_, safelight_ports::CommitError>(took)
            })
        })
        .collect();
    tokio::time::sleep(time).await;
    stop.store(true, Ordering::Relaxed);
    let mut took = Vec::new();
    for task in tasks {
        took.extend(task.await??);
    }
    let whole = from.elapsed();
    let after = store.commits();
    #[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
    let grouped = (after.1 - members) as f64 / ((after.0 - batches) as f64).max(1.0);
    Ok(summary(name, took, whole, grouped))
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
fn summary(
    name: &'static str,
    mut took: Vec<Duration>,
    whole: Duration,
    commits_per_sync: f64,
) -> Measured {
    took.sort_unstable();
    let at = |share: usize| {
        let place = (took.len() * share / 100).min(took.len().saturating_sub(1));
        took.get(place).map_or(f64::NAN, |one| one.as_secs_f64() * 1_000.0)
    };
    let per_second = took.len() as f64 / whole.as_secs_f64();
    Measured { name, per_second, p50_ms: at(50), p99_ms: at(99), commits_per_sync }
}

fn spend(account: AccountId) -> Changes {
    Changes::of(account, [GenerationChange::Request(request(account, PROMPT, Credits::ONE))])
}
