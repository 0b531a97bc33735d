//! The composer's form on its way to the checkout and back: kept with the order, word for word.

use crate::form::Form;

/// The composer's fields.
const FIELDS: [&str; 8] =
    ["prompt", "negative_prompt", "model", "size", "count", "seed", "folder_id", "style"];
const PLACE: &str = "/studio?";

/// The composer's fields among those of a form; nothing when nothing was typed.
pub fn fields(form: &Form) -> Vec<(String, String)> {
    if FIELDS.iter().all(|name| form.text(name).is_empty()) {
        return Vec::new();
    }
    FIELDS.iter().map(|name| ((*name).to_owned(), form.text(name).to_owned())).collect()
}

/// The place a buyer comes back to, with all that was typed.
pub fn write(form: &Form) -> Option<String> {
    let fields = fields(form);
    if fields.is_empty() {
        return None;
    }
    let mut query = form_urlencoded::Serializer::new(PLACE.to_owned());
    Some(query.extend_pairs(fields).finish().replacen("?&", "?", 1))
}

/// The fields such a place holds.
pub fn read(place: &str) -> Vec<(String, String)> {
    let query = place.strip_prefix(PLACE).unwrap_or_default();
    fields(&Form::parse(query.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_comes_back_word_for_word() {
        let sent =
            b"prompt=a%20fox%20%26%20%C3%A9t%C3%A9%0Ain%20two%20lines&count=4&pack=small&key=k";
        let form = Form::parse(sent);
        let place = write(&form).unwrap();
        assert!(place.starts_with("/studio?prompt="), "{place}");
        let read = read(&place);
        assert_eq!(read[0], ("prompt".to_owned(), "a fox & été\nin two lines".to_owned()));
        assert_eq!(read.iter().find(|(name, _)| name == "count").unwrap().1, "4");
        assert!(read.iter().all(|(name, _)| name != "pack" && name != "key"));
        assert_eq!(write(&Form::parse(b"pack=small")), None);
        assert!(super::read("https://elsewhere.example/?prompt=x").is_empty());
    }
}
