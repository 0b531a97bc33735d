//! What every page where a code is typed has in common.

use std::net::IpAddr;

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
        with_cookie(
            response,
            &cookie::keep_browser(&shared.web.about, self.purpose, &begun.browser),
        )
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

    /// What this browser carries of a code it asked for before.
    pub fn before(&self, request: &Request, shared: &Shared) -> Option<String> {
        cookie::browser(request, &shared.web.about, self.purpose)
    }

    /// The same browser under another cookie, at `place`.
    pub fn renewed(&self, shared: &Shared, token: &str, place: &str) -> Response {
        let about = &shared.web.about;
        let response = with_cookie(see_other(place), &cookie::keep_session(about, token));
        with_cookie(response, &cookie::forget_browser(about, self.purpose))
    }

    /// What was typed, and in which browser.
    pub fn typed(
        &self,
        request: &Request,
        shared: &Shared,
        form: &Form,
    ) -> Option<(ChallengeId, String)> {
        let browser = self.before(request, shared)?;
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
    let browser = cookie::browser(request, &shared.web.about, purpose);
    let Some(id) = named(request) else { return Ok(None) };
    let waiting = shared.web.studio.confirm.waiting(id, browser.as_deref(), purpose).await?;
    Ok(waiting.map(|waiting| (id, waiting)))
}

/// The attempt a page's address names.
fn named(request: &Request) -> Option<ChallengeId> {
    let query = Form::query(request);
    query.text("challenge").parse().ok()
}

/// Where a request comes from, as limits count it; none for this machine itself.
pub fn place(request: &Request) -> Option<IpAddr> {
    Peer::of(request).away()
}

/// Counts an answer of somebody signed in against their account: no stranger uses it up.
pub async fn count_answer(member: &Member) -> Result<(), Problem> {
    let quota = member.studio().quotas.answer_by_member(member.account()).await?;
    within(quota, "answers to codes of this account")
}

/// Counts a mail to the account's own address, likewise.
pub async fn count_mail(member: &Member) -> Result<(), Problem> {
    within(member.studio().quotas.code_by_member(member.account()).await?, "codes")
}

/// Counts a mail to an address that is not the account's: against the account, and against the
/// address as if a stranger had asked.
pub async fn count_mail_to(request: &Request, member: &Member, to: &Email) -> Result<(), Problem> {
    count_mail(member).await?;
    within(member.studio().quotas.code(to, place(request)).await?, "codes")
}
