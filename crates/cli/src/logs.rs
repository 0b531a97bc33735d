//! Logs: on standard error, readable or JSON. Never prompts, addresses, keys or bodies.

use tracing_subscriber::EnvFilter;

use crate::args::{Args, Command};

/// Starts logging. `RUST_LOG` overrides what is shown.
pub fn start(args: &Args) {
    let usual = match args.command {
        Command::Serve { .. } => "info",
        _ => "warn",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let logs = logs.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    if args.log_json {
        logs.json().init();
    } else {
        logs.compact().init();
    }
}
