//! `/terms` and `/privacy`: templates the operator replaces. Ours say what the software does and
//! that the operator has not written their own yet.

use poem::handler;
use serde::Serialize;

use crate::{problem::Problem, site::Page, visitor::Visitor};

/// What the software itself can say for certain.
#[derive(Serialize)]
struct LegalView {
    /// Where the studio is.
    app_url: String,
    /// Whether pictures lie in a bucket elsewhere, or on this machine.
    bucket: bool,
    /// Whether nobody outside is asked to paint.
    practice: bool,
}

/// `/terms`
#[handler]
pub async fn terms(visitor: Visitor) -> Result<Page, Problem> {
    let view = LegalView::of(&visitor);
    visitor.page("terms.html", "Terms", view).await
}

/// `/privacy`
#[handler]
pub async fn privacy(visitor: Visitor) -> Result<Page, Problem> {
    let view = LegalView::of(&visitor);
    visitor.page("privacy.html", "Privacy", view).await
}

impl LegalView {
    fn of(visitor: &Visitor) -> Self {
        let web = &visitor.shared().web;
        Self {
            app_url: web.about.app_url.clone(),
            bucket: web.media_origin.is_some(),
            practice: web.about.practice,
        }
    }
}
