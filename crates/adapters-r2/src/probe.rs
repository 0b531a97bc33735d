//! Tries the bucket out, for the operator.

use std::{error::Error, fmt::Write};

use safelight_domain::{ObjectKey, SignedDuration, Timestamp};
use safelight_outbound::{Answer, Outcome, Step, hex};
use safelight_ports::{Fault, Presign, Storage};

use crate::{R2, bucket::CACHE_CONTROL};

const MEDIA_TYPE: &str = "image/png";
const MAX_BYTES: u64 = 1_024;
/// Servers bear 15 minutes, links bear two.
const NOTABLE_SKEW_SECONDS: u64 = 60;

/// What is tried once an object is stored.
const AFTER_STORING: [(&str, &str); 7] = [
    ("read", "read it back"),
    ("open-link", "open a link to it without credentials"),
    ("save-link", "save it by a link under a name"),
    ("altered-link", "refuse an altered link"),
    ("expired-link", "refuse an expired link"),
    ("delete", "delete it"),
    ("gone", "find it gone"),
];

impl R2 {
    /// Stores, reads, links, misuses and deletes a small object under a random key. Costs one
    /// request of class A and four of class B (R2 pricing: what is refused or deleted is free).
    pub async fn probe(&self) -> Vec<Step> {
        let secret = self.client.entropy.secret();
        let key = ObjectKey(format!("probe/{}.png", hex(&secret[..8])));
        let stored = self.put(&key, MEDIA_TYPE, secret.to_vec()).await;
        let go_on = stored.is_ok();
        let mut steps = vec![Step { id: "store", name: "store an object", outcome: done(stored) }];
        if go_on {
            let outcomes = [
                self.reads(&key, &secret).await,
                self.opens(&key, &secret).await,
                self.saves(&key).await,
                self.refuses_altered(&key).await,
                self.refuses_expired(&key).await,
                done(self.delete(&key).await),
                self.lacks(&key).await,
            ];
            let named = AFTER_STORING.into_iter().zip(outcomes);
            steps.extend(named.map(|((id, name), outcome)| Step { id, name, outcome }));
        } else {
            let skipped = |(id, name)| Step { id, name, outcome: Outcome::Skipped };
            steps.extend(AFTER_STORING.map(skipped));
        }
        steps.push(Step { id: "clock", name: "agree on the time", outcome: self.agrees() });
        steps
    }

    async fn reads(&self, key: &ObjectKey, bytes: &[u8]) -> Outcome {
        match self.get(key, MAX_BYTES).await {
            Ok(Some(read)) if read == bytes => passed(),
            Ok(Some(_)) => Outcome::Failed("other bytes than were stored".to_owned()),
            Ok(None) => Outcome::Failed("it is not there".to_owned()),
            Err(fault) => failed(&fault),
        }
    }

    async fn opens(&self, key: &ObjectKey, bytes: &[u8]) -> Outcome {
        let link = self.presign(key, &Presign::Show, self.now());
        let reply = match self.open(link).await {
            Ok(reply) if reply.status == 200 && reply.body == bytes => reply,
            Ok(reply) => return Outcome::Failed(answered(&reply)),
            Err(fault) => return failed(&fault),
        };
        let kept = |name, value| reply.header(name).is_some_and(|header| header == value);
        if !kept("content-type", MEDIA_TYPE) {
            return Outcome::Failed("the media type was not kept".to_owned());
        }
        if !kept("cache-control", CACHE_CONTROL) {
            let said = "cache-control was not kept: browsers may ask for pictures again and again";
            return Outcome::Warning(said.to_owned());
        }
        passed()
    }

    async fn saves(&self, key: &ObjectKey) -> Outcome {
        let link = self.presign(key, &Presign::Save("a name.png".to_owned()), self.now());
        match self.open(link).await {
            Ok(reply) if reply.status != 200 => Outcome::Failed(answered(&reply)),
            Ok(reply) if reply.header("content-disposition").is_none() => Outcome::Warning(
                "the server does not say to save: browsers will show the picture".to_owned(),
            ),
            Ok(_) => passed(),
            Err(fault) => failed(&fault),
        }
    }

    async fn refuses_altered(&self, key: &ObjectKey) -> Outcome {
        let link = self.presign(key, &Presign::Show, self.now());
        self.refuses(link.replace("X-Amz-Expires=7200", "X-Amz-Expires=7201")).await
    }

    async fn refuses_expired(&self, key: &ObjectKey) -> Outcome {
        let before = self.now() - SignedDuration::from_hours(4);
        self.refuses(self.presign(key, &Presign::Show, before)).await
    }

    /// R2 docs name 400 for an expired link, AWS 403.
    async fn refuses(&self, link: String) -> Outcome {
        match self.open(link).await {
            Ok(reply) if matches!(reply.status, 400 | 401 | 403) => passed(),
            Ok(reply) => Outcome::Failed(answered(&reply)),
            Err(fault) => failed(&fault),
        }
    }

    async fn lacks(&self, key: &ObjectKey) -> Outcome {
        match self.get(key, MAX_BYTES).await {
            Ok(None) => passed(),
            Ok(Some(_)) => Outcome::Failed("it is still there".to_owned()),
            Err(fault) => failed(&fault),
        }
    }

    fn agrees(&self) -> Outcome {
        let skew = self.clock_skew();
        if skew.unsigned_abs() <= NOTABLE_SKEW_SECONDS {
            return passed();
        }
        Outcome::Warning(format!(
            "the server's clock is {skew} s ahead of ours: requests are corrected, links are not"
        ))
    }

    async fn open(&self, link: String) -> Result<Answer, Fault> {
        Ok(self.client.blocking(move |wire| wire.open(&link, MAX_BYTES)).await??)
    }

    fn now(&self) -> Timestamp {
        self.client.wire.clock().now()
    }
}

fn passed() -> Outcome {
    Outcome::Passed(String::new())
}

fn done(done: Result<(), Fault>) -> Outcome {
    done.map_or_else(|fault| failed(&fault), |()| passed())
}

/// The causes alone: that storage failed is what the list is about.
fn failed(fault: &Fault) -> Outcome {
    let mut cause = fault.source();
    let mut said = String::new();
    while let Some(error) = cause {
        let between = if said.is_empty() { "" } else { ": " };
        write!(said, "{between}{error}").expect("a String takes all");
        cause = error.source();
    }
    Outcome::Failed(said)
}

fn answered(reply: &Answer) -> String {
    format!("the answer was {} with {} bytes", reply.status, reply.body.len())
}
