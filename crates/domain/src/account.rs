//! Accounts own credits and pictures; users sign in. One user, one personal account, for now.

use std::fmt;

use crate::{AccountId, Credits, Invalid, Timestamp, UserId};

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountStatus {
    /// Everything.
    Open,
    /// Nothing, until unblocked. Work in flight still ends and settles.
    Frozen,
    /// Nothing, ever. Its books are kept.
    Closed,
}

impl AccountStatus {
    /// The word used in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Frozen => "frozen",
            Self::Closed => "closed",
        }
    }
}

/// The owner of lots, charges and pictures, with the caches its txns maintain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// What it may do.
    pub status: AccountStatus,
    /// Sum of its lots' remainders, expired ones not yet swept included: never for display.
    pub balance: Credits,
    /// What a returned payment left owing. A positive column, never a negative balance.
    pub debt: Credits,
    /// Number of its last txn; 0 before the first. Gap-free.
    pub seq: u32,
    /// Time of its last txn: the account's clock never runs backwards.
    pub last_at: Timestamp,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When its owner's deletion comes true; a sign-in before takes it back.
    pub closes_at: Option<Timestamp>,
    /// Its deletion has begun: there is no way back.
    pub closing: bool,
}

impl Account {
    /// Whether anything may be done with it: not blocked, not closed, not about to be deleted.
    pub fn may_act(&self) -> bool {
        self.status == AccountStatus::Open && self.closes_at.is_none() && !self.closing
    }

    /// An account just opened, with nothing in it.
    pub fn opened(id: AccountId, now: Timestamp) -> Self {
        Self {
            id,
            status: AccountStatus::Open,
            balance: Credits::ZERO,
            debt: Credits::ZERO,
            seq: 0,
            last_at: now,
            created_at: now,
            closes_at: None,
            closing: false,
        }
    }
}

/// What a user may do beyond their own account. Granted by the command line only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Their own account.
    Member,
    /// The back office.
    Admin,
}

impl Role {
    /// The word used in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
        }
    }
}

/// A person who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Their personal account.
    pub account_id: AccountId,
    /// Where codes and notices go.
    pub email: Email,
    /// What they may do.
    pub role: Role,
    /// When they first signed in.
    pub created_at: Timestamp,
}

/// A mail address: trimmed, its domain lower-cased, the local part as typed.
///
/// Equality is by [`Email::canonical`], all lower case: no provider in use tells cases apart, and a
/// person must not get a second account for a capital letter. Dots and plus tags stay distinct.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// Reads an address; only the shape is judged, the mail itself proves the rest.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let wrong = |says: &str| Err(Invalid::new("email", says));
        let text = text.trim();
        if text.len() > 254 {
            return wrong("the address is longer than 254 characters; check it");
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace() || "<>,;:\"()[]\\".contains(c))
        {
            return wrong("the address has a space or a character no mailbox uses; check it");
        }
        let Some((local, domain)) = text.rsplit_once('@') else {
            return wrong("an address needs an @, as in ada@example.com");
        };
        let labels_fit = domain.contains('.')
            && domain
                .split('.')
                .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
        if local.is_empty() || local.len() > 64 || local.contains('@') || !labels_fit {
            return wrong("this does not look like an address, as in ada@example.com");
        }
        Ok(Self(format!("{local}@{}", domain.to_lowercase())))
    }

    /// As shown and mailed to.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As compared and stored for look-ups.
    pub fn canonical(&self) -> String {
        self.0.to_lowercase()
    }

    /// For logs: enough to recognise, not enough to mail.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or((&self.0, ""));
        let first = local.chars().next().unwrap_or('*');
        format!("{first}***@{domain}")
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::Email;

    #[test]
    fn addresses() {
        for (text, says) in [
            ("ada@example.com", Some("ada@example.com")),
            ("  Ada@EXAMPLE.com ", Some("Ada@example.com")),
            ("ada+x@example.com", Some("ada+x@example.com")),
            ("ada", None),
            ("@example.com", None),
            ("ada@localhost", None),
            ("ada@-x.com", None),
            ("ada@x..com", None),
            ("a da@example.com", None),
            ("ada@example.com\r\nBcc: eve@example.com", None),
            ("a@b@example.com", None),
        ] {
            assert_eq!(Email::parse(text).ok().as_ref().map(Email::as_str), says, "{text:?}");
        }
        assert_eq!(
            format!("{:?}", Email::parse("ada@example.com").unwrap()),
            "Email(a***@example.com)"
        );
    }
}
