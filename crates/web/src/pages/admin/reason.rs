//! Why an admin acts on somebody else: asked for by every such act, kept in the trail for good.

use safelight_domain::{Actor, By, Invalid};

use crate::{
    form::Form,
    pages::{account::Trouble, sentence},
    problem::Problem,
    visitor::RecentAdmin,
};

/// The most characters of a reason.
pub const MOST: usize = 200;

/// The reason that was typed.
pub fn read(form: &Form) -> Result<String, Invalid> {
    let typed = form.text("reason").trim();
    if typed.is_empty() {
        let says = "say why: whoever reads the trail later will ask";
        return Err(Invalid::new("reason", says));
    }
    if typed.chars().count() > MOST || typed.chars().any(char::is_control) {
        let says = format!("a reason is one line of at most {MOST} characters; shorten it");
        return Err(Invalid::new("reason", says));
    }
    Ok(typed.to_owned())
}

/// Who asks and why, for the trail.
pub fn by(admin: &RecentAdmin, form: &Form) -> Result<By, Problem> {
    let actor = Actor::admin(admin.0.signed.user.id);
    Ok(By { actor, ..admin.0.by() }.reason(read(form)?))
}

/// What is wrong with a form, as its page tells it.
pub fn trouble(field: &str, says: &str) -> Trouble {
    Trouble { field: field.to_owned(), says: sentence(says) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_line_that_says_something() {
        let read = |text: &str| read(&Form::default().with("reason", text.to_owned()));
        assert_eq!(read("  a chargeback ").as_deref(), Ok("a chargeback"));
        for bad in ["", "  \t ", "two\nlines", &"x".repeat(MOST + 1)] {
            assert_eq!(read(bad).unwrap_err().field, "reason", "{bad:?}");
        }
    }
}
