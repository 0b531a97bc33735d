//! `/account/address`: another mail address, proven by its mail, and the way back from the old one.

use poem::{IntoResponse, Request, Response, handler, http::StatusCode, web::Path};
use safelight_domain::{Actor, By, Email, Purpose};
use safelight_usecases::{Error, Proved};
use serde::Serialize;

use super::{
    account::{self, Trouble},
    code::{Asked, count_mail, count_try},
};
use crate::{
    auth::count_failure,
    form::Form,
    problem::{Problem, Slug},
    site::{Page, see_other},
    visitor::{Member, Recent, Visitor},
};

const CODE: Asked = Asked {
    purpose: Purpose::Address,
    title: "Your new address",
    button: "Move to this address",
    action: "/account/address/code",
    again: "/account#address",
};

#[derive(Serialize)]
struct UndoView {
    works: bool,
    path: String,
}

/// `POST /account/address`: mails a code to the new address.
#[handler]
pub async fn send(
    request: &Request,
    Recent(member): Recent,
    form: Form,
) -> Result<Response, Problem> {
    let typed = form.text("email");
    let refused = async |says: String| {
        let trouble = Trouble { field: "email".to_owned(), says: super::sentence(&says) };
        let page = account::address_refused(&member, typed, trouble).await?;
        Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
    };
    let email = match Email::parse(typed) {
        Ok(email) => email,
        Err(invalid) => return refused(invalid.says).await,
    };
    count_mail(request, member.shared(), &email).await?;
    match member.studio().confirm.send_to(&member.signed, email).await.map_err(Problem::from) {
        Ok(begun) => Ok(CODE.sent(member.shared(), &begun)),
        Err(problem) if problem.slug == Slug::InvalidInput => refused(problem.detail).await,
        Err(problem) => Err(problem),
    }
}

/// `GET /account/address/code?challenge=`
#[handler]
pub async fn waiting(request: &Request, member: Member) -> Result<Response, Problem> {
    let page = CODE.page(request, &member, None).await?;
    Ok(page.map_or_else(lapsed, IntoResponse::into_response))
}

/// `POST /account/address/code?challenge=`
#[handler]
pub async fn code(
    request: &Request,
    Recent(member): Recent,
    form: Form,
) -> Result<Response, Problem> {
    count_try(request, member.shared()).await?;
    let shared = member.shared();
    let Some((id, browser)) = Asked::typed(request, shared, &form) else { return Ok(lapsed()) };
    let confirm = &member.studio().confirm;
    let code = form.text("code");
    match confirm.change_address(&member.signed, id, code, &browser, member.by()).await? {
        Proved::Right(token) => Ok(Asked::renewed(shared, &token, "/account?moved=true")),
        wrong => {
            let page = CODE.refused(request, &member, wrong).await?;
            let page = page.map(|page| page.status(StatusCode::UNPROCESSABLE_ENTITY));
            Ok(page.map_or_else(lapsed, IntoResponse::into_response))
        }
    }
}

/// `GET /account/address/undo/{token}`: one button; looking uses nothing up.
#[handler]
pub async fn undo_page(
    request: &Request,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Page, Problem> {
    let works = visitor.studio().confirm.can_undo(&token).await?;
    if !works {
        count_failure(visitor.shared(), request)?;
    }
    let path = if works { format!("/account/address/undo/{token}") } else { String::new() };
    visitor.page("account-undo.html", "Take the account back", UndoView { works, path }).await
}

/// `POST /account/address/undo/{token}`
#[handler]
pub async fn undo(
    request: &Request,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let by = By::from(Actor::visitor()).request(visitor.request.clone());
    match visitor.studio().confirm.undo(&token, by).await {
        Ok(()) => Ok(see_other("/sign-in?restored=true")),
        Err(Error::Refused(refusal)) => {
            count_failure(visitor.shared(), request)?;
            Err(Error::Refused(refusal).into())
        }
        Err(Error::Fault(fault)) => Err(fault.into()),
    }
}

fn lapsed() -> Response {
    see_other("/account?lapsed=true#address")
}
