//! What the doctor found: checks with stable ids, each saying the fault and how to mend it.

use std::fmt::Display;

use safelight_outbound::{Outcome, Step};
use serde::Serialize;
use serde_json::{Value, json};

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Ok,
    /// A fact to know; nothing to do.
    Info,
    /// It runs, but not as its operator will want.
    Warn,
    /// It does not run.
    Fail,
}

/// One check.
#[derive(Debug, Serialize)]
pub struct Check {
    /// Its name to scripts: kebab-case, never renamed, a section of docs/doctor.md.
    pub id: String,
    /// How it came out.
    pub level: Level,
    /// What was found and, when something is wrong, what to do. Never holds a secret.
    pub says: String,
}

/// What was looked at so far.
#[derive(Debug, Default)]
pub struct Report(Vec<Check>);

impl Report {
    fn add(&mut self, id: impl Into<String>, level: Level, says: impl Into<String>) {
        self.0.push(Check { id: id.into(), level, says: says.into() });
    }

    pub fn ok(&mut self, id: impl Into<String>, says: impl Into<String>) {
        self.add(id, Level::Ok, says);
    }

    pub fn info(&mut self, id: impl Into<String>, says: impl Into<String>) {
        self.add(id, Level::Info, says);
    }

    pub fn warn(&mut self, id: impl Into<String>, says: impl Into<String>) {
        self.add(id, Level::Warn, says);
    }

    pub fn fail(&mut self, id: impl Into<String>, says: impl Into<String>) {
        self.add(id, Level::Fail, says);
    }

    /// What an adapter tried, each step under its id with `prefix` before it.
    pub fn steps(&mut self, prefix: &str, steps: &[Step]) {
        for step in steps {
            let level = match &step.outcome {
                Outcome::Passed(_) => Level::Ok,
                // A step that was not tried says nothing: the one that failed before it does.
                Outcome::Info(_) | Outcome::Skipped => Level::Info,
                Outcome::Warning(_) => Level::Warn,
                Outcome::Failed(_) => Level::Fail,
            };
            self.add(format!("{prefix}{}", step.id), level, step.says());
        }
    }

    /// The value, or a failed check that says why there is none.
    pub fn try_get<T, E>(&mut self, id: &str, result: Result<T, E>) -> Option<T>
    where
        E: Into<anyhow::Error>,
    {
        result.map_err(|error| self.fail(id, format!("{:#}", error.into()))).ok()
    }

    /// The checks, in order.
    pub fn checks(self) -> Vec<Check> {
        self.0
    }

    /// Whether nothing failed.
    pub fn is_ok(&self) -> bool {
        self.0.iter().all(|check| check.level != Level::Fail)
    }

    /// As one JSON document.
    pub fn document(&self) -> Value {
        json!({ "ok": self.is_ok(), "checks": self.0 })
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, check) in self.0.iter().enumerate() {
            let level = match check.level {
                Level::Ok => "ok  ",
                Level::Info => "info",
                Level::Warn => "warn",
                Level::Fail => "FAIL",
            };
            let between = if at == 0 { "" } else { "\n" };
            write!(f, "{between}{level}  {:<22} {}", check.id, check.says)?;
        }
        Ok(())
    }
}
