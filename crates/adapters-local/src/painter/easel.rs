//! Where pictures are painted: threads of their own, no more at once than there are cores.

use std::sync::Arc;

use safelight_domain::Order;
use safelight_ports::Fault;
use tokio::sync::{Semaphore, oneshot};

use super::{
    dice::{Dice, Likeness},
    finish,
    noise::Noise,
    palette::Palette,
    scene::{self, Frame},
};

/// Permits to paint.
pub(super) struct Easels(Arc<Semaphore>);

impl Easels {
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self(Arc::new(Semaphore::new(cores)))
    }

    /// Paints as soon as an easel is free.
    pub async fn paint(&self, order: Order) -> Result<Vec<u8>, Fault> {
        let stopped = || Fault::passing("provider", "the painter stopped in the middle");
        let permit = Arc::clone(&self.0).acquire_owned().await.map_err(|_| stopped())?;
        let (done, picture) = oneshot::channel();
        let work = move || {
            let painted = paint(&order);
            // The permit goes with the work, not with whoever waits for it: they may hang up.
            drop(permit);
            let _ = done.send(painted);
        };
        std::thread::Builder::new()
            .name("painter".to_owned())
            .spawn(work)
            .map_err(|error| Fault::passing("provider", error))?;
        let painted = picture.await.map_err(|_| stopped())?;
        painted.map_err(|error| Fault::lasting("provider", error))
    }
}

/// The order's picture as a JPEG: the same bytes every time.
pub(super) fn paint(order: &Order) -> image::ImageResult<Vec<u8>> {
    let likeness = Likeness::of(order);
    let mut dice = Dice::new(likeness.picture);
    let (width, height) = order.size.pixels();
    let frame = Frame { width, height };
    let prompt = order.prompt.as_str();
    let negative = order.negative.as_ref().map_or("", |negative| negative.as_str());
    let palette = Palette::of(prompt, negative, likeness, &mut dice);
    let picture = scene::draw(frame, prompt, &palette, likeness, &mut dice);
    finish::jpeg(frame, &picture, Noise::new(dice.next()))
}
