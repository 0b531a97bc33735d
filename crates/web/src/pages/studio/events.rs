//! `/events`: what changed, as it changes, for as long as something is unfinished.
//!
//! Invariant: an event says what to look at; what is sent is the truth of now. So events may be
//! merged, repeated or replayed and the page is right all the same. A stream ends when nothing is
//! unfinished, when the server stops, and after ten minutes. Nothing is told to a session that has
//! ended or whose account was blocked meanwhile: it is looked at before each message.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use futures_util::{StreamExt, stream};
use minijinja::value::{Serde, Value};
use poem::{
    IntoResponse, Request, Response, handler,
    http::{HeaderName, StatusCode, header as names},
    web::sse::{Event as Sent, SSE},
};
use safelight_domain::{AccountId, Event, EventName, Refusal, RenderId, RenderState, Session};
use safelight_usecases::{Error, Studio};
use serde_json::json;
use tokio::{sync::watch, time::Instant};

use super::slot::SlotView;
use crate::{
    Shared,
    form::Form,
    header,
    problem::{Problem, Slug},
    streams::Place,
    visitor::Member,
};

/// A comment keeps proxies from closing a quiet stream.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often places in line and renders on their way are looked at; no event tells of them.
const GLANCE: Duration = Duration::from_secs(2);
/// As many renders as a glance looks at.
const GLANCED: usize = 16;
/// How long a stream may last before the browser has to ask again, and show who it is.
const LONGEST: Duration = Duration::from_mins(10);
/// When the browser asks again after a stream broke off, in milliseconds.
const RETRY: u64 = 1_000;

/// `GET /events?since=`: since `Last-Event-ID` when the browser comes back. 204 when there is
/// nothing to tell and nothing to wait for: a browser does not ask again then.
#[handler]
pub async fn live(request: &Request, member: Member) -> Result<Response, Problem> {
    let shared = Arc::clone(member.shared());
    let Some(place) = shared.streams.open(member.account()) else {
        let says = "too many windows watch this account; this one looks once a second instead";
        return Err(Problem::new(Slug::TooManyRequests, says).with(names::RETRY_AFTER, "1"));
    };
    let mut feed = Feed::open(shared, member.signed.session, since(request), place).await?;
    let first = feed.read().await?;
    if first.is_empty() && feed.unfinished.is_empty() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let first = std::iter::once(Sent::retry(RETRY)).chain(first);
    let first = stream::iter(first.collect::<Vec<_>>());
    let rest = stream::unfold(feed, |mut feed| async move { Some((feed.next().await?, feed)) });
    let all = first.chain(rest.flat_map(stream::iter));
    let mut response = SSE::new(all).keep_alive(HEARTBEAT).into_response();
    // poem says no-cache; but nobody on the way may keep what is one member's.
    response.headers_mut().remove(names::CACHE_CONTROL);
    Ok(response)
}

/// Where the reader is: what a page was rendered with, or what was seen last.
fn since(request: &Request) -> Option<u64> {
    // One that cannot be read is none of ours; the page's own place is told anew then.
    let seen = header::one(request, &HeaderName::from_static("last-event-id")).ok().flatten();
    let query = Form::query(request);
    seen.or(query.get("since")).and_then(|seq| seq.parse().ok())
}

/// One reader's stream.
struct Feed {
    shared: Arc<Shared>,
    account: AccountId,
    session: Session,
    seq: u64,
    /// Unfinished renders, as they were sent last.
    unfinished: BTreeMap<RenderId, Option<Shown>>,
    news: watch::Receiver<()>,
    stopping: watch::Receiver<bool>,
    ends: Instant,
    _place: Place,
}

/// What of a render can change without an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shown {
    state: RenderState,
    position: Option<u32>,
}

impl Feed {
    async fn open(
        shared: Arc<Shared>,
        session: Session,
        since: Option<u64>,
        place: Place,
    ) -> Result<Self, Problem> {
        let (studio, account) = (&shared.web.studio, session.account_id);
        // Watched before it is read: what happens in between wakes the first wait.
        let news = studio.live.watch(account);
        let seq = match since {
            Some(seq) => seq,
            None => studio.live.last(account).await?,
        };
        let open = studio.generations.unfinished(account).await?;
        let renders = open.into_iter().flat_map(|generation| generation.renders);
        let renders = renders.filter(|render| !render.render.state.is_final());
        Ok(Self {
            unfinished: renders.map(|render| (render.render.id, None)).collect(),
            stopping: shared.web.stopping.clone(),
            ends: Instant::now() + LONGEST,
            _place: place,
            shared,
            account,
            session,
            seq,
            news,
        })
    }

