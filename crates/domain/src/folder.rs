//! Folders of the gallery.

use crate::{AccountId, FolderId, Invalid, Timestamp};

/// A folder's name: trimmed, 1 to 80 characters, no control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderName(String);

impl FolderName {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        // Judged as it was sent: what the document says of it holds before anything is trimmed.
        if text.chars().count() > 80 {
            return Err(Invalid::new("name", "the name is longer than 80 characters; shorten it"));
        }
        if text.chars().any(char::is_control) {
            return Err(Invalid::new("name", "the name holds a control character; remove it"));
        }
        let text = text.trim();
        if text.is_empty() {
            return Err(Invalid::new("name", "the folder needs a name"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A folder. Names are unique among its siblings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Its id.
    pub id: FolderId,
    /// Whose it is.
    pub account_id: AccountId,
    /// The folder it lies in; none at the top.
    pub parent_id: Option<FolderId>,
    /// Its name.
    pub name: FolderName,
    /// When it was made.
    pub created_at: Timestamp,
}
