//! Which characters an address may be made of.

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup},
};

use super::nfc;
use crate::Invalid;

/// What has a meaning in mail headers or needs quotes (RFC 5322, specials), without @ and the dot.
const SPECIAL: &str = "<>,;:\"()[]\\";

/// Lets through letters, accents and digits of any script, and the signs mailboxes use.
pub(super) fn check(c: char) -> Result<(), Invalid> {
    let point = u32::from(c);
    let wrong = |says: String| Err(Invalid::new("email", says));
    match c {
        ' ' => wrong("the address has a space in it; remove it".to_owned()),
        '"' => wrong("an address in quotes cannot be used; use one without".to_owned()),
        '(' | ')' => {
            wrong("remove what stands in brackets; it is no part of an address".to_owned())
        }
        '[' | ']' => wrong("write the domain's name after the @, not a number".to_owned()),
        c if SPECIAL.contains(c) => wrong(format!("remove the character {c}; no mailbox uses it")),
        '!'..='~' => Ok(()),
        c if is_invisible(c) => wrong(format!("remove the invisible character U+{point:04X}")),
        c if nfc(c.encode_utf8(&mut [0; 4])).is_ascii() => {
            wrong(format!("U+{point:04X} looks like another character; type the plain one"))
        }
        c if is_word(c) => Ok(()),
        c => wrong(format!("remove the character {c} (U+{point:04X}); no mailbox uses it")),
    }
}

/// Whether it changes the letter before it.
pub(super) fn is_mark(c: char) -> bool {
    GeneralCategoryGroup::Mark.contains(category(c))
}

fn is_word(c: char) -> bool {
    let words = GeneralCategoryGroup::Letter
        .union(GeneralCategoryGroup::Mark)
        .union(GeneralCategoryGroup::Number);
    words.contains(category(c))
}

/// Whether nobody sees it: controls, formats, separators, fillers, what has no meaning yet.
fn is_invisible(c: char) -> bool {
    let unseen = GeneralCategoryGroup::Separator.union(GeneralCategoryGroup::Other);
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c);
    // The blank pattern of Braille is a symbol by name and a space by looks.
    ignorable || unseen.contains(category(c)) || c == '\u{2800}'
}

fn category(c: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(c)
}
