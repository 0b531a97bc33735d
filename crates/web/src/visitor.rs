//! Who looks: the extractor in a page's signature is its permission check.

use std::sync::Arc;

use poem::{
    FromRequest, Request, RequestBody, Response, Result,
    http::{StatusCode, header},
};
use safelight_domain::{AccountId, Actor};
use safelight_usecases::{Member as Signed, Studio};
use serde::Serialize;

use crate::{
    Shared, cookie,
    problem::Problem,
    site::{FrameView, Page},
};

/// Anybody, signed in or not.
pub struct Visitor {
    /// Who is signed in.
    pub signed: Option<Signed>,
    shared: Arc<Shared>,
}

/// Somebody signed in; others are led to the sign-in and back.
pub struct Member {
    /// Who, in which session.
    pub signed: Signed,
    shared: Arc<Shared>,
}

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
    Ok(Visitor { signed, shared })
}

impl<'a> FromRequest<'a> for Visitor {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        Ok(look(request).await?)
    }
}

impl<'a> FromRequest<'a> for Member {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let Visitor { signed, shared } = look(request).await?;
        match signed {
            Some(signed) => Ok(Self { signed, shared }),
            None => Err(poem::Error::from_response(sign_in_first(request))),
        }
    }
}

/// To the sign-in, and back to what was looked at. What was being sent cannot be sent again, so a
/// form's own page is where it goes back to.
fn sign_in_first(request: &Request) -> Response {
    let back = if request.method().is_safe() {
        request.uri().path_and_query().map_or("/studio", |place| place.as_str())
    } else {
        "/studio"
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    let place = format!("/sign-in?{}", query.append_pair("return_to", back).finish());
    let status = StatusCode::SEE_OTHER;
    Response::builder().status(status).header(header::LOCATION, place).finish()
}
