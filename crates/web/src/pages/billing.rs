//! `/billing`: what can be spent, lot by lot, and every line of the ledger.

mod line;
mod lot;

use poem::{Request, handler};
use serde::Serialize;

use self::{
    line::{DayView, days},
    lot::{LotView, lots},
};
use super::gallery::filter;
use crate::{form::Form, problem::Problem, site::Page, visitor::Member, wire::Wire};

/// Lines on a page of the ledger.
const PAGE: u16 = 50;

#[derive(Serialize)]
struct BillingView {
    credits: u32,
    debt: u32,
    lots: Vec<LotView>,
    days: Vec<DayView>,
    /// Older lines.
    next: Option<String>,
    /// Whether these are the newest.
    first: bool,
    /// Whom the operator would give credits to.
    email: String,
}

/// `GET /billing?cursor=`
#[handler]
pub async fn show(request: &Request, member: Member) -> Result<Page, Problem> {
    let query = Form::parse(request.uri().query().unwrap_or_default().as_bytes());
    let part = filter::page(&query, PAGE)?;
    let (studio, account) = (member.studio(), member.account());
    let balance = studio.ledger.balance(account).await?;
    let paged = studio.ledger.lines(account, part).await?;
    let view = BillingView {
        credits: balance.credits.get(),
        debt: balance.debt.get(),
        lots: lots(&balance.lots),
        days: days(paged.items, studio.now()),
        next: paged.next.map(|next| format!("/billing?cursor={}#ledger", next.write())),
        first: part.after.is_none(),
        email: member.signed.user.email.as_str().to_owned(),
    };
    member.page("billing.html", "Billing", "billing", view).await
}
