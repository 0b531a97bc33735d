//! Where a form came from, and the way back there.

use poem::{
    IntoResponse, Request, Response,
    http::{StatusCode, header},
};
use safelight_domain::{AccountId, ImageFilter, ImageId};
use safelight_usecases::{Cursor, Done, own_path};

use super::gallery::{filter, notice};
use crate::{form::Form, problem::Problem, query::Query, site::see_other};

/// The page whose pictures have anchors.
const GALLERY: &str = "/gallery";

/// The page of ours a form names as `return_to`; the gallery when it names none.
pub struct Back {
    path: String,
    query: String,
    /// Whether a page of ours was named.
    named: bool,
    anchor: Option<ImageId>,
}

impl Back {
    /// Where `form` wants to return.
    pub fn of(form: &Form) -> Self {
        let named = own_path(form.text("return_to"));
        let place = named.unwrap_or(GALLERY);
        let place = place.split('#').next().unwrap_or_default();
        let (path, query) = place.split_once('?').unwrap_or((place, ""));
        let (path, query) = (path.to_owned(), query.to_owned());
        Self { path, query, named: named.is_some(), anchor: None }
    }

    /// The query of the gallery there. One that cannot be read is refused: it must not become all
    /// there is.
    pub fn query(&self) -> Result<Query, Problem> {
        Query::parse(&self.query, &filter::FIELDS)
    }

    /// The filter of that page.
    pub fn filter(&self) -> Result<ImageFilter, Problem> {
        filter::read(&self.query()?)
    }

    /// The pictures that page lists: its filter and where it begins. A form that names no such page
    /// means none of them.
    pub fn list(&self, account: AccountId) -> Result<(ImageFilter, Option<Cursor>), Problem> {
        if !self.named || self.path != GALLERY {
            let says = "name the gallery whose pictures are meant, as in /gallery?q=fox";
            return Err(Problem::invalid("return_to", says));
        }
        let query = self.query()?;
        Ok((filter::read(&query)?, query.cursor("cursor", filter::list(account))?))
    }

    /// The same page, at this picture.
    #[must_use]
    pub fn at(self, id: Option<ImageId>) -> Self {
        Self { anchor: id, ..self }
    }

    /// Goes there; a script, which stays where it is, is only told that it is done.
    pub fn answer(self, request: &Request) -> Response {
        self.offering(request, &Done::default())
    }

    /// The same, offering to take what went to the trash out of it again.
    pub fn offering(self, request: &Request, trashed: &Done) -> Response {
        if by_script(request) {
            return StatusCode::NO_CONTENT.into_response();
        }
        see_other(&self.place(trashed))
    }

    fn place(&self, trashed: &Done) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let kept = Form::parse(self.query.as_bytes());
        query.extend_pairs(kept.fields().filter(|(name, _)| !notice::FIELDS.contains(name)));
        query.extend_pairs(notice::write(trashed));
        let mut place = self.path.clone();
        let query = query.finish();
        if !query.is_empty() {
            place.push('?');
            place.push_str(&query);
        }
        if let Some(id) = self.anchor.filter(|_| self.path == GALLERY) {
            place.push_str("#i-");
            place.push_str(&id.to_string());
        }
        place
    }
}

/// Whether a module of ours asks, which says so as `Accept: application/json`.
pub fn by_script(request: &Request) -> bool {
    request.headers().get(header::ACCEPT).is_some_and(|accept| accept == "application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_to_our_own_pages_with_their_filter() {
        let id: ImageId = "019b76da-a800-7000-8000-000000000000".parse().unwrap();
        let query = |return_to: &str| {
            let mut body = form_urlencoded::Serializer::new(String::new());
            Back::of(&Form::parse(body.append_pair("return_to", return_to).finish().as_bytes()))
        };
        for (return_to, place) in [
            ("/gallery?liked=true&q=a+fox#i-1", "/gallery?liked=true&q=a+fox"),
            ("/gallery?undo=x&liked=true", "/gallery?liked=true"),
            ("/images/7", "/images/7"),
            ("https://evil.example/", "/gallery"),
            ("//evil.example", "/gallery"),
            ("", "/gallery"),
        ] {
            assert_eq!(query(return_to).place(&Done::default()), place, "{return_to}");
        }
        assert_eq!(
            query("/gallery").at(Some(id)).place(&Done::default()),
            format!("/gallery#i-{id}")
        );
        assert_eq!(query("/images/7").at(Some(id)).place(&Done::default()), "/images/7");
        let done = Done { ids: vec![id], kept: 2 };
        assert_eq!(query("/gallery?undo=x").place(&done), format!("/gallery?undo={id}&kept=2"));
        assert!(query("/gallery?liked=true").filter().unwrap().liked);
    }
}
