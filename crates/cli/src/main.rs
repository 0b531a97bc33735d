//! `safelight`: the composition root and its commands. The only binary of the workspace.

mod args;
mod commands;
mod config;
mod disk;
mod environment;
mod lock;
mod logs;
mod metrics;
mod output;
mod private;
mod progress;
mod proxy;
mod wire;
mod world;

use std::{process::ExitCode, time::Duration};

/// How long work on threads that cannot be stopped may go on after a command has ended. Nothing
/// waits for its outcome.
const LEFT: Duration = Duration::from_millis(500);

/// One task in so many is taken from those that a blocking thread woke: requests under way, whose
/// read or page is done. Left at its usual sixty-one, a flood of new connections starves them, and
/// everybody is turned away while nobody is served.
const BEGUN_FIRST: u32 = 4;

/// Threads for work that blocks. Each kind of it bounds itself: five readers of the database, as
/// many pages being rendered as there are cores, four files on the disk. This is their sum and a
/// few for looking up names, so that no kind ever waits for a thread that another one holds.
fn blocking_threads() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get) + 5 + 4 + 4
}

fn main() -> ExitCode {
    let args = match args::Args::read() {
        Ok(args) => args,
        // Help and version too: they are printed, and asking for them is no error.
        Err(said) => {
            output::keep(said.print());
            return ended(ExitCode::from(u8::try_from(said.exit_code()).unwrap_or(2)));
        }
    };
    if args.command.touches_a_studio() {
        private::by_default();
    }
    logs::start(&args);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(blocking_threads())
        .global_queue_interval(BEGUN_FIRST)
        .build();
    let result = match runtime {
        Ok(runtime) => {
            let result = runtime.block_on(commands::run(args));
            runtime.shutdown_timeout(LEFT);
            result
        }
        Err(error) => Err(error.into()),
    };
    // What was logged comes first.
    logs::flush();
    match result {
        Ok(code) => ended(code),
        Err(error) => {
            output::note(&format!("safelight: {error:#}"));
            ExitCode::from(output::code_of(&error))
        }
    }
}

/// The exit code, unless what was printed did not arrive.
fn ended(code: ExitCode) -> ExitCode {
    let Some(error) = output::failure() else { return code };
    output::note(&format!(
        "safelight: standard output cannot be written: {error}. What the command does is done; only \
         its words are lost"
    ));
    ExitCode::FAILURE
}
