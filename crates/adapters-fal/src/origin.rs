//! Origins and host names, compared the way the HTTP client will connect to them.

use std::fmt;

use ureq::http::Uri;

/// Scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
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
        let port = if has_port { authority.port_u16()? } else { usual };
        Some(Self { https, host: authority.host().to_ascii_lowercase(), port })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.https { "https" } else { "http" };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

/// A place pictures may come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MediaHost {
    /// This host and everything under it, by https on the usual port, at public addresses only.
    Domain(String),
    /// Exactly this origin, wherever it is: a test's or a private network's own.
    Exempt(Origin),
}

impl MediaHost {
    /// Whether it covers `origin`.
    pub fn covers(&self, origin: &Origin) -> bool {
        match self {
            Self::Exempt(own) => own == origin,
            Self::Domain(domain) => {
                let under = origin.host.strip_suffix(domain.as_str());
                let within = under.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
                within && origin.https && origin.port == 443
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_compared_by_label() {
        let domain = MediaHost::Domain("fal.media".to_owned());
        for (address, covered) in [
            ("https://fal.media/x.png", true),
            ("https://v3.fal.media/files/x.png", true),
            ("https://V3B.FAL.MEDIA:443/x", true),
            ("http://v3.fal.media/x", false),
            ("https://v3.fal.media:8443/x", false),
            ("https://evilfal.media/x", false),
            ("https://fal.media.evil.example/x", false),
            ("https://v3.fal.media@evil.example/x", false),
            ("https://evil.example@v3.fal.media/x", false),
            ("https://v3.fal.media./x", false),
            ("ftp://fal.media/x", false),
            ("data:image/png;base64,AAAA", false),
            ("/files/x.png", false),
            ("https://v3.fal.media:99999/x", false),
        ] {
            let origin = address.parse::<Uri>().ok().and_then(|uri| Origin::of(&uri));
            assert_eq!(origin.is_some_and(|o| domain.covers(&o)), covered, "{address}");
        }
    }

    #[test]
    fn an_exempt_origin_is_itself_alone() {
        let uri = |text: &str| Origin::of(&text.parse().unwrap()).unwrap();
        let own = MediaHost::Exempt(uri("http://127.0.0.1:9001"));
        assert!(own.covers(&uri("http://127.0.0.1:9001/files/x")));
        for other in ["http://127.0.0.1:9002", "https://127.0.0.1:9001", "http://127.0.0.2:9001"] {
            assert!(!own.covers(&uri(other)), "{other}");
        }
    }
}
