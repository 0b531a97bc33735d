//! A client's socket with its deadlines, as the HTTP library sees it.
//!
//! Invariant: nobody holds a connection by doing nothing. Each wait for the client has an end: for
//! the first request, for the next, for the rest of a head, for the rest of a body, and until an
//! answer is read. A wait for ourselves has none.

use std::{
    future::Future,
    io::{self, ErrorKind},
    mem::MaybeUninit,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep},
};

use super::{
    connections::{Connection, Phase},
    framing::{Fed, Framing, Place},
};

/// The first byte of the first request, and each whole head from its first byte. A head is a few
/// packets; on the worst line it takes a second or two.
const HEAD: Duration = Duration::from_secs(15);
/// Between two requests. Longer than the minute for which nginx keeps a connection to us, so that
/// it is nginx that closes, and no request is sent into a connection that is just closed.
const NEXT: Duration = Duration::from_secs(75);
/// A body may take this long, and a second more for each `BODY_RATE` of its bytes.
const BODY: Duration = Duration::from_secs(20);
/// Bytes a second: a slow modem sends more.
const BODY_RATE: u64 = 1_024;
/// No body takes longer. The largest that is read has 1 MiB.
const BODY_LONGEST: Duration = Duration::from_mins(5);
/// How long we wait, in all, until `READ_LEAST` more bytes of our answers are taken.
const READ: Duration = Duration::from_secs(30);
/// In bytes. With `READ` it asks for half a KiB a second, and only while there is something to
/// send: a live view that says little is never too slow.
const READ_LEAST: usize = 16 * 1_024;
/// How long a client may go on sending what nobody reads, after the answer: closed at once, the
/// system would take back the answer that is on its way.
const LINGER: Duration = Duration::from_secs(1);
/// Bytes read at a time.
const PIECE: usize = 8 * 1_024;
/// As much of later requests as is taken while one is answered.
const LATER: usize = 64 * 1_024;

/// A socket between a client and the HTTP library.
pub struct Socket<S> {
    stream: S,
    connection: Arc<Connection>,
    framing: Framing,
    /// What came before the request before it was answered: requests are handed on one by one, so
    /// that the library notices when the client goes away.
    later: Vec<u8>,
    /// What the library may read and has not yet.
    ready: Vec<u8>,
    given: usize,
    /// When the place in the request that we wait in began.
    place: (Place, Instant),
    /// Bytes of the body that is being read.
    body: u64,
    first: bool,
    reading: Pin<Box<Sleep>>,
    stall: Stall,
    /// When the answers were ended and the rest of what comes is thrown away.
    lingers: Option<Instant>,
}

/// Waiting until a client takes our answer.
struct Stall {
    since: Option<Instant>,
    /// How long was waited before, for the bytes in `taken`.
    waited: Duration,
    taken: usize,
    ends: Option<Pin<Box<Sleep>>>,
}

impl<S> Socket<S> {
    /// A socket that was just accepted.
    pub fn new(stream: S, connection: Arc<Connection>) -> Self {
        let now = Instant::now();
        Self {
            stream,
            connection,
            framing: Framing::default(),
            later: Vec::new(),
            ready: Vec::new(),
            given: 0,
            place: (Place::Between, now),
            body: 0,
            first: true,
            reading: Box::pin(tokio::time::sleep_until(now + HEAD)),
            stall: Stall { since: None, waited: Duration::ZERO, taken: 0, ends: None },
            lingers: None,
        }
    }

    /// Hands over what is ready; whether there was any.
    fn give(&mut self, buf: &mut ReadBuf<'_>) -> bool {
        let rest = &self.ready[self.given..];
        let some = rest.len().min(buf.remaining());
        buf.put_slice(&rest[..some]);
        self.given += some;
        if self.given == self.ready.len() {
            self.given = 0;
            self.ready.clear();
            self.ready.shrink_to(4 * PIECE);
        }
        some > 0
    }

    /// Takes what came from the client, as far as it belongs to one request.
    fn take(&mut self) {
        self.first = false;
        let heads = self.framing.heads;
        let (taken, fed) = self.framing.feed(&self.later, &mut self.ready);
        self.later.drain(..taken);
        match fed {
            Fed::Well => {}
            Fed::Refused(why) => {
                self.later.clear();
                let _ = self.connection.unreadable.set(why);
            }
            Fed::Broken => self.later.clear(),
        }
        let place = self.framing.place();
        if (place, self.framing.heads) != (self.place.0, heads) {
            self.place = (place, Instant::now());
            self.body = 0;
        }
        self.body += taken as u64;
        self.connection.asked(self.framing.heads - heads);
    }

