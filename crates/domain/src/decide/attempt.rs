//! The rules of sign-in attempts.

use super::audit;
use crate::{
    Actor, AttemptChange, AttemptWrite, Begin, Books, By, DeedName, Refusal, Timestamp, Verdict,
    Write,
};

/// The verdict is none when nothing was answered.
pub(super) fn decide_unowned(
    change: AttemptChange,
    seen: &Books,
    now: Timestamp,
    by: &By,
    writes: &mut Vec<Write>,
) -> Result<Option<Verdict>, Refusal> {
    match change {
        AttemptChange::Begin(begin) => {
            if !begin.fits(&seen.waiting, now) {
                return Err(Refusal::CodesWaiting);
            }
            let Begin { challenge, instead_of, .. } = *begin;
            let purpose = challenge.purpose;
            let replaced = instead_of.map(|browser| AttemptWrite::Replaced { browser, purpose });
            writes.extend(replaced.map(Write::Attempt));
            writes.push(Write::Attempt(AttemptWrite::New(challenge)));
            Ok(None)
        }
        AttemptChange::Answer { challenge: id, purpose, proof, browser } => {
            let Some(challenge) = seen.challenges.iter().find(|c| c.id == id) else {
                return Ok(Some(Verdict::Dead));
            };
            let verdict = challenge.answer(purpose, proof, browser, now);
            match verdict {
                Verdict::Right => writes.push(Write::Attempt(AttemptWrite::Consumed(id, now))),
                Verdict::Wrong(left) => {
                    writes.push(Write::Attempt(AttemptWrite::Tried(id)));
                    let name = if left == 0 { DeedName::CodeBurnt } else { DeedName::CodeWrong };
                    let by = By { actor: Actor::visitor(), ..by.clone() };
                    writes.push(audit::unowned(seen.challenged, name, by, Some(id.0), None, now));
                }
                Verdict::Dead => {}
            }
            Ok(Some(verdict))
        }
    }
}
