//! JSON bodies: read whole up to a cap, then member by member, each fault told with its field.
//!
//! Invariant: a member nobody knows is refused by name, so nothing can be set that is not offered.

use poem::{Request, RequestBody, Result, error::ReadBodyError, http::header};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    payload::{Json, Payload},
    registry::{MetaMediaType, MetaRequest, Registry},
    types::Type,
};
use serde::de::DeserializeOwned;

use crate::problem::{Problem, Slug};

/// The most a body may hold, counted as it arrives, whatever its headers claim.
const MOST: usize = 64 * 1024;
/// The most of a parser's message worth repeating: it quotes what was sent.
const QUOTED: usize = 300;

/// A JSON object read as `T`.
pub struct Body<T>(pub T);

impl<T: Type + DeserializeOwned> Body<T> {
    async fn read(request: &Request, body: &mut RequestBody) -> Result<T, Problem> {
        let sent = crate::header::one(request, &header::CONTENT_TYPE).ok().flatten();
        if !sent.is_some_and(<Json<T> as Payload>::check_content_type) {
            let says = "send JSON with Content-Type: application/json";
            return Err(Problem::new(Slug::UnsupportedMediaType, says));
        }
        let bytes = match body.take() {
            Ok(body) => body.into_bytes_limit(MOST).await,
            Err(taken) => Err(taken),
        };
        match bytes {
            Ok(bytes) => parse(&bytes),
            Err(ReadBodyError::PayloadTooLarge) => {
                let says = format!("the body is larger than {} KiB; send less", MOST / 1024);
                Err(Problem::new(Slug::BodyTooLarge, says))
            }
            Err(_) => Err(malformed("the body broke off; send it again")),
        }
    }
}

fn malformed(says: impl Into<String>) -> Problem {
    Problem::new(Slug::MalformedRequest, says)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|fault| {
        malformed(format!("the body is not UTF-8 from byte {}", fault.valid_up_to()))
    })?;
    let mut from = serde_json::Deserializer::from_str(text);
    let read = serde_path_to_error::deserialize(&mut from);
    match read {
        Err(fault) if !fault.inner().is_data() => Err(not_json(fault.inner())),
        // serde would read a list as an object's members in order.
        _ if !text.trim_start().starts_with('{') => {
            Err(Problem::new(Slug::InvalidInput, "send a JSON object, {...}"))
        }
        Err(fault) => Err(unusable(&fault)),
        Ok(read) => from.end().map(|()| read).map_err(|fault| not_json(&fault)),
    }
}

fn not_json(fault: &serde_json::Error) -> Problem {
    malformed(format!("the body is not JSON: {fault}"))
}

fn unusable(fault: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let says = fault.inner().to_string();
    // serde_json adds where in the text; the member's name says it better.
    let says = says.rsplit_once(" at line ").map_or(says.as_str(), |(says, _)| says);
    let says: String = says.chars().take(QUOTED).collect();
    match fault.path().to_string().as_str() {
        "." => Problem::new(Slug::InvalidInput, says),
        field => Problem::invalid(field, says),
    }
}

impl<'a, T: Type + DeserializeOwned> ApiExtractor<'a> for Body<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        let content = MetaMediaType { content_type: "application/json", schema: T::schema_ref() };
        Some(MetaRequest { description: None, content: vec![content], required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> Result<Self> {
        Ok(Self(Self::read(request, body).await?))
    }
}
