//! A fal.ai on loopback: queue, media, key set and signed pushes, as far as a client can tell.
//!
//! Faithful to what fal documents and what its own clients send and read; where the documents
//! contradict each other it does what both clients accept. A request is directed by words in
//! square brackets in its prompt (see [`Directions`]), so that a standalone simulator can be
//! directed as well; the account as a whole is directed by the methods of [`FalSimulator`].
//!
//! Unlike fal, it pushes to loopback addresses.

mod answers;
mod directions;
mod keys;
mod media;
mod pusher;
mod queue;
mod request;
mod schema;

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use safelight_ports::Clock;

use crate::{Received, Server};

pub use answers::{Answered, answer};
pub use directions::Directions;
pub use keys::SigningKeys;
pub use pusher::Delivered;
use request::Requests;

/// How the simulated account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// In order.
    Good,
    /// Out of credit: 403 (fal: "User is locked. Reason: Exhausted balance.").
    Locked,
    /// The key was revoked: 401.
    Revoked,
}

/// The simulator. It stops when dropped.
pub struct FalSimulator {
    queue: Server,
    media: Server,
    shared: Arc<Shared>,
}

/// What the servers and the pusher share.
struct Shared {
    key: String,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    account: Account,
    requests: Requests,
    signing: SigningKeys,
    deliveries: Vec<Delivered>,
    queue_url: String,
    media_url: String,
    stopped: bool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FalSimulator {
    /// A simulator on free ports that accepts `key` and takes `takes` over a picture. The clock
    /// dates pushes; pictures take real time.
    pub fn start(key: &str, takes: Duration, clock: Arc<dyn Clock>) -> io::Result<Self> {
        Self::start_on(0, key, takes, clock)
    }

    /// The same with the queue on `port`.
    pub fn start_on(
        port: u16,
        key: &str,
        takes: Duration,
        clock: Arc<dyn Clock>,
    ) -> io::Result<Self> {
        let state = State {
            account: Account::Good,
            requests: Requests::new(takes),
            signing: SigningKeys::new(),
            deliveries: Vec::new(),
            queue_url: String::new(),
            media_url: String::new(),
            stopped: false,
        };
        let shared = Arc::new(Shared { key: key.to_owned(), clock, state: Mutex::new(state) });
        let own = Arc::clone(&shared);
        let media = Server::start(0, move |request| own.serve_media(request))?;
        let own = Arc::clone(&shared);
        let queue = Server::start(port, move |request| own.serve_queue(request))?;
        let mut state = shared.state();
        (state.queue_url, state.media_url) = (queue.url(), media.url());
        drop(state);
        pusher::start(Arc::clone(&shared))?;
        Ok(Self { queue, media, shared })
    }

    /// Where requests are sent (fal: `https://queue.fal.run`).
    pub fn queue_url(&self) -> String {
        self.queue.url()
    }

    /// Where the key set is (fal: `https://rest.fal.ai/.well-known/jwks.json`).
    pub fn jwks_url(&self) -> String {
        format!("{}/.well-known/jwks.json", self.queue.url())
    }

    /// The origin pictures lie at (fal: `https://v3.fal.media`).
    pub fn media_url(&self) -> String {
        self.media.url()
    }

    /// From now on the addresses it names begin with `url`: somebody stands before it, who speaks
    /// TLS for example.
    pub fn named(&self, url: &str) {
        url.clone_into(&mut self.shared.state().queue_url);
    }

    /// From now on the account stands so.
    pub fn account(&self, account: Account) {
        self.shared.state().account = account;
    }

    /// From now on requests stay in the queue.
    pub fn hold(&self) {
        self.shared.state().requests.hold();
    }

    /// All that was held is done, and nothing is held any more.
    pub fn release(&self) {
        self.shared.state().requests.release();
    }

    /// Signs with a fresh key from now on; the old one is forgotten.
    pub fn rotate_keys(&self) {
        self.shared.state().signing.rotate();
    }

    /// What the queue received, the key set's readers included.
    pub fn queue_received(&self) -> Vec<Received> {
        self.queue.received()
    }

    /// What the media host received.
    pub fn media_received(&self) -> Vec<Received> {
        self.media.received()
    }

    /// The submits among what the queue received.
    pub fn submits(&self) -> Vec<Received> {
        let all = self.queue.received().into_iter();
        all.filter(|request| request.method == "POST").collect()
    }

    /// The ids of all requests it accepted, in order.
    pub fn accepted(&self) -> Vec<String> {
        self.shared.state().requests.ids()
    }

    /// When a request is, or was, done; none while it is held or when it never will be.
    pub fn done(&self, request_id: &str) -> Option<Instant> {
        self.shared.state().requests.by_id(request_id)?.ends()
    }

    /// Attempts to push so far, in order.
    pub fn deliveries(&self) -> Vec<Delivered> {
        self.shared.state().deliveries.clone()
    }
}

impl Drop for FalSimulator {
    fn drop(&mut self) {
        self.shared.state().stopped = true;
    }
}
