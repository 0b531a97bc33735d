//! `/billing`: what can be spent, lot by lot, every line of the ledger, packs to buy, and orders.

mod checkout;
mod csv;
mod draft;
pub mod line;
mod lot;
mod order;
mod pack;

use poem::{Request, handler};
use safelight_usecases::Page as Part;
use serde::Serialize;

pub use checkout::{back, buy, cancel, pay};
pub use csv::ledger;
pub use pack::{PackView, packs};
pub(super) use {
    line::{DayView, days},
    lot::{LotView, lots},
    order::OrderView,
};

use crate::{form::Form, page::ListOf, problem::Problem, site::Page, visitor::Member};

/// Lines on a page of the ledger.
const PAGE: u16 = 50;
/// Orders that are shown, the newest.
const ORDERS: u16 = 20;

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
    packs: Vec<PackView>,
    orders: Vec<OrderView>,
    /// Names the form: sent twice, it is one order.
    key: String,
    /// The composer as it was left, for whoever comes from there.
    draft: Vec<(String, String)>,
    /// Why nothing was bought.
    error: Option<String>,
    /// Whom the operator would give credits to.
    email: String,
}

/// `GET /billing?cursor=`
#[handler]
pub async fn show(request: &Request, member: Member) -> Result<Page, Problem> {
    let query = Form::query(request);
    let place = Some(query.text("cursor")).filter(|text| !text.is_empty());
    let list = ListOf::mine("entries", member.account());
    let after = place.map(|text| list.read("cursor", text)).transpose()?;
    let part = Part { after, limit: PAGE };
    page(&member, Some(part), Vec::new(), None).await
}

/// `POST /billing/top-up`: the page for whoever comes from the composer with too few credits. What
/// was typed goes along to the checkout and back.
#[handler]
pub async fn top_up(member: Member, form: Form) -> Result<Page, Problem> {
    page(&member, None, draft::fields(&form), None).await
}

async fn page(
    member: &Member,
    part: Option<Part>,
    draft: Vec<(String, String)>,
    error: Option<String>,
) -> Result<Page, Problem> {
    let part = part.unwrap_or(Part { after: None, limit: PAGE });
    let (studio, account) = (member.studio(), member.account());
    let balance = studio.ledger.balance(account).await?;
    let list = ListOf::mine("entries", account);
    let paged = studio.ledger.lines(account, part).await?;
    let newest = Part { after: None, limit: ORDERS };
    let orders = studio.orders.list(account, newest).await?.items;
    let now = studio.now();
    let view = BillingView {
        credits: balance.credits.get(),
        debt: balance.debt.get(),
        lots: lots(&balance.lots),
        days: days(paged.items, now),
        next: paged.next.map(|next| format!("/billing?cursor={}#ledger", list.write(next))),
        first: part.after.is_none(),
        packs: packs(studio),
        orders: orders.iter().map(|status| OrderView::new(status, now)).collect(),
        key: studio.fresh_key().as_str().to_owned(),
        draft,
        error,
        email: member.signed.user.email.as_str().to_owned(),
    };
    member.page("billing.html", "Billing", "billing", view).await
}
