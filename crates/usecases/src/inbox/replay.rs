//! Acting once more, and telling what would come of it.

use safelight_domain::{
    AccountId, AuditChange, By, Changes, DeedName, Delivery, DeliveryState, EventId, EventWrite,
    Mark, UnownedChange, UnownedEventChange, Write,
};
use safelight_ports::Page;

use super::{Inbox, LEASE, Plan};
use crate::Error;

/// The most deliveries that are put back at once.
const MANY: u16 = 500;
/// Deliveries put back in one commit.
const TOGETHER: usize = 50;

/// What acting on a delivery now would come to. Nothing of it was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsal {
    /// Whose rows it would touch, when it is anybody's.
    pub account_id: Option<AccountId>,
    /// How the delivery would be marked.
    pub mark: Option<Mark>,
    /// What else would be written; nothing when it is in the books already.
    pub writes: Vec<Write>,
}

impl Inbox {
    /// Acts once more on a delivery, whatever has become of it, and answers what became of it now.
    /// What it did before is not done again.
    pub async fn replay(&self, event: &EventId, by: impl Into<By>) -> Result<Delivery, Error> {
        self.get(event).await?;
        let again = Mark::Again(self.later(LEASE));
        self.put_back(std::slice::from_ref(event), &again, by.into()).await?;
        self.attend(self.get(event).await?).await;
        self.get(event).await
    }

    /// Puts deliveries back for whoever drives the inbox; answers how many there were.
    pub async fn replay_all(&self, events: &[EventId], by: By) -> Result<usize, Error> {
        let mut known = Vec::new();
        for event in events.iter().take(usize::from(MANY)) {
            if self.world.reads.delivery(event).await?.is_some() {
                known.push(event.clone());
            }
        }
        let again = Mark::Again(self.now());
        for events in known.chunks(TOGETHER) {
            self.put_back(events, &again, by.clone()).await?;
        }
        self.wake.notify_one();
        Ok(known.len())
    }

    /// The same for those that were given up, the newest of them; answers how many those were.
    pub async fn replay_dead(&self, by: By) -> Result<usize, Error> {
        let newest = Page { after: None, limit: MANY };
        let dead = self.list(Some(DeliveryState::Dead), newest).await?;
        let events: Vec<_> = dead.items.into_iter().map(|delivery| delivery.event).collect();
        self.replay_all(&events, by).await
    }

    /// Asks the provider what acting on a delivery would ask, and decides as it would; commits
    /// nothing.
    pub async fn rehearse(&self, event: &EventId) -> Result<Rehearsal, Error> {
        let delivery = self.get(event).await?;
        let changes = match self.plan(&delivery).await? {
            Plan::Changes(changes) => changes,
            Plan::Order(brought) => brought.changes(Some(event)),
        };
        let account_id = changes.account();
        let mark = changes.mark().cloned();
        let mut writes = self.world.watch.rehearse(changes, self.now()).await?;
        writes.retain(|write| !matches!(write, Write::Event(EventWrite::Marked { .. })));
        Ok(Rehearsal { account_id, mark, writes })
    }

    /// Deliveries are due again, with a deed for each in the same commit.
    async fn put_back(&self, events: &[EventId], again: &Mark, by: By) -> Result<(), Error> {
        let list = events.iter().flat_map(|event| {
            let (name, says) = (DeedName::Replayed, Some(event.as_str().to_owned()));
            [
                UnownedChange::Event(UnownedEventChange::Mark(event.clone(), again.clone())),
                UnownedChange::Audit(AuditChange::Record { name, subject: None, says }),
            ]
        });
        self.commit(Changes::unowned(list).by(by)).await
    }
}
