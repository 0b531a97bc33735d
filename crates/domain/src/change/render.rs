//! Renders: single pictures being made.

use crate::{Ending, Image, Needs, Render, RenderId, RenderState, Step};

/// A change to a render.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as in the rows they become")]
pub enum RenderChange {
    /// Moves a render between states that are not final.
    Advance(RenderId, Step),
    /// A person wants a render back.
    Cancel(RenderId),
    /// Ends a render without a picture and refunds it.
    End(RenderId, Ending),
    /// Ends a render with its picture and keeps the charge.
    Store { image: Image, cost_micros: Option<u64> },
}

/// A row of a render.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the row it names; the rules live in decide")]
pub enum RenderWrite {
    New(Render),
    /// The row as it becomes, if it still is in state `was`.
    Moved {
        render: Render,
        was: RenderState,
    },
}

impl RenderChange {
    pub(crate) fn needs(&self, needs: &mut Needs) {
        match self {
            Self::Advance(id, _) => needs.renders.push(*id),
            Self::Cancel(id) | Self::End(id, _) => {
                needs.lots = true;
                needs.renders.push(*id);
            }
            Self::Store { image, .. } => {
                needs.renders.push(image.render_id);
                needs.folders |= image.folder_id.is_some();
            }
        }
    }
}
