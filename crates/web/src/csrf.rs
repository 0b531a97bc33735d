//! No other site may act in a member's name.
//!
//! A browser says where a request comes from (`Sec-Fetch-Site`); an old one says at least its
//! `Origin`. What acts and says neither is refused, and so is what says it unreadably: it is never
//! taken for absent. The API asks for a key, which no browser adds by itself, and is not here. A
//! path that is not there is not found, whoever asks for it and from where.

use poem::{
    Endpoint, IntoResponse, Request, Response, Result, error::MethodNotAllowedError, http::header,
};

use crate::{
    allow::Allow,
    problem::{Problem, Slug},
};

/// Asks every acting request where it comes from.
pub struct SameOrigin<E> {
    inner: E,
    origin: String,
    routes: Allow,
}

impl<E> SameOrigin<E> {
    /// Lets only requests from pages of `origin` act on these `routes`.
    pub fn new(inner: E, origin: &str, routes: Allow) -> Self {
        Self { inner, origin: origin.to_owned(), routes }
    }

    /// Why a request from elsewhere is not done; nothing behind this is asked.
    fn refusal(&self, request: &Request) -> poem::Error {
        match self.routes.has(request.uri().path(), request.method().as_str()) {
            None => Problem::not_found().into(),
            Some(false) => MethodNotAllowedError.into(),
            Some(true) => {
                let says = "this came from another site; open the studio and do it there";
                Problem::new(Slug::CrossSite, says).into()
            }
        }
    }
}

impl<E: Endpoint> Endpoint for SameOrigin<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        if !request.method().is_safe() && !ours(&request, &self.origin) {
            return Err(self.refusal(&request));
        }
        self.inner.call(request).await.map(IntoResponse::into_response)
    }
}

fn ours(request: &Request, origin: &str) -> bool {
    // Should a header be there twice, each must say so.
    let all = |name, fits: &dyn Fn(&[u8]) -> bool| {
        let mut values = request.headers().get_all(name).iter().peekable();
        values.peek().is_some().then(|| values.all(|value| fits(value.as_bytes())))
    };
    let here = all("sec-fetch-site", &|site| matches!(site, b"same-origin" | b"none"));
    let from = || all(header::ORIGIN.as_str(), &|from| from == origin.as_bytes());
    here.or_else(from).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Headers as they are sent.
    type Sent = &'static [(&'static str, &'static [u8])];

    #[test]
    fn only_our_own_pages_act() {
        let table: [(Sent, bool); 14] = [
            (&[("Sec-Fetch-Site", b"same-origin"), ("Sec-Fetch-Site", b"cross-site")], false),
            (&[("Origin", b"https://x.example"), ("Origin", b"https://evil.example")], false),
            (&[("Sec-Fetch-Site", b"same-origin")], true),
            (&[("Sec-Fetch-Site", b"none")], true),
            (&[("Sec-Fetch-Site", b"same-site")], false),
            (&[("Sec-Fetch-Site", b"cross-site"), ("Origin", b"https://x.example")], false),
            (&[("Origin", b"https://x.example")], true),
            (&[("Origin", b"https://evil.example")], false),
            (&[("Origin", b"null")], false),
            (&[], false),
            // Unreadable is not absent.
            (&[("Origin", b"https://x.example\xff")], false),
            (&[("Origin", b"\xff"), ("Origin", b"https://x.example")], false),
            (&[("Sec-Fetch-Site", b"\xff")], false),
            (&[("Sec-Fetch-Site", b"\xff"), ("Origin", b"https://x.example")], false),
        ];
        for (headers, allowed) in table {
            let mut request = Request::builder().method(poem::http::Method::POST).finish();
            for (name, value) in headers {
                let name: header::HeaderName = name.parse().unwrap();
                let value = poem::http::HeaderValue::from_bytes(value).unwrap();
                request.headers_mut().append(name, value);
            }
            assert_eq!(ours(&request, "https://x.example"), allowed, "{headers:?}");
        }
    }
}
