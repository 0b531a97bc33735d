//! Fetching a picture: from where pictures may come from, no larger than they may be, and only if
//! it begins like one.

use std::io::Read;

use safelight_outbound::{CallError, Origin, Uri};

use crate::{http::Http, media_host::MediaHost};

/// The address, if pictures may come from there.
pub(crate) fn allowed(hosts: &[MediaHost], location: &str) -> Result<Uri, CallError> {
    let refused = || CallError::permanent("the picture is not where pictures may come from");
    let uri: Uri = location.parse().map_err(|_| refused())?;
    let origin = Origin::of(&uri).ok_or_else(refused)?;
    if hosts.iter().any(|host| host.covers(&origin)) { Ok(uri) } else { Err(refused()) }
}

/// Reads the picture at `uri`, at most `most` bytes.
pub(crate) fn fetch(http: &Http, uri: &Uri, most: u64) -> Result<Vec<u8>, CallError> {
    let response = http.picture(uri)?;
    let status = response.status().as_u16();
    match status {
        200 => {}
        300..400 => return Err(CallError::permanent("the picture has moved; it is not followed")),
        _ => return Err(CallError::transient(format!("the picture was answered {status}"))),
    }
    let mut body = response.into_body();
    let told = body.content_length();
    let too_large = || CallError::permanent("the picture is too large");
    if told.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    // As large as it will be: growing by doubling would take twice the room.
    let room = told.and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
    let mut bytes = Vec::with_capacity(room);
    let read = body.as_reader().take(most + 1).read_to_end(&mut bytes);
    read.map_err(|error| CallError::transient(error.to_string()))?;
    if bytes.len() as u64 > most {
        return Err(too_large());
    }
    if told.is_some_and(|length| length != bytes.len() as u64) {
        return Err(CallError::transient("the picture stops in the middle"));
    }
    // What it says it is counts for nothing: SVG and HTML are documents that can act.
    if !begins_like_a_picture(&bytes) {
        return Err(CallError::permanent("what came is not a PNG, a JPEG or a WebP"));
    }
    Ok(bytes)
}

fn begins_like_a_picture(bytes: &[u8]) -> bool {
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    bytes.starts_with(b"\x89PNG\r\n\x1a\n") || bytes.starts_with(b"\xff\xd8\xff") || webp
}
