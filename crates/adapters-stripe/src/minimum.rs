//! The least Stripe charges (Stripe docs: supported currencies, minimum charge amounts).

use safelight_domain::{Money, Pack};

/// The least of each currency that Stripe names one for, in smallest units.
const LEAST: [(&str, u64); 26] = [
    ("aed", 200),
    ("aud", 50),
    ("bgn", 100),
    ("brl", 50),
    ("cad", 50),
    ("chf", 50),
    ("czk", 1_500),
    ("dkk", 250),
    ("eur", 50),
    ("gbp", 30),
    ("hkd", 400),
    ("huf", 17_500),
    ("inr", 50),
    ("jpy", 50),
    ("krw", 500),
    ("mxn", 1_000),
    ("myr", 200),
    ("nok", 300),
    ("nzd", 50),
    ("pln", 200),
    ("ron", 200),
    ("sek", 300),
    ("sgd", 50),
    ("thb", 1_000),
    ("usd", 50),
    ("zar", 1_000),
];

/// What is wrong with a pack that costs less than Stripe charges at least, if it does. Of other
/// currencies Stripe says nothing that could be known here.
#[must_use]
pub fn below_minimum(pack: &Pack) -> Option<String> {
    let currency = pack.money.currency.as_str();
    let (_, least) = LEAST.iter().find(|(known, _)| *known == currency)?;
    let least = Money { minor: *least, currency: currency.to_owned() };
    (pack.money.minor < least.minor).then(|| {
        let (name, costs) = (pack.name.as_str(), &pack.money);
        format!("packs.{name} costs {costs}, and Stripe charges {least} at least; raise its amount")
    })
}

#[cfg(test)]
mod tests {
    use safelight_domain::{Credits, PackName};

    use super::*;

    #[test]
    fn a_pack_below_the_least_of_its_currency_is_named() {
        let low = |minor, currency: &str| {
            let pack = Pack {
                name: PackName::parse("small").unwrap(),
                credits: Credits::ONE,
                expires_days: None,
                money: Money::price(minor, currency).unwrap(),
                price: "pack_small".to_owned(),
            };
            below_minimum(&pack)
        };
        assert!(low(49, "usd").unwrap().contains("0.50 USD"));
        assert_eq!((low(50, "usd"), low(50, "jpy"), low(1, "kwd")), (None, None, None));
        assert!(low(29, "gbp").is_some() && low(49, "jpy").is_some());
    }
}
