//! A text to give to somebody who helps: what the doctor says, without addresses and secrets.
//!
//! Invariant: what is not plainly a word of ours is masked; helping is possible without.

/// What stands for something that was left out.
const MASK: &str = "***";

/// `text` with every address, path, mail, host and long token masked.
pub fn masked(text: &str) -> String {
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn word(word: &str) -> String {
    if word.contains("::") {
        return MASK.to_owned();
    }
    let edge = |c: char| matches!(c, '(' | ')' | '[' | ']' | '"' | '\'' | ',' | ';' | ':' | '.');
    let inner = word.trim_matches(edge);
    if inner.is_empty() || !tells(inner) {
        return word.to_owned();
    }
    word.replacen(inner, MASK, 1)
}

/// Whether a word may tell where the studio is, who is in it, or what opens it.
fn tells(word: &str) -> bool {
    if word.starts_with("docs/") {
        return false;
    }
    let tail = word.rsplit('.').next().unwrap_or_default();
    let figures = word.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let file = matches!(tail, "md" | "toml") && !word.contains('/');
    // Four figures are an address, three a version; "e.g" is neither.
    let host = if figures {
        word.matches('.').count() > 2
    } else {
        word.contains('.') && tail.len() > 1 && !file
    };
    let token = word.len() >= 20 && word.bytes().any(|b| b.is_ascii_digit());
    let port =
        |(_, port): (&str, &str)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    let secret = ["sk_", "rk_", "pk_", "whsec_", "sl_", "cus_", "acct_"];
    word.contains(['@', '/', '\\'])
        || word.split(':').count() > 2
        || word.rsplit_once(':').is_some_and(port)
        || secret.iter().any(|start| word.starts_with(start))
        || host
        || token
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn what_tells_where_who_or_how_is_left_out() {
        for (says, shown) in [
            ("opened, schema 10", "opened, schema 10"),
            ("3.53.2 (3.51.3 or later is needed)", "3.53.2 (3.51.3 or later is needed)"),
            ("https://studio.example.com", "***"),
            ("127.0.0.1:8080, this machine alone", "***, this machine alone"),
            ("[::1]:8080 can be reached", "*** can be reached"),
            ("db:5432 and localhost:8080 answer", "*** and *** answer"),
            ("/var/lib/safelight/data", "***"),
            ("ada@example.com wrote", "*** wrote"),
            ("bucket pictures at abc.r2.example.com.", "bucket pictures at ***."),
            (
                "set it in safelight.toml, see docs/doctor.md",
                "set it in safelight.toml, see docs/doctor.md",
            ),
            ("key sk_test_1 refused", "key *** refused"),
            ("balance (e.g. 019b76da-a800-7000-8000-000000000000)", "balance (e.g. ***)"),
            ("the last was made 2026-11-23T10:00:00Z", "the last was made ***"),
            (
                "trusted_proxies = [\"127.0.0.1\"] under [limits]",
                "trusted_proxies = [\"***\"] under [limits]",
            ),
        ] {
            assert_eq!(masked(says), shown);
        }
    }
}
