//! Settings as an operator writes them, and what is wrong with them.

use std::net::IpAddr;

use safelight_outbound::{Authority, Secret, SettingError, Uri};
use safelight_ports::PaymentMode;

use crate::{Limits, StripeConfig};

/// Stripe's API.
const API_URL: &str = "https://api.stripe.com";
/// The longest key or secret; Stripe's are about a hundred characters.
const SECRET_MAX: usize = 255;

/// What is configured, as text. What is absent has Stripe's own value.
#[derive(Clone, Default)]
pub struct StripeSettings<'a> {
    /// `STRIPE_SECRET_KEY`: `sk_test_`, `sk_live_`, `rk_test_` or `rk_live_` and what follows.
    pub key: &'a str,
    /// `STRIPE_WEBHOOK_SECRET`: one or several `whsec_`, comma-separated: while a secret is rolled
    /// or an endpoint replaced, two are right.
    pub webhook_secrets: Option<&'a str>,
    /// `STRIPE_API_URL`, for tests and compatible servers.
    pub api_url: Option<&'a str>,
}

fn wrong<T>(name: &'static str, says: &'static str) -> Result<T, SettingError> {
    Err(SettingError::new(name, says))
}

impl StripeSettings<'_> {
    /// The configuration these settings describe, with usual limits.
    pub fn check(&self) -> Result<StripeConfig, SettingError> {
        let (mode, restricted) = key_kind(self.key)?;
        let secrets = self.webhook_secrets.map(webhook_secrets).transpose()?;
        Ok(StripeConfig {
            key: Secret::new(self.key.to_owned()),
            mode,
            restricted,
            webhook_secrets: secrets.unwrap_or_default(),
            api_url: api_url(self.api_url.unwrap_or(API_URL))?,
            limits: Limits::default(),
        })
    }
}

fn is_word(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !text.is_empty() && text.len() <= SECRET_MAX && text.bytes().all(fits)
}

/// The mode a key is of, and whether it is a restricted one.
fn key_kind(key: &str) -> Result<(PaymentMode, bool), SettingError> {
    let name = "STRIPE_SECRET_KEY";
    if key.starts_with("pk_") {
        return wrong(name, "is a publishable key; the secret one begins with sk_ or rk_");
    }
    if key.starts_with("whsec_") {
        return wrong(name, "is a webhook secret; that one belongs to STRIPE_WEBHOOK_SECRET");
    }
    let kinds = [("sk_", false), ("rk_", true)];
    let modes = [("test_", PaymentMode::Test), ("live_", PaymentMode::Live)];
    for (kind, restricted) in kinds {
        for (word, mode) in modes {
            let rest = key.strip_prefix(kind).and_then(|rest| rest.strip_prefix(word));
            if rest.is_some_and(is_word) {
                return Ok((mode, restricted));
            }
        }
    }
    wrong(name, "must be the key alone: sk_test_, sk_live_, rk_test_ or rk_live_ and what follows")
}

/// Every secret of the list. A blank one would make anybody's signature good, so it is refused
/// rather than left out.
fn webhook_secrets(list: &str) -> Result<Vec<Secret<String>>, SettingError> {
    let name = "STRIPE_WEBHOOK_SECRET";
    let secret = |text: &str| {
        let text = text.trim();
        if text.is_empty() {
            return wrong(name, "has a blank in its list; leave the comma out");
        }
        // Stripe's secrets are base64 after the prefix; what signs is the whole text.
        let fits = text.len() <= SECRET_MAX && text.bytes().all(|byte| byte.is_ascii_graphic());
        match text.strip_prefix("whsec_") {
            Some(rest) if fits && !rest.is_empty() => Ok(Secret::new(text.to_owned())),
            _ => wrong(name, "must be whsec_ and what follows, several of them comma-separated"),
        }
    };
    list.split(',').map(secret).collect()
}

