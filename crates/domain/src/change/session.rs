//! Sessions of signed-in browsers.

use crate::{Needs, Session, SessionId, Timestamp};

/// A change to a session.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as in the rows they become")]
pub enum SessionChange {
    /// Signs a browser in.
    Begin(Session),
    /// A browser goes on under another cookie, its person proven anew.
    Renew { from: SessionId, to: Session },
    /// Notes that a session was used.
    Touch(SessionId),
    /// Signs a browser out.
    End(SessionId),
    /// Signs every browser out but, perhaps, one.
    EndAll { but: Option<SessionId> },
}

/// A row of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the row it names; the rules live in decide")]
pub enum SessionWrite {
    New(Session),
    Touched(SessionId, Timestamp),
    Ended(SessionId, Timestamp),
    AllEnded { but: Option<SessionId>, at: Timestamp },
}

impl SessionChange {
    pub(crate) fn needs(&self, needs: &mut Needs) {
        match self {
            Self::Begin(_) | Self::EndAll { .. } => {}
            Self::Touch(id) | Self::End(id) | Self::Renew { from: id, .. } => {
                needs.sessions.push(*id);
            }
        }
    }
}
