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

use std::process::ExitCode;

/// Threads for blocking reads: about the cores. More only fight over them (docs/PERFORMANCE.md).
fn blocking_threads() -> usize {
    2 * std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
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
        .max_blocking_threads(blocking_threads().max(4))
        .build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(commands::run(args)),
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
