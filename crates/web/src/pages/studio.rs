//! `/studio`: the composer, the stage with a slot a picture, and what is in flight.
//!
//! Invariant: the price on the button is the price that is charged, or nothing is; and whatever
//! goes wrong, what was typed is still there.

mod compose;
mod draft;
mod events;
mod flight;
mod parts;
mod picture;
mod slot;
mod stage;
mod style;
pub mod usual;
mod wordings;

use poem::{IntoResponse, Request, Response, handler, http::StatusCode, web::Path};
use safelight_domain::{Count, GenerationId, ImageId, Invalid, Key, Refusal, RenderId};
use safelight_usecases::{Ask, Error, GenerationStatus, Page as Part};
use serde::Serialize;
use sha2::{Digest, Sha256};

pub use events::live;
pub use wordings::show as earlier;

use self::{
    compose::{ComposerView, ErrorView},
    draft::Draft,
    flight::FlightView,
    parts::Parts,
    stage::StageView,
};
use crate::{
    api::GenerationBody,
    form::Form,
    problem::Problem,
    site::{Page, see_other},
    visitor::Member,
};

/// The page.
#[derive(Serialize)]
struct StudioView {
    composer: ComposerView,
    stage: Option<StageView>,
    flight: FlightView,
    /// The newest event the page knows of: the live view goes on from there.
    since: u64,
    /// Whether anything is unfinished.
    busy: bool,
    /// Whether a browser without JavaScript looks again by itself.
    looks_again: bool,
    /// The fields that were filled from a picture.
    recalled: Option<String>,
    /// Keys the operator has not set, by what stands in for them.
    unset: Vec<&'static str>,
}

/// What a page is asked to show.
#[derive(Default)]
struct Look {
    draft: Draft,
    stage: Option<GenerationStatus>,
    error: Option<ErrorView>,
    looks_again: bool,
    recalled: Option<String>,
}

/// `GET /studio`: `?remix={image}` fills the composer with what a picture was made from, all but its
/// seed; `&parts=` says which parts instead. Fields of the form fill it as they are.
#[handler]
pub async fn show(request: &Request, member: Member) -> Result<Page, Problem> {
    let query = Form::query(request);
    let stage = latest(&member).await?;
    let usual = stage.as_ref().map(|last| Draft::like(&last.generation)).unwrap_or_default();
    let (draft, recalled) = match query.get("remix") {
        Some(id) => {
            let parts = Parts::read(query.text("parts"))?;
            (parts.of(made(&member, id).await?, usual), Some(parts.fields()))
        }
        None if request.uri().query().is_none() => (usual, None),
        None => (Draft::typed(&query), None),
    };
    page(&member, Look { draft, stage, recalled, ..Look::default() }).await
}

/// `POST /studio/draft`: the composer filled in as sent, for whoever comes back from the checkout.
/// Nothing is asked for.
#[handler]
pub async fn resume(member: Member, form: Form) -> Result<Page, Problem> {
    let stage = latest(&member).await?;
    page(&member, Look { draft: Draft::typed(&form), stage, ..Look::default() }).await
}

/// `POST /studio`
#[handler]
pub async fn press(member: Member, form: Form) -> Result<Response, Problem> {
    member.press()?;
    let asked = match wanted(&member, &form) {
        Ok(ask) => {
            let ask = Ask { remix_of: still_there(&member, ask.remix_of).await, ..ask };
            request(&member, ask, key(&form)?).await
        }
        Err(error) => Err(error),
    };
    match asked {
        Ok(id) => Ok(see_other(&place(id))),
        Err(error) => again_with(&member, Draft::typed(&form), error).await,
    }
}

/// `GET /studio/generations/{id}`
#[handler]
pub async fn generation(member: Member, id: Path<String>) -> Result<Page, Problem> {
    let id: GenerationId = id.0.parse().map_err(|_| Problem::not_found())?;
    let status = member.studio().generations.get(member.account(), id).await?;
    let look = Look {
        draft: Draft::of(&status.generation),
        looks_again: status.is_unfinished(),
        stage: Some(status),
        ..Look::default()
    };
    page(&member, look).await
}

/// `POST /studio/renders/{id}/cancel`: back to where its slot tells what became of it.
#[handler]
pub async fn cancel(member: Member, id: Path<String>) -> Result<Response, Problem> {
    let id = render_id(&id.0)?;
    let generations = &member.studio().generations;
    let render = match generations.cancel(member.account(), id).await {
        Err(Error::Refused(Refusal::TooLate)) => generations.render(member.account(), id).await?,
        cancelled => cancelled?,
    };
    Ok(see_other(&place(render.render.generation_id)))
}

/// `POST /studio/renders/{id}/again`: the same picture, once more, as a request of its own.
#[handler]
pub async fn again(member: Member, id: Path<String>) -> Result<Response, Problem> {
    let id = render_id(&id.0)?;
    let studio = member.studio();
    let render = studio.generations.render(member.account(), id).await?.render;
    let status = studio.generations.get(member.account(), render.generation_id).await?;
    if !slot::can_try_again(render.state) {
        return Ok(see_other(&place(render.generation_id)));
    }
    let folders = studio.folders.list(member.account()).await?;
    let order = status.generation.order.clone();
    let ask = Ask {
        prompt: order.prompt,
        negative: order.negative,
        model: order.model,
        size: order.size,
        count: Count::ONE,
        seed: Some(render.seed),
        // The folder may be gone since; the picture need not.
        folder_id: status.generation.folder_id.filter(|id| folders.iter().any(|f| f.id == *id)),
        remix_of: None,
    };
    member.press()?;
    // Pressed twice it is one picture: the key is the render's own.
    match request(&member, ask, Some(Key::parse(format!("again-{id}"))?)).await {
        Ok(id) => Ok(see_other(&place(id))),
        Err(error) => {
            let (count, seed) = ("1".to_owned(), render.seed.to_string());
            let draft = Draft { count, seed, ..Draft::of(&status.generation) };
            again_with(&member, draft, error).await
        }
    }
}

