//! What the frame around every page shows.

use safelight_domain::{Credits, Role};
use safelight_usecases::Member;
use serde::Serialize;

use crate::About;

/// The frame: bar, meter, foot.
#[derive(Debug, Clone, Serialize)]
pub struct FrameView {
    /// The studio's name.
    pub brand: String,
    /// The page's title.
    pub title: String,
    /// Which place of the bar is current: `studio`, `gallery`, `billing`, `account`, `admin`, or empty.
    pub place: &'static str,
    /// Which place of the back office is current.
    pub desk: &'static str,
    /// Who is signed in.
    pub member: Option<MemberView>,
    /// Whether pictures are practice ones, made by the painter.
    pub practice: bool,
}

/// Who is signed in.
#[derive(Debug, Clone, Serialize)]
pub struct MemberView {
    /// Their address.
    pub email: String,
    /// Two letters for the round button.
    pub initials: String,
    /// What they can spend.
    pub credits: u32,
    /// Whether the back office is theirs.
    pub admin: bool,
}

/// Two letters that stand for an address.
pub fn initials(email: &str) -> String {
    let letters = email.chars().filter(|c| c.is_alphanumeric()).take(2);
    letters.collect::<String>().to_uppercase()
}

impl FrameView {
    /// A frame for nobody in particular.
    pub fn new(about: &About, title: &str, place: &'static str) -> Self {
        Self {
            brand: about.brand.clone(),
            title: title.to_owned(),
            place,
            desk: "",
            member: None,
            practice: about.practice,
        }
    }

    /// The same, at this place of the back office.
    #[must_use]
    pub fn desk(self, desk: &'static str) -> Self {
        Self { desk, ..self }
    }

    /// The same, for a member with so many credits.
    #[must_use]
    pub fn of(self, member: &Member, credits: Credits) -> Self {
        let email = member.user.email.as_str().to_owned();
        let initials = initials(&email);
        let admin = member.user.role == Role::Admin;
        let credits = credits.get();
        Self { member: Some(MemberView { email, initials, credits, admin }), ..self }
    }
}
