//! Operator tasks: made once, settled once.

use super::deed;
use crate::{Books, By, DeedName, Task, TaskId, Timestamp, Write};

/// Makes a task; one that was made before changes nothing, done or not.
pub(super) fn make(seen: &Books, task: Task) -> Option<Write> {
    let same = |known: &Task| known.kind == task.kind && known.subject == task.subject;
    (!seen.tasks.iter().any(same)).then_some(Write::Task(task))
}

/// Settles a task, with a deed that says why; one that is settled, or was never made, is left alone.
pub(super) fn finish(seen: &Books, id: TaskId, by: &By, at: Timestamp) -> Vec<Write> {
    let Some(task) = seen.tasks.iter().find(|task| task.id == id && task.done_at.is_none()) else {
        return Vec::new();
    };
    let says = Some(format!("{} {}", task.kind.as_str(), task.subject));
    let done = deed(task.account_id, DeedName::TaskDone, by.clone(), Some(id.0), says, at);
    vec![Write::TaskDone(id, at), done]
}
