//! The rules of renders: every ending settles its charge in the same commit.

use super::decision::Decision;
use crate::{
    EventName, FeedWrite, FolderId, Image, ImageWrite, Refusal, Render, RenderChange, RenderId,
    RenderState, RenderWrite,
};

impl Decision<'_> {
    pub(super) fn decide_render(&mut self, change: RenderChange) -> Result<(), Refusal> {
        match change {
            RenderChange::Advance(id, step) => {
                let render = self.render(id)?;
                let next = render.step(step, self.at)?;
                self.move_render(render.state, next);
            }
            RenderChange::Cancel(id) => self.cancel(id)?,
            RenderChange::End(id, ending) => {
                let render = self.render(id)?;
                let next = render.end(&ending, self.at)?;
                self.till.refund(render.charge_id)?;
                self.move_render(render.state, next);
            }
            RenderChange::Store { image, cost_micros } => self.store(image, cost_micros)?,
        }
        Ok(())
    }

    fn cancel(&mut self, id: RenderId) -> Result<(), Refusal> {
        let render = self.render(id)?;
        match render.ask_cancel(self.at) {
            Ok(next) => {
                if next.state.is_final() {
                    self.till.refund(render.charge_id)?;
                }
                self.move_render(render.state, next);
                Ok(())
            }
            // Cancelled twice is cancelled: the second click needs no error.
            Err(Refusal::Stale) => Ok(()),
            Err(no) => Err(no),
        }
    }

    pub(super) fn store(&mut self, image: Image, cost_micros: Option<u64>) -> Result<(), Refusal> {
        let render = self.render(image.render_id)?;
        let next = render.stored(cost_micros, self.at)?;
        // The folder may have been deleted while the picture was made; the picture must not be.
        let exists = |id: &FolderId| self.folders.iter().any(|folder| folder.id == *id);
        let folder_id = image.folder_id.filter(exists);
        self.till.keep(render.charge_id)?;
        self.move_render(render.state, next);
        self.write(ImageWrite::New(Image { folder_id, created_at: self.at, ..image }));
        Ok(())
    }

    pub(super) fn move_render(&mut self, was: RenderState, next: Render) {
        let id = next.id;
        let shows = next.state != was || next.cancel_requested;
        self.renders.insert(id, next.clone());
        self.write(RenderWrite::Moved { render: next, was });
        if shows {
            self.write(FeedWrite::Event(EventName::RenderChanged, id.0));
        }
    }

    pub(super) fn render(&self, id: RenderId) -> Result<Render, Refusal> {
        self.renders.get(&id).cloned().ok_or(Refusal::NotFound)
    }
}
