//! A provider that paints abstract pictures itself: no key, no network, a true second of waiting.
//!
//! The same order always gives the same bytes. A request's name carries its render and when it was
//! asked for, so the painter remembers nothing that a restart could lose. Words in square brackets
//! direct how a request ends, for tests and for trying the studio out: see [`direction`].

mod colour;
mod dice;
mod direction;
mod easel;
mod finish;
mod noise;
mod palette;
mod request;
mod scene;
#[cfg(test)]
mod tests;
mod words;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use safelight_domain::{Order, RenderId, SignedDuration};
use safelight_ports::{Cancelled, Clock, Delivery, Fault, Looked, Provider, SubmitError};

use dice::{Dice, Likeness};
use direction::Direction;
use easel::Easels;
use request::RequestId;

/// How many cancelled requests are remembered: far more than can be in flight.
const CANCELLED_KEPT: usize = 1_024;

/// How long painting pretends to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The quickest picture.
    pub shortest: SignedDuration,
    /// The slowest.
    pub longest: SignedDuration,
    /// One whose prompt says `[late]`.
    pub late: SignedDuration,
}

impl Default for Pace {
    /// One to 2.2 seconds, as a fast model; 90 seconds when late.
    fn default() -> Self {
        Self {
            shortest: SignedDuration::from_millis(1_000),
            longest: SignedDuration::from_millis(2_200),
            late: SignedDuration::from_secs(90),
        }
    }
}

/// The zero-key provider.
pub struct Painter {
    clock: Arc<dyn Clock>,
    pace: Pace,
    easels: Easels,
    /// Newest last. Lost in a restart: then a cancelled request is worked on or done again, which
    /// a provider may do as well.
    cancelled: Mutex<VecDeque<RequestId>>,
}

impl Painter {
    /// A painter with as many easels as the machine has cores.
    pub fn new(clock: Arc<dyn Clock>, pace: Pace) -> Self {
        Self { clock, pace, easels: Easels::new(), cancelled: Mutex::new(VecDeque::new()) }
    }

    /// How long this order takes; none if for ever.
    fn duration(&self, order: &Order) -> Option<SignedDuration> {
        match Direction::of(order) {
            Some(Direction::Stall) => None,
            Some(Direction::Late(seconds)) => {
                Some(seconds.map_or(self.pace.late, |s| SignedDuration::from_secs(s.into())))
            }
            _ => {
                let span = self.pace.longest.saturating_sub(self.pace.shortest);
                let share = Dice::new(Likeness::of(order).picture).unit();
                Some(self.pace.shortest + SignedDuration::from_secs_f32(span.as_secs_f32() * share))
            }
        }
    }

    fn is_done(&self, order: &Order, request: RequestId) -> bool {
        // Asked for by a clock that was ahead, it was asked for long ago.
        let elapsed = self.clock.now().duration_since(request.asked_at).abs();
        self.duration(order).is_some_and(|duration| elapsed >= duration)
    }

    fn is_cancelled(&self, request: RequestId) -> bool {
        self.cancelled.lock().unwrap_or_else(PoisonError::into_inner).contains(&request)
    }

    fn name(&self, render: RenderId) -> String {
        RequestId { render, asked_at: self.clock.now() }.to_string()
    }
}

#[async_trait]
impl Provider for Painter {
    async fn submit(&self, render: RenderId, order: &Order) -> Result<String, SubmitError> {
        match Direction::of(order) {
            Some(Direction::Refuse) => Err(SubmitError::Refused("refused_input".to_owned())),
            Some(Direction::Forbid) => Err(SubmitError::Filtered),
            Some(Direction::Busy) => Err(SubmitError::NotSent(directed("[busy]"))),
            Some(Direction::Lost) => Err(SubmitError::Lost(directed("[lost]"))),
            _ => Ok(self.name(render)),
        }
    }

    /// Nothing is ever truly lost here: the picture can be painted from its order.
    async fn recall(&self, render: RenderId, order: &Order) -> Result<Option<String>, Fault> {
        Ok((Direction::of(order) != Some(Direction::Lost)).then(|| self.name(render)))
    }

    fn in_flight(&self) -> u16 {
        16
    }

    async fn look(&self, order: &Order, request_id: &str) -> Result<Looked, Fault> {
        let request = RequestId::parse(request_id)?;
        if self.is_cancelled(request) {
            return Ok(Looked::Cancelled);
        }
        if !self.is_done(order, request) {
            return Ok(Looked::Working(None));
        }
        Ok(match Direction::of(order) {
            Some(Direction::Filter) => Looked::Filtered,
            Some(Direction::Fail) => Looked::Failed("provider_failed".to_owned()),
            _ => Looked::Done(Delivery { location: request.location() }),
        })
    }

    async fn fetch(&self, order: &Order, delivery: &Delivery) -> Result<Vec<u8>, Fault> {
        RequestId::at(&delivery.location)?;
        match Direction::of(order) {
            Some(Direction::Gone) => Err(directed("[gone]")),
            Some(Direction::Broken) => Ok(b"<!doctype html><title>502</title>".to_vec()),
            _ => self.easels.paint(order.clone()).await,
        }
    }

    async fn cancel(&self, order: &Order, request_id: &str) -> Result<Cancelled, Fault> {
        let request = RequestId::parse(request_id)?;
        if self.is_cancelled(request) {
            return Ok(Cancelled::Asked);
        }
        if self.is_done(order, request) {
            return Ok(Cancelled::TooLate);
        }
        let mut cancelled = self.cancelled.lock().unwrap_or_else(PoisonError::into_inner);
        if cancelled.len() == CANCELLED_KEPT {
            cancelled.pop_front();
        }
        cancelled.push_back(request);
        Ok(Cancelled::Asked)
    }
}

fn directed(token: &str) -> Fault {
    Fault::passing("provider", format!("the prompt says {token}"))
}
