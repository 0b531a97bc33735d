//! Who looks: the extractor in a page's signature is its permission check.

use std::sync::Arc;

use poem::{
    FromRequest, Request, RequestBody, Response, Result,
    http::{StatusCode, header},
};
use safelight_domain::{AccountId, Actor, By, Role, Session};
use safelight_usecases::{Member as Signed, Studio};
use serde::Serialize;

use crate::{
    Shared, cookie, dev,
    edge::RequestId,
    problem::{Problem, Slug},
    site::{FrameView, Page},
};

/// Anybody, signed in or not.
pub struct Visitor {
    /// Who is signed in.
    pub signed: Option<Signed>,
    /// The request's id.
    pub request: Option<String>,
    /// Whether this browser may open the pages of the local stand-ins.
    pub may_open: bool,
    shared: Arc<Shared>,
}

/// Somebody signed in; others are led to the sign-in and back.
pub struct Member {
    /// Who, in which session.
    pub signed: Signed,
    request: Option<String>,
    shared: Arc<Shared>,
}

/// A member who typed a code from their mail just now, and may do what cannot be undone; others are
/// led to confirm that it is them, and back.
pub struct Recent(pub Member);

/// An admin who typed a code within [`Session::OFFICE`]. Whoever is none is told that there is no
/// such page, in the words of any address that is not there; an admin whose code is older is led to
/// confirm that it is them, and back.
pub struct Admin(pub Member);

/// An admin who typed a code just now, and may do what touches others.
pub struct RecentAdmin(pub Member);

impl Visitor {
    /// The site's state.
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// The studio.
    pub fn studio(&self) -> &Studio {
        &self.shared.web.studio
    }

    /// A page in its frame.
    pub async fn page(
        &self,
        template: &'static str,
        title: &str,
        page: impl Serialize,
    ) -> Result<Page, Problem> {
        let mut frame = FrameView::new(&self.shared.web.about, title, "");
        if let Some(signed) = &self.signed {
            let balance = self.studio().ledger.balance(signed.account_id()).await?;
            frame = frame.of(signed, balance.credits);
        }
        self.shared.site.page(template, frame, page).await
    }
}

impl Member {
    /// The site's state.
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// The studio.
    pub fn studio(&self) -> &Studio {
        &self.shared.web.studio
    }

    /// Whose credits and pictures.
    pub fn account(&self) -> AccountId {
        self.signed.account_id()
    }

    /// Counts a press of the button.
    pub fn press(&self) -> Result<(), Problem> {
        self.shared.counters.generation(self.account(), self.studio().now())
    }

    /// Who to name in the books.
    pub fn actor(&self) -> Actor {
        self.signed.actor()
    }

    /// The same, with the request, for the trail.
    pub fn by(&self) -> By {
        By::from(self.actor()).request(self.request.clone())
    }

    /// Whether they proved themselves just now.
    pub fn is_recent(&self) -> bool {
        self.signed.session.is_recent(self.studio().now())
    }

    /// A page in its frame; `place` is the current place of the bar.
    pub async fn page(
        &self,
        template: &'static str,
        title: &str,
        place: &'static str,
        page: impl Serialize,
    ) -> Result<Page, Problem> {
        let balance = self.studio().ledger.balance(self.account()).await?;
        let frame = FrameView::new(&self.shared.web.about, title, place);
        self.shared.site.page(template, frame.of(&self.signed, balance.credits), page).await
    }
}

async fn look(request: &Request) -> Result<Visitor, Problem> {
    let Some(shared) = request.data::<Arc<Shared>>().cloned() else {
        return Err(Problem::internal("the application's state is missing".to_owned()));
    };
    let signed = match cookie::session(request, &shared.web.about) {
        Some(token) => shared.web.studio.sessions.member(&token).await?,
        None => None,
    };
    let may_open = dev::may_open(request);
    let request = request.data::<RequestId>().map(|id| id.0.clone());
    Ok(Visitor { signed, request, may_open, shared })
}

impl<'a> FromRequest<'a> for Visitor {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        Ok(look(request).await?)
    }
}

impl<'a> FromRequest<'a> for Member {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let Visitor { signed, request: id, may_open: _, shared } = look(request).await?;
        match signed {
            Some(signed) => Ok(Self { signed, request: id, shared }),
            None => Err(poem::Error::from_response(sign_in_first(request))),
        }
    }
}

impl<'a> FromRequest<'a> for Recent {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        let member = Member::from_request(request, body).await?;
        if member.is_recent() {
            return Ok(Self(member));
        }
        Err(poem::Error::from_response(lead(request, "/account/confirm", "/account")))
    }
}

/// Whoever asks, when they are an admin. Nobody learns here that an account is blocked either.
async fn admin(request: &Request) -> Result<Member, Problem> {
    let Visitor { signed, request: id, may_open: _, shared } = match look(request).await {
        Err(problem) if problem.slug == Slug::AccountBlocked => return Err(Problem::not_found()),
        looked => looked?,
    };
    let signed = signed.filter(|signed| signed.user.role == Role::Admin);
    Ok(Member { signed: signed.ok_or_else(Problem::not_found)?, request: id, shared })
}

/// To prove it is them, and back to the page an act was on: it is the path above the act's.
fn prove_first(request: &Request) -> Response {
    let path = request.uri().path();
    let above = path.rsplit_once('/').map_or("/admin", |(above, _)| above);
    lead(request, "/account/confirm", above)
}

impl<'a> FromRequest<'a> for Admin {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let member = admin(request).await?;
        let since = member.studio().now().duration_since(member.signed.session.proved_at);
        if since < Session::OFFICE {
            return Ok(Self(member));
        }
        Err(poem::Error::from_response(prove_first(request)))
    }
}

impl<'a> FromRequest<'a> for RecentAdmin {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let member = admin(request).await?;
        if member.is_recent() {
            return Ok(Self(member));
        }
        Err(poem::Error::from_response(prove_first(request)))
    }
}

impl Admin {
    /// A page of the back office; `desk` is the current place of its list.
    pub async fn page(
        &self,
        template: &'static str,
        title: &str,
        desk: &'static str,
        page: impl Serialize,
    ) -> Result<Page, Problem> {
        let balance = self.0.studio().ledger.balance(self.0.account()).await?;
        let frame = FrameView::new(&self.0.shared.web.about, title, "admin").desk(desk);
        self.0.shared.site.page(template, frame.of(&self.0.signed, balance.credits), page).await
    }
}

/// To the sign-in, and back to what was looked at. What was being sent cannot be sent again, so a
/// form's own page is where it goes back to.
fn sign_in_first(request: &Request) -> Response {
    lead(request, "/sign-in", "/studio")
}

/// To `first`, and back to what was looked at, or `else_back` when something was being sent.
fn lead(request: &Request, first: &str, else_back: &str) -> Response {
    let back = if request.method().is_safe() {
        request.uri().path_and_query().map_or(else_back, |place| place.as_str())
    } else {
        else_back
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    let place = format!("{first}?{}", query.append_pair("return_to", back).finish());
    let status = StatusCode::SEE_OTHER;
    Response::builder().status(status).header(header::LOCATION, place).finish()
}
