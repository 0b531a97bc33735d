//! From the HTTP library's request to poem's answer, and back.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use hyper::body::{Body, Frame, Incoming, SizeHint};
use poem::{
    Endpoint, IntoResponse, Request, Response,
    http::{self, HeaderName, HeaderValue, header, uri::Scheme},
    web::{LocalAddr, RemoteAddr},
};

use super::{connections::Connection, framing::INSTEAD_PATH, head::Unreadable};
use crate::problem::{Problem, Slug};

/// Where a connection leads.
#[derive(Clone)]
pub struct Ends {
    pub local: LocalAddr,
    pub remote: RemoteAddr,
}

/// Rides on a request that came when all usual connections were taken: there is room for what must
/// be answered always, and for nothing else.
#[derive(Debug, Clone, Copy)]
pub struct Crowded;

/// Answers one request.
pub async fn answer<E: Endpoint>(
    endpoint: Arc<E>,
    connection: Arc<Connection>,
    ends: Ends,
    request: http::Request<Incoming>,
) -> Result<
    http::Response<Answer<impl Body<Data = hyper::body::Bytes, Error = std::io::Error>>>,
    Infallible,
> {
    let owed = Owed(connection);
    let unreadable = owed.0.unreadable.get();
    let unreadable = unreadable.filter(|_| request.uri().path() == INSTEAD_PATH);
    let mut response = if let Some(unreadable) = unreadable {
        refusal(*unreadable)
    } else {
        let Ends { local, remote } = ends;
        let mut request: Request = (request, local, remote, Scheme::HTTP).into();
        if owed.0.spare {
            request.set_data(Crowded);
        }
        endpoint.get_response(request).await
    };
    if owed.0.spare {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    let response: http::Response<_> = response.into();
    Ok(response.map(|body| Answer { body: Box::pin(body), _owed: owed }))
}

/// A refused head's answer. Nothing of the request is known, so it has no page and no id.
fn refusal(unreadable: Unreadable) -> Response {
    tracing::info!(why = unreadable.says(), "a request could not be read");
    let mut response = Problem::from(unreadable).into_response();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("referrer-policy"), "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

impl From<Unreadable> for Problem {
    fn from(unreadable: Unreadable) -> Self {
        let slug = match unreadable {
            Unreadable::TooLarge => Slug::HeadTooLarge,
            Unreadable::Version
            | Unreadable::NoHost
            | Unreadable::ManyHosts
            | Unreadable::BadHost
            | Unreadable::LengthAndEncoding
            | Unreadable::ManyLengths
            | Unreadable::BadLength
            | Unreadable::Encoding
            | Unreadable::Folded
            | Unreadable::BareReturn
            | Unreadable::BadName => Slug::MalformedRequest,
        };
        Self::new(slug, unreadable.says())
    }
}

/// An answer that is owed until it is dropped: sent, or given up because the client has gone.
struct Owed(Arc<Connection>);

impl Drop for Owed {
    fn drop(&mut self) {
        self.0.answered();
    }
}

/// The body of an answer.
pub struct Answer<B> {
    body: Pin<Box<B>>,
    _owed: Owed,
}

impl<B: Body> Body for Answer<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        self.body.as_mut().poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
