//! Bodies, received before a request takes a place: a client that sends slowly holds none.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use poem::{Body, Request, http::header};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::overloaded;
use crate::problem::{Problem, Slug};

/// As much of a body as is received beforehand: more than any route reads. Of what is longer the
/// route sees enough to refuse it.
const MOST: usize = 1024 * 1024 + 1;
/// Of all bodies together, in KiB: 64 MiB.
const TOGETHER: usize = 64 * 1024;

/// Memory for bodies.
pub struct Bodies(Arc<Semaphore>);

/// The memory a body takes, in pieces; given back when dropped.
pub type Held = Vec<OwnedSemaphorePermit>;

impl Default for Bodies {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(TOGETHER)))
    }
}

impl Bodies {
    /// Receives the request's body, when it has one.
    pub async fn receive(&self, request: &mut Request) -> Result<Held, Problem> {
        let headers = request.headers();
        let has_one = headers.contains_key(header::CONTENT_LENGTH)
            || headers.contains_key(header::TRANSFER_ENCODING);
        if !has_one {
            return Ok(Held::new());
        }
        let mut rest = Box::pin(request.take_body().into_bytes_stream());
        let (mut body, mut held) = (Vec::new(), Held::new());
        while body.len() < MOST {
            let Some(piece) = rest.next().await else {
                request.set_body(Body::from_vec(body));
                return Ok(held);
            };
            let piece = piece.map_err(|_| {
                Problem::new(Slug::MalformedRequest, "the body broke off; send it again")
            })?;
            body.extend_from_slice(&piece);
            // Whole KiB, so that a thousand pieces of a byte take a thousand bytes.
            let missing = body
                .len()
                .div_ceil(1024)
                .saturating_sub(held.iter().map(OwnedSemaphorePermit::num_permits).sum());
            if missing > 0 {
                let missing = u32::try_from(missing).unwrap_or(u32::MAX);
                let more = Arc::clone(&self.0).try_acquire_many_owned(missing);
                held.push(more.map_err(|_| overloaded())?);
            }
        }
        let all = stream::iter([Ok(body.into())]).chain(rest);
        request.set_body(Body::from_bytes_stream(all));
        Ok(held)
    }
}
