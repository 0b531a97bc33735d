//! Who makes pictures: fal, or the painter while no key is set.

use super::Report;
use crate::wire::maker;

pub async fn check(report: &mut Report, app_url: &str) {
    match report.try_get("provider", maker::probe(app_url).await) {
        None => {}
        Some(None) => {
            let says = "dormant, no FAL_KEY set: the painter makes practice pictures. A key from \
                        fal.ai/dashboard/keys is all it takes to make real ones";
            report.info("provider", says);
        }
        Some(Some(steps)) => {
            report.ok("provider", "fal; nothing was spent to look it over");
            report.steps("", &steps);
        }
    }
}
