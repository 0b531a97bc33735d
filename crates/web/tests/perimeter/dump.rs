//! All that is recorded, as text to compare.

use crate::site::Site;

/// Windows of limits are not what an act is about.
const NOT_FACTS: [&str; 1] = ["quota"];

/// Every row of every table, in order.
pub fn dump(site: &Site) -> String {
    safelight_tests::dump(&site.studio, |table| !NOT_FACTS.contains(&table))
}
