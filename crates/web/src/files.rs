//! `/files/{path}`: what the disk store presigned, served as R2 would serve it.

use std::{fmt::Write as _, sync::Arc};

use poem::{
    Request, Response, handler,
    http::header,
    web::{Data, Path},
};
use safelight_usecases::{LinkError, LocalFile};

use crate::{
    Shared,
    auth::count_failure,
    problem::{Problem, Slug},
    security,
};

/// Shorter than what is left of a link when it is handed out last: it is good for two hours from
/// the start of its hour, and handed out until two minutes into the next.
const CACHE: &str = "private, max-age=3300";

/// Serves a link of the disk store; not found while another store serves.
#[handler]
pub async fn serve(
    request: &Request,
    Path(path): Path<String>,
    Data(shared): Data<&Arc<Shared>>,
) -> Result<Response, Problem> {
    let files = shared.web.local_files.as_ref().ok_or_else(Problem::not_found)?;
    let query = request.uri().query().unwrap_or_default();
    match files.open(&path, query, shared.web.studio.now()).await {
        Ok(file) => Ok(respond(file)),
        Err(LinkError::Refused) => {
            count_failure(shared, request)?;
            Err(LinkError::Refused.into())
        }
        Err(error @ (LinkError::NotFound | LinkError::Fault(_))) => Err(error.into()),
    }
}

impl From<LinkError> for Problem {
    fn from(error: LinkError) -> Self {
        let says = error.to_string();
        match error {
            LinkError::Refused => {
                Self::new(Slug::LinkRefused, format!("{says}; ask for a fresh one"))
            }
            LinkError::NotFound => Self::not_found(),
            LinkError::Fault(fault) => fault.into(),
        }
    }
}

fn respond(file: LocalFile) -> Response {
    let mut response = Response::builder()
        .content_type(&file.media_type)
        .header(header::CACHE_CONTROL, CACHE)
        .header(header::CONTENT_SECURITY_POLICY, security::STORED);
    if let Some(name) = &file.save_as {
        response = response.header(header::CONTENT_DISPOSITION, attachment(name));
    }
    response.body(file.bytes)
}

/// A `Content-Disposition` that saves under `name` (RFC 6266): plain for old clients, and in full.
pub(crate) fn attachment(name: &str) -> String {
    let plain = |c: char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\' | '/' | '%');
    let quoted: String = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{quoted}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::attachment;

    #[test]
    fn a_file_name_cannot_break_out_of_its_header() {
        for (name, value) in [
            ("fox-7.png", "attachment; filename=\"fox-7.png\"; filename*=UTF-8''fox-7.png"),
            ("a\"b\\c", "attachment; filename=\"a_b_c\"; filename*=UTF-8''a%22b%5Cc"),
            (
                "x\r\nSet-Cookie: y",
                "attachment; filename=\"x__Set-Cookie: y\"; filename*=UTF-8''x%0D%0ASet-Cookie%3A%20y",
            ),
            ("füchse.png", "attachment; filename=\"f_chse.png\"; filename*=UTF-8''f%C3%BCchse.png"),
            ("../etc", "attachment; filename=\".._etc\"; filename*=UTF-8''..%2Fetc"),
        ] {
            assert_eq!(attachment(name), value);
            assert!(poem::http::HeaderValue::from_str(&attachment(name)).is_ok());
        }
    }
}
