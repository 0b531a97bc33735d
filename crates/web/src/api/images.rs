//! Images: pictures that are safely stored.

mod params;
mod view;

use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
    types::MaybeUndefined,
};
use safelight_domain::{FolderId, ImageFilter, ImageId, ModelSlug, Ratio, Search};
use safelight_usecases::Edit;
use serde::Deserialize;

pub use self::params::Variant;
use self::view::ImageView;
use super::Tag;
use crate::{
    auth::{ApiKey, Library, Read},
    body::Body,
    list::List,
    manner::{Changes, Looks, Told},
    page::{CursorParam, LimitParam, ListOf},
    problem::Problem,
    redirect::SeeOther,
    saved::{Saved, answer},
    wire::Text,
};

/// What to change about a picture; what is absent stays.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
struct ImageBody {
    /// Like or unlike.
    #[oai(nullable)]
    liked: Option<bool>,
    /// The folder to file it in; null takes it out of all.
    #[serde(default)]
    #[oai(nullable)]
    folder_id: MaybeUndefined<Text<FolderId>>,
}

impl From<ImageBody> for Edit {
    fn from(body: ImageBody) -> Self {
        let folder: Option<Option<Text<FolderId>>> = body.folder_id.into();
        Self { liked: body.liked, folder_id: folder.map(|id| id.map(|id| id.0)) }
    }
}

/// The routes.
pub struct Api;

#[OpenApi(prefix_path = "/images", tag = "Tag::Images")]
impl Api {
    /// List images
    #[oai(path = "/", method = "get", operation_id = "list_images")]
    #[expect(clippy::too_many_arguments, reason = "each is one query parameter of the contract")]
    async fn list(
        &self,
        key: ApiKey<Read>,
        /// True for liked ones only.
        liked: Query<Option<bool>>,
        /// Only those in this folder.
        folder_id: Query<Option<Text<FolderId>>>,
        /// Only those by this model.
        #[oai(validator(pattern = "\\S"))]
        model: Query<Option<String>>,
        /// Only those of this shape.
        ratio: Query<Option<Text<Ratio>>>,
        /// What to look for in the prompts: words, `"phrases"`, `-not`, `a OR b`, `seed:48151`,
        /// `model:flux-dev`, `liked:yes`, `before:2026-11-30`, `after:2026-11`. The last word may be
        /// the start of one. Newest first. What holds nothing to look for finds nothing.
        q: Query<Option<Text<Option<Search>>>>,
        /// True for the trash instead of the gallery.
        trashed: Query<Option<bool>>,
        cursor: CursorParam,
        limit: LimitParam,
    ) -> Told<List<ImageView>, Looks> {
        let filter = ImageFilter {
            liked: liked.0 == Some(true),
            folder_id: folder_id.0.map(|id| id.0),
            model: model.0.map(ModelSlug),
            ratio: ratio.0.map(|ratio| ratio.0),
            search: q.0.and_then(|q| q.0),
            trashed: trashed.0 == Some(true),
        };
        let images = &key.studio().images;
        let list = ListOf::mine("images", key.account);
        let paged = images.list(key.account, &filter, list.page(cursor.0, limit.0)?).await?;
        key.answer(List::of(list, paged, |image| ImageView::of(image, images))).await
    }

    /// Look at an image
    #[oai(path = "/:id", method = "get", operation_id = "get_image")]
    async fn get(&self, key: ApiKey<Read>, id: Path<Text<ImageId>>) -> Told<ImageView, Looks> {
        let images = &key.studio().images;
        let image = images.get(key.account, id.0.0).await?;
        key.answer(ImageView::of(image, images)).await
    }

    /// Like or file an image
    #[oai(path = "/:id", method = "patch", operation_id = "update_image")]
    async fn edit(
        &self,
        key: ApiKey<Library>,
        id: Path<Text<ImageId>>,
        body: Body<ImageBody>,
    ) -> Told<ImageView, Changes> {
        let images = &key.studio().images;
        let image = images.edit(key.account, id.0.0, body.0.into()).await?;
        key.answer(ImageView::of(image, images)).await
    }

    /// Put an image in the trash
    ///
    /// It can be restored for thirty days.
    #[oai(path = "/:id", method = "delete", operation_id = "trash_image")]
    async fn trash(
        &self,
        key: ApiKey<Library>,
        id: Path<Text<ImageId>>,
    ) -> Told<ImageView, Changes> {
        let images = &key.studio().images;
        let image = images.trash(key.account, id.0.0).await?;
        key.answer(ImageView::of(image, images)).await
    }

    /// Take an image out of the trash
    #[oai(path = "/:id/restore", method = "post", operation_id = "restore_image")]
    async fn restore(
        &self,
        key: ApiKey<Library>,
        id: Path<Text<ImageId>>,
    ) -> Told<ImageView, Changes> {
        let images = &key.studio().images;
        let image = images.restore(key.account, id.0.0).await?;
        key.answer(ImageView::of(image, images)).await
    }

    /// Save an image
    ///
    /// The original leads to a link that lapses within hours and saves the file under a name of its
    /// prompt. The clean variant is the answer itself: the same pixels and the mark of their
    /// making, and no word of the prompt, not in its name either.
    #[oai(path = "/:id/download", method = "get", operation_id = "download_image")]
    async fn download(
        &self,
        key: ApiKey<Read>,
        id: Path<Text<ImageId>>,
        /// Which file; the original when absent.
        variant: Query<Option<Text<Variant>>>,
    ) -> Result<Saved, Problem> {
        let images = &key.studio().images;
        let image = images.get(key.account, id.0.0).await?;
        match variant.0 {
            Some(Text(Variant::Clean)) => {
                Ok(Saved::Here(answer(key.memory(), images.clean(&image).await?)?))
            }
            _ => Ok(Saved::There(SeeOther(images.download(&image).url))),
        }
    }
}
