//! Around every request: its id, its log line, and what every response must carry.
//!
//! Invariant: whatever happens inside, one response goes out, failures as problems, and a fault's
//! cause is logged here, once. No query string, body, key, prompt or link's token is ever logged.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use poem::{
    Endpoint, IntoResponse, Request, Response, Result,
    http::{HeaderName, HeaderValue, StatusCode, header},
};
use safelight_domain::{Quota, Timestamp};
use tracing::Instrument;

use crate::{
    Shared,
    allow::Allow,
    auth::QuotaSlot,
    onlooker::Seen,
    peer::Front,
    problem::{Cause, Problem},
    rate, request_id,
    security::Security,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The id of a request, for whoever answers it.
#[derive(Clone)]
pub(crate) struct RequestId(pub String);

/// What stands between the world and the routes.
pub struct Edge<E> {
    inner: E,
    shared: Arc<Shared>,
    allow: Allow,
    security: Security,
    front: Front,
    warned: AtomicBool,
    began: i64,
    served: AtomicU64,
}

impl<E> Edge<E> {
    /// The edge of a site around `inner`.
    pub fn new(shared: &Arc<Shared>, allow: Allow, inner: E) -> Self {
        let web = &shared.web;
        Self {
            inner,
            shared: Arc::clone(shared),
            allow,
            security: Security::new(web),
            front: Front::new(&web.limits.trusted_proxies, &web.about.app_url),
            warned: AtomicBool::new(false),
            began: web.studio.now().as_microsecond(),
            served: AtomicU64::new(0),
        }
    }

    /// Says once that a proxy stands in front that nobody named.
    fn notice_proxy(&self, request: &Request) {
        let Some(ip) = self.front.unnamed_proxy(request) else { return };
        if self.warned.swap(true, Ordering::Relaxed) {
            return;
        }
        tracing::warn!(
            connection = %ip,
            "a request was forwarded by a proxy that trusted_proxies does not name: everybody who \
             comes through it shares one address and its limits; name it under [limits] in \
             safelight.toml"
        );
        if let Some(onlooker) = &self.shared.web.onlooker {
            onlooker.unnamed_proxy(ip);
        }
    }

    /// Unique among the processes of this store and short enough to read out.
    fn request_id(&self) -> String {
        format!("{:x}-{:x}", self.began, self.served.fetch_add(1, Ordering::Relaxed))
    }
}

impl<E: Endpoint> Endpoint for Edge<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let began = self.shared.web.studio.now();
        let id = self.request_id();
        let method = request.method().clone();
        let path = request.uri().path().to_owned();
        let told = told(&path);
        let quota = QuotaSlot::default();
        request.set_data(Arc::clone(&quota));
        request.set_data(RequestId(id.clone()));
        let peer = self.front.caller(&request);
        request.set_data(peer);
        self.notice_proxy(&request);
        let answer = async {
            // Supervisors and load balancers ask for health however much else comes from there.
            let counted = match path.as_str() {
                "/healthz" | "/readyz" => Ok(()),
                _ => self.shared.counters.address(peer, began),
            };
            let answered = match counted {
                Ok(()) => self.inner.call(request).await,
                Err(flood) => Err(flood.into()),
            };
            match answered {
                Ok(response) => response.into_response(),
                Err(error) => Problem::from(error).into_response(),
            }
        };
        // What is logged on the way, and later of renders that begin here, carries the id.
        let span = tracing::info_span!("request", request_id = id);
        let mut response = request_id::under(id.clone(), answer.instrument(span)).await;
        if response.status() == StatusCode::METHOD_NOT_ALLOWED {
            let methods = self.allow.at(&path).unwrap_or_default();
            set(&mut response, &header::ALLOW, &methods);
        }
        if let Some(quota) = quota.get() {
            tell(&mut response, quota);
        }
        set(&mut response, &REQUEST_ID, &id);
        self.security.guard(response.headers_mut());
        let status = response.status().as_u16();
        if let Some(Cause(cause)) = response.data::<Cause>() {
            tracing::error!(request_id = id, %method, path = told, status, cause, "a request failed");
        }
        if matches!(status, 401 | 403) {
            // OWASP's word for it, to be found by.
            tracing::warn!(request_id = id, %method, path = told, status, event = "authz_fail", "refused");
        }
        let took = took(began, self.shared.web.studio.now());
        if let Some(onlooker) = &self.shared.web.onlooker {
            let route = self.allow.route(&path);
            onlooker.answered(&Seen { method: method.as_str(), route, status, took });
        }
        let ms = took.as_secs_f64() * 1e3;
        tracing::info!(request_id = id, %method, path = told, status, ms, "request");
        Ok(response)
    }
}

/// A path for the log. What is longer than an id may be a secret: a link's token, or a key that was
/// put where none belongs.
fn told(path: &str) -> String {
    const ID: usize = 36;
    let part = |part| if str::len(part) > ID { "..." } else { part };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn tell(response: &mut Response, quota: &Quota) {
    set(response, &RATE_LIMIT, &rate::field(quota));
    set(response, &RATE_LIMIT_POLICY, &rate::policy(quota));
}

fn set(response: &mut Response, name: &HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// Zero when the clock was set back meanwhile.
fn took(began: Timestamp, ended: Timestamp) -> Duration {
    Duration::try_from(ended.duration_since(began)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn a_token_in_a_path_is_not_told() {
        let id = "0198c2f0-5b0e-7a52-9d6b-3f0c2a7d4e11";
        let token = "5a".repeat(32);
        for (path, says) in [
            ("/".to_owned(), "/".to_owned()),
            (format!("/images/{id}/like"), format!("/images/{id}/like")),
            (format!("/sign-in/link/{id}/{token}"), format!("/sign-in/link/{id}/...")),
            (format!("/sign-in/link/{id}/{token}/"), format!("/sign-in/link/{id}/.../")),
            (format!("/api/v1/images/sl_live_{token}"), "/api/v1/images/...".to_owned()),
        ] {
            assert_eq!(told(&path), says);
        }
    }
}