/// An origin that a key may be sent to.
fn api_url(text: &str) -> Result<String, SettingError> {
    let name = "STRIPE_API_URL";
    let text = text.trim_end_matches('/');
    let Some(uri) = text.parse::<Uri>().ok().filter(|uri| uri.query().is_none()) else {
        return wrong(name, "must be an address such as https://api.stripe.com");
    };
    let host = uri.authority().filter(|a| !a.as_str().contains('@')).map(Authority::host);
    let (Some(scheme), Some(host)) = (uri.scheme_str(), host.filter(|host| !host.is_empty()))
    else {
        return wrong(name, "must be an address such as https://api.stripe.com");
    };
    let has_port = uri.authority().is_some_and(|a| a.as_str().len() > host.len());
    if has_port && uri.port_u16().is_none_or(|port| port == 0) {
        return wrong(name, "has no port from 1 to 65535 behind its colon");
    }
    if !matches!(uri.path(), "" | "/") || text.contains('#') {
        return wrong(name, "must end with its host; the paths are Stripe's");
    }
    match scheme {
        "https" => Ok(text.to_owned()),
        "http" if is_loopback(host) => Ok(text.to_owned()),
        _ => wrong(name, "must be https, except on this machine: the key travels there"),
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> StripeSettings<'static> {
        StripeSettings { key: "sk_test_51abcDEF", ..StripeSettings::default() }
    }

    #[test]
    fn stripe_itself_is_the_default() {
        let config = settings().check().unwrap();
        assert_eq!(config.api_url(), "https://api.stripe.com");
        assert_eq!((config.mode(), config.is_restricted()), (PaymentMode::Test, false));
        assert_eq!(config.webhook_secrets(), 0);
    }

    #[test]
    fn a_key_says_its_mode() {
        for (key, mode, restricted) in [
            ("sk_test_1", PaymentMode::Test, false),
            ("sk_live_1", PaymentMode::Live, false),
            ("rk_test_1", PaymentMode::Test, true),
            ("rk_live_51Ab_x", PaymentMode::Live, true),
        ] {
            let config = StripeSettings { key, ..settings() }.check().unwrap();
            assert_eq!((config.mode(), config.is_restricted()), (mode, restricted), "{key}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_name() {
        let wrong = |settings: StripeSettings<'_>| {
            let error = settings.check().unwrap_err();
            assert!(!error.to_string().contains("DEF"), "{error}");
            error.name
        };
        for key in [
            "",
            "DEF",
            "pk_test_DEF",
            "sk_test_",
            "sk_prod_DEF",
            "sk_test_DEF\n",
            "sk_test_DEF DEF",
            "whsec_DEF",
            " sk_test_DEF",
            "sk_test_DEF-1",
        ] {
            assert_eq!(wrong(StripeSettings { key, ..settings() }), "STRIPE_SECRET_KEY", "{key:?}");
        }
        for list in [
            "",
            " ",
            "whsec_DEF,",
            ",whsec_DEF",
            "whsec_DEF,,whsec_b",
            "whsec_",
            "DEF",
            "sk_test_DEF",
            "whsec_a DEF",
        ] {
            let settings = StripeSettings { webhook_secrets: Some(list), ..settings() };
            assert_eq!(wrong(settings), "STRIPE_WEBHOOK_SECRET", "{list:?}");
        }
        for url in [
            "",
            "api.stripe.com",
            "ftp://api.stripe.com",
            "http://stripe.example",
            "https://api.stripe.com/v1",
            "https://api.stripe.com:0",
            "https://api.stripe.com:99999",
            "https://api.stripe.com:",
            "https://strípe.example",
            "https://user@api.stripe.com",
            "https://api.stripe.com?x",
            "http://127.0.0.1.example:80",
            "https://",
        ] {
            let settings = StripeSettings { api_url: Some(url), ..settings() };
            assert_eq!(wrong(settings), "STRIPE_API_URL", "{url:?}");
        }
    }

    #[test]
    fn loopback_may_be_plain_and_secrets_may_be_several() {
        for url in ["http://127.0.0.1:4242", "http://localhost:1", "http://[::1]:1/"] {
            let settings = StripeSettings { api_url: Some(url), ..settings() };
            assert_eq!(settings.check().unwrap().api_url(), url.trim_end_matches('/'));
        }
        let settings =
            StripeSettings { webhook_secrets: Some("whsec_a, whsec_b+/="), ..settings() };
        assert_eq!(settings.check().unwrap().webhook_secrets(), 2);
    }

    #[test]
    fn secrets_do_not_show() {
        let settings = StripeSettings { webhook_secrets: Some("whsec_DEF"), ..settings() };
        let shown = format!("{:?}", settings.check().unwrap());
        assert!(!shown.contains("DEF"), "{shown}");
    }
}
