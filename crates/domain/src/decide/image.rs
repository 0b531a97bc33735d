//! The rules of pictures in the gallery.

use super::decision::Decision;
use crate::{Image, ImageChange, ImageId, ImageWrite, Refusal, discard::TRASH};

impl Decision<'_> {
    pub(super) fn decide_image(&mut self, change: &ImageChange) -> Result<(), Refusal> {
        let at = self.at;
        match *change {
            ImageChange::Like(id, liked) => {
                self.image(id)?;
                self.write(ImageWrite::Liked(id, liked));
            }
            ImageChange::File(id, folder) => {
                self.image(id)?;
                self.folder(folder)?;
                self.write(ImageWrite::Filed(id, folder));
            }
            ImageChange::Trash(id) => {
                // A second delete must not make the first one's thirty days longer.
                if self.image(id)?.trashed_at.is_none() {
                    self.write(ImageWrite::Trashed(id, Some(self.sure)));
                }
            }
            // A choice of many: a like that came in between keeps its picture.
            ImageChange::TrashUnliked(id) => {
                let image = self.image(id)?;
                if !image.liked && image.trashed_at.is_none() {
                    self.write(ImageWrite::Trashed(id, Some(self.sure)));
                }
            }
            ImageChange::Restore(id) => {
                self.image(id)?;
                self.write(ImageWrite::Trashed(id, None));
            }
            ImageChange::Purge(id) => self.purge(id),
            ImageChange::ObjectsDeleted(id) => {
                self.write(ImageWrite::ObjectsDeleted(id, at));
            }
        }
        Ok(())
    }

    /// A picture that was restored meanwhile, or is gone already, stays as it is, and so does
    /// every picture while the clock is doubted.
    fn purge(&mut self, id: ImageId) {
        if self.till.paused {
            return;
        }
        let due = self.seen.images.iter().find(|image| {
            let since = image.trashed_at.map(|trashed| self.sure.duration_since(trashed));
            image.id == id && since.is_some_and(|since| since >= TRASH)
        });
        if let Some(render) = due.map(|image| image.render_id) {
            self.write(ImageWrite::Discard(render));
            self.write(ImageWrite::Purged(id));
        }
    }

    pub(super) fn image(&self, id: ImageId) -> Result<&Image, Refusal> {
        self.seen.images.iter().find(|image| image.id == id).ok_or(Refusal::NotFound)
    }
}
