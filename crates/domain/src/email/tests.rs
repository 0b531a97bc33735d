use proptest::prelude::*;

use super::Email;

fn read(text: &str) -> Result<String, String> {
    Email::parse(text).map(|email| email.as_str().to_owned()).map_err(|invalid| invalid.says)
}

#[test]
fn addresses_come_in_in_their_normal_form() {
    for (text, reads) in [
        ("ada@example.com", "ada@example.com"),
        ("  Ada@EXAMPLE.com ", "Ada@example.com"),
        ("ada+x@example.com", "ada+x@example.com"),
        ("o'neil/x=y@example.com", "o'neil/x=y@example.com"),
        ("ada@b\u{fc}cher.example", "ada@xn--bcher-kva.example"),
        ("ada@bu\u{308}cher.example", "ada@xn--bcher-kva.example"),
        ("ada@B\u{dc}CHER.example", "ada@xn--bcher-kva.example"),
        ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("jos\u{e9}@example.com", "jos\u{e9}@example.com"),
        ("jose\u{301}@example.com", "jos\u{e9}@example.com"),
        ("\u{7528}\u{6237}@example.com", "\u{7528}\u{6237}@example.com"),
    ] {
        assert_eq!(read(text).as_deref(), Ok(reads), "{text:?}");
    }
}

#[test]
fn what_is_no_address_is_refused() {
    let long = format!("{}@example.com", "a".repeat(65));
    let longest = format!("{}@{}example.com", "a".repeat(64), "b23456789.".repeat(18));
    let flood = "a".repeat(100_000);
    for text in [
        "ada",
        "@example.com",
        "ada@",
        "ada@localhost",
        "ada@-x.com",
        "ada@x..com",
        "ada@example.com.",
        "ada@xn--a.example",
        "a da@example.com",
        "ada@example.com\r\nBcc: eve@example.com",
        "a@b@example.com",
        "\"ada\"@example.com",
        "ada(home)@example.com",
        "ada@[127.0.0.1]",
        "ada@127.0.0.1",
        "ada@[IPv6:::1]",
        ".ada@example.com",
        "ada.@example.com",
        "a..da@example.com",
        "\u{301}ada@example.com",
        "ada\u{1f600}@example.com",
        "ada\u{2800}@example.com",
        "ada@example\u{3002}com",
        &long,
        &longest,
        &flood,
    ] {
        assert!(read(text).is_err(), "{text:?}");
    }
}

#[test]
fn an_invisible_character_is_refused_by_its_name() {
    for point in [
        0x00_u32, 0x09, 0x7f, 0x85, 0xa0, 0xad, 0x34f, 0x115f, 0x1680, 0x180e, 0x200b, 0x200c,
        0x200d, 0x200e, 0x202e, 0x2028, 0x2060, 0x2066, 0x3000, 0x3164, 0xe000, 0xfe0f, 0xfeff,
        0xffa0, 0xfff9, 0xe0041, 0xe0100, 0x10_ffff,
    ] {
        let c = char::from_u32(point).unwrap();
        for text in [format!("a{c}da@example.com"), format!("ada@ex{c}ample.com")] {
            let says = read(&text).unwrap_err();
            assert_eq!(says, format!("remove the invisible character U+{point:04X}"), "{text:?}");
        }
    }
}

#[test]
fn only_ascii_letters_are_folded() {
    let canonical = |text: &str| Email::parse(text).unwrap().canonical().to_owned();
    assert_eq!(canonical("KIM@Example.com"), "kim@example.com");
    assert_eq!(canonical("H\u{331}@example.com"), canonical("\u{1e96}@example.com"));
    // Kelvin is K by NFC, Angstrom is A with a ring, which is no ASCII letter.
    assert!(Email::parse("\u{212a}im@example.com").is_err());
    assert_ne!(canonical("\u{130}da@example.com"), canonical("ida@example.com"));
    assert_ne!(canonical("\u{131}da@example.com"), canonical("ida@example.com"));
    assert_ne!(canonical("\u{17f}am@example.com"), canonical("sam@example.com"));
    assert_ne!(canonical("\u{c9}va@example.com"), canonical("\u{e9}va@example.com"));
    assert_ne!(canonical("\u{430}da@example.com"), canonical("ada@example.com"));
    assert_ne!(canonical("stra\u{df}e@example.com"), canonical("strasse@example.com"));
}

#[test]
fn a_mailbox_is_folded_as_its_provider_folds_it() {
    for (text, mailbox) in [
        ("Ada+x+y@example.com", "ada@example.com"),
        ("a.da@example.com", "a.da@example.com"),
        ("A.d.a+x@GoogleMail.com", "ada@gmail.com"),
        ("ada@gmail.com", "ada@gmail.com"),
        ("+x@example.com", "+x@example.com"),
    ] {
        assert_eq!(Email::parse(text).unwrap().mailbox(), mailbox, "{text}");
    }
}

#[test]
fn part_of_an_address_is_looked_for_as_it_is_stored() {
    for (text, part) in [
        (" ADA ", "ada"),
        ("ada@B\u{fc}cher.example", "ada@xn--bcher-kva.example"),
        ("jose\u{301}", "jos\u{e9}"),
        ("@exa", "@exa"),
        ("\u{212a}", "k"),
    ] {
        assert_eq!(Email::part(text), part, "{text:?}");
    }
}

#[test]
fn a_log_shows_no_address() {
    let shown = format!("{:?}", Email::parse("ada@example.com").unwrap());
    assert_eq!(shown, "Email(a***@example.com)");
}

fn typed() -> impl Strategy<Value = String> {
    let local = "[A-Za-z0-9.+\u{e9}\u{301}\u{308}\u{df}\u{17f}\u{130}\u{131}\u{212a}\u{fb01}\u{3a3}\u{200b}]{1,9}";
    let domain = "[A-Za-z\u{fc}\u{308}u\u{130}\u{212a}\u{ff41}-]{1,6}\\.(com|COM|example)";
    (local, domain).prop_map(|(local, domain)| format!("{local}@{domain}"))
}

proptest! {
    #[test]
    fn normalising_twice_is_normalising_once(text in prop_oneof![typed(), any::<String>()]) {
        if let Ok(email) = Email::parse(&text) {
            let again = Email::parse(email.as_str()).unwrap();
            prop_assert_eq!(again.as_str(), email.as_str());
            prop_assert_eq!(again.canonical(), email.canonical());
            let canonical = Email::parse(email.canonical()).unwrap();
            prop_assert_eq!(canonical.canonical(), email.canonical());
            prop_assert_eq!(canonical.spelled(), None);
        }
    }

    #[test]
    fn two_addresses_are_equal_only_up_to_ascii_capitals(one in typed(), other in typed()) {
        let (Ok(one), Ok(other)) = (Email::parse(&one), Email::parse(&other)) else {
            return Ok(());
        };
        let small = |email: &Email| super::nfc(&email.as_str().to_ascii_lowercase());
        prop_assert_eq!(one == other, small(&one) == small(&other));
    }
}
