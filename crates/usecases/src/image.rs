//! The gallery: pictures that are safely stored.

mod import;
pub(crate) mod label;

use std::sync::Arc;

use safelight_domain::{
    AccountId, Change, Changes, FolderId, Image, ImageChange, ImageFilter, ImageId, Invalid,
    Refusal, Variant,
};
use safelight_ports::{Cursor, Fault, GalleryMonth, Neighbours, Page, Paged, Presign};
use tokio::sync::Semaphore;

pub use import::Import;

use crate::{Error, Pipeline, World};

/// Links to a picture's files. They lapse within hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urls {
    /// All of its pixels, and what it was made from.
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
            Self::Like(liked) => Change::Image(ImageChange::Like(id, liked)),
            Self::File(folder) => Change::Image(ImageChange::File(id, folder)),
            Self::Trash => Change::Image(ImageChange::Trash(id)),
            Self::Restore => Change::Image(ImageChange::Restore(id)),
        }
    }
}

/// What an act on many came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Done {
    /// Which it was done to.
    pub ids: Vec<ImageId>,
    /// How many were left alone, because they are liked.
    pub kept: usize,
}

/// A link that saves a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// Where to fetch it.
    pub url: String,
}

/// A file to hand over.
#[derive(Clone, PartialEq, Eq)]
pub struct File {
    /// What to save it as.
    pub name: String,
    /// `image/jpeg`, `image/png` or `image/webp`.
    pub media_type: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// How many files are read and rewritten at once: each is in memory twice meanwhile.
const AT_ONCE: usize = 4;

/// Shows, files and trashes pictures.
#[derive(Clone)]
pub struct Images {
    world: Arc<World>,
    pipeline: Pipeline,
    reading: Arc<Semaphore>,
}

impl Images {
    /// The most pictures one act may change.
    pub const MOST: usize = 200;
    /// The most pictures "all that match" are.
    pub const ALL: u32 = 20_000;

