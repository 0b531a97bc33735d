//! What lies in the bucket, a page at a time.

use safelight_domain::{ObjectKey, Timestamp};

use crate::xml;

/// One page of a bucket, in the order of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// At most a thousand.
    pub objects: Vec<Listed>,
    /// Where the next page begins; none on the last.
    pub next: Option<String>,
}

/// An object as a listing tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub key: ObjectKey,
    /// Its size.
    pub bytes: u64,
    /// When it was last put, by the server's clock.
    pub put_at: Timestamp,
}

impl Listing {
    /// Reads an answer to `ListObjectsV2`; what is wrong with it, if it is not one.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, &'static str> {
        let xml = str::from_utf8(body).map_err(|_| "a listing that is not UTF-8")?;
        // Keys are encoded if the server heeds our wish, and says so.
        let encoded = xml::text(xml, "EncodingType").is_some_and(|kind| kind == "url");
        let listed = |object: &str| {
            let key = xml::text(object, "Key")?;
            Some(Listed {
                key: ObjectKey(if encoded { decoded(&key)? } else { key }),
                bytes: xml::text(object, "Size")?.parse().ok()?,
                put_at: xml::text(object, "LastModified")?.parse().ok()?,
            })
        };
        let objects = xml::elements(xml, "Contents").map(listed).collect::<Option<_>>();
        let objects = objects.ok_or("an object without key, size or date")?;
        let next = match xml::text(xml, "IsTruncated").as_deref() {
            Some("true") => {
                Some(xml::text(xml, "NextContinuationToken").ok_or("no way to the next page")?)
            }
            Some("false") => None,
            _ => return Err("not a listing"),
        };
        Ok(Self { objects, next })
    }
}

/// The text behind a percent-encoded key. A plus is a space here: S3 encodes a listing's keys as a
/// form would.
fn decoded(key: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(key.len());
    let mut rest = key.bytes();
    let digit = |rest: &mut std::str::Bytes| char::from(rest.next()?).to_digit(16);
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => u8::try_from(digit(&mut rest)? << 4 | digit(&mut rest)?).ok()?,
            b'+' => b' ',
            plain => plain,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(encoding: &str, key: &str, end: &str) -> String {
        format!(
            "<ListBucketResult xmlns=\"x\"><Name>media</Name><Prefix></Prefix>{encoding}{end}\
             <Contents><Key>{key}</Key><LastModified>2026-01-01T00:00:00.123Z</LastModified>\
             <ETag>&quot;0&quot;</ETag><Size>12</Size></Contents></ListBucketResult>"
        )
    }

    const LAST: &str = "<IsTruncated>false</IsTruncated>";
    const URL: &str = "<EncodingType>url</EncodingType>";

    #[test]
    fn keys_are_decoded_as_the_server_encoded_them() {
        for (encoding, key, is) in [
            ("", "a&amp;b+%20", "a&b+%20"),
            (URL, "a%26b+c%2B%20%C3%A9%2f%0A", "a&b c+ é/\n"),
            ("<EncodingType></EncodingType>", "a+", "a+"),
        ] {
            let listing = Listing::parse(page(encoding, key, LAST).as_bytes()).unwrap();
            let [object] = &listing.objects[..] else { panic!("{listing:?}") };
            assert_eq!((object.key.0.as_str(), object.bytes), (is, 12));
            assert_eq!(object.put_at.to_string(), "2026-01-01T00:00:00.123Z");
            assert_eq!(listing.next, None);
        }
    }

    #[test]
    fn the_next_page_is_told() {
        let more = "<IsTruncated>true</IsTruncated>";
        let token = "<NextContinuationToken>1/a&amp;b=</NextContinuationToken>";
        let listing = Listing::parse(page("", "a", &format!("{more}{token}")).as_bytes()).unwrap();
        assert_eq!(listing.next.as_deref(), Some("1/a&b="));
        Listing::parse(page("", "a", more).as_bytes()).unwrap_err();
    }

    #[test]
    fn what_is_no_listing_is_refused() {
        let cut = page("", "a", LAST).replace("<Size>12</Size>", "");
        for bad in ["", "<html></html>", &cut, &page(URL, "%zz", LAST), &page(URL, "%ff", LAST)] {
            Listing::parse(bad.as_bytes()).unwrap_err();
        }
        Listing::parse(b"\xff").unwrap_err();
    }
}
