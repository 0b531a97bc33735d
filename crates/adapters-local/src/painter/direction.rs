//! Words in square brackets that direct how a request ends.
//!
//! | token | what the painter does |
//! |---|---|
//! | `[refuse]` | refuses the prompt (`refused_input`) |
//! | `[forbid]` | filters it when it is asked |
//! | `[busy]` | takes nothing: not sent, every time |
//! | `[lost]` | loses the answer, and can never tell whether it arrived |
//! | `[stall]` | works for ever; a cancel is heard |
//! | `[late]`, `[late:30]` | takes `Pace::late`, or so many seconds |
//! | `[filter]` | filters the picture after its usual time |
//! | `[fail]` | fails after its usual time (`provider_failed`) |
//! | `[broken]` | is done, and delivers bytes that are no picture |
//! | `[gone]` | is done, and never delivers |
//!
//! With a seed, as in `[fail@102]`, a token is for the render of that seed alone: so of a request
//! for four pictures one can fail. The first token that applies wins.

use safelight_domain::{Order, Seed};

/// How a request shall end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Refuse,
    Forbid,
    Busy,
    Lost,
    Stall,
    /// After so many seconds, or the usual lateness.
    Late(Option<u32>),
    Filter,
    Fail,
    Broken,
    Gone,
}

impl Direction {
    /// What the prompt says about this order's seed.
    pub fn of(order: &Order) -> Option<Self> {
        let tokens = order.prompt.as_str().split('[').skip(1);
        tokens.filter_map(|text| text.split_once(']')).find_map(|(token, _)| {
            let (word, applies) = match token.split_once('@') {
                Some((word, seed)) => (word, Seed::parse(seed) == Ok(order.seed)),
                None => (token, true),
            };
            Self::parse(word).filter(|_| applies)
        })
    }

    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "refuse" => Self::Refuse,
            "forbid" => Self::Forbid,
            "busy" => Self::Busy,
            "lost" => Self::Lost,
            "stall" => Self::Stall,
            "late" => Self::Late(None),
            "filter" => Self::Filter,
            "fail" => Self::Fail,
            "broken" => Self::Broken,
            "gone" => Self::Gone,
            _ => Self::Late(Some(word.strip_prefix("late:")?.parse().ok()?)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use safelight_domain::Prompt;
    use safelight_testkit::contract::provider::order;

    #[test]
    fn tokens() {
        use Direction::{Busy, Fail, Filter, Late, Stall};
        for (prompt, direction) in [
            ("a fox", None),
            ("a fox [fail]", Some(Fail)),
            ("[filter] a fox", Some(Filter)),
            ("[late]", Some(Late(None))),
            ("[late:30]", Some(Late(Some(30)))),
            ("[late:]", None),
            ("[late:soon]", None),
            ("[fail@101]", Some(Fail)),
            ("[fail@102]", None),
            ("[fail@102] [filter@101] [busy]", Some(Filter)),
            ("[late:5@101]", Some(Late(Some(5)))),
            ("[fail@]", None),
            ("[fail", None),
            ("[[stall]]", Some(Stall)),
            ("[Busy] [a fox] [busy]", Some(Busy)),
        ] {
            let order = Order { prompt: Prompt::parse(prompt).unwrap(), ..order() };
            assert_eq!(Direction::of(&order), direction, "{prompt}");
        }
    }
}
