//! Renders this process works on: one hand a render, and nobody's call is forgotten.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use safelight_domain::RenderId;

/// What is in hand, and whether somebody else asked for it meanwhile.
#[derive(Clone, Default)]
pub(super) struct Hands(Arc<Mutex<HashMap<RenderId, bool>>>);

impl Hands {
    /// Takes a render in hand. None when this process already works on it: then whoever does is
    /// told to look once more, for what they have seen may be older than this call.
    pub fn take(&self, id: RenderId) -> Option<Held> {
        match self.all().entry(id) {
            Entry::Occupied(mut held) => {
                held.insert(true);
                None
            }
            Entry::Vacant(free) => {
                free.insert(false);
                Some(Held { hands: self.clone(), id: Some(id) })
            }
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<RenderId, bool>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A render this process works on; let go when dropped.
pub(super) struct Held {
    hands: Hands,
    id: Option<RenderId>,
}

impl Held {
    /// Lets go; answers whether somebody asked for it meanwhile.
    pub fn let_go(mut self) -> bool {
        self.release()
    }

    fn release(&mut self) -> bool {
        let wanted = self.id.take().and_then(|id| self.hands.all().remove(&id));
        wanted.unwrap_or(false)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.release();
    }
}

#[cfg(test)]
mod tests {
    use safelight_domain::Uuid;

    use super::*;

    #[test]
    fn one_hand_a_render_and_every_call_is_heard() {
        let (hands, id) = (Hands::default(), RenderId(Uuid::from_u128(1)));
        let first = hands.take(id).expect("it is free");
        assert!(hands.take(RenderId(Uuid::from_u128(2))).is_some(), "another one is free");
        assert!(!first.let_go(), "nobody asked");
        let first = hands.take(id).expect("it was let go");
        assert!(hands.take(id).is_none() && hands.take(id).is_none());
        assert!(first.let_go(), "somebody asked");
        let again = hands.take(id).expect("it was let go");
        drop(again);
        assert!(!hands.take(id).expect("dropped is let go").let_go(), "an old call is not kept");
    }
}
