//! What comes in from providers: hints to look, never the truth.
//!
//! Answers fast and says little: 204 when the hint was taken, 403 for whatever proves nothing, 5xx
//! when the provider should send it again.

use std::sync::Arc;

use poem::{
    Body, Request, Response,
    error::ReadBodyError,
    handler,
    http::{HeaderName, StatusCode, header as names},
    web::Data,
};
use safelight_usecases::{Push, PushRefused, ReceiveError};

use crate::{
    Shared,
    auth::count_failure,
    form::Form,
    header,
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
    // A header that cannot be read is left out: proofs are ASCII, and a proof that is missing is
    // refused.
    let headers = request.headers().keys().filter_map(|name| {
        Some((name.as_str().to_owned(), header::one(request, name).ok()??.to_owned()))
    });
    let token = query.text("token").to_owned();
    let push = Push { render, token, headers: headers.collect(), body };
    let pushed = match proof.verify(push).await {
        Ok(pushed) => pushed,
        Err(PushRefused::Fault(fault)) => return Err(fault.into()),
        Err(
            refused @ (PushRefused::Token
            | PushRefused::Unsigned
            | PushRefused::Stale
            | PushRefused::Forged
            | PushRefused::Unreadable),
        ) => {
            count_failure(shared, request)?;
            return Err(refused.into());
        }
    };
    shared.web.studio.pipeline.hint(pushed.render, &pushed.request_id).await?;
    Ok(Response::builder().status(StatusCode::NO_CONTENT).finish())
}

/// The most a notice of the payment provider may hold.
const NOTICE_MOST: usize = 1024 * 1024;
/// Headers worth keeping with it; never the signature.
const KEPT: [HeaderName; 3] =
    [names::USER_AGENT, names::CONTENT_TYPE, HeaderName::from_static("x-request-id")];
/// What proves one.
const SIGNATURE: HeaderName = HeaderName::from_static("stripe-signature");

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
    let kept = KEPT.into_iter().filter_map(|name| {
        let value: String = header::described(request, &name)?.chars().take(200).collect();
        Some(format!("{name}: {value}"))
    });
    let kept = kept.collect::<Vec<_>>().join("\n");
    // One that cannot be read proves as much as none.
    let signature = header::one(request, &SIGNATURE).ok().flatten();
    match shared.web.studio.inbox.receive(signature, kept, &body).await {
        Ok(()) => Ok(Response::builder().status(StatusCode::NO_CONTENT).finish()),
        Err(ReceiveError::Failed(error)) => Err(error.into()),
        Err(refused @ ReceiveError::Refused(_)) => {
            count_failure(shared, request)?;
            Err(refused.into())
        }
    }
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