    pub(crate) fn new(world: Arc<World>, pipeline: Pipeline) -> Self {
        Self { world, pipeline, reading: Arc::new(Semaphore::new(AT_ONCE)) }
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

    /// Pictures that were remixed from this one, oldest first, a dozen at most.
    pub async fn remixes(&self, account: AccountId, id: ImageId) -> Result<Vec<Image>, Error> {
        Ok(self.world.reads.remixes(account, id, 12).await?)
    }

    /// Does the same to all of these, in one commit: all of them or none.
    pub async fn act(&self, account: AccountId, ids: &[ImageId], act: Act) -> Result<(), Error> {
        self.each(account, ids, |id| act.on(id)).await
    }

    async fn each(
        &self,
        account: AccountId,
        ids: &[ImageId],
        change: impl Fn(ImageId) -> Change,
    ) -> Result<(), Error> {
        few(ids)?;
        let list = ids.iter().map(|id| change(*id));
        self.world.store.commit(Changes::of(account, list)).await?;
        Ok(())
    }

    /// The same for all that match from a place of the list on, newest first, at most [`Images::ALL`]. In steps of their own:
    /// what is cut off in the middle is done so far.
    pub async fn act_on_all(
        &self,
        account: AccountId,
        filter: &ImageFilter,
        after: Option<Cursor>,
        act: Act,
    ) -> Result<Done, Error> {
        let mut done = Done::default();
        for some in self.ids(account, filter, after).await?.chunks(Self::MOST) {
            let Done { ids, kept } = self.act_on(account, some, act).await?;
            done.ids.extend(ids);
            done.kept += kept;
        }
        Ok(done)
    }

    /// The same for a choice of many: those that are liked do not go to the trash with it.
    pub async fn act_on(
        &self,
        account: AccountId,
        ids: &[ImageId],
        act: Act,
    ) -> Result<Done, Error> {
        let mut meant = ids.to_vec();
        if act == Act::Trash && ids.len() <= Self::MOST {
            meant.clear();
            for id in ids {
                let image = self.get(account, *id).await?;
                meant.extend((!image.liked).then_some(*id));
            }
        }
        if ids.is_empty() || !meant.is_empty() {
            // What was liked since it was looked at is told by the decision.
            let change = |id| {
                if act == Act::Trash {
                    Change::Image(ImageChange::TrashUnliked(id))
                } else {
                    act.on(id)
                }
            };
            self.each(account, &meant, change).await?;
        }
        Ok(Done { kept: ids.len() - meant.len(), ids: meant })
    }

    /// Refuses a choice of none, of too many, and of what is not there.
    pub async fn all_there(&self, account: AccountId, ids: &[ImageId]) -> Result<(), Error> {
        few(ids)?;
        for id in ids {
            self.get(account, *id).await?;
        }
        Ok(())
    }

    /// The ids of all that match from a place of the list on, newest first, at most
    /// [`Images::ALL`].
    pub async fn ids(
        &self,
        account: AccountId,
        filter: &ImageFilter,
        after: Option<Cursor>,
    ) -> Result<Vec<ImageId>, Error> {
        Ok(self.world.reads.image_ids(account, filter, after, Self::ALL).await?)
    }

    /// How many that match are newer than this one; more than a hundred are a hundred.
    pub async fn newer(
        &self,
        account: AccountId,
        filter: &ImageFilter,
        id: ImageId,
    ) -> Result<u32, Error> {
        Ok(self.world.reads.newer_images(account, filter, id, 100).await?)
    }

    /// The months there are pictures of, newest first.
    pub async fn months(&self, account: AccountId) -> Result<Vec<GalleryMonth>, Error> {
        Ok(self.world.reads.months(account).await?)
    }

    /// Likes, unlikes, files.
    pub async fn edit(&self, account: AccountId, id: ImageId, edit: Edit) -> Result<Image, Error> {
        let liked = edit.liked.map(|liked| Change::Image(ImageChange::Like(id, liked)));
        let filed = edit.folder_id.map(|folder| Change::Image(ImageChange::File(id, folder)));
        let list: Vec<_> = liked.into_iter().chain(filed).collect();
        if !list.is_empty() {
            self.world.store.commit(Changes::of(account, list)).await?;
        }
        self.get(account, id).await
    }

    /// Puts a picture in the trash, for thirty days.
    pub async fn trash(&self, account: AccountId, id: ImageId) -> Result<Image, Error> {
        self.world.store.commit(Changes::of(account, [ImageChange::Trash(id)])).await?;
        self.get(account, id).await
    }

    /// Takes a picture out of the trash.
    pub async fn restore(&self, account: AccountId, id: ImageId) -> Result<Image, Error> {
        self.world.store.commit(Changes::of(account, [ImageChange::Restore(id)])).await?;
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

    /// What the original is saved as: the first words of its prompt, and its seed.
    pub fn file_name(&self, image: &Image) -> String {
        file_name(image)
    }

    /// A link to save the original under a name made of its prompt.
    pub fn download(&self, image: &Image) -> Download {
        let key = image.key(Variant::Original);
        let now = self.world.clock.now();
        Download { url: self.world.storage.presign(&key, &Presign::Save(file_name(image)), now) }
    }

    /// The original without the words it was made from, for giving away. It still says that a
    /// machine made it.
    pub async fn clean(&self, image: &Image) -> Result<File, Error> {
        let _turn = self.reading.acquire().await.map_err(|e| Fault::passing("images", e))?;
        let file = self.original(image).await?;
        let file = file.ok_or_else(|| Fault::lasting("storage", "a stored picture is gone"))?;
        let bytes = label::clean(&file, &image.model.0, &self.pipeline.terms)
            .map_err(|error| Fault::lasting("images", error))?;
        Ok(File { name: clean_name(image), media_type: image.media_type.clone(), bytes })
    }
}

/// A choice is of at least one picture and at most [`Images::MOST`].
fn few(ids: &[ImageId]) -> Result<(), Invalid> {
    if ids.is_empty() {
        return Err(Invalid::new("image", "no picture is chosen; choose at least one"));
    }
    if ids.len() > Images::MOST {
        let says = format!("{} pictures at once; choose at most {}", ids.len(), Images::MOST);
        return Err(Invalid::new("image", says));
    }
    Ok(())
}

/// A name that tells nothing: the first words of a prompt are words of it.
fn clean_name(image: &Image) -> String {
    let id = image.id.to_string();
    let end = id.rsplit('-').next().unwrap_or(&id);
    format!("picture-{end}.{}", image.extension())
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
