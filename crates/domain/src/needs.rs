//! What a decision must see: the store loads it under the account's lock.

use crate::{
    Actor, ChallengeId, ChargeId, EventId, ImageId, KeyId, Mac, OrderId, RenderId, Request,
    SessionId, SourceRef, TaskId, TaskKind,
};

/// What [`Changes::decide`](crate::Changes) must be shown.
///
/// The account and its user row (when scoped to one) are always loaded. Of the lists, a store
/// loads the rows that exist *and belong to the scope's account*; a missing row is a decision too.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each names one read, asked for alone")]
pub struct Needs {
    /// The account's lots with something left, in burn order.
    pub lots: bool,
    /// These charges, with the lots that paid (loaded even when empty).
    pub charges: Vec<ChargeId>,
    /// Which of these facts were granted before.
    pub sources: Vec<SourceRef>,
    /// Which of these txn keys exist.
    pub txn_keys: Vec<String>,
    /// These orders, with what the books say of their returns.
    pub orders: Vec<OrderId>,
    /// These deliveries.
    pub deliveries: Vec<EventId>,
    /// These tasks, by kind and subject.
    pub task_subjects: Vec<(TaskKind, String)>,
    /// These tasks.
    pub tasks: Vec<TaskId>,
    /// These renders, each with its charge as in `charges`.
    pub renders: Vec<RenderId>,
    /// How many of its renders are in the making.
    pub unfinished: bool,
    /// These pictures.
    pub images: Vec<ImageId>,
    /// All of the account's folders (bounded: see [`crate::Refusal`] for the limit).
    pub folders: bool,
    /// These keys.
    pub keys: Vec<KeyId>,
    /// These keys with what they have spent.
    pub spenders: Vec<KeyId>,
    /// These sessions.
    pub sessions: Vec<SessionId>,
    /// These challenges.
    pub challenges: Vec<ChallengeId>,
    /// The account's former addresses.
    pub formers: bool,
    /// Whether this address (canonical form) belongs to somebody, and who left it last.
    pub email: Option<String>,
    /// The challenges of this address (canonical form) that a browser asked for and nobody has
    /// answered.
    pub waiting: Option<String>,
    /// Whether this mailbox opened an account before.
    pub mailbox: Option<Mac>,
}

impl Needs {
    pub(crate) fn request(&mut self, request: &Request) {
        self.spending(&request.actor);
        self.folders |= request.generation.folder_id.is_some();
        self.images.extend(request.generation.remix_of);
    }

    pub(crate) fn spending(&mut self, actor: &Actor) {
        self.lots = true;
        self.spenders.extend(actor.key_id());
    }
}
