//! Whoever counts what goes through the edge.

use std::{net::IpAddr, time::Duration};

/// A request that was answered.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Its method, as it was sent: anybody can invent one.
    pub method: &'a str,
    /// The template of its route, such as `/images/{id}`; none when no route is there.
    pub route: Option<&'a str>,
    /// The status of the answer.
    pub status: u16,
    /// From the first byte asked to the first byte answered.
    pub took: Duration,
}

/// Is told of everything that goes through the edge.
pub trait Onlooker: Send + Sync {
    /// A request was answered.
    fn answered(&self, seen: &Seen<'_>);

    /// A live view opened, or closed.
    fn stream(&self, opened: bool);

    /// The first request came that was forwarded over a connection from `proxy`, which is not among
    /// the trusted proxies.
    fn unnamed_proxy(&self, proxy: IpAddr);
}
