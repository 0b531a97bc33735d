//! A request's head, checked before the HTTP library reads it.
//!
//! The library is lenient where leniency lets a proxy and a server disagree about where a request
//! ends (it drops a `Content-Length` beside a `Transfer-Encoding`, and asks for no `Host`). This
//! check refuses whatever two readers could read in two ways (RFC 9112, 3.2, 5.1, 5.2, 6.1, 6.3).
//! Everything else of a head is left to the library, which refuses it with a 400 of its own.

use std::str;

/// As many header fields as a head may have. Browsers send about twenty.
const FIELDS: usize = 100;

/// Why a head, or what stands for one, is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// More bytes or fields than a head may have.
    TooLarge,
    /// Not HTTP/1.0 or HTTP/1.1.
    Version,
    /// HTTP/1.1 without a `Host`.
    NoHost,
    /// More than one `Host`.
    ManyHosts,
    /// A `Host` that is no host and port.
    BadHost,
    /// `Content-Length` beside `Transfer-Encoding`.
    LengthAndEncoding,
    /// More than one `Content-Length`.
    ManyLengths,
    /// A `Content-Length` that is no number.
    BadLength,
    /// A `Transfer-Encoding` other than `chunked`, or several, or one of HTTP/1.0.
    Encoding,
    /// A header field that goes on in a second line.
    Folded,
    /// A carriage return inside a line.
    BareReturn,
    /// A line without a field name, or with a space before the colon.
    BadName,
}

impl Unreadable {
    /// The fault and the mend.
    pub fn says(self) -> &'static str {
        match self {
            Self::TooLarge => {
                "the request's head has more than 32 KiB or 100 header fields; send fewer cookies and headers"
            }
            Self::Version => "only HTTP/1.1 and HTTP/1.0 are understood here",
            Self::NoHost => "the request names no host; send a Host header",
            Self::ManyHosts => "the request has more than one Host header; send one",
            Self::BadHost => "the Host header is no host name and port; send those alone",
            Self::LengthAndEncoding => {
                "the request has Content-Length beside Transfer-Encoding; send one of them"
            }
            Self::ManyLengths => "the request has more than one Content-Length; send one",
            Self::BadLength => "Content-Length is no number of bytes; send digits alone",
            Self::Encoding => {
                "the only Transfer-Encoding understood here is chunked, once, in HTTP/1.1"
            }
            Self::Folded => "a header field goes on in a second line; send it in one",
            Self::BareReturn => "a line of the head holds a carriage return; end lines with CR LF",
            Self::BadName => "a line of the head is no header field; send a name, a colon, a value",
        }
    }
}

/// How the body after a head is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delimited {
    /// By its length; 0 when there is no body.
    Length(u64),
    /// By chunks.
    Chunks,
}

/// What a head says of the body, or why the head is refused. `head` is whole, from the request line
/// to the empty line.
pub fn check(head: &[u8]) -> Result<Delimited, Unreadable> {
    let mut lines = head.split(|byte| *byte == b'\n').map(|line| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.contains(&b'\r') { Err(Unreadable::BareReturn) } else { Ok(line) }
    });
    let request = lines.next().unwrap_or(Ok(b""))?;
    let newer = match request {
        line if line.ends_with(b" HTTP/1.1") => true,
        line if line.ends_with(b" HTTP/1.0") => false,
        _ => return Err(Unreadable::Version),
    };
    let (mut hosts, mut length, mut chunks, mut fields) = (0, None, false, 0);
    for line in lines {
        let line = line?;
        if line.is_empty() {
            break;
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            return Err(Unreadable::Folded);
        }
        fields += 1;
        if fields > FIELDS {
            return Err(Unreadable::TooLarge);
        }
        let colon = line.iter().position(|byte| *byte == b':').ok_or(Unreadable::BadName)?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.is_empty() || name.iter().any(u8::is_ascii_whitespace) {
            return Err(Unreadable::BadName);
        }
        if name.eq_ignore_ascii_case(b"host") {
            hosts += 1;
            if !is_host(value) {
                return Err(Unreadable::BadHost);
            }
        } else if name.eq_ignore_ascii_case(b"content-length") {
            if length.is_some() {
                return Err(Unreadable::ManyLengths);
            }
            length = Some(number(value).ok_or(Unreadable::BadLength)?);
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if chunks || !newer || !value.eq_ignore_ascii_case(b"chunked") {
                return Err(Unreadable::Encoding);
            }
            chunks = true;
        }
    }
    match (hosts, newer) {
        (0, true) => return Err(Unreadable::NoHost),
        (0, false) | (1, _) => {}
        (_, _) => return Err(Unreadable::ManyHosts),
    }
    match (length, chunks) {
        (Some(_), true) => Err(Unreadable::LengthAndEncoding),
        (None, true) => Ok(Delimited::Chunks),
        (length, false) => Ok(Delimited::Length(length.unwrap_or(0))),
    }
}

