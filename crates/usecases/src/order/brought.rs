//! What looking at a purchase comes to: changes of an order, and the mark of the notice about it.

use safelight_domain::{
    Change, Changes, EventChange, EventId, Mark, OrderChange, OrderState, OrderStep, PackOrder,
    Refusal, Task, TaskChange, TaskId, TaskKind,
};
use safelight_ports::Fault;

use super::proof::Proof;
use crate::{Error, World};

/// An order, and what it is brought to.
#[derive(Debug, Clone)]
pub(crate) struct Brought {
    /// The order, as it was seen.
    pub order: PackOrder,
    /// What to record; nothing when all of it is there.
    pub list: Vec<Change>,
    /// What becomes of the notice that led here.
    pub mark: Mark,
    /// The provider's payment, or its purchase when nothing was to pay; once paid.
    pub subject: Option<String>,
    /// Whether all of the payment has gone back already.
    pub returned: bool,
}

impl Brought {
    /// Nothing yet.
    pub fn new(order: PackOrder) -> Self {
        Self { order, list: Vec::new(), mark: Mark::Applied, subject: None, returned: false }
    }

    /// What it comes to when it is not proven to be ours.
    pub(super) fn unless_ours(&self, proof: &Proof) -> Result<Option<Self>, Error> {
        match proof {
            Proof::Ours | Proof::Second => Ok(None),
            Proof::Foreign(why) => Ok(Some(self.ignored(why))),
            Proof::Unreadable(what) => {
                let says = format!("the answer about an order's purchase has no {what}");
                Err(Fault::lasting("payments", says).into())
            }
        }
    }

    /// Nothing of ours, for this reason.
    pub fn ignored(&self, why: &str) -> Self {
        let says = format!("not the purchase of order {}: {why}", self.order.id);
        Self { list: Vec::new(), mark: Mark::Ignored(says), ..self.clone() }
    }

    /// The commit, with the mark of the notice that led here.
    pub fn changes(&self, event: Option<&EventId>) -> Changes {
        let mut list = self.list.clone();
        list.extend(
            event.map(|event| Change::Event(EventChange::Mark(event.clone(), self.mark.clone()))),
        );
        Changes::of(self.order.account_id, list)
    }

    /// A task about the payment; none before there is one.
    pub fn task(&self, kind: TaskKind, says: String, world: &World) -> Option<Change> {
        let subject = self.subject.clone()?;
        Some(Change::Task(TaskChange::Create(Task {
            id: TaskId(world.ids.next()),
            kind,
            account_id: Some(self.order.account_id),
            subject,
            says,
            created_at: world.clock.now(),
            done_at: None,
        })))
    }

    /// What to record instead, when an order was paid and the rule says that its credits cannot be
    /// given. None when nothing was paid, or when somebody else was quicker.
    pub fn undelivered(&self, refusal: &Refusal, world: &World) -> Option<Self> {
        if *refusal == Refusal::Stale {
            return None;
        }
        let says = format!(
            "Order {} of {} credits at {} was paid, and the credits cannot be given: {refusal}. \
             Send the payment back, or mend the cause and replay its notice.",
            self.order.id, self.order.credits, self.order.money
        );
        let task = self.task(TaskKind::PaidNotDelivered, says, world)?;
        // What was sent back already leaves nothing to settle.
        let mut list = if self.returned { Vec::new() } else { vec![task] };
        if self.order.state.may_become(OrderState::Failed) {
            let reason = format!("paid, and not delivered: {refusal}");
            list.push(Change::Order(OrderChange::Move(self.order.id, OrderStep::Failed(reason))));
        }
        let mark = Mark::Ignored(format!("paid, and not delivered; a task was made: {refusal}"));
        Some(Self { list, mark, ..self.clone() })
    }
}
