//! `/dev/checkout`: the play checkout's pages. `dev` says who may open them.

use std::sync::Arc;

use poem::{
    Request, Response, handler,
    web::{Data, Path},
};
use safelight_domain::Money;
use safelight_usecases::{PlayCheckout, PlayDeed, PlayPurchase};
use serde::Serialize;

use crate::{
    Shared,
    form::Form,
    problem::Problem,
    site::{Page, see_other},
    visitor::Visitor,
};

#[derive(Serialize)]
struct ListView {
    purchases: Vec<PurchaseView>,
}

#[derive(Serialize)]
struct PurchaseView {
    id: String,
    amount: String,
    state: &'static str,
    /// What went back, if anything did.
    refunded: Option<String>,
    /// Whether more can go back.
    refundable: bool,
    cancel_url: String,
    success_url: String,
    /// Whether a card was just declined.
    declined: bool,
}

impl From<PlayPurchase> for PurchaseView {
    fn from(purchase: PlayPurchase) -> Self {
        use safelight_usecases::CheckoutState as State;
        let PlayPurchase { checkout, amount, refunded, success_url, cancel_url } = purchase;
        let state = match checkout.state {
            State::Open => "open",
            State::Unpaid => "unpaid",
            State::Paid => "paid",
            State::Failed => "failed",
            State::Expired => "expired",
        };
        let back = Money { minor: refunded, ..amount.clone() }.to_string();
        Self {
            id: checkout.id,
            refundable: state == "paid" && refunded < amount.minor,
            amount: amount.to_string(),
            state,
            refunded: (refunded > 0).then_some(back),
            cancel_url,
            success_url,
            declined: false,
        }
    }
}

/// `GET /dev/checkout`
#[handler]
pub async fn list(visitor: Visitor, Data(shared): Data<&Arc<Shared>>) -> Result<Page, Problem> {
    let purchases = checkout(shared)?.purchases().await?;
    let view = ListView { purchases: purchases.into_iter().map(Into::into).collect() };
    visitor.page("play-list.html", "Play checkout", view).await
}

/// `GET /dev/checkout/{id}`
#[handler]
pub async fn show(
    request: &Request,
    visitor: Visitor,
    id: Path<String>,
    Data(shared): Data<&Arc<Shared>>,
) -> Result<Page, Problem> {
    let found = checkout(shared)?.purchase(&id.0).await?;
    let view: PurchaseView = found.ok_or_else(Problem::not_found)?.into();
    let declined = request.uri().query() == Some("declined");
    visitor.page("play.html", "Play checkout", PurchaseView { declined, ..view }).await
}

/// `POST /dev/checkout/{id}`: `deed`. The pushes go where a provider's would: to the inbox.
#[handler]
pub async fn act(
    id: Path<String>,
    form: Form,
    Data(shared): Data<&Arc<Shared>>,
) -> Result<Response, Problem> {
    let door = checkout(shared)?;
    let purchase = door.purchase(&id.0).await?.ok_or_else(Problem::not_found)?;
    let deed = match form.text("deed") {
        "pay" => PlayDeed::Pay,
        "decline" => PlayDeed::Decline,
        "later" => PlayDeed::PayLater,
        "arrive" => PlayDeed::Arrive,
        "bounce" => PlayDeed::Bounce,
        "refund-half" => PlayDeed::RefundHalf,
        "refund" => PlayDeed::RefundAll,
        "fail-refund" => PlayDeed::FailRefund,
        _ => return Err(Problem::invalid("deed", "no such thing can be played")),
    };
    for push in door.play(&id.0, deed).await? {
        let inbox = &shared.web.studio.inbox;
        let headers = "Via: play checkout".to_owned();
        inbox.receive(Some(&push.signature), headers, &push.body).await?;
        door.delivered(&push.event).await?;
    }
    let here = format!("/dev/checkout/{}", id.0);
    Ok(match deed {
        PlayDeed::Pay | PlayDeed::PayLater => see_other(&purchase.success_url),
        PlayDeed::Decline => see_other(&format!("{here}?declined")),
        _ => see_other(&here),
    })
}

fn checkout(shared: &Shared) -> Result<&dyn PlayCheckout, Problem> {
    shared.web.play.as_deref().ok_or_else(Problem::not_found)
}
