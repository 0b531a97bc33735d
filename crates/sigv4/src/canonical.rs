//! The one text two parties sign for one request (IAM User Guide: "Create a canonical request").

use std::borrow::Cow;

use crate::{
    Request, Service,
    percent::{encode_path, encode_value},
};

/// Headers as they are signed.
pub(crate) struct Headers {
    /// `name:value` lines, sorted, each ended.
    pub lines: String,
    /// `name;name`, sorted.
    pub names: String,
}

/// The canonical request of `request` with `query` already canonical.
pub(crate) fn text(service: &Service, request: &Request, query: &str, headers: &Headers) -> String {
    let path = path(service, request.path);
    [
        request.method,
        &path,
        query,
        // Its last line is ended, so joining leaves the empty line that closes the block.
        &headers.lines,
        &headers.names,
        request.payload.as_str(),
    ]
    .join("\n")
}

/// Lower-case names in order; values trimmed, their inner runs of white space (a folded line
/// too) made one space; values of one name joined by commas in order of appearance.
pub(crate) fn headers<'a>(headers: impl Iterator<Item = (&'a str, &'a str)>) -> Headers {
    let mut rows: Vec<_> =
        headers.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
    // Stable, so that one name's values keep their order.
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    let mut canonical = Headers { lines: String::new(), names: String::new() };
    for same in rows.chunk_by(|one, other| one.0 == other.0) {
        let Headers { lines, names } = &mut canonical;
        if !names.is_empty() {
            names.push(';');
        }
        names.push_str(&same[0].0);
        lines.push_str(&same[0].0);
        for (i, (_, value)) in same.iter().enumerate() {
            lines.push(if i == 0 { ':' } else { ',' });
            let mut words = value.split_ascii_whitespace();
            lines.push_str(words.next().unwrap_or_default());
            for word in words {
                lines.push(' ');
                lines.push_str(word);
            }
        }
        lines.push('\n');
    }
    canonical
}

/// Names and values encoded, then sorted by encoded name and encoded value.
pub(crate) fn query<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut pairs: Vec<_> =
        pairs.map(|(name, value)| (encode_value(name), encode_value(value))).collect();
    pairs.sort();
    let mut query = String::new();
    for (name, value) in &pairs {
        if !query.is_empty() {
            query.push('&');
        }
        query.extend([name, "=", value]);
    }
    query
}

fn path<'a>(service: &Service, path: &'a str) -> Cow<'a, str> {
    match path {
        "" => Cow::Borrowed("/"),
        raw if service.raw_path => Cow::Borrowed(raw),
        plain => Cow::Owned(encode_path(&resolved(plain))),
    }
}

/// The path without `.`, `..` and empty segments, ending in a slash if it did or if what ended it
/// was a dot (RFC 3986, 5.2.4).
fn resolved(path: &str) -> String {
    let mut kept = Vec::new();
    let mut last = "";
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(kept.pop()),
            name => kept.push(name),
        }
        last = segment;
    }
    let mut resolved = String::with_capacity(path.len() + 1);
    for segment in &kept {
        resolved.push('/');
        resolved.push_str(segment);
    }
    if kept.is_empty() || matches!(last, "" | "." | "..") {
        resolved.push('/');
    }
    resolved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        for (path, made) in [
            ("/", "/"),
            ("//", "/"),
            ("/./", "/"),
            ("/..", "/"),
            ("/a/./b/../../c", "/c"),
            ("/a/b/..", "/a/"),
            ("/a//b/", "/a/b/"),
            ("/./a", "/a"),
            ("/a/.b", "/a/.b"),
        ] {
            assert_eq!(resolved(path), made, "{path}");
        }
    }

    #[test]
    fn s3_signs_the_path_as_sent_and_others_encode_it_again() {
        let sent = "/a//b/../c%20d";
        assert_eq!(path(&Service::S3, sent), sent);
        assert_eq!(path(&Service::other("ses"), sent), "/a/c%2520d");
        assert_eq!(path(&Service::S3, ""), "/");
    }

    #[test]
    fn header_values_are_trimmed_collapsed_and_joined() {
        let rows = [("B", " x \t y\r\n  z "), ("a", "2"), ("A", "1"), ("c", "")];
        let made = headers(rows.into_iter());
        assert_eq!(made.lines, "a:2,1\nb:x y z\nc:\n");
        assert_eq!(made.names, "a;b;c");
    }

    #[test]
    fn the_query_is_sorted_as_encoded() {
        let pairs = [("b", "2"), ("a", "é"), ("a", "e"), ("a-", ""), ("a ", "/"), ("ሴ", "")];
        assert_eq!(query(pairs.into_iter()), "%E1%88%B4=&a=%C3%A9&a=e&a%20=%2F&a-=&b=2");
    }
}
