//! The rules of generations: each render is charged before it is made.

use super::decision::{Decision, IMPORTED};
use crate::{
    ActionName, Credits, EventName, FeedWrite, GenerationChange, GenerationWrite, Image, Refusal,
    Render, RenderState, RenderWrite, Request, Step, rebased,
};

impl Decision<'_> {
    pub(super) fn decide_generation(&mut self, change: GenerationChange) -> Result<(), Refusal> {
        match change {
            GenerationChange::AtMost { unfinished } => self.at_most(unfinished)?,
            GenerationChange::Request(request) => self.request(request)?,
            GenerationChange::Import { request, image } => self.import(*request, image)?,
        }
        Ok(())
    }

    /// Counts those in the making with those this commit has begun.
    fn at_most(&self, at_most: u32) -> Result<(), Refusal> {
        let begun = |render: &&Render| self.seen.renders.iter().all(|seen| seen.id != render.id);
        let begun = self.renders.values().filter(begun).count();
        let all = usize::try_from(self.seen.unfinished).unwrap_or(usize::MAX);
        if all.saturating_add(begun) > usize::try_from(at_most).unwrap_or(usize::MAX) {
            return Err(Refusal::TooMany { unfinished: self.seen.unfinished, at_most });
        }
        Ok(())
    }

    fn request(&mut self, request: Request) -> Result<(), Refusal> {
        let Request { generation, ids, each, deadline, actor } = request;
        // A span of time, also when the clock was set since the request was made.
        let deadline = rebased(deadline, generation.created_at, self.at);
        self.folder(generation.folder_id)?;
        generation.remix_of.map_or(Ok(()), |id| self.image(id).map(drop))?;
        let total = each.times(u32::try_from(ids.len()).unwrap_or(u32::MAX));
        let total = total.unwrap_or(Credits::MAX);
        self.till.admit(&actor, total)?;
        self.till.afford(total)?;
        for (_, charge) in &ids {
            self.till.charge(*charge, ActionName::image(), each, actor.clone())?;
        }
        self.write(GenerationWrite::New(generation.clone()));
        for (index, (id, charge_id)) in (0_u8..).zip(ids) {
            let render = Render {
                id,
                generation_id: generation.id,
                account_id: generation.account_id,
                index,
                charge_id,
                seed: generation.order.seed.offset(index),
                state: RenderState::Pending,
                attempt: 0,
                request_id: None,
                next_at: Some(self.at),
                deadline,
                cancel_requested: false,
                error: None,
                cost_micros: None,
                created_at: self.at,
                begun_at: None,
                submitted_at: None,
                ended_at: None,
            };
            self.write(RenderWrite::New(render.clone()));
            self.renders.insert(id, render);
            self.write(FeedWrite::Event(EventName::RenderChanged, id.0));
        }
        Ok(())
    }

    /// The same steps every picture goes through, so that every guard sees what it always sees.
    fn import(&mut self, request: Request, image: Image) -> Result<(), Refusal> {
        self.request(request)?;
        let pending = self.render(image.render_id)?;
        let begun = pending.begun(self.at)?;
        self.move_render(pending.state, begun.clone());
        let request_id = IMPORTED.to_owned();
        let step = Step::Submitted { attempt: begun.attempt, request_id, next_at: self.at };
        self.move_render(begun.state, begun.step(step, self.at)?);
        self.store(image, None)
    }
}
