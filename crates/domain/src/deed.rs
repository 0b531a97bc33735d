//! The trail: who did what that matters to security, in the words of OWASP's logging vocabulary
//! where it has one.
//!
//! Invariant: a deed is written in the commit of the act it tells of, and never changed or taken
//! out. So it holds no address, prompt, title or secret: whoever leaves is named by ids alone.

use crate::{AccountId, Actor, Timestamp, Uuid};

/// Who asks, why and in which request: what a deed says besides the act itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// Who.
    pub actor: Actor,
    /// In their words, where an act asks for a reason.
    pub reason: Option<String>,
    /// The request's id, as its answer and the log have it.
    pub request: Option<String>,
}

impl By {
    /// The same, in this request.
    #[must_use]
    pub fn request(self, id: Option<String>) -> Self {
        Self { request: id, ..self }
    }

    /// The same, for a reason.
    #[must_use]
    pub fn reason(self, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..self }
    }
}

impl From<Actor> for By {
    fn from(actor: Actor) -> Self {
        Self { actor, reason: None, request: None }
    }
}

/// One row of the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// Whose account it touches; none when it is nobody's yet.
    pub account_id: Option<AccountId>,
    /// What was done.
    pub name: DeedName,
    /// Who did it.
    pub by: By,
    /// To which session, key or user, besides the account.
    pub subject: Option<Uuid>,
    /// How it was.
    pub before: Option<String>,
    /// How it became.
    pub after: Option<String>,
    /// When.
    pub at: Timestamp,
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $word:literal)*) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum DeedName {$($(#[$doc])* $name,)*}

        impl DeedName {
            /// All names, for tables and tests.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word used in SQL, JSON and on the command line.
            pub fn as_str(self) -> &'static str {
                match self {$(Self::$name => $word,)*}
            }
        }
    };
}

names! {
    /// An account was opened.
    UserCreated = "user_created"
    /// A browser signed in.
    SignedIn = "authn_login_success"
    /// A wrong code was typed.
    CodeWrong = "authn_login_fail"
    /// The last try was wrong too: the code is burnt.
    CodeBurnt = "authn_login_fail_max"
    /// An account was blocked.
    Blocked = "authn_login_lock"
    /// An account was unblocked.
    Unblocked = "authn_login_unlock"
    /// A browser proved itself anew and got another cookie.
    SessionRenewed = "session_renewed"
    /// A browser was signed out.
    SessionEnded = "session_expired"
    /// An API key was made.
    KeyMade = "authn_token_created"
    /// An API key was revoked.
    KeyRevoked = "authn_token_revoked"
    /// Somebody became an admin or a member again.
    RoleChanged = "privilege_permissions_changed"
    /// The address was changed.
    AddressChanged = "user_updated_email"
    /// The change of the address was undone from the old one.
    AddressRestored = "user_restored_email"
    /// Credits were given or taken by an admin.
    CreditsAdjusted = "credits_adjusted"
    /// What is a person's own was read: everything, exported by them, or by an admin what the subject
    /// names.
    SensitiveRead = "sensitive_read"
    /// An admin had a delivery acted on once more.
    Replayed = "webhook_replayed"
    /// An operator's task was marked as done.
    TaskDone = "task_done"
    /// An admin sent a payment back.
    PaymentRefunded = "payment_refunded"
    /// An admin had a generation looked at.
    Reconciled = "generation_reconciled"
    /// The account is to be deleted after a while.
    Leaving = "user_archived"
    /// It is not, after all.
    Stayed = "user_restored"
    /// The account was deleted.
    Deleted = "user_deleted"
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::DeedName;

    #[test]
    fn every_deed_has_its_own_word() {
        let words: BTreeSet<_> = DeedName::ALL.iter().map(|name| name.as_str()).collect();
        assert_eq!(words.len(), DeedName::ALL.len());
    }
}
