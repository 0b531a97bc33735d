//! Everything the studio can ever write, on one screen.
//!
//! A transaction is a value: domain decisions answer with [`Changes`], the store records all of
//! them or none. `Changes::decide` is the rule, written once, pure; a store loads what
//! [`Changes::needs`] names under its lock, calls it, and writes the rows it answers.

use crate::{
    Account, AccountId, AccountStatus, ActionName, Actor, ApiKey, Begin, By, Challenge,
    ChallengeId, Charge, ChargeId, ChargeState, Credits, Deed, DeedName, Delivery, Effect, Email,
    Ending, EventId, EventName, Folder, FolderId, FolderName, Former, Grant, Image, ImageId, Key,
    KeyId, Lot, LotId, Mac, Mark, Month, OrderId, OrderState, OrderStep, PackOrder, Paying,
    PaymentMode, Purpose, Render, RenderId, RenderState, Request, Role, Session, SessionId,
    SignedDuration, Step, Task, TaskId, Timestamp, Txn, User, Uuid, Verdict,
};

/// One fact to record, with the condition under which it may be recorded told by its rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as in the rows they become")]
pub enum Change {
    // accounts
    /// Opens an account for a new person. Refused when the address is taken.
    Join(Account, User),
    /// Gives what a mailbox gets once; it is a keyed digest. One that opened an account before
    /// gets nothing.
    Bonus { grant: Grant, mailbox: Mac },
    /// Notes that this mailbox opened an account.
    NoteMailbox(Mac),
    /// Blocks, unblocks or closes the account.
    SetStatus(AccountStatus),
    /// Makes a person an admin or a member again.
    SetRole(Role),

    // credits
    /// Gives credits; the same source again changes nothing.
    Grant(Grant, Actor),
    /// Charges one paid act. Refused when overdrawn, indebted or blocked.
    Charge { id: ChargeId, action: ActionName, price: Credits, actor: Actor },
    /// The act was delivered.
    Keep(ChargeId),
    /// The act was not delivered: everything goes back to the lots that paid.
    Refund(ChargeId),
    /// An admin takes credits, never below zero, always with a reason.
    Take { amount: Credits, actor: Actor, reason: String, key: String },
    /// Sweeps the account's dead lots.
    Expire,

    // orders
    /// Records a purchase before anybody is asked to pay.
    OpenOrder(PackOrder),
    /// Moves a purchase without money; what is paid or has moved on is left alone.
    MoveOrder(OrderId, OrderStep),
    /// An order was paid: gives its credits, and repays a debt with them first. Once an order.
    PayOrder { order: OrderId, by: Paying, lot: LotId },
    /// So much of an order's money has gone back in all: takes the credits that belong to it, or
    /// gives again what a failed refund had taken. Absolute, so any order of events will do.
    Reverse { order: OrderId, refunded: u64, receipt_url: Option<String>, lot: LotId },
    /// The account's customer at the payment provider; none when they are no more.
    Customer(PaymentMode, Option<String>),
    /// Keeps a notice of the payment provider, once an event.
    Receive(Box<Delivery>),
    /// Marks a delivery. Comes last: it notes what the changes before it moved.
    Mark(EventId, Mark),
    /// Makes an operator task, once per kind and subject.
    MakeTask(Task),
    /// Somebody settled an operator task; the reason is in [`Changes::by`].
    FinishTask(TaskId),

    // generations
    /// Refuses the whole commit when more renders than this would be in the making.
    AtMost { unfinished: u32 },
    /// Records a generation and charges each of its renders.
    Request(Request),
    /// Moves a render between states that are not final.
    Advance(RenderId, Step),
    /// A person wants a render back.
    Cancel(RenderId),
    /// Ends a render without a picture and refunds it.
    End(RenderId, Ending),
    /// Ends a render with its picture and keeps the charge.
    Store { image: Image, cost_micros: Option<u64> },
    /// Records a picture made elsewhere, its whole life in one commit: no provider is asked.
    Import { request: Box<Request>, image: Image },

