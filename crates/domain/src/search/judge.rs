//! Whether something matches a search.

use super::{Phrase, Search, Term, Wanted, words};
use crate::{Generation, Image, Timestamp};

/// What a search looks at.
struct Facts<'a> {
    prompt: Vec<String>,
    model: &'a str,
    seed: u64,
    liked: bool,
    at: Timestamp,
}

impl Search {
    /// Whether a picture matches.
    pub fn matches(&self, image: &Image) -> bool {
        self.holds(&Facts {
            prompt: words(image.prompt.as_str()),
            model: &image.model.0,
            seed: image.seed.0,
            liked: image.liked,
            at: image.created_at,
        })
    }

    /// Whether what was asked for matches. Nothing asked for is liked: its pictures are.
    pub fn matches_request(&self, generation: &Generation) -> bool {
        let order = &generation.order;
        self.holds(&Facts {
            prompt: words(order.prompt.as_str()),
            model: &order.model.0,
            seed: order.seed.0,
            liked: false,
            at: generation.created_at,
        })
    }

    fn holds(&self, facts: &Facts<'_>) -> bool {
        let of = |term: &Term| facts.have(&term.wanted) != term.negated;
        !self.finds_nothing()
            && self.groups.iter().all(|group| group.iter().any(of))
            && self.liked.is_none_or(|liked| facts.liked == liked)
            && self.since.is_none_or(|since| facts.at >= since)
            && self.until.is_none_or(|until| facts.at < until)
    }
}

impl Facts<'_> {
    fn have(&self, wanted: &Wanted) -> bool {
        match wanted {
            Wanted::Prompt(phrase) => phrase.is_in(&self.prompt),
            Wanted::Model(phrase) => phrase.is_in(&words(self.model)),
            Wanted::Seed(seed) => self.seed == seed.0,
        }
    }
}

impl Phrase {
    fn is_in(&self, text: &[String]) -> bool {
        let Some((last, firsts)) = self.words.split_last() else { return false };
        text.windows(self.words.len()).any(|part| {
            let Some((end, starts)) = part.split_last() else { return false };
            starts == firsts && if self.open { end.starts_with(last.as_str()) } else { end == last }
        })
    }
}
