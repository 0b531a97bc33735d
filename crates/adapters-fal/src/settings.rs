//! Settings as an operator writes them, and what is wrong with them.

use safelight_outbound::{Origin, Secret, SettingError, Uri};

use crate::{FalConfig, Limits, Webhooks, media_host::MediaHost, reach::Unreachable};

/// fal's queue (fal docs: queue).
const QUEUE_URL: &str = "https://queue.fal.run";
/// The keys pushes are signed with (fal docs: webhooks).
const JWKS_URL: &str = "https://rest.fal.ai/.well-known/jwks.json";
/// Where pictures lie; the hosts under it change (`v3`, `v3b`).
const MEDIA_HOSTS: &str = "fal.media";

/// What is configured, as text. What is absent has fal's own value.
#[derive(Clone, Default)]
pub struct FalSettings<'a> {
    /// `FAL_KEY`.
    pub key: &'a str,
    /// `FAL_QUEUE_URL`.
    pub queue_url: Option<&'a str>,
    /// `FAL_JWKS_URL`.
    pub jwks_url: Option<&'a str>,
    /// `FAL_MEDIA_HOSTS`: hosts, or full origins such as `http://127.0.0.1:9001`, comma-separated.
    pub media_hosts: Option<&'a str>,
    /// `FAL_WEBHOOKS`: `auto`, `on` or `off`.
    pub webhooks: Option<&'a str>,
    /// `APP_URL`.
    pub app_url: &'a str,
    /// The key tokens of push addresses are made with: secret, and used for nothing else.
    pub token_key: [u8; 32],
}

fn wrong<T>(name: &'static str, says: impl Into<String>) -> Result<T, SettingError> {
    Err(SettingError::new(name, says))
}

impl FalSettings<'_> {
    /// The configuration these settings describe, with usual limits.
    pub fn check(&self) -> Result<FalConfig, SettingError> {
        let app = base("APP_URL", self.app_url)?;
        if self.key.is_empty() || !self.key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return wrong("FAL_KEY", "must be the key alone, such as 1234abcd:5678ef90");
        }
        let queue_url = self.queue_url.unwrap_or(QUEUE_URL);
        let jwks_url = self.jwks_url.unwrap_or(JWKS_URL);
        for (name, url) in [("FAL_QUEUE_URL", queue_url), ("FAL_JWKS_URL", jwks_url)] {
            let origin = base(name, url)?;
            if app.https && !origin.https {
                return wrong(name, "must be https when APP_URL is https");
            }
        }
        let hosts = self.media_hosts.unwrap_or(MEDIA_HOSTS).split(',').map(str::trim);
        let media_hosts: Vec<_> =
            hosts.filter(|host| !host.is_empty()).map(media_host).collect::<Result<_, _>>()?;
        if media_hosts.is_empty() {
            return wrong("FAL_MEDIA_HOSTS", "must name a host; leave it out for fal.media");
        }
        for host in &media_hosts {
            if let (true, MediaHost::Exempt(origin)) = (app.https, host) {
                let says = format!(
                    "names the origin {origin}, which is for tests only; name a host while \
                     APP_URL is https"
                );
                return wrong("FAL_MEDIA_HOSTS", says);
            }
        }
        let (webhooks, unreachable) = (webhooks(self.webhooks)?, Unreachable::of(&app));
        let pushed = match webhooks {
            Webhooks::On => true,
            Webhooks::Off => false,
            Webhooks::Auto => unreachable.is_none(),
        };
        let push_url = || format!("{}/webhooks/fal", self.app_url.trim_end_matches('/'));
        Ok(FalConfig {
            key: Secret::new(self.key.as_bytes().to_vec()),
            token_key: Secret::new(self.token_key.to_vec()),
            queue_url: queue_url.trim_end_matches('/').to_owned(),
            jwks_url: jwks_url.to_owned(),
            media_hosts,
            webhooks,
            unreachable,
            push_url: pushed.then(push_url),
            limits: Limits::default(),
        })
    }
}

/// The origin of an http(s) address without query.
fn base(name: &'static str, text: &str) -> Result<Origin, SettingError> {
    let uri = text.parse::<Uri>().ok().filter(|uri| uri.query().is_none());
    match uri.as_ref().and_then(Origin::of) {
        Some(origin) if !text.contains('#') => Ok(origin),
        _ => wrong(name, "must be an address such as https://example.com"),
    }
}

fn webhooks(text: Option<&str>) -> Result<Webhooks, SettingError> {
    match text.unwrap_or("auto") {
        "auto" => Ok(Webhooks::Auto),
        "on" => Ok(Webhooks::On),
        "off" => Ok(Webhooks::Off),
        other => wrong("FAL_WEBHOOKS", format!("is auto, on or off, not {other:?}")),
    }
}

