//! What a decision must see, and what it saw: the store loads it under the account's lock.

use crate::{
    Account, Actor, ApiKey, Challenge, ChallengeId, Change, Changes, ChargeId, DeliveryState,
    EventId, Folder, Image, ImageId, KeyId, Lot, OrderId, PackOrder, Paid, Render, RenderId,
    Request, Returned, Session, SessionId, SourceRef, Spender, User,
};

/// What [`Changes::decide`] must be shown.
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
}

/// What was seen under the lock.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Books {
    /// The scope's account.
    pub account: Option<Account>,
    /// Its user.
    pub user: Option<User>,
    /// Its lots with something left, in burn order, and those that paid the loaded charges.
    pub lots: Vec<Lot>,
    /// The charges asked for that exist.
    pub charges: Vec<Paid>,
    /// The facts asked for that were granted before.
    pub sources: Vec<SourceRef>,
    /// The txn keys asked for that exist.
    pub txn_keys: Vec<String>,
    /// The orders asked for that exist; when lots are needed, also those whose lots paid the
    /// loaded charges.
    pub orders: Vec<PackOrder>,
    /// What the books say of the orders asked for.
    pub returned: Vec<Returned>,
    /// The state of each delivery asked for that exists.
    pub deliveries: Vec<(EventId, DeliveryState)>,
    /// The renders asked for that exist.
    pub renders: Vec<Render>,
    /// How many of its renders are in the making.
    pub unfinished: u32,
    /// The pictures asked for that exist.
    pub images: Vec<Image>,
    /// All folders of the account.
    pub folders: Vec<Folder>,
    /// The keys asked for that exist.
    pub keys: Vec<ApiKey>,
    /// The spending keys asked for that exist.
    pub spenders: Vec<Spender>,
    /// The sessions asked for that exist.
    pub sessions: Vec<Session>,
    /// The challenges asked for that exist.
    pub challenges: Vec<Challenge>,
    /// Whose address the last of them was made for, if anybody's.
    pub challenged: Option<crate::AccountId>,
    /// The account's former addresses.
    pub formers: Vec<crate::Former>,
    /// Whether the address asked for belongs to somebody.
    pub email_taken: bool,
    /// Why the clock is not believed, when it is not: then nothing is destroyed, and money is
    /// judged by the time that is sure.
    pub doubt: Option<crate::Doubt>,
    /// Who left the address asked for last, and when.
    pub email_left: Option<(crate::AccountId, crate::Timestamp)>,
}

impl Changes {
    /// Which lots, charges, grants, renders and so on a store must load.
    pub fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        for change in &self.list {
            needs.add(change);
        }
        needs
    }
}

impl Needs {
    fn add(&mut self, change: &Change) {
        match change {
            Change::Join(_, user) => self.email = Some(user.email.canonical()),
            Change::Grant(grant, _) => {
                self.lots = true;
                self.sources.push(grant.source.clone());
            }
            Change::Take { key, .. } => {
                self.lots = true;
                self.txn_keys.push(key.clone());
            }
            Change::Charge { actor, .. } => self.spending(actor),
            Change::Expire | Change::Close => self.lots = true,
            Change::Keep(id) => self.charges.push(*id),
            Change::Refund(id) => {
                self.lots = true;
                self.charges.push(*id);
            }
            Change::MoveOrder(id, _) => self.orders.push(*id),
            Change::PayOrder { order, .. } | Change::Reverse { order, .. } => {
                self.lots = true;
                self.orders.push(*order);
            }
            Change::Receive(delivery) => self.deliveries.push(delivery.event.clone()),
            Change::Mark(event, _) => self.deliveries.push(event.clone()),
            Change::AtMost { .. } => self.unfinished = true,
            Change::Request(request) => self.request(request),
            Change::Import { request, .. } => self.request(request),
            Change::Advance(id, _) => self.renders.push(*id),
            Change::Cancel(id) | Change::End(id, _) => {
                self.lots = true;
                self.renders.push(*id);
            }
            Change::Store { image, .. } => {
                self.renders.push(image.render_id);
                self.folders |= image.folder_id.is_some();
            }
            Change::Like(id, _)
            | Change::Trash(id)
            | Change::TrashUnliked(id)
            | Change::Restore(id)
            | Change::Purge(id) => {
                self.images.push(*id);
            }
            Change::File(id, folder) => {
                self.images.push(*id);
                self.folders |= folder.is_some();
            }
            Change::MakeFolder(_)
            | Change::RenameFolder(..)
            | Change::MoveFolder(..)
            | Change::DeleteFolder(_) => self.folders = true,
            Change::RevokeKey(id) | Change::TouchKey(id) => self.keys.push(*id),
            Change::Answer { challenge, .. } => self.challenges.push(*challenge),
            Change::TouchSession(id) | Change::SignOut(id) | Change::Renew { from: id, .. } => {
                self.sessions.push(*id);
            }
            Change::ChangeEmail { to, .. } => self.email = Some(to.canonical()),
            Change::UndoEmail(_) => self.formers = true,
            Change::Erase { renders, .. } => self.renders.extend(renders),
            Change::OpenOrder(_)
            | Change::Customer(..)
            | Change::SetStatus(_)
            | Change::SetRole(_)
            | Change::MakeKey(_)
            | Change::Challenge(_)
            | Change::SignIn(_)
            | Change::Note { .. }
            | Change::Leave { .. }
            | Change::BeginClosing
            | Change::Cleared(_)
            | Change::SignOutAll { .. } => {}
        }
    }

    fn request(&mut self, request: &Request) {
        self.spending(&request.actor);
        self.folders |= request.generation.folder_id.is_some();
        self.images.extend(request.generation.remix_of);
    }

    fn spending(&mut self, actor: &Actor) {
        self.lots = true;
        self.spenders.extend(actor.key_id());
    }
}
