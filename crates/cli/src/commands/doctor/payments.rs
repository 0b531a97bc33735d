//! Who takes cards: Stripe, looked over with reads alone, or nobody while no key is set.

use safelight_domain::Packs;

use super::Report;
use crate::wire::cards;

pub async fn check(report: &mut Report, packs: Option<&Packs>, app_url: &str) {
    let Some(packs) = packs else { return };
    match report.try_get("payments", cards::probe(packs, app_url).await) {
        None => {}
        Some(None) => {
            let says = "dormant, no STRIPE_SECRET_KEY set: nobody's card is charged; a play checkout \
                        seen from this machine alone stands in. A key from dashboard.stripe.com/apikeys, and then safelight stripe setup, is all it \
                        takes to sell packs";
            report.info("payments", says);
        }
        Some(Some(steps)) => {
            report.ok("payments", "Stripe; nothing was changed to look it over");
            report.steps("", &steps);
        }
    }
}
