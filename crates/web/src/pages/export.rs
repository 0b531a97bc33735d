//! `/account/export`: everything of an account as one zip, written while it is sent.
//!
//! Invariant: at most one picture and one page of rows are in memory, however many there are;
//! nothing is read before the browser has taken what was read before it. Only the zip's own list of
//! entries grows, by some hundred bytes a picture.

mod rows;

use std::{collections::VecDeque, io};

use futures_util::{Stream, stream};
use poem::{Body, Response, handler, http::header};
use safelight_domain::{AccountId, Image, ImageFilter};
use safelight_usecases::{Cursor, Error, Page, Studio, chain};

use self::rows::Rows;
use crate::{archive::Archive, problem::Problem, streams::Place, visitor::Recent};

/// Rows read at a time.
const PAGE: u16 = 100;

/// `POST /account/export`
#[handler]
pub async fn send(Recent(member): Recent) -> Result<Response, Problem> {
    let place = member.download()?;
    let (studio, account) = (member.studio().clone(), member.account());
    studio.accounts.exported(account, member.by()).await?;
    let name = format!("export-{}.zip", super::moment::day(studio.now()));
    let body = Body::from_bytes_stream(everything(studio, account, place));
    Ok(Response::builder()
        .content_type("application/zip")
        .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
        .body(body))
}

/// The zip, piece by piece. A fault breaks it off: a browser tells a broken download.
fn everything(
    studio: Studio,
    account: AccountId,
    place: Place,
) -> impl Stream<Item = io::Result<Vec<u8>>> + Send + 'static {
    let export = Export {
        studio,
        account,
        archive: Archive::new(),
        next: Some(Next::List(0, None)),
        _place: place,
    };
    stream::try_unfold(export, |mut export| async move {
        loop {
            let Some(next) = export.next.take() else { return Ok(None) };
            export.next = export.step(next).await.map_err(|error| {
                tracing::error!(error = %chain(&error), "an export broke off");
                io::Error::other("the export broke off")
            })?;
            let piece = export.archive.take();
            if !piece.is_empty() {
                return Ok(Some((piece, export)));
            }
        }
    })
}

struct Export {
    studio: Studio,
    account: AccountId,
    archive: Archive,
    next: Option<Next>,
    _place: Place,
}

/// What comes next.
enum Next {
    /// A page of the list of this number.
    List(usize, Option<Cursor>),
    /// Pictures in the gallery, then those in the trash.
    Pictures { trashed: bool, after: Option<Cursor>, last: bool, held: VecDeque<Image> },
    /// The zip's own list.
    End,
}

impl Export {
    async fn step(&mut self, next: Next) -> Result<Option<Next>, Error> {
        match next {
            Next::List(n, after) => self.list(n, after).await.map(Some),
            Next::Pictures { trashed, after, last, held } => {
                self.picture(trashed, after, last, held).await.map(Some)
            }
            Next::End => {
                self.archive.end()?;
                Ok(None)
            }
        }
    }

    async fn list(&mut self, n: usize, after: Option<Cursor>) -> Result<Next, Error> {
        let Some(rows) = Rows::ALL.get(n) else {
            let held = VecDeque::new();
            return Ok(Next::Pictures { trashed: false, after: None, last: false, held });
        };
        let page = Page { after, limit: PAGE };
        let (items, more) = rows.read(&self.studio, self.account, page).await?;
        self.archive.rows(rows.file(), after.is_none(), &items, more.is_none())?;
        Ok(more.map_or(Next::List(n + 1, None), |cursor| Next::List(n, Some(cursor))))
    }

    async fn picture(
        &mut self,
        trashed: bool,
        after: Option<Cursor>,
        last: bool,
        mut held: VecDeque<Image>,
    ) -> Result<Next, Error> {
        if let Some(image) = held.pop_front() {
            let name = format!("pictures/{}.{}", image.id, image.extension());
            match self.studio.images.original(&image).await? {
                Some(bytes) => self.archive.picture(&name, &bytes)?,
                None => self.archive.picture(&format!("{name}.missing"), &[])?,
            }
            return Ok(Next::Pictures { trashed, after, last, held });
        }
        if last {
            let held = VecDeque::new();
            let trash = Next::Pictures { trashed: true, after: None, last: false, held };
            return Ok(if trashed { Next::End } else { trash });
        }
        let filter = ImageFilter { trashed, ..ImageFilter::default() };
        let page = Page { after, limit: PAGE };
        let paged = self.studio.images.list(self.account, &filter, page).await?;
        let last = paged.next.is_none();
        Ok(Next::Pictures { trashed, after: paged.next, last, held: paged.items.into() })
    }
}
