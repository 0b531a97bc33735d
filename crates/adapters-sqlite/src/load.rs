//! What a decision must see, loaded under the writer's lock, one file a noun.

mod account;
mod attempt;
mod event;
mod folder;
mod image;
mod key;
mod ledger;
mod order;
mod render;
mod session;
mod task;

use rusqlite::Connection;
use safelight_domain::{AccountId, Books, Needs};

#[cfg(test)]
pub use self::render::UNFINISHED;
use crate::error::Sql;

/// Loads what `needs` names. Rows of an account are loaded only when they belong to `account`.
pub fn books(db: &Connection, account: Option<AccountId>, needs: &Needs) -> Sql<Books> {
    // Every field by its name: a new need that is not loaded here does not compile.
    let Needs {
        lots,
        charges,
        sources,
        txn_keys,
        orders,
        deliveries,
        task_subjects,
        tasks,
        renders,
        unfinished,
        images,
        folders,
        keys,
        spenders,
        sessions,
        challenges,
        formers,
        email,
        waiting,
        mailbox,
    } = needs;
    let mut books = Books::default();
    attempt::attempts(db, challenges, &mut books)?;
    attempt::waiting(db, waiting.as_deref(), &mut books)?;
    account::email(db, email.as_deref(), &mut books)?;
    account::mailbox(db, mailbox.as_ref(), &mut books)?;
    event::events(db, deliveries, &mut books)?;
    task::tasks(db, task_subjects, tasks, &mut books)?;
    let Some(account) = account else { return Ok(books) };
    account::person(db, account, *formers, &mut books)?;
    ledger::lots(db, account, *lots, &mut books)?;
    ledger::earlier(db, account, sources, txn_keys, &mut books)?;
    render::renders(db, account, renders, &mut books)?;
    ledger::charges(db, account, charges, &mut books)?;
    render::unfinished(db, account, *unfinished, &mut books)?;
    // What paid a charge may have to be given back with its order's money.
    order::orders(db, account, orders, *lots, &mut books)?;
    image::images(db, account, images, &mut books)?;
    folder::folders(db, account, *folders, &mut books)?;
    key::keys(db, account, keys, spenders, &mut books)?;
    session::sessions(db, account, sessions, &mut books)?;
    Ok(books)
}
