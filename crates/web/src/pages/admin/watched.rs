//! Which generations are looked for, as an address says it.

use safelight_domain::{ModelSlug, RenderState, SignedDuration, Timestamp};
use safelight_usecases::Watched;

use crate::{problem::Problem, query::Query};

/// How long a render may be due and not looked at.
const PATIENCE: SignedDuration = SignedDuration::from_mins(1);
/// Renders that are younger are not stuck, unless an address says otherwise, in minutes.
const YOUNG: u32 = 10;
/// The oldest that can be asked for, in minutes: a year.
const OLDEST: u32 = 366 * 24 * 60;

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
    pub fn read(query: &Query) -> Result<Self, Problem> {
        let older = query.number("older", OLDEST)?.unwrap_or(YOUNG);
        Ok(Self { show: query.text("show").to_owned(), older })
    }

    /// The fields of an address that asks for the same.
    pub fn fields(&self) -> [(&'static str, String); 2] {
        let older = if self.show == "stuck" { self.older.to_string() } else { String::new() };
        [("show", self.show.clone()), ("older", older)]
    }

    /// What is looked for; a word that nothing is known by is refused.
    pub fn which(&self, now: Timestamp) -> Result<Watched, Problem> {
        let ago = |age: SignedDuration| now.saturating_sub(age).unwrap_or(now);
        Ok(match self.show.split_once(':').unwrap_or((&self.show, "")) {
            ("", "") => Watched::All,
            ("model", slug) if !slug.is_empty() => Watched::Model(ModelSlug(slug.to_owned())),
            ("failed", "") => Watched::Ended(RenderState::Failed),
            ("failed", reason) => Watched::FailedFor(reason.to_owned()),
            ("filtered", "") => Watched::Ended(RenderState::Filtered),
            ("cancelled", "") => Watched::Ended(RenderState::Cancelled),
            ("refunded", "") => Watched::Refunded,
            ("overdue", "") => Watched::Overdue(ago(PATIENCE)),
            ("stuck", "") => {
                Watched::Unfinished(ago(SignedDuration::from_mins(i64::from(self.older))))
            }
            _ => {
                let words = SHOWS.map(|(word, _)| word).join(", ");
                let says = format!("show is one of{words}, model:SLUG or failed:REASON");
                return Err(Problem::invalid("show", says));
            }
        })
    }
}
