//! Blocking HTTP: one client that follows no redirect, sends the key to one origin, and makes a
//! call again where Stripe's own clients would.

use std::{sync::Arc, thread};

use safelight_ports::Entropy;
use ureq::{
    Agent, Body, Error,
    http::{HeaderMap, HeaderValue, Request, Response},
};
use zeroize::Zeroizing;

use crate::{
    Limits, StripeConfig, VERSION,
    call::{Call, Method},
    config::Secret,
    hex::hex,
    retry,
    trouble::Trouble,
};

/// The largest answer: a page of a hundred events.
const ANSWER_BYTES: u64 = 16 << 20;

/// The client.
pub(crate) struct Http {
    agent: Agent,
    origin: String,
    authorization: HeaderValue,
    /// Taken out of whatever is repeated from an answer.
    key: Secret,
    entropy: Arc<dyn Entropy>,
    limits: Limits,
}

/// An answer, whatever its status.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// An empty one with at most one header.
    #[cfg(test)]
    pub fn new(status: u16, header: Option<(&'static str, &str)>) -> Self {
        let headers = header.map(|(name, value)| {
            (ureq::http::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        });
        Self { status, headers: headers.into_iter().collect(), body: Vec::new() }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Http {
    pub fn new(config: &StripeConfig, entropy: Arc<dyn Entropy>) -> Result<Self, Trouble> {
        let limits = config.limits;
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent("safelight")
            .timeout_resolve(Some(limits.connect))
            .timeout_connect(Some(limits.connect))
            .timeout_global(Some(limits.call))
            .build()
            .new_agent();
        let bearer = Zeroizing::new(format!("Bearer {}", *config.key.0));
        let mut authorization = HeaderValue::from_str(&bearer)
            .map_err(|_| Trouble::lasting("the key cannot be put into a header"))?;
        authorization.set_sensitive(true);
        let (origin, key) = (config.api_url.clone(), config.key.clone());
        Ok(Self { agent, origin, authorization, key, entropy, limits })
    }

    /// Makes the call, and makes it again with the same idempotency key while that is worth it.
    pub fn send(&self, call: &Call) -> Result<Answer, Trouble> {
        let mut tries = 0;
        loop {
            let answer = self.attempt(call);
            tries += 1;
            let again = answer.as_ref().map_or(true, retry::is_worth_it);
            if !again || tries > self.limits.retries {
                return answer;
            }
            thread::sleep(retry::pause(&self.limits, tries, self.chance()));
        }
    }

    fn attempt(&self, call: &Call) -> Result<Answer, Trouble> {
        let method = match call.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Delete => "DELETE",
        };
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{}", self.origin, call.path))
            .header("authorization", &self.authorization)
            .header("accept", "application/json")
            .header("stripe-version", VERSION);
        if let Some(key) = &call.key {
            request = request.header("idempotency-key", key);
        }
        let unsendable = |_| Trouble::lasting("the call cannot be put together");
        let answered = if call.method == Method::Post {
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            self.agent.run(request.body(call.body.clone()).map_err(unsendable)?)
        } else {
            self.agent.run(request.body(()).map_err(unsendable)?)
        };
        answered.and_then(read).map_err(|error| said(&error))
    }

    /// `text` without the key, should an answer repeat it.
    pub fn redacted(&self, text: &str) -> String {
        text.replace(self.key.0.as_str(), "the key")
    }

    /// A key for an act that nothing of ours names: it holds for the tries of one call.
    pub fn fresh_key(&self) -> String {
        hex(&self.entropy.secret())
    }

    /// From 0 to 1.
    fn chance(&self) -> f64 {
        let secret = self.entropy.secret();
        f64::from(secret[31]) / 255.0
    }
}

fn read(response: Response<Body>) -> Result<Answer, Error> {
    let (parts, mut body) = response.into_parts();
    let body = body.with_config().limit(ANSWER_BYTES).read_to_vec()?;
    Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
}

/// An error without the addresses it may hold.
fn said(error: &Error) -> Trouble {
    match error {
        Error::BadUri(_) | Error::Http(_) | Error::RequireHttpsOnly(_) => {
            Trouble::lasting("the address is unusable")
        }
        Error::BodyExceedsLimit(_) => Trouble::lasting("the answer is too large"),
        Error::Rustls(_) | Error::Tls(_) => {
            Trouble::passing(format!("no safe connection: {error}"))
        }
        error => Trouble::passing(error.to_string()),
    }
}
