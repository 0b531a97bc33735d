//! Looks the settings and the account over, for the operator. Nothing is spent: the one call with
//! the key asks about a request that nobody made.

use std::sync::Arc;

use safelight_outbound::{Answer, CallError, Outcome, Step};

use crate::{Fal, FalConfig, Webhooks, failure::Failure, signature::keys};

/// A request nobody made, under an app every key may ask about (fal clients: app ids).
const NOBODYS: &str = "fal-ai/flux/requests/00000000-0000-0000-0000-000000000000/status";

fn found(id: &'static str, outcome: fn(String) -> Outcome, says: impl Into<String>) -> Step {
    Step { id, name: "", outcome: outcome(says.into()) }
}

impl Fal {
    /// The queue, the key, the account, pushes and, when there are some, fal's public keys.
    pub async fn probe(&self) -> Vec<Step> {
        let mut findings = self.asked().await;
        findings.push(pushes(&self.config));
        if self.config.pushes() {
            findings.push(self.key_set().await);
        }
        findings
    }

    async fn asked(&self) -> Vec<Step> {
        let (http, url) = (Arc::clone(&self.http), format!("{}/{NOBODYS}", self.config.queue_url));
        match self.callers.run(move || http.get(&url).map_err(CallError::from)).await {
            Ok(Ok(answer)) => self.read(&answer),
            Ok(Err(error)) | Err(error) => {
                let place = &self.config.queue_url;
                let says = format!(
                    "{place} gave no answer: {error}; let this machine connect out to it, or \
                     mend FAL_QUEUE_URL"
                );
                let mut findings = vec![found("fal-queue", Outcome::Failed, says)];
                findings.extend(self.flaw().map(|says| found("fal-key", Outcome::Failed, says)));
                findings
            }
        }
    }

    /// What an answer about nobody's request tells.
    fn read(&self, answer: &Answer) -> Vec<Step> {
        let place = &self.config.queue_url;
        let there = found("fal-queue", Outcome::Passed, format!("{place} answers"));
        let failure = Failure::read(answer);
        match answer.status {
            401 => {
                let usual = "fal does not accept it; make a new one at fal.ai/dashboard/keys";
                let says = self.flaw().unwrap_or_else(|| usual.to_owned());
                vec![there, found("fal-key", Outcome::Failed, says)]
            }
            402 | 403
                if answer.status == 402 || failure.says("locked") || failure.says("balance") =>
            {
                let says = "out of credit or locked; top it up at fal.ai/dashboard/billing";
                vec![there, found("fal-account", Outcome::Failed, says)]
            }
            403 => {
                let says = "fal forbids this key to use the queue; make one with the scope API at \
                            fal.ai/dashboard/keys";
                vec![there, found("fal-key", Outcome::Failed, says)]
            }
            // It looked, and knows no such request: the key opens the door.
            404 if answer.body.windows(9).any(|word| word == b"NOT_FOUND") => {
                vec![there, found("fal-key", Outcome::Passed, "fal accepts it")]
            }
            status => {
                let says = format!(
                    "{place} answered {status}, which is not how fal's queue answers; see \
                     status.fal.ai, or mend FAL_QUEUE_URL"
                );
                vec![found("fal-queue", Outcome::Warning, says)]
            }
        }
    }

    fn flaw(&self) -> Option<String> {
        let text = std::str::from_utf8(self.config.key.reveal()).unwrap_or_default();
        let flaw = key_flaw(text)?;
        Some(format!("FAL_KEY {flaw}; fal's keys read id:secret, copy the whole of one"))
    }

    async fn key_set(&self) -> Step {
        let place = &self.config.jwks_url;
        match self.fetch_keys().await {
            Ok(keys) if keys.is_empty() => {
                let says = format!("{place} holds no Ed25519 key; mend FAL_JWKS_URL");
                found("fal-jwks", Outcome::Warning, says)
            }
            Ok(keys) => found("fal-jwks", Outcome::Passed, format!("{} public keys", keys.len())),
            Err(error) => {
                let says = format!(
                    "{place}: {error}; no push can be proven until it is, and polls find \
                     pictures instead. Let this machine connect out to it, or mend FAL_JWKS_URL"
                );
                found("fal-jwks", Outcome::Warning, says)
            }
        }
    }

    /// fal's public keys, asked for now.
    pub(crate) async fn fetch_keys(&self) -> Result<Vec<[u8; 32]>, CallError> {
        let (http, url) = (Arc::clone(&self.http), self.config.jwks_url.clone());
        let answer = self.callers.run(move || http.public(&url)).await?.map_err(CallError::from)?;
        let bad = || CallError::transient("the key set cannot be read");
        if answer.status == 200 { keys(&answer.body).ok_or_else(bad) } else { Err(bad()) }
    }
}

/// Whether fal pushes, and why.
fn pushes(config: &FalConfig) -> Step {
    let polled = "fal is polled, which finds everything a little later";
    let (outcome, says): (fn(String) -> Outcome, _) = match (config.webhooks, config.unreachable) {
        (Webhooks::Off, _) => (Outcome::Info, format!("off by FAL_WEBHOOKS: {polled}")),
        (Webhooks::Auto, Some(why)) => (Outcome::Info, format!("off, because {why}: {polled}")),
        (Webhooks::On, Some(why)) => {
            let says = format!(
                "FAL_WEBHOOKS is on, but {why}: no push will come, and {polled}. Set FAL_WEBHOOKS \
                 to auto, or APP_URL to a public https address"
            );
            (Outcome::Warning, says)
        }
        (Webhooks::Auto | Webhooks::On, None) => {
            let place = config.push_url.as_deref().unwrap_or_default();
            (Outcome::Passed, format!("fal pushes to {place}; polls find what is not pushed"))
        }
    };
    found("fal-webhooks", outcome, says)
}

/// What is odd about a key (fal docs: `key_id:key_secret`), without a word of it.
fn key_flaw(key: &str) -> Option<&'static str> {
    let quoted = |quote: char| key.starts_with(quote) || key.ends_with(quote);
    match key.split_once(':') {
        _ if quoted('"') || quoted('\'') => Some("stands in quotes; leave them out"),
        _ if key.starts_with("FAL_KEY=") => Some("begins with its own name; leave that out"),
        None => Some("has no colon, so it is half a key"),
        Some(("", _)) => Some("has nothing before its colon, so it is half a key"),
        Some((_, "")) => Some("has nothing after its colon, so it is half a key"),
        Some((_, secret)) if secret.contains(':') => Some("has more than one colon"),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::key_flaw;

    #[test]
    fn a_key_that_cannot_be_one_is_told_by_its_shape() {
        for (key, flaw) in [
            ("id:secret", None),
            ("11111111-2222-3333-4444-555555555555:0123456789abcdef", None),
            ("0123456789abcdef", Some("no colon")),
            (":secret", Some("before")),
            ("id:", Some("after")),
            ("id:secret:more", Some("more than one")),
            ("\"id:secret\"", Some("quotes")),
            ("'id:secret'", Some("quotes")),
            ("FAL_KEY=id:secret", Some("own name")),
        ] {
            let said = key_flaw(key);
            assert_eq!(said.is_some(), flaw.is_some(), "{key}");
            let said = said.unwrap_or_default();
            assert!(said.contains(flaw.unwrap_or_default()) && !said.contains("secret"), "{said}");
        }
    }
}
