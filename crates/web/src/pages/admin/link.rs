//! Addresses of the back office with what was asked for kept in them.

/// `path` with those of `fields` that say something.
pub fn with(path: &str, fields: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(fields.iter().filter(|(_, value)| !value.is_empty()));
    match query.finish() {
        query if query.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// One choice of a list.
#[derive(Debug, serde::Serialize)]
pub struct ChoiceView {
    value: String,
    says: String,
    chosen: bool,
}

impl ChoiceView {
    /// A choice, chosen or not.
    pub fn new(value: &str, says: &str, chosen: &str) -> Self {
        Self { value: value.to_owned(), says: says.to_owned(), chosen: value == chosen }
    }

    /// A choice that says what it is.
    pub fn plain(value: &str, chosen: &str) -> Self {
        Self::new(value, value, chosen)
    }
}
