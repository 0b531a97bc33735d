//! What part of a gallery to list. A parsed struct: no store's query language leaks in here.
//!
//! The parts: `words` folds a text, `read` reads what a person typed, `judge` says whether a
//! picture matches, for stores that cannot and for the tests of those that can.

mod judge;
mod read;
mod words;

use crate::{FolderId, Invalid, ModelSlug, Seed, Timestamp};

pub use self::words::{may_go_on, words};

/// What a person looks for. Every group must hold, a group holds when one of its terms does; what
/// else is set must hold too. Results are listed newest first, not by rank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    typed: String,
    groups: Vec<Vec<Term>>,
    liked: Option<bool>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
}

/// Something a picture has, or must not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Whether pictures with it are left out.
    pub negated: bool,
    /// What it is.
    pub wanted: Wanted,
}

/// What a term looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// These words of the prompt, one after the other.
    Prompt(Phrase),
    /// These words of the model's slug, one after the other.
    Model(Phrase),
    /// Exactly this seed.
    Seed(Seed),
}

/// Words one after the other, as [`words`] makes them; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// The words.
    pub words: Vec<String>,
    /// Whether the last one is only the start of a word.
    pub open: bool,
}

impl Search {
    /// The longest search, in characters.
    pub const MAX: usize = 200;
    /// The most terms of a search.
    pub const TERMS: usize = 32;

    /// Reads what a person typed; none when that is blank. What is not blank and holds nothing
    /// that can be looked for is a search too: it finds nothing.
    pub fn parse(text: &str) -> Result<Option<Self>, Invalid> {
        read::search(text)
    }

    /// What was typed, without blanks around it.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// The groups, each with at least one term.
    pub fn groups(&self) -> &[Vec<Term>] {
        &self.groups
    }

    /// Only liked pictures, or only others.
    pub fn liked(&self) -> Option<bool> {
        self.liked
    }

    /// Only pictures stored at this time or later.
    pub fn since(&self) -> Option<Timestamp> {
        self.since
    }

    /// Only pictures stored before this time.
    pub fn until(&self) -> Option<Timestamp> {
        self.until
    }

    /// Whether nothing in it can be looked for, so that no picture matches.
    pub fn finds_nothing(&self) -> bool {
        self.groups.is_empty()
            && self.liked.is_none()
            && self.since.is_none()
            && self.until.is_none()
    }
}

/// The shape of a picture, roughly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ratio {
    /// As wide as high.
    Square,
    /// Higher than wide.
    Portrait,
    /// Wider than high.
    Landscape,
}

impl Ratio {
    /// All of them, as they are offered.
    pub const ALL: [Self; 3] = [Self::Square, Self::Portrait, Self::Landscape];

    /// The word used in SQL, JSON and addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Square => "square",
            Self::Portrait => "portrait",
            Self::Landscape => "landscape",
        }
    }

    /// Reads a word.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|ratio| ratio.as_str() == text);
        found.ok_or_else(|| Invalid::new("ratio", "a ratio is square, portrait or landscape"))
    }
}

/// Which pictures of an account to list, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImageFilter {
    /// Only liked ones.
    pub liked: bool,
    /// Only those in this folder.
    pub folder_id: Option<FolderId>,
    /// Only those by this model.
    pub model: Option<ModelSlug>,
    /// Only those of this shape.
    pub ratio: Option<Ratio>,
    /// Only those that match what a person typed.
    pub search: Option<Search>,
    /// The trash instead of the gallery.
    pub trashed: bool,
}
