//! Who may open `/dev/*`, the pages of the local stand-ins: the browser that followed the link
//! `safelight demo` or `safelight serve` printed.
//!
//! Invariant: the token alone decides, never an address or a header about one, for a proxy can make
//! anybody look local. Over https these pages are not mounted, whatever stand-ins serve. Without
//! the token they are answered like any path that is not there.

use std::sync::Arc;

use poem::{Endpoint, IntoResponse, Request, Response, Result};
use subtle::ConstantTimeEq;

use crate::{About, Shared, cookie, form::Form, problem::Problem};

/// What every path of these pages begins with.
const UNDER: &str = "/dev/";
/// The field of an address that carries the token.
const FIELD: &str = "dev";

/// The secret of the printed link.
#[derive(Clone)]
pub struct DevToken(String);

impl DevToken {
    /// A token of these bytes, which nobody can guess.
    pub fn new(secret: [u8; 32]) -> Self {
        use std::fmt::Write as _;
        let mut text = String::with_capacity(64);
        for byte in secret {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// `url` with the token: opening it lets the browser in.
    pub fn link(&self, url: &str) -> String {
        format!("{url}?{FIELD}={}", self.0)
    }

    fn is(&self, sent: &str) -> bool {
        self.0.as_bytes().ct_eq(sent.as_bytes()).into()
    }
}

/// The token, where these pages are mounted at all.
pub fn mounted<'a>(token: Option<&'a DevToken>, about: &About) -> Option<&'a DevToken> {
    token.filter(|_| !cookie::secure(about))
}

/// The request carries the token.
#[derive(Debug, Clone, Copy)]
struct Pass;

/// Whether the browser that asks may open these pages.
pub fn may_open(request: &Request) -> bool {
    request.data::<Pass>().is_some()
}

/// Asks for the token before every path of these pages, and remembers a browser that brings it.
pub struct Gate<E> {
    inner: E,
    shared: Arc<Shared>,
}

impl<E> Gate<E> {
    /// A gate before `inner`.
    pub fn new(inner: E, shared: &Arc<Shared>) -> Self {
        Self { inner, shared: Arc::clone(shared) }
    }
}

impl<E: Endpoint> Endpoint for Gate<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let about = &self.shared.web.about;
        let token = mounted(self.shared.web.dev.as_ref(), about);
        let followed = token.filter(|token| {
            request.method().is_safe()
                && Form::query(&request).get(FIELD).is_some_and(|sent| token.is(sent))
        });
        let kept = cookie::dev(&request, about);
        if followed.is_some() || token.zip(kept).is_some_and(|(token, kept)| token.is(&kept)) {
            request.set_data(Pass);
        } else if request.uri().path().starts_with(UNDER) {
            return Err(Problem::not_found().into());
        }
        let response = self.inner.call(request).await.map(IntoResponse::into_response)?;
        Ok(match followed {
            Some(token) => cookie::with_cookie(response, &cookie::keep_dev(about, &token.0)),
            None => response,
        })
    }
}
