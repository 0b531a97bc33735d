//! Where requests go.

use safelight_outbound::Uri;

use crate::{ConfigError, R2Config};

/// The bucket as a host and what precedes a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// `http` or `https`.
    pub scheme: &'static str,
    /// As in the `host` header: lower case, with its port unless it is the scheme's own.
    pub host: String,
    /// `/` or `/bucket/`.
    pub prefix: String,
}

impl Target {
    /// Reads the endpoint of a configuration whose bucket is checked.
    pub(crate) fn parse(config: &R2Config) -> Result<Self, ConfigError> {
        let R2Config { endpoint, bucket, path_style, .. } = config;
        let refused = || {
            // What stands before an @ may be a password.
            if endpoint.contains('@') {
                ConfigError::EndpointUser
            } else {
                ConfigError::Endpoint(endpoint.clone())
            }
        };
        let uri: Uri = endpoint.trim().parse().map_err(|_| refused())?;
        let (scheme, own_port) = match uri.scheme_str() {
            Some("https") => ("https", 443),
            Some("http") => ("http", 80),
            _ => return Err(refused()),
        };
        let authority = uri.authority().ok_or_else(refused)?;
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(refused());
        }
        let behind = uri.path_and_query().map_or("/", |behind| behind.as_str());
        if behind != "/" {
            return Err(ConfigError::EndpointPath(behind.to_owned()));
        }
        let name = authority.host().to_ascii_lowercase();
        if name.ends_with(".r2.dev") {
            return Err(ConfigError::PublicAddress(name));
        }
        // A port that is none must not become the usual one.
        let port = match authority.as_str().strip_prefix(authority.host()) {
            None | Some("") => String::new(),
            Some(_) => match authority.port_u16() {
                Some(0) | None => return Err(refused()),
                Some(port) if port == own_port => String::new(),
                Some(port) => format!(":{port}"),
            },
        };
        if *path_style {
            let prefix = format!("/{bucket}/");
            return Ok(Self { scheme, host: format!("{name}{port}"), prefix });
        }
        if scheme == "https" && bucket.contains('.') {
            return Err(ConfigError::DottedHost);
        }
        Ok(Self { scheme, host: format!("{bucket}.{name}{port}"), prefix: "/".to_owned() })
    }

    pub(crate) fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(endpoint: &str, bucket: &str, path_style: bool) -> Result<Target, String> {
        let id = "0f".repeat(16);
        let mut config = R2Config::for_account(&id, bucket, "id", "secret").unwrap();
        endpoint.clone_into(&mut config.endpoint);
        config.path_style = path_style;
        Target::parse(&config).map_err(|error| error.to_string())
    }

    #[test]
    fn endpoints() {
        for (endpoint, path_style, origin, prefix) in [
            ("https://s3.example", true, "https://s3.example", "/media/"),
            ("https://S3.Example/", true, "https://s3.example", "/media/"),
            ("https://s3.example:443", true, "https://s3.example", "/media/"),
            ("http://s3.example:443", true, "http://s3.example:443", "/media/"),
            ("http://localhost:80", true, "http://localhost", "/media/"),
            ("http://[::1]:3900", true, "http://[::1]:3900", "/media/"),
            (" https://s3.example\n", true, "https://s3.example", "/media/"),
            ("https://s3.example:8443", false, "https://media.s3.example:8443", "/"),
        ] {
            let target = parse(endpoint, "media", path_style).unwrap();
            assert_eq!((target.origin().as_str(), target.prefix.as_str()), (origin, prefix));
        }
    }

    #[test]
    fn what_is_no_endpoint_is_said() {
        let no_endpoint = [
            "",
            "s3.example",
            "ftp://s3.example",
            "https://",
            "https://s3.example:0",
            "https://s3.example:99999",
            "https://s3.example:",
            "https://bücher.example",
        ];
        for endpoint in no_endpoint {
            let said = parse(endpoint, "media", true).unwrap_err();
            assert!(said.contains("is not an endpoint"), "{endpoint}: {said}");
        }
        for endpoint in ["https://a:s3cret@s3.example", "https://s3cret@s3.example/media"] {
            let said = parse(endpoint, "media", true).unwrap_err();
            assert!(said.contains("up to the @") && !said.contains("s3cret"), "{endpoint}: {said}");
        }
        for endpoint in ["https://s3.example/media", "https://s3.example/?a=b"] {
            let said = parse(endpoint, "media", true).unwrap_err();
            assert!(said.contains("leave out"), "{endpoint}: {said}");
        }
        let said = parse("https://pub-1.r2.dev", "media", true).unwrap_err();
        assert!(said.contains("public address"), "{said}");
        let said = parse("https://s3.example", "me.dia", false).unwrap_err();
        assert!(said.contains("path_style"), "{said}");
        parse("https://s3.example", "me.dia", true).unwrap();
        parse("http://s3.example", "me.dia", false).unwrap();
    }
}