    // gallery
    /// Likes or unlikes.
    Like(ImageId, bool),
    /// Files in a folder, or takes out of all.
    File(ImageId, Option<FolderId>),
    /// Puts in the trash.
    Trash(ImageId),
    /// Put a picture in the trash unless it is liked.
    TrashUnliked(ImageId),
    /// Takes out of the trash.
    Restore(ImageId),
    /// Makes a folder. Refused when a sibling has the name.
    MakeFolder(Folder),
    /// Renames a folder.
    RenameFolder(FolderId, FolderName),
    /// Moves a folder under another, or to the top. Refused under itself.
    MoveFolder(FolderId, Option<FolderId>),
    /// Deletes a folder; its pictures and folders move up to its parent.
    DeleteFolder(FolderId),

    // keys
    /// Makes an API key.
    MakeKey(ApiKey),
    /// Revokes an API key, at once.
    RevokeKey(KeyId),
    /// Notes that a key was used.
    TouchKey(KeyId),

    // sign-in
    /// Starts a sign-in; an earlier one of the same browser and purpose ends. Refused when too many
    /// wait for the address.
    Challenge(Box<Begin>),
    /// Answers a challenge; the verdict is in the receipt, a wrong answer is counted.
    Answer { challenge: ChallengeId, purpose: Purpose, proof: Mac, browser: Mac },
    /// Signs a browser in.
    SignIn(Session),
    /// Notes that a session was used.
    TouchSession(SessionId),
    /// Signs a browser out.
    SignOut(SessionId),
    /// Signs every browser out but, perhaps, one.
    SignOutAll { but: Option<SessionId> },

    // people who come back, move and leave
    /// A browser goes on under another cookie, its person proven anew.
    Renew { from: SessionId, to: Session },
    /// Moves the account to an address that was proven; the old one can take it back for a while.
    ChangeEmail { to: Email, former: Former },
    /// Takes the account back to a former address, by the digest of the token mailed there.
    UndoEmail(Mac),
    /// Somebody did or read what changes no row but the trail's.
    Note { name: DeedName, subject: Option<Uuid>, says: Option<String> },
    /// The account is to be deleted after `grace`.
    Leave { grace: SignedDuration },
    /// The grace is over: from now on there is no way back.
    BeginClosing,
    /// Erases a generation of an account that closes: words, pictures, and soon their objects.
    Erase { generation: crate::GenerationId, renders: Vec<RenderId> },
    /// Everything is erased: gives up the rest of the credits and closes.
    Close,
    /// Gives up a picture that was in the trash for its thirty days.
    Purge(ImageId),
    /// The objects of a render that was given up are gone from the bucket.
    Cleared(RenderId),
}

/// Whose rows a commit touches: one account, so one lock, so no deadlock anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Rows of this account.
    Account(AccountId),
    /// Rows that belong to nobody yet: sign-in challenges, deliveries.
    Nobody,
}

/// SHA-256 of the request's meaning: the same key with another body is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BodyHash(pub [u8; 32]);

/// What to record, all or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Whose rows.
    pub of: Scope,
    /// The caller's key and what it stands for; a replay answers the stored receipt.
    pub key: Option<(Key, BodyHash)>,
    /// What the commit is about, kept in the receipt: a generation, a charge.
    pub subject: Option<Uuid>,
    /// The facts, in order.
    pub list: Vec<Change>,
    /// Who asks, for the trail.
    pub by: By,
}

impl Changes {
    /// Changes to one account.
    pub fn of(account: AccountId, list: Vec<Change>) -> Self {
        Self {
            of: Scope::Account(account),
            key: None,
            subject: None,
            list,
            by: Actor::system().into(),
        }
    }

    /// Changes to rows of nobody.
    pub fn of_nobody(list: Vec<Change>) -> Self {
        Self { of: Scope::Nobody, key: None, subject: None, list, by: Actor::system().into() }
    }

    /// The same, about `subject`.
    #[must_use]
    pub fn about(self, subject: Uuid) -> Self {
        Self { subject: Some(subject), ..self }
    }

