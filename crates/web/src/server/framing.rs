//! Where one request of a connection ends and the next begins.
//!
//! Invariant: a head reaches the HTTP library whole and checked, or not at all; so the two agree
//! about every boundary, and a client that is still sending a head costs the library nothing.

use super::{
    chunks::Chunks,
    head::{self, Delimited, Unreadable},
};

/// As many bytes as a head may have: cookies of 4 KiB each, and what proxies add.
pub const HEAD: usize = 32 * 1024;

/// What goes to the library in place of a head that is refused, so that the refusal is answered in
/// its turn, after the requests that came before it on the same connection.
const INSTEAD: &[u8] = b"GET /-/unreadable HTTP/1.1\r\nhost: -\r\nconnection: close\r\n\r\n";

/// The path of that request.
pub const INSTEAD_PATH: &str = "/-/unreadable";

/// A connection's incoming bytes as far as they were seen.
#[derive(Debug, Default)]
pub struct Framing {
    at: At,
    /// Heads that were handed on.
    pub heads: u64,
}

/// Where in a request the next byte belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Between two requests, or before the first.
    Between,
    /// In a head.
    Head,
    /// In a body.
    Body,
    /// Nowhere: what still comes is not read.
    Over,
}

#[derive(Debug)]
enum At {
    Head { bytes: Vec<u8>, line: usize },
    Sized(u64),
    Chunked(Chunks),
    Over,
}

impl Default for At {
    fn default() -> Self {
        Self::Head { bytes: Vec::new(), line: 0 }
    }
}

/// What came of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fed {
    /// They follow the rules.
    Well,
    /// A head is refused. A request that stands for it was handed on.
    Refused(Unreadable),
    /// A body breaks the rules: it ends here, and so does the connection.
    Broken,
}

impl Framing {
    /// Where the next byte belongs.
    pub fn place(&self) -> Place {
        match &self.at {
            At::Head { bytes, .. } if bytes.is_empty() => Place::Between,
            At::Head { .. } => Place::Head,
            At::Sized(_) | At::Chunked(_) => Place::Body,
            At::Over => Place::Over,
        }
    }

    /// Takes of what arrived what belongs to one request; appends to `out` what the library may
    /// read. Answers how many bytes it took. What is left belongs to the next request.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> (usize, Fed) {
        let mut all = 0;
        loop {
            let bytes = &bytes[all..];
            if bytes.is_empty() {
                return (all, Fed::Well);
            }
            let (heads, in_body) = (self.heads, self.place() == Place::Body);
            let taken = match &mut self.at {
                At::Over => bytes.len(),
                At::Sized(left) => {
                    let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                    *left -= taken as u64;
                    out.extend_from_slice(&bytes[..taken]);
                    if *left == 0 {
                        self.at = At::default();
                    }
                    taken
                }
                At::Chunked(chunks) => {
                    let Ok((taken, ends)) = chunks.take(bytes) else {
                        self.at = At::Over;
                        return (all, Fed::Broken);
                    };
                    out.extend_from_slice(&bytes[..taken]);
                    if ends {
                        self.at = At::default();
                    }
                    taken
                }
                At::Head { .. } => match self.head(bytes, out) {
                    Ok(taken) => taken,
                    Err(unreadable) => {
                        self.at = At::Over;
                        self.heads += 1;
                        out.extend_from_slice(INSTEAD);
                        return (all, Fed::Refused(unreadable));
                    }
                },
            };
            all += taken;
            if self.place() == Place::Between && (self.heads > heads || in_body) {
                return (all, Fed::Well);
            }
        }
    }

    /// Takes a line of a head, or what there is of it.
    fn head(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<usize, Unreadable> {
        let At::Head { bytes: head, line } = &mut self.at else { return Ok(0) };
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(bytes.len(), |end| end + 1);
        if head.len() + taken > HEAD {
            return Err(Unreadable::TooLarge);
        }
        head.extend_from_slice(&bytes[..taken]);
        if end.is_none() {
            return Ok(taken);
        }
        if !matches!(&head[*line..], b"\n" | b"\r\n") {
            *line = head.len();
        } else if *line == 0 {
            // Empty lines before a request mean nothing (RFC 9112, 2.2).
            head.clear();
        } else {
            let delimited = head::check(head)?;
            out.append(head);
            self.heads += 1;
            self.at = match delimited {
                Delimited::Length(0) => At::default(),
                Delimited::Length(length) => At::Sized(length),
                Delimited::Chunks => At::Chunked(Chunks::default()),
            };
        }
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const POST: &str = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    const CHUNKED: &str =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";

    /// What is handed on, and what came of it, in pieces of this size.
    fn fed(text: &str, size: usize) -> (String, Vec<Fed>, Framing) {
        let (mut framing, mut out, mut bad) = (Framing::default(), Vec::new(), Vec::new());
        for mut piece in text.as_bytes().chunks(size) {
            while !piece.is_empty() {
                let before = framing.heads;
                let (taken, fed) = framing.feed(piece, &mut out);
                assert!(framing.heads <= before + 1, "one request at a time");
                piece = &piece[taken..];
                if fed != Fed::Well {
                    bad.push(fed);
                }
            }
        }
        (String::from_utf8(out).unwrap(), bad, framing)
    }

    #[test]
    fn requests_one_after_the_other_pass_unchanged_however_they_arrive() {
        let text = [GET, POST, CHUNKED, GET].concat();
        for size in [1, 2, 3, 7, 64, text.len()] {
            let (out, bad, framing) = fed(&text, size);
            assert_eq!((out.as_str(), bad.as_slice()), (text.as_str(), &[][..]), "by {size}");
            assert_eq!((framing.heads, framing.place()), (4, Place::Between));
        }
    }

    #[test]
    fn a_head_is_withheld_until_it_is_whole() {
        let (out, bad, framing) = fed(&GET[..GET.len() - 1], 5);
        assert_eq!((out.as_str(), bad.as_slice(), framing.place()), ("", &[][..], Place::Head));
        assert_eq!(fed("\r\n\r\n", 1).2.place(), Place::Between, "empty lines are no head");
    }

    #[test]
    fn a_second_head_that_is_refused_is_answered_after_the_first() {
        let smuggled = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
        for size in [1, 9, 1_000] {
            let (out, bad, framing) = fed(&[POST, smuggled, GET].concat(), size);
            assert_eq!(out, [POST, std::str::from_utf8(INSTEAD).unwrap()].concat());
            assert_eq!(bad, [Fed::Refused(Unreadable::LengthAndEncoding)]);
            assert_eq!(framing.place(), Place::Over, "nothing after it is read");
        }
    }

    #[test]
    fn a_head_without_end_is_refused_and_not_kept() {
        let endless = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}", "y".repeat(2 * HEAD));
        let (_, bad, framing) = fed(&endless, 4_096);
        assert_eq!((bad, framing.place()), (vec![Fed::Refused(Unreadable::TooLarge)], Place::Over));
    }

    #[test]
    fn a_broken_body_ends_everything() {
        let text = format!("{}zz\r\n{GET}", &CHUNKED[..CHUNKED.len() - 15]);
        let (out, bad, framing) = fed(&text, text.len());
        assert_eq!((bad, framing.place()), (vec![Fed::Broken], Place::Over));
        assert!(!out.contains("GET"), "{out}");
    }
}
