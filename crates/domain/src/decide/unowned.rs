//! The rules of changes that belong to no account.

use super::{attempt, audit, event, task};
use crate::{Books, By, Refusal, Timestamp, UnownedChange, Verdict, Write};

pub(super) fn decide(
    list: Vec<UnownedChange>,
    seen: &Books,
    now: Timestamp,
    by: &By,
) -> Result<(Vec<Write>, Option<Verdict>), Refusal> {
    let mut writes = Vec::new();
    let mut verdict = None;
    for change in list {
        match change {
            UnownedChange::Attempt(change) => {
                verdict = attempt::decide_unowned(change, seen, now, by, &mut writes)?.or(verdict);
            }
            UnownedChange::Event(change) => writes.extend(event::decide_unowned(change, seen)),
            UnownedChange::Task(change) => {
                writes.extend(task::decide(change, seen, by, now));
            }
            UnownedChange::Audit(change) => {
                writes.push(audit::decide_unowned(change, by.clone(), now));
            }
        }
    }
    Ok((writes, verdict))
}
