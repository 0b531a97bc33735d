//! Origins and host names, compared the way the HTTP client will connect to them.

use std::fmt;

use ureq::http::Uri;

/// Scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Whether it is https; http otherwise.
    pub https: bool,
    /// In lower case; IPv6 in brackets.
    pub host: String,
    /// As named, or the scheme's own.
    pub port: u16,
}

impl Origin {
    /// The origin of an address; none when it is not http(s), or names a user.
    pub fn of(uri: &Uri) -> Option<Self> {
        let https = match uri.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let authority = uri.authority()?;
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return None;
        }
        let usual = if https { 443 } else { 80 };
        let has_port = authority.as_str().len() > authority.host().len();
        let port = if has_port { authority.port_u16().filter(|port| *port != 0)? } else { usual };
        Some(Self { https, host: authority.host().to_ascii_lowercase(), port })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.https { "https" } else { "http" };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_read_as_the_client_connects() {
        for (address, origin) in [
            ("https://Example.COM/x?y", Some("https://example.com:443")),
            ("http://127.0.0.1:9001/files/x", Some("http://127.0.0.1:9001")),
            ("http://[::1]/", Some("http://[::1]:80")),
            ("https://user@example.com/", None),
            ("https://example.com:99999/", None),
            ("ftp://example.com/", None),
            ("/files/x.png", None),
        ] {
            let read = address.parse::<Uri>().ok().and_then(|uri| Origin::of(&uri));
            assert_eq!(read.map(|read| read.to_string()).as_deref(), origin, "{address}");
        }
    }
}