    /// What is waited for, and until when; none while the client waits for us.
    fn waits(&self) -> Option<(Phase, Instant, Instant)> {
        let since = self.place.1;
        match self.place.0 {
            Place::Between | Place::Over if self.connection.owes() => None,
            Place::Between | Place::Over => {
                let since = since.max(self.connection.answered_last());
                Some((Phase::Quiet, since, since + if self.first { HEAD } else { NEXT }))
            }
            Place::Head => Some((Phase::Quiet, since, since + HEAD)),
            Place::Body => {
                let longer = BODY + Duration::from_secs(self.body / BODY_RATE);
                Some((Phase::Stalled, since, since + longer.min(BODY_LONGEST)))
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Socket<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if this.give(buf) {
                return Poll::Ready(Ok(()));
            }
            let refused = this.connection.unreadable.get().is_some();
            if this.place.0 == Place::Over && !refused {
                // A body was broken: to the library the client has gone in the middle of it.
                return Poll::Ready(Ok(()));
            }
            let waits_its_turn = this.place.0 == Place::Between && this.connection.owes();
            if !this.later.is_empty() && !waits_its_turn {
                this.take();
                continue;
            }
            if this.later.len() >= LATER {
                break;
            }
            let mut piece = [MaybeUninit::uninit(); PIECE];
            let mut piece = ReadBuf::uninit(&mut piece);
            if Pin::new(&mut this.stream).poll_read(cx, &mut piece)?.is_pending() {
                break;
            }
            if piece.filled().is_empty() {
                // Who was refused is still told so, though they have nothing more to say.
                return if refused { Poll::Pending } else { Poll::Ready(Ok(())) };
            }
            if !refused {
                this.later.extend_from_slice(piece.filled());
            }
        }
        loop {
            let Some((phase, since, until)) = this.waits() else {
                // The library does not look again when the answer is out: it is woken then.
                this.connection.ended_wakes.register(cx.waker());
                if this.connection.owes() {
                    return Poll::Pending;
                }
                if !this.later.is_empty() {
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                continue;
            };
            this.connection.is(phase, since);
            if this.reading.deadline() != until {
                this.reading.as_mut().reset(until);
            }
            ready!(this.reading.as_mut().poll(cx));
            return Poll::Ready(Err(too_slow("the client sent too little")));
        }
    }
}

impl<S: AsyncWrite + Unpin> Socket<S> {
    /// Measures how long a write waits for the client.
    fn written(
        &mut self,
        cx: &mut Context<'_>,
        wrote: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let stall = &mut self.stall;
        match wrote {
            Poll::Ready(Ok(some)) => {
                if let Some(since) = stall.since.take() {
                    stall.waited += since.elapsed();
                    self.connection.moves_on();
                }
                stall.taken += some;
                if stall.taken >= READ_LEAST {
                    (stall.taken, stall.waited) = (0, Duration::ZERO);
                }
                Poll::Ready(Ok(some))
            }
            Poll::Pending => {
                let since = *stall.since.get_or_insert_with(Instant::now);
                let until = since + READ.saturating_sub(stall.waited);
                self.connection.is(Phase::Stalled, since);
                let ends =
                    stall.ends.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
                if ends.deadline() != until {
                    ends.as_mut().reset(until);
                }
                ready!(ends.as_mut().poll(cx));
                Poll::Ready(Err(too_slow("the client read too little")))
            }
            failed @ Poll::Ready(Err(_)) => failed,
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Socket<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let wrote = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.written(cx, wrote)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let wrote = Pin::new(&mut this.stream).poll_write_vectored(cx, bytes);
        this.written(cx, wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let until = if let Some(until) = this.lingers {
            until
        } else {
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
            *this.lingers.insert(Instant::now() + LINGER)
        };
        if matches!(this.place.0, Place::Between | Place::Head) {
            return Poll::Ready(Ok(()));
        }
        loop {
            let mut piece = [MaybeUninit::uninit(); PIECE];
            let mut piece = ReadBuf::uninit(&mut piece);
            match Pin::new(&mut this.stream).poll_read(cx, &mut piece) {
                Poll::Ready(Ok(())) if piece.filled().is_empty() => return Poll::Ready(Ok(())),
                // Who goes on sending for ever is cut like who says nothing more.
                Poll::Ready(Ok(())) if Instant::now() < until => {}
                Poll::Ready(Ok(()) | Err(_)) => return Poll::Ready(Ok(())),
                Poll::Pending => break,
            }
        }
        this.reading.as_mut().reset(until);
        ready!(this.reading.as_mut().poll(cx));
        Poll::Ready(Ok(()))
    }
}

fn too_slow(says: &'static str) -> io::Error {
    io::Error::new(ErrorKind::TimedOut, says)
}
