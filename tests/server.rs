//! The real binary, run as an operator would run it, on 127.0.0.1 and a folder of its own.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

/// The binary, built once for all tests of a process; `SAFELIGHT_BIN` names another one.
pub fn binary() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        if let Some(path) = std::env::var_os("SAFELIGHT_BIN") {
            return std::path::absolute(path).expect("a path");
        }
        built("safelight-cli", &[]).join("safelight")
    })
}

/// Builds what `which` selects of a package; answers the folder it lies in.
pub fn built(package: &str, which: &[&str]) -> PathBuf {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--package", package])
        .args(which)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    assert!(built.expect("cargo runs").success(), "{package} does not build");
    let test = std::env::current_exe().expect("a test has a path");
    test.ancestors().nth(2).expect("tests lie in target/debug/deps").to_owned()
}

/// A data folder with a configuration, and the commands that work on it.
pub struct Place {
    dir: TempDir,
    config: PathBuf,
    settings: Vec<(String, String)>,
}

impl Place {
    /// A fresh folder with this `safelight.toml`.
    pub fn new(config: &str) -> Self {
        let dir = tempfile::tempdir().expect("a folder for the test");
        let path = dir.path().join("safelight.toml");
        std::fs::write(&path, config).expect("the configuration is written");
        Self { dir, config: path, settings: Vec::new() }
    }

    /// The same, with these settings in the environment.
    #[must_use]
    pub fn with(mut self, settings: &[(&str, &str)]) -> Self {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        self.settings.extend(settings.iter().map(own));
        self
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// What its servers have logged.
    pub fn log(&self) -> String {
        let log = std::fs::read(self.dir.path().join("serve.log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// The link its newest server printed, which opens the pages of the stand-ins; none when it
    /// printed none.
    pub fn dev_link(&self) -> Option<String> {
        let told = std::fs::read_to_string(self.dir.path().join("serve.out")).unwrap_or_default();
        told.split_whitespace().rfind(|word| word.contains("/dev/outbox?")).map(str::to_owned)
    }

    /// `safelight ARGS` on this folder, with no setting from outside.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(args).arg("--data-dir").arg(self.data()).arg("--config").arg(&self.config);
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            // Nothing of the machine's own settings may reach a test.
            let ours = [
                "APP_",
                "DATA",
                "BIND",
                "METRICS",
                "FAL_",
                "R2_",
                "STRIPE_",
                "RUST_LOG",
                "SAFELIGHT",
            ];
            if ours.iter().any(|start| name.starts_with(start)) {
                command.env_remove(&*name);
            }
        }
        // One machine, many servers: their figures are told where a test asks for them.
        command.env("METRICS_BIND", "off");
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.dir.path());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the binary runs")
    }

    /// What a command that must succeed prints.
    pub fn print(&self, args: &[&str]) -> String {
        let out = self.run(args);
        let told = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "safelight {args:?}: {told}");
        String::from_utf8(out.stdout).expect("text").trim().to_owned()
    }

    /// An account with `credits` and a key for everything.
    pub fn member(&self, email: &str, credits: u32) -> String {
        self.print(&["users", "create", email]);
        if credits > 0 {
            let credits = credits.to_string();
            self.print(&["credits", "grant", email, &credits, "--reason", "a test"]);
        }
        let scopes = ["--scope", "generate", "--scope", "library", "--scope", "consume"];
        self.print(&[&["keys", "create", email][..], &scopes].concat())
    }

    /// Audits everything; the books of a place must always hold.
    pub fn audit(&self) {
        let report = self.print(&["doctor", "--deep", "--json"]);
        let report: Value = serde_json::from_str(&report).expect("one JSON document");
        assert_eq!(report["ok"], true, "{report:#}");
    }
}

impl Drop for Place {
    /// Whatever a suite is about, no server of it may have logged what is somebody's secret.
    fn drop(&mut self) {
        if !thread::panicking() {
            assert_eq!(secrets(&self.log()), Vec::<&str>::new(), "logged");
        }
    }
}

/// The words of a log that look like a mail address, an API key, or a token of ours.
pub fn secrets(log: &str) -> Vec<&str> {
    let address = |word: &str| {
        word.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.contains('.') && !local.ends_with("***")
        })
    };
    let token = |word: &str| {
        let mut parts = word.split(|c: char| !c.is_ascii_alphanumeric());
        parts.any(|part| part.len() >= 40)
    };
    let words = log.split(|c: char| c.is_whitespace() || "\"'<>,;".contains(c));
    words.filter(|word| address(word) || token(word) || word.contains("sl_live_")).collect()
}

/// A process's resident memory in kB, as the kernel tells it.
pub fn resident_kb(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("its status");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a figure");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).expect("a number")
}

/// A running `safelight serve`. Killed when it is dropped.
pub struct Server {
    child: Child,
    /// Where it answers, such as `http://127.0.0.1:4711`.
    pub url: String,
}

impl Server {
    /// Starts the server and waits until it is ready.
    pub fn start(place: &Place) -> Self {
        Self::run(place, &[])
    }

    /// The same, with its log as JSON.
    pub fn logging_json(place: &Place) -> Self {
        Self::run(place, &["--log-json"])
    }

    fn run(place: &Place, more: &[&str]) -> Self {
        let port = free_port();
        let bind = format!("127.0.0.1:{port}");
        let written = |name: &str| {
            let mut file = std::fs::File::options();
            file.create(true).append(true).open(place.dir.path().join(name)).expect("a file")
        };
        let child = place
            .command(&[&["serve", "--bind", &bind], more].concat())
            .stdin(Stdio::null())
            .stdout(written("serve.out"))
            .stderr(written("serve.log"))
            .spawn()
            .expect("the server starts");
        let mut server = Self { child, url: format!("http://{bind}") };
        let from = Instant::now();
        while ureq::get(format!("{}/readyz", server.url)).call().is_err() {
            let ended = server.child.try_wait().expect("its state can be asked");
            assert!(ended.is_none(), "the server ended: {}", place.log());
            assert!(from.elapsed() < Duration::from_mins(1), "the server never got ready");
            thread::sleep(Duration::from_millis(5));
        }
        server
    }

    /// Its process, for those who look at it from outside.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Kills it at once, as a power cut would (SIGKILL).
    pub fn kill(mut self) {
        self.stop();
    }

    /// Asks it to stop (SIGTERM) and answers whether it ended well.
    pub fn terminate(mut self) -> bool {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs");
        self.child.wait().expect("it ends").success()
    }

    fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it has an address").port()
}
