//! What an adapter found when the operator asked it to try its settings out.

/// One thing tried, in the order of trying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name to scripts: kebab-case, never renamed.
    pub id: &'static str,
    /// What was tried, as `store an object`; empty where the outcome's text says it.
    pub name: &'static str,
    /// How it went.
    pub outcome: Outcome,
}

/// How a step went. A text names the fault and the mend, and never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// As it should, with more to say or not.
    Passed(String),
    /// Neither good nor bad: a fact to know.
    Info(String),
    /// It works, but not as the operator will want.
    Warning(String),
    /// It does not work, for this reason.
    Failed(String),
    /// It could not be tried, since an earlier step failed.
    Skipped,
}

impl Step {
    /// What to tell the operator: what was tried, and how it went.
    pub fn says(&self) -> String {
        let text = match &self.outcome {
            Outcome::Passed(text)
            | Outcome::Info(text)
            | Outcome::Warning(text)
            | Outcome::Failed(text) => text.as_str(),
            Outcome::Skipped => "not tried, because an earlier step failed",
        };
        match (self.name, text) {
            (name, "") => name.to_owned(),
            ("", text) => text.to_owned(),
            (name, text) => format!("{name}: {text}"),
        }
    }
}
