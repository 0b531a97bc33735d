//! The server between the sockets and the routes.
//!
//! poem's own server takes any number of connections, gives a client for ever to send a request and
//! to read an answer, and when no descriptor is left it tries again without a pause. So poem only
//! answers requests here; its endpoints are driven by hyper, which poem stands on and which parses
//! HTTP/1.1, and this module decides who may hold a connection and for how long:
//!
//! - `connections`: how many there may be, and who leaves when there is no room;
//! - `accept`: what happens when the system gives no connection;
//! - `socket`: how long each wait for a client may last;
//! - `framing`, `head`, `chunks`: where each request ends, and which heads are refused;
//! - `answer`: requests and answers between hyper and poem.
//!
//! Invariant: whatever clients do or leave undone, connections, memory and time are bounded, and a
//! stop ends within its grace. HTTP/2 is left to the proxy in front: without TLS no browser speaks
//! it, and its streams would have to be bounded once more.

mod accept;
mod answer;
mod chunks;
mod connections;
mod framing;
mod head;
mod socket;

use std::{future::Future, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use poem::{
    Addr, Endpoint,
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
    task::JoinSet,
    time::Instant,
};

pub use self::answer::Crowded;
use self::{
    accept::{Shortage, turn_away},
    answer::{Ends, answer},
    connections::{Connections, Open},
    socket::Socket,
};

/// Connections that wait in the system until they are taken. Linux allows this many by default.
const BACKLOG: u32 = 4_096;
/// What the system keeps of our answers for a client that does not read, in bytes; it doubles
/// that. Left to itself it takes megabytes each. It suffices for 5 MB a second over 100 ms.
const UNREAD: u32 = 256 * 1_024;
/// What the HTTP library keeps of a connection in each direction, in bytes.
const BUFFER: usize = 64 * 1_024;

/// Opens an address to listen on.
pub fn listen(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket = if addr.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A server that is started anew need not wait for connections of the one before.
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(UNREAD)?;
    socket.bind(addr)?;
    socket.listen(BACKLOG)
}

/// Serves `endpoint` on `listener`, to at most `most` connections at once, until `stop`. Then
/// requests under way have the `grace` to end; idle connections end at once. Answers how many
/// connections had to be cut after it.
pub async fn serve<E: Endpoint + 'static>(
    listener: TcpListener,
    endpoint: Arc<E>,
    most: usize,
    stop: impl Future<Output = ()>,
    grace: Duration,
) -> usize {
    let register = Connections::new(most);
    let (stopping, stopped) = watch::channel(false);
    let mut tasks = JoinSet::new();
    let mut shortage = Shortage::default();
    let mut stop = pin!(stop);
    let mut id = 0;
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            Some(_) = tasks.join_next(), if !tasks.is_empty() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                shortage.succeeded(Instant::now());
                id += 1;
                let open = match register.open(id, Instant::now()) {
                    Some(open) => Some(open),
                    None => register.make_room(id).await,
                };
                let Some(open) = open else {
                    turn_away(&stream);
                    continue;
                };
                tasks.spawn(hold(stream, peer, Arc::clone(&endpoint), open, stopped.clone()));
            }
            Err(error) => {
                let Some(pause) = shortage.failed(&error) else { continue };
                register.shed(Instant::now());
                tokio::select! {
                    () = &mut stop => break,
                    () = tokio::time::sleep(pause) => {}
                }
            }
        }
    }
    drop(listener);
    let _ = stopping.send(true);
    let ended = async { while tasks.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(grace, ended).await;
    tasks.len()
}

/// Serves one connection to its end.
async fn hold<E: Endpoint + 'static>(
    stream: TcpStream,
    peer: SocketAddr,
    endpoint: Arc<E>,
    open: Open,
    mut stopped: watch::Receiver<bool>,
) {
    // Answers are written whole; waiting for more of them only delays the last packet.
    let _ = stream.set_nodelay(true);
    let local = stream.local_addr().map(Addr::SocketAddr).unwrap_or_default();
    let ends = Ends { local: LocalAddr(local), remote: RemoteAddr(Addr::SocketAddr(peer)) };
    let connection = Arc::clone(&open.connection);
    let service = service_fn(|request| {
        answer(Arc::clone(&endpoint), Arc::clone(&connection), ends.clone(), request)
    });
    let socket = TokioIo::new(Socket::new(stream, Arc::clone(&connection)));
    let mut http = http1::Builder::new();
    // Heads arrive whole: the socket waits for them.
    http.header_read_timeout(None).max_buf_size(BUFFER);
    let mut served = pin!(http.serve_connection(socket, service));
    loop {
        tokio::select! {
            // Who went away, was too slow or sent what cannot be read is nobody's fault here.
            _ = served.as_mut() => return,
            () = connection.leave.notified() => if connection.leaves() { return },
            _ = stopped.wait_for(|stopped| *stopped) => break,
        }
    }
    served.as_mut().graceful_shutdown();
    let _ = served.await;
}
