//! The gallery: pictures that are safely stored.

mod import;

use std::sync::Arc;

use safelight_domain::{
    AccountId, Change, Changes, FolderId, Image, ImageFilter, ImageId, Invalid, Refusal, Variant,
};
use safelight_ports::{Neighbours, Page, Paged, Presign};

pub use import::Import;

use crate::{Error, Pipeline, World};

/// Links to a picture's files. They lapse within hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urls {
    /// As the provider delivered it.
    pub original: String,
    /// At most 320 px wide.
    pub w320: String,
    /// At most 640 px wide.
    pub w640: String,
}

/// What to change about a picture; what is none stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Edit {
    /// Like or unlike.
    pub liked: Option<bool>,
    /// File in a folder (`Some(Some(..))`) or take out of all (`Some(None)`).
    pub folder_id: Option<Option<FolderId>>,
}

/// One act on many pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Like or unlike.
    Like(bool),
    /// File in a folder, or take out of all.
    File(Option<FolderId>),
    /// Put in the trash.
    Trash,
    /// Take out of the trash.
    Restore,
}

impl Act {
    fn on(self, id: ImageId) -> Change {
        match self {
            Self::Like(liked) => Change::Like(id, liked),
            Self::File(folder) => Change::File(id, folder),
            Self::Trash => Change::Trash(id),
            Self::Restore => Change::Restore(id),
        }
    }
}

/// A link that saves a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// Where to fetch it.
    pub url: String,
}

/// Shows, files and trashes pictures.
#[derive(Clone)]
pub struct Images {
    world: Arc<World>,
    pipeline: Pipeline,
}

impl Images {
    /// The most pictures one act may change.
    pub const MOST: usize = 200;

    pub(crate) fn new(world: Arc<World>, pipeline: Pipeline) -> Self {
        Self { world, pipeline }
    }

    /// One picture, in the trash or not.
    pub async fn get(&self, account: AccountId, id: ImageId) -> Result<Image, Error> {
        self.world.reads.image(account, id).await?.ok_or(Refusal::NotFound.into())
    }

    /// Pictures that match, newest first.
    pub async fn list(
        &self,
        account: AccountId,
        filter: &ImageFilter,
        page: Page,
    ) -> Result<Paged<Image>, Error> {
        Ok(self.world.reads.images(account, filter, page).await?)
    }

    /// The pictures that match and stand beside this one.
    pub async fn neighbours(
        &self,
        account: AccountId,
        filter: &ImageFilter,
        id: ImageId,
    ) -> Result<Neighbours, Error> {
        Ok(self.world.reads.neighbours(account, filter, id).await?)
    }

    /// Does the same to all of these, in one commit: all of them or none.
    pub async fn act(&self, account: AccountId, ids: &[ImageId], act: Act) -> Result<(), Error> {
        if ids.is_empty() {
            return Err(Invalid::new("image", "no picture is chosen; choose at least one").into());
        }
        if ids.len() > Self::MOST {
            let says = format!("{} pictures at once; choose at most {}", ids.len(), Self::MOST);
            return Err(Invalid::new("image", says).into());
        }
        let list = ids.iter().map(|id| act.on(*id)).collect();
        self.world.store.commit(Changes::of(account, list)).await?;
        Ok(())
    }

    /// Likes, unlikes, files.
    pub async fn edit(&self, account: AccountId, id: ImageId, edit: Edit) -> Result<Image, Error> {
        let liked = edit.liked.map(|liked| Change::Like(id, liked));
        let filed = edit.folder_id.map(|folder| Change::File(id, folder));
        let list: Vec<_> = liked.into_iter().chain(filed).collect();
        if !list.is_empty() {
            self.world.store.commit(Changes::of(account, list)).await?;
        }
        self.get(account, id).await
    }

    /// Puts a picture in the trash, for thirty days.
    pub async fn trash(&self, account: AccountId, id: ImageId) -> Result<Image, Error> {
        self.world.store.commit(Changes::of(account, vec![Change::Trash(id)])).await?;
        self.get(account, id).await
    }

    /// Takes a picture out of the trash.
    pub async fn restore(&self, account: AccountId, id: ImageId) -> Result<Image, Error> {
        self.world.store.commit(Changes::of(account, vec![Change::Restore(id)])).await?;
        self.get(account, id).await
    }

    /// Links to show it.
    pub fn urls(&self, image: &Image) -> Urls {
        let now = self.world.clock.now();
        let link = |variant| self.world.storage.presign(&image.key(variant), &Presign::Show, now);
        Urls {
            original: link(Variant::Original),
            w320: link(Variant::W320),
            w640: link(Variant::W640),
        }
    }

    /// The original's bytes; none when they are not there.
    pub async fn original(&self, image: &Image) -> Result<Option<Vec<u8>>, Error> {
        let key = image.key(Variant::Original);
        let get = self.world.storage.get(&key, image.bytes);
        let limit = self.pipeline.terms.timing.call;
        Ok(crate::pipeline::within(limit, "storage", get).await?)
    }

    /// A link to save the original under a name made of its prompt.
    pub fn download(&self, image: &Image) -> Download {
        let key = image.key(Variant::Original);
        let now = self.world.clock.now();
        Download { url: self.world.storage.presign(&key, &Presign::Save(file_name(image)), now) }
    }
}

/// The first words of the prompt and the seed: plain ASCII, so that no header needs an encoding.
fn file_name(image: &Image) -> String {
    let mut name = String::new();
    for word in image.prompt.as_str().split(|c: char| !c.is_ascii_alphanumeric()) {
        if word.is_empty() || name.len() + word.len() > 48 {
            continue;
        }
        name.push_str(&word.to_ascii_lowercase());
        name.push('-');
    }
    format!("{name}{}.{}", image.seed, image.extension())
}
