//! Mail addresses, normalised once: where they come in.
//!
//! Invariant: one mailbox has one canonical form, and one canonical form is one account. Only
//! ASCII letters are folded. Whatever Unicode calls a small letter is another letter to a mail
//! server, so folding it would let one person read the codes of another.

mod character;

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use icu_normalizer::ComposingNormalizerBorrowed;
use idna::{AsciiDenyList, uts46};

use crate::Invalid;

/// The longest part before the @, in bytes (RFC 5321, 4.5.3.1.1).
const LOCAL_MAX: usize = 64;
/// The longest address, in bytes (RFC 5321, 4.5.3.1.3, less the angle brackets).
const WHOLE_MAX: usize = 254;
/// The domains of one provider that ignores dots before the @, the first standing for both.
const DOTLESS: [&str; 2] = ["gmail.com", "googlemail.com"];

/// A mail address in its normal form: trimmed, NFC, its domain in A-labels and small letters. The
/// part before the @ keeps its capitals, for that is what is mailed to.
///
/// Equality is by [`Email::canonical`]. Dots and plus tags stay distinct.
#[derive(Clone)]
pub struct Email {
    text: String,
    canonical: String,
    /// The spelling that was typed, in small ASCII letters, where it is not the canonical one.
    spelled: Option<String>,
}

impl Email {
    /// Reads a typed address into its normal form; the mail itself proves the rest.
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        let typed = typed.trim();
        // Room for what shrinks when it is normalised, and none for a flood.
        if typed.len() > 4 * WHOLE_MAX {
            return Err(too_long());
        }
        typed.chars().try_for_each(character::check)?;
        let text = nfc(typed);
        // Two characters that pass may make one that does not.
        text.chars().try_for_each(character::check)?;
        let Some((local, domain)) = text.split_once('@') else {
            return Err(wrong("an address needs an @, as in ada@example.com"));
        };
        if domain.contains('@') {
            return Err(wrong("an address has one @, as in ada@example.com; remove the other"));
        }
        let domain = self::domain(domain)?;
        self::local(local)?;
        let text = format!("{local}@{domain}");
        if text.len() > WHOLE_MAX {
            return Err(too_long());
        }
        // A small letter may have a form with its accent that the capital has not.
        let canonical = nfc(&text.to_ascii_lowercase());
        let spelled = typed.to_ascii_lowercase();
        let spelled = (spelled != canonical).then_some(spelled);
        Ok(Self { text, canonical, spelled })
    }

    /// An address on file, as it was written, with the form it is found by. It is not judged anew:
    /// rules that became stricter must not make anybody's account unreadable.
    pub fn on_file(text: String, canonical: String) -> Self {
        Self { text, canonical, spelled: None }
    }

    /// As shown and mailed to.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// As compared and stored for look-ups.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The spelling that was typed, where it is not the canonical one. Two accounts whose old
    /// addresses turned out to be one are kept apart: the second keeps its old spelling, and is
    /// found by that.
    pub fn spelled(&self) -> Option<&str> {
        self.spelled.as_deref()
    }

    /// Whose mailbox it is, as far as an address tells: without its plus tag, and without dots
    /// where the provider ignores them. Good for counting what a person gets once, never for
    /// finding an account: what a provider ignores today it may tell apart tomorrow.
    pub fn mailbox(&self) -> String {
        let (local, domain) = self.canonical.rsplit_once('@').unwrap_or((&self.canonical, ""));
        let untagged = local.split('+').next().unwrap_or_default();
        let mut local = if untagged.is_empty() { local } else { untagged }.to_owned();
        if !DOTLESS.contains(&domain) {
            return format!("{local}@{domain}");
        }
        local.retain(|c| c != '.');
        format!("{local}@{}", DOTLESS[0])
    }

    /// Part of an address as it stands in canonical ones, for people who look for it.
    pub fn part(text: &str) -> String {
        let text = nfc(text.trim()).to_ascii_lowercase();
        let Some((local, domain)) = text.rsplit_once('@') else { return text };
        match idna::domain_to_ascii(domain) {
            Ok(domain) => format!("{local}@{domain}"),
            Err(_) => text,
        }
    }

    /// For logs: enough to recognise, not enough to mail.
    pub fn masked(&self) -> String {
        let (local, domain) = self.text.rsplit_once('@').unwrap_or((&self.text, ""));
        let first = local.chars().next().unwrap_or('*');
        format!("{first}***@{domain}")
    }
}

impl PartialEq for Email {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

impl Eq for Email {}

impl Hash for Email {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.canonical.hash(state);
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({})", self.masked())
    }
}

/// Equal letters in equal code points, whichever way they were typed.
fn nfc(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

/// The domain as the mail system knows it.
fn domain(typed: &str) -> Result<String, Invalid> {
    if typed.ends_with('.') {
        return Err(wrong("remove the dot at the end of the address"));
    }
    let hyphens = uts46::Hyphens::CheckFirstLast;
    let read = uts46::Uts46::new().to_ascii(
        typed.as_bytes(),
        AsciiDenyList::STD3,
        hyphens,
        uts46::DnsLength::Verify,
    );
    let shape = || wrong("this does not look like an address, as in ada@example.com");
    let domain = read.map_err(|_| shape())?.into_owned();
    let last = domain.rsplit_once('.').map(|(_, last)| last).ok_or_else(shape)?;
    if last.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong("write the domain's name after the @, not a number"));
    }
    Ok(domain)
}

/// The part before the @ is one word or several between dots (RFC 5321, Dot-string).
fn local(local: &str) -> Result<(), Invalid> {
    if local.is_empty() {
        return Err(wrong("this does not look like an address, as in ada@example.com"));
    }
    if local.len() > LOCAL_MAX {
        return Err(wrong("the part before the @ is longer than 64 characters; check it"));
    }
    if local.split('.').any(str::is_empty) {
        return Err(wrong("dots before the @ stand between letters, one at a time; check it"));
    }
    // An accent with nothing under it would sit on whatever is shown before the address.
    if local.split('.').filter_map(|word| word.chars().next()).any(character::is_mark) {
        return Err(wrong("an accent needs a letter before it; check the address"));
    }
    Ok(())
}

fn wrong(says: &str) -> Invalid {
    Invalid::new("email", says)
}

fn too_long() -> Invalid {
    wrong("the address is longer than 254 characters; check it")
}

#[cfg(test)]
mod tests;
