//! Operator tasks: what only a person can settle, and what they may do about it.

use std::sync::Arc;

use safelight_domain::{
    AuditChange, By, Changes, DeedName, Invalid, PaymentMode, Refusal, Task, TaskChange, TaskId,
    UnownedChange,
};
use safelight_ports::{Page, Paged, PaymentError, Tasks};

use crate::{Error, World, order::trouble};

/// Lists operator tasks, and settles them.
#[derive(Clone)]
pub struct OperatorTasks {
    world: Arc<World>,
}

impl OperatorTasks {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    /// Tasks, newest first.
    pub async fn list(&self, which: Tasks, page: Page) -> Result<Paged<Task>, Error> {
        Ok(self.world.watch.tasks(which, page).await?)
    }

    /// One task.
    pub async fn get(&self, id: TaskId) -> Result<Task, Error> {
        self.world.watch.task(id).await?.ok_or(Refusal::NotFound.into())
    }

    /// Marks a task as done, for the reason `by` has. Done twice is done once.
    pub async fn done(&self, id: TaskId, by: By) -> Result<(), Error> {
        let by = reasoned(by)?;
        self.get(id).await?;
        self.commit(vec![TaskChange::Finish(id).into()], by).await
    }

    /// Sends the whole payment of a task back and marks the task as done. Asked twice, it is sent
    /// back once: the task is the idempotency key.
    pub async fn refund(&self, id: TaskId, by: By) -> Result<(), Error> {
        let by = reasoned(by)?;
        let task = self.get(id).await?;
        if task.done_at.is_some() {
            return Err(Refusal::Stale.into());
        }
        let Some(payments) = &self.world.payments else {
            return Err(
                Invalid::new("task", "no payments are set up: nobody can send it back").into()
            );
        };
        match payments.refund(&task.subject, None, &format!("task:{id}")).await {
            Ok(()) => {}
            // Somebody sent it back at the provider.
            Err(PaymentError::Refused { code, .. }) if code == "charge_already_refunded" => {}
            Err(PaymentError::NotFound(_)) => {
                let says = "the provider knows no such payment; look there, then mark this as done";
                return Err(Invalid::new("task", says).into());
            }
            Err(PaymentError::Refused { code, says }) => {
                tracing::warn!(task = %id, code, says, "a refund was refused");
                let says = format!("the payment provider refused ({code}); send it back there");
                return Err(Invalid::new("task", says).into());
            }
            Err(fault @ PaymentError::Fault(_)) => return Err(trouble(fault)),
        }
        let (name, subject, says) = (DeedName::PaymentRefunded, Some(id.0), Some(task.subject));
        self.commit(
            vec![AuditChange::Record { name, subject, says }.into(), TaskChange::Finish(id).into()],
            by,
        )
        .await
    }

    /// Whose money moves now; none when nobody takes payments.
    pub fn mode(&self) -> Option<PaymentMode> {
        self.world.payments.as_ref().map(|payments| payments.mode())
    }

    async fn commit(&self, list: Vec<UnownedChange>, by: By) -> Result<(), Error> {
        self.world.store.commit(Changes::unowned(list).by(by)).await?;
        Ok(())
    }
}

/// Whoever settles a task says why.
fn reasoned(by: By) -> Result<By, Error> {
    let given = by.reason.as_deref().is_some_and(|reason| !reason.trim().is_empty());
    if given { Ok(by) } else { Err(Invalid::new("reason", "say how it was settled").into()) }
}
