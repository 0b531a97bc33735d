//! What the edge saw: requests by route, method and status; open streams.

use std::{net::IpAddr, time::Duration};

use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use safelight_web::{Onlooker, Seen};

use super::{
    calls::seconds,
    label::{Answered, Class},
};

/// Counters of the edge.
pub struct Http {
    answered: Family<Answered, Counter>,
    took: Family<Class, Histogram, fn() -> Histogram>,
    streams: Gauge,
}

impl Http {
    /// At zero, told in `registry`.
    pub fn registered(registry: &mut Registry) -> Self {
        let (answered, streams) = (Family::default(), Gauge::default());
        let took = Family::new_with_constructor(seconds as fn() -> Histogram);
        let help = "Requests answered, by route template, method and status";
        registry.register("http_requests", help, Family::clone(&answered));
        registry.register("http_request_seconds", "Until the answer began", took.clone());
        registry.register("live_streams", "Open live views", streams.clone());
        Self { answered, took, streams }
    }
}

impl Onlooker for Http {
    fn answered(&self, seen: &Seen<'_>) {
        let route = seen.route.unwrap_or("other").to_owned();
        let took: Duration = seen.took;
        let labels = Answered { method: method(seen.method), route, status: seen.status };
        self.answered.get_or_create(&labels).inc();
        let class = Class { class: class(seen.route) };
        self.took.get_or_create(&class).observe(took.as_secs_f64());
    }

    /// Nothing to count: it is said once.
    fn unnamed_proxy(&self, _: IpAddr) {}

    fn stream(&self, opened: bool) {
        if opened {
            self.streams.inc();
        } else {
            self.streams.dec();
        }
    }
}

/// Anybody can invent methods.
fn method(name: &str) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PATCH", "DELETE", "PUT", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == name).unwrap_or("other")
}

/// Routes whose times belong together.
fn class(route: Option<&str>) -> &'static str {
    let Some(route) = route else { return "other" };
    let first = route.split('/').nth(1).unwrap_or_default();
    match first {
        "api" => "api",
        "static" => "static",
        "files" => "file",
        "webhooks" => "webhook",
        "events" => "events",
        "healthz" | "readyz" => "health",
        "sign-in" | "sign-out" => "sign_in",
        "gallery" | "images" | "folders" => "gallery",
        "studio" => "studio",
        _ => "page",
    }
}

#[cfg(test)]
mod tests {
    use super::{class, method};

    #[test]
    fn labels_are_bounded_whatever_is_asked_for() {
        assert_eq!((method("GET"), method("BREW")), ("GET", "other"));
        for (route, wanted) in [
            (None, "other"),
            (Some("/"), "page"),
            (Some("/api/v1/images/{id}"), "api"),
            (Some("/images/{id}/{act}"), "gallery"),
            (Some("/sign-in/link/{id}/{token}"), "sign_in"),
            (Some("/files/{path}"), "file"),
        ] {
            assert_eq!(class(route), wanted, "{route:?}");
        }
    }
}
