use poem::http::{HeaderValue, Version};

use super::*;

const TRUSTED: [&str; 4] = ["127.0.0.1/32", "::1/128", "10.0.0.0/8", "2001:db8::/32"];
const HERE: &str = "http://127.0.0.1:8080";

fn front(trusted: &[&str], app_url: &str) -> Front {
    let trusted: Vec<_> = trusted.iter().map(|net| net.parse().unwrap()).collect();
    Front::new(&trusted, app_url)
}

/// Headers as they arrive.
fn sent(headers: &[(&str, &[u8])]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name: header::HeaderName = name.parse().unwrap();
        map.append(name, HeaderValue::from_bytes(value).unwrap());
    }
    map
}

/// A request over a connection from `ip`.
fn arrival<'a>(ip: &str, headers: &'a HeaderMap) -> Arrival<'a> {
    let connected = ip.parse::<IpAddr>().unwrap().to_canonical();
    Arrival { connected, version: Version::HTTP_11, headers }
}

fn caller(front: &Front, ip: &str, headers: &[(&str, &[u8])]) -> Peer {
    front.judge(&arrival(ip, &sent(headers)))
}

/// The caller in a word.
fn told(peer: Peer) -> String {
    match peer {
        Peer::ThisMachine => "this machine".to_owned(),
        Peer::Address(ip) => ip.to_string(),
        Peer::Stranger => "stranger".to_owned(),
    }
}

fn found(connected: &str, lines: &[&[u8]]) -> String {
    let headers: Vec<_> = lines.iter().map(|line| ("x-forwarded-for", *line)).collect();
    told(caller(&front(&TRUSTED, HERE), connected, &headers))
}

