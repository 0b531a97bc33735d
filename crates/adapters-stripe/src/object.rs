//! Stripe's JSON, read by pointers: a field may be missing, null, moved or of another type in
//! another version, and whatever is not asked for is never in the way.

use safelight_domain::Timestamp;
use safelight_ports::Money;
use serde_json::Value;

/// An object of Stripe's, or a part of one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Object<'a>(pub &'a Value);

impl<'a> Object<'a> {
    /// What is at the first of these places that is not null. New places come first, the ones
    /// older versions used after them.
    pub fn at(self, places: &[&str]) -> Option<Object<'a>> {
        places.iter().find_map(|place| self.0.pointer(place).filter(|v| !v.is_null())).map(Self)
    }

    /// A text.
    pub fn text(self, places: &[&str]) -> Option<&'a str> {
        self.at(places)?.0.as_str()
    }

    /// A whole number that is not negative.
    pub fn whole(self, places: &[&str]) -> Option<u64> {
        self.at(places)?.0.as_u64()
    }

    /// A truth.
    pub fn flag(self, places: &[&str]) -> Option<bool> {
        self.at(places)?.0.as_bool()
    }

    /// An id, which stands alone, or within the object it names when that was expanded.
    pub fn id(self, places: &[&str]) -> Option<&'a str> {
        let at = self.at(places)?.0;
        at.as_str().or_else(|| at.get("id")?.as_str()).filter(|id| !id.is_empty())
    }

    /// A moment: seconds in v1, RFC 3339 in v2.
    pub fn time(self, places: &[&str]) -> Option<Timestamp> {
        let at = self.at(places)?.0;
        match at.as_i64() {
            Some(seconds) => Timestamp::from_second(seconds).ok(),
            None => at.as_str()?.parse().ok(),
        }
    }

    /// What is in a list, wrapped (`{data: [..]}`) or bare.
    pub fn list(self, places: &[&str]) -> impl Iterator<Item = Object<'a>> + use<'a> {
        let at = self.at(places).map(|at| at.0.get("data").unwrap_or(at.0));
        at.and_then(Value::as_array).into_iter().flatten().map(Self)
    }

    /// An amount in the object's own currency.
    pub fn money(self, places: &[&str]) -> Option<Money> {
        let currency = self.text(&["/currency"])?.to_ascii_lowercase();
        Some(Money { minor: self.whole(places)?, currency })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whatever_stands_there() {
        let value = json!({
            "new": null, "old": "a", "plain": "cus_1", "whole": {"id": "cus_2", "object": "x"},
            "gone": {"id": "cus_3", "deleted": true}, "odd": 7, "empty": "", "less": -1,
            "seconds": 1_767_225_600, "written": "2026-01-01T00:00:03.000Z",
            "wrapped": {"object": "list", "data": [1, 2]}, "bare": [1], "currency": "USD",
        });
        let object = Object(&value);
        assert_eq!(object.text(&["/new", "/older", "/old"]), Some("a"));
        for (place, id) in [("/plain", "cus_1"), ("/whole", "cus_2"), ("/gone", "cus_3")] {
            assert_eq!(object.id(&[place]), Some(id));
        }
        for nothing in ["/odd", "/empty", "/new", "/missing", "/bare"] {
            assert_eq!(object.id(&[nothing]), None, "{nothing}");
        }
        assert_eq!(object.whole(&["/less"]), None);
        assert_eq!(object.time(&["/seconds"]).unwrap().to_string(), "2026-01-01T00:00:00Z");
        assert_eq!(object.time(&["/written"]).unwrap().as_second(), 1_767_225_603);
        let count = |place: &str| object.list(&[place]).count();
        assert_eq!((count("/wrapped"), count("/bare"), count("/old"), count("/no")), (2, 1, 0, 0));
        assert_eq!(object.money(&["/odd"]), Some(Money { minor: 7, currency: "usd".to_owned() }));
        assert_eq!(object.money(&["/less"]), None);
    }
}
