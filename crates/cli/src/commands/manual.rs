//! `safelight completions` and `safelight man`: the command line, told to shells and to `man`.

use std::path::Path;

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;

use crate::{args::Args, output};

/// Prints the completions of one shell.
pub fn completions(shell: Shell) {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "safelight", &mut script);
    output::write(&script);
}

/// Prints `safelight.1`, or writes it into a folder with a page for each command beside it.
pub fn pages(dir: Option<&Path>) -> anyhow::Result<()> {
    let Some(dir) = dir else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Args::command()).render(&mut page)?;
        output::write(&page);
        return Ok(());
    };
    let written =
        std::fs::create_dir_all(dir).and_then(|()| clap_mangen::generate_to(Args::command(), dir));
    written.with_context(|| format!("the manual cannot be written into {}", dir.display()))
}
