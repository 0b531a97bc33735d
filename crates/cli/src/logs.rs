//! Logs: on standard error, readable or JSON. Never prompts, addresses, keys or bodies.
//!
//! Invariant: a log line never stops, slows or ends anything. A thread of its own writes the lines;
//! one that cannot be written, because the reader has gone, the disk is full or the reader is slow,
//! is dropped and counted.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    io::{self, IsTerminal, Write},
    panic::PanicHookInfo,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use tracing_subscriber::EnvFilter;

use crate::args::{Args, Command};

/// Lines that may wait to be written; more are dropped.
const QUEUE: usize = 4_096;
/// How long the end of the process waits for the last lines to be written.
const LAST: Duration = Duration::from_secs(1);

static QUEUED: OnceLock<SyncSender<Entry>> = OnceLock::new();
static DROPPED: AtomicU64 = AtomicU64::new(0);
static PANICS: AtomicU64 = AtomicU64::new(0);

enum Entry {
    Line(Vec<u8>),
    /// Tells when all before it is written.
    Flush(SyncSender<()>),
}

/// Starts logging. `RUST_LOG` overrides what is shown.
pub fn start(args: &Args) {
    let usual = match args.command {
        Command::Serve { .. } => "info",
        _ => "warn",
    };
    let (lines, queue) = sync_channel(QUEUE);
    let wrote = thread::Builder::new().name("log".to_owned()).spawn(move || write_lines(&queue));
    if let Err(error) = wrote {
        complain(&format!(
            "safelight: there is no log, for there is no thread to write it: {error}"
        ));
    }
    let _ = QUEUED.set(lines.clone());
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let logs = tracing_subscriber::fmt().with_env_filter(filter);
    let logs = logs.with_writer(move || Lines(lines.clone())).log_internal_errors(false);
    let logs = logs.with_ansi(io::stderr().is_terminal());
    if args.log_json {
        logs.json().init();
    } else {
        logs.compact().init();
    }
    std::panic::set_hook(Box::new(panicked));
}

/// Lines that could not be written since the start.
pub fn dropped() -> u64 {
    DROPPED.load(Ordering::Relaxed)
}

/// Panics since the start, in any thread.
pub fn panics() -> u64 {
    PANICS.load(Ordering::Relaxed)
}

/// Waits a moment for what was logged to be written. For the end of the process.
pub fn flush() {
    let (written, done) = sync_channel(1);
    if let Some(lines) = QUEUED.get()
        && lines.try_send(Entry::Flush(written)).is_ok()
    {
        let _ = done.recv_timeout(LAST);
    }
}

/// Says something on standard error that is no log line; nobody may be there to read it.
pub fn complain(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Takes lines to the thread that writes them.
struct Lines(SyncSender<Entry>);

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.0.try_send(Entry::Line(line.to_vec())).is_err() {
            DROPPED.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_lines(queue: &Receiver<Entry>) {
    for entry in queue {
        match entry {
            Entry::Line(line) => {
                if io::stderr().write_all(&line).is_err() {
                    DROPPED.fetch_add(1, Ordering::Relaxed);
                }
            }
            // Whoever asked may have stopped waiting.
            Entry::Flush(written) => drop(written.try_send(())),
        }
    }
}

/// Says where it panicked. Words that were put together for the panic may hold what somebody
/// wrote, so only fixed ones are logged.
fn panicked(info: &PanicHookInfo<'_>) {
    PANICS.fetch_add(1, Ordering::Relaxed);
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let says = info.payload().downcast_ref::<&'static str>().copied();
    let says = says.unwrap_or("(its words are not logged)");
    let current = thread::current();
    let thread = current.name().unwrap_or("unnamed");
    let trace = Backtrace::capture();
    let trace = (trace.status() == BacktraceStatus::Captured).then(|| trace.to_string());
    tracing::error!(place, thread, says, trace, "panicked");
}
