//! A 303 to a link that needs no key.

use poem::{
    IntoResponse, Response,
    http::{StatusCode, header},
};
use poem_openapi::{
    ApiResponse,
    registry::{MetaHeader, MetaResponse, MetaResponses, Registry},
    types::Type,
};

use crate::{
    manner::LOOKING,
    problem::{Problem, described},
};

/// Go there. The link is a secret for as long as it lives, so it is in no body.
pub struct SeeOther(pub String);

impl IntoResponse for SeeOther {
    fn into_response(self) -> Response {
        Response::builder().status(StatusCode::SEE_OTHER).header(header::LOCATION, self.0).finish()
    }
}

impl ApiResponse for SeeOther {
    fn meta() -> MetaResponses {
        let location = MetaHeader {
            name: header::LOCATION.to_string(),
            description: Some("Where the file is.".to_owned()),
            required: true,
            deprecated: false,
            schema: String::schema_ref(),
        };
        let found = MetaResponse {
            description: "Follow it without the key",
            status: Some(StatusCode::SEE_OTHER.as_u16()),
            status_range: None,
            content: Vec::new(),
            headers: vec![location],
        };
        let mut responses = vec![found];
        responses.extend(described(LOOKING));
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        Problem::register(registry);
    }
}
