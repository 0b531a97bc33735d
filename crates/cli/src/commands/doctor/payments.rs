//! Who takes cards: Stripe, looked over with reads alone, or nobody while no key is set.

use safelight_domain::Packs;

use super::Report;
use crate::wire::{
    cards::{self, Outcome},
    cashier,
};

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
            for step in steps {
                match step.outcome {
                    Outcome::Passed(says) if says.is_empty() => report.ok(step.id, step.name),
                    Outcome::Passed(says) => report.ok(step.id, format!("{}: {says}", step.name)),
                    Outcome::Noted(says) => report.warn(step.id, format!("{}: {says}", step.name)),
                    Outcome::Failed(says) => report.fail(step.id, format!("{}: {says}", step.name)),
                    Outcome::Skipped => {
                        let why = "not tried, because the key was not accepted";
                        report.info(step.id, format!("{}: {why}", step.name));
                    }
                }
            }
        }
    }
}
