//! What stands between the server and the world: its addresses and the proxy.

use std::{net::SocketAddr, path::Path};

use super::Report;
use crate::{config::Config, metrics::Bind, proxy};

pub fn check(report: &mut Report, config: &Config, app_url: &str, data_dir: &Path) {
    let https = app_url.starts_with("https://");
    let bind = std::env::var("BIND").unwrap_or_else(|_| "127.0.0.1:8080".to_owned());
    let Ok(bind) = bind.parse::<SocketAddr>() else {
        report.fail("bind", format!("BIND is an address such as 127.0.0.1:8080, not {bind:?}"));
        return;
    };
    let alone = bind.ip().is_loopback();
    if alone {
        report.ok("bind", format!("{bind}, this machine alone"));
    } else if https {
        report.warn("bind", format!("{bind} can be reached past the proxy; bind to 127.0.0.1"));
    } else {
        let says = format!("{bind} can be reached by others over plain http; put TLS in front");
        report.warn("bind", says);
    }
    let trusted = config.limits.web().map(|limits| limits.trusted_proxies).unwrap_or_default();
    if let Some(proxy) = proxy::unnamed(data_dir, &trusted) {
        let says = format!(
            "requests came through a proxy at {proxy} that is not named: everybody who comes \
             through it shares one address and its limits. Name it: trusted_proxies = [\"{proxy}\"] \
             under [limits]; if it is gone, delete unnamed-proxy in the data folder"
        );
        report.warn("proxy", says);
    } else if https && alone && trusted.is_empty() {
        let says = "APP_URL is https and BIND this machine alone, so a proxy stands in front, and \
                    it is not named: everybody looks like the proxy, and shares its limits. Name \
                    it: trusted_proxies = [\"127.0.0.1\"] under [limits]";
        report.warn("proxy", says);
    } else {
        report.ok("proxy", format!("{} named in trusted_proxies", trusted.len()));
    }
    if let Some(asked) = report.try_get("metrics", Bind::asked(config)) {
        match asked.addr() {
            None => report.info("metrics", "off"),
            Some(addr) if addr.ip().is_loopback() => report.ok("metrics", addr.to_string()),
            Some(addr) => {
                let says = format!("{addr} can be reached by others; keep them off it");
                report.warn("metrics", says);
            }
        }
    }
}
