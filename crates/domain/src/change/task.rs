//! Operator tasks: what only a person can settle.

use crate::{Needs, Task, TaskId, Timestamp};

/// A change to an operator task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskChange {
    /// Makes an operator task, once per kind and subject.
    Create(Task),
    /// Somebody settled an operator task; the reason is in [`Changes::by`](crate::Changes::by).
    Finish(TaskId),
}

/// A row of an operator task.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the row it names; the rules live in decide")]
pub enum TaskWrite {
    New(Task),
    Done(TaskId, Timestamp),
}

impl TaskChange {
    pub(crate) fn needs(&self, needs: &mut Needs) {
        match self {
            Self::Create(task) => needs.task_subjects.push((task.kind, task.subject.clone())),
            Self::Finish(id) => needs.tasks.push(*id),
        }
    }
}
