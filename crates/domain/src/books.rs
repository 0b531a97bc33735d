//! What a decision saw, loaded under the account's lock.

use crate::{
    Account, ApiKey, Challenge, DeliveryState, EventId, Folder, Image, Lot, PackOrder, Paid,
    Render, Returned, Session, SourceRef, Spender, Task, User,
};

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
    /// The tasks asked for that exist.
    pub tasks: Vec<Task>,
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
    /// The challenges of the address asked for that nobody has answered.
    pub waiting: Vec<Challenge>,
    /// Whether the mailbox asked for opened an account before.
    pub mailbox_used: bool,
}
