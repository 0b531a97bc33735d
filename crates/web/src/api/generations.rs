//! Generations: one press of the button.

mod ask;

use poem_openapi::{Enum, Object, OpenApi, param::Path};
use safelight_domain::{
    FolderId, GenerationId, ImageId, RenderState, RenderStatus, Size, Timestamp,
};
use safelight_usecases::{GenerationStatus, charged, refunded};

pub use ask::GenerationBody;

use super::{Tag, renders::RenderView};
use crate::{
    auth::{ApiKey, Generate, Read},
    body::Body,
    idempotency::IdempotencyKey,
    list::List,
    manner::{Begins, Looks, Told},
    openapi::PREFIX,
    page::{CursorParam, LimitParam, ListOf},
    wire::Text,
};

/// `running` while any render is unfinished. Afterwards `stored` when every picture is there,
/// `partial` when some are, and otherwise the first of `failed`, `filtered`, `cancelled` that any
/// render ended as.
#[derive(Debug, Enum, PartialEq, Eq)]
#[oai(rename = "GenerationState", rename_all = "snake_case")]
enum GenerationStateView {
    Running,
    Stored,
    Partial,
    Failed,
    Filtered,
    Cancelled,
}

impl GenerationStateView {
    fn of(renders: &[RenderStatus]) -> Self {
        let any = |state| renders.iter().any(|r| r.render.state == state);
        let all = |state| renders.iter().all(|r| r.render.state == state);
        if renders.iter().any(|r| !r.render.state.is_final()) {
            Self::Running
        } else if all(RenderState::Stored) {
            Self::Stored
        } else if any(RenderState::Stored) {
            Self::Partial
        } else if any(RenderState::Failed) {
            Self::Failed
        } else if any(RenderState::Filtered) {
            Self::Filtered
        } else {
            Self::Cancelled
        }
    }
}

/// One press of the button.
#[derive(Object)]
#[oai(rename = "Generation")]
struct GenerationView {
    id: Text<GenerationId>,
    state: GenerationStateView,
    prompt: String,
    #[oai(nullable)]
    negative_prompt: Option<String>,
    model: String,
    size: Text<Size>,
    count: u8,
    /// The first picture's seed, decimal; the others' follow it.
    seed: String,
    /// The folder its pictures land in.
    #[oai(nullable)]
    folder_id: Option<Text<FolderId>>,
    /// The picture it was remixed from, which may be gone by now.
    #[oai(nullable)]
    remix_of: Option<Text<ImageId>>,
    /// What all its pictures cost, in credits, refunded ones included.
    charged: u32,
    /// What was given back, in credits.
    refunded: u32,
    created_at: Text<Timestamp>,
    /// Its pictures in the making, by index.
    renders: Vec<RenderView>,
}

impl From<GenerationStatus> for GenerationView {
    fn from(status: GenerationStatus) -> Self {
        let (charged, refunded) = (charged(&status).get(), refunded(&status).get());
        let GenerationStatus { generation, renders } = status;
        let order = generation.order;
        Self {
            id: Text(generation.id),
            state: GenerationStateView::of(&renders),
            prompt: order.prompt.as_str().to_owned(),
            negative_prompt: order.negative.map(|negative| negative.as_str().to_owned()),
            model: order.model.0,
            size: Text(order.size),
            count: generation.count.get(),
            seed: order.seed.to_string(),
            folder_id: generation.folder_id.map(Text),
            remix_of: generation.remix_of.map(Text),
            charged,
            refunded,
            created_at: Text(generation.created_at),
            renders: renders.into_iter().map(RenderView::from).collect(),
        }
    }
}

/// The routes.
pub struct Api;

#[OpenApi(prefix_path = "/generations", tag = "Tag::Generations")]
impl Api {
    /// Ask for pictures
    ///
    /// Each picture is charged by itself before anything is sent to the provider, and refunded by
    /// itself when it is not delivered. The same Idempotency-Key and body again answer the same
    /// generation and charge nothing.
    #[oai(path = "/", method = "post", operation_id = "create_generation")]
    async fn create(
        &self,
        key: ApiKey<Generate>,
        /// Makes a retry safe: one of your own for each request, such as a UUID.
        #[oai(name = "Idempotency-Key")]
        once: IdempotencyKey,
        body: Body<GenerationBody>,
    ) -> Told<GenerationView, Begins> {
        let studio = key.studio();
        let ask = body.0.ask(studio)?;
        let actor = key.actor.clone();
        key.press()?;
        let requested = studio.generations.request(key.account, ask, once.0, actor).await?;
        let view = GenerationView::from(requested.status);
        let place = format!("{PREFIX}/generations/{}", view.id.0);
        Ok(key.answer_at(view, requested.balance).at(place))
    }

    /// List generations
    #[oai(path = "/", method = "get", operation_id = "list_generations")]
    async fn list(
        &self,
        key: ApiKey<Read>,
        cursor: CursorParam,
        limit: LimitParam,
    ) -> Told<List<GenerationView>, Looks> {
        let list = ListOf::mine("generations", key.account);
        let page = list.page(cursor.0, limit.0)?;
        let paged = key.studio().generations.list(key.account, page).await?;
        key.answer(List::of(list, paged, GenerationView::from)).await
    }

    /// Look at a generation
    #[oai(path = "/:id", method = "get", operation_id = "get_generation")]
    async fn get(
        &self,
        key: ApiKey<Read>,
        id: Path<Text<GenerationId>>,
    ) -> Told<GenerationView, Looks> {
        let status = key.studio().generations.get(key.account, id.0.0).await?;
        key.answer(status.into()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use safelight_domain::{
        AccountId, ChargeId, ChargeState, Credits, Render, RenderId, Seed, Uuid,
    };

    fn ended(state: RenderState) -> RenderStatus {
        let (id, at) = (Uuid::nil(), Timestamp::UNIX_EPOCH);
        let render = Render {
            id: RenderId(id),
            generation_id: GenerationId(id),
            account_id: AccountId(id),
            index: 0,
            charge_id: ChargeId(id),
            seed: Seed(0),
            state,
            attempt: 1,
            request_id: None,
            next_at: None,
            deadline: at,
            cancel_requested: false,
            error: None,
            cost_micros: None,
            created_at: at,
            begun_at: None,
            submitted_at: None,
            ended_at: None,
        };
        let (price, charge) = (Credits::ONE, ChargeState::Open);
        RenderStatus { render, price, charge, image_id: None, position: None }
    }

    #[test]
    fn a_generation_is_what_its_renders_came_to() {
        use GenerationStateView as Sum;
        use RenderState::{Cancelled, Failed, Filtered, Pending, Stored, Storing};
        for (renders, sum) in [
            (&[Stored, Storing][..], Sum::Running),
            (&[Failed, Pending], Sum::Running),
            (&[Stored, Stored], Sum::Stored),
            (&[Stored, Failed], Sum::Partial),
            (&[Cancelled, Stored], Sum::Partial),
            (&[Cancelled, Filtered, Failed], Sum::Failed),
            (&[Cancelled, Filtered], Sum::Filtered),
            (&[Cancelled], Sum::Cancelled),
        ] {
            let all: Vec<_> = renders.iter().copied().map(ended).collect();
            assert_eq!(GenerationStateView::of(&all), sum, "{renders:?}");
        }
    }
}
