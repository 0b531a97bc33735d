//! Chosen pictures as one zip, written while it is sent: a manifest first, then each picture as it
//! is stored.
//!
//! Invariant: one picture is in memory, however many are chosen.

use std::io;

use futures_util::{Stream, stream};
use poem::{Body, Response, http::header};
use safelight_domain::{AccountId, Image, ImageId};
use safelight_usecases::{Error, Studio, chain};
use serde_json::{Value, json};

use crate::{archive::Archive, pages::moment, streams::Place};

/// Rows of the manifest written at a time.
const ROWS: usize = 100;

/// The answer that is saved as a zip.
pub fn answer(studio: &Studio, account: AccountId, ids: Vec<ImageId>, place: Place) -> Response {
    let name = format!("pictures-{}.zip", moment::day(studio.now()));
    let zip = Zip {
        studio: studio.clone(),
        account,
        ids,
        archive: Archive::new(),
        next: Some(Next::Rows(0)),
        _place: place,
    };
    Response::builder()
        .content_type("application/zip")
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
        .body(Body::from_bytes_stream(pieces(zip)))
}

struct Zip {
    studio: Studio,
    account: AccountId,
    ids: Vec<ImageId>,
    archive: Archive,
    next: Option<Next>,
    _place: Place,
}

/// What comes next.
enum Next {
    /// Rows of the manifest from this picture on.
    Rows(usize),
    /// This picture.
    Picture(usize),
    /// The zip's own list.
    End,
}

/// The zip, piece by piece. A fault breaks it off: a browser tells a broken download.
fn pieces(zip: Zip) -> impl Stream<Item = io::Result<Vec<u8>>> + Send + 'static {
    stream::try_unfold(zip, |mut zip| async move {
        loop {
            let Some(next) = zip.next.take() else { return Ok(None) };
            zip.next = zip.step(next).await.map_err(|error| {
                tracing::error!(error = %chain(&error), "a zip broke off");
                io::Error::other("the zip broke off")
            })?;
            let piece = zip.archive.take();
            if !piece.is_empty() {
                return Ok(Some((piece, zip)));
            }
        }
    })
}

impl Zip {
    async fn step(&mut self, next: Next) -> Result<Option<Next>, Error> {
        match next {
            Next::Rows(from) => {
                let to = (from + ROWS).min(self.ids.len());
                let mut rows = Vec::new();
                for n in from..to {
                    let image = self.image(n).await?;
                    rows.push(row(&image, &self.name(&image, n)));
                }
                let last = to == self.ids.len();
                self.archive.rows("manifest.json", from == 0, &rows, last)?;
                Ok(Some(if last { Next::Picture(0) } else { Next::Rows(to) }))
            }
            Next::Picture(n) if n < self.ids.len() => {
                let image = self.image(n).await?;
                let name = self.name(&image, n);
                match self.studio.images.original(&image).await? {
                    Some(bytes) => self.archive.picture(&name, &bytes)?,
                    None => self.archive.picture(&format!("{name}.missing"), &[])?,
                }
                Ok(Some(Next::Picture(n + 1)))
            }
            Next::Picture(_) => Ok(Some(Next::End)),
            Next::End => {
                self.archive.end()?;
                Ok(None)
            }
        }
    }

    async fn image(&self, n: usize) -> Result<Image, Error> {
        self.studio.images.get(self.account, self.ids[n]).await
    }

    /// The day, its place, the first words and the seed: no two are the same, and they sort.
    fn name(&self, image: &Image, n: usize) -> String {
        let name = self.studio.images.file_name(image);
        format!("{}_{:04}_{name}", moment::day(image.created_at), n + 1)
    }
}

fn row(image: &Image, file: &str) -> Value {
    json!({
        "file": file,
        "id": image.id.to_string(),
        "prompt": image.prompt.as_str(),
        "model": image.model.0,
        "seed": image.seed.to_string(),
        "width": image.width,
        "height": image.height,
        "media_type": image.media_type,
        "bytes": image.bytes,
        "liked": image.liked,
        "folder_id": image.folder_id.map(|id| id.to_string()),
        "created_at": image.created_at.to_string(),
    })
}
