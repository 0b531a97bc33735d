//! Why an admin does something to what is somebody else's.

use safelight_domain::{Actor, By};

use crate::{form::Form, problem::Problem, visitor::RecentAdmin};

/// The most a reason may hold, in characters.
const MOST: usize = 200;

/// Who asks and why, for the trail: the form's `reason` must say something.
pub fn by(admin: &RecentAdmin, form: &Form) -> Result<By, Problem> {
    let reason = form.text("reason").trim();
    if reason.is_empty() || reason.chars().count() > MOST {
        let says = format!("say why, in 1 to {MOST} characters; it is kept in the audit log");
        return Err(Problem::invalid("reason", says));
    }
    let actor = Actor::admin(admin.0.signed.user.id);
    Ok(By { actor, ..admin.0.by() }.reason(reason))
}
