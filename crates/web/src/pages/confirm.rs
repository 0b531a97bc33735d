//! `/account/confirm`: a fresh code before what cannot be undone.

use poem::{IntoResponse, Request, Response, handler, http::StatusCode};
use safelight_domain::Purpose;
use safelight_usecases::Proved;
use serde::Serialize;

use super::code::{Asked, count_answer, count_mail};
use crate::{
    form::Form,
    problem::Problem,
    site::{Page, see_other},
    visitor::Member,
};

const CODE: Asked = Asked {
    purpose: Purpose::Confirm,
    title: "Your code",
    button: "Confirm",
    action: "/account/confirm/code",
    again: "/account/confirm",
};

#[derive(Serialize)]
struct ConfirmView {
    email: String,
    return_to: String,
    lapsed: bool,
}

/// `GET /account/confirm?return_to=`: why, and one button.
#[handler]
pub async fn ask(request: &Request, member: Member) -> Result<Page, Problem> {
    let query = Form::query(request);
    let view = ConfirmView {
        email: member.signed.user.email.as_str().to_owned(),
        return_to: query.text("return_to").to_owned(),
        lapsed: query.get("lapsed").is_some(),
    };
    member.page("account-confirm.html", "Confirm that it is you", "account", view).await
}

/// `POST /account/confirm`: mails a code to the account's own address.
#[handler]
pub async fn send(request: &Request, member: Member, form: Form) -> Result<Response, Problem> {
    count_mail(&member).await?;
    let return_to = form.get("return_to").filter(|path| !path.is_empty()).unwrap_or("/account");
    let before = CODE.before(request, member.shared());
    let begun = member.studio().confirm.send(&member.signed, return_to, before.as_deref()).await?;
    Ok(CODE.sent(member.shared(), &begun))
}

/// `GET /account/confirm/code?challenge=`
#[handler]
pub async fn waiting(request: &Request, member: Member) -> Result<Response, Problem> {
    let page = CODE.page(request, &member, None).await?;
    Ok(page.map_or_else(lapsed, IntoResponse::into_response))
}

/// `POST /account/confirm/code?challenge=`
#[handler]
pub async fn code(request: &Request, member: Member, form: Form) -> Result<Response, Problem> {
    count_answer(&member).await?;
    let shared = member.shared();
    let Some((id, browser)) = CODE.typed(request, shared, &form) else { return Ok(lapsed()) };
    let confirm = &member.studio().confirm;
    let waits = confirm.waiting(id, Some(&browser), Purpose::Confirm).await?;
    let code = form.text("code");
    match confirm.confirm(&member.signed, id, code, &browser, member.by()).await? {
        Proved::Right(token) => {
            let place = waits.map_or_else(|| "/account".to_owned(), |waits| waits.return_to);
            Ok(CODE.renewed(shared, &token, &place))
        }
        wrong => {
            let page = CODE.refused(request, &member, wrong).await?;
            let page = page.map(|page| page.status(StatusCode::UNPROCESSABLE_ENTITY));
            Ok(page.map_or_else(lapsed, IntoResponse::into_response))
        }
    }
}

fn lapsed() -> Response {
    see_other("/account/confirm?lapsed=true")
}
