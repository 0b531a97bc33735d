//! `safelight completions` and `safelight man`: the command line, told to shells and to `man`.

use std::path::Path;

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Args;

/// Prints the completions of one shell.
pub fn completions(shell: Shell) {
    clap_complete::generate(shell, &mut Args::command(), "safelight", &mut std::io::stdout());
}

/// Prints `safelight.1`, or writes it into a folder with a page for each command beside it.
pub fn pages(dir: Option<&Path>) -> anyhow::Result<()> {
    let Some(dir) = dir else {
        let page = clap_mangen::Man::new(Args::command());
        return page.render(&mut std::io::stdout()).context("the page cannot be printed");
    };
    let written =
        std::fs::create_dir_all(dir).and_then(|()| clap_mangen::generate_to(Args::command(), dir));
    written.with_context(|| format!("the manual cannot be written into {}", dir.display()))
}
