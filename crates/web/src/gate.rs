//! How many requests are worked on at once, and how many may wait for that.
//!
//! Without a bound a burst makes a queue that nobody still waits for, and everybody after it waits
//! for the queue. So each kind of request has a lane: so many in work, so many in line, and the
//! next one is told to come back, at once and before it costs anything. Who goes away while in line
//! leaves the line, because the request is dropped with its connection.
//!
//! Invariant: who waits for somebody else (a provider, a mail server, the pictures' store, a client
//! that sends slowly) holds no place of pages and spends; and webhooks and readiness have places
//! that nobody else can take. A commit that was handed to the store goes on without its caller.

mod body;
mod lane;

use poem::{
    Endpoint, IntoResponse, Request, Response, Result,
    http::{Method, header},
};
use tokio::sync::watch;

use self::{
    body::Bodies,
    lane::{Lane, Left},
};
use crate::{Shared, allow, pages, problem::Problem, server::Crowded};

/// Requests that read and write the store, at once. Four threads read and one writes; sixty-four
/// fill a write to the disk (docs/PERFORMANCE.md).
const USUAL: usize = 64;
/// Those who wait for it. The last of them waits for about half a second.
const USUAL_LINE: usize = 512;
/// Requests that wait for somebody else, at once, and in line.
const OUTSIDE: usize = 64;
const OUTSIDE_LINE: usize = 512;
/// Webhooks and readiness, at once, and in line: pushes come in bursts, and are about money.
const RESERVED: usize = 64;
const RESERVED_LINE: usize = 1_024;

/// Which places a request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// None: answered from memory.
    Free,
    /// Those of webhooks and readiness.
    Reserved,
    /// Those of requests that wait for somebody else.
    Outside,
    /// All others.
    Usual,
}

/// Answered from memory, in microseconds.
const FREE: [&str; 6] = [
    "/healthz",
    "/static/{set}/{*name}",
    "/problems/{slug}",
    "/api/openapi.json",
    "/robots.txt",
    "/manifest.webmanifest",
];
/// What must be answered whatever else goes on.
const KEPT: [&str; 3] = ["/readyz", "/webhooks/fal", "/webhooks/stripe"];
/// What waits for a provider, a mail server or the store of the pictures.
const SLOW: [(&str, &str); 22] = [
    ("POST", "/sign-in"),
    ("POST", "/account/confirm"),
    ("POST", "/account/address"),
    ("POST", "/account/address/undo/{token}"),
    ("POST", "/account/delete"),
    ("POST", "/account/export"),
    ("POST", "/billing/top-up"),
    ("POST", "/billing/buy"),
    ("POST", "/billing/orders/{id}/pay"),
    ("GET", "/billing/return"),
    ("GET", "/billing/cancel"),
    ("POST", "/dev/checkout/{id}"),
    ("POST", "/studio/renders/{id}/cancel"),
    ("POST", "/api/v1/renders/{id}/cancel"),
    ("GET", "/images/{id}/download"),
    ("GET", "/api/v1/images/{id}/download"),
    ("GET", "/files/{*path}"),
    ("POST", "/admin/generations/{id}/reconcile"),
    ("POST", "/admin/webhooks/{event}/rehearse"),
    ("POST", "/admin/webhooks/{event}/replay"),
    ("POST", "/admin/webhooks/replay"),
    ("POST", "/admin/diagnostics/run"),
];

impl Kind {
    fn of(method: &Method, path: &str) -> Self {
        let is = |template: &str| allow::matches(template, path);
        // The headers of a page cost what the page costs.
        let method = if method == Method::HEAD { "GET" } else { method.as_str() };
        if FREE.iter().any(|template| is(template)) {
            Self::Free
        } else if KEPT.iter().any(|template| is(template)) {
            Self::Reserved
        } else if SLOW.iter().any(|(with, template)| *with == method && is(template)) {
            Self::Outside
        } else {
            Self::Usual
        }
    }
}

/// The gate before all routes.
pub struct Gate<E> {
    inner: E,
    usual: Lane,
    outside: Lane,
    reserved: Lane,
    bodies: Bodies,
    stopping: watch::Receiver<bool>,
}

