//! A render: one picture being made. A state machine in one row; the row is the outbox.
//!
//! Invariant: a final state never changes. This file only computes the next row; the rule in
//! `decide/render.rs` settles the charge in the same commit.

use crate::{
    AccountId, ChargeId, ChargeState, Credits, GenerationId, ImageId, Refusal, RenderId, Seed,
    Timestamp,
};

/// Where a render stands. One list everywhere: Rust, SQL, JSON and live events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RenderState {
    /// Paid, waiting for a place at the provider.
    Pending,
    /// The provider is being asked; the intent is on disk before the call.
    Submitting,
    /// The provider may or may not have it: the answer was lost. Never asked twice.
    Unknown,
    /// The provider has it and named it.
    Waiting,
    /// The picture is being fetched and stored.
    Storing,
    /// The picture is in our storage. Final; the charge is kept.
    Stored,
    /// It could not be made. Final; refunded.
    Failed,
    /// The provider would not show it. Final; refunded by default.
    Filtered,
    /// Taken back in time. Final; refunded.
    Cancelled,
}

impl RenderState {
    /// All states in the order of a life.
    pub const ALL: [Self; 9] = [
        Self::Pending,
        Self::Submitting,
        Self::Unknown,
        Self::Waiting,
        Self::Storing,
        Self::Stored,
        Self::Failed,
        Self::Filtered,
        Self::Cancelled,
    ];

    /// Those that are final.
    pub const FINAL: [Self; 4] = [Self::Stored, Self::Failed, Self::Filtered, Self::Cancelled];

    /// The word used everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Submitting => "submitting",
            Self::Unknown => "unknown",
            Self::Waiting => "waiting",
            Self::Storing => "storing",
            Self::Stored => "stored",
            Self::Failed => "failed",
            Self::Filtered => "filtered",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing more will happen.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Stored | Self::Failed | Self::Filtered | Self::Cancelled)
    }
}

/// One picture being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Render {
    /// Its id.
    pub id: RenderId,
    /// The press of the button it belongs to.
    pub generation_id: GenerationId,
    /// Whose it is.
    pub account_id: AccountId,
    /// Its place in the request, from 0.
    pub index: u8,
    /// What paid for it.
    pub charge_id: ChargeId,
    /// Its own seed.
    pub seed: Seed,
    /// Where it stands.
    pub state: RenderState,
    /// How many times the provider was asked for it.
    pub attempt: u16,
    /// The provider's name for it, once known.
    pub request_id: Option<String>,
    /// When to look at it next; none once final. While `Submitting` or `Storing` it is the lease.
    pub next_at: Option<Timestamp>,
    /// When to give up and refund.
    pub deadline: Timestamp,
    /// A person wants it back.
    pub cancel_requested: bool,
    /// Why it did not work: a stable slug for API users.
    pub error: Option<String>,
    /// What the provider charges the operator, in millionths of a US dollar, once known.
    pub cost_micros: Option<u64>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When the provider was last asked for it.
    pub begun_at: Option<Timestamp>,
    /// When the provider accepted it.
    pub submitted_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// A move between states that are not final.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The provider took it.
    Submitted {
        /// The asking this answers; a later asking makes it stale.
        attempt: u16,
        /// The provider's name for it.
        request_id: String,
        /// When to look first.
        next_at: Timestamp,
    },
    /// It certainly never reached the provider.
    NotSent {
        /// The asking this answers.
        attempt: u16,
        /// When to try again.
        next_at: Timestamp,
    },
    /// Nobody knows whether it reached the provider.
    Lost {
        /// The asking this answers.
        attempt: u16,
        /// When to look for it.
        next_at: Timestamp,
    },
    /// A verified push told the provider's name for a lost or hurried one.
    Adopted {
        /// The provider's name for it.
        request_id: String,
        /// When to look.
        next_at: Timestamp,
    },
    /// Nothing new; look again.
    Later {
        /// When.
        next_at: Timestamp,
    },
    /// The result is there; fetch and store it.
    Storing {
        /// End of the lease on the work.
        next_at: Timestamp,
    },
}

