//! A slot: one picture of a generation, wherever it stands. The page and the live view show the
//! same.

use safelight_domain::{
    ChargeState, Generation, ModelSlug, RenderState, RenderStatus, Size, Timestamp,
};
use safelight_usecases::{Error, Studio};
use serde::Serialize;

use super::{picture::PictureView, usual};

/// Of a picture that takes longer than nine in ten did.
const LATE: &str = "Taking longer than usual";

/// What a slot shows.
#[derive(Debug, Serialize)]
pub struct SlotView {
    /// Its render.
    pub id: String,
    /// Which picture of how many, from 1.
    pub number: u8,
    pub of: u8,
    /// The class of its look: `queued`, `rendering`, `ready` or `failed`.
    pub look: &'static str,
    /// The class of the ratio that was asked for.
    pub ratio: &'static str,
    /// The large line on the sheet, none while time runs there.
    pub title: Option<String>,
    /// The small line below it.
    pub says: Option<String>,
    /// When a picture of this model is late, in milliseconds; none while nobody can tell.
    pub late_after: Option<i128>,
    /// The state in a word or two.
    pub state: String,
    /// How long it develops, in milliseconds and in words.
    pub elapsed: Option<Elapsed>,
    /// What it costs.
    pub price: u32,
    /// What taking it back does.
    pub cancel: Option<Cancel>,
    /// What trying again costs now.
    pub again: Option<u32>,
    /// The picture.
    pub picture: Option<PictureView>,
    /// Where the original is saved from.
    pub download: Option<String>,
}

/// How long a picture develops.
#[derive(Debug, Serialize)]
pub struct Elapsed {
    ms: i64,
    says: String,
}

/// What taking a picture back does.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cancel {
    /// It was never sent: the credits are back at once.
    Refunds,
    /// It was sent: the credits come back only when the provider confirms.
    Asks,
}

impl SlotView {
    /// The slot of `status` as it is now.
    pub async fn of(
        studio: &Studio,
        generation: &Generation,
        status: &RenderStatus,
    ) -> Result<Self, Error> {
        let render = &status.render;
        let now = studio.now();
        let (look, title, says, state) = words(status);
        let begun = render.begun_at.unwrap_or(render.created_at);
        // What is being stored is done with being made; what is stopping says so.
        let pace = if look == "rendering" && says.is_none() {
            studio.paces.of(&generation.order.model).await?
        } else {
            None
        };
        let says = match pace {
            Some(pace) if now.duration_since(begun) > pace.most => Some(LATE.to_owned()),
            Some(pace) => Some(format!("usually {}", usual::range(pace))),
            None => says.map(str::to_owned),
        };
        let mut slot = Self {
            id: render.id.to_string(),
            number: render.index + 1,
            of: generation.count.get(),
            look,
            ratio: ratio(generation.order.size),
            title,
            says,
            late_after: pace.map(|pace| pace.most.as_millis()),
            state,
            elapsed: (look == "rendering").then(|| Elapsed::between(begun, now)),
            price: status.price.get(),
            cancel: cancel(status),
            again: can_try_again(render.state)
                .then(|| price(studio, &generation.order.model))
                .flatten(),
            picture: None,
            download: None,
        };
        if let Some(id) = status.image_id {
            let image = studio.images.get(render.account_id, id).await?;
            slot.download = Some(studio.images.download(&image).url);
            slot.picture = Some(PictureView::of(&image, &studio.images));
            if image.trashed_at.is_some() {
                slot.state = String::from("in the trash");
            } else if let (Some(begun), Some(ended)) = (render.begun_at, render.ended_at) {
                slot.state = format!("ready in {}", Elapsed::between(begun, ended).says);
            }
        }
        Ok(slot)
    }
}

/// Whether the same picture may be asked for again. One the model would not show is not among
/// them: the same seed and words would be turned down again.
pub fn can_try_again(state: RenderState) -> bool {
    matches!(state, RenderState::Failed | RenderState::Cancelled)
}

/// What one picture by this model costs now; none when it is no longer offered.
fn price(studio: &Studio, model: &ModelSlug) -> Option<u32> {
    studio.terms.catalog.model(&model.0).ok().map(|model| model.price.get())
}

/// The class of a preset's ratio.
pub fn ratio(size: Size) -> &'static str {
    match size {
        Size::SquareHd | Size::Square => "r1-1",
        Size::Portrait43 => "r3-4",
        Size::Portrait169 => "r9-16",
        Size::Landscape43 => "r4-3",
        Size::Landscape169 => "r16-9",
    }
}

