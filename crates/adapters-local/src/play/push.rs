//! Pushes: the event as JSON, signed with a key of the studio's own.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use safelight_domain::{Timestamp, Topic};
use safelight_ports::{Notice, NoticeRefused, PaymentPush, PlayPush};
use sha2::Sha256;

use super::{Play, state::Event};

/// An event as it is read from a push, or told of as undelivered.
pub fn notice(event: &Event) -> Notice {
    let topic = if event.payment {
        Topic::Payment(event.purchase.replacen("cs_", "pi_", 1))
    } else {
        Topic::Checkout(event.purchase.clone())
    };
    Notice {
        id: event.id.clone(),
        kind: event.kind.clone(),
        topic,
        customer: Some(event.customer.clone()),
        api_version: None,
        live: false,
        created_at: Timestamp::from_second(event.created).unwrap_or_default(),
        body: body(event),
    }
}

fn body(event: &Event) -> Vec<u8> {
    serde_json::to_vec(event).unwrap_or_default()
}

impl Play {
    pub(super) fn push(&self, event: &Event) -> PlayPush {
        let body = body(event);
        let signature = BASE64_STANDARD.encode(self.mac(&body).finalize().into_bytes());
        PlayPush { event: event.id.clone(), signature, body }
    }

    fn mac(&self, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.key).expect("any length is a key");
        mac.update(body);
        mac
    }
}

impl PaymentPush for Play {
    fn verify(
        &self,
        signature: Option<&str>,
        body: &[u8],
        _: Timestamp,
    ) -> Result<Notice, NoticeRefused> {
        let signature = signature.ok_or(NoticeRefused::Unsigned)?;
        let signature = BASE64_STANDARD.decode(signature).map_err(|_| NoticeRefused::Unsigned)?;
        self.mac(body).verify_slice(&signature).map_err(|_| NoticeRefused::Forged)?;
        let event: Event = serde_json::from_slice(body).map_err(|_| NoticeRefused::Unreadable)?;
        Ok(notice(&event))
    }
}
