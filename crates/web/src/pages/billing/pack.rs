//! Packs on sale, as buttons that say what they cost.

use safelight_domain::{Money, Pack};
use safelight_usecases::Studio;
use serde::Serialize;

/// A pack.
#[derive(Serialize)]
pub struct PackView {
    name: String,
    credits: u32,
    price: String,
    /// What one credit costs, in the currency's hundredth of a smallest unit's place.
    each: String,
    expires_days: Option<u32>,
}

/// What can be bought here, smallest first; nothing while no payments are set up.
pub fn packs(studio: &Studio) -> Vec<PackView> {
    if !studio.orders.is_selling() {
        return Vec::new();
    }
    studio.terms.packs.iter().map(PackView::from).collect()
}

impl From<&Pack> for PackView {
    fn from(pack: &Pack) -> Self {
        Self {
            name: pack.name.as_str().to_owned(),
            credits: pack.credits.get(),
            price: pack.money.to_string(),
            each: each(&pack.money, pack.credits.get()),
            expires_days: pack.expires_days,
        }
    }
}

/// `0.0999 USD`: four places tell packs apart that cents do not.
fn each(money: &Money, credits: u32) -> String {
    let scale = 10_u64.pow(u32::try_from(money.decimals()).unwrap_or(2));
    let tenth = u64::from(credits) * scale;
    let ten_thousandths = (money.minor * 10_000 + tenth / 2) / tenth.max(1);
    let (whole, part) = (ten_thousandths / 10_000, ten_thousandths % 10_000);
    let digits = format!("{whole}.{part:04}");
    let short = digits.trim_end_matches('0');
    let places = short.rsplit_once('.').map_or(0, |(_, part)| part.len());
    let padded = if places < 2 {
        format!("{whole}.{:0<2}", &short[short.len() - places..])
    } else {
        short.to_owned()
    };
    format!("{padded} {}", money.currency.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credit_has_its_price() {
        for (minor, currency, credits, says) in [
            (999, "usd", 100, "0.0999 USD"),
            (400, "usd", 100, "0.04 USD"),
            (1_000, "usd", 100, "0.10 USD"),
            (7_900, "usd", 1_000, "0.079 USD"),
            (1_500, "jpy", 100, "15.00 JPY"),
            (100, "usd", 1, "1.00 USD"),
        ] {
            assert_eq!(each(&Money { minor, currency: currency.to_owned() }, credits), says);
        }
    }
}