/// How a render ends without a picture. Each refunds the charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// It could not be made; the slug says why.
    Failed(String),
    /// The provider would not show it.
    Filtered,
    /// Taken back in time.
    Cancelled,
}

impl Render {
    /// The row after `step`, or [`Refusal::Stale`] when the row has moved on.
    pub fn step(&self, step: Step, now: Timestamp) -> Result<Self, Refusal> {
        use RenderState::{Pending, Storing, Submitting, Unknown, Waiting};
        let at = |state, next_at| Self { state, next_at: Some(next_at), ..self.clone() };
        let mine = |attempt| self.state == Submitting && self.attempt == attempt;
        match step {
            Step::Submitted { attempt, request_id, next_at } if mine(attempt) => Ok(Self {
                request_id: Some(request_id),
                submitted_at: Some(now),
                ..at(Waiting, next_at)
            }),
            Step::NotSent { attempt, next_at } if mine(attempt) => Ok(at(Pending, next_at)),
            Step::Lost { attempt, next_at } if mine(attempt) => Ok(at(Unknown, next_at)),
            Step::Adopted { request_id, next_at } if matches!(self.state, Submitting | Unknown) => {
                Ok(Self {
                    request_id: Some(request_id),
                    submitted_at: Some(now),
                    ..at(Waiting, next_at)
                })
            }
            Step::Later { next_at } if !self.state.is_final() => Ok(at(self.state, next_at)),
            Step::Storing { next_at } if matches!(self.state, Waiting | Storing) => {
                Ok(at(Storing, next_at))
            }
            _ => Err(Refusal::Stale),
        }
    }

    /// The row once it is handed out: one more attempt, begun now.
    pub fn begun(&self, now: Timestamp) -> Result<Self, Refusal> {
        if self.state != RenderState::Pending {
            return Err(Refusal::Stale);
        }
        Ok(Self {
            state: RenderState::Submitting,
            attempt: self.attempt + 1,
            begun_at: Some(now),
            ..self.clone()
        })
    }

    /// The row after a person asks for it back: ended when it was never sent, marked otherwise.
    pub fn ask_cancel(&self, now: Timestamp) -> Result<Self, Refusal> {
        use RenderState::{Cancelled, Pending, Submitting, Unknown, Waiting};
        match self.state {
            Pending => self.end(&Ending::Cancelled, now),
            Submitting | Unknown => Ok(Self { cancel_requested: true, ..self.clone() }),
            Waiting => Ok(Self { cancel_requested: true, next_at: Some(now), ..self.clone() }),
            Cancelled => Err(Refusal::Stale),
            _ => Err(Refusal::TooLate),
        }
    }

    /// The row after ending without a picture.
    pub fn end(&self, ending: &Ending, now: Timestamp) -> Result<Self, Refusal> {
        if self.state.is_final() {
            return Err(Refusal::Stale);
        }
        let (state, error) = match ending {
            Ending::Failed(slug) => (RenderState::Failed, Some(slug.clone())),
            Ending::Filtered => (RenderState::Filtered, Some("filtered".to_owned())),
            Ending::Cancelled => (RenderState::Cancelled, None),
        };
        Ok(Self { state, error, next_at: None, ended_at: Some(now), ..self.clone() })
    }

    /// The row after its picture is safely in storage.
    pub fn stored(&self, cost_micros: Option<u64>, now: Timestamp) -> Result<Self, Refusal> {
        if !matches!(self.state, RenderState::Waiting | RenderState::Storing) {
            return Err(Refusal::Stale);
        }
        Ok(Self {
            state: RenderState::Stored,
            next_at: None,
            error: None,
            cost_micros,
            ended_at: Some(now),
            ..self.clone()
        })
    }
}

