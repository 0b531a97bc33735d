//! What a buyer sees: a page to pay on, and what lies behind receipts. Plain forms, so that a
//! browser test or `curl -d ''` can pay.

use super::{
    Shared,
    control::Deed,
    refused::Refused,
    state::{State, text, whole},
};
use crate::{Received, Reply};

impl Shared {
    /// `/pay/SESSION`, `/pay/SESSION/DEED` by POST, and the rest.
    pub(super) fn page(&self, request: &Received) -> Reply {
        let place: Vec<&str> = request.path.trim_start_matches('/').split('/').collect();
        let mut state = self.state();
        match (request.method.as_str(), place.as_slice()) {
            ("GET", ["pay", id]) => state.pay_page(id, ""),
            ("POST", ["pay", id, deed]) => match Deed::parse(deed) {
                Some(deed) => state.pay_by_page(id, deed),
                None => html(404, "<h1>No such deed</h1>"),
            },
            ("GET", ["receipts" | "invoices" | "portal", id, ..]) if state.find(id).is_some() => {
                html(200, &format!("<h1>Stripe (fake)</h1><p>{id}</p>"))
            }
            _ => html(404, "<h1>There is nothing here</h1>"),
        }
    }
}

impl State {
    fn pay_page(&mut self, id: &str, says: &str) -> Reply {
        self.lapse_sessions();
        let Ok(session) = self.find_session(id) else {
            return html(404, "<h1>There is no such checkout</h1>");
        };
        if session["status"] != "open" {
            return html(410, "<h1>This checkout is over</h1>");
        }
        let (total, currency) = (whole(&session, "amount_total"), text(&session, "currency"));
        let button = |deed: &str, label: &str| {
            format!(
                r#"<form method="post" action="/pay/{id}/{deed}"><button>{label}</button></form>"#
            )
        };
        let cancel = escaped(text(&session, "cancel_url"));
        let body = [
            format!("<h1>Pay {total} {currency}</h1><p role=\"status\">{says}</p>"),
            button("pay", "Pay by card"),
            button("later", "Pay by bank, in some days"),
            button("free", "Use a code that makes it free"),
            button("decline", "Try a card that is declined"),
            format!(r#"<p><a href="{cancel}">Go back</a></p>"#),
        ];
        html(200, &body.concat())
    }

    fn pay_by_page(&mut self, id: &str, deed: Deed) -> Reply {
        let done: Result<_, Refused> = self.carry_out(id, deed);
        match done {
            Err(refused) => html(409, &format!("<h1>{}</h1>", text(&refused.error, "message"))),
            Ok(_) if deed == Deed::Decline => self.pay_page(id, "Your card was declined."),
            Ok(session) => {
                let url = text(&session, "success_url").replace("{CHECKOUT_SESSION_ID}", id);
                Reply::new(303, "text/html", "").with("location", url)
            }
        }
    }
}

fn html(status: u16, body: &str) -> Reply {
    let head = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Checkout</title>";
    Reply::new(status, "text/html; charset=utf-8", format!("{head}{body}"))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}
