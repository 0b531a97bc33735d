//! The caller: where a request comes from, as limits count it.
//!
//! Invariant: no header is believed that a trusted proxy did not write. `X-Forwarded-For` grows at
//! its end, one hop a proxy, so it is read from the end, hop by hop, as bytes, and only as far as
//! those who wrote it are trusted. A hop that cannot be read makes the caller a stranger, who is
//! counted. The other headers proxies write are noticed and never read.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use poem::{
    Addr, Request,
    http::{HeaderMap, Version, header},
};

/// Hops that are followed at most. A real request passes a handful of proxies.
const MOST_HOPS: usize = 32;

/// Headers that only a proxy or a content network writes, beside all that begin with `x-forwarded`.
const FORWARDING: [&str; 16] = [
    "forwarded",
    "via",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-original-forwarded-for",
    "x-envoy-external-address",
    "x-azure-clientip",
    "cf-connecting-ip",
    "cf-connecting-ipv6",
    "true-client-ip",
    "fastly-client-ip",
    "fly-client-ip",
    "do-connecting-ip",
    "x-appengine-user-ip",
    "cdn-loop",
];

/// Who calls, as limits count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Peer {
    /// This machine itself: the operator at the keyboard, tests, benches.
    ThisMachine,
    /// An address. A customer of IPv6 has at least a /64, so that is one caller.
    Address(IpAddr),
    /// Somebody whose address the proxy did not write readably. All of them share one place.
    Stranger,
}

impl Peer {
    /// The request's caller, found once at the edge. Without an edge nothing is known of it.
    pub fn of(request: &Request) -> Self {
        request.data().copied().unwrap_or(Self::Stranger)
    }

    /// The place to count; none for this machine itself.
    pub fn away(self) -> Option<IpAddr> {
        match self {
            Self::ThisMachine => None,
            Self::Address(_) | Self::Stranger => Some(self.place()),
        }
    }

    /// The place to count where nobody is exempt.
    pub fn place(self) -> IpAddr {
        match self {
            Self::ThisMachine => Ipv4Addr::LOCALHOST.into(),
            Self::Address(ip) => ip,
            Self::Stranger => Ipv4Addr::UNSPECIFIED.into(),
        }
    }

    fn at(ip: IpAddr) -> Self {
        Self::Address(grouped(ip))
    }
}

/// What the operator says of the way to this server.
pub struct Front {
    trusted: Vec<IpNet>,
    /// The port of `APP_URL`, when that is plain http on this machine.
    local_port: Option<u16>,
}

impl Front {
    /// The way to a studio reached at `app_url`, through the `trusted` proxies.
    pub fn new(trusted: &[IpNet], app_url: &str) -> Self {
        let authority = app_url.strip_prefix("http://").map(str::as_bytes).and_then(authority);
        let local_port = authority.filter(|(local, _)| *local).map(|(_, port)| port);
        Self { trusted: trusted.to_vec(), local_port }
    }

    /// Who calls.
    pub fn caller(&self, request: &Request) -> Peer {
        self.judge(&Arrival::of(request))
    }

    fn judge(&self, arrival: &Arrival<'_>) -> Peer {
        let Arrival { connected, headers, .. } = *arrival;
        if arrival.is_direct() && self.is_named_here(headers) {
            return Peer::ThisMachine;
        }
        if !headers.contains_key("x-forwarded-for") {
            return Peer::at(connected);
        }
        // Several lines are one list (RFC 9110, 5.3).
        let lines = headers.get_all("x-forwarded-for").iter().rev();
        let hops = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
        self.follow(connected, hops)
    }

    /// The connection a forwarding header came over without being named as a proxy.
    pub fn unnamed_proxy(&self, request: &Request) -> Option<IpAddr> {
        self.unnamed(&Arrival::of(request))
    }

    fn unnamed(&self, arrival: &Arrival<'_>) -> Option<IpAddr> {
        let ip = arrival.connected;
        (is_forwarded(arrival.headers) && !self.trusts(ip)).then_some(ip)
    }

