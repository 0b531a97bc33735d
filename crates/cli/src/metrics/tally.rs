//! What commits came to, read off the changes themselves: renders and sign-ins.

use prometheus_client::{
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};
use safelight_domain::{Change, Ending, Receipt, Verdict};

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
    /// What of a change is counted.
    pub fn of(change: &Change) -> Option<Self> {
        match change {
            Change::Request(request) => Some(Self::Requested(request.ids.len() as u64)),
            Change::Store { .. } => Some(Self::Ended("stored")),
            Change::End(_, ending) => Some(Self::Ended(match ending {
                Ending::Failed(_) => "failed",
                Ending::Filtered => "filtered",
                Ending::Cancelled => "cancelled",
            })),
            Change::Challenge(_) => Some(Self::Begun),
            Change::Answer { .. } => Some(Self::Answered),
            _ => None,
        }
    }
}
