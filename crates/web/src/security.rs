//! The headers every response carries, and the one place that knows what a browser may do with one.

use poem::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{About, Web, cookie};

/// For stored files, which are somebody's bytes: should one be opened as a page, nothing in it acts.
pub const STORED: &str = "default-src 'none'; sandbox";

/// What no page of ours ever asks a browser for, so that nothing that slips into one can either.
const PERMISSIONS: &str = "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), \
                           midi=(), payment=(), serial=(), usb=()";

/// What a browser must be told, unless a route has told it something stricter.
pub struct Security(Vec<(HeaderName, HeaderValue)>);

impl Security {
    /// The headers of a site at `web`'s address.
    pub fn new(web: &Web) -> Self {
        Self::of(web.media_origin.as_deref(), &web.about)
    }

    /// The headers of answers that show no picture: the figures, for one.
    pub fn plain() -> Self {
        Self::of(None, &About::default())
    }

    fn of(media_origin: Option<&str>, about: &About) -> Self {
        let policy = content_security_policy(media_origin);
        let mut headers = vec![
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
            (header::REFERRER_POLICY, "same-origin".to_owned()),
            (header::CACHE_CONTROL, "no-store".to_owned()),
            (HeaderName::from_static("permissions-policy"), PERMISSIONS.to_owned()),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin".to_owned()),
            (HeaderName::from_static("cross-origin-resource-policy"), "same-origin".to_owned()),
        ];
        if cookie::secure(about) {
            let year = "max-age=31536000".to_owned();
            headers.push((header::STRICT_TRANSPORT_SECURITY, year));
        }
        let fits = |(name, value): (_, String)| value.parse().ok().map(|value| (name, value));
        Self(headers.into_iter().filter_map(fits).collect())
    }

    /// Adds what is missing.
    pub fn guard(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.0 {
            headers.entry(name).or_insert_with(|| value.clone());
        }
    }
}

/// No inline script or style, nothing from elsewhere but pictures from the operator's own bucket.
fn content_security_policy(media_origin: Option<&str>) -> String {
    let media = media_origin.map_or_else(String::new, |origin| format!(" {origin}"));
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:{media}; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types studio"
    )
}

#[cfg(test)]
mod tests {
    use super::content_security_policy;

    #[test]
    fn the_policy_is_the_designs_word_for_word() {
        assert_eq!(
            content_security_policy(Some("https://r2.example")),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: \
             https://r2.example; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
             require-trusted-types-for 'script'; trusted-types studio"
        );
        assert!(content_security_policy(None).contains("blob:; font-src"));
    }
}
