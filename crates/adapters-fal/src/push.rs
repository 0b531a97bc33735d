//! Pushes: an address with a token of the render's own, and the proof that fal called it.

use async_trait::async_trait;
use hmac::{Hmac, KeyInit, Mac};
use safelight_domain::RenderId;
use safelight_outbound::{Secret, hex};
use safelight_ports::{ProviderPush, Push, PushRefused, Pushed};
use serde::Deserialize;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::{
    Fal, FalConfig,
    answer::is_request_id,
    fal::fault,
    signature::{Signed, Unproven, verify},
};

/// Where fal is asked to push to about a render; none when pushes are off.
pub(crate) fn target(config: &FalConfig, render: RenderId) -> Option<String> {
    let url = config.push_url.as_ref()?;
    let token = token(&config.token_key, render);
    Some(format!("{url}?render={render}&token={token}"))
}

/// What only we and fal know of a render.
fn token(key: &Secret<Vec<u8>>, render: RenderId) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.reveal()).expect("any length is a key");
    mac.update(render.0.as_bytes());
    hex(&mac.finalize().into_bytes())
}

/// All that is read of a push; what happened is asked for.
#[derive(Deserialize)]
struct PushWire {
    request_id: String,
}

#[async_trait]
impl ProviderPush for Fal {
    async fn verify(&self, push: Push) -> Result<Pushed, PushRefused> {
        // Cheapest first: strangers do not make us hash or fetch.
        let token = token(&self.config.token_key, push.render);
        if !bool::from(token.as_bytes().ct_eq(push.token.as_bytes())) {
            return Err(PushRefused::Token);
        }
        let now = self.clock.now();
        let signed = Signed::find(&push.headers).map_err(refused)?;
        // Without keys everything is forged, unless it is not signed at all or not now.
        match verify(&[], &signed, &push.body, now) {
            Ok(()) | Err(Unproven::Forged) => {}
            Err(unproven) => return Err(refused(unproven)),
        }
        let prove = |keys: &[[u8; 32]]| verify(keys, &signed, &push.body, now);
        let tried = self.keys.try_keys(now, self.fetch_keys(), prove).await;
        tried.map_err(|error| PushRefused::Fault(fault(error)))?.map_err(refused)?;
        let wire = serde_json::from_slice::<PushWire>(&push.body);
        match wire {
            Ok(PushWire { request_id }) if is_request_id(&request_id) => {
                Ok(Pushed { render: push.render, request_id })
            }
            _ => Err(PushRefused::Unreadable),
        }
    }
}

fn refused(unproven: Unproven) -> PushRefused {
    match unproven {
        Unproven::Unsigned => PushRefused::Unsigned,
        Unproven::Stale => PushRefused::Stale,
        Unproven::Forged => PushRefused::Forged,
    }
}
