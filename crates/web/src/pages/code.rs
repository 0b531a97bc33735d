//! What every page where a code is typed has in common.

pub use crate::cookie::with_cookie;
use poem::{Request, Response};
use safelight_domain::{ChallengeId, Email, Purpose};
use safelight_usecases::{Begun, Proved, Waiting};
use serde::Serialize;

use crate::{
    Shared, cookie, dev,
    form::Form,
    limits::within,
    peer::Peer,
    problem::Problem,
    site::{Page, see_other},
    visitor::Member,
};

/// What is said of a code that cannot be answered any more.
pub const DEAD: &str = "That code has lapsed or was used. Send a new one.";

/// A code asked for by a member, and the page it is typed on.
pub struct Asked {
    /// What it is for.
    pub purpose: Purpose,
    /// The page's heading.
    pub title: &'static str,
    /// What its button says.
    pub button: &'static str,
    /// Where the code is sent to.
    pub action: &'static str,
    /// Where a new one is asked for.
    pub again: &'static str,
}

#[derive(Serialize)]
struct CodeView {
    title: &'static str,
    button: &'static str,
    action: &'static str,
    again: &'static str,
    email: String,
    challenge: String,
    error: Option<String>,
    /// Whether mails are kept on this machine instead of sent.
    outbox: bool,
    /// Whether this browser may look at them.
    may_open: bool,
}

impl Asked {
    /// To the page where the code is typed, with the cookie that binds it to this browser.
    pub fn sent(&self, shared: &Shared, begun: &Begun) -> Response {
        let response = see_other(&format!("{}?challenge={}", self.action, begun.id));
        with_cookie(response, &cookie::keep_browser(&shared.web.about, &begun.browser))
    }

    /// The page where the code is typed; none when no code waits for this browser.
    pub async fn page(
        &self,
        request: &Request,
        member: &Member,
        error: Option<String>,
    ) -> Result<Option<Page>, Problem> {
        let Some((id, waiting)) = waits(request, member.shared(), self.purpose).await? else {
            return Ok(None);
        };
        let view = CodeView {
            title: self.title,
            button: self.button,
            action: self.action,
            again: self.again,
            email: waiting.email.as_str().to_owned(),
            challenge: id.to_string(),
            error,
            outbox: member.shared().web.outbox.is_some(),
            may_open: dev::may_open(request),
        };
        member.page("account-code.html", self.title, "account", view).await.map(Some)
    }

    /// The same browser under another cookie, at `place`.
    pub fn renewed(shared: &Shared, token: &str, place: &str) -> Response {
        let about = &shared.web.about;
        let response = with_cookie(see_other(place), &cookie::keep_session(about, token));
        with_cookie(response, &cookie::forget_browser(about))
    }

    /// What was typed, and in which browser.
    pub fn typed(request: &Request, shared: &Shared, form: &Form) -> Option<(ChallengeId, String)> {
        let browser = cookie::browser(request, &shared.web.about)?;
        Some((form.text("challenge").parse().ok()?, browser))
    }

    /// What a wrong code leads to.
    pub async fn refused(
        &self,
        request: &Request,
        member: &Member,
        proved: Proved,
    ) -> Result<Option<Page>, Problem> {
        match proved {
            Proved::Wrong(left) => {
                let says = format!("That is not the code. {left} more tries.");
                self.page(request, member, Some(says)).await
            }
            _ => Ok(None),
        }
    }
}

/// The code that waits for this browser.
pub async fn waits(
    request: &Request,
    shared: &Shared,
    purpose: Purpose,
) -> Result<Option<(ChallengeId, Waiting)>, Problem> {
    let browser = cookie::browser(request, &shared.web.about);
    let Some(id) = named(request) else { return Ok(None) };
    let waiting = shared.web.studio.confirm.waiting(id, browser.as_deref(), purpose).await?;
    Ok(waiting.map(|waiting| (id, waiting)))
}

/// The attempt a page's address names.
fn named(request: &Request) -> Option<ChallengeId> {
    let query = Form::query(request);
    query.text("challenge").parse().ok()
}

/// Counts a try against where it comes from.
pub async fn count_try(request: &Request, shared: &Shared) -> Result<(), Problem> {
    match Peer::of(request).away() {
        Some(away) => {
            let quota = shared.web.studio.quotas.try_from(away).await?;
            within(quota, "tries from your address")
        }
        None => Ok(()),
    }
}

/// Counts a mail against the address it goes to and where it is asked from.
pub async fn count_mail(request: &Request, shared: &Shared, to: &Email) -> Result<(), Problem> {
    let quota = shared.web.studio.quotas.code(to, Peer::of(request).away()).await?;
    within(quota, "codes")
}
