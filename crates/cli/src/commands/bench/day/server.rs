//! The server under measurement: this program once more, with nothing of this one's settings.

use std::{
    fs::File,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context, bail, ensure};

use super::super::memory::{Resident, resident_of};

/// Everybody comes from one address here, and nobody is held back.
const CONFIG: &str = "[limits]\nrequests_per_minute = 1000000\naddress_requests_per_minute = 1000000\n\
                      generations_per_minute = 1000000\n\
                      unfinished_renders = 1000000\nmails_per_hour = 1000000\n";

/// How often readiness is asked for, and how many times.
const MOMENT: Duration = Duration::from_millis(20);
const PATIENCE: u32 = 1_500;

pub struct Server {
    child: Child,
    folder: PathBuf,
    /// Where it answers.
    pub url: String,
}

impl Server {
    /// Starts it on a fresh folder and waits until it is ready.
    pub fn start(folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("safelight.toml"), CONFIG)?;
        let bind = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let child = command(folder, &["serve", "--bind", &bind])?
            .env("RUST_LOG", "warn")
            .stdout(Stdio::null())
            .stderr(File::create(folder.join("serve.log"))?)
            .spawn()
            .context("the server does not start")?;
        let mut server = Self { child, folder: folder.to_owned(), url: format!("http://{bind}") };
        for _ in 0..PATIENCE {
            if ureq::get(format!("{}/readyz", server.url)).call().is_ok() {
                return Ok(server);
            }
            ensure!(
                server.child.try_wait()?.is_none(),
                "the server ended; see {}",
                folder.display()
            );
            thread::sleep(MOMENT);
        }
        bail!("the server never got ready; see {}", folder.display());
    }

    /// What a command beside it prints.
    pub fn print(&self, args: &[&str]) -> anyhow::Result<String> {
        let out = command(&self.folder, args)?.output()?;
        let says = String::from_utf8_lossy(&out.stderr);
        ensure!(out.status.success(), "safelight {}: {says}", args.join(" "));
        Ok(String::from_utf8(out.stdout)?.trim().to_owned())
    }

    /// Its memory.
    pub fn resident(&self) -> anyhow::Result<Resident> {
        resident_of(&self.child.id().to_string())
    }

    /// Asks it to stop and waits for that.
    pub fn stop(mut self) -> anyhow::Result<()> {
        use rustix::process::{Pid, Signal, kill_process};
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let ended = self.child.wait()?;
        ensure!(ended.success(), "the server ended with {ended}; see {}", self.folder.display());
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing happens to one that has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(folder: &Path, args: &[&str]) -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(args).arg("--data-dir").arg(folder.join("data"));
    command.arg("--config").arg(folder.join("safelight.toml")).current_dir(folder);
    command.env_clear().env("METRICS_BIND", "off").stdin(Stdio::null());
    Ok(command)
}
