//! What a gallery's query parameters ask for.

use poem_openapi::registry::MetaSchema;
use safelight_domain::{Invalid, Search};

use crate::wire::Wire;

/// What a person typed, kept as it was typed.
impl Wire for Option<Search> {
    const NAME: &'static str = "q";

    fn schema() -> MetaSchema {
        MetaSchema {
            max_length: Some(200),
            // Something besides blanks: a search that is none is left out.
            pattern: Some("\\S".to_owned()),
            ..MetaSchema::new("string")
        }
    }

    fn read(text: &str) -> Result<Self, Invalid> {
        Search::parse(text)
    }

    fn write(&self) -> String {
        self.as_ref().map(|search| search.typed().to_owned()).unwrap_or_default()
    }
}

/// Which file to save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// With what it was made from.
    Original,
    /// Without, for giving away; it still says that a machine made it.
    Clean,
}

impl Wire for Variant {
    const NAME: &'static str = "variant";

    fn schema() -> MetaSchema {
        MetaSchema {
            enum_items: vec!["original".into(), "clean".into()],
            ..MetaSchema::new("string")
        }
    }

    fn read(text: &str) -> Result<Self, Invalid> {
        match text {
            "original" => Ok(Self::Original),
            "clean" => Ok(Self::Clean),
            _ => Err(Invalid::new("variant", "unknown variant; ask for original or clean")),
        }
    }

    fn write(&self) -> String {
        match self {
            Self::Original => "original",
            Self::Clean => "clean",
        }
        .to_owned()
    }
}
