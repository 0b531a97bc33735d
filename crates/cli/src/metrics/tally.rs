//! What commits came to, read off the changes themselves: renders and sign-ins.

use prometheus_client::{
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};
use safelight_domain::{
    AttemptChange, Change, Changes, Ending, GenerationChange, Receipt, RenderChange, UnownedChange,
    Verdict,
};

use super::label::Outcome;

/// Counters of what was recorded.
#[derive(Clone, Default)]
pub struct Tally {
    requested: Counter,
    ended: Family<Outcome, Counter>,
    sign_ins: Family<Outcome, Counter>,
}

impl Tally {
    /// At zero, told in `registry`.
    pub fn registered(registry: &mut Registry) -> Self {
        let tally = Self::default();
        registry.register("renders_requested", "Renders paid for", tally.requested.clone());
        registry.register("renders_ended", "Renders that ended, by ending", tally.ended.clone());
        let help = "Steps of signing in, by outcome";
        registry.register("sign_ins", help, tally.sign_ins.clone());
        tally
    }

    /// Counts changes that were recorded.
    pub fn count(&self, changes: &[Counted], receipt: &Receipt) {
        for change in changes {
            match *change {
                Counted::Requested(renders) => {
                    self.requested.inc_by(renders);
                }
                Counted::Ended(outcome) => {
                    self.ended.get_or_create(&Outcome { outcome }).inc();
                }
                Counted::Begun => {
                    self.sign_ins.get_or_create(&Outcome { outcome: "begun" }).inc();
                }
                Counted::Answered => {
                    let outcome = match receipt.verdict {
                        Some(Verdict::Right) => "right",
                        Some(Verdict::Wrong(_)) => "wrong",
                        _ => "dead",
                    };
                    self.sign_ins.get_or_create(&Outcome { outcome }).inc();
                }
            }
        }
    }
}

/// A change that is counted once it is recorded.
#[derive(Clone, Copy)]
pub enum Counted {
    Requested(u64),
    Ended(&'static str),
    Begun,
    Answered,
}

impl Counted {
    /// What of a commit is counted.
    pub fn all(changes: &Changes) -> Vec<Self> {
        let owned = changes.owned().iter().filter_map(Self::of);
        owned.chain(changes.unowned_list().iter().filter_map(Self::of_unowned)).collect()
    }

    fn of(change: &Change) -> Option<Self> {
        match change {
            Change::Generation(GenerationChange::Request(request)) => {
                Some(Self::Requested(request.ids.len() as u64))
            }
            Change::Render(RenderChange::Store { .. }) => Some(Self::Ended("stored")),
            Change::Render(RenderChange::End(_, ending)) => Some(Self::Ended(match ending {
                Ending::Failed(_) => "failed",
                Ending::Filtered => "filtered",
                Ending::Cancelled => "cancelled",
            })),
            Change::Account(_)
            | Change::Deletion(_)
            | Change::Ledger(_)
            | Change::Order(_)
            | Change::Event(_)
            | Change::Image(_)
            | Change::Folder(_)
            | Change::Key(_)
            | Change::Session(_)
            | Change::Task(_)
            | Change::Audit(_)
            | Change::Generation(
                GenerationChange::AtMost { .. } | GenerationChange::Import { .. },
            )
            | Change::Render(RenderChange::Advance(..) | RenderChange::Cancel(_)) => None,
        }
    }

    fn of_unowned(change: &UnownedChange) -> Option<Self> {
        match change {
            UnownedChange::Attempt(AttemptChange::Begin(_)) => Some(Self::Begun),
            UnownedChange::Attempt(AttemptChange::Answer { .. }) => Some(Self::Answered),
            UnownedChange::Event(_) | UnownedChange::Task(_) | UnownedChange::Audit(_) => None,
        }
    }
}
