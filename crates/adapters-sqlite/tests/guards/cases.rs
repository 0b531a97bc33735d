//! One bad write a guard, at least.

mod access;
mod account;
mod books;
mod money;
mod studio;

use crate::schema::Guard;

/// A write that only one guard stands against.
pub struct Case {
    /// The guard's name in the schema.
    pub guard: &'static str,
    says: Option<&'static str>,
    /// Other guards that would refuse the same write: they are taken away in both runs.
    pub also: Vec<&'static str>,
    /// Writes before it, all good.
    pub given: String,
    /// The write.
    pub bad: String,
}

impl Case {
    /// What SQLite says when the guard refuses.
    pub fn says(&self) -> String {
        self.shows().says
    }

    /// The guard this case shows.
    pub fn shows(&self) -> Guard {
        let name = self.guard.to_owned();
        let says = match self.says {
            Some(says) => says.to_owned(),
            None => format!("CHECK constraint failed: {name}"),
        };
        Guard { name, says }
    }
}

pub fn all() -> Vec<Case> {
    [books::cases(), studio::cases(), access::cases(), account::cases(), money::cases()]
        .into_iter()
        .flatten()
        .collect()
}

/// A bad write a CHECK stands against.
fn check(guard: &'static str, bad: impl Into<String>) -> Case {
    Case { guard, says: None, also: Vec::new(), given: String::new(), bad: bad.into() }
}

/// A bad write a unique key over `columns` stands against.
fn unique(guard: &'static str, says: &'static str, bad: impl Into<String>) -> Case {
    Case { says: Some(says), ..check(guard, bad) }
}

/// A bad write a trigger stands against.
fn trigger(guard: &'static str, says: &'static str, bad: impl Into<String>) -> Case {
    Case { says: Some(says), ..check(guard, bad) }
}

impl Case {
    fn also(self, also: &[&'static str]) -> Self {
        Self { also: also.to_vec(), ..self }
    }

    fn given(self, given: impl Into<String>) -> Self {
        Self { given: given.into(), ..self }
    }
}
