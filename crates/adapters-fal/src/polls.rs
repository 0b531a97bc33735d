//! Polls coalesce: however many ask about a request, fal is asked at most once a gap. Nobody gets
//! an answer older than the question.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use safelight_outbound::CallError;
use safelight_ports::Looked;
use tokio::time::{Instant, sleep_until};

type Seen = Result<Looked, CallError>;

/// Requests asked about lately.
pub(crate) struct Polls {
    gap: Duration,
    lines: Mutex<HashMap<String, Line>>,
}

#[derive(Clone)]
struct Line {
    asked: Instant,
    last: Arc<tokio::sync::Mutex<Option<Poll>>>,
}

struct Poll {
    began: Instant,
    /// None when its asker hung up.
    seen: Option<Seen>,
}

impl Polls {
    pub fn new(gap: Duration) -> Self {
        Self { gap, lines: Mutex::default() }
    }

    /// The answer of a poll that began after this question.
    pub async fn ask(&self, request_id: &str, poll: impl Future<Output = Seen>) -> Seen {
        let asked = Instant::now();
        let line = self.line(request_id, asked);
        let mut last = line.last.lock().await;
        if let Some(before) = &*last {
            if let (true, Some(seen)) = (before.began >= asked, &before.seen) {
                return seen.clone();
            }
            sleep_until(before.began + self.gap).await;
        }
        *last = Some(Poll { began: Instant::now(), seen: None });
        let seen = poll.await;
        if let Some(own) = &mut *last {
            own.seen = Some(seen.clone());
        }
        seen
    }

    fn line(&self, request_id: &str, now: Instant) -> Line {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if !lines.contains_key(request_id) {
            lines
                .retain(|_, line| line.asked + self.gap > now || Arc::strong_count(&line.last) > 1);
        }
        let fresh = || Line { asked: now, last: Arc::default() };
        let line = lines.entry(request_id.to_owned()).or_insert_with(fresh);
        line.asked = now;
        line.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_hundred_askers_are_one_poll_and_none_is_told_old_news() {
        let polls = Arc::new(Polls::new(Duration::from_millis(60)));
        let count = Arc::new(AtomicU32::new(0));
        let ask = |id: &'static str| {
            let (polls, count) = (Arc::clone(&polls), Arc::clone(&count));
            async move {
                let poll = async {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    Ok(Looked::Working(Some(count.fetch_add(1, Ordering::SeqCst))))
                };
                polls.ask(id, poll).await
            }
        };
        let start = Instant::now();
        assert_eq!(ask("a").await, Ok(Looked::Working(Some(0))));
        let all: Vec<_> = (0..100).map(|_| tokio::spawn(ask("a"))).collect();
        for one in all {
            assert_eq!(one.await.unwrap(), Ok(Looked::Working(Some(1))));
        }
        assert!(start.elapsed() >= Duration::from_millis(60), "not before the gap is over");
        assert_eq!(count.load(Ordering::SeqCst), 2);
        let other = Instant::now();
        ask("b").await.unwrap();
        assert!(other.elapsed() < Duration::from_millis(50), "another request waits for nobody");
    }

    #[tokio::test]
    async fn a_poll_whose_asker_hung_up_blocks_nobody() {
        let polls = Polls::new(Duration::from_millis(1));
        let never = polls.ask("a", std::future::pending());
        assert!(tokio::time::timeout(Duration::from_millis(10), never).await.is_err());
        assert_eq!(polls.ask("a", async { Ok(Looked::Filtered) }).await, Ok(Looked::Filtered));
    }

    #[tokio::test]
    async fn requests_nobody_asks_about_are_forgotten() {
        let polls = Polls::new(Duration::from_millis(1));
        for id in 0..50 {
            polls.ask(&id.to_string(), async { Ok(Looked::Gone) }).await.unwrap();
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        assert!(polls.lines.lock().unwrap().len() < 5);
    }
}
