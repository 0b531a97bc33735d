//! Accepted requests and where each stands. fal knows three states; failed and cancelled requests
//! are `COMPLETED` too, and only their result tells (fal docs: queue).

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Directions, answers::Answered, answers::answer, schema};

/// Requests that may be worked on at once (fal docs: concurrency limits, new accounts); more wait.
const SLOTS: usize = 2;
/// Requests kept; the oldest go first.
const KEPT: usize = 4_096;

pub(super) struct Requests {
    list: Vec<Request>,
    slots: [Instant; SLOTS],
    takes: Duration,
    holding: bool,
    count: u64,
}

#[derive(Clone)]
pub(super) struct Request {
    pub id: String,
    /// The whole path, such as `fal-ai/flux/schnell`.
    pub endpoint: String,
    pub body: Value,
    pub webhook: Option<String>,
    pub directions: Directions,
    accepted: Instant,
    begins: Option<Instant>,
    ends: Option<Instant>,
    /// When it is given up unless it has begun (fal docs: `X-Fal-Request-Timeout`).
    expires: Option<Instant>,
    held: bool,
    cancelled: bool,
    pushed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    InQueue,
    InProgress,
    Completed,
}

impl Requests {
    pub fn new(takes: Duration) -> Self {
        let slots = [Instant::now(); SLOTS];
        Self { list: Vec::new(), slots, takes, holding: false, count: 0 }
    }

    pub fn hold(&mut self) {
        self.holding = true;
    }

    pub fn release(&mut self) {
        self.holding = false;
        let now = Instant::now();
        for request in self.list.iter_mut().filter(|request| request.held) {
            request.held = false;
            (request.begins, request.ends) = (Some(now), Some(now));
        }
    }

    pub fn ids(&self) -> Vec<String> {
        self.list.iter().map(|request| request.id.clone()).collect()
    }

    pub fn accept(
        &mut self,
        endpoint: &str,
        body: Value,
        webhook: Option<String>,
        start_within: Option<Duration>,
    ) -> &Request {
        let now = Instant::now();
        let directions = Directions::of_body(&body);
        let late = directions.get("late").and_then(|text| text.parse().ok());
        let takes = late.map_or(self.takes, Duration::from_millis);
        let (stuck, never) = (directions.say("stuck"), directions.say("never"));
        let held = self.holding && !directions.say("push");
        let begins = if stuck || never || held {
            (!stuck && !held).then_some(now)
        } else {
            let slot = self.slots.iter_mut().min().expect("there are slots");
            let begins = now.max(*slot);
            *slot = begins + takes;
            Some(begins)
        };
        let ends = begins.filter(|_| !never).map(|begins| begins + takes);
        self.count += 1;
        if self.list.len() == KEPT {
            self.list.remove(0);
        }
        self.list.push(Request {
            id: format!("764cabcf-b745-4b3e-ae38-{:012x}", self.count),
            endpoint: endpoint.to_owned(),
            body,
            webhook,
            directions,
            accepted: now,
            begins,
            ends,
            expires: start_within.map(|limit| now + limit),
            held,
            cancelled: false,
            pushed: false,
        });
        self.list.last().expect("it was just pushed")
    }

    /// A request of this app; `endpoint` may be longer than the app.
    pub fn find(&mut self, endpoint: &str, id: &str) -> Option<&mut Request> {
        let app = app(endpoint).to_owned();
        self.list.iter_mut().find(|request| request.id == id && request.app() == app)
    }

    pub fn by_id(&self, id: &str) -> Option<&Request> {
        self.list.iter().find(|request| request.id == id)
    }

    /// Notes that a push about it is on its way.
    pub fn mark_pushed(&mut self, id: &str) {
        for request in self.list.iter_mut().filter(|request| request.id == id) {
            request.pushed = true;
        }
    }

    /// Requests ahead of this one.
    pub fn position(&self, of: &Request) -> usize {
        let waits = |r: &&Request| r.accepted < of.accepted && r.phase() == Phase::InQueue;
        self.list.iter().filter(waits).count()
    }

    /// Completed requests with a push to send, which count as pushed from now on.
    pub fn take_pushes(&mut self) -> Vec<(Request, String)> {
        let early = |request: &Request| request.directions.say_of("push", "early");
        let done = |r: &&mut Request| r.phase() == Phase::Completed && !early(r);
        let all = self.list.iter_mut().filter(done);
        all.filter_map(|request| Some((request.clone(), request.webhook.take()?))).collect()
    }
}

impl Request {
    pub fn app(&self) -> &str {
        app(&self.endpoint)
    }

    /// When it ends by itself.
    pub fn ends(&self) -> Option<Instant> {
        self.ends
    }

    pub fn phase(&self) -> Phase {
        let now = Instant::now();
        let has = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        if self.cancelled || has(self.ends) || (!has(self.begins) && has(self.expires)) {
            Phase::Completed
        } else if has(self.begins) && !self.held {
            Phase::InProgress
        } else {
            Phase::InQueue
        }
    }

    /// Asks it to stop: what waits is removed, what is worked on goes on unless the model obeys
    /// (fal SDK: most ignore the signal).
    pub fn cancel(&mut self) {
        self.cancelled = match self.phase() {
            Phase::InQueue => true,
            Phase::InProgress => self.directions.say("obeys"),
            Phase::Completed => self.cancelled,
        };
    }

    /// How it failed, once completed.
    pub fn failure(&self) -> Option<&'static Answered> {
        if self.cancelled {
            return Some(answer("cancelled"));
        }
        if self.ends.is_none_or(|ends| ends > Instant::now()) {
            return Some(answer("start504"));
        }
        let told = self.directions.get("error").map(answer);
        // The schema is checked by the model, so a bad field shows only here.
        told.or_else(|| schema::complaint(&self.endpoint, &self.body).map(answer))
    }

    /// Whether nobody can look at it.
    pub fn is_dark(&self) -> bool {
        self.directions.say("dark") && !self.pushed
    }

    pub fn said(&self, field: &str) -> Option<u64> {
        self.body[field].as_u64()
    }
}

/// The app of an endpoint: owner and name (fal clients: request URLs drop the rest).
fn app(endpoint: &str) -> &str {
    let end = endpoint.match_indices('/').nth(1).map_or(endpoint.len(), |(at, _)| at);
    &endpoint[..end]
}
