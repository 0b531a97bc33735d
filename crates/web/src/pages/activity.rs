//! `/account/activity`: the trail of one's own account.

use poem::{Request, handler};
use safelight_domain::{Actor, Deed, DeedName, Timestamp, UserId};
use safelight_usecases::Page as Part;
use serde::Serialize;

use super::moment;
use crate::{form::Form, page::ListOf, problem::Problem, site::Page, visitor::Member};

/// Deeds on a page.
const ROWS: u16 = 50;

/// One deed, as its owner reads it.
#[derive(Serialize)]
pub struct DeedView {
    says: &'static str,
    who: &'static str,
    at: String,
    /// What else is known of it.
    more: Option<String>,
    request: Option<String>,
}

#[derive(Serialize)]
struct ActivityView {
    deeds: Vec<DeedView>,
    next: Option<String>,
}

/// `GET /account/activity?cursor=`
#[handler]
pub async fn show(request: &Request, member: Member) -> Result<Page, Problem> {
    let query = Form::query(request);
    let list = ListOf::mine("deeds", member.account());
    let place = Some(query.text("cursor")).filter(|text| !text.is_empty());
    let after = place.map(|text| list.read("cursor", text)).transpose()?;
    let part = Part { after, limit: ROWS };
    let accounts = &member.studio().accounts;
    let paged = accounts.trail(Some(member.account()), part).await?;
    let (now, me) = (member.studio().now(), member.signed.user.id);
    let view = ActivityView {
        deeds: paged.items.iter().map(|deed| DeedView::of(deed, me, now)).collect(),
        next: paged.next.map(|cursor| format!("/account/activity?cursor={}", list.write(cursor))),
    };
    member.page("account-activity.html", "Activity", "account", view).await
}

impl DeedView {
    /// The view of a deed on the account of `me`.
    pub fn of(deed: &Deed, me: UserId, now: Timestamp) -> Self {
        let change = match (&deed.before, &deed.after) {
            (Some(before), Some(after)) => Some(format!("{before} to {after}")),
            (None, Some(after)) if deed.name == DeedName::KeyMade => Some(after.clone()),
            _ => None,
        };
        let more: Vec<_> = change.into_iter().chain(deed.by.reason.clone()).collect();
        Self {
            says: says(deed),
            who: who(&deed.by.actor, me),
            at: moment::minute(deed.at, now),
            more: Some(more.join(" · ")).filter(|text| !text.is_empty()),
            request: deed.by.request.clone(),
        }
    }
}

fn who(actor: &Actor, me: UserId) -> &'static str {
    match actor.0.split(':').next() {
        // Somebody else who acts on an account is an admin.
        Some("user") if *actor != Actor::user(me) => "the operator",
        Some("user") => "you",
        Some("key") => "a key of yours",
        Some("admin" | "cli") => "the operator",
        Some("former address") => "the former address",
        Some("visitor") => "somebody not signed in",
        _ => "the studio",
    }
}

fn says(deed: &Deed) -> &'static str {
    match deed.name {
        DeedName::UserCreated => "Account opened",
        DeedName::SignedIn => "Signed in",
        DeedName::CodeWrong => "Wrong code typed",
        DeedName::CodeBurnt => "Code burnt by wrong tries",
        DeedName::Blocked => "Account blocked",
        DeedName::Unblocked => "Account unblocked",
        DeedName::SessionRenewed => "Confirmed by a code",
        DeedName::SessionEnded => "Signed out",
        DeedName::KeyMade => "Key made",
        DeedName::KeyRevoked => "Key revoked",
        DeedName::RoleChanged => "Role changed",
        DeedName::AddressChanged => "Address changed",
        DeedName::AddressRestored => "Address taken back",
        DeedName::CreditsAdjusted => "Credits adjusted",
        DeedName::SensitiveRead if deed.subject.is_some() => "Words of a generation read",
        DeedName::SensitiveRead => "Everything exported",
        DeedName::Replayed => "Notice of a payment acted on again",
        DeedName::TaskDone => "Task about a payment settled",
        DeedName::PaymentRefunded => "Payment sent back",
        DeedName::Reconciled => "Generation looked at",
        DeedName::Leaving => "Deletion asked for",
        DeedName::Stayed => "Deletion taken back",
        DeedName::Deleted => "Account deleted",
    }
}
