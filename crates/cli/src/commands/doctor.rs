//! `safelight doctor`: what is set up, what is dormant, what is wrong, and how to mend it.

use std::process::ExitCode;

use safelight_ports::Clock;
use serde::Serialize;
use serde_json::json;

use crate::{
    args::Args,
    config::Config,
    environment,
    output::print,
    wire::{self, Places, bucket, cashier, maker},
    world::SystemClock,
};

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Ok,
    Info,
    Warn,
    Fail,
}

/// One check.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    level: Level,
    says: String,
}

/// What was looked at so far.
#[derive(Default)]
struct Report(Vec<Check>);

impl Report {
    fn add(&mut self, name: &'static str, level: Level, says: impl Into<String>) {
        self.0.push(Check { name, level, says: says.into() });
    }

    /// The value, or a failed check that says why there is none.
    fn try_get<T>(&mut self, name: &'static str, result: anyhow::Result<T>) -> Option<T> {
        result.map_err(|error| self.add(name, Level::Fail, format!("{error:#}"))).ok()
    }
}

pub async fn run(args: &Args, deep: bool) -> anyhow::Result<ExitCode> {
    let mut report = Report::default();
    let config = report.try_get("configuration", Config::load(args.config.as_deref()));
    if let Some(config) = &config {
        let models = config.catalog()?.models().len();
        report.add("configuration", Level::Ok, format!("{models} models on offer"));
    }
    let app_url = environment::app_url("127.0.0.1:8080");
    if let Some(app_url) = report.try_get("address", app_url) {
        if let Some(config) = &config {
            stand_ins(&mut report, config, &app_url);
        }
        parts(&mut report, &app_url).await;
        report.add("address", Level::Ok, app_url);
    }
    if let Some(places) = report.try_get("data folder", Places::under(&args.data_dir)) {
        report.add("data folder", Level::Ok, places.data_dir.display().to_string());
        let secret = environment::app_secret(&places.data_dir);
        if report.try_get("secret", secret).is_some() {
            report.add("secret", Level::Ok, "set, and readable by its owner alone");
        }
        database(&mut report, &places, deep).await;
    }
    let failed = report.0.iter().any(|check| check.level == Level::Fail);
    let value = json!({ "ok": !failed, "checks": report.0 });
    print(args.json, &value, || {
        let line = |check: &Check| {
            let level = match check.level {
                Level::Ok => "ok  ",
                Level::Info => "info",
                Level::Warn => "warn",
                Level::Fail => "FAIL",
            };
            format!("{level}  {:<14} {}", check.name, check.says)
        };
        report.0.iter().map(line).collect::<Vec<_>>().join("\n")
    });
    Ok(ExitCode::from(u8::from(failed)))
}

fn stand_ins(report: &mut Report, config: &Config, app_url: &str) {
    if report.try_get("stand-ins", wire::check_stand_ins(config, app_url)).is_some() {
        report.add("stand-ins", Level::Ok, "none serves that may not");
    }
}

/// Parts without keys: their stand-ins serve, which is fine for trying and not for business.
async fn parts(report: &mut Report, app_url: &str) {
    provider(report, app_url);
    payments(report);
    match report.try_get("storage", bucket::probe().await) {
        None => {}
        Some(None) => {
            let says = "dormant, no R2 keys set: pictures are kept in the data folder";
            report.add("storage", Level::Info, says);
        }
        Some(Some(steps)) => {
            for (name, came) in steps {
                match came {
                    Ok(None) => report.add("storage", Level::Ok, name),
                    Ok(Some(says)) => report.add("storage", Level::Warn, format!("{name}: {says}")),
                    Err(says) => report.add("storage", Level::Fail, format!("{name}: {says}")),
                }
            }
        }
    }
}

fn payments(report: &mut Report) {
    match report.try_get("payments", cashier::configured()) {
        None => {}
        Some(None) => {
            let says = "dormant, no STRIPE_SECRET_KEY set: nobody's money at the play checkout";
            report.add("payments", Level::Info, says);
        }
        Some(Some(stripe)) if stripe.webhook_secrets() == 0 => {
            let says = "Stripe, but no STRIPE_WEBHOOK_SECRET: what is paid shows when the buyer \
                        comes back, or at the next catch-up";
            report.add("payments", Level::Warn, says);
        }
        Some(Some(stripe)) => {
            let mode = stripe.mode().as_str();
            report.add("payments", Level::Ok, format!("Stripe, in {mode} mode"));
        }
    }
}

fn provider(report: &mut Report, app_url: &str) {
    // Only what the settings say is looked at, so any key for tokens will do.
    match report.try_get("provider", maker::configured(app_url, [0; 32])) {
        None => {}
        Some(None) => {
            let says = "dormant, no FAL_KEY set: the painter makes practice pictures";
            report.add("provider", Level::Info, says);
        }
        Some(Some(fal)) => {
            let how = if fal.pushes() { "it pushes to /webhooks/fal" } else { "it is polled" };
            report.add("provider", Level::Ok, format!("fal, and {how}"));
        }
    }
}

async fn database(report: &mut Report, places: &Places, deep: bool) {
    let Some(store) = report.try_get("database", wire::open_store(places)) else { return };
    let facts = store.facts().await.map_err(Into::into);
    if let Some(facts) = report.try_get("database", facts) {
        let level = if facts.version_is_safe { Level::Ok } else { Level::Fail };
        report.add("sqlite", level, format!("{} (3.51.3 or later is needed)", facts.version));
        let wal = facts.journal_mode == "wal";
        let level = if wal { Level::Ok } else { Level::Fail };
        report.add("journal", level, format!("{}, schema {}", facts.journal_mode, facts.schema));
    }
    inbox(report, &store).await;
    if !deep {
        report.add("books", Level::Info, "not audited; --deep does it");
        return;
    }
    let audited = store.audit(SystemClock.now()).await.map_err(Into::into);
    match report.try_get("books", audited).as_deref() {
        None => {}
        Some([]) => report.add("books", Level::Ok, "audited: every rule holds"),
        Some(findings) => {
            for finding in findings {
                let (rule, rows, example) = (finding.rule, finding.rows, &finding.example);
                report.add(
                    "books",
                    Level::Fail,
                    format!("broken: {rule} ({rows}, e.g. {example})"),
                );
            }
        }
    }
}

/// Notices of the payment provider that wait for a person.
async fn inbox(report: &mut Report, store: &safelight_adapters_sqlite::Sqlite) {
    let load = safelight_ports::Reads::inbox(store).await.map_err(Into::into);
    let Some(load) = report.try_get("notices", load) else { return };
    let newest = load.newest.map_or_else(|| "none yet".to_owned(), |at| format!("newest {at}"));
    if load.dead + load.parked == 0 {
        report.add("notices", Level::Info, format!("{} pending, {newest}", load.pending));
        return;
    }
    let (dead, parked) = (load.dead, load.parked);
    let says = format!(
        "{dead} dead and {parked} parked, {newest}: see safelight webhooks list, then replay them"
    );
    report.add("notices", Level::Warn, says);
}
