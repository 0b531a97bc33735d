//! The API over a real database: what clients may rely on, asked the way they ask.
//!
//! Every answer of every test is held against the served document, so the document cannot lie.

#[path = "api/bodies.rs"]
mod bodies;
#[path = "api/document.rs"]
mod document;
#[path = "api/edge.rs"]
mod edge;
#[path = "api/gallery.rs"]
mod gallery;
#[path = "api/keys.rs"]
mod keys;
#[path = "api/limits.rs"]
mod limits;
#[path = "api/logs.rs"]
mod logs;
#[path = "api/money.rs"]
mod money;
#[path = "api/site.rs"]
mod site;
