//! The operator's questions about everybody's rows. Nothing here writes.

use async_trait::async_trait;
use safelight_domain::{
    Changes, GenerationId, ModelSlug, RenderState, Task, TaskId, Timestamp, Write,
};

use crate::{CommitError, Fault, GenerationStatus, Page, Paged};

/// Which generations: those with a render like this.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Watched {
    /// Any.
    #[default]
    All,
    /// By this model.
    Model(ModelSlug),
    /// Asked for before this time and still in the making.
    Unfinished(Timestamp),
    /// Nobody looked at it since this time though it was due, or its deadline is past it.
    Overdue(Timestamp),
    /// Failed, for this reason.
    FailedFor(String),
    /// Ended like this, without a picture.
    Ended(RenderState),
    /// Ended without a picture, in whichever way.
    Refunded,
}

/// Which operator tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tasks {
    /// Those that nobody has marked as done.
    #[default]
    ToDo,
    /// Those too that are done.
    All,
}

/// What renders that ended in a span of time came to. Imported pictures are not among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// How many.
    pub renders: u64,
    /// Credits kept for pictures.
    pub kept: u64,
    /// Credits that went back.
    pub refunded: u64,
    /// The provider's price, in millionths of a US dollar.
    pub cost_micros: u64,
    /// Pictures whose price is not known.
    pub unpriced: u64,
}

/// Answers the operator.
#[async_trait]
pub trait Watch: Send + Sync {
    /// The types of the deliveries there are, by name, at most `limit`.
    async fn kinds(&self, limit: u16) -> Result<Vec<String>, Fault>;

    /// Generations that match, whoever asked for them, newest first.
    async fn generations(
        &self,
        which: &Watched,
        page: Page,
    ) -> Result<Paged<GenerationStatus>, Fault>;

    /// A generation, whoever asked for it.
    async fn generation(&self, id: GenerationId) -> Result<Option<GenerationStatus>, Fault>;

    /// Why renders failed, by name, at most `limit`.
    async fn failures(&self, limit: u16) -> Result<Vec<String>, Fault>;

    /// What the renders that match came to that ended from `since` on and before `until`; nothing
    /// for those that did not end. Reads all that ended in the span.
    async fn tally(
        &self,
        which: &Watched,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Tally, Fault>;

    /// Operator tasks, newest first: those to be done, or all.
    async fn tasks(&self, which: Tasks, page: Page) -> Result<Paged<Task>, Fault>;

    /// An operator task.
    async fn task(&self, id: TaskId) -> Result<Option<Task>, Fault>;

    /// The rows a commit of these changes would write now; none of them is written.
    async fn rehearse(&self, changes: Changes, now: Timestamp) -> Result<Vec<Write>, CommitError>;
}
