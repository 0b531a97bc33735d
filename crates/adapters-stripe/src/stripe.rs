//! The client: each method makes its call on a thread of its own and says what the answer means.

use std::sync::Arc;

use safelight_outbound::{Answer, BlockingCalls, CallError};
use safelight_ports::{Entropy, Fault, PaymentError, PaymentMode};
use serde_json::Value;

use crate::{StripeConfig, call::Call, http::Http, notice::StripePush, refusal};

/// The version every call is made in, and the webhook endpoint is registered with: what Stripe
/// adds comes within it, what it changes comes under another name (Stripe docs: versioning).
pub const VERSION: &str = "2026-09-30.endive";
/// Calls at once; Stripe takes 25 a second in its sandbox (Stripe docs: rate limits).
const CALLERS: usize = 8;

/// Stripe.
pub struct Stripe {
    pub(crate) mode: PaymentMode,
    pub(crate) push: StripePush,
    /// Whether a webhook secret is set.
    pub(crate) hears: bool,
    /// Whether calls go to this machine.
    pub(crate) local: bool,
    http: Arc<Http>,
    callers: BlockingCalls,
}

impl Stripe {
    /// A client; nothing is called yet. `entropy` spreads repeated calls. Fails when the
    /// configuration cannot be used.
    pub fn new(config: &StripeConfig, entropy: Arc<dyn Entropy>) -> Result<Self, Fault> {
        Ok(Self {
            mode: config.mode,
            push: StripePush::new(config),
            hears: config.webhook_secrets() > 0,
            local: config.is_local(),
            http: Arc::new(
                Http::new(config, entropy).map_err(|error| error.into_fault("payments"))?,
            ),
            callers: BlockingCalls::new("stripe", CALLERS),
        })
    }

    /// The answer of a call that was done.
    pub(crate) async fn answer(&self, call: Call) -> Result<Answer, PaymentError> {
        let (http, what) = (Arc::clone(&self.http), call.what);
        let sent = self.callers.run(move || http.send(&call)).await;
        let answer = sent.flatten().map_err(failed)?;
        match answer.status {
            200..=299 => Ok(answer),
            _ => Err(refusal::meaning(&self.http, &answer, what)),
        }
    }

    /// A key for an act that nothing of ours names.
    pub(crate) fn fresh_key(&self) -> String {
        self.http.fresh_key()
    }

    /// What a call that was done says.
    pub(crate) async fn call(&self, call: Call) -> Result<Value, PaymentError> {
        let answer = self.answer(call).await?;
        json(&answer)
    }
}

/// A call that failed and says nothing about what it asked.
pub(crate) fn failed(error: CallError) -> PaymentError {
    PaymentError::Fault(error.into_fault("payments"))
}

/// The body of an answer.
pub(crate) fn json(answer: &Answer) -> Result<Value, PaymentError> {
    let read = serde_json::from_slice(&answer.body);
    read.map_err(|_| failed(CallError::transient("Stripe answered something other than JSON")))
}

/// An answer that lacks what it must have.
pub(crate) fn lacking(what: &str) -> PaymentError {
    failed(CallError::permanent(format!("Stripe's answer has no {what}")))
}
