//! No other site may act in a member's name.
//!
//! A browser says where a request comes from (`Sec-Fetch-Site`); an old one says at least its
//! `Origin`. What acts and says neither is refused. Calls with a bearer key carry no cookie and
//! are not asked.

use poem::{Endpoint, IntoResponse, Request, Response, Result, http::header};

use crate::problem::{Problem, Slug};

/// Asks every acting request where it comes from.
pub struct SameOrigin<E> {
    inner: E,
    origin: String,
}

impl<E> SameOrigin<E> {
    /// Lets only requests from pages of `origin` act.
    pub fn new(inner: E, origin: &str) -> Self {
        Self { inner, origin: origin.to_owned() }
    }
}

impl<E: Endpoint> Endpoint for SameOrigin<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        if !request.method().is_safe() && !ours(&request, &self.origin) {
            let says = "this came from another site; open the studio and do it there";
            return Err(Problem::new(Slug::CrossSite, says).into());
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

    #[test]
    fn only_our_own_pages_act() {
        let table: [(&[(&str, &str)], bool); 10] = [
            (&[("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")], false),
            (&[("Origin", "https://x.example"), ("Origin", "https://evil.example")], false),
            (&[("Sec-Fetch-Site", "same-origin")], true),
            (&[("Sec-Fetch-Site", "none")], true),
            (&[("Sec-Fetch-Site", "same-site")], false),
            (&[("Sec-Fetch-Site", "cross-site"), ("Origin", "https://x.example")], false),
            (&[("Origin", "https://x.example")], true),
            (&[("Origin", "https://evil.example")], false),
            (&[("Origin", "null")], false),
            (&[], false),
        ];
        for (headers, allowed) in table {
            let mut request = Request::builder().method(poem::http::Method::POST);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            assert_eq!(ours(&request.finish(), "https://x.example"), allowed, "{headers:?}");
        }
    }
}
