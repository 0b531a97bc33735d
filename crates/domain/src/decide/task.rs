//! The rules of operator tasks: made once, settled once.

use super::audit::unowned;
use super::decision::Decision;
use crate::{Books, By, DeedName, Task, TaskChange, TaskId, TaskWrite, Timestamp, Write};

impl Decision<'_> {
    pub(super) fn decide_task(&mut self, change: TaskChange) {
        let writes = decide(change, self.seen, &self.by, self.at);
        self.till.writes.extend(writes);
    }
}

/// A task may belong to an account or to nobody; the rule is the same.
pub(super) fn decide(change: TaskChange, seen: &Books, by: &By, at: Timestamp) -> Vec<Write> {
    match change {
        TaskChange::Create(task) => created(seen, task).into_iter().collect(),
        TaskChange::Finish(id) => finished(seen, id, by, at),
    }
}

/// Makes a task; one that was made before changes nothing, done or not.
fn created(seen: &Books, task: Task) -> Option<Write> {
    let same = |known: &Task| known.kind == task.kind && known.subject == task.subject;
    (!seen.tasks.iter().any(same)).then_some(Write::Task(TaskWrite::New(task)))
}

/// Settles a task, with an audit event that says why; one that is settled, or was never made, is
/// left alone.
fn finished(seen: &Books, id: TaskId, by: &By, at: Timestamp) -> Vec<Write> {
    let Some(task) = seen.tasks.iter().find(|task| task.id == id && task.done_at.is_none()) else {
        return Vec::new();
    };
    let says = Some(format!("{} {}", task.kind.as_str(), task.subject));
    let done = unowned(task.account_id, DeedName::TaskDone, by.clone(), Some(id.0), says, at);
    vec![Write::Task(TaskWrite::Done(id, at)), done]
}
