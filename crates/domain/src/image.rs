//! A stored picture: what was measured of it, where its bytes are, and how a person filed it.

use crate::{AccountId, FolderId, GenerationId, ImageId, ModelSlug, RenderId, Seed, Timestamp};

/// Where an object lies in the bucket: `images/<account>/<render>/<name>`. Deterministic in the
/// render, so that storing twice overwrites the same bytes and loses nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectKey(pub String);

/// Which file of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variant {
    /// All the pixels the provider delivered, and what they were made from.
    Original,
    /// At most 320 px wide.
    W320,
    /// At most 640 px wide.
    W640,
}

/// A thumbnail's measures, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thumb {
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// One stored picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Its id.
    pub id: ImageId,
    /// Whose it is.
    pub account_id: AccountId,
    /// The render that made it.
    pub render_id: RenderId,
    /// The press of the button that made it.
    pub generation_id: GenerationId,
    /// What it was made from.
    pub prompt: crate::Prompt,
    /// By which model.
    pub model: ModelSlug,
    /// From which seed.
    pub seed: Seed,
    /// True width of the original in pixels.
    pub width: u32,
    /// True height of the original in pixels.
    pub height: u32,
    /// Size of the original in bytes.
    pub bytes: u64,
    /// `image/jpeg`, `image/png` or `image/webp`, by content, not by claim.
    pub media_type: String,
    /// A blurred stand-in of about 25 bytes (thumbhash).
    pub thumbhash: Vec<u8>,
    /// A heart.
    pub liked: bool,
    /// The folder it is filed in.
    pub folder_id: Option<FolderId>,
    /// When it was put in the trash.
    pub trashed_at: Option<Timestamp>,
    /// When it was stored.
    pub created_at: Timestamp,
}

impl Image {
    /// Where one of its files lies.
    pub fn key(&self, variant: Variant) -> ObjectKey {
        object_key(self.account_id, self.render_id, variant, &self.media_type)
    }

    /// The file ending of the original.
    pub fn extension(&self) -> &'static str {
        extension(&self.media_type)
    }
}

/// Where a render's file lies, before there is an image to ask.
pub fn object_key(
    account: AccountId,
    render: RenderId,
    variant: Variant,
    media_type: &str,
) -> ObjectKey {
    let name = match variant {
        Variant::Original => format!("original.{}", extension(media_type)),
        Variant::W320 => "320.jpg".to_owned(),
        Variant::W640 => "640.jpg".to_owned(),
    };
    ObjectKey(format!("images/{account}/{render}/{name}"))
}

fn extension(media_type: &str) -> &'static str {
    match media_type {
        "image/png" => "png",
        "image/webp" => "webp",
        _ => "jpg",
    }
}
