//! What commands print, and what they exit with.

use safelight_domain::Refusal;
use safelight_usecases::Error;
use serde::Serialize;

use crate::lock::InUse;

/// Prints `value` as one JSON document, or `text`.
pub fn print(json: bool, value: &impl Serialize, text: impl FnOnce() -> String) {
    if json {
        let document = serde_json::to_string_pretty(value).unwrap_or_default();
        println!("{document}");
    } else {
        println!("{}", text());
    }
}

/// Prints `text` beside a server that runs: it goes on when nobody reads what it prints.
pub fn announce(text: &str) {
    use std::io::Write;
    if let Err(error) = writeln!(std::io::stdout(), "{text}") {
        tracing::warn!(%error, "standard output takes nothing");
    }
}

/// The exit code of a process whose store cannot go on: what is on disk is unknown, or nothing can
/// be recorded any more. Starting again is what helps.
const STORE_STOPPED: i32 = 6;

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
    match error.downcast_ref::<Error>() {
        Some(Error::Refused(Refusal::NotFound)) => 4,
        Some(Error::Refused(_)) => 3,
        _ if error.downcast_ref::<safelight_domain::Invalid>().is_some() => 3,
        _ => 1,
    }
}
