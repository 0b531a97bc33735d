//! The cookies: the session, the browser's own while it signs in, and the token for `/dev/*`.
//!
//! Over https both carry the `__Host-` prefix and `Secure`; over plain http, which is for trying
//! on one's own machine, neither can.

use poem::{
    Request, Response,
    http::{HeaderValue, header},
};

use crate::About;

/// How long a session's cookie is kept, in seconds: as long as a session can live.
const SESSION: u32 = 30 * 24 * 3600;
/// How long a browser remembers that it is signing in, in seconds.
const SIGN_IN: u32 = 600;

/// The session's token, as the browser sent it.
pub fn session(request: &Request, about: &About) -> Option<String> {
    read(request, &name(about, "session"))
}

/// The token of a browser that is signing in.
pub fn browser(request: &Request, about: &About) -> Option<String> {
    read(request, &name(about, "browser"))
}

/// The token for `/dev/*`.
pub fn dev(request: &Request, about: &About) -> Option<String> {
    read(request, &name(about, "dev"))
}

/// Keeps the token for `/dev/*` until the browser is closed, and sends it there alone.
pub fn keep_dev(about: &About, token: &str) -> String {
    format!("{}={token}; Path=/dev; HttpOnly; SameSite=Strict", name(about, "dev"))
}

/// Keeps a session.
pub fn keep_session(about: &About, token: &str) -> String {
    keep(about, "session", token, SESSION)
}

/// Forgets the session.
pub fn forget_session(about: &About) -> String {
    keep(about, "session", "", 0)
}

/// Keeps the browser's own token.
pub fn keep_browser(about: &About, token: &str) -> String {
    keep(about, "browser", token, SIGN_IN)
}

/// Forgets the browser's own token.
pub fn forget_browser(about: &About) -> String {
    keep(about, "browser", "", 0)
}

/// The same answer with a cookie.
pub fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// Whether the studio is reached over https.
pub fn secure(about: &About) -> bool {
    about.app_url.starts_with("https://")
}

fn name(about: &About, name: &str) -> String {
    if secure(about) { format!("__Host-{name}") } else { name.to_owned() }
}

fn keep(about: &About, short: &str, value: &str, seconds: u32) -> String {
    let secure = if secure(about) { "; Secure" } else { "" };
    let name = name(about, short);
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

fn read(request: &Request, name: &str) -> Option<String> {
    // Anybody on a domain above ours can set cookies beside ours, of any bytes: a pair that is not
    // text is no cookie of ours, and what stands beside it is read all the same.
    let lines = request.headers().get_all(header::COOKIE).iter();
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let pairs = pairs.filter_map(|pair| std::str::from_utf8(pair).ok()?.split_once('='));
    let mut found = pairs.filter(|(key, _)| key.trim() == name).map(|(_, value)| value.trim());
    let first = found.next().filter(|value| !value.is_empty() && value.len() <= 256)?;
    // A browser sends two of a name when somebody else set one; nobody can say which is theirs.
    found.all(|other| other == first).then(|| first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(app_url: &str) -> About {
        About { app_url: app_url.to_owned(), ..About::default() }
    }

    #[test]
    fn over_https_the_cookie_is_bound_to_the_host() {
        let kept = keep_session(&about("https://x.example"), "t");
        assert_eq!(
            kept,
            "__Host-session=t; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure"
        );
        let kept = keep_session(&about("http://127.0.0.1:1"), "t");
        assert_eq!(kept, "session=t; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax");
    }

    #[test]
    fn a_pair_that_cannot_be_read_hides_no_other() {
        let about = about("https://x.example");
        let read = |lines: &[&[u8]]| {
            let mut request = Request::default();
            for line in lines {
                let line = HeaderValue::from_bytes(line).unwrap();
                request.headers_mut().append(header::COOKIE, line);
            }
            session(&request, &about)
        };
        let ours = &b"__Host-session=one"[..];
        for other in [
            &b"city=Z\xfcrich"[..],
            "city=Zürich".as_bytes(),
            b"\xff",
            b"\xff=\xfe",
            b"=",
            b"",
            b"__Host-session=\xff",
            b"__Host-session\xff=two",
        ] {
            let told = other.escape_ascii().to_string();
            assert_eq!(read(&[&[other, b"; ", ours].concat()]).as_deref(), Some("one"), "{told}");
            assert_eq!(read(&[&[ours, b"; ", other].concat()]).as_deref(), Some("one"), "{told}");
            assert_eq!(read(&[other, ours]).as_deref(), Some("one"), "{told} on its own line");
        }
        assert_eq!(read(&[b"__Host-session=\xff"]), None);
    }

    #[test]
    fn only_the_right_name_is_read() {
        let request = Request::builder().header("Cookie", "a=b; session=one; x").finish();
        assert_eq!(session(&request, &about("http://x")).as_deref(), Some("one"));
        assert_eq!(session(&request, &about("https://x.example")), None);
        assert_eq!(browser(&request, &about("http://x")), None);
        let twice = Request::builder().header("Cookie", "session=one; session=two").finish();
        assert_eq!(session(&twice, &about("http://x")), None);
    }
}
