//! Generations.

use crate::{Generation, Image, Needs, Request};

/// A change to a generation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as in the rows they become")]
pub enum GenerationChange {
    /// Refuses the whole commit when more renders than this would be unfinished.
    AtMost { unfinished: u32 },
    /// Records a generation and charges each of its renders.
    Request(Request),
    /// Records a picture made elsewhere, its whole life in one commit: no provider is asked.
    Import { request: Box<Request>, image: Image },
}

/// A row of a generation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the row it names; the rules live in decide")]
pub enum GenerationWrite {
    New(Generation),
}

impl GenerationChange {
    pub(crate) fn needs(&self, needs: &mut Needs) {
        match self {
            Self::AtMost { .. } => needs.unfinished = true,
            Self::Request(request) => needs.request(request),
            Self::Import { request, .. } => needs.request(request),
        }
    }
}
