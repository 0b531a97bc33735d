//! The perimeter: who may do what on every route there is, and what no request may achieve.
//!
//! What is asked of every route is asked of `safelight_web::routes`, so a route that is new is asked
//! too, and fails by its name until `perimeter/matrix.txt` says who may do what there.

#[path = "perimeter/cookies.rs"]
mod cookies;
#[path = "perimeter/cross_site.rs"]
mod cross_site;
#[path = "perimeter/dev.rs"]
mod dev;
#[path = "perimeter/dump.rs"]
mod dump;
#[path = "perimeter/fields.rs"]
mod fields;
#[path = "perimeter/headers.rs"]
mod headers;
#[path = "perimeter/hosts.rs"]
mod hosts;
#[path = "perimeter/looking.rs"]
mod looking;
#[path = "perimeter/markup.rs"]
mod markup;
#[path = "perimeter/matrix.rs"]
mod matrix;
#[path = "perimeter/paths.rs"]
mod paths;
#[path = "perimeter/redirects.rs"]
mod redirects;
#[path = "perimeter/sample.rs"]
mod sample;
#[path = "perimeter/site.rs"]
mod site;
#[path = "perimeter/table.rs"]
mod table;
#[path = "perimeter/things.rs"]
mod things;
#[path = "perimeter/who.rs"]
mod who;
