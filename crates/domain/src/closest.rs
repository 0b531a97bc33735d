//! The known name that an unknown one was probably meant to be.

/// The name among `known` that differs least from `word`.
pub fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known.into_iter().min_by_key(|name| strsim::damerau_levenshtein(word, name))
}