/// A host name or address with or without a port: the letters of RFC 3986, 3.2.2, and no user.
fn is_host(value: &[u8]) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=%:[]".contains(byte);
    !value.is_empty() && value.iter().all(letter)
}

/// Digits alone: no sign, no list, no space between.
fn number(value: &[u8]) -> Option<u64> {
    let digits = value.iter().all(u8::is_ascii_digit);
    str::from_utf8(value).ok().filter(|_| digits).and_then(|digits| digits.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(fields: &str) -> Result<Delimited, Unreadable> {
        check(format!("POST /x HTTP/1.1\r\n{fields}\r\n").as_bytes())
    }

    #[test]
    fn a_head_that_can_be_read_in_two_ways_is_refused() {
        use Unreadable as U;
        for (fields, refused) in [
            ("", U::NoHost),
            ("Host:\r\n", U::BadHost),
            ("Host: a b\r\n", U::BadHost),
            ("Host: me@a\r\n", U::BadHost),
            ("Host: a/b\r\n", U::BadHost),
            ("Host: a\r\nhost: a\r\n", U::ManyHosts),
            (
                "Host: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n",
                U::LengthAndEncoding,
            ),
            (
                "Host: a\r\nTransfer-Encoding: chunked\r\ncontent-length: 3\r\n",
                U::LengthAndEncoding,
            ),
            ("Host: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n", U::ManyLengths),
            ("Host: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n", U::ManyLengths),
            ("Host: a\r\nContent-Length: 3, 3\r\n", U::BadLength),
            ("Host: a\r\nContent-Length: +3\r\n", U::BadLength),
            ("Host: a\r\nContent-Length: 0x3\r\n", U::BadLength),
            ("Host: a\r\nContent-Length:\r\n", U::BadLength),
            ("Host: a\r\nContent-Length: 99999999999999999999\r\n", U::BadLength),
            ("Host: a\r\nContent-Length : 3\r\n", U::BadName),
            ("Host: a\r\nTransfer-Encoding: xchunked\r\n", U::Encoding),
            ("Host: a\r\nTransfer-Encoding: gzip, chunked\r\n", U::Encoding),
            ("Host: a\r\nTransfer-Encoding: chunked, identity\r\n", U::Encoding),
            ("Host: a\r\nTransfer-Encoding:\r\n", U::Encoding),
            (
                "Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                U::Encoding,
            ),
            ("Host: a\r\nX-One: 1\r\n two\r\n", U::Folded),
            ("Host: a\r\nX-One: 1\rX-Two: 2\r\n", U::BareReturn),
            ("Host: a\r\nno colon\r\n", U::BadName),
            ("Host: a\r\n: no name\r\n", U::BadName),
        ] {
            assert_eq!(checked(fields), Err(refused), "{fields:?}");
        }
        let many = "X: y\r\n".repeat(FIELDS);
        assert_eq!(checked(&format!("Host: a\r\n{many}")), Err(U::TooLarge));
        for line in
            ["GET /", "GET / HTTP/2.0", "PRI * HTTP/2.0", "GET /HTTP/1.1", "GET / HTTP/1.11"]
        {
            assert_eq!(check(format!("{line}\r\n\r\n").as_bytes()), Err(U::Version), "{line}");
        }
        let old = check(b"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n");
        assert_eq!(old, Err(U::Encoding), "HTTP/1.0 knows no chunks");
    }

    #[test]
    fn a_usual_head_says_how_its_body_ends() {
        for (fields, delimited) in [
            ("Host: a\r\n", Delimited::Length(0)),
            ("Host: a.example:8080\r\nContent-Length: 12\r\n", Delimited::Length(12)),
            ("Host: [::1]:8080\r\nTransfer-Encoding:\tChunked \r\n", Delimited::Chunks),
        ] {
            assert_eq!(checked(fields), Ok(delimited), "{fields:?}");
        }
        assert_eq!(check(b"GET / HTTP/1.0\r\n\r\n"), Ok(Delimited::Length(0)));
        assert_eq!(check(b"GET / HTTP/1.1\nHost: a\n\n"), Ok(Delimited::Length(0)), "LF alone");
    }
}
