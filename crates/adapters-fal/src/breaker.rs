//! Stops submitting while the account at fal does not work, and tries again by and by.

use std::sync::{Mutex, PoisonError};

use safelight_domain::{SignedDuration, Timestamp};

/// The first pause; each further one is twice as long.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);
/// The longest pause.
const PAUSE_MAX: SignedDuration = SignedDuration::from_mins(15);

/// Why nothing is submitted: for the operator, not for people who ask for pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Outage {
    /// 401 (fal docs: errors).
    #[error("fal does not accept FAL_KEY")]
    BadKey,
    /// 402, or 403 "User is locked. Reason: Exhausted balance."
    #[error("the account at fal is out of credit or locked; top it up at fal.ai/dashboard/billing")]
    OutOfFunds,
    /// Another 403.
    #[error("fal forbids this key to submit")]
    Forbidden,
}

/// Closed while all is well.
#[derive(Debug, Default)]
pub(crate) struct Breaker(Mutex<Option<Open>>);

#[derive(Debug, Clone, Copy)]
struct Open {
    outage: Outage,
    /// When one may try again.
    until: Timestamp,
    pause: SignedDuration,
}

impl Breaker {
    /// Whether a submit may go now. While it is open, one a pause may.
    pub fn admit(&self, now: Timestamp) -> Result<(), Outage> {
        match &mut *self.open() {
            None => Ok(()),
            // Further off than a pause is long, the clock went back meanwhile.
            Some(open) if now < open.until && open.until <= after(now, open.pause) => {
                Err(open.outage)
            }
            Some(open) => {
                open.until = after(now, open.pause);
                Ok(())
            }
        }
    }

    /// A submit failed for this reason. Answers whether that is news.
    pub fn trip(&self, outage: Outage, now: Timestamp) -> bool {
        let mut open = self.open();
        let pause = open.map_or(PAUSE, |open| open.pause.saturating_mul(2).min(PAUSE_MAX));
        let is_news = open.is_none_or(|open| open.outage != outage);
        *open = Some(Open { outage, until: after(now, pause), pause });
        is_news
    }

    /// A submit worked.
    pub fn close(&self) {
        *self.open() = None;
    }

    /// Why nothing is submitted, if so.
    pub fn outage(&self) -> Option<Outage> {
        self.open().map(|open| open.outage)
    }

    fn open(&self) -> std::sync::MutexGuard<'_, Option<Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn after(now: Timestamp, pause: SignedDuration) -> Timestamp {
    now.saturating_add(pause).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_a_pause_may_try() {
        let at = |minutes: i64| Timestamp::from_second(minutes * 60).unwrap();
        let breaker = Breaker::default();
        assert_eq!(breaker.admit(at(0)), Ok(()));
        assert!(breaker.trip(Outage::OutOfFunds, at(0)));
        assert_eq!(breaker.admit(at(0)), Err(Outage::OutOfFunds));
        assert_eq!(breaker.admit(at(1)), Ok(()), "the one that tries");
        assert_eq!(breaker.admit(at(1)), Err(Outage::OutOfFunds), "no second one");
        assert!(!breaker.trip(Outage::OutOfFunds, at(1)), "no news");
        assert_eq!(breaker.admit(at(2)), Err(Outage::OutOfFunds), "the pause has doubled");
        assert_eq!(breaker.admit(at(3)), Ok(()));
        assert_eq!(breaker.admit(at(5)), Ok(()), "the last one never came back");
        breaker.close();
        assert_eq!((breaker.outage(), breaker.admit(at(5))), (None, Ok(())));
        for _ in 0..9 {
            breaker.trip(Outage::BadKey, at(6));
        }
        assert_eq!(breaker.admit(at(6 + 15)), Ok(()), "never longer than a quarter of an hour");
        assert_eq!(breaker.admit(at(0)), Ok(()), "a clock that was ahead shuts nobody out");
    }
}
