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
        let app_url = report.try_get("address", environment::app_url("127.0.0.1:8080"));
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
            let secret = environment::app_secret(&places.data_dir);
            if report.try_get("app-secret", secret).is_some() {
                report.ok("app-secret", "set, and readable by its owner alone");
            }
        }
        Self { config, app_url, places, packs }
    }
}
