//! Renders: one picture being made.

use poem_openapi::{Enum, Object, OpenApi, param::Path};
use safelight_domain::{
    ChargeState, Credits, GenerationId, ImageId, RenderId, RenderState, RenderStatus,
};

use super::Tag;
use crate::{
    auth::{ApiKey, Generate, Read},
    manner::{Changes, Looks, Told},
    wire::Text,
};

/// Where a render stands.
#[derive(Enum)]
#[oai(remote = "RenderState", rename = "RenderState", rename_all = "snake_case")]
enum RenderStateView {
    Pending,
    Submitting,
    Unknown,
    Waiting,
    Storing,
    Stored,
    Failed,
    Filtered,
    Cancelled,
}

/// One picture being made.
#[derive(Object)]
#[oai(rename = "Render")]
pub struct RenderView {
    id: Text<RenderId>,
    generation_id: Text<GenerationId>,
    /// Its place in the request, from 0.
    index: u8,
    /// Its own seed, decimal.
    seed: String,
    state: RenderStateView,
    /// Renders ahead of it in line, while pending: exact below 500, which stands for 500 or more.
    #[oai(nullable)]
    position: Option<u32>,
    /// What it cost, in credits.
    price: u32,
    /// What was given back, in credits: its price, once it ended without a picture.
    refunded: u32,
    /// Why it did not work, a stable slug.
    #[oai(nullable)]
    error: Option<String>,
    /// Its picture, once stored.
    #[oai(nullable)]
    image_id: Option<Text<ImageId>>,
}

impl From<RenderStatus> for RenderView {
    fn from(status: RenderStatus) -> Self {
        let RenderStatus { render, price, charge, image_id, position } = status;
        let refunded = if charge == ChargeState::Refunded { price } else { Credits::ZERO };
        Self {
            id: Text(render.id),
            generation_id: Text(render.generation_id),
            index: render.index,
            seed: render.seed.to_string(),
            state: render.state.into(),
            position,
            price: price.get(),
            refunded: refunded.get(),
            error: render.error,
            image_id: image_id.map(Text),
        }
    }
}

/// The routes.
pub struct Api;

#[OpenApi(prefix_path = "/renders", tag = "Tag::Renders")]
impl Api {
    /// Look at a render
    #[oai(path = "/:id", method = "get", operation_id = "get_render")]
    async fn get(&self, key: ApiKey<Read>, id: Path<Text<RenderId>>) -> Told<RenderView, Looks> {
        let status = key.studio().generations.render(key.account, id.0.0).await?;
        key.answer(status.into()).await
    }

    /// Cancel a render
    ///
    /// One that was not sent yet ends at once and is refunded. One that was sent is refunded when
    /// the provider confirms; when the picture is finished first, it is kept and stays charged.
    #[oai(path = "/:id/cancel", method = "post", operation_id = "cancel_render")]
    async fn cancel(
        &self,
        key: ApiKey<Generate>,
        id: Path<Text<RenderId>>,
    ) -> Told<RenderView, Changes> {
        let status = key.studio().generations.cancel(key.account, id.0.0).await?;
        key.answer(status.into()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poem_openapi::types::ToJSON;

    #[test]
    fn states_have_one_word_everywhere() {
        for state in RenderState::ALL {
            assert_eq!(RenderStateView::from(state).to_json(), Some(state.as_str().into()));
        }
    }
}
