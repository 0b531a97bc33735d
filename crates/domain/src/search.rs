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

/// Which pictures of an account to list, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImageFilter {
    /// Only liked ones.
    pub liked: bool,
    /// Only those in this folder.
    pub folder_id: Option<FolderId>,
    /// Only those by this model.
    pub model: Option<ModelSlug>,
    /// Only those whose prompt matches.
    pub search: Option<Search>,
    /// The trash instead of the gallery.
    pub trashed: bool,
}
