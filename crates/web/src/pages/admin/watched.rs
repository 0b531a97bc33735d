//! Which generations are looked for, as an address says it.

use safelight_domain::{ModelSlug, RenderState, SignedDuration, Timestamp};
use safelight_usecases::Watched;

use crate::form::Form;

/// How long a render may be due and not looked at.
const PATIENCE: SignedDuration = SignedDuration::from_mins(1);
/// Renders that are younger are not stuck, unless an address says otherwise, in minutes.
const YOUNG: u32 = 10;

/// What was asked for, in the words it was asked in.
pub struct Asked {
    /// A word of [`SHOWS`], `failed:REASON` or `model:SLUG`; all when it is empty.
    pub show: String,
    /// In minutes; for what is stuck.
    pub older: u32,
}

/// What can be shown besides each model and each reason.
pub const SHOWS: [(&str, &str); 7] = [
    ("", "Everything"),
    ("overdue", "Overdue"),
    ("stuck", "Stuck"),
    ("failed", "Failed"),
    ("filtered", "Filtered"),
    ("cancelled", "Cancelled"),
    ("refunded", "Refunded"),
];

impl Asked {
    /// Reads a query.
    pub fn read(query: &Form) -> Self {
        let older = query.get("older").and_then(|text| text.parse().ok()).unwrap_or(YOUNG);
        Self { show: query.text("show").to_owned(), older }
    }

    /// The fields of an address that asks for the same.
    pub fn fields(&self) -> [(&'static str, String); 2] {
        let older = if self.show == "stuck" { self.older.to_string() } else { String::new() };
        [("show", self.show.clone()), ("older", older)]
    }

    /// What is looked for; everything when nothing is known by that word.
    pub fn which(&self, now: Timestamp) -> Watched {
        let ago = |age: SignedDuration| now.saturating_sub(age).unwrap_or(now);
        match self.show.split_once(':').unwrap_or((&self.show, "")) {
            ("model", slug) => Watched::Model(ModelSlug(slug.to_owned())),
            ("failed", "") => Watched::Ended(RenderState::Failed),
            ("failed", reason) => Watched::FailedFor(reason.to_owned()),
            ("filtered", _) => Watched::Ended(RenderState::Filtered),
            ("cancelled", _) => Watched::Ended(RenderState::Cancelled),
            ("refunded", _) => Watched::Refunded,
            ("overdue", _) => Watched::Overdue(ago(PATIENCE)),
            ("stuck", _) => {
                Watched::Unfinished(ago(SignedDuration::from_mins(i64::from(self.older))))
            }
            _ => Watched::All,
        }
    }
}
