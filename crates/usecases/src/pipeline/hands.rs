//! Who works on what in this process: a render is in one hand at a time.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use safelight_domain::RenderId;
use tokio::sync::Notify;

/// Renders this process works on.
#[derive(Default)]
pub(super) struct Hands {
    held: Mutex<HashSet<RenderId>>,
    let_go: Notify,
}

/// A render in hand; let go when dropped.
pub(super) struct Held<'a> {
    hands: &'a Hands,
    id: RenderId,
}

impl Hands {
    /// Takes a render in hand, or none when somebody has it.
    pub fn try_take(&self, id: RenderId) -> Option<Held<'_>> {
        let free = self.held().insert(id);
        // Made only when it is ours: one that is dropped lets go.
        free.then(|| Held { hands: self, id })
    }

    /// Takes a render in hand once nobody else has it.
    pub async fn take(&self, id: RenderId) -> Held<'_> {
        loop {
            // Listens before it tries, so that nobody lets go unheard in between.
            let let_go = self.let_go.notified();
            if let Some(held) = self.try_take(id) {
                return held;
            }
            let_go.await;
        }
    }

    fn held(&self) -> MutexGuard<'_, HashSet<RenderId>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.hands.held().remove(&self.id);
        self.hands.let_go.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use safelight_domain::Uuid;

    use super::*;

    #[tokio::test]
    async fn a_render_is_in_one_hand_at_a_time_and_others_wait_their_turn() {
        let hands = Hands::default();
        let [one, two] = [1, 2].map(|n| RenderId(Uuid::from_u128(n)));
        let held = hands.take(one).await;
        // Whoever is turned away has let go of nothing.
        for _ in 0..2 {
            assert!(hands.try_take(one).is_none());
        }
        assert!(hands.try_take(two).is_some());
        let let_go = async {
            tokio::task::yield_now().await;
            drop(held);
        };
        tokio::join!(hands.take(one), let_go);
        assert!(hands.try_take(one).is_some());
    }
}