impl<E> Gate<E> {
    /// A gate before `inner`.
    pub fn new(shared: &Shared, inner: E) -> Self {
        Self::until(shared.web.stopping.clone(), inner)
    }

    fn until(stopping: watch::Receiver<bool>, inner: E) -> Self {
        Self {
            inner,
            usual: Lane::new(USUAL, USUAL_LINE),
            outside: Lane::new(OUTSIDE, OUTSIDE_LINE),
            reserved: Lane::new(RESERVED, RESERVED_LINE),
            bodies: Bodies::default(),
            stopping,
        }
    }
}

impl<E: Endpoint> Endpoint for Gate<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let kind = Kind::of(request.method(), request.uri().path());
        let lane = match kind {
            Kind::Free => return Ok(self.inner.call(request).await?.into_response()),
            Kind::Usual => &self.usual,
            Kind::Outside => &self.outside,
            Kind::Reserved => &self.reserved,
        };
        let crowded = request.data::<Crowded>().is_some();
        let reads_pages = pages::reads_pages(&request);
        let mut stopping = self.stopping.clone();
        let stops = async {
            // Who stops telling whether it stops does not stop.
            if stopping.wait_for(|stopping| *stopping).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let entered = async {
            if crowded && kind != Kind::Reserved {
                return Err(overloaded());
            }
            if lane.is_full() {
                // Before its body is received.
                return Err(overloaded());
            }
            let body = self.bodies.receive(&mut request).await?;
            let place = lane.enter().await.map_err(|Left| overloaded())?;
            Ok::<_, Problem>((body, place))
        };
        // What is in line when the server stops, or still being sent, would only use up its grace.
        let entered = tokio::select! {
            biased;
            entered = entered => entered,
            () = stops => Err(stopped()),
        };
        match entered {
            Ok(_places) => Ok(self.inner.call(request).await?.into_response()),
            Err(problem) if reads_pages && problem.status().is_server_error() => Ok(page(problem)),
            Err(problem) => Err(problem.into()),
        }
    }
}

fn overloaded() -> Problem {
    let says =
        "more requests wait than can be answered soon; nothing was recorded, try again in seconds";
    // Each try needs a connection of its own, so that those who do not wait are slowed by
    // connecting, and do not slow the work that is under way.
    Problem::busy(says).with(header::CONNECTION, "close")
}

fn stopped() -> Problem {
    let says = "the server is being restarted; nothing was recorded, try again in seconds";
    Problem::busy(says).with(header::CONNECTION, "close")
}