    fn studio(&self) -> &Studio {
        &self.shared.web.studio
    }

    /// The next messages; none at the end.
    async fn next(&mut self) -> Option<Vec<Sent>> {
        loop {
            if self.unfinished.is_empty() {
                return None;
            }
            let glance = tokio::select! {
                changed = self.news.changed() => {
                    changed.ok()?;
                    false
                }
                () = tokio::time::sleep(GLANCE) => true,
                _ = self.stopping.wait_for(|stopping| *stopping) => return None,
                () = tokio::time::sleep_until(self.ends) => return None,
            };
            match self.studio().sessions.holds(&self.session).await {
                Ok(true) => {}
                // The browser asks again, and is told what it may be told.
                Ok(false) => return None,
                Err(error) => {
                    tracing::warn!(%error, "a live view broke off");
                    return None;
                }
            }
            let told = match self.read().await {
                Ok(mut told) if glance => self.glance().await.map(|moved| {
                    told.extend(moved);
                    told
                }),
                told => told,
            };
            match told {
                Ok(told) if told.is_empty() => {}
                Ok(told) => return Some(told),
                Err(problem) => {
                    // The browser comes back with the last id it saw, and is told then.
                    tracing::warn!(%problem, "a live view broke off");
                    return None;
                }
            }
        }
    }

    /// What the feed has to tell since `seq`, which moves on.
    async fn read(&mut self) -> Result<Vec<Sent>, Problem> {
        let mut told = Vec::new();
        while let Some(events) = self.studio().live.events(self.account, self.seq).await? {
            let Some(last) = events.last() else { return Ok(told) };
            self.seq = last.seq;
            for event in newest_each(&events) {
                told.extend(self.tell(event).await?);
            }
        }
        // Older rows are gone. Who has seen the account's newest has missed none.
        let last = self.studio().live.last(self.account).await?;
        if last != self.seq {
            self.seq = last;
            told.push(message("resync", &json!({})).id(last.to_string()));
        }
        Ok(told)
    }

    async fn tell(&mut self, event: &Event) -> Result<Option<Sent>, Problem> {
        let sent = match event.name {
            EventName::RenderChanged => self.render(RenderId(event.subject)).await?,
            EventName::BalanceChanged => {
                let credits = self.studio().ledger.balance(self.account).await?.credits.get();
                Some(message(event.name.as_str(), &json!({ "credits": credits })))
            }
        };
        Ok(sent.map(|sent| sent.id(event.seq.to_string())))
    }

    /// Renders that moved without an event.
    async fn glance(&mut self) -> Result<Vec<Sent>, Problem> {
        let open: Vec<_> = self.unfinished.iter().take(GLANCED).map(|(id, s)| (*id, *s)).collect();
        let mut moved = Vec::new();
        for (id, shown) in open {
            let render = self.studio().generations.render(self.account, id).await?;
            let now = Shown { state: render.render.state, position: render.position };
            if shown != Some(now) {
                moved.extend(self.render(id).await?);
            }
        }
        Ok(moved)
    }

    /// A render as it is now; none when it is not to be had.
    async fn render(&mut self, id: RenderId) -> Result<Option<Sent>, Problem> {
        let studio = self.studio();
        let status = match studio.generations.render(self.account, id).await {
            Err(Error::Refused(Refusal::NotFound)) => return Ok(None),
            found => found?,
        };
        let of = status.render.generation_id;
        let generation = studio.generations.get(self.account, of).await?.generation;
        let slot = SlotView::of(studio, &generation, &status).await?;
        let context = minijinja::context! { slot => Value::from(Serde(slot)) };
        let html = self.shared.site.fragment("studio-slot.html", context).await?.into_html();
        let data = json!({
            "id": id.to_string(),
            "generation_id": of.to_string(),
            "index": status.render.index,
            "state": status.render.state.as_str(),
            "position": status.position,
            "html": html,
        });
        if status.render.state.is_final() {
            self.unfinished.remove(&id);
        } else {
            let shown = Shown { state: status.render.state, position: status.position };
            self.unfinished.insert(id, Some(shown));
        }
        Ok(Some(message(EventName::RenderChanged.as_str(), &data)))
    }
}

fn message(name: &str, data: &serde_json::Value) -> Sent {
    Sent::message(data.to_string()).event_type(name)
}

/// The newest event about each thing, in order: older ones would say the same.
fn newest_each(events: &[Event]) -> Vec<&Event> {
    let mut seen = BTreeSet::new();
    let fresh =
        events.iter().rev().filter(|event| seen.insert((event.name.as_str(), event.subject)));
    let mut newest: Vec<_> = fresh.collect();
    newest.reverse();
    newest
}
