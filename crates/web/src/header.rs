//! Request headers, read as bytes: what cannot be read is never taken for absent.

use poem::{Request, http::HeaderName};

/// A header that is there and cannot be read: it holds bytes outside of visible ASCII, or it was
/// sent more than once.
#[derive(Debug, PartialEq, Eq)]
pub struct Unreadable;

/// The one value of a header; none when it was not sent.
pub fn one<'a>(request: &'a Request, name: &HeaderName) -> Result<Option<&'a str>, Unreadable> {
    let mut values = request.headers().get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    match value.to_str() {
        Ok(text) if values.next().is_none() => Ok(Some(text)),
        Ok(_) | Err(_) => Err(Unreadable),
    }
}

/// Whether any line of a header has this word in it, whatever else stands there.
pub fn mentions(request: &Request, name: &HeaderName, word: &str) -> bool {
    let (mut lines, word) = (request.headers().get_all(name).iter(), word.as_bytes());
    lines.any(|line| line.as_bytes().windows(word.len()).any(|part| part == word))
}

/// What a header says, for people to read: what is no text is replaced. Nothing is decided by it.
pub fn described(request: &Request, name: &HeaderName) -> Option<String> {
    let text = String::from_utf8_lossy(request.headers().get(name)?.as_bytes());
    Some(text.replace(char::is_control, " "))
}

#[cfg(test)]
mod tests {
    use poem::http::{HeaderValue, header};

    use super::*;

    fn with(values: &[&[u8]]) -> Request {
        let mut request = Request::default();
        for value in values {
            let value = HeaderValue::from_bytes(value).unwrap();
            request.headers_mut().append(header::ACCEPT, value);
        }
        request
    }

    #[test]
    fn what_cannot_be_read_is_not_absent() {
        let read = |values: &[&[u8]]| {
            one(&with(values), &header::ACCEPT).map(|text| text.map(str::to_owned))
        };
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[b"a"]), Ok(Some("a".to_owned())));
        assert_eq!(read(&[b""]), Ok(Some(String::new())));
        assert_eq!(read(&[b"a\xfc"]), Err(Unreadable));
        assert_eq!(read(&["\u{fc}".as_bytes()]), Err(Unreadable));
        assert_eq!(read(&[b"a", b"a"]), Err(Unreadable));
    }

    #[test]
    fn one_strange_byte_hides_nothing_beside_it() {
        let accepts = |values: &[&[u8]]| mentions(&with(values), &header::ACCEPT, "text/html");
        assert!(accepts(&[b"text/html"]));
        assert!(accepts(&[b"x/\xff;q=0.1, text/html"]));
        assert!(accepts(&[b"\xff", b"text/html;q=0.9"]));
        assert!(!accepts(&[b"text/htm", b"l"]));
        assert!(!accepts(&[]));
        let told = described(&with(&[b"Z\xfcrich\t1"]), &header::ACCEPT);
        assert_eq!(told.as_deref(), Some("Z\u{fffd}rich 1"));
    }
}
