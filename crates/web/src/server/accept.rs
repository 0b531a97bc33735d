//! Taking connections from the system: what to do when it cannot give one, and when there is no
//! room for one.

use std::{io, time::Duration};

use rustix::io::Errno;
use tokio::{net::TcpStream, time::Instant};

/// The first pause after a connection could not be taken, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(250));

/// Without a failure for so long, a shortage is over.
const CALM: Duration = Duration::from_secs(10);

/// What a connection gets that there is no room for. Written once, without waiting, and closed.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
    content-type: text/plain; charset=utf-8\r\n\
    content-length: 57\r\n\
    retry-after: 2\r\n\
    cache-control: no-store\r\n\
    connection: close\r\n\r\n\
    All connections are taken just now. Try again in seconds.";

/// Turns a connection away at once.
pub fn turn_away(stream: &TcpStream) {
    // If even this little does not fit, nobody is there to read it.
    let _ = stream.try_write(FULL);
}

/// A time in which connections cannot be taken, from its first failure to its end.
#[derive(Debug, Default)]
pub struct Shortage {
    since: Option<Instant>,
    last: Option<Instant>,
    failures: u64,
    pause: Duration,
}

impl Shortage {
    /// Notes a failure. Answers how long to pause before the next try; none when the failure is
    /// about one connection alone. Logs the first of a row.
    pub fn failed(&mut self, error: &io::Error) -> Option<Duration> {
        if is_theirs(error) {
            return None;
        }
        self.failures += 1;
        self.last = Some(Instant::now());
        if self.since.is_none() {
            self.since = Some(Instant::now());
            tracing::error!(%error, "no connection can be taken; idle ones are closed meanwhile");
        }
        self.pause = (self.pause * 2).clamp(PAUSES.0, PAUSES.1);
        Some(self.pause)
    }

    /// Notes a success. Logs the end of the shortage, once nothing has failed for a while: between
    /// two failures there are often a few successes.
    pub fn succeeded(&mut self, now: Instant) {
        self.pause = Duration::ZERO;
        let Some(since) = self.since else { return };
        if self.last.is_none_or(|last| now.duration_since(last) >= CALM) {
            let (failures, seconds) = (self.failures, now.duration_since(since).as_secs_f64());
            tracing::warn!(failures, seconds, "connections are taken again");
            *self = Self::default();
        }
    }
}

/// Whether it concerns only the connection that was about to be taken (accept(2)). Every other
/// failure, above all no descriptor and no memory, comes again at once if nobody pauses.
fn is_theirs(error: &io::Error) -> bool {
    let theirs = [
        Errno::CONNABORTED,
        Errno::CONNRESET,
        Errno::INTR,
        Errno::PERM,
        Errno::PROTO,
        Errno::NETDOWN,
        Errno::NOPROTOOPT,
        Errno::HOSTDOWN,
        Errno::HOSTUNREACH,
        Errno::NETUNREACH,
        Errno::OPNOTSUPP,
        Errno::TIMEDOUT,
    ];
    Errno::from_io_error(error).is_some_and(|errno| theirs.contains(&errno))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn out_of_descriptors_pauses_longer_each_time_until_it_is_over() {
        let mut shortage = Shortage::default();
        let no_descriptor = io::Error::from(Errno::MFILE);
        let pauses: Vec<_> = (0..8).filter_map(|_| shortage.failed(&no_descriptor)).collect();
        assert_eq!(pauses.len(), 8);
        assert!(pauses.is_sorted() && pauses[0] == PAUSES.0 && pauses[7] == PAUSES.1);
        let now = Instant::now();
        shortage.succeeded(now);
        assert!(shortage.since.is_some(), "one success is no end");
        assert_eq!(shortage.failed(&no_descriptor), Some(PAUSES.0));
        shortage.succeeded(now + CALM * 2);
        assert!(shortage.since.is_none(), "the next one is logged again");
        assert_eq!(shortage.failed(&io::Error::from(Errno::CONNABORTED)), None);
    }

    #[test]
    fn the_words_for_who_is_turned_away_are_as_long_as_they_say() {
        let text = std::str::from_utf8(FULL).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{}", body.len());
    }
}
