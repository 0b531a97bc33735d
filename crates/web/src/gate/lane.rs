//! So many at once, so many in line.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Places for one kind of request.
pub struct Lane {
    places: Arc<Semaphore>,
    line: AtomicUsize,
    longest: usize,
}

/// There is no room in the line either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left;

/// One who waits, counted until dropped: served, or gone.
struct InLine<'a>(&'a AtomicUsize);

impl Lane {
    /// `places` at once, `longest` in line.
    pub fn new(places: usize, longest: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), line: AtomicUsize::new(0), longest }
    }

    /// Whether the next one would be told to leave.
    pub fn is_full(&self) -> bool {
        self.places.available_permits() == 0 && self.line.load(Ordering::Relaxed) >= self.longest
    }

    /// Takes a place, held until it is dropped; waits in line when all are taken and answers at
    /// once when the line is full. First come, first served.
    pub async fn enter(&self) -> Result<OwnedSemaphorePermit, Left> {
        let places = Arc::clone(&self.places);
        if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
            return Ok(place);
        }
        let before = self.line.fetch_add(1, Ordering::Relaxed);
        let _waits = InLine(&self.line);
        if before >= self.longest {
            return Err(Left);
        }
        places.acquire_owned().await.map_err(|_| Left)
    }
}

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn the_line_is_bounded_and_who_leaves_it_makes_room() {
        let lane = Lane::new(1, 2);
        let held = lane.enter().now_or_never().unwrap().unwrap();
        let (mut first, mut second) = (pin!(lane.enter()), Box::pin(lane.enter()));
        assert!((&mut first).now_or_never().is_none() && (&mut second).now_or_never().is_none());
        assert_eq!(lane.enter().now_or_never().map(Result::err), Some(Some(Left)));
        drop(second);
        let mut third = pin!(lane.enter());
        assert!((&mut third).now_or_never().is_none(), "there is room for one more");
        drop(held);
        assert!((&mut third).now_or_never().is_none(), "first come, first served");
        let served = (&mut first).now_or_never().unwrap().unwrap();
        drop(served);
        assert!((&mut third).now_or_never().unwrap().is_ok());
        assert_eq!(lane.line.load(Ordering::Relaxed), 0);
    }
}
