//! Which pictures a page shows, as its address says it.

use safelight_domain::{ImageFilter, ImageId, Invalid, ModelSlug, Search};
use safelight_usecases::{Cursor, Page};

use crate::{form::Form, wire::Wire};

/// Pictures on a page of the gallery.
pub const PAGE: u16 = 60;

/// The filter of a query. What is left blank filters nothing: a form sends all its fields.
pub fn read(query: &Form) -> Result<ImageFilter, Invalid> {
    let set = |name| query.get(name) == Some("true");
    Ok(ImageFilter {
        liked: set("liked"),
        folder_id: given(query, "folder_id")?,
        model: Some(query.text("model"))
            .filter(|slug| !slug.is_empty())
            .map(|slug| ModelSlug(slug.to_owned())),
        ratio: given(query, "ratio")?,
        search: Search::parse(query.text("q"))?,
        trashed: set("trashed"),
    })
}

/// Which part of the list a query asks for.
pub fn page(query: &Form, limit: u16) -> Result<Page, Invalid> {
    Ok(Page { after: given::<Cursor>(query, "cursor")?, limit })
}

/// The value of a field that may be left blank.
pub fn given<T: Wire>(form: &Form, name: &str) -> Result<Option<T>, Invalid> {
    Some(form.text(name)).filter(|text| !text.is_empty()).map(T::read).transpose()
}

/// The gallery, filtered, from `cursor` on.
pub fn gallery(filter: &ImageFilter, cursor: Option<Cursor>) -> String {
    place("/gallery", filter, cursor)
}

/// Where to ask for pictures newer than `than`.
pub fn news(filter: &ImageFilter, than: ImageId) -> String {
    with(&place("/gallery/news", filter, None), "than", &than.to_string())
}

/// Where to ask for the ids of all that match.
pub fn ids(filter: &ImageFilter) -> String {
    place("/gallery/ids", filter, None)
}

/// The place with one more field; its value needs no encoding.
fn with(place: &str, name: &str, value: &str) -> String {
    let sign = if place.contains('?') { '&' } else { '?' };
    format!("{place}{sign}{name}={value}")
}

/// A picture's page, walking the same filter.
pub fn image(id: ImageId, filter: &ImageFilter) -> String {
    place(&format!("/images/{id}"), filter, None)
}

fn place(path: &str, filter: &ImageFilter, cursor: Option<Cursor>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (on, name) in [(filter.liked, "liked"), (filter.trashed, "trashed")] {
        if on {
            query.append_pair(name, "true");
        }
    }
    if let Some(id) = filter.folder_id {
        query.append_pair("folder_id", &id.write());
    }
    if let Some(model) = &filter.model {
        query.append_pair("model", &model.0);
    }
    if let Some(ratio) = filter.ratio {
        query.append_pair("ratio", ratio.as_str());
    }
    if filter.search.is_some() {
        query.append_pair("q", &filter.search.write());
    }
    if let Some(cursor) = cursor {
        query.append_pair("cursor", &cursor.write());
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_comes_back_from_its_address() {
        let folder = "019b76da-a800-7000-8000-000000000000";
        for query in [
            String::new(),
            "liked=true".to_owned(),
            "trashed=true".to_owned(),
            format!("liked=true&folder_id={folder}&model=flux-dev&ratio=portrait&q=red+fox"),
        ] {
            let filter = read(&Form::parse(query.as_bytes())).unwrap();
            let place = gallery(&filter, None);
            assert_eq!(place.strip_prefix("/gallery").unwrap().trim_start_matches('?'), query);
        }
        let blank = Form::parse(b"folder_id=&model=&ratio=&q=+&liked=no");
        assert_eq!(read(&blank).unwrap(), ImageFilter::default());
        for bad in ["folder_id=x", "cursor=x", "ratio=round"] {
            let query = Form::parse(bad.as_bytes());
            assert!(read(&query).is_err() || page(&query, 1).is_err(), "{bad}");
        }
    }
}
