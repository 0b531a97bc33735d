//! The doctor at a server that runs: the same checks, for its back office.

use std::{
    future::Future,
    path::{Path, PathBuf},
    pin::Pin,
};

use safelight_web::{Check, Checkup, Level};

use super::{look, report};
use crate::args::Args;

/// Where to look.
pub struct Visit {
    /// The data folder.
    pub data_dir: PathBuf,
    /// The operator's configuration, when one was named.
    pub config: Option<PathBuf>,
}

impl Visit {
    /// A visit to `data_dir` under the configuration that was asked for.
    pub fn to(args: &Args, data_dir: &Path) -> Self {
        Self { data_dir: data_dir.to_owned(), config: args.config.clone() }
    }
}

impl Checkup for Visit {
    fn look(&self) -> Pin<Box<dyn Future<Output = Vec<Check>> + Send + '_>> {
        Box::pin(async {
            let report = look(&self.data_dir, self.config.as_deref(), false).await;
            report.checks().into_iter().map(told).collect()
        })
    }
}

fn told(report::Check { id, level, says }: report::Check) -> Check {
    let level = match level {
        report::Level::Ok => Level::Ok,
        report::Level::Info => Level::Info,
        report::Level::Warn => Level::Warn,
        report::Level::Fail => Level::Fail,
    };
    Check { id, level, says }
}
