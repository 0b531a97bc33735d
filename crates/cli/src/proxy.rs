//! The note a server leaves in the data folder when a request came through a proxy that
//! `trusted_proxies` does not name: doctor and the next start say so.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use ipnet::IpNet;
use safelight_web::{Onlooker, Seen};

const NAME: &str = "unnamed-proxy";

/// The proxy that was seen, unless it is named now.
pub fn unnamed(data_dir: &Path, trusted: &[IpNet]) -> Option<IpAddr> {
    let seen = std::fs::read_to_string(data_dir.join(NAME)).ok()?;
    let seen: IpAddr = seen.trim().parse().ok()?;
    (!trusted.iter().any(|net| net.contains(&seen))).then_some(seen)
}

/// Leaves the note, and lets somebody else count.
pub struct Lookout {
    counts: Arc<dyn Onlooker>,
    data_dir: PathBuf,
}

impl Lookout {
    /// Notes in `data_dir`; `counts` is told of everything.
    pub fn new(counts: Arc<dyn Onlooker>, data_dir: &Path) -> Self {
        Self { counts, data_dir: data_dir.to_owned() }
    }
}

impl Onlooker for Lookout {
    fn answered(&self, seen: &Seen<'_>) {
        self.counts.answered(seen);
    }

    fn stream(&self, opened: bool) {
        self.counts.stream(opened);
    }

    /// Only a neighbour is noted: anybody on the internet can send such a header, and what they
    /// send must not make the doctor complain.
    fn unnamed_proxy(&self, proxy: IpAddr) {
        self.counts.unnamed_proxy(proxy);
        if !is_neighbour(proxy) {
            return;
        }
        if let Err(error) = std::fs::write(self.data_dir.join(NAME), format!("{proxy}\n")) {
            tracing::warn!(%error, "the proxy was not noted for the doctor");
        }
    }
}

/// On this machine or in a private network, where a proxy stands.
fn is_neighbour(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nobody;

    impl Onlooker for Nobody {
        fn answered(&self, _: &Seen<'_>) {}
        fn stream(&self, _: bool) {}
        fn unnamed_proxy(&self, _: IpAddr) {}
    }

    #[test]
    fn a_neighbour_is_noted_until_it_is_named_and_a_stranger_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let lookout = Lookout::new(Arc::new(Nobody), dir.path());
        assert_eq!(unnamed(dir.path(), &[]), None);
        lookout.unnamed_proxy("203.0.113.7".parse().unwrap());
        assert_eq!(unnamed(dir.path(), &[]), None);
        for proxy in ["127.0.0.1", "::1", "10.1.2.3", "172.17.0.1", "fd00::1"] {
            let proxy: IpAddr = proxy.parse().unwrap();
            lookout.unnamed_proxy(proxy);
            assert_eq!(unnamed(dir.path(), &[]), Some(proxy));
            assert_eq!(unnamed(dir.path(), &[proxy.into()]), None);
        }
    }
}
