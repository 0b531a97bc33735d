//! The words of the sign-in mail, which an operator may write anew.

use safelight_domain::Invalid;

/// What stands for what: the studio's name, the code, the link.
const BLANKS: [&str; 3] = ["{brand}", "{code}", "{link}"];

const USUAL: &str = "Subject: {code} is your {brand} code

Your code is {code}

Type it in the window where you asked for it, or open this link in the same browser:

{link}

Both work once, for ten minutes. If you did not ask, do nothing: nobody gets in without this mail.
";

/// A mail with blanks to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    subject: String,
    text: String,
}

impl Letter {
    /// Reads a letter: a line `Subject: ...`, an empty line, the text. `{brand}`, `{code}` and
    /// `{link}` stand for what they name; code and link must be in it, or nobody could sign in.
    pub fn parse(letter: &str) -> Result<Self, Invalid> {
        let wrong = |says: &str| Invalid::new("letter", says);
        let letter = letter.replace("\r\n", "\n");
        let (head, text) = letter.split_once("\n\n").unwrap_or_default();
        let subject = head.strip_prefix("Subject:").map(str::trim).unwrap_or_default();
        if subject.is_empty() || subject.contains('\n') {
            return Err(wrong("a mail begins with a line `Subject: ...` and an empty line"));
        }
        if !["{code}", "{link}"].iter().all(|blank| text.contains(blank)) {
            return Err(wrong("the mail's text must hold {code} and {link}"));
        }
        let blanks = letter.split('{').skip(1).map(|rest| rest.split_inclusive('}').next());
        for blank in blanks {
            let blank = format!("{{{}", blank.unwrap_or_default());
            if !BLANKS.contains(&blank.as_str()) {
                return Err(wrong("a mail knows {brand}, {code} and {link}, and no other braces"));
            }
        }
        Ok(Self { subject: subject.to_owned(), text: text.to_owned() })
    }

    /// Subject and text with everything filled in. Names may hold braces: each blank is filled once.
    pub(crate) fn filled(&self, brand: &str, code: &str, link: &str) -> (String, String) {
        let fill = |text: &str| {
            let mut parts = text.split('{');
            let mut filled = parts.next().unwrap_or_default().to_owned();
            for part in parts {
                let (blank, rest) = part.split_once('}').unwrap_or((part, ""));
                filled.push_str(match blank {
                    "code" => code,
                    "link" => link,
                    _ => brand,
                });
                filled.push_str(rest);
            }
            filled
        };
        (fill(&self.subject), fill(&self.text))
    }
}

impl Default for Letter {
    fn default() -> Self {
        Self::parse(USUAL).expect("the usual letter can be read")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_filled_and_names_stay_as_they_are() {
        let (subject, text) = Letter::default().filled("{code} & Co", "AAAA-BBBB", "http://x/y");
        assert_eq!(subject, "AAAA-BBBB is your {code} & Co code");
        assert!(text.starts_with("Your code is AAAA-BBBB\n\n"), "{text}");
        assert!(text.contains("\n\nhttp://x/y\n\n"), "{text}");
    }

    #[test]
    fn a_letter_that_lets_nobody_in_is_refused() {
        for letter in [
            "",
            "Your code is {code} {link}",
            "Subject:\n\n{code} {link}",
            "Subject: hello\n\n{code}",
            "Subject: hello\n\n{link}",
            "Subject: hello {name}\n\n{code} {link}",
            "Subject: hello\n\n{code} {link} {",
        ] {
            assert!(Letter::parse(letter).is_err(), "{letter:?}");
        }
        assert!(Letter::parse("Subject: hello\r\n\r\n{code} {link}").is_ok());
    }
}
