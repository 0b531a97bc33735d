//! Values that are one text on the wire and one parsed type inside.
//!
//! Invariant: reading refuses with the field's own rule and its mend; nothing is guessed.

use std::borrow::Cow;

use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef},
    types::{ParseError, ParseFromJSON, ParseFromParameter, ParseResult, ToJSON, Type},
};
use safelight_domain::{
    ChargeId, FolderId, GenerationId, ImageId, Invalid, KeyId, LotId, NotAnId, Ratio, RenderId,
    Seed, Size, Timestamp,
};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

/// How a type is written, read and described.
pub trait Wire: Sized + Send + Sync {
    /// Its name, for messages and the document.
    const NAME: &'static str;
    /// What the document says about it.
    fn schema() -> MetaSchema;
    /// Reads it.
    fn read(text: &str) -> Result<Self, Invalid>;
    /// Writes it.
    fn write(&self) -> String;
}

/// `T` as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<T>(pub T);

impl<T: Wire> Type for Text<T> {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        T::NAME.into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(T::schema()))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl<T: Wire> ToJSON for Text<T> {
    fn to_json(&self) -> Option<Value> {
        Some(Value::String(self.0.write()))
    }
}

impl<T: Wire> ParseFromParameter for Text<T> {
    fn parse_from_parameter(text: &str) -> ParseResult<Self> {
        T::read(text).map(Self).map_err(|invalid| ParseError::custom(invalid.says))
    }
}

impl<T: Wire> ParseFromJSON for Text<T> {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        match value {
            Some(Value::String(text)) => Self::parse_from_parameter(&text),
            other => Err(ParseError::expected_type(other.unwrap_or_default())),
        }
    }
}

/// From a JSON string, or from a whole JSON number by its digits.
impl<'de, T: Wire> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = match Value::deserialize(from)? {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            other => other.to_string(),
        };
        T::read(&text).map(Self).map_err(|invalid| de::Error::custom(invalid.says))
    }
}

/// RFC 3339 in UTC.
impl Wire for Timestamp {
    const NAME: &'static str = "timestamp";

    fn schema() -> MetaSchema {
        MetaSchema::new_with_format("string", "date-time")
    }

    fn read(text: &str) -> Result<Self, Invalid> {
        let says = "a time is written as in 2026-11-23T10:00:00Z";
        text.parse().map_err(|_| Invalid::new("at", says))
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

/// The pattern of decimal numbers of at most as many digits as `most`, and no larger.
fn up_to(most: u64) -> String {
    let most = most.to_string();
    let mut ways = vec![format!("[0-9]{{1,{}}}", most.len() - 1)];
    for (at, digit) in most.char_indices().filter(|(_, digit)| *digit > '0') {
        let below = char::from_digit(digit.to_digit(10).unwrap_or(1) - 1, 10).unwrap_or('0');
        ways.push(format!("{}[0-{below}][0-9]{{{}}}", &most[..at], most.len() - 1 - at));
    }
    ways.push(most);
    format!("^(?:{})$", ways.join("|"))
}

/// A decimal string, because JavaScript rounds whole numbers above 2^53; a number is read too.
impl Wire for Seed {
    const NAME: &'static str = "seed";

    fn schema() -> MetaSchema {
        let text = MetaSchema { pattern: Some(up_to(u64::MAX)), ..MetaSchema::new("string") };
        // 2^64 and below it; `openapi` says the largest itself.
        let number = MetaSchema {
            minimum: Some(0.0),
            maximum: Some(2_f64.powi(64)),
            exclusive_maximum: Some(true),
            ..MetaSchema::new("integer")
        };
        let either = [text, number].map(|schema| MetaSchemaRef::Inline(Box::new(schema)));
        MetaSchema {
            one_of: either.into(),
            description: Some("0 to 18446744073709551615, as a decimal string or a whole number."),
            ..MetaSchema::ANY
        }
    }

    fn read(text: &str) -> Result<Self, Invalid> {
        // Blanks and a row of zeros are a person's slips, not a program's.
        let plain = text.len() <= 20 && !text.contains(char::is_whitespace);
        Self::parse(if plain { text } else { "" })
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

impl Wire for Size {
    const NAME: &'static str = "size";

    fn schema() -> MetaSchema {
        let enum_items = Size::ALL.iter().map(|size| size.as_str().into()).collect();
        MetaSchema { enum_items, ..MetaSchema::new("string") }
    }

    fn read(text: &str) -> Result<Self, Invalid> {
        Self::parse(text)
    }

    fn write(&self) -> String {
        self.as_str().to_owned()
    }
}

impl Wire for Ratio {
    const NAME: &'static str = "ratio";

    fn schema() -> MetaSchema {
        let enum_items = Self::ALL.iter().map(|ratio| ratio.as_str().into()).collect();
        MetaSchema { enum_items, ..MetaSchema::new("string") }
    }

    fn read(text: &str) -> Result<Self, Invalid> {
        Self::parse(text)
    }

    fn write(&self) -> String {
        self.as_str().to_owned()
    }
}

/// Ids are typed all the way to the edge: a render's cannot be given for an image's.
macro_rules! ids {
    ($($id:ident in $field:literal)*) => {$(
        impl Wire for $id {
            const NAME: &'static str = $field;

            fn schema() -> MetaSchema {
                MetaSchema::new_with_format("string", "uuid")
            }

            fn read(text: &str) -> Result<Self, Invalid> {
                text.parse().map_err(|not: NotAnId| Invalid::new($field, not.to_string()))
            }

            fn write(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

ids! {
    ChargeId in "charge_id"
    FolderId in "folder_id"
    GenerationId in "generation_id"
    ImageId in "image_id"
    KeyId in "key_id"
    LotId in "lot_id"
    RenderId in "render_id"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_read_from_digits_however_they_come_and_shown_as_text() {
        let read = |json: &str| serde_json::from_str::<Text<Seed>>(json).map(|seed| seed.0.0);
        assert_eq!(read("7").unwrap(), 7);
        assert_eq!(read("\"18446744073709551615\"").unwrap(), u64::MAX);
        for bad in ["18446744073709551616", "-1", "1.5", "1e3", "\"x\"", "true", "null", "[]"] {
            let told = read(bad).unwrap_err().to_string();
            assert!(told.contains("a seed is a whole number from 0 to"), "{bad}: {told}");
        }
        assert_eq!(Text(Seed(u64::MAX)).to_json(), Some("18446744073709551615".into()));
    }

    #[test]
    fn a_time_is_rfc_3339_in_utc() {
        let time = Timestamp::from_second(1_795_428_000).unwrap();
        assert_eq!(time.write(), "2026-11-23T10:00:00Z");
        assert_eq!(Timestamp::read(&time.write()), Ok(time));
    }
}
