//! Webhook endpoints: where Stripe pushes to.

use std::fmt;

use safelight_ports::PaymentError;
use serde_json::json;
use zeroize::Zeroizing;

use crate::{
    EVENTS, Stripe, VERSION,
    call::{self, Call},
    object::Object,
    stripe::lacking,
};

const WHAT: &str = "webhook endpoint";
const PATH: &str = "/v1/webhook_endpoints";

/// An endpoint as registered there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id.
    pub id: String,
    /// Where it pushes to.
    pub url: String,
    /// Whether it pushes.
    pub enabled: bool,
    /// The version its bodies are written in; none for the account's own. Fixed when it is made.
    pub api_version: Option<String>,
    /// The types it pushes; `*` for all.
    pub events: Vec<String>,
}

impl Endpoint {
    /// The types of ours it does not push.
    pub fn lacks(&self) -> Vec<&'static str> {
        let pushes = |kind: &str| self.events.iter().any(|event| event == kind || event == "*");
        EVENTS.into_iter().filter(|kind| !pushes(kind)).collect()
    }
}

/// An endpoint just made, with the secret that is told only now.
pub struct NewEndpoint {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// What it signs with.
    pub secret: Zeroizing<String>,
}

impl fmt::Debug for NewEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEndpoint").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl Stripe {
    /// All endpoints of the account; Stripe allows sixteen.
    pub async fn endpoints(&self) -> Result<Vec<Endpoint>, PaymentError> {
        let found = self.call(Call::get(WHAT, PATH, &json!({ "limit": 100 }))).await?;
        Ok(Object(&found).list(&[""]).filter_map(read).collect())
    }

    /// Registers `url` with our version and event set.
    pub async fn make_endpoint(&self, url: &str) -> Result<NewEndpoint, PaymentError> {
        let form = json!({
            "url": url,
            "api_version": VERSION,
            "enabled_events": EVENTS,
            "description": "Safelight",
        });
        // A key of our ids could answer with the secret of an endpoint long deleted.
        let made = self.call(Call::post(WHAT, PATH, &form, &self.fresh_key())).await?;
        let endpoint = read(Object(&made)).ok_or_else(|| lacking("id"))?;
        let secret = Object(&made).text(&["/secret"]).ok_or_else(|| lacking("secret"))?;
        Ok(NewEndpoint { endpoint, secret: Zeroizing::new(secret.to_owned()) })
    }

    /// Lets an endpoint push these types, and push at all.
    pub async fn mend_endpoint(
        &self,
        id: &str,
        events: &[String],
    ) -> Result<Endpoint, PaymentError> {
        let path = format!("{PATH}/{}", call::id(WHAT, id)?);
        let form = json!({ "enabled_events": events, "disabled": false });
        let mended = self.call(Call::post(WHAT, path, &form, &self.fresh_key())).await?;
        read(Object(&mended)).ok_or_else(|| lacking("id"))
    }
}

fn read(endpoint: Object<'_>) -> Option<Endpoint> {
    let events = endpoint.list(&["/enabled_events"]);
    Some(Endpoint {
        id: endpoint.text(&["/id"])?.to_owned(),
        url: endpoint.text(&["/url"])?.to_owned(),
        enabled: endpoint.text(&["/status"]) == Some("enabled"),
        api_version: endpoint.text(&["/api_version"]).map(str::to_owned),
        events: events.filter_map(|event| event.0.as_str().map(str::to_owned)).collect(),
    })
}
