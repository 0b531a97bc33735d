//! Which pictures a page shows, as its address says it.

use safelight_domain::{AccountId, ImageFilter, ImageId, ModelSlug, Search};
use safelight_usecases::Page;

use crate::{
    page::{ListOf, Mark},
    problem::Problem,
    query::Query,
    wire::Wire,
};

/// Pictures on a page of the gallery.
pub const PAGE: u16 = 60;

/// The parameters of a filtered gallery: the filter, the place in the list, and a notice.
pub const FIELDS: [&str; 10] =
    ["liked", "trashed", "folder_id", "model", "ratio", "q", "cursor", "undo", "many", "kept"];
/// The parameters of a question about a filtered gallery.
pub const QUESTION: [&str; 8] =
    ["liked", "trashed", "folder_id", "model", "ratio", "q", "cursor", "than"];

/// The filter of a query. What the form sends blank filters nothing; what cannot be read is refused.
pub fn read(query: &Query) -> Result<ImageFilter, Problem> {
    let model = Some(query.text("model")).filter(|slug| !slug.is_empty());
    Ok(ImageFilter {
        liked: query.flag("liked")?,
        folder_id: query.value("folder_id")?,
        model: model.map(|slug| ModelSlug(slug.to_owned())),
        ratio: query.choice("ratio")?,
        search: Search::parse(query.text("q"))?,
        trashed: query.flag("trashed")?,
    })
}

/// Pictures of an account, as cursors know the list: the same whatever the filter.
pub fn list(account: AccountId) -> ListOf {
    ListOf::mine("images", account)
}

/// Which part of its pictures a query asks for.
pub fn page(query: &Query, account: AccountId, limit: u16) -> Result<Page, Problem> {
    Ok(Page { after: query.cursor("cursor", list(account))?, limit })
}

/// The gallery, filtered, from `cursor` on.
pub fn gallery(filter: &ImageFilter, cursor: Option<Mark>) -> String {
    place("/gallery", filter, cursor)
}

/// Where to ask for pictures newer than `than`.
pub fn news(filter: &ImageFilter, than: ImageId) -> String {
    with(&place("/gallery/news", filter, None), "than", &than.to_string())
}

/// Where to ask for the ids of all that match, from `cursor` on.
pub fn ids(filter: &ImageFilter, cursor: Option<Mark>) -> String {
    place("/gallery/ids", filter, cursor)
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

fn place(path: &str, filter: &ImageFilter, cursor: Option<Mark>) -> String {
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
            // As it was typed, signs and all; even when it holds nothing to look for.
            "q=%22red+fox%22+-fog+seed%3A7".to_owned(),
            "q=%21%21%21".to_owned(),
            "q=%F0%9F%91%8D%F0%9F%8F%BD".to_owned(),
        ] {
            let filter = read(&Query::parse(&query, &FIELDS).unwrap()).unwrap();
            let place = gallery(&filter, None);
            assert_eq!(place.strip_prefix("/gallery").unwrap().trim_start_matches('?'), query);
        }
        let blank = Query::parse("model=&ratio=&q=+&cursor=&liked=false", &FIELDS).unwrap();
        assert_eq!(read(&blank).unwrap(), ImageFilter::default());
        let account = AccountId(safelight_domain::Uuid::nil());
        assert_eq!(page(&blank, account, 1).unwrap().after, None);
        for bad in [
            "folder_id=x",
            "folder_id=",
            "cursor=x",
            "ratio=round",
            "liked=yes",
            "liked=",
            "trashed=1",
            "q=seed%3Ax",
        ] {
            let query = Query::parse(bad, &FIELDS).unwrap();
            assert!(read(&query).is_err() || page(&query, account, 1).is_err(), "{bad}");
        }
    }
}
