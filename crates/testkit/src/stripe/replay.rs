//! Idempotency keys: the first answer is kept and given again, and only to the same request
//! (Stripe docs: idempotent requests).

use std::collections::HashMap;

use crate::Reply;

/// What was answered.
#[derive(Debug, Clone)]
struct Kept {
    /// Of which request, with its parameters in order of their names.
    of: String,
    request_id: String,
    reply: Reply,
}

#[derive(Debug, Default)]
pub(super) struct Replays(HashMap<String, Kept>);

/// What a key is good for.
pub(super) enum Found {
    /// It is new.
    New,
    /// It was used for the same request.
    Replay(Reply),
    /// It was used for another one.
    Other,
}

impl Replays {
    pub fn find(&self, key: &str, of: &str) -> Found {
        match self.0.get(key) {
            None => Found::New,
            Some(kept) if kept.of != of => Found::Other,
            Some(kept) => Found::Replay(
                kept.reply
                    .clone()
                    .with("idempotent-replayed", "true")
                    .with("original-request", kept.request_id.clone()),
            ),
        }
    }

    pub fn keep(&mut self, key: &str, of: &str, request_id: &str, reply: &Reply) {
        let (of, request_id) = (of.to_owned(), request_id.to_owned());
        self.0.insert(key.to_owned(), Kept { of, request_id, reply: reply.clone() });
    }

    /// A day passed: keys may be used for anything again.
    pub fn forget(&mut self) {
        self.0.clear();
    }
}
