//! Who takes cards: Stripe, looked over with reads alone, or nobody while no key is set.

use safelight_domain::Packs;

use super::Report;
use crate::wire::{cards, cashier};

pub async fn check(report: &mut Report, packs: Option<&Packs>, app_url: &str) {
    let Some(packs) = packs else { return };
    match report.try_get("payments", cards::probe(packs, app_url).await) {
        None => {}
        Some(None) => {
            let meanwhile = if cashier::plays(app_url) {
                "a play checkout, opened by the link that safelight serve prints, stands in"
            } else {
                "nothing is on sale"
            };
            let says = format!(
                "dormant, no STRIPE_SECRET_KEY set: nobody's card is charged; {meanwhile}. A key \
                 from dashboard.stripe.com/apikeys, and then safelight stripe setup, is all it \
                 takes to sell packs"
            );
            report.info("payments", says);
        }
        Some(Some(steps)) => {
            report.ok("payments", "Stripe; nothing was changed to look it over");
            report.steps("", &steps);
        }
    }
}
