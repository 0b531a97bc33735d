//! The request each render began in, so that what is logged of a render leads back to it.
//!
//! Kept in memory and bounded: after a restart, and of the very oldest, only the render is known.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
};

use safelight_domain::RenderId;
use tracing::{Span, info_span};

/// As many renders as are remembered: more than are under way at any one time.
const MOST: usize = 4_096;

/// The spans renders began in.
#[derive(Default)]
pub(super) struct Origins(Mutex<Known>);

#[derive(Default)]
struct Known {
    spans: HashMap<RenderId, Span>,
    oldest_first: VecDeque<RenderId>,
}

impl Origins {
    /// These renders begin where the caller is.
    pub fn begin(&self, renders: impl IntoIterator<Item = RenderId>) {
        let span = Span::current();
        if span.is_none() {
            return;
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for render in renders {
            if known.spans.insert(render, span.clone()).is_none() {
                known.oldest_first.push_back(render);
            }
        }
        while known.oldest_first.len() > MOST {
            if let Some(render) = known.oldest_first.pop_front() {
                known.spans.remove(&render);
            }
        }
    }

    /// What work on a render is logged in.
    pub fn span(&self, render: RenderId) -> Span {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(origin) = known.spans.get(&render) {
            info_span!(parent: origin, "render", render = %render)
        } else {
            info_span!("render", render = %render)
        }
    }
}

#[cfg(test)]
mod tests {
    use safelight_domain::Uuid;

    use super::*;

    #[test]
    fn only_so_many_are_remembered() {
        let subscriber = tracing_subscriber::registry();
        tracing::subscriber::with_default(subscriber, || {
            let origins = Origins::default();
            let id = |n| RenderId(Uuid::from_u128(n));
            let request = info_span!("request");
            request.in_scope(|| origins.begin((0..2 * MOST as u128).map(id)));
            let known = origins.0.lock().unwrap();
            assert_eq!((known.spans.len(), known.oldest_first.len()), (MOST, MOST));
            assert!(known.spans.contains_key(&id(2 * MOST as u128 - 1)));
        });
    }
}
