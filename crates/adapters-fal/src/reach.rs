//! Whether fal can push to the studio's address.

use std::net::IpAddr;

use safelight_outbound::{Origin, is_public};

/// Names that lead nowhere outside (RFC 6761, RFC 8375, and what home routers use).
const INSIDE: [&str; 7] = ["localhost", "local", "lan", "internal", "home.arpa", "test", "example"];

/// Why fal cannot push to `APP_URL` (fal docs: private and loopback targets are refused).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable {
    /// It is this machine.
    #[error("APP_URL is a loopback address, which only this machine can reach")]
    Loopback,
    /// It is on a private network.
    #[error("APP_URL is on a private network, which fal cannot reach")]
    Private,
    /// It could be read on the way.
    #[error("APP_URL is plain http")]
    Http,
}

impl Unreachable {
    /// Why the studio's origin is out of fal's reach; none when nothing speaks against it.
    pub(crate) fn of(app: &Origin) -> Option<Self> {
        let host = app.host.trim_start_matches('[').trim_end_matches(']');
        let within = |name: &str| host == name || host.ends_with(&format!(".{name}"));
        match host.parse::<IpAddr>() {
            Ok(address) if address.is_loopback() => Some(Self::Loopback),
            Ok(address) if !is_public(address) => Some(Self::Private),
            Err(_) if within("localhost") => Some(Self::Loopback),
            Err(_) if !host.contains('.') || INSIDE.into_iter().any(within) => Some(Self::Private),
            Ok(_) | Err(_) => None,
        }
        .or_else(|| (!app.https).then_some(Self::Http))
    }
}
