//! The `Idempotency-Key` header: the same key and body again answer the stored receipt.

use poem::{Request, RequestBody, Result, http::HeaderName};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaParamIn, MetaSchema, MetaSchemaRef},
};
use safelight_domain::Key;

use crate::{
    header::{self, Unreadable},
    problem::Problem,
};

/// The header's name.
const NAME: &str = "Idempotency-Key";

/// The caller's key, if one was sent. poem's own header parameter takes a header it cannot read
/// for an absent one, and a retry would be charged again.
pub struct IdempotencyKey(pub Option<Key>);

fn read(request: &Request) -> Result<Option<Key>, Problem> {
    let sent = header::one(request, &HeaderName::from_static("idempotency-key"));
    let fits =
        |key: &str| (1..=255).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
    match sent {
        Ok(None) => Ok(None),
        Ok(Some(key)) if fits(key) => Ok(Some(Key(key.to_owned()))),
        Ok(Some(_)) | Err(Unreadable) => {
            let says = "send one key of 1 to 255 visible ASCII characters, such as a UUID";
            Err(Problem::invalid(NAME, says))
        }
    }
}

impl<'a> ApiExtractor<'a> for IdempotencyKey {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    type ParamType = ();
    type ParamRawType = ();

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(MetaSchemaRef::Inline(Box::new(MetaSchema {
            min_length: Some(1),
            max_length: Some(255),
            pattern: Some("^[!-~]{1,255}$".to_owned()),
            ..MetaSchema::new("string")
        })))
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> Result<Self> {
        Ok(Self(read(request)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::At;

    #[test]
    fn one_key_of_visible_ascii() {
        let sent = |values: &[&[u8]]| {
            let mut request = Request::default();
            for value in values {
                let value = poem::http::HeaderValue::from_bytes(value).unwrap();
                request.headers_mut().append(NAME, value);
            }
            read(&request).map(|key| key.map(|key| key.0)).map_err(|problem| problem.at)
        };
        let refused = Err(At::Field(NAME.to_owned()));
        assert_eq!(sent(&[]), Ok(None));
        assert_eq!(sent(&[b"a"]), Ok(Some("a".to_owned())));
        assert_eq!(sent(&[&[b'~'; 255]]), Ok(Some("~".repeat(255))));
        for bad in [&b""[..], &[b'x'; 256], b"two words", b"tab\t", "schl\u{fc}ssel".as_bytes()] {
            assert_eq!(sent(&[bad]), refused, "{bad:?}");
        }
        assert_eq!(sent(&[b"a", b"b"]), refused);
    }
}
