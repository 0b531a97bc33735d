//! Looking at a request: its status, and its result once there is one. fal has no failed status;
//! what failed is `COMPLETED`, and its result is the error (fal docs: queue).

use safelight_outbound::{Answer, CallError};
use safelight_ports::{Cancelled, Delivery, Looked};

use crate::{
    answer::{ResultWire, StatusWire},
    failure::{Failure, Meaning},
    http::Http,
};

/// Asks for the status of the request at `address`, and for its result when it is completed.
pub(crate) fn look(http: &Http, address: &str) -> Result<Looked, CallError> {
    let answer = http.get(&format!("{address}/status")).map_err(CallError::from)?;
    match answer.status {
        200 | 202 => {}
        404 => return Ok(Looked::Gone),
        status => return Err(unexpected(status)),
    }
    let garbled = |_| CallError::transient("the status cannot be read");
    let wire: StatusWire = serde_json::from_slice(&answer.body).map_err(garbled)?;
    match wire.status.as_str() {
        "IN_QUEUE" => {
            let position = wire.queue_position.and_then(|number| number.as_u64());
            Ok(Looked::Working(position.and_then(|number| u32::try_from(number).ok())))
        }
        "IN_PROGRESS" => Ok(Looked::Working(None)),
        "COMPLETED" => result(&http.get(address).map_err(CallError::from)?),
        _ => Err(CallError::transient("the status is none of fal's three")),
    }
}

/// What the result of a completed request says.
fn result(answer: &Answer) -> Result<Looked, CallError> {
    if answer.status == 200 {
        let garbled = |_| CallError::transient("the result cannot be read");
        return serde_json::from_slice(&answer.body).map(picture).map_err(garbled);
    }
    let failure = Failure::read(answer);
    if answer.status == 404 {
        // It was completed: its result has lapsed (fal docs: result; one hour, or six minutes).
        return Ok(Looked::Failed("gone".to_owned()));
    }
    if answer.status == 400 && failure.says("in progress") {
        return Ok(Looked::Working(None));
    }
    let Some(meaning) = failure.meaning() else { return Err(unexpected(answer.status)) };
    if meaning == Meaning::BadInput {
        tracing::error!(status = answer.status, kind = failure.kind(), "fal refused our input");
    }
    Ok(match meaning {
        Meaning::Filtered => Looked::Filtered,
        Meaning::Cancelled => Looked::Cancelled,
        Meaning::NoPicture => failed("no_picture"),
        Meaning::BadInput => failed("refused_input"),
        Meaning::BadPicture => failed("bad_picture"),
        Meaning::TooLate => failed("deadline"),
        Meaning::Broken => failed("provider_failed"),
    })
}

fn picture(result: ResultWire) -> Looked {
    // One picture was asked for; the flag beside it is the first.
    if result.has_nsfw_concepts.is_some_and(|flags| flags.first() == Some(&true)) {
        return Looked::Filtered;
    }
    let first = result.images.into_iter().flatten().next().or(result.image);
    match first {
        Some(image) => Looked::Done(Delivery { location: image.url }),
        None => failed("no_picture"),
    }
}

fn failed(slug: &str) -> Looked {
    Looked::Failed(slug.to_owned())
}

/// Asks to cancel the request at `address`. Taken is what fal takes, and no promise: most models
/// go on (fal docs: cancel).
pub(crate) fn cancel(http: &Http, address: &str) -> Result<Cancelled, CallError> {
    let answer = http.put(address).map_err(CallError::from)?;
    let said = serde_json::from_slice::<StatusWire>(&answer.body);
    let said = said.map(|wire| wire.status).unwrap_or_default();
    match (answer.status, said.as_str()) {
        (_, "ALREADY_COMPLETED") => Ok(Cancelled::TooLate),
        (200..300, _) => Ok(Cancelled::Asked),
        (404, _) => Err(CallError::permanent("fal knows no such request")),
        (status, _) => Err(unexpected(status)),
    }
}

fn unexpected(status: u16) -> CallError {
    let said = format!("it answered {status}");
    if matches!(status, 401..=403) {
        CallError::permanent(said)
    } else {
        CallError::transient(said)
    }
}
