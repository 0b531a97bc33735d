//! The client Stripe is called with: the key goes to one origin, and a call is made again where
//! Stripe's own clients would.

use std::{sync::Arc, thread};

use safelight_outbound::{
    Answer, Backoff, CallError, Client, ClientConfig, HeaderValue, Reach, Request, Secret, chance,
    credential, hex,
};
use safelight_ports::Entropy;

use crate::{
    Limits, StripeConfig, VERSION,
    call::{Call, Method},
    retry,
};

/// The largest answer: a page of a hundred events.
const ANSWER_BYTES: u64 = 16 << 20;
/// Connections kept open between calls.
const IDLE: usize = 3;

/// The client.
pub(crate) struct Http {
    client: Client,
    origin: String,
    authorization: HeaderValue,
    /// Taken out of whatever is repeated from an answer.
    key: Secret<String>,
    entropy: Arc<dyn Entropy>,
    limits: Limits,
}

impl Http {
    pub fn new(config: &StripeConfig, entropy: Arc<dyn Entropy>) -> Result<Self, CallError> {
        let limits = config.limits;
        let client = Client::new(&ClientConfig {
            connect: limits.connect,
            total: limits.call,
            idle: IDLE,
            reach: Reach::Anywhere,
        });
        let authorization = credential("Bearer", config.key.reveal().as_bytes())?;
        let (origin, key) = (config.api_url.clone(), config.key.clone());
        Ok(Self { client, origin, authorization, key, entropy, limits })
    }

    /// Makes the call, and makes it again with the same idempotency key while that is worth it.
    pub fn send(&self, call: &Call) -> Result<Answer, CallError> {
        // stripe-node: `_getSleepTimeInMS`.
        let backoff = Backoff {
            first: self.limits.pause,
            longest: self.limits.pause_max,
            shortest: self.limits.pause,
            fixed: 0.5,
        };
        let mut tries = 0;
        loop {
            let answer = self.attempt(call);
            tries += 1;
            let again = answer.as_ref().map_or(true, retry::is_worth_it);
            if !again || tries > self.limits.retries {
                return answer;
            }
            thread::sleep(backoff.pause(tries, None, chance(&*self.entropy)));
        }
    }

    fn attempt(&self, call: &Call) -> Result<Answer, CallError> {
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
        let unsendable = |_| CallError::permanent("the call cannot be put together");
        let answer = if call.method == Method::Post {
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            self.client.send(request.body(call.body.clone()).map_err(unsendable)?, ANSWER_BYTES)
        } else {
            self.client.send(request.body(()).map_err(unsendable)?, ANSWER_BYTES)
        };
        Ok(answer?)
    }

    /// `text` without the key, should an answer repeat it.
    pub fn redacted(&self, text: &str) -> String {
        self.key.redacted(text, "the key")
    }

    /// A key for an act that nothing of ours names: it holds for the tries of one call.
    pub fn fresh_key(&self) -> String {
        hex(&self.entropy.secret())
    }
}
