//! Who makes pictures: fal, or the painter while no key is set.

use super::Report;
use crate::wire::maker;

pub fn check(report: &mut Report, app_url: &str) {
    // Only what the settings say is looked at, so any key for tokens will do.
    match report.try_get("provider", maker::configured(app_url, [0; 32])) {
        None => {}
        Some(None) => {
            report.info("provider", "dormant, no FAL_KEY set: the painter makes practice pictures");
        }
        Some(Some(fal)) => {
            let how = if fal.pushes() { "it pushes to /webhooks/fal" } else { "it is polled" };
            report.ok("provider", format!("fal, and {how}"));
        }
    }
}
