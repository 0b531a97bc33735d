//! What poem itself refuses, said in our words.

use poem::{Error, http::StatusCode};
use poem_openapi::error::{ParseParamError, ParsePathError};

use super::{Problem, Slug, chain};

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let error = match error.downcast::<Self>() {
            Ok(problem) => return problem,
            Err(error) => error,
        };
        if let Some(ParseParamError { name, reason }) = error.downcast_ref() {
            // poem puts the type's name before our own words: `failed to parse "limit": ...`.
            let says = reason.split_once("\": ").map_or(reason.as_str(), |(_, says)| says);
            return Self::invalid(*name, says);
        }
        if error.is::<ParsePathError>() {
            // An id that cannot be one names nothing.
            return Self::not_found();
        }
        match error.status() {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => {
                Self::new(Slug::MethodNotAllowed, "use one of the methods the Allow header names")
            }
            StatusCode::PAYLOAD_TOO_LARGE => {
                Self::new(Slug::BodyTooLarge, "the body is too large; send less")
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::new(
                Slug::UnsupportedMediaType,
                "send JSON with Content-Type: application/json",
            ),
            status if status.is_client_error() => {
                Self::new(Slug::MalformedRequest, "the request cannot be read; check its syntax")
            }
            _ => Self::internal(chain(&error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::At;
    use super::*;

    #[test]
    fn what_poem_refuses_becomes_ours() {
        let param = ParseParamError {
            name: "limit",
            reason: "failed to parse \"limit\": a limit is a number from 1 to 100".into(),
        };
        let problem = Problem::from(Error::from(param));
        assert_eq!(problem.at, At::Field("limit".into()));
        assert_eq!(problem.detail, "a limit is a number from 1 to 100");
        for (error, slug) in [
            (ParsePathError { name: "param0", reason: String::new() }.into(), Slug::NotFound),
            (Error::from_status(StatusCode::NOT_FOUND), Slug::NotFound),
            (Error::from_status(StatusCode::METHOD_NOT_ALLOWED), Slug::MethodNotAllowed),
            (Error::from_status(StatusCode::PAYLOAD_TOO_LARGE), Slug::BodyTooLarge),
            (Error::from_status(StatusCode::UNSUPPORTED_MEDIA_TYPE), Slug::UnsupportedMediaType),
            (Error::from_status(StatusCode::BAD_REQUEST), Slug::MalformedRequest),
            (Error::from_status(StatusCode::BAD_GATEWAY), Slug::InternalError),
            (Problem::new(Slug::Taken, "x").into(), Slug::Taken),
        ] {
            assert_eq!(Problem::from(error).slug, slug);
        }
    }
}
