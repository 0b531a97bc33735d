//! Beside the stage: what is still in the making, and the pictures made just before.

use safelight_domain::{
    AccountId, ChargeState, GenerationId, ImageFilter, RenderState, RenderStatus,
};
use safelight_usecases::{Error, GenerationStatus, Page, Studio};
use serde::Serialize;

use super::{
    picture::PictureView,
    slot::{place, ratio},
};

/// As many pictures as the strip shows.
const RECENT: u16 = 6;

/// What is beside the stage.
#[derive(Serialize)]
pub struct FlightView {
    pub jobs: Vec<JobView>,
    /// What unfinished pictures were charged.
    pub credits: u32,
    pub recent: Vec<PictureView>,
}

/// A generation with something unfinished.
#[derive(Serialize)]
pub struct JobView {
    pub id: String,
    pub title: String,
    pub line: String,
    /// Whether the stage shows it.
    pub on_stage: bool,
    pub ratio: &'static str,
    /// Its first finished picture.
    pub picture: Option<PictureView>,
}

impl FlightView {
    /// What is beside a stage that shows `staged`.
    pub async fn of(
        studio: &Studio,
        account: AccountId,
        staged: Option<GenerationId>,
    ) -> Result<Self, Error> {
        let unfinished = studio.generations.unfinished(account).await?;
        let open = unfinished.iter().flat_map(|status| &status.renders);
        let open = open.filter(|render| !render.render.state.is_final());
        let credits = open.map(|render| render.price.get()).fold(0, u32::saturating_add);
        let mut jobs = Vec::with_capacity(unfinished.len());
        for status in &unfinished {
            jobs.push(JobView::of(studio, status, staged).await?);
        }
        let page = Page { after: None, limit: RECENT };
        let images = studio.images.list(account, &ImageFilter::default(), page).await?.items;
        let recent = images.iter().map(|image| PictureView::of(image, &studio.images)).collect();
        Ok(Self { jobs, credits, recent })
    }
}

impl JobView {
    async fn of(
        studio: &Studio,
        status: &GenerationStatus,
        staged: Option<GenerationId>,
    ) -> Result<Self, Error> {
        let GenerationStatus { generation, renders } = status;
        let first = renders.iter().find_map(|render| render.image_id);
        let picture = match first {
            Some(id) => {
                let image = studio.images.get(generation.account_id, id).await?;
                Some(PictureView::of(&image, &studio.images))
            }
            None => None,
        };
        let title = generation.order.prompt.as_str().to_owned();
        Ok(Self {
            id: generation.id.to_string(),
            title,
            line: line(renders),
            on_stage: staged == Some(generation.id),
            ratio: ratio(generation.order.size),
            picture,
        })
    }
}

/// How far it is, in one line.
fn line(renders: &[RenderStatus]) -> String {
    let count = |of: fn(&RenderStatus) -> bool| renders.iter().filter(|render| of(render)).count();
    let ready = count(|r| r.render.state == RenderState::Stored);
    let returned = count(|r| r.charge == ChargeState::Refunded);
    let pending = count(|r| r.render.state == RenderState::Pending);
    let mut parts = Vec::new();
    if ready > 0 {
        parts.push(format!("{ready} of {} ready", renders.len()));
    }
    if returned > 0 {
        parts.push(format!("{returned} returned"));
    }
    if parts.is_empty() && pending == renders.len() {
        parts.push(place(renders.iter().filter_map(|r| r.position).min()));
    } else if parts.is_empty() {
        parts.push("developing".to_owned());
    }
    parts.join(", ")
}
