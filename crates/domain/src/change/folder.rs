//! Folders.

use crate::{Folder, FolderId, FolderName, Needs};

/// A change to a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FolderChange {
    /// Makes a folder. Refused when a sibling has the name.
    Create(Folder),
    /// Renames a folder.
    Rename(FolderId, FolderName),
    /// Moves a folder under another, or to the top. Refused under itself.
    Move(FolderId, Option<FolderId>),
    /// Deletes a folder; its pictures and folders move up to its parent.
    Delete(FolderId),
}

/// A row of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the row it names; the rules live in decide")]
pub enum FolderWrite {
    New(Folder),
    Renamed(FolderId, FolderName),
    Moved(FolderId, Option<FolderId>),
    /// Children and pictures move to the folder's parent, then it goes.
    Deleted(FolderId),
}

impl FolderChange {
    pub(crate) fn needs(&self, needs: &mut Needs) {
        match self {
            Self::Create(_) | Self::Rename(..) | Self::Move(..) | Self::Delete(_) => {
                needs.folders = true;
            }
        }
    }
}
