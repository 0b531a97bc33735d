//! What is logged of a request, and what never is.

use std::{
    cell::RefCell,
    fmt::{self, Write as _},
    sync::Once,
};

use safelight_testkit::Strike;
use serde_json::json;
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use crate::site::Site;

thread_local! {
    /// What this thread, so this test, has logged.
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Writes every event as a line of `name=value`, its level first.
struct Lines;

/// From now on, what is logged is kept. Subscribers of single threads would miss events whose first
/// occurrence was on another thread, so there is one for all.
pub fn keep() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(Lines).unwrap());
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Lines {
    fn enabled(&self, about: &Metadata<'_>) -> bool {
        about.target().starts_with("safelight_web") && *about.level() <= Level::INFO
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        LINES.with_borrow_mut(|lines| lines.push(line.0));
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[tokio::test]
async fn a_request_is_one_line_without_secrets_and_a_fault_one_more_with_its_cause() {
    let site = Site::open().await;
    let listed = site.get("/api/v1/images?q=secretword").await;
    site.studio.setup.faults.plan(1, Strike::Before);
    let failed = site.post("/api/v1/generations", json!({ "prompt": "secretprompt" })).await;
    assert_eq!((listed.status, failed.status), (200, 503));

    let lines = LINES.take();
    let starts = |line: &str, start: &str| assert!(line.starts_with(start), "{line}");
    assert_eq!(lines.len(), 3, "{lines:#?}");
    starts(&lines[0], "INFO message=request");
    assert!(lines[0].contains("method=GET path=\"/api/v1/images\" status=200 ms="), "{}", lines[0]);
    assert!(lines[0].contains(&format!("request_id=\"{}\"", listed.header("x-request-id"))));
    starts(&lines[1], "ERROR");
    assert!(lines[1].contains("injected failed: a planned fault"), "{}", lines[1]);
    let id = format!("request_id=\"{}\"", failed.header("x-request-id"));
    assert!(lines[1].contains(&id) && lines[2].contains(&id), "{lines:#?}");
    for secret in ["secret", "sl_live_", &site.key] {
        assert!(!lines.iter().any(|line| line.contains(secret)), "{lines:#?}");
    }
}
