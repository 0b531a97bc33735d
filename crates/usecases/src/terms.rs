//! The operator's terms: what is offered, what it costs, how long things may take.

use safelight_domain::{Actions, Catalog, Credits, Packs, SignedDuration};

use crate::{Letter, Pepper};

/// What the operator configured, as far as use cases care.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The models on offer, with prices.
    pub catalog: Catalog,
    /// Prices of other paid acts.
    pub actions: Actions,
    /// Credits on sale.
    pub packs: Packs,
    /// Credits a new account starts with.
    pub signup_bonus: Credits,
    /// New accounts of one place that get them, a day.
    pub signup_bonuses_per_day: u32,
    /// What API keys begin with, such as `sl_live_`.
    pub key_prefix: String,
    /// The studio's name, as mails say it.
    pub brand: String,
    /// What the sign-in mail says.
    pub sign_in_letter: Letter,
    /// Where people reach the studio, without a slash at the end.
    pub app_url: String,
    /// Renders one account may have in the making.
    pub unfinished: u32,
    /// Sign-in mails an hour, to everybody together: what the mail provider's patience allows.
    pub mails_per_hour: u32,
    /// Mixed into the digests of short codes.
    pub pepper: Pepper,
    /// How long things may take.
    pub timing: Timing,
}

/// How long the pipeline waits for what.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// The longest a submit may take; afterwards its answer counts as lost.
    pub submit: SignedDuration,
    /// The longest a look, a fetch or a put may take.
    pub call: SignedDuration,
    /// The shortest time between two looks at one request.
    pub look_soonest: SignedDuration,
    /// The longest time between two looks at one request.
    pub look_latest: SignedDuration,
    /// How often a render that certainly never reached the provider is sent at all.
    pub attempts: u16,
    /// How long a lost submit may still turn up before it is refunded.
    pub lost: SignedDuration,
    /// How long a render may take in all before it is refunded.
    pub deadline: SignedDuration,
    /// How long a deletion that was asked for can be taken back.
    pub grace: SignedDuration,
    /// How old a live request may be and still count against the provider's limit.
    pub live: SignedDuration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            submit: SignedDuration::from_secs(15),
            call: SignedDuration::from_secs(60),
            look_soonest: SignedDuration::from_millis(250),
            look_latest: SignedDuration::from_secs(30),
            attempts: 3,
            lost: SignedDuration::from_mins(15),
            deadline: SignedDuration::from_hours(1),
            grace: SignedDuration::from_hours(30 * 24),
            live: SignedDuration::from_mins(5),
        }
    }
}
