//! Links that open one object for a while.
//!
//! Their date is floored to the hour, so one text serves for an hour and browsers cache it. They
//! are never shifted by what is learned of the server's clock: that would change the text.

use std::sync::Arc;

use safelight_domain::Timestamp;
use safelight_ports::{LINK_SECONDS, Presign, link_date};
use safelight_sigv4::{Expires, Payload, Presigner, Request, Signer, Stamp, encode_path};

use crate::{disposition, target::Target};

const LIFETIME: Expires = Expires::seconds(LINK_SECONDS).expect("two hours are within a week");

/// Signs links.
pub(crate) struct Links {
    target: Target,
    signer: Arc<Signer>,
    presigner: Presigner,
}

impl Links {
    pub(crate) fn new(target: Target, signer: Arc<Signer>) -> Self {
        let presigner = Presigner::new(
            Arc::clone(&signer),
            target.scheme,
            &target.host,
            &target.prefix,
            LIFETIME,
        );
        Self { target, signer, presigner }
    }

    pub(crate) fn origin(&self) -> String {
        self.target.origin()
    }

    /// The link to `key`, the same text from two past the hour to two past the next. Day and key
    /// of the signature are those of the floored hour.
    pub(crate) fn sign(&self, key: &str, how: &Presign, now: Timestamp) -> String {
        let at = Stamp::at(link_date(now));
        let name = match how {
            Presign::Show => return self.presigner.link(key, at),
            Presign::Save(name) => name,
        };
        let path = format!("{}{}", self.target.prefix, encode_path(key));
        let request = Request {
            method: "GET",
            path: &path,
            query: &[("response-content-disposition", &disposition::save_as(name))],
            headers: &[("host", &self.target.host)],
            payload: Payload::UNSIGNED,
        };
        let query = self.signer.sign_query(&request, at, LIFETIME);
        format!("{}{path}?{query}", self.target.origin())
    }
}
