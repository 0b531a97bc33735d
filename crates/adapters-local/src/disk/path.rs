//! Keys as paths: what may become a file name, and what a file's ending says.

use std::path::{Path, PathBuf};

/// The relative path of a key; none if it could leave the folder or meet the store's own files.
///
/// A segment begins with a letter, digit, `-` or `_` and goes on with these and dots. That leaves
/// no room for `..`, hidden files, drive letters, backslashes, NUL or an empty segment.
pub(super) fn parse(key: &str) -> Option<PathBuf> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let segment_fits = |segment: &str| {
        segment.len() <= 255
            && segment.starts_with(plain)
            && segment.chars().all(|c| plain(c) || c == '.')
    };
    key.split('/').all(segment_fits).then(|| key.split('/').collect())
}

/// What the ending of a key stands for.
pub(super) fn media_type(key: &str) -> &'static str {
    match Path::new(key).extension().and_then(|ending| ending.to_str()) {
        Some("jpg") => "image/jpeg",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("zip") => "application/zip",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_inside() {
        for good in ["images/0198/0199/original.jpg", "a", "a-b_c.tar.gz"] {
            assert_eq!(parse(good), Some(PathBuf::from(good)));
        }
        let long = "x".repeat(256);
        for bad in [
            "",
            "/etc/passwd",
            "images//x.jpg",
            "images/",
            "..",
            "../x.jpg",
            "images/../../x.jpg",
            "images/./x.jpg",
            ".parts/1",
            "images\\..\\x.jpg",
            "C:/x.jpg",
            "nul\0.jpg",
            "line\n.jpg",
            "%2e%2e/x.jpg",
            long.as_str(),
        ] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn endings() {
        for (key, media) in [
            ("a/original.jpg", "image/jpeg"),
            ("a/original.png", "image/png"),
            ("a/original.webp", "image/webp"),
            ("a/pack.zip", "application/zip"),
            ("a/page.html", "application/octet-stream"),
            ("a.png/x", "application/octet-stream"),
        ] {
            assert_eq!(media_type(key), media);
        }
    }
}
