//! `safelight clock`: what the studio believes of the clock, and an operator's word that it is right.

use safelight_ports::Store;
use serde_json::json;

use crate::{
    args::{Args, Clock},
    output::print,
    wire::{self, ClockSeen, Places},
};

pub async fn run(args: &Args, command: Clock) -> anyhow::Result<()> {
    let places = Places::under(&args.data_dir)?;
    let store = wire::open_store(&places)?;
    if command == Clock::Accept {
        store.accept_clock().await?;
    }
    let seen = ClockSeen::by(&store, &places).await?;
    let document = json!({
        "now": seen.now.to_string(),
        "believed": seen.doubted.is_none(),
        "ahead_seconds": seen.doubted.map_or(0, |ahead| ahead.as_secs()),
    });
    print(args.json, &document, || seen.to_string());
    Ok(())
}
