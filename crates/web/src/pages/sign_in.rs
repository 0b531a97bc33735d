//! Sign-in by a mailed code or link.
//!
//! Opening a link uses nothing up: mail scanners open every link. Its page has one button. Known
//! and unknown addresses are answered alike.

use std::sync::Arc;

use poem::{
    IntoResponse, Request, Response, handler,
    http::{HeaderValue, StatusCode, header},
    web::{Data, Path},
};
use safelight_domain::{Actor, By, ChallengeId, Email, Purpose};
use safelight_usecases::{Answer, Proof, SignedIn};
use serde::Serialize;

use super::code::with_cookie;
use crate::{
    Shared, cookie,
    form::Form,
    peer::Peer,
    problem::Problem,
    site::{Page, see_other},
    visitor::{Member, Visitor},
};

/// What the sign-in pages show.
#[derive(Default, Serialize)]
struct SignInView {
    email: String,
    return_to: String,
    /// The attempt that waits for its code.
    challenge: Option<String>,
    /// What was done to lead here.
    notice: Option<&'static str>,
    /// Why the last try did not work.
    error: Option<String>,
    /// Credits a new account starts with.
    signup_bonus: u32,
    /// Whether mails are kept on this machine instead of sent.
    outbox: bool,
    /// Whether this browser may look at them.
    may_open: bool,
}

#[derive(Serialize)]
struct LinkView {
    /// Whether this browser may follow the link.
    mine: bool,
    path: String,
}

/// `GET /sign-in?return_to=`
#[handler]
pub async fn show(request: &Request, visitor: Visitor) -> Result<Response, Problem> {
    let query = Form::query(request);
    if visitor.signed.is_some() {
        return Ok(see_other("/studio"));
    }
    let view = SignInView {
        return_to: query.text("return_to").to_owned(),
        notice: notice(&query),
        error: query.get("lapsed").map(|_| super::code::DEAD.to_owned()),
        ..SignInView::default()
    };
    Ok(page(&visitor, view).await?.into_response())
}

fn notice(query: &Form) -> Option<&'static str> {
    let told = |name| query.get(name).is_some();
    match () {
        () if told("left") => {
            Some("Your account will be deleted. Sign in before that, and it stays.")
        }
        () if told("restored") => {
            Some("Your account has its former address again. Sign in with it.")
        }
        () => None,
    }
}

/// `POST /sign-in`: mails a code and a link.
#[handler]
pub async fn send(request: &Request, visitor: Visitor, form: Form) -> Result<Response, Problem> {
    let return_to = form.text("return_to").to_owned();
    let typed = form.text("email").to_owned();
    let view = SignInView { email: typed.clone(), return_to, ..SignInView::default() };
    let email = match Email::parse(&typed) {
        Ok(email) => email,
        Err(invalid) => return again(&visitor, view, invalid.says).await,
    };
    let shared = visitor.shared();
    let quota = shared.web.studio.quotas.code(&email, Peer::of(request).away()).await?;
    if !quota.allowed {
        let says = format!(
            "too many codes were asked for; look at your mail, or wait {} seconds",
            quota.reset
        );
        return again(&visitor, view, says).await;
    }
    let return_to = Some(view.return_to.as_str()).filter(|path| !path.is_empty());
    let begun = shared.web.studio.sign_in.send_code(email, return_to).await?;
    // A page of its own: looking at it again sends nothing again.
    let response = see_other(&format!("/sign-in/code?challenge={}", begun.id));
    Ok(with_cookie(response, &cookie::keep_browser(&shared.web.about, &begun.browser)))
}

/// `GET /sign-in/code?challenge=`: where the code is typed, in the browser that asked for it.
#[handler]
pub async fn waiting(request: &Request, visitor: Visitor) -> Result<Response, Problem> {
    if visitor.signed.is_some() {
        return Ok(see_other("/studio"));
    }
    let Some((id, waiting)) =
        super::code::waits(request, visitor.shared(), Purpose::SignIn).await?
    else {
        return Ok(see_other("/sign-in?lapsed=true"));
    };
    let view = SignInView {
        email: waiting.email.as_str().to_owned(),
        return_to: waiting.return_to,
        challenge: Some(id.to_string()),
        ..SignInView::default()
    };
    Ok(page(&visitor, view).await?.into_response())
}

