//! Pictures as rows, and renders whose objects must leave the bucket.

use rusqlite::params;
use safelight_domain::{Image, ImageId, ImageWrite, RenderId};

use super::RowWriter;
use crate::{
    error::Sql,
    rows::{bits, id, micros},
    words,
};

impl RowWriter<'_> {
    pub(super) fn record_image(&self, write: &ImageWrite) -> Sql<()> {
        let me = id(self.account.0);
        match write {
            ImageWrite::New(image) => self.image(image),
            ImageWrite::Liked(image, liked) => self.one(
                "UPDATE image SET liked = ?3 WHERE id = ?1 AND account_id = ?2",
                params![id(image.0), me, liked],
            ),
            ImageWrite::Filed(image, folder) => self.one(
                "UPDATE image SET folder_id = ?3 WHERE id = ?1 AND account_id = ?2",
                params![id(image.0), me, folder.map(|f| id(f.0))],
            ),
            ImageWrite::Trashed(image, at) => self.one(
                "UPDATE image SET trashed_at = ?3 WHERE id = ?1 AND account_id = ?2",
                params![id(image.0), me, at.map(micros)],
            ),
            ImageWrite::Purged(image) => self.image_purged(*image),
            ImageWrite::Discard(render) => self.discard(*render),
            ImageWrite::ObjectsDeleted(render, at) => self.run_any(
                "UPDATE discard SET cleared_at = ?3 WHERE render_id = ?1 AND account_id = ?2 \
                 AND cleared_at IS NULL",
                params![id(render.0), me, micros(*at)],
            ),
        }
    }

    fn image(&self, image: &Image) -> Sql<()> {
        self.one(
            "INSERT INTO image(id, account_id, render_id, generation_id, model, seed, width, \
             height, bytes, media_type, thumbhash, liked, folder_id, created_at) \
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            params![
                id(image.id.0),
                id(image.account_id.0),
                id(image.render_id.0),
                id(image.generation_id.0),
                image.model.0,
                bits(image.seed),
                image.width,
                image.height,
                image.bytes,
                image.media_type,
                image.thumbhash,
                image.liked,
                image.folder_id.map(|f| id(f.0)),
                micros(image.created_at)
            ],
        )?;
        let n = self.db.last_insert_rowid();
        let prompt = image.prompt.as_str();
        words::add(self.db, n, image.account_id, prompt, &image.model, image.seed)
    }

    fn image_purged(&self, image: ImageId) -> Sql<()> {
        let of = [id(image.0), id(self.account.0)];
        self.run_any(
            "DELETE FROM image_words WHERE rowid = \
             (SELECT n FROM image WHERE id = ?1 AND account_id = ?2)",
            of,
        )?;
        self.one("DELETE FROM image WHERE id = ?1 AND account_id = ?2", of)
    }

    /// Given up twice is given up once.
    fn discard(&self, render: RenderId) -> Sql<()> {
        self.run_any(
            "INSERT INTO discard(render_id, account_id, at) VALUES(?1, ?2, ?3) \
             ON CONFLICT DO NOTHING",
            params![id(render.0), id(self.account.0), micros(self.now)],
        )
    }
}
