//! Pictures in the gallery.

use crate::{FolderId, Image, ImageId, Needs, RenderId, Timestamp};

/// A change to a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageChange {
    /// Likes or unlikes.
    Like(ImageId, bool),
    /// Files in a folder, or takes out of all.
    File(ImageId, Option<FolderId>),
    /// Puts in the trash.
    Trash(ImageId),
    /// Puts a picture in the trash unless it is liked.
    TrashUnliked(ImageId),
    /// Takes out of the trash.
    Restore(ImageId),
    /// Gives up a picture that was in the trash for its thirty days.
    Purge(ImageId),
    /// The objects of a render that was given up are gone from the bucket.
    ObjectsDeleted(RenderId),
}

/// A row of a picture, or of objects that must leave the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the row it names; the rules live in decide")]
#[expect(clippy::large_enum_variant, reason = "few are made, and each lives for one commit")]
pub enum ImageWrite {
    New(Image),
    Liked(ImageId, bool),
    Filed(ImageId, Option<FolderId>),
    Trashed(ImageId, Option<Timestamp>),
    Purged(ImageId),
    Discard(RenderId),
    ObjectsDeleted(RenderId, Timestamp),
}

impl ImageChange {
    pub(crate) fn needs(&self, needs: &mut Needs) {
        match self {
            Self::Like(id, _)
            | Self::Trash(id)
            | Self::TrashUnliked(id)
            | Self::Restore(id)
            | Self::Purge(id) => needs.images.push(*id),
            Self::File(id, folder) => {
                needs.images.push(*id);
                needs.folders |= folder.is_some();
            }
            Self::ObjectsDeleted(_) => {}
        }
    }
}