    /// The last hop that is no trusted proxy, from the end of the list.
    fn follow<'a>(&self, connected: IpAddr, hops: impl Iterator<Item = &'a [u8]>) -> Peer {
        let mut at = connected;
        for (nth, hop) in hops.enumerate() {
            if !self.trusts(at) {
                break;
            }
            match address(hop).filter(|_| nth < MOST_HOPS) {
                Some(ip) => at = ip,
                None => return Peer::Stranger,
            }
        }
        Peer::at(at)
    }

    fn trusts(&self, ip: IpAddr) -> bool {
        self.trusted.iter().any(|net| net.contains(&ip))
    }

    /// Whether the request names the studio's own local address. A proxy on this machine that adds
    /// no header names the studio's port while `APP_URL` is the proxy's, or `APP_URL` is not local.
    fn is_named_here(&self, headers: &HeaderMap) -> bool {
        let named = headers.get(header::HOST).and_then(|host| authority(host.as_bytes()));
        named.is_some_and(|(_, port)| self.local_port == Some(port))
    }
}

/// Whether a request was sent on this machine, to this machine, with nothing in between that can be
/// told: a loopback connection, a loopback name in `Host`, no forwarding header, and HTTP/1.1 or
/// later, for nginx's bare `proxy_pass` speaks HTTP/1.0.
pub fn is_direct(request: &Request) -> bool {
    Arrival::of(request).is_direct()
}

/// How a request came.
struct Arrival<'a> {
    connected: IpAddr,
    version: Version,
    headers: &'a HeaderMap,
}

impl<'a> Arrival<'a> {
    fn of(request: &'a Request) -> Self {
        let connected = match &request.remote_addr().0 {
            Addr::SocketAddr(address) => address.ip().to_canonical(),
            _ => Ipv4Addr::UNSPECIFIED.into(),
        };
        Self { connected, version: request.version(), headers: request.headers() }
    }

    fn is_direct(&self) -> bool {
        let mut hosts = self.headers.get_all(header::HOST).iter();
        let host = hosts.next().and_then(|host| authority(host.as_bytes()));
        self.connected.is_loopback()
            && self.version >= Version::HTTP_11
            && !is_forwarded(self.headers)
            && hosts.next().is_none()
            && host.is_some_and(|(local, _)| local)
    }
}

/// Whether anything on the way says that it forwarded the request.
fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| {
        let name = name.as_str();
        name.starts_with("x-forwarded") || FORWARDING.contains(&name)
    })
}

/// Whether `host[:port]` names this machine, and the port; none when it is not readable.
fn authority(bytes: &[u8]) -> Option<(bool, u16)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (name, port) = match text.rsplit_once(':') {
        // A colon inside brackets belongs to the address.
        Some((name, port)) if !port.ends_with(']') => (name, port.parse().ok()?),
        _ => (text, 80),
    };
    let bare = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    let local = name.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback());
    Some((local, port))
}

/// An address as proxies write them: bare or in brackets, perhaps with a port or a zone.
fn address(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?.trim_matches([' ', '\t']);
    let bare = match text.strip_prefix('[') {
        Some(rest) => {
            let (inside, port) = rest.split_once(']')?;
            let port = port.strip_prefix(':').unwrap_or(if port.is_empty() { "0" } else { "" });
            port.parse::<u16>().ok()?;
            inside
        }
        None => text,
    };
    let ip = bare.parse().ok().or_else(|| with_port(bare)).or_else(|| with_zone(bare))?;
    // `::ffff:192.0.2.1` is `192.0.2.1`.
    Some(IpAddr::to_canonical(&ip))
}

fn with_port(text: &str) -> Option<IpAddr> {
    text.parse::<std::net::SocketAddrV4>().ok().map(|address| (*address.ip()).into())
}

/// `fe80::1%eth0`: the zone says which of this machine's networks, not who.
fn with_zone(text: &str) -> Option<IpAddr> {
    let (ip, zone) = text.split_once('%')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let fits = (1..=32).contains(&zone.len()) && zone.bytes().all(plain);
    ip.parse::<Ipv6Addr>().ok().filter(|_| fits).map(IpAddr::from)
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
mod tests;
