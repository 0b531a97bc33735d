//! The back office of a big studio: what an admin waits for among so many people, lines and notices.

mod asked;

use std::{
    fmt::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::ensure;
use safelight_ports::Clock;
use serde_json::json;

use super::asking::often;
use crate::{
    args::Args,
    config::Config,
    output::print,
    progress::Progress,
    wire::{self, Places},
    world::SystemClock,
};

/// How often each thing is asked.
const ROUNDS: u32 = 100;

/// One thing an admin looks at, and how long each look took.
pub struct Asked {
    name: &'static str,
    took: Vec<Duration>,
}

impl Asked {
    /// Asks for it often.
    pub async fn often<F, E>(name: &'static str, ask: impl FnMut() -> F) -> Result<Self, E>
    where
        F: Future<Output = Result<(), E>>,
    {
        Ok(Self { name, took: often(ROUNDS, ask).await? })
    }

    /// The smallest time, in milliseconds, that so many of a hundred do not exceed.
    fn rank(&self, of: usize) -> f64 {
        let rank = (self.took.len() * of).div_ceil(100).saturating_sub(1);
        self.took.get(rank).map_or(f64::NAN, |took| took.as_secs_f64() * 1e3)
    }
}

pub async fn run(args: &Args, crowd: wire::Crowd, keep: Option<&Path>) -> anyhow::Result<()> {
    ensure!(crowd.users > 0 && crowd.entries >= crowd.users, "a person has at least one entry");
    let scratch = args.data_dir.join(format!("bench-{}", std::process::id()));
    let folder = keep.unwrap_or(&scratch);
    let places = Places::within(folder)?;
    ensure!(!places.database.exists(), "there is a studio in {} already", folder.display());
    let from = Instant::now();
    let progress = Progress::of("a crowd settles");
    let settling = places.clone();
    tokio::task::spawn_blocking(move || {
        crowd.settle(&settling.database, SystemClock.now(), |at, of| progress.at(at, of))
    })
    .await??;
    let settled = from.elapsed();
    let store = wire::open_store(&places)?;
    let wired = wire::studio(&Config::default(), &places, &store, "http://localhost")?;
    let from = Instant::now();
    let days = wired.studio.overview.count_days().await?;
    let counted = from.elapsed();
    let all = asked::everything(&wired).await?;
    let size = std::fs::metadata(&places.database)?.len();
    drop((wired, store));
    if keep.is_none() {
        std::fs::remove_dir_all(&scratch)?;
    }
    let row =
        |one: &Asked| json!({ "asked": one.name, "p50_ms": one.rank(50), "p99_ms": one.rank(99) });
    let value = json!({
        "users": crowd.users, "entries": crowd.entries, "deliveries": crowd.deliveries,
        "bytes": size, "settled_seconds": settled.as_secs_f64(),
        "days": days, "days_counted_seconds": counted.as_secs_f64(),
        "measured": all.iter().map(row).collect::<Vec<_>>(),
    });
    print(args.json, &value, || {
        let mut text = format!(
            "{} users, {} entries, {} deliveries: {} MB, settled in {:.0} s; {days} days counted in {:.1} s\n\n\
             {:<36}{:>10}{:>10}\n",
            crowd.users,
            crowd.entries,
            crowd.deliveries,
            size >> 20,
            settled.as_secs_f64(),
            counted.as_secs_f64(),
            "ms",
            "p50",
            "p99",
        );
        for one in &all {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{:<36}{:>10.2}{:>10.2}", one.name, one.rank(50), one.rank(99));
        }
        text
    });
    Ok(())
}