/// Look, title, small line, and the state for the foot.
fn words(status: &RenderStatus) -> (&'static str, Option<String>, Option<&'static str>, String) {
    use RenderState::{
        Cancelled, Failed, Filtered, Pending, Stored, Storing, Submitting, Unknown, Waiting,
    };
    let render = &status.render;
    let developing = |says| ("rendering", None, says, "developing".to_owned());
    let ended =
        |says, state: &str| ("failed", Some(returned(status)), Some(says), state.to_owned());
    match render.state {
        Pending => ("queued", Some(place(status.position)), None, "waiting".to_owned()),
        _ if render.cancel_requested && !render.state.is_final() => {
            ("rendering", None, Some("Asking the provider to stop"), "stopping".to_owned())
        }
        Submitting | Waiting => developing(None),
        Unknown => developing(Some(LATE)),
        Storing => developing(Some("Putting it in your gallery")),
        Stored if status.image_id.is_none() => {
            let says = Some("It was deleted for good.");
            ("failed", Some("No longer here".to_owned()), says, "deleted".to_owned())
        }
        Stored => ("ready", None, None, "ready".to_owned()),
        Failed => ended(reason(render.error.as_deref().unwrap_or_default()), "failed"),
        Filtered => ended("The model would not show this one.", "not shown"),
        Cancelled => ended("You took it back in time.", "cancelled"),
    }
}

/// What came back of a picture that ended without one.
fn returned(status: &RenderStatus) -> String {
    match (status.charge, status.price.get()) {
        (_, 0) => "Nothing was charged".to_owned(),
        (ChargeState::Refunded, 1) => "1 credit returned".to_owned(),
        (ChargeState::Refunded, price) => format!("{price} credits returned"),
        _ => "Nothing returned".to_owned(),
    }
}

/// Why it did not work, for people. The slug itself is for programs.
fn reason(slug: &str) -> &'static str {
    match slug {
        "deadline" => "It took too long and was given up.",
        "lost_submit" => "The provider never answered.",
        "internal_error" => "Something broke on our side.",
        "provider_unreachable" => "The provider could not be reached.",
        _ => "The provider turned it down.",
    }
}

/// A place in line: so many are ahead.
pub fn place(ahead: Option<u32>) -> String {
    let Some(ahead) = ahead else { return "In line".to_owned() };
    let n = u64::from(ahead) + 1;
    let ending = match (n % 100, n % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    if n == 1 { "Next in line".to_owned() } else { format!("{n}{ending} in line") }
}

fn cancel(status: &RenderStatus) -> Option<Cancel> {
    use RenderState::{Pending, Submitting, Unknown, Waiting};
    match status.render.state {
        Pending => Some(Cancel::Refunds),
        Submitting | Unknown | Waiting if !status.render.cancel_requested => Some(Cancel::Asks),
        _ => None,
    }
}

impl Elapsed {
    fn between(from: Timestamp, to: Timestamp) -> Self {
        let ms = i64::try_from(to.duration_since(from).as_millis()).unwrap_or(i64::MAX).max(0);
        let seconds = ms / 1_000;
        let says = if seconds < 60 {
            format!("{seconds}.{} s", ms % 1_000 / 100)
        } else {
            format!("{} min {} s", seconds / 60, seconds % 60)
        };
        Self { ms, says }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_read_as_people_say_them() {
        for (ahead, says) in [
            (0, "Next in line"),
            (1, "2nd in line"),
            (2, "3rd in line"),
            (3, "4th in line"),
            (10, "11th in line"),
            (12, "13th in line"),
            (20, "21st in line"),
            (110, "111th in line"),
        ] {
            assert_eq!(place(Some(ahead)), says);
        }
    }

    #[test]
    fn time_is_told_in_tenths_up_to_a_minute() {
        let at = |ms| Timestamp::from_millisecond(ms).unwrap();
        for (ms, says) in
            [(0, "0.0 s"), (1_890, "1.8 s"), (59_999, "59.9 s"), (61_000, "1 min 1 s")]
        {
            assert_eq!(Elapsed::between(at(0), at(ms)).says, says);
        }
        assert_eq!(Elapsed::between(at(5), at(0)).ms, 0, "a clock that went back");
    }
}
