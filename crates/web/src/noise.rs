//! Parsers of this crate, given what nobody means well with.

use poem::{
    Request,
    http::{HeaderValue, header},
};
use safelight_testkit::{noise, noisy_text};
use safelight_usecases::Cursor;

use crate::{
    About, cookie,
    form::Form,
    page::Limit,
    peer::Front,
    wire::{Text, Wire},
};

fn with(name: &str, bytes: &[u8]) -> Option<Request> {
    let value = HeaderValue::from_bytes(bytes).ok()?;
    let mut request = Request::builder().finish();
    request.headers_mut().append(header::HeaderName::from_bytes(name.as_bytes()).ok()?, value);
    Some(request)
}

#[test]
fn noise_in_a_form_is_fields_that_come_back() {
    noise(&["prompt=a+fox&size=square", "q=%C3%BC&x=%zz&&=", ""], |bytes| {
        let form = Form::parse(bytes);
        let pairs: Vec<_> = form.fields().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
        let mut again = form_urlencoded::Serializer::new(String::new());
        let again = Form::parse(again.extend_pairs(&pairs).finish().as_bytes());
        let same: Vec<_> = again.fields().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
        assert_eq!(same, pairs);
    });
}

#[test]
fn noise_in_a_cookie_is_one_plain_value_or_none() {
    let about = About { app_url: "https://x.example".to_owned(), ..About::default() };
    let seeds = [
        "__Host-session=5a5a; theme=dark",
        "a=b;__Host-session = x ;c",
        "__Host-session=1; __Host-session=2",
    ];
    noise(&seeds, |bytes| {
        let Some(token) = with("cookie", bytes).and_then(|r| cookie::session(&r, &about)) else {
            return;
        };
        assert!(
            (1..=256).contains(&token.len()) && !token.contains([';', '\r', '\n']),
            "{token:?}"
        );
    });
}

#[test]
fn noise_about_an_address_is_never_more_than_trusted_proxies_say() {
    let trusted = ["10.0.0.0/8".parse().unwrap()];
    noise(&["203.0.113.7, 10.0.0.1", "[2001:db8::1]:443, 10.1.1.1", "unknown"], |bytes| {
        // Nobody trusted connected, so nothing that was written counts.
        let Some(request) = with("x-forwarded-for", bytes) else { return };
        let plain = Request::builder().finish();
        let front = Front::new(&trusted, "http://localhost");
        assert_eq!(front.caller(&request), front.caller(&plain));
        // Nothing makes a caller whom no limit holds.
        let everybody = Front::new(&["0.0.0.0/0".parse().unwrap()], "http://localhost");
        assert!(everybody.caller(&request).away().is_some());
    });
}

#[test]
fn noise_is_no_place_in_a_list_and_no_limit() {
    noisy_text(&["00000000000000000000000000000019", "ffffffffffffffffffffffffffffffff"], |text| {
        if let Ok(cursor) = Cursor::read(text) {
            assert_eq!(cursor.write(), text);
        }
    });
    noisy_text(&["1", "20", "100"], |text| {
        if let Ok(limit) = Limit::read(text) {
            assert!((1..=100).contains(&limit.write().parse::<u16>().unwrap()));
        }
    });
}

#[test]
fn noise_in_json_is_refused_or_read() {
    let seeds = ["\"18446744073709551615\"", "7", "{\"a\":[1,null]}"];
    noise(&seeds, |bytes| {
        if let Ok(Text(seed)) = serde_json::from_slice::<Text<safelight_domain::Seed>>(bytes) {
            assert_eq!(safelight_domain::Seed::read(&seed.write()), Ok(seed));
        }
    });
}

#[test]
fn noise_in_a_way_back_stays_on_the_site() {
    let here = url::Url::parse("http://localhost/gallery").unwrap();
    noisy_text(&["/gallery?q=a&undo=x", "//evil.example", "/\\evil.example", "/%2f"], |text| {
        let place = crate::site::see_other(safelight_usecases::own_path(text).unwrap_or("/"));
        let place = place.headers()["location"].to_str().unwrap();
        assert_eq!(here.join(place).unwrap().origin(), here.origin(), "{place}");
    });
}
