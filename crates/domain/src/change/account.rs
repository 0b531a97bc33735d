//! Accounts and their people.

use crate::{Account, AccountStatus, Email, Former, Mac, Needs, Role, Timestamp, User};

/// A change to an account or its person.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as in the rows they become")]
pub enum AccountChange {
    /// Opens an account for a new person. Refused when the address is taken.
    Open(Account, User),
    /// Notes that this mailbox, a keyed digest, opened an account.
    NoteMailbox(Mac),
    /// Blocks, unblocks or closes the account.
    SetStatus(AccountStatus),
    /// Makes a person an admin or a member again.
    SetRole(Role),
    /// Moves the account to an address that was proven; the old one can take it back for a while.
    ChangeEmail { to: Email, former: Former },
    /// Takes the account back to a former address, by the digest of the token mailed there.
    UndoEmail(Mac),
}

/// A row of an account or its person.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the row it names; the rules live in decide")]
pub enum AccountWrite {
    New(Account),
    User(User),
    Status(AccountStatus),
    Role(Role),
    Email(Email),
    /// This mailbox opened an account.
    Mailbox(Mac, Timestamp),
    /// The account's mailbox is among those that did.
    MailboxNoted,
    FormerEmail(Former),
    /// Those left at `since` or later go.
    FormerEmailsDeleted {
        since: Timestamp,
    },
}

impl AccountChange {
    pub(crate) fn needs(&self, needs: &mut Needs) {
        match self {
            Self::Open(_, user) => needs.email = Some(user.email.canonical().to_owned()),
            Self::ChangeEmail { to, .. } => needs.email = Some(to.canonical().to_owned()),
            Self::NoteMailbox(mailbox) => needs.mailbox = Some(*mailbox),
            Self::UndoEmail(_) => needs.formers = true,
            Self::SetStatus(_) | Self::SetRole(_) => {}
        }
    }
}