/// For people: made of nothing that could be waited for.
fn page(problem: Problem) -> Response {
    let says = problem.detail.clone();
    let mut response = problem.into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/html; charset=utf-8"));
    response.set_body(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Busy</title>\
         <h1>Busy just now</h1><p>Sorry: {says}.</p></html>"
    ));
    response
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use futures_util::FutureExt;
    use poem::{Body, endpoint};
    use tokio::sync::Notify;

    use super::*;

    /// Answers each request once it is told to, and counts those it began with.
    fn slow(
        go: &Arc<Notify>,
        begun: &Arc<AtomicUsize>,
    ) -> impl Endpoint<Output = Response> + use<> {
        let (go, begun) = (Arc::clone(go), Arc::clone(begun));
        endpoint::make(move |_| {
            let (go, begun) = (Arc::clone(&go), Arc::clone(&begun));
            async move {
                begun.fetch_add(1, Ordering::Relaxed);
                go.notified().await;
                Response::default()
            }
        })
    }

    fn asks(path: &str) -> Request {
        Request::builder().uri_str(path).finish()
    }

    #[test]
    fn a_full_line_turns_away_at_once_and_leaves_the_others_alone() {
        let (go, begun) = (Arc::new(Notify::new()), Arc::new(AtomicUsize::new(0)));
        let (_stop, stopping) = watch::channel(false);
        let gate = Gate::until(stopping, slow(&go, &begun));
        let begins = |path| {
            let mut call = Box::pin(gate.call(asks(path)));
            let answered = call.as_mut().now_or_never();
            assert!(answered.is_none(), "{path}: {answered:?}");
            call
        };
        let mut held: Vec<_> = (0..USUAL + USUAL_LINE).map(|_| begins("/gallery")).collect();
        assert_eq!(begun.load(Ordering::Relaxed), USUAL, "who is in line has not begun");
        let turned_away = gate.call(asks("/gallery")).now_or_never().expect("at once");
        let turned_away = turned_away.unwrap_err().into_response();
        assert_eq!(turned_away.status().as_u16(), 503);
        assert_eq!(turned_away.header("retry-after"), Some("2"));
        // Health, webhooks and who waits for somebody else have places of their own.
        let others = ["/healthz", "/readyz", "/webhooks/stripe", "/files/a"].map(begins);
        let outside = (1..OUTSIDE + OUTSIDE_LINE).map(|_| begins("/files/a"));
        drop((outside.collect::<Vec<_>>(), others));
        // Who goes away from the line makes room in it, and nothing was begun for them.
        let begun_before = begun.load(Ordering::Relaxed);
        held.truncate(USUAL);
        drop(begins("/gallery"));
        assert_eq!(begun.load(Ordering::Relaxed), begun_before);
    }

    #[test]
    fn who_sends_slowly_holds_no_place() {
        let (go, begun) = (Arc::new(Notify::new()), Arc::new(AtomicUsize::new(0)));
        let (_stop, stopping) = watch::channel(false);
        let gate = Gate::until(stopping, slow(&go, &begun));
        let sends = || {
            let never = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
            let request = Request::builder().uri_str("/studio").header("content-length", "9");
            let mut call = Box::pin(gate.call(request.body(Body::from_bytes_stream(never))));
            assert!(call.as_mut().now_or_never().is_none());
            call
        };
        let _slow: Vec<_> = (0..USUAL + USUAL_LINE).map(|_| sends()).collect();
        let mut quick = Box::pin(gate.call(asks("/studio")));
        assert!(quick.as_mut().now_or_never().is_none());
        assert_eq!(begun.load(Ordering::Relaxed), 1, "it is worked on");
    }

    #[test]
    fn who_is_in_line_when_the_server_stops_is_told_so() {
        let (go, begun) = (Arc::new(Notify::new()), Arc::new(AtomicUsize::new(0)));
        let (stop, stopping) = watch::channel(false);
        let gate = Gate::until(stopping, slow(&go, &begun));
        let mut held: Vec<_> = (0..=USUAL).map(|_| Box::pin(gate.call(asks("/")))).collect();
        assert!(held.iter_mut().all(|call| call.as_mut().now_or_never().is_none()));
        stop.send(true).unwrap();
        let answers = held.iter_mut().map(|call| call.as_mut().now_or_never());
        let answers: Vec<_> = answers.flatten().map(|a| a.unwrap_err().status()).collect();
        assert_eq!(answers, [503], "who is worked on may end");
    }

    #[test]
    fn webhooks_and_readiness_have_places_of_their_own() {
        for (method, path, kind) in [
            (Method::GET, "/healthz", Kind::Free),
            (Method::GET, "/static/abc/css/site.css", Kind::Free),
            (Method::GET, "/readyz", Kind::Reserved),
            (Method::POST, "/webhooks/stripe", Kind::Reserved),
            (Method::POST, "/webhooks/fal", Kind::Reserved),
            (Method::GET, "/gallery", Kind::Usual),
            (Method::POST, "/studio", Kind::Usual),
            (Method::POST, "/api/v1/generations", Kind::Usual),
            (Method::GET, "/sign-in", Kind::Usual),
            (Method::POST, "/sign-in", Kind::Outside),
            (Method::HEAD, "/images/1/download", Kind::Outside),
            (Method::GET, "/no/such/place", Kind::Usual),
        ] {
            assert_eq!(Kind::of(&method, path), kind, "{method} {path}");
        }
    }

    #[test]
    fn every_route_that_is_named_here_exists() {
        let routes = crate::routes();
        let get = FREE.iter().chain(&KEPT[..1]).map(|path| ("GET", *path));
        let post = KEPT[1..].iter().map(|path| ("POST", *path));
        for (method, path) in get.chain(post).chain(SLOW) {
            let known = routes.iter().any(|(m, p)| (m.as_str(), p.as_str()) == (method, path));
            assert!(known, "{method} {path}");
        }
    }
}
