//! Where pictures may come from.

use safelight_outbound::Origin;

/// A place pictures may come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MediaHost {
    /// This host and everything under it, by https on the usual port, at public addresses only.
    Domain(String),
    /// Exactly this origin, wherever it is: a test's or a private network's own.
    Exempt(Origin),
}

impl MediaHost {
    /// The origin that may be anywhere, if this is one.
    pub fn exempt(&self) -> Option<&Origin> {
        match self {
            Self::Domain(_) => None,
            Self::Exempt(origin) => Some(origin),
        }
    }

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
    use safelight_outbound::Uri;

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
            ("https://v3.fal.media:0/x", false),
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
