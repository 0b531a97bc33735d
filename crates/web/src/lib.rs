//! The studio over HTTP: the API, its document and reference, health, and the disk store's links.
//!
//! Invariant: this crate knows the wire and nothing else does; it decides nothing. A handler parses,
//! calls one use case and shows the answer. Start at `app` and `edge`, then `auth`, `envelope` and
//! `problem`, then `api`, one file a noun.

mod allow;
mod api;
mod app;
mod archive;
mod auth;
mod body;
mod checkup;
mod cookie;
mod csrf;
mod csv;
mod dev;
mod edge;
mod envelope;
mod files;
mod form;
mod header;
mod health;
mod idempotency;
mod limits;
mod list;
mod manner;
mod onlooker;
mod openapi;
mod page;
mod pages;
mod peer;
mod problem;
mod problems;
mod rate;
mod ratio;
mod redirect;
mod reference;
mod request_id;
mod saved;
mod security;
mod site;
mod streams;
mod table;
mod thumb;
mod visitor;
mod webhooks;
mod wire;

#[cfg(test)]
mod noise;

use std::sync::Arc;

use safelight_usecases::{LocalFiles, Outbox, PlayCheckout, ProviderPush, Studio};
use tokio::sync::watch;

pub use app::{app, routes};
pub use checkup::{Check, Checkup, Level};
pub use dev::DevToken;
pub use limits::Limits;
pub use onlooker::{Onlooker, Seen};
pub use openapi::openapi_json;
pub use peer::is_direct;
pub use security::Security;
pub use site::original;

/// All the web needs.
#[derive(Clone)]
pub struct Web {
    /// The studio that is served.
    pub studio: Studio,
    /// How it presents itself.
    pub about: About,
    /// What a caller may do in a minute, and who may say where one comes from.
    pub limits: Limits,
    /// Where pictures are served from, an origin such as `https://x.r2.cloudflarestorage.com`;
    /// none when they come from here.
    pub media_origin: Option<String>,
    /// The disk store's door, open only while it serves.
    pub local_files: Option<Arc<dyn LocalFiles>>,
    /// Proves the provider's pushes, when it sends some.
    pub pushes: Option<Arc<dyn ProviderPush>>,
    /// The mails that are kept instead of sent, while no mail server is set up.
    pub outbox: Option<Arc<dyn Outbox>>,
    /// The play checkout, while it serves.
    pub play: Option<Arc<dyn PlayCheckout>>,
    /// Opens the pages of these two to the browser that brings it. Without one, and whenever the
    /// studio is reached over https, they are not mounted.
    pub dev: Option<DevToken>,
    /// Looks the installation over for the back office, when there is somebody who can.
    pub doctor: Option<Arc<dyn Checkup>>,
    /// Told of every answer, when somebody counts.
    pub onlooker: Option<Arc<dyn Onlooker>>,
    /// Becomes true when the server stops: open streams end then, or it would wait for them.
    pub stopping: watch::Receiver<bool>,
}

/// How a studio presents itself.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// The operator's name for it.
    pub brand: String,
    /// The version of the software.
    pub version: String,
    /// Where it is reached, without a slash at the end.
    pub app_url: String,
    /// Whether pictures are practice ones: no provider's key is set.
    pub practice: bool,
    /// A folder with templates and static files to use instead of ours.
    pub brand_dir: Option<std::path::PathBuf>,
    /// The slugs of the models on offer, for the document.
    pub models: Vec<String>,
    /// The names of the operator's own actions, for the document.
    pub actions: Vec<String>,
}

/// What every request can reach: the parts and the counters that live as long as the process.
struct Shared {
    web: Web,
    counters: limits::Counters,
    streams: streams::Streams,
    site: site::Site,
    /// Held while the doctor looks.
    checkup: tokio::sync::Mutex<()>,
}

impl Shared {
    fn new(web: Web) -> Self {
        let site = site::Site::new(web.about.brand_dir.clone());
        Self {
            counters: limits::Counters::new(&web.limits),
            streams: streams::Streams::told_to(web.onlooker.clone()),
            checkup: tokio::sync::Mutex::default(),
            site,
            web,
        }
    }
}
