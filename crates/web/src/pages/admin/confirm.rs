//! What an admin whose code is older is shown in place of an act.

use super::link::with;
use crate::visitor::Admin;

/// Where they confirm that it is them before they act on the page at `place`; none when they just
/// did.
pub fn first(admin: &Admin, place: &str) -> Option<String> {
    (!admin.0.is_recent()).then(|| with("/account/confirm", &[("return_to", place)]))
}
