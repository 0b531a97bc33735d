//! As much XML as an S3 server's answers need: elements without attributes, found by name.

/// The decoded text of the first `element`; none if there is none or its text is not XML's.
pub(crate) fn text(xml: &str, element: &str) -> Option<String> {
    decoded(elements(xml, element).next()?)
}

/// What stands between each `<element>` and its end, in order. None of those we ask for nests in
/// itself.
pub(crate) fn elements<'a>(xml: &'a str, element: &str) -> impl Iterator<Item = &'a str> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let mut rest = xml;
    std::iter::from_fn(move || {
        let (_, behind) = rest.split_once(&open)?;
        let (inner, after) = behind.split_once(&close)?;
        rest = after;
        Some(inner)
    })
}

fn decoded(text: &str) -> Option<String> {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, behind)) = rest.split_once('&') {
        let (entity, after) = behind.split_once(';')?;
        decoded.push_str(plain);
        decoded.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            number => character(number)?,
        });
        rest = after;
    }
    decoded.push_str(rest);
    Some(decoded)
}

/// The character of `#233` or `#xE9`.
fn character(number: &str) -> Option<char> {
    let number = number.strip_prefix('#')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    };
    char::from_u32(code.ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        let xml = "<?xml version=\"1.0\"?><E xmlns=\"x\"><A>1 &lt; 2 &amp;&#38;&#x26; \
                   &quot;&apos;&gt;</A><B></B><C>cut";
        assert_eq!(text(xml, "A").as_deref(), Some("1 < 2 &&& \"'>"));
        assert_eq!(text(xml, "B").as_deref(), Some(""));
        assert_eq!(text(xml, "C"), None);
        assert_eq!(text(xml, "D"), None);
        for bad in ["&", "&amp", "&nbsp;", "&#;", "&#x110000;", "&#xD800;", "&#-1;"] {
            assert_eq!(text(&format!("<A>{bad}</A>"), "A"), None, "{bad}");
        }
    }

    #[test]
    fn elements_come_in_order() {
        let all: Vec<_> = elements("<A>1</A><B>x</B><A><B>2</B></A><A>", "A").collect();
        assert_eq!(all, ["1", "<B>2</B>"]);
    }
}
