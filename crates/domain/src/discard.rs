//! Objects that must leave the bucket. The row is written in the commit that gives the picture up
//! and is worked off afterwards, so that no crash leaves bytes nobody knows of, and no picture is
//! shown whose bytes are gone.

use crate::{AccountId, ObjectKey, RenderId, SignedDuration, Variant, image::object_key};

/// How long a picture stays in the trash.
pub const TRASH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A render whose objects must go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Discard {
    /// Whose.
    pub account_id: AccountId,
    /// Which render.
    pub render_id: RenderId,
}

impl Discard {
    /// All objects the render can have left, under every ending an original can have.
    pub fn keys(self) -> Vec<ObjectKey> {
        let key = |variant, media| object_key(self.account_id, self.render_id, variant, media);
        let originals = ["image/jpeg", "image/png", "image/webp"];
        let originals = originals.map(|media| key(Variant::Original, media));
        let small = [Variant::W320, Variant::W640].map(|variant| key(variant, "image/jpeg"));
        originals.into_iter().chain(small).collect()
    }
}
