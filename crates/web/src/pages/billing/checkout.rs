//! To the checkout and back.
//!
//! Invariant: a form of ours is never answered by a redirect to another origin: browsers stop
//! those under `form-action 'self'`. A page that leads there is the answer instead.

use poem::{IntoResponse, http::StatusCode};
use poem::{Request, Response, handler, web::Path};
use safelight_domain::{OrderId, PackName, Refusal};
use safelight_usecases::{Error, OrderStatus, ToPay};
use serde::Serialize;

use super::{draft, order::OrderView, page};
use crate::{
    form::Form,
    limits::within,
    pages::{id, sentence},
    problem::{Problem, Slug},
    site::Page,
    visitor::Member,
};

/// The page that leads to the checkout.
#[derive(Serialize)]
struct LeavingView {
    url: String,
    host: String,
}

/// How an order stands, for a buyer who comes back.
#[derive(Serialize)]
struct ReturnView {
    order: OrderView,
    /// Whether looking again may show more.
    looks_again: bool,
    /// The composer as it was left.
    draft: Vec<(String, String)>,
    debt: u32,
}

/// `POST /billing/buy`: `pack`, `key`, and the composer's fields when the buyer comes from there.
#[handler]
pub async fn buy(member: Member, form: Form) -> Result<Response, Problem> {
    count(&member).await?;
    // A pack with another name than packs have is refused by its name.
    let key = match PackName::parse(form.text("pack")) {
        Ok(pack) => form.key(pack.as_str())?,
        Err(_) => None,
    };
    let email = &member.signed.user.email;
    let orders = &member.studio().orders;
    let return_to = draft::write(&form);
    match orders.buy(member.account(), email, form.text("pack"), return_to, key).await {
        Ok(to_pay) => leaving(&member, to_pay).await,
        Err(Error::Refused(Refusal::Invalid(invalid))) => {
            let page = page(&member, None, draft::fields(&form), Some(sentence(&invalid.says)));
            Ok(page.await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
        Err(Error::Refused(Refusal::PaymentRefused(why))) => {
            let says = sentence(&why.to_string());
            let page = page(&member, None, draft::fields(&form), Some(says));
            Ok(page.await?.status(Slug::PaymentRefused.status()).into_response())
        }
        // It was paid before: pressed again after coming back.
        Err(Error::Refused(Refusal::Stale)) => {
            let says = "This order has moved on. Choose again to buy another pack.";
            let page = page(&member, None, draft::fields(&form), Some(says.to_owned()));
            Ok(page.await?.status(StatusCode::CONFLICT).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /billing/orders/{id}/pay`: the same checkout once more.
#[handler]
pub async fn pay(member: Member, order: Path<String>) -> Result<Response, Problem> {
    let order: OrderId = id(&order.0)?;
    // Somebody else's order is none, and costs nobody a try.
    member.studio().orders.get(member.account(), order).await?;
    count(&member).await?;
    let email = &member.signed.user.email;
    match member.studio().orders.pay(member.account(), email, order).await {
        Ok(to_pay) => leaving(&member, to_pay).await,
        Err(Error::Refused(Refusal::Stale)) => {
            Ok(crate::site::see_other(&format!("/billing/return?order={order}")))
        }
        Err(Error::Refused(Refusal::PaymentRefused(why))) => {
            let page = page(&member, None, Vec::new(), Some(sentence(&why.to_string())));
            Ok(page.await?.status(Slug::PaymentRefused.status()).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Counts one more way to the checkout: each costs the payment provider's patience.
async fn count(member: &Member) -> Result<(), Problem> {
    within(member.studio().quotas.checkout(member.account()).await?, "checkouts")
}

async fn leaving(member: &Member, to_pay: ToPay) -> Result<Response, Problem> {
    let rest = to_pay.url.split_once("://").map_or(to_pay.url.as_str(), |(_, rest)| rest);
    let host = rest.split('/').next().unwrap_or_default().to_owned();
    let view = LeavingView { host, url: to_pay.url };
    Ok(member.page("leaving.html", "To the checkout", "billing", view).await?.into_response())
}

/// `GET /billing/return?order=`: asks once how the order stands; a notice may not have come yet.
#[handler]
pub async fn back(request: &Request, member: Member) -> Result<Page, Problem> {
    let order = asked(request)?;
    let status = match member.studio().orders.settle(member.account(), order).await {
        // The books still know how far it was; the notice will tell the rest.
        Err(Error::Fault(fault)) => {
            tracing::warn!(error = %safelight_usecases::chain(&fault), "not asked about an order");
            member.studio().orders.get(member.account(), order).await?
        }
        settled => settled?,
    };
    show(&member, status, true).await
}

/// `GET /billing/cancel?order=`: nothing was paid.
#[handler]
pub async fn cancel(request: &Request, member: Member) -> Result<Page, Problem> {
    let status = member.studio().orders.get(member.account(), asked(request)?).await?;
    show(&member, status, false).await
}

fn asked(request: &Request) -> Result<OrderId, Problem> {
    let query = Form::query(request);
    id(query.text("order"))
}

async fn show(member: &Member, status: OrderStatus, came_back: bool) -> Result<Page, Problem> {
    let studio = member.studio();
    let debt = studio.ledger.balance(member.account()).await?.debt.get();
    let view = ReturnView {
        order: OrderView::new(&status, studio.now()),
        looks_again: came_back && status.order.state.is_waiting(),
        draft: status.order.return_to.as_deref().map(draft::read).unwrap_or_default(),
        debt,
    };
    member.page("order.html", "Your order", "billing", view).await
}
