//! `APP_URL`: an origin, written as browsers write it.
//!
//! Browsers send `Origin` in lower case, without a usual port and with names in punycode. A studio
//! that compared it with another spelling would refuse every form.

use std::net::{Ipv4Addr, Ipv6Addr};

use anyhow::{bail, ensure};

/// The origin `text` means: scheme, host and an unusual port, in lower case, with no slash at the
/// end. Never repeats what may be a password.
pub fn parse(name: &str, text: &str) -> anyhow::Result<String> {
    let like = "must be like https://studio.example.com";
    let lower = text.to_ascii_lowercase();
    let (scheme, usual, rest) =
        match (lower.strip_prefix("https://"), lower.strip_prefix("http://")) {
            (Some(rest), _) => ("https", 443, rest),
            (None, Some(rest)) => ("http", 80, rest),
            (None, None) => bail!("{name} {like}, with https:// or http:// in front"),
        };
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, behind) = rest.split_at(end);
    ensure!(
        !authority.contains('@'),
        "{name} {like}: it holds a user name or a password; leave out everything up to the @"
    );
    ensure!(
        behind.bytes().all(|byte| byte == b'/'),
        "{name} {like}, with no path; leave out what follows the host"
    );
    let (host, port) = split_port(authority);
    ensure!(!host.is_empty(), "{name} {like}; it names no host");
    ensure!(
        host.is_ascii(),
        "{name} {like}: write the host as browsers send it, in its xn-- form (punycode)"
    );
    ensure!(is_host(host), "{name} {like}; {host:?} is no host name or address");
    let port = match port {
        None => String::new(),
        Some(digits) => match digits.parse::<u16>() {
            Ok(port) if port != 0 && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                if port == usual { String::new() } else { format!(":{port}") }
            }
            _ => bail!("{name} {like}; {digits:?} is no port from 1 to 65535"),
        },
    };
    Ok(format!("{scheme}://{host}{port}"))
}

/// Host and port; an IPv6 address keeps its brackets.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    let colon = match authority.rfind(']') {
        Some(end) => authority[end..].find(':').map(|at| end + at),
        None => authority.find(':'),
    };
    match colon {
        Some(at) => (&authority[..at], Some(&authority[at + 1..])),
        None => (authority, None),
    }
}

fn is_host(host: &str) -> bool {
    if let Some(inside) = host.strip_prefix('[') {
        return inside.strip_suffix(']').is_some_and(|ip| ip.parse::<Ipv6Addr>().is_ok());
    }
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let labels = || host.strip_suffix('.').unwrap_or(host).split('.');
    // A browser reads a name that ends in digits as an address, in forms of its own.
    let numeric = labels().next_back().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    host.bytes().all(fits)
        && labels().all(|label| !label.is_empty())
        && (!numeric || host.parse::<Ipv4Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_url_is_read_as_browsers_write_it_or_is_refused() {
        for (text, origin) in [
            ("https://studio.example.com", "https://studio.example.com"),
            ("https://studio.example.com/", "https://studio.example.com"),
            ("https://studio.example.com//", "https://studio.example.com"),
            ("HTTPS://Studio.Example.COM/", "https://studio.example.com"),
            ("https://studio.example.com:443", "https://studio.example.com"),
            ("http://studio.example.com:80/", "http://studio.example.com"),
            ("https://studio.example.com:8443", "https://studio.example.com:8443"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://[FE80::1]", "http://[fe80::1]"),
            ("http://localhost", "http://localhost"),
            ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
            ("https://my_studio.example", "https://my_studio.example"),
        ] {
            assert_eq!(parse("APP_URL", text).unwrap(), origin, "{text}");
        }
        for (text, says) in [
            ("studio.example.com", "https://"),
            ("ftp://studio.example.com", "https://"),
            ("https://", "no host"),
            ("https:///x", "no path"),
            ("https:///", "no host"),
            ("https://studio.example.com/studio", "no path"),
            ("https://studio.example.com/?x=1", "no path"),
            ("https://studio.example.com?x=1", "no path"),
            ("https://studio.example.com#top", "no path"),
            ("https://ada:s3cret@studio.example.com", "up to the @"),
            ("https://s3cret@studio.example.com/x", "up to the @"),
            ("https://bücher.example", "xn--"),
            ("https://studio.example.com:0", "port"),
            ("https://studio.example.com:", "port"),
            ("https://studio.example.com:99999", "port"),
            ("https://studio.example.com:+80", "port"),
            ("https://studio.example.com:http", "port"),
            ("https://::1", "no host"),
            ("https://[::1", "no host"),
            ("https://stu dio.example", "no host"),
            ("https://127.1", "no host"),
            ("https://300.1.1.1", "no host"),
            ("https://a..b", "no host"),
            ("https://.", "no host"),
            ("\"https://studio.example.com\"", "https://"),
        ] {
            let error = match parse("APP_URL", text) {
                Ok(origin) => panic!("{text} is {origin}"),
                Err(error) => error.to_string(),
            };
            assert!(error.contains(says) && error.contains("APP_URL"), "{text}: {error}");
            assert!(!error.contains("s3cret"), "{text}: {error}");
        }
    }
}
