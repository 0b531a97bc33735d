//! The configuration file, the address, the data folder and the studio's own secret.

use std::path::Path;

use safelight_domain::Packs;

use super::Report;
use crate::{
    config::Config,
    environment,
    wire::{self, Places},
};

/// What could be made out; the other areas need it.
pub struct Settings {
    pub config: Option<Config>,
    pub app_url: Option<String>,
    pub places: Option<Places>,
    pub packs: Option<Packs>,
}

impl Settings {
    pub fn check(report: &mut Report, data_dir: &Path, config: Option<&Path>) -> Self {
        let config = report.try_get("configuration", Config::load(config));
        if let Some(catalog) = config.as_ref().map(Config::catalog)
            && let Some(catalog) = report.try_get("configuration", catalog)
        {
            let says = format!("{} models on offer", catalog.models().len());
            report.ok("configuration", says);
        }
        let packs = config.as_ref().map(Config::packs);
        let packs = packs.and_then(|packs| report.try_get("configuration", packs));
        let listens = environment::bind().unwrap_or(environment::USUAL_BIND);
        let app_url = report.try_get("address", environment::app_url(&listens.to_string()));
        if let Some(app_url) = &app_url {
            report.ok("address", app_url);
        }
        if let (Some(config), Some(app_url)) = (&config, &app_url)
            && report.try_get("stand-ins", wire::check_stand_ins(config, app_url)).is_some()
        {
            report.ok("stand-ins", "none serves that may not");
        }
        let database = report.try_get("database", environment::database(data_dir));
        let places = database.and_then(|_| report.try_get("data-folder", Places::under(data_dir)));
        if let Some(places) = &places {
            report.ok("data-folder", places.data_dir.display().to_string());
            match report.try_get("app-secret", environment::known_secret(&places.data_dir)) {
                None => {}
                Some(Some(_)) => report.ok("app-secret", "set, and readable by its owner alone"),
                Some(None) => report.ok("app-secret", "none yet; the first start makes it"),
            }
        }
        names(report);
        Self { config, app_url, places, packs }
    }
}

/// Settings that nobody reads, because their names are almost those of ours.
fn names(report: &mut Report) {
    let misspelled = std::env::vars_os().filter_map(|(name, _)| {
        let known = environment::meant(&name)?;
        Some(format!("{} is not a setting; did you mean {known}?", name.to_string_lossy()))
    });
    let mut misspelled: Vec<_> = misspelled.collect();
    misspelled.sort();
    if misspelled.is_empty() {
        report.ok("setting-names", "no setting looks misspelled");
    } else {
        report.warn("setting-names", misspelled.join(" "));
    }
}
