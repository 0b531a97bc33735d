//! What an admin whose code is older is shown in place of an act.

use crate::visitor::Admin;

/// Where they confirm that it is them before they act on the page at `place`; none when they just
/// did.
pub fn first(admin: &Admin, place: &str) -> Option<String> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let query = query.append_pair("return_to", place).finish();
    (!admin.0.is_recent()).then(|| format!("/account/confirm?{query}"))
}
