//! Renders as an operator sees them: how they stand and what they came to.

use safelight_domain::{ChargeState, RenderState, RenderStatus};
use safelight_usecases::GenerationStatus;
use serde::Serialize;

/// How renders stand.
#[derive(Debug, Serialize)]
pub struct StateView {
    word: &'static str,
    class: &'static str,
    reason: Option<String>,
    /// How many do.
    count: usize,
}

/// What renders came to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sum {
    /// Credits kept.
    pub kept: u64,
    /// Credits that went back.
    pub refunded: u64,
    /// The provider's price, in millionths of a US dollar.
    pub cost_micros: u64,
}

/// The class of a state's tag.
pub fn class(state: RenderState) -> &'static str {
    match state {
        RenderState::Stored => "ok",
        RenderState::Failed => "bad",
        RenderState::Filtered => "warn",
        RenderState::Cancelled => "faint",
        _ => "quiet",
    }
}

impl StateView {
    /// The view of how a render stands.
    pub fn of(status: &RenderStatus) -> Self {
        let class = class(status.render.state);
        let word = status.render.state.as_str();
        let reason = status.render.error.clone().filter(|reason| reason != word);
        Self { word, class, reason, count: 1 }
    }

    /// How all renders of a generation stand, those that stand alike together.
    pub fn all(status: &GenerationStatus) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for view in status.renders.iter().map(Self::of) {
            let alike =
                |other: &&mut Self| (other.word, &other.reason) == (view.word, &view.reason);
            match all.iter_mut().find(alike) {
                Some(other) => other.count += 1,
                None => all.push(view),
            }
        }
        all
    }
}

impl Sum {
    /// What all renders of a generation came to.
    pub fn of(status: &GenerationStatus) -> Self {
        status.renders.iter().fold(Self::default(), |sum, render| {
            let price = u64::from(render.price.get());
            let (kept, refunded) = match render.charge {
                ChargeState::Open => (0, 0),
                ChargeState::Kept => (price, 0),
                ChargeState::Refunded => (0, price),
            };
            Self {
                kept: sum.kept + kept,
                refunded: sum.refunded + refunded,
                cost_micros: sum.cost_micros + render.render.cost_micros.unwrap_or(0),
            }
        })
    }
}

/// US dollars with four decimals: prices are fractions of a cent.
pub fn dollars(micros: u64) -> String {
    let hundredths = micros.saturating_add(50) / 100;
    format!("{}.{:04}", hundredths / 10_000, hundredths % 10_000)
}

#[cfg(test)]
mod tests {
    use super::dollars;

    #[test]
    fn a_price_is_told_to_a_hundredth_of_a_cent() {
        for (micros, says) in [(0, "0.0000"), (49, "0.0000"), (50, "0.0001"), (3_000, "0.0030")] {
            assert_eq!(dollars(micros), says);
        }
        assert_eq!(dollars(12_345_678), "12.3457");
    }
}