/// `POST /sign-in/code`
#[handler]
pub async fn code(request: &Request, visitor: Visitor, form: Form) -> Result<Response, Problem> {
    let view = SignInView {
        email: form.text("email").to_owned(),
        return_to: form.text("return_to").to_owned(),
        challenge: Some(form.text("challenge").to_owned()),
        ..SignInView::default()
    };
    let dead = super::code::DEAD;
    let Ok(id) = form.text("challenge").parse::<ChallengeId>() else {
        return again(&visitor, SignInView { challenge: None, ..view }, dead).await;
    };
    match answer(request, &visitor, id, Proof::Code(form.text("code"))).await? {
        Answer::Right(signed_in) => welcome(request, &visitor, &signed_in).await,
        Answer::Wrong(0) | Answer::Dead => {
            again(&visitor, SignInView { challenge: None, ..view }, dead).await
        }
        Answer::Wrong(left) => {
            let says = format!("That is not the code. {left} more tries.");
            again(&visitor, view, says).await
        }
    }
}

/// `GET /sign-in/link/{id}/{token}`: one button, or what to do instead.
#[handler]
pub async fn link(
    request: &Request,
    visitor: Visitor,
    Path((id, token)): Path<(String, String)>,
) -> Result<Page, Problem> {
    let shared = visitor.shared();
    let browser = cookie::browser(request, &shared.web.about);
    let mine = match id.parse() {
        Ok(id) => shared.web.studio.sign_in.knows(id, browser.as_deref()).await?,
        Err(_) => false,
    };
    let path = if mine { format!("/sign-in/link/{id}/{token}") } else { String::new() };
    visitor.page("sign-in-link.html", "Sign in", LinkView { mine, path }).await
}

/// `POST /sign-in/link/{id}/{token}`
#[handler]
pub async fn follow(
    request: &Request,
    visitor: Visitor,
    Path((id, token)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let Ok(id) = id.parse::<ChallengeId>() else { return Err(Problem::not_found()) };
    match answer(request, &visitor, id, Proof::Link(&token)).await? {
        Answer::Right(signed_in) => welcome(request, &visitor, &signed_in).await,
        _ => {
            again(
                &visitor,
                SignInView::default(),
                "That link has lapsed or was used. Send a new one.",
            )
            .await
        }
    }
}

/// `POST /sign-out`
#[handler]
pub async fn out(member: Member, Data(shared): Data<&Arc<Shared>>) -> Result<Response, Problem> {
    let this = member.signed.session.id;
    shared.web.studio.sessions.end(member.account(), this, member.by()).await?;
    let mut response = see_other("/");
    let clear = HeaderValue::from_static("\"cookies\", \"storage\"");
    response.headers_mut().insert("clear-site-data", clear);
    Ok(with_cookie(response, &cookie::forget_session(&shared.web.about)))
}

async fn answer(
    request: &Request,
    visitor: &Visitor,
    id: ChallengeId,
    proof: Proof<'_>,
) -> Result<Answer, Problem> {
    let shared = visitor.shared();
    super::code::count_try(request, shared).await?;
    let browser = cookie::browser(request, &shared.web.about).unwrap_or_default();
    let device = crate::header::described(request, &header::USER_AGENT);
    let device = device.as_deref().unwrap_or("a browser that does not say");
    let sign_in = &shared.web.studio.sign_in;
    Ok(sign_in.answer(id, proof, &browser, device, visitor.request.clone()).await?)
}

/// Another cookie, whoever the browser was before: what it carried ends.
async fn welcome(
    request: &Request,
    visitor: &Visitor,
    signed_in: &SignedIn,
) -> Result<Response, Problem> {
    let about = &visitor.shared().web.about;
    if let Some(before) = cookie::session(request, about) {
        let by = By::from(Actor::user(signed_in.person.user.id)).request(visitor.request.clone());
        visitor.studio().sessions.end_former(&before, by).await?;
    }
    let place = if signed_in.stays { "/account?stayed=true" } else { &signed_in.return_to };
    let response = with_cookie(see_other(place), &cookie::keep_session(about, &signed_in.token));
    Ok(with_cookie(response, &cookie::forget_browser(about)))
}

/// The same form, with what was typed and what was wrong with it.
async fn again(
    visitor: &Visitor,
    view: SignInView,
    says: impl Into<String>,
) -> Result<Response, Problem> {
    let view = SignInView { error: Some(says.into()), ..view };
    Ok(page(visitor, view).await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

async fn page(visitor: &Visitor, view: SignInView) -> Result<Page, Problem> {
    let web = &visitor.shared().web;
    let view = SignInView {
        signup_bonus: web.studio.terms.signup_bonus.get(),
        outbox: web.outbox.is_some(),
        may_open: visitor.may_open,
        ..view
    };
    visitor.page("sign-in.html", "Sign in", view).await
}
