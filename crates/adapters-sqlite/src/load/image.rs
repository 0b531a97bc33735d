//! Pictures a decision must see.

use rusqlite::Connection;
use safelight_domain::{AccountId, Books, ImageId};

use crate::{error::Sql, lookup::mine, rows};

pub fn images(
    db: &Connection,
    account: AccountId,
    images: &[ImageId],
    books: &mut Books,
) -> Sql<()> {
    let sql = rows::select_image!(
        "image i JOIN generation g ON g.id = i.generation_id WHERE i.id = ?1 AND i.account_id = ?2"
    );
    books.images = mine(db, sql, account, images.iter().map(|id| id.0), rows::image)?;
    Ok(())
}
