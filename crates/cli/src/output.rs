//! What commands print, and what they exit with. Nothing else writes to standard output.
//!
//! Invariant: a reader that goes away (`| head`) ends nothing and is told nothing; any other
//! failure to write is an error, or what was asked for would be lost without a word.

use std::{
    borrow::Cow,
    ffi::OsStr,
    io::{self, ErrorKind, Write},
    sync::OnceLock,
};

use safelight_domain::Refusal;
use safelight_usecases::Error;
use serde::Serialize;

use crate::{lock::InUse, wire::Unusable};

/// The first failure of standard output. Each command goes on to its end: what it does is not
/// undone by a reader who is gone.
static FAILED: OnceLock<io::Error> = OnceLock::new();

/// Prints `value` as one JSON document, or `text`.
pub fn print(json: bool, value: &impl Serialize, text: impl FnOnce() -> String) {
    if json {
        say(&serde_json::to_string_pretty(value).unwrap_or_default());
    } else {
        say(&text());
    }
}

/// Prints text and a line end.
pub fn say(text: &str) {
    write([text, "\n"].concat().as_bytes());
}

/// Prints bytes as they are.
pub fn write(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    keep(out.write_all(bytes).and_then(|()| out.flush()));
}

/// Remembers how a write of somebody else's to standard output came out.
pub fn keep(written: io::Result<()>) {
    if let Err(error) = written {
        // The first one counts.
        let _ = FAILED.set(error);
    }
}

/// Why what was printed did not arrive; none when it did, or nobody wanted the rest.
pub fn failure() -> Option<&'static io::Error> {
    FAILED.get().filter(|error| error.kind() != ErrorKind::BrokenPipe)
}

/// A line on standard error. One that cannot be written is left out: there is nowhere to say so.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// A command of this program as a person can paste it into a shell, under the name it was run by.
pub fn pasteable(words: &[&OsStr]) -> String {
    let program = std::env::args_os().next();
    let program = program.as_deref().filter(|name| !name.is_empty());
    let words =
        [program.unwrap_or(OsStr::new("safelight"))].into_iter().chain(words.iter().copied());
    words.map(|word| quoted(&word.to_string_lossy()).into_owned()).collect::<Vec<_>>().join(" ")
}

/// A word as POSIX shells read it back.
pub fn quoted(word: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:=@%+,".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        Cow::Borrowed(word)
    } else {
        Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
    }
}

/// The exit code of a process whose store cannot go on: what is on disk is unknown, or nothing can
/// be recorded any more. Starting again is what helps.
const STORE_STOPPED: i32 = 7;

/// Ends the process because its store cannot go on.
pub fn stop() -> ! {
    crate::logs::flush();
    std::process::exit(STORE_STOPPED)
}

/// The exit code an error stands for; see `safelight --help`.
pub fn code_of(error: &anyhow::Error) -> u8 {
    if error.downcast_ref::<InUse>().is_some() {
        return 5;
    }
    if error.downcast_ref::<Unusable>().is_some() {
        return 6;
    }
    match error.downcast_ref::<Error>() {
        Some(Error::Refused(Refusal::NotFound)) => 4,
        Some(Error::Refused(_)) => 3,
        _ if error.downcast_ref::<safelight_domain::Invalid>().is_some() => 3,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_when_a_shell_would_read_it_otherwise() {
        for (word, shown) in [
            ("./data", "./data"),
            ("ada+b@example.com", "ada+b@example.com"),
            ("my data", "'my data'"),
            ("~/x", "'~/x'"),
            ("it's", r"'it'\''s'"),
            ("$HOME", "'$HOME'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), shown);
        }
    }
}
