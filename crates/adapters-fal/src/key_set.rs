//! fal's public keys: fetched when first needed, kept for a day, fetched again when a signature is
//! unknown, but not more often than once a while however many forgeries arrive.

use safelight_domain::{SignedDuration, Timestamp};
use safelight_outbound::CallError;
use tokio::sync::Mutex;

/// How long keys are kept (fal docs: webhooks, "at most 24 hours").
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// The shortest time between two fetches.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// The keys, behind a lock that lets one fetch at a time.
pub(crate) struct KeySet(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    keys: Vec<[u8; 32]>,
    fetched: Option<Timestamp>,
    tried: Option<Timestamp>,
}

impl KeySet {
    pub fn new() -> Self {
        Self(Mutex::default())
    }

    /// What `prove` makes of the keys there are, or else of those there are after asking
    /// again. Old keys serve when `fetch` fails; an error means that there never were any.
    pub async fn try_keys<T, E>(
        &self,
        now: Timestamp,
        fetch: impl Future<Output = Result<Vec<[u8; 32]>, CallError>>,
        prove: impl Fn(&[[u8; 32]]) -> Result<T, E>,
    ) -> Result<Result<T, E>, CallError> {
        let mut kept = self.0.lock().await;
        let since = |at: Option<Timestamp>| at.map(|at| now.duration_since(at).abs());
        let is_fresh = since(kept.fetched).is_some_and(|age| age < KEPT);
        let first = prove(&kept.keys);
        if is_fresh && first.is_ok() {
            return Ok(first);
        }
        if since(kept.tried).is_none_or(|age| age >= PAUSE) {
            kept.tried = Some(now);
            match fetch.await {
                Ok(keys) => (kept.keys, kept.fetched) = (keys, Some(now)),
                Err(error) if kept.fetched.is_none() => {
                    // Nothing can be proven, so the next push may ask at once.
                    kept.tried = None;
                    return Err(error);
                }
                Err(error) => tracing::warn!(%error, "fal's old keys serve on"),
            }
        }
        Ok(prove(&kept.keys))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: [u8; 32] = [1; 32];

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(minutes * 60).unwrap()
    }

    async fn tried(set: &KeySet, minutes: i64, fetched: Result<Vec<[u8; 32]>, CallError>) -> &str {
        let prove = |keys: &[[u8; 32]]| keys.contains(&OLD).then_some(()).ok_or(());
        match set.try_keys(at(minutes), async { fetched }, prove).await {
            Ok(Ok(())) => "proven",
            Ok(Err(())) => "forged",
            Err(_) => "no keys",
        }
    }

    #[tokio::test]
    async fn old_keys_serve_until_there_are_new_ones() {
        let down = || Err(CallError::transient("down"));
        let set = KeySet::new();
        assert_eq!(tried(&set, 0, down()).await, "no keys");
        assert_eq!(tried(&set, 0, Ok(vec![OLD])).await, "proven", "asked again at once");
        assert_eq!(tried(&set, 1, Ok(vec![])).await, "proven", "not asked: they are fresh");
        let day = 24 * 60;
        assert_eq!(tried(&set, day, down()).await, "proven", "asked, in vain");
        assert_eq!(tried(&set, day, Ok(vec![])).await, "proven", "not asked twice a minute");
        assert_eq!(tried(&set, day + 1, Ok(vec![])).await, "forged", "revoked");
    }
}
