//! Forms as browsers send them, read whole up to a cap.

use std::borrow::Cow;

use poem::{FromRequest, Request, RequestBody, Result, error::ReadBodyError, http::header};

use crate::problem::{Problem, Slug};

/// The most a form may hold, counted as it arrives.
const MOST: usize = 64 * 1024;

/// A form's fields, in order.
#[derive(Debug, Clone, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// The first field of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// The first field of this name, or nothing typed.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// All fields of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// All fields, in order.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The same, with one value for this name.
    pub fn with(&self, name: &str, value: String) -> Self {
        let others = self.0.iter().filter(|(field, _)| field != name).cloned();
        Self(others.chain([(name.to_owned(), value)]).collect())
    }

    /// The fields of an address.
    pub fn query(request: &Request) -> Self {
        Self::parse(request.uri().query().unwrap_or_default().as_bytes())
    }

    /// Reads fields as they are in a query or a body.
    pub fn parse(bytes: &[u8]) -> Self {
        let own = |(name, value): (Cow<'_, str>, Cow<'_, str>)| (name.into(), value.into());
        Self(form_urlencoded::parse(bytes).map(own).collect())
    }
}

impl<'a> FromRequest<'a> for Form {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        let sent = crate::header::one(request, &header::CONTENT_TYPE).ok().flatten();
        let urlencoded = "application/x-www-form-urlencoded";
        if !sent.is_some_and(|sent| sent.starts_with(urlencoded)) {
            let says = format!("a form is sent as {urlencoded}");
            return Err(Problem::new(Slug::UnsupportedMediaType, says).into());
        }
        match body.take()?.into_bytes_limit(MOST).await {
            Ok(bytes) => Ok(Self::parse(&bytes)),
            Err(ReadBodyError::PayloadTooLarge) => {
                let says = format!("the form is larger than {} KiB; send less", MOST / 1024);
                Err(Problem::new(Slug::BodyTooLarge, says).into())
            }
            Err(_) => {
                Err(Problem::new(Slug::MalformedRequest, "the form broke off; send it again")
                    .into())
            }
        }
    }
}
