//! The pipeline: hands out paid renders, looks after them, and ends every one of them.
//!
//! Invariant: the row is the outbox. What is written here can be cut off anywhere; the next sweep
//! finds the row by its `next_at` and goes on. Whoever loses a race does nothing.

mod hands;
mod hint;
mod origins;
mod overdue;
mod reconcile;
mod submit;

use std::{future::Future, pin::pin, sync::Arc, time::Duration};

use futures_util::{
    StreamExt,
    future::{BoxFuture, FutureExt},
    stream::FuturesUnordered,
};
use hands::Hands;
use origins::Origins;
use safelight_domain::{
    AccountId, Change, Changes, Ending, Refusal, Render, RenderChange, RenderId, RenderState,
    SignedDuration, Step, Timestamp,
};
use safelight_ports::{Dispatch, Fault, chain};
use tokio::sync::Notify;
use tracing::Instrument;

use crate::{Error, Terms, Vitals, World, vitals::contain};

/// The most renders looked after at once.
const HANDS: usize = 64;
/// How long a claim lasts: longer than any one look, fetch and store together may take.
const LEASE: SignedDuration = SignedDuration::from_mins(4);
/// The longest rest between two looks at the store.
const REST: Duration = Duration::from_secs(1);
/// The shortest rest between two looks at the store when nothing happened.
const BREATH: Duration = Duration::from_millis(20);
/// How long work in hand may take to end at shutdown.
const GRACE: Duration = Duration::from_secs(10);

/// Looks after renders. Clones share their hands.
#[derive(Clone)]
pub struct Pipeline {
    pub(crate) world: Arc<World>,
    pub(crate) terms: Arc<Terms>,
    wake: Arc<Notify>,
    hands: Arc<Hands>,
    origins: Arc<Origins>,
    vitals: Vitals,
}

type Work<'a> = FuturesUnordered<BoxFuture<'a, ()>>;

/// What is being done. What is past its deadline has hands of its own, so that no number of slow
/// fetches and stores keeps a refund waiting.
#[derive(Default)]
struct InHand<'a> {
    usual: Work<'a>,
    overdue: Work<'a>,
}

impl InHand<'_> {
    fn is_empty(&self) -> bool {
        self.usual.is_empty() && self.overdue.is_empty()
    }

    /// Waits until something is done; never returns while nothing is.
    async fn next(&mut self) {
        tokio::select! {
            Some(()) = self.usual.next(), if !self.usual.is_empty() => {}
            Some(()) = self.overdue.next(), if !self.overdue.is_empty() => {}
            else => std::future::pending().await,
        }
    }

    async fn all(&mut self) {
        while !self.is_empty() {
            self.next().await;
        }
    }
}

impl Pipeline {
    /// The name of the task that drives it.
    pub(crate) const NAME: &'static str = "pipeline";

    pub(crate) fn new(world: Arc<World>, terms: Arc<Terms>, vitals: Vitals) -> Self {
        let (wake, hands, origins) = Default::default();
        Self { world, terms, wake, hands, origins, vitals }
    }

    /// Renders were asked for in the request that is logged right now.
    pub(crate) fn begins(&self, renders: impl IntoIterator<Item = RenderId>) {
        self.origins.begin(renders);
    }

    /// Tells the driver that something is due now.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Dispatches and sweeps until `shutdown`, then lets work in hand end for a while. Only one
    /// driver may run on a store at a time: at the start it takes over what a dead one left.
    pub async fn drive(&self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = pin!(shutdown);
        let mut work = InHand::default();
        self.take_over().await;
        loop {
            self.vitals.beat(Self::NAME);
            let rest = self.fill(&mut work).await.unwrap_or_else(|fault| {
                tracing::error!(error = %chain(&fault), "work could not be handed out");
                REST
            });
            tokio::select! {
                () = &mut shutdown => break,
                () = self.wake.notified() => {}
                () = work.next() => {}
                () = tokio::time::sleep(rest) => {}
            }
        }
        // Who is cut off here is taken over after the next start.
        let ended = tokio::time::timeout(GRACE, work.all());
        if ended.await.is_err() {
            tracing::warn!("some renders were still in hand; the next start goes on with them");
        }
    }

    /// One round of what [`Pipeline::drive`] does for ever: hands out and ends everything that is
    /// due now. Answers whether there was anything to do.
    pub async fn run_due(&self) -> Result<bool, Error> {
        let mut work = InHand::default();
        self.fill(&mut work).await?;
        let any = !work.is_empty();
        work.all().await;
        Ok(any)
    }

    /// Reconciles everything that is due, without sending anything new: safe beside a driver.
    /// Answers how many renders were looked at.
    pub async fn sweep(&self) -> Result<usize, Error> {
        let now = self.now();
        let mut seen = 0;
        loop {
            let claimed = self.world.store.claim(now, later(now, LEASE), 64).await?;
            if claimed.renders.is_empty() {
                return Ok(seen);
            }
            seen += claimed.renders.len();
            let all: Work = claimed.renders.into_iter().map(|r| self.look_after(r)).collect();
            all.collect::<()>().await;
        }
    }

