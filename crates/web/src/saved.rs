//! A file to save: behind a link of its own, or in the answer itself.

use poem::{
    IntoResponse, Response,
    http::{StatusCode, header},
};
use poem_openapi::{
    ApiResponse,
    registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry},
};
use safelight_usecases::File;

use crate::{files::attachment, memory::Memory, problem::Problem, redirect::SeeOther};

/// Where the bytes are.
pub enum Saved {
    /// In the bucket, behind a link.
    There(SeeOther),
    /// Here: they were made for this answer.
    Here(Response),
}

/// The file as an answer that is saved and never kept by anybody between.
pub fn answer(memory: &Memory, file: File) -> Result<Response, Problem> {
    let response = Response::builder()
        .content_type(&file.media_type)
        .header(header::CACHE_CONTROL, "private, no-store")
        .header(header::CONTENT_DISPOSITION, attachment(&file.name));
    memory.send(response.finish(), file.bytes)
}

impl IntoResponse for Saved {
    fn into_response(self) -> Response {
        match self {
            Self::There(link) => link.into_response(),
            Self::Here(file) => file,
        }
    }
}

impl ApiResponse for Saved {
    fn meta() -> MetaResponses {
        let binary = || Box::new(MetaSchema::new_with_format("string", "binary"));
        let content = ["image/jpeg", "image/png", "image/webp"].map(|content_type| MetaMediaType {
            content_type,
            schema: MetaSchemaRef::Inline(binary()),
        });
        let here = MetaResponse {
            description: "The clean file itself",
            status: Some(StatusCode::OK.as_u16()),
            status_range: None,
            content: content.into(),
            headers: Vec::new(),
        };
        let mut meta = SeeOther::meta();
        meta.responses.insert(0, here);
        meta
    }

    fn register(registry: &mut Registry) {
        SeeOther::register(registry);
    }
}
