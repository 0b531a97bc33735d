//! A Stripe on loopback: what a studio asks of it, a page to pay on, events and signed pushes.
//!
//! Faithful to what Stripe documents and its official clients send and read (version 2026-09-30
//! .endive); proven by those clients in the peers suite. Parameters it does not know are refused,
//! as Stripe does. It takes no subscriptions yet.
//!
//! Unlike Stripe, its ids are the same in every run, and it pushes to loopback addresses.

mod account;
mod charge;
mod checkout;
mod control;
mod customer;
mod endpoint;
mod event;
mod fields;
mod form;
mod intent;
mod invoice;
mod list;
mod neighbour;
mod pages;
mod post;
mod price;
mod product;
mod refund;
mod refused;
mod replay;
mod route;
mod serve;
mod state;
mod trouble;

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use safelight_ports::Clock;
use serde_json::Value;

use crate::{Received, Server};

pub use control::Taken;
pub use post::{Delivered, Push, Treatment, sign};
use state::State;
pub use trouble::Trouble;

/// The version it speaks.
pub const VERSION: &str = "2026-09-30.endive";

/// The fake. It stops when dropped.
pub struct StripeFake {
    server: Server,
    shared: Arc<Shared>,
}

/// What the server, the methods and the postman share.
struct Shared {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.now = self.clock.now().as_second();
        state
    }
}

impl StripeFake {
    /// A fake on a free port that accepts `key`; a live key makes everything live. The clock dates
    /// objects, lapses and signatures; pauses between pushes are real.
    pub fn start(key: &str, clock: Arc<dyn Clock>) -> io::Result<Self> {
        Self::start_on(0, key, clock)
    }

    /// The same on `port`.
    pub fn start_on(port: u16, key: &str, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let shared = Arc::new(Shared { clock, state: Mutex::new(State::new(key)) });
        let own = Arc::clone(&shared);
        let server = Server::start(port, move |request| own.serve(request))?;
        shared.state().url = server.url();
        post::start(Arc::clone(&shared))?;
        Ok(Self { server, shared })
    }

    /// Where calls go (Stripe: `https://api.stripe.com`), and where buyers pay.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// What arrived so far, pages included.
    pub fn received(&self) -> Vec<Received> {
        self.server.received()
    }

    /// An object as it is now, by its id.
    pub fn object(&self, id: &str) -> Option<Value> {
        self.shared.state().find(id).cloned()
    }

    /// All objects of a kind such as `checkout.session`, oldest first.
    pub fn objects(&self, kind: &str) -> Vec<Value> {
        self.shared.state().of_kind(kind).cloned().collect()
    }
}

impl Drop for StripeFake {
    fn drop(&mut self) {
        self.shared.state().stopped = true;
    }
}