fn media_host(text: &str) -> Result<MediaHost, SettingError> {
    let bad = || SettingError {
        name: "FAL_MEDIA_HOSTS",
        says: format!(
            "{text:?} is neither a host such as fal.media nor an origin such as \
                       http://127.0.0.1:9001"
        ),
    };
    if text.contains("://") {
        let uri: Uri = text.parse().map_err(|_| bad())?;
        let bare = uri.query().is_none() && matches!(uri.path(), "" | "/");
        return Origin::of(&uri).filter(|_| bare).map(MediaHost::Exempt).ok_or_else(bad);
    }
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
    let is_name = text.bytes().all(fits) && !text.starts_with('.') && !text.ends_with('.');
    if is_name { Ok(MediaHost::Domain(text.to_ascii_lowercase())) } else { Err(bad()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> FalSettings<'static> {
        FalSettings { key: "id:secret", app_url: "http://127.0.0.1:8080", ..Default::default() }
    }

    #[test]
    fn fal_itself_is_the_default() {
        let config = settings().check().unwrap();
        assert_eq!(config.queue_url, "https://queue.fal.run");
        assert_eq!(config.jwks_url, JWKS_URL);
        assert_eq!(config.media_hosts, [MediaHost::Domain("fal.media".to_owned())]);
        assert!(!config.pushes());
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_name() {
        let local = settings();
        let public = FalSettings { app_url: "https://studio.example.com", ..settings() };
        let origin = Some("http://127.0.0.1:9001");
        for (settings, name) in [
            (FalSettings { key: "", ..local.clone() }, "FAL_KEY"),
            (FalSettings { key: "a key", ..local.clone() }, "FAL_KEY"),
            (FalSettings { key: "key\n", ..local.clone() }, "FAL_KEY"),
            (FalSettings { app_url: "studio", ..local.clone() }, "APP_URL"),
            (FalSettings { queue_url: origin, ..public.clone() }, "FAL_QUEUE_URL"),
            (FalSettings { jwks_url: origin, ..public.clone() }, "FAL_JWKS_URL"),
            (FalSettings { media_hosts: origin, ..public.clone() }, "FAL_MEDIA_HOSTS"),
            (FalSettings { queue_url: Some("queue.fal.run"), ..local.clone() }, "FAL_QUEUE_URL"),
            (FalSettings { queue_url: Some("http://h:0"), ..local.clone() }, "FAL_QUEUE_URL"),
            (FalSettings { queue_url: Some("http://h:99999"), ..local.clone() }, "FAL_QUEUE_URL"),
            (FalSettings { queue_url: Some("http://secret@h"), ..local.clone() }, "FAL_QUEUE_URL"),
            (
                FalSettings { jwks_url: Some("http://h/k?x=secret"), ..local.clone() },
                "FAL_JWKS_URL",
            ),
            (FalSettings { media_hosts: Some(" , "), ..local.clone() }, "FAL_MEDIA_HOSTS"),
            (FalSettings { media_hosts: Some("fal.media/x"), ..local.clone() }, "FAL_MEDIA_HOSTS"),
            (FalSettings { media_hosts: Some("http://h/x"), ..local.clone() }, "FAL_MEDIA_HOSTS"),
            (FalSettings { media_hosts: Some("*.fal.media"), ..local.clone() }, "FAL_MEDIA_HOSTS"),
            (FalSettings { webhooks: Some("yes"), ..local.clone() }, "FAL_WEBHOOKS"),
        ] {
            let error = settings.check().unwrap_err();
            assert_eq!(error.name, name, "{error}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
        assert!(FalSettings { queue_url: origin, media_hosts: origin, ..local }.check().is_ok());
    }

    #[test]
    fn pushes_are_wanted_where_fal_can_reach() {
        use Unreachable::{Http, Loopback, Private};
        let public = "https://studio.example.com";
        for (app_url, webhooks, pushes, unreachable) in [
            (public, None, true, None),
            ("https://34.123.59.101", None, true, None),
            ("http://studio.example.com", None, false, Some(Http)),
            ("http://34.123.59.101", None, false, Some(Http)),
            ("https://localhost:8443", None, false, Some(Loopback)),
            ("http://studio.localhost", None, false, Some(Loopback)),
            ("https://[::1]", None, false, Some(Loopback)),
            ("https://nas.local", None, false, Some(Private)),
            ("https://nas", None, false, Some(Private)),
            ("https://192.168.1.7", None, false, Some(Private)),
            (public, Some("on"), true, None),
            (public, Some("off"), false, None),
            ("http://127.0.0.1:8080", Some("on"), true, Some(Loopback)),
        ] {
            let config = FalSettings { webhooks, app_url, ..settings() }.check().unwrap();
            assert_eq!(config.pushes(), pushes, "{app_url} {webhooks:?}");
            assert_eq!(config.unreachable, unreachable, "{app_url}");
        }
    }

    #[test]
    fn secrets_do_not_show() {
        let shown = format!("{:?}", settings().check().unwrap());
        assert!(!shown.contains("id:secret") && !shown.contains("105, 100"), "{shown}");
    }
}