fn render_id(text: &str) -> Result<RenderId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

fn place(id: GenerationId) -> String {
    format!("/studio/generations/{id}")
}

/// What the form asks for, at the price its button said.
fn wanted(member: &Member, form: &Form) -> Result<Ask, Error> {
    let studio = member.studio();
    let ask = GenerationBody::from_form(&style::applied(form)?)?.ask(studio)?;
    let total = studio.generations.quote(&ask)?.total;
    match form.get("price") {
        Some(said) if said != total.get().to_string() => {
            let says = format!("this costs {total}; press again to agree");
            Err(Invalid::new("price", says).into())
        }
        _ => Ok(ask),
    }
}

/// A form sent twice is one request; changed before it is sent again, it is another.
fn key(form: &Form) -> Result<Option<Key>, Error> {
    let mut hash = Sha256::new();
    for (field, value) in form.fields() {
        for part in [field, value] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
    }
    let digest: [u8; 32] = hash.finalize().into();
    let short = digest.iter().take(8).fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
    Ok(form.key(&format!("{short:016x}"))?)
}

async fn request(member: &Member, ask: Ask, key: Option<Key>) -> Result<GenerationId, Error> {
    let generations = &member.studio().generations;
    let asked = generations.request(member.account(), ask, key, member.actor()).await;
    match asked {
        Ok(requested) => Ok(requested.status.generation.id),
        // All else it names was checked: only the folder can be missing.
        Err(Error::Refused(Refusal::NotFound)) => {
            Err(Invalid::new("folder_id", "this folder is gone; choose another").into())
        }
        Err(error) => Err(error),
    }
}

/// The picture a form was filled from, if there still is one: what is made of it need not wait for it.
async fn still_there(member: &Member, parent: Option<ImageId>) -> Option<ImageId> {
    let found = member.studio().images.get(member.account(), parent?).await;
    found.ok().map(|image| image.id)
}

/// The page again, with what was typed and what stands against it.
async fn again_with(member: &Member, draft: Draft, error: Error) -> Result<Response, Problem> {
    let (status, error) = match error {
        Error::Refused(Refusal::Invalid(invalid)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Some(invalid.into()))
        }
        // The button says what is missing and leads there.
        Error::Refused(Refusal::Overdrawn { .. } | Refusal::Indebted { .. }) => {
            (StatusCode::PAYMENT_REQUIRED, None)
        }
        other => return Err(other.into()),
    };
    let stage = latest(member).await?;
    let look = Look { draft, stage, error, ..Look::default() };
    Ok(page(member, look).await?.status(status).into_response())
}

async fn latest(member: &Member) -> Result<Option<GenerationStatus>, Problem> {
    let newest = Part { after: None, limit: 1 };
    Ok(member.studio().generations.list(member.account(), newest).await?.items.pop())
}

/// All that a picture was made from.
async fn made(member: &Member, id: &str) -> Result<Draft, Problem> {
    let id: ImageId = id.parse().map_err(|_| Problem::not_found())?;
    let studio = member.studio();
    let image = studio.images.get(member.account(), id).await?;
    let made = studio.generations.get(member.account(), image.generation_id).await?;
    Ok(Draft::remix(&image, &made.generation))
}

async fn page(member: &Member, look: Look) -> Result<Page, Problem> {
    let (studio, account) = (member.studio(), member.account());
    // Before all else is read: what happens from here on is told by the live view.
    let since = studio.live.last(account).await?;
    let balance = studio.ledger.balance(account).await?;
    let folders = studio.folders.list(account).await?;
    let stage = match &look.stage {
        Some(status) => Some(StageView::of(studio, &folders, status).await?),
        None => None,
    };
    let staged = look.stage.as_ref().map(|status| status.generation.id);
    let flight = FlightView::of(studio, account, staged).await?;
    let composer =
        ComposerView::of(studio, &balance, &folders, &*studio.paces.all().await?, look.draft);
    let title = match &stage {
        Some(stage) if stage.unfinished => {
            format!("({}/{}) Studio", stage.ready, stage.slots.len())
        }
        _ => "Studio".to_owned(),
    };
    let view = StudioView {
        composer: ComposerView { error: look.error, draft_of: account.to_string(), ..composer },
        busy: !flight.jobs.is_empty(),
        stage,
        flight,
        since,
        looks_again: look.looks_again,
        recalled: look.recalled,
        unset: unset(member),
    };
    member.page("studio.html", &title, "studio", view).await
}

/// The keys whose parts are played by a stand-in.
fn unset(member: &Member) -> Vec<&'static str> {
    let web = &member.shared().web;
    let mut keys = Vec::new();
    if web.about.practice {
        keys.push("FAL_KEY");
    }
    if web.about.practice && web.local_files.is_some() {
        keys.extend(["R2_ENDPOINT", "R2_BUCKET", "R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY"]);
    }
    keys
}
