//! `safelight doctor`: what is set up, what is dormant, what is wrong, and how to mend it.
//!
//! Each area is a file beside this one and adds its own checks. A new part of the studio gets a
//! file, a line in [`run`], a section for each of its ids in docs/doctor.md, and a test that seeds
//! each misconfiguration and sees exactly its check fire (`tests/doctor.rs`).

mod database;
mod front;
mod host;
mod payments;
mod provider;
mod report;
mod settings;
mod storage;
mod upkeep;
mod visit;

use std::{path::Path, process::ExitCode};

use self::settings::Settings;
pub use self::{report::Report, visit::Visit};
use crate::{args::Args, output::print};

pub async fn run(args: &Args, deep: bool) -> anyhow::Result<ExitCode> {
    let report = look(&args.data_dir, args.config.as_deref(), deep).await;
    print(args.json, &report.document(), || report.to_string());
    Ok(ExitCode::from(u8::from(!report.is_ok())))
}

/// Every check, on what lies there.
async fn look(data_dir: &Path, config: Option<&Path>, deep: bool) -> Report {
    let mut report = Report::default();
    let settings = Settings::check(&mut report, data_dir, config);
    if let Some(app_url) = &settings.app_url {
        provider::check(&mut report, app_url).await;
    }
    storage::check(&mut report).await;
    if let (Some(config), Some(app_url)) = (&settings.config, &settings.app_url) {
        front::check(&mut report, config, app_url, data_dir);
    }
    if let Some(app_url) = &settings.app_url {
        payments::check(&mut report, settings.packs.as_ref(), app_url).await;
    }
    if let Some(places) = &settings.places {
        host::check(&mut report, places);
        upkeep::files(&mut report, places);
        let app_url = settings.app_url.as_deref();
        database::check(&mut report, places, app_url, deep).await;
    }
    report
}