    /// The same, asked for by somebody.
    #[must_use]
    pub fn by(self, by: impl Into<By>) -> Self {
        Self { by: by.into(), ..self }
    }

    /// The same, under the caller's idempotency key.
    #[must_use]
    pub fn keyed(self, key: Option<(Key, BodyHash)>) -> Self {
        Self { key, ..self }
    }
}

/// What a commit came to. Stored with its key, so that a replay gets the same answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// What it was about.
    pub subject: Option<Uuid>,
    /// Spendable credits afterwards; zero for changes of nobody.
    pub balance: Credits,
    /// What an answered challenge came to.
    pub verdict: Option<Verdict>,
    /// Whether this is the stored answer of an earlier commit.
    pub replayed: bool,
}

/// A row to write. A store records them in order; every guard it has repeats a rule of `decide`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the row it names; the rules live in decide")]
pub enum Write {
    Account(Account),
    User(User),
    AccountStatus(AccountStatus),
    UserRole(Role),
    /// A new lot, born empty: the grant's entry fills it.
    Lot(Lot),
    /// Entries first, then the txn that seals them; lots and the account follow.
    Txn(Txn),
    Charge(Charge),
    ChargeState(ChargeId, ChargeState),
    Order(PackOrder),
    /// The row as it becomes, if it still is in state `was`.
    OrderMoved {
        order: PackOrder,
        was: OrderState,
    },
    Customer(PaymentMode, Option<String>),
    Delivery(Box<Delivery>),
    DeliveryMarked {
        event: EventId,
        mark: Mark,
        effect: Option<Effect>,
    },
    Task(Task),
    TaskDone(TaskId, Timestamp),
    Generation(crate::Generation),
    Render(Render),
    /// The row as it becomes, if it still is in state `was`.
    RenderMoved {
        render: Render,
        was: RenderState,
    },
    Image(Image),
    ImageLiked(ImageId, bool),
    ImageFiled(ImageId, Option<FolderId>),
    ImageTrashed(ImageId, Option<Timestamp>),
    Folder(Folder),
    FolderRenamed(FolderId, FolderName),
    FolderMoved(FolderId, Option<FolderId>),
    /// Children and pictures move to the folder's parent, then it goes.
    FolderDeleted(FolderId),
    Key(ApiKey),
    KeyRevoked(KeyId, Timestamp),
    KeyTouched(KeyId, Timestamp),
    /// Adds to what a key spent in a month.
    KeySpent {
        key: KeyId,
        month: Month,
        amount: Credits,
    },
    /// Takes off what came back.
    KeyRefunded {
        key: KeyId,
        month: Month,
        amount: Credits,
    },
    Challenge(Challenge),
    /// Those of this browser and purpose go.
    ChallengesGone {
        browser: Mac,
        purpose: Purpose,
    },
    ChallengeTried(ChallengeId),
    ChallengeConsumed(ChallengeId, Timestamp),
    Session(Session),
    SessionTouched(SessionId, Timestamp),
    SessionEnded(SessionId, Timestamp),
    SessionsEnded {
        but: Option<SessionId>,
        at: Timestamp,
    },
    /// The next row of the account's feed.
    Event(EventName, Uuid),
    AccountCloses(Option<Timestamp>),
    AccountClosing,
    /// Keys' names, sessions, folders, addresses and sign-ins of the account go.
    AccountErased(Timestamp),
    UserEmail(Email),
    /// This mailbox opened an account.
    Mailbox(Mac, Timestamp),
    /// The account's mailbox is among those that did.
    MailboxNoted,
    Former(Former),
    /// Those left at `since` or later go.
    FormersGone {
        since: Timestamp,
    },
    /// All that were made at `since` or later.
    KeysRevoked {
        since: Timestamp,
        at: Timestamp,
    },
    /// Its words are replaced and its pictures go.
    GenerationErased(crate::GenerationId, Timestamp),
    ImagePurged(ImageId),
    Discard(RenderId),
    Cleared(RenderId, Timestamp),
    Deed(Deed),
}
