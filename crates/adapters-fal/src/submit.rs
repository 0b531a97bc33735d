//! Submitting: once. What is not certainly unsent or certainly refused is lost.

use std::sync::Arc;

use safelight_domain::{Order, RenderId};
use safelight_outbound::{Answer, CallError, NoAnswer};
use safelight_ports::{Fault, SubmitError};

use crate::{
    Fal, Outage,
    answer::{AcceptedWire, is_request_id},
    failure::{Failure, Meaning},
    fal::fault,
    input::input,
    push,
};

/// How long fal keeps its own copy of a picture, in seconds (fal docs: media expiration).
const KEPT_SECONDS: u32 = 86_400;

pub(crate) async fn submit(
    fal: &Fal,
    render: RenderId,
    order: &Order,
) -> Result<String, SubmitError> {
    let Ok(model) = fal.model(order) else {
        return Err(SubmitError::Refused("unknown_model".to_owned()));
    };
    fal.breaker.admit(fal.clock.now()).map_err(out)?;
    let mut url = format!("{}/{}", fal.config.queue_url, model.endpoint);
    if let Some(target) = push::target(&fal.config, render) {
        url.push_str("?fal_webhook=");
        url.push_str(&encoded(&target));
    }
    let body = input(model, order).to_string().into_bytes();
    let seconds = fal.config.limits.start_within.as_secs();
    let lifecycle = format!(r#"{{"expiration_duration_seconds":{KEPT_SECONDS}}}"#);
    // fal docs: common parameters. Nothing here makes a submit safe to repeat: fal has no key for
    // that.
    let headers = [
        ("x-fal-request-timeout", seconds.to_string()),
        ("x-fal-object-lifecycle-preference", lifecycle),
        ("x-app-fal-disable-fallback", "true".to_owned()),
    ];
    let http = Arc::clone(&fal.http);
    let sent = fal.callers.run(move || http.submit(&url, &headers, body)).await;
    // A thread that stopped may have sent it.
    let answer = sent.map_err(lost)?.map_err(|none| match none {
        NoAnswer::NotSent(error) => not_sent(error),
        NoAnswer::Lost(error) => lost(error),
    })?;
    read(fal, &answer)
}

fn read(fal: &Fal, answer: &Answer) -> Result<String, SubmitError> {
    let failure = || Failure::read(answer);
    match answer.status {
        200..=299 => {
            fal.breaker.close();
            let accepted = serde_json::from_slice::<AcceptedWire>(&answer.body);
            match accepted {
                Ok(AcceptedWire { request_id }) if is_request_id(&request_id) => Ok(request_id),
                _ => Err(lost(CallError::permanent("it was accepted under no readable name"))),
            }
        }
        // It says that nothing was done here, and following it would carry the key along.
        301 | 302 | 307 | 308 => Err(not_sent(CallError::permanent(
            "the queue redirects; set FAL_QUEUE_URL to its true home",
        ))),
        401 => Err(trip(fal, Outage::BadKey)),
        402 => Err(trip(fal, Outage::OutOfFunds)),
        403 if failure().says("locked") || failure().says("balance") => {
            Err(trip(fal, Outage::OutOfFunds))
        }
        403 => Err(trip(fal, Outage::Forbidden)),
        429 => Err(not_sent(CallError::transient("too many requests at once"))),
        404 => Err(SubmitError::Refused("model_unavailable".to_owned())),
        status @ 400..499 if status != 408 && status != 409 => {
            let failure = failure();
            tracing::warn!(status, kind = failure.kind(), "fal refused a submit");
            Err(match failure.meaning() {
                Some(Meaning::Filtered) => SubmitError::Filtered,
                _ => SubmitError::Refused("refused_input".to_owned()),
            })
        }
        status => Err(lost(CallError::transient(format!("a submit was answered {status}")))),
    }
}

fn trip(fal: &Fal, outage: Outage) -> SubmitError {
    if fal.breaker.trip(outage, fal.clock.now()) {
        tracing::error!("{outage}; nothing is submitted meanwhile");
    }
    out(outage)
}

fn out(outage: Outage) -> SubmitError {
    SubmitError::NotSent(Fault::lasting("provider", outage))
}

fn not_sent(error: CallError) -> SubmitError {
    SubmitError::NotSent(fault(error))
}

fn lost(error: CallError) -> SubmitError {
    SubmitError::Lost(fault(error))
}

/// Everything but letters and digits, percent-encoded (fal docs: the webhook is one query value).
fn encoded(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(byte.into());
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}
