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
mod progress;
mod proxy;
mod wire;
mod world;

use std::process::ExitCode;

use clap::Parser;

/// Threads for blocking reads: about the cores. More only fight over them (docs/PERFORMANCE.md).
fn blocking_threads() -> usize {
    2 * std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

fn main() -> ExitCode {
    let args = args::Args::parse();
    logs::start(&args);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(blocking_threads().max(4))
        .build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(commands::run(args)),
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("safelight: {error:#}");
            ExitCode::from(output::code_of(&error))
        }
    }
}
