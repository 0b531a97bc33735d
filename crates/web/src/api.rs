//! API v1: one file a noun, its views beside its routes.

mod credits;
mod folders;
mod generations;
mod images;
mod key;
mod models;
mod quote;
mod renders;

use poem_openapi::Tags;

pub use generations::GenerationBody;
pub use images::Variant;

/// All route groups.
pub type All = (
    generations::Api,
    renders::Api,
    quote::Api,
    models::Api,
    images::Api,
    folders::Api,
    credits::Api,
    key::Api,
);

/// All route groups.
pub fn all() -> All {
    (
        generations::Api,
        renders::Api,
        quote::Api,
        models::Api,
        images::Api,
        folders::Api,
        credits::Api,
        key::Api,
    )
}

/// What a reader of the document should know first.
pub const DESCRIPTION: &str = "\
Send an API key as `Authorization: Bearer ...`. Every success is an envelope with `ok`, `data`, \
`rate_limit` and `credits_left`; every failure is a problem (RFC 9457) with a stable `type`. \
Lists are newest first: send `next` back as `cursor` for the next page. Times are UTC. \
Seeds are decimal strings. Ids of others are answered as if they did not exist.";

#[derive(Tags)]
enum Tag {
    /// One press of the button: one to four renders, each charged by itself.
    Generations,
    /// One picture being made.
    Renders,
    /// The models on offer, with prices.
    Models,
    /// Pictures that are safely stored.
    Images,
    /// Folders of the gallery.
    Folders,
    /// Credits: lots, journal, and charges for the operator's own actions.
    Credits,
    /// The key that calls.
    Key,
}
