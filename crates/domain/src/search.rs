//! What part of a gallery to list. A parsed struct: no store's query language leaks in here.

use crate::{FolderId, Invalid, ModelSlug};

/// Words that must all occur in the prompt, the last one as the start of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    words: Vec<String>,
}

impl Search {
    /// Reads what a person typed: letters and digits make words, the rest separates them.
    pub fn parse(text: &str) -> Result<Option<Self>, Invalid> {
        if text.chars().count() > 200 {
            return Err(Invalid::new("q", "the search is longer than 200 characters; shorten it"));
        }
        let words: Vec<_> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        if words.is_empty() { Ok(None) } else { Ok(Some(Self { words })) }
    }

    /// The words, lower case, at least one.
    pub fn words(&self) -> &[String] {
        &self.words
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
    /// Only those whose prompt matches.
    pub search: Option<Search>,
    /// The trash instead of the gallery.
    pub trashed: bool,
}