/// A render as it is shown: the row with its money and its picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderStatus {
    /// The row.
    pub render: Render,
    /// What its charge cost.
    pub price: Credits,
    /// Where its charge stands.
    pub charge: ChargeState,
    /// Its picture, once stored.
    pub image_id: Option<ImageId>,
    /// Renders ahead of it in the studio's own line, while pending: exact below
    /// [`RenderStatus::FAR`], which stands for as many or more.
    pub position: Option<u32>,
}

impl RenderStatus {
    /// The place in line is counted up to here: further back, counting would cost more than it
    /// tells.
    pub const FAR: u32 = 500;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Uuid;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn render(state: RenderState) -> Render {
        let id = Uuid::nil();
        Render {
            id: RenderId(id),
            generation_id: GenerationId(id),
            account_id: AccountId(id),
            index: 0,
            charge_id: ChargeId(id),
            seed: Seed(7),
            state,
            attempt: 1,
            request_id: None,
            next_at: (!state.is_final()).then(|| at(0)),
            deadline: at(3600),
            cancel_requested: false,
            error: None,
            cost_micros: None,
            created_at: at(0),
            begun_at: None,
            submitted_at: None,
            ended_at: None,
        }
    }

    type Act = Box<dyn Fn(&Render) -> Result<Render, Refusal>>;

    /// One act a row, and the states it leads to from each of the nine, in the order of `ALL`.
    #[test]
    fn the_whole_state_machine() {
        let next_at = at(9);
        let request_id = || "r".to_owned();
        let step = |step: Step| -> Act { Box::new(move |r| r.step(step.clone(), at(5))) };
        let table: Vec<(&str, Act, [&str; 9])> = vec![
            (
                "begun",
                Box::new(|r| r.begun(at(5))),
                ["submitting", "-", "-", "-", "-", "-", "-", "-", "-"],
            ),
            (
                "submitted",
                step(Step::Submitted { attempt: 1, request_id: request_id(), next_at }),
                ["-", "waiting", "-", "-", "-", "-", "-", "-", "-"],
            ),
            (
                "submitted, older attempt",
                step(Step::Submitted { attempt: 0, request_id: request_id(), next_at }),
                ["-"; 9],
            ),
            (
                "not sent",
                step(Step::NotSent { attempt: 1, next_at }),
                ["-", "pending", "-", "-", "-", "-", "-", "-", "-"],
            ),
            (
                "lost",
                step(Step::Lost { attempt: 1, next_at }),
                ["-", "unknown", "-", "-", "-", "-", "-", "-", "-"],
            ),
            (
                "adopted",
                step(Step::Adopted { request_id: request_id(), next_at }),
                ["-", "waiting", "waiting", "-", "-", "-", "-", "-", "-"],
            ),
            (
                "later",
                step(Step::Later { next_at }),
                ["pending", "submitting", "unknown", "waiting", "storing", "-", "-", "-", "-"],
            ),
            (
                "storing",
                step(Step::Storing { next_at }),
                ["-", "-", "-", "storing", "storing", "-", "-", "-", "-"],
            ),
            (
                "ask cancel",
                Box::new(|r| r.ask_cancel(at(5))),
                ["cancelled", "submitting", "unknown", "waiting", "!", "!", "!", "!", "-"],
            ),
            (
                "fail",
                Box::new(|r| r.end(&Ending::Failed("x".into()), at(5))),
                ["failed", "failed", "failed", "failed", "failed", "-", "-", "-", "-"],
            ),
            (
                "store",
                Box::new(|r| r.stored(None, at(5))),
                ["-", "-", "-", "stored", "stored", "-", "-", "-", "-"],
            ),
        ];
        for (name, act, expected) in table {
            for (state, expected) in RenderState::ALL.into_iter().zip(expected) {
                let got = match act(&render(state)) {
                    Ok(next) => {
                        assert_eq!(next.state.is_final(), next.next_at.is_none(), "{name}");
                        next.state.as_str()
                    }
                    Err(Refusal::Stale) => "-",
                    Err(_) => "!",
                };
                assert_eq!(got, expected, "{name} from {}", state.as_str());
            }
        }
    }
}
