//! Where a request comes from: the address that connected, or the one a trusted proxy names.
//!
//! Invariant: no header is believed that a trusted proxy did not write. `X-Forwarded-For` grows at
//! its end, one hop a proxy, so it is read from the end and only as far as those who wrote it are
//! trusted; what a stranger put before that decides nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use poem::{Addr, Request};

/// One caller, as limits count them. A customer of IPv6 has at least a /64, so that is one peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// The request's peer, found once at the edge.
    pub fn of(request: &Request) -> Self {
        request.data().copied().unwrap_or_else(|| Self(connected(request)))
    }

    /// Looks behind the `trusted` proxies.
    pub fn find(request: &Request, trusted: &[IpNet]) -> Self {
        let hops = request.headers().get_all("x-forwarded-for");
        // Several lines are one list (RFC 9110, 5.3).
        let hops: Vec<_> = hops.iter().filter_map(|line| line.to_str().ok()).collect();
        Self(grouped(client(connected(request), &hops.join(","), trusted)))
    }

    /// The same, unless it is this machine itself: the operator at the keyboard, tests, benches.
    pub fn away(self) -> Option<IpAddr> {
        Some(self.0).filter(|ip| !ip.is_loopback())
    }
}

/// The last hop that is no trusted proxy. A hop that is no address ends the search: the proxy
/// before it is all that is known.
fn client(connected: IpAddr, hops: &str, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: IpAddr| trusted.iter().any(|net| net.contains(&ip));
    let mut at = connected;
    for hop in hops.rsplit(',') {
        if !is_trusted(at) {
            break;
        }
        match address(hop.trim()) {
            Some(ip) => at = ip,
            None => break,
        }
    }
    at
}

/// An address, perhaps with a port or in brackets, as proxies write them.
fn address(hop: &str) -> Option<IpAddr> {
    let plain = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    let ip = plain
        .parse()
        .ok()
        .or_else(|| plain.parse::<std::net::SocketAddr>().ok().map(|address| address.ip()))?;
    Some(unmapped(ip))
}

fn connected(request: &Request) -> IpAddr {
    match &request.remote_addr().0 {
        Addr::SocketAddr(address) => unmapped(address.ip()),
        _ => Ipv4Addr::UNSPECIFIED.into(),
    }
}

/// `::ffff:192.0.2.1` is `192.0.2.1`.
fn unmapped(ip: IpAddr) -> IpAddr {
    ip.to_canonical()
}

fn grouped(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V6(ip) if !ip.is_loopback() => {
            Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX)).into()
        }
        ip => ip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(connected: &str, hops: &str) -> String {
        let trusted =
            ["127.0.0.1/32", "10.0.0.0/8", "2001:db8::/32"].map(|net| net.parse().unwrap());
        grouped(client(connected.parse().unwrap(), hops, &trusted)).to_string()
    }

    #[test]
    fn only_what_a_trusted_proxy_wrote_is_believed() {
        for (connected, hops, peer) in [
            ("203.0.113.7", "", "203.0.113.7"),
            ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
            ("127.0.0.1", "", "127.0.0.1"),
            ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("127.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
            ("127.0.0.1", "6.6.6.6, 198.51.100.1, 10.1.2.3", "198.51.100.1"),
            ("127.0.0.1", "6.6.6.6, unknown", "127.0.0.1"),
            ("127.0.0.1", "198.51.100.1, ", "127.0.0.1"),
            ("127.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
            ("127.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
            ("2001:db8::1", "[2a00:1:2:3:4:5:6:7]", "2a00:1:2:3::"),
            ("2a00:1:2:3:9:9:9:9", "", "2a00:1:2:3::"),
            ("::1", "", "::1"),
        ] {
            assert_eq!(found(connected, hops), peer, "{connected} said {hops:?}");
        }
    }
}