    /// Leases of a driver that died are of no use to anybody.
    async fn take_over(&self) {
        let now = self.now();
        match self.world.store.take_over(now, later(now, self.terms.timing.deadline)).await {
            Ok(0) => {}
            Ok(renders) => tracing::info!(renders, "unfinished work taken over"),
            // The leases run out by themselves.
            Err(fault) => tracing::error!(error = %chain(&fault), "work was not taken over"),
        }
    }

    /// Hands out what is due; a panic on the way is a fault like any other.
    async fn fill<'a>(&'a self, work: &mut InHand<'a>) -> Result<Duration, Fault> {
        contain("handing out work", self.hand_out(work)).await?
    }

    /// Fills free hands with due work; answers how long nothing else is due.
    async fn hand_out<'a>(&'a self, work: &mut InHand<'a>) -> Result<Duration, Fault> {
        let now = self.now();
        self.hand_out_overdue(&mut work.overdue, now).await?;
        let work = &mut work.usual;
        let free = HANDS.saturating_sub(work.len());
        if free == 0 {
            return Ok(REST);
        }
        let timing = &self.terms.timing;
        let order = Dispatch {
            due: now,
            until: later(now, timing.submit.saturating_add(SignedDuration::from_secs(10))),
            in_flight: self.world.provider.in_flight(),
            live_since: later(now, -timing.live),
        };
        for render in self.world.store.dispatch(order).await? {
            work.push(self.contained(render.clone(), self.submit(render)));
        }
        let limit = u16::try_from(free).unwrap_or(u16::MAX);
        let claimed = self.world.store.claim(now, later(now, LEASE), limit).await?;
        work.extend(claimed.renders.into_iter().map(|render| self.look_after(render)));
        let next = claimed.next.map_or(REST, |next| {
            Duration::try_from(next.duration_since(self.now())).unwrap_or(Duration::ZERO)
        });
        Ok(next.clamp(BREATH, REST))
    }

    fn look_after(&self, render: Render) -> BoxFuture<'_, ()> {
        self.contained(render.clone(), async move {
            if self.lose(&render).await {
                settled(render.id, self.reconcile(render.id).await);
            }
        })
    }

    /// Work on a render. If it panics, that render is refunded, and nobody else is disturbed.
    fn contained<'a>(
        &'a self,
        render: Render,
        work: impl Future<Output = ()> + Send + 'a,
    ) -> BoxFuture<'a, ()> {
        let span = self.origins.span(render.id);
        async move {
            if contain("work on a render", work).await.is_ok() {
                return;
            }
            tracing::error!(render = %render.id, "given up and refunded");
            let end = self.end(&render, Ending::Failed("internal_error".to_owned()));
            // Should that panic too, the next sweep finds the render again.
            if let Ok(ended) = contain("ending a render", end).await {
                settled(render.id, ended);
            }
        }
        .instrument(span)
        .boxed()
    }

    /// Whoever asked the provider for it and let the lease run out died before telling the answer.
    /// Answers whether the render can be looked after.
    async fn lose(&self, render: &Render) -> bool {
        if render.state != RenderState::Submitting {
            return true;
        }
        let lost = Step::Lost { attempt: render.attempt, next_at: self.now() };
        settled(render.id, self.step(render, lost).await)
    }

    async fn step(&self, render: &Render, step: Step) -> Result<(), Error> {
        self.commit(render.account_id, Change::Render(RenderChange::Advance(render.id, step))).await
    }

    async fn commit(&self, account: AccountId, change: Change) -> Result<(), Error> {
        self.world.store.commit(Changes::of(account, vec![change])).await?;
        Ok(())
    }

    fn now(&self) -> Timestamp {
        self.world.clock.now()
    }
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.saturating_add(by).unwrap_or(now)
}

/// Whether it went well; what did not is logged and left to the next sweep.
fn settled(id: RenderId, result: Result<(), Error>) -> bool {
    match result {
        Ok(()) => return true,
        Err(Error::Refused(Refusal::Stale)) => {
            tracing::debug!(render = %id, "another finisher was first");
        }
        Err(error) => {
            tracing::warn!(render = %id, error = %chain(&error), "left to the next sweep");
        }
    }
    false
}

/// A call that may not take for ever.
pub(crate) async fn within<T>(
    limit: SignedDuration,
    dependency: &'static str,
    call: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    let limit = Duration::try_from(limit).unwrap_or(Duration::ZERO);
    let late = |_| Fault::passing(dependency, "it took too long to answer");
    tokio::time::timeout(limit, call).await.map_err(late)?
}