#[test]
fn only_what_a_trusted_proxy_wrote_is_believed() {
    for (connected, hops, peer) in [
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("203.0.113.7", "127.0.0.1", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "6.6.6.6, 198.51.100.1, 10.1.2.3", "198.51.100.1"),
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("127.0.0.1", "\t198.51.100.1\t", "198.51.100.1"),
        ("127.0.0.1", "6.6.6.6,198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "[::ffff:198.51.100.1]:80", "198.51.100.1"),
        ("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("::1", "198.51.100.1", "198.51.100.1"),
        ("2001:db8::1", "[2a00:1:2:3:4:5:6:7]", "2a00:1:2:3::"),
        ("2001:db8::1", "[2a00:1:2:3:4:5:6:7]:443", "2a00:1:2:3::"),
        ("127.0.0.1", "2a00:1:2:3:4:5:6:7", "2a00:1:2:3::"),
        ("127.0.0.1", "fe80::1%eth0", "fe80::"),
        ("127.0.0.1", "[fe80::1%2]:80", "fe80::"),
        ("2a00:1:2:3:9:9:9:9", "", "2a00:1:2:3::"),
    ] {
        assert_eq!(found(connected, &[hops.as_bytes()]), peer, "{connected} said {hops:?}");
    }
    for (lines, peer) in [
        (&["198.51.100.1", "10.1.2.3"], "198.51.100.1"),
        (&["6.6.6.6, 7.7.7.7", "198.51.100.1"], "198.51.100.1"),
    ] {
        assert_eq!(found("127.0.0.1", &lines.map(str::as_bytes)), peer, "{lines:?}");
    }
}

/// None of these is 127.0.0.1, and none is free of limits.
#[test]
fn a_hop_that_cannot_be_read_is_a_counted_stranger() {
    for hop in [
        &b""[..],
        b" ",
        b",",
        b"198.51.100.1, ",
        b"198.51.100.1,\t",
        b"unknown",
        b"_hidden",
        b"unix:",
        b"\xff",
        b"198.51.100.1\xa0",
        b"for=198.51.100.1",
        b"\"198.51.100.1\"",
        b"198.51.100.256",
        b"198.51.100.01",
        b"198.51.100",
        b"3325256705",
        b"0x7f.0.0.1",
        b"198.51.100.1:",
        b"198.51.100.1:x",
        b"198.51.100.1:65536",
        b"[2a00::1",
        b"[2a00::1]:",
        b"[2a00::1]x",
        b"[]",
        b"fe80::1%",
        b"127.0.0.1%lo",
        b"198.51.100.1 203.0.113.9",
        b"198.51.100.1;203.0.113.9",
        b"studio.example.com",
    ] {
        assert_eq!(found("127.0.0.1", &[hop]), "stranger", "{:?}", hop.escape_ascii());
    }
    assert_eq!(Peer::Stranger.away(), Some(Ipv4Addr::UNSPECIFIED.into()));
}

/// What a visitor sent stands before the proxy's own entry, and is not looked at.
#[test]
fn a_byte_before_the_proxys_own_entry_changes_nothing() {
    for start in
        [&b"\xff"[..], b"Z\xfcrich", "Zürich".as_bytes(), b"unknown", b",,,,", b"6.6.6.6\t", b"x"]
    {
        let one = [start, b", 198.51.100.1"].concat();
        assert_eq!(found("127.0.0.1", &[&one]), "198.51.100.1", "{:?}", one.escape_ascii());
        let lines = found("127.0.0.1", &[start, b"198.51.100.1"]);
        assert_eq!(lines, "198.51.100.1", "{:?} on a line of its own", start.escape_ascii());
        let two_hops = [start, b", 198.51.100.1, 10.0.0.9"].concat();
        assert_eq!(found("127.0.0.1", &[&two_hops]), "198.51.100.1");
    }
}

#[test]
fn a_list_is_followed_so_far_and_no_further() {
    let hops = |trusted: usize| {
        let all = std::iter::once("198.51.100.1").chain(std::iter::repeat_n("10.0.0.1", trusted));
        all.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(found("127.0.0.1", &[hops(MOST_HOPS - 1).as_bytes()]), "198.51.100.1");
    assert_eq!(found("127.0.0.1", &[hops(MOST_HOPS).as_bytes()]), "stranger");
    let long = format!("{}, 203.0.113.5", vec!["6.6.6.6"; 5_000].join(", "));
    assert_eq!(found("127.0.0.1", &[long.as_bytes()]), "203.0.113.5");
}

/// What each kind of proxy sends, for a visitor from 198.51.100.1 who tries to look local.
const TRICKS: [(&str, &[u8]); 7] = [
    ("x-forwarded-for", b"127.0.0.1"),
    ("x-forwarded-for", b"\xff"),
    ("x-real-ip", b"127.0.0.1"),
    ("forwarded", b"for=127.0.0.1"),
    ("cf-connecting-ip", b"127.0.0.1"),
    ("true-client-ip", b"127.0.0.1"),
    ("via", b"1.1 here"),
];

/// Proxy by address by trick: only a request of this machine itself is this machine.
#[test]
fn nobody_behind_any_proxy_is_this_machine() {
    let local = [HERE, "http://localhost:8080", "http://[::1]:8080"];
    let others = ["https://127.0.0.1:8080", "https://studio.example.com", "http://studio.example"];
    for app_url in local.into_iter().chain(others) {
        for trusted in [&[][..], &["127.0.0.1/32"]] {
            let front = front(trusted, app_url);
            let seen = |headers: &[(&str, &[u8])]| caller(&front, "127.0.0.1", headers);
            let by = |n: usize| {
                if trusted.is_empty() { "127.0.0.1" } else { ["198.51.100.1", "stranger"][n] }
            };
            // No proxy.
            for host in ["127.0.0.1:8080", "localhost:8080", "[::1]:8080"] {
                let peer = seen(&[("host", host.as_bytes())]);
                let own = local.contains(&app_url);
                assert_eq!(peer == Peer::ThisMachine, own, "{app_url} {host}");
            }
            for trick in TRICKS {
                let told_of = format!("{app_url} {trusted:?} {trick:?}");
                // A visitor's header through a bare proxy.
                let bare = seen(&[("host", b"127.0.0.1:8080"), trick]);
                assert!(bare.away().is_some(), "{told_of}: {bare:?}");
                // nginx and Caddy by our samples replace the list and keep every other header.
                let sample =
                    [("host", &b"studio.example.com"[..]), ("x-forwarded-for", b"198.51.100.1")];
                assert_eq!(told(seen(&sample)), by(0));
                if trick.0 != "x-forwarded-for" {
                    assert_eq!(told(seen(&[sample[0], sample[1], trick])), by(0), "{told_of}");
                }
                // A proxy that appends, and a hop that says nothing readable.
                let added = [trick.1, b", 198.51.100.1"].concat();
                let added = ("x-forwarded-for", added.as_slice());
                assert_eq!(told(seen(&[("host", b"127.0.0.1:8080"), added])), by(0), "{told_of}");
                let hidden = [("host", &b"127.0.0.1:8080"[..]), ("x-forwarded-for", b"unknown")];
                assert_eq!(told(seen(&hidden)), by(1), "{told_of}");
            }
        }
    }
}

/// nginx with `proxy_pass` alone: HTTP/1.0, its upstream's name as the host, and no other word.
#[test]
fn a_proxy_that_says_nothing_is_not_this_machine() {
    let bare = |app_url: &str, version, host: &str| {
        let headers = sent(&[("host", host.as_bytes())]);
        let arrival = Arrival { version, ..arrival("127.0.0.1", &headers) };
        front(&[], app_url).judge(&arrival)
    };
    assert_eq!(bare(HERE, Version::HTTP_11, "127.0.0.1:8080"), Peer::ThisMachine);
    for (app_url, version, host) in [
        (HERE, Version::HTTP_10, "127.0.0.1:8080"),
        ("http://127.0.0.1:80", Version::HTTP_11, "127.0.0.1:8080"),
        ("https://studio.example.com", Version::HTTP_11, "127.0.0.1:8080"),
        ("http://studio.example.com", Version::HTTP_11, "127.0.0.1:8080"),
        (HERE, Version::HTTP_11, "studio.example.com"),
        (HERE, Version::HTTP_11, "safelight"),
        (HERE, Version::HTTP_11, "127.0.0.1"),
        (HERE, Version::HTTP_11, "localhost.evil.example:8080"),
        (HERE, Version::HTTP_11, ""),
    ] {
        let peer = bare(app_url, version, host);
        assert_eq!(told(peer), "127.0.0.1", "{app_url} {version:?} {host}");
        assert_eq!(peer.away(), Some(Ipv4Addr::LOCALHOST.into()), "counted, all in one place");
    }
    let silent = caller(&front(&[], HERE), "127.0.0.1", &[]);
    assert_eq!(told(silent), "127.0.0.1", "no Host");
    let twice = [("host", &b"127.0.0.1:8080"[..]), ("host", b"127.0.0.1:8080")];
    assert_eq!(told(caller(&front(&[], HERE), "127.0.0.1", &twice)), "127.0.0.1");
    let away = caller(&front(&[], HERE), "203.0.113.7", &[("host", b"127.0.0.1:8080")]);
    assert_eq!(told(away), "203.0.113.7");
}

#[test]
fn a_proxy_nobody_named_is_noticed() {
    let noticed = |trusted: &[&str], ip: &str, headers: &[(&str, &[u8])]| {
        front(trusted, HERE).unnamed(&arrival(ip, &sent(headers))).map(|ip| ip.to_string())
    };
    let here = Some("127.0.0.1".to_owned());
    for trick in TRICKS {
        assert_eq!(noticed(&[], "127.0.0.1", &[trick]), here, "{trick:?}");
        assert_eq!(noticed(&TRUSTED, "127.0.0.1", &[trick]), None, "{trick:?}");
    }
    assert_eq!(noticed(&[], "127.0.0.1", &[("x-forwarded-proto", b"https")]), here);
    assert_eq!(noticed(&[], "127.0.0.1", &[("host", b"x"), ("accept", b"*/*")]), None);
    assert_eq!(noticed(&["10.0.0.0/8"], "127.0.0.1", &[TRICKS[0]]), here);
}
