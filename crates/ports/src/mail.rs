//! Mail, as plain text.

use async_trait::async_trait;
use safelight_domain::{Email, Timestamp};

use crate::Fault;

/// One mail to one person. Its text may hold a secret: never log it.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// To whom.
    pub to: Email,
    /// What about; no line breaks.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// Sends mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands a mail over. MUST take as long for any address.
    async fn send(&self, mail: Mail) -> Result<(), Fault>;
}

/// A mail that was kept instead of sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept {
    /// The mail.
    pub mail: Mail,
    /// When.
    pub at: Timestamp,
}

/// The mails that were kept.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// The latest mails, newest first, a bounded number; none while they cannot be read, which is
    /// logged.
    async fn kept(&self) -> Vec<Kept>;
}
