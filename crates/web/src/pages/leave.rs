//! `/account/delete`: what goes, what stays, and the day it comes true.

use poem::{Response, handler, http::HeaderValue};
use serde::Serialize;

use super::{code::with_cookie, moment};
use crate::{
    cookie,
    form::Form,
    problem::Problem,
    site::{Page, see_other},
    visitor::Recent,
};

#[derive(Serialize)]
struct LeaveView {
    email: String,
    credits: u32,
    days: i64,
    closes: String,
    error: bool,
}

/// `GET /account/delete`
#[handler]
pub async fn ask(recent: Recent) -> Result<Page, Problem> {
    page(&recent, false).await
}

/// `POST /account/delete`: signed out everywhere, and gone after the grace.
#[handler]
pub async fn leave(recent: Recent, form: Form) -> Result<Response, Problem> {
    use poem::{IntoResponse, http::StatusCode};
    if form.get("sure") != Some("yes") {
        let page = page(&recent, true).await?;
        return Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
    }
    let Recent(member) = recent;
    member.studio().accounts.leave(member.account(), member.by()).await?;
    let mut response = see_other("/sign-in?left=true");
    let clear = HeaderValue::from_static("\"cookies\", \"storage\"");
    response.headers_mut().insert("clear-site-data", clear);
    Ok(with_cookie(response, &cookie::forget_session(&member.shared().web.about)))
}

async fn page(Recent(member): &Recent, error: bool) -> Result<Page, Problem> {
    let studio = member.studio();
    let grace = studio.terms.timing.grace;
    let closes = studio.now().saturating_add(grace).ok().and_then(moment::date);
    let view = LeaveView {
        email: member.signed.user.email.as_str().to_owned(),
        credits: studio.ledger.balance(member.account()).await?.credits.get(),
        days: grace.as_hours() / 24,
        closes: closes.unwrap_or_default(),
        error,
    };
    member.page("account-delete.html", "Delete the account", "account", view).await
}
