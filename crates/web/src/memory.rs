//! Memory for files that are sent whole.
//!
//! A picture is in memory until its client has read it, and a client may read slowly. So all files
//! that are being sent share a bounded memory, and a file that does not fit is asked for again.

use std::{io, sync::Arc};

use futures_util::stream;
use poem::{
    Body, Response,
    http::{HeaderValue, header},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::Problem;

/// Of all files together, in KiB: 256 MiB, a hundred large pictures to slow clients. As much as the
/// largest file that is sent.
const TOGETHER: usize = 256 * 1024;
/// Bytes handed out at a time.
const PIECE: usize = 64 * 1024;

/// The memory.
#[derive(Clone)]
pub struct Memory(Arc<Semaphore>);

impl Default for Memory {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(TOGETHER)))
    }
}

impl Memory {
    /// Makes `file` the body of `response`; busy when there is no memory for it.
    pub fn send(&self, mut response: Response, file: Vec<u8>) -> Result<Response, Problem> {
        let size = file.len().div_ceil(1024).min(TOGETHER);
        let held =
            Arc::clone(&self.0).try_acquire_many_owned(u32::try_from(size).unwrap_or(u32::MAX));
        let held = held.map_err(|_| {
            Problem::busy("too many files are being sent just now; try again in seconds")
        })?;
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(file.len()));
        response.set_body(pieces(file, held));
        Ok(response)
    }
}

fn pieces(file: Vec<u8>, held: OwnedSemaphorePermit) -> Body {
    Body::from_bytes_stream(stream::unfold((file, 0, held), |(file, from, held)| async move {
        let piece = file.get(from..)?.chunks(PIECE).next()?.to_vec();
        let next = from + piece.len();
        Some((Ok::<_, io::Error>(piece), (file, next, held)))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_sent_whole_and_its_memory_given_back() {
        let memory = Memory::default();
        let file: Vec<u8> = (0..=255).cycle().take(3 * PIECE + 7).collect();
        let sent = memory.send(Response::default(), file.clone()).unwrap();
        assert_eq!(sent.header("content-length"), Some(&*file.len().to_string()));
        assert!(memory.0.available_permits() < TOGETHER);
        assert_eq!(sent.into_body().into_vec().await.unwrap(), file);
        assert_eq!(memory.0.available_permits(), TOGETHER);
    }

    #[test]
    fn a_file_there_is_no_memory_for_is_asked_for_again() {
        let memory = Memory::default();
        let held = Arc::clone(&memory.0).try_acquire_many_owned(u32::try_from(TOGETHER).unwrap());
        let refused = memory.send(Response::default(), vec![0; 10]).unwrap_err();
        assert_eq!(refused.status().as_u16(), 503);
        drop(held);
        assert!(memory.send(Response::default(), vec![0; 10]).is_ok());
    }
}
