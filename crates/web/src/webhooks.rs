//! What comes in from providers: hints to look, never the truth.
//!
//! Answers fast and says little: 204 when the hint was taken, 403 for whatever proves nothing, 5xx
//! when the provider should send it again.

use std::sync::Arc;

use poem::{Body, Request, Response, error::ReadBodyError, handler, http::StatusCode, web::Data};
use safelight_usecases::{Push, PushRefused, ReceiveError};

use crate::{
    Shared,
    form::Form,
    problem::{Problem, Slug},
};

/// The most a push may hold, counted as it arrives. A result of one picture is some hundred bytes.
const MOST: usize = 256 * 1024;

/// `POST /webhooks/fal?render=&token=`
#[handler]
pub async fn fal(
    request: &Request,
    body: Body,
    Data(shared): Data<&Arc<Shared>>,
) -> Result<Response, Problem> {
    let proof = shared.web.pushes.as_ref().ok_or_else(Problem::not_found)?;
    let query = Form::query(request);
    let Ok(render) = query.text("render").parse() else { return Err(Problem::not_found()) };
    let body = match body.into_bytes_limit(MOST).await {
        Ok(bytes) => bytes.to_vec(),
        Err(ReadBodyError::PayloadTooLarge) => {
            return Err(Problem::new(Slug::BodyTooLarge, "no push is that large"));
        }
        Err(_) => return Err(Problem::new(Slug::MalformedRequest, "the push broke off")),
    };
    let headers = request.headers().iter().filter_map(|(name, value)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    });
    let token = query.text("token").to_owned();
    let push = Push { render, token, headers: headers.collect(), body };
    let pushed = proof.verify(push).await?;
    shared.web.studio.pipeline.hint(pushed.render, &pushed.request_id).await?;
    Ok(Response::builder().status(StatusCode::NO_CONTENT).finish())
}

/// The most a notice of the payment provider may hold.
const NOTICE_MOST: usize = 1024 * 1024;
/// Headers worth keeping with it; never the signature.
const KEPT: [&str; 3] = ["user-agent", "content-type", "x-request-id"];

/// `POST /webhooks/stripe`: kept as soon as it is proven, answered at once, acted on afterwards.
#[handler]
pub async fn stripe(
    request: &Request,
    body: Body,
    Data(shared): Data<&Arc<Shared>>,
) -> Result<Response, Problem> {
    let body = match body.into_bytes_limit(NOTICE_MOST).await {
        Ok(bytes) => bytes,
        Err(ReadBodyError::PayloadTooLarge) => {
            return Err(Problem::new(Slug::BodyTooLarge, "no notice is that large"));
        }
        Err(_) => return Err(Problem::new(Slug::MalformedRequest, "the notice broke off")),
    };
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let kept = KEPT.iter().filter_map(|name| {
        let value: String = header(name)?.chars().take(200).collect();
        Some(format!("{name}: {value}"))
    });
    let kept = kept.collect::<Vec<_>>().join("\n");
    shared.web.studio.inbox.receive(header("stripe-signature"), kept, &body).await?;
    Ok(Response::builder().status(StatusCode::NO_CONTENT).finish())
}

impl From<ReceiveError> for Problem {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::Failed(error) => error.into(),
            // Which proof is missing helps only who has none.
            ReceiveError::Refused(_) => {
                Self::new(Slug::MalformedRequest, "this notice proves nothing")
            }
        }
    }
}

impl From<PushRefused> for Problem {
    fn from(refused: PushRefused) -> Self {
        match refused {
            PushRefused::Fault(fault) => fault.into(),
            // Which proof is missing helps only who has none.
            _ => Self::new(Slug::PushRefused, "this push proves nothing"),
        }
    }
}
