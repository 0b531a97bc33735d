//! What an admin does to one person. Each act asks for a reason, and is refused on the page it was
//! sent from, with everything that was typed.

use poem::{IntoResponse, Response, handler, web::Path};
use safelight_domain::{AccountId, By, Invalid, OrderId};
use safelight_usecases::{Adjustment, Error};

use super::{Draft, amount, page};
use crate::{
    form::Form,
    pages::{admin::reason, id},
    problem::{At, Problem, Slug},
    site::{Page, see_other},
    visitor::{Admin, Member, RecentAdmin},
};

/// The acts by their word in addresses, and what is said once each is done.
const ACTS: [(&str, &str); 4] = [
    (
        "block",
        "Blocked. From now on nothing can be done with this account; what is in the making still ends.",
    ),
    ("unblock", "Unblocked. The account may act again."),
    ("adjust", "The balance is adjusted. The line is in the ledger, the reason in the trail."),
    ("sign-out", "Signed out everywhere. API keys still work."),
];

/// What is said of an act that was done.
pub fn done(word: &str) -> Option<&'static str> {
    ACTS.iter().find(|(act, _)| *act == word).map(|(_, says)| *says)
}

/// `POST /admin/users/{id}/block`
#[handler]
pub async fn block(
    RecentAdmin(member): RecentAdmin,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let accounts = member.studio().accounts.clone();
    let me = member.account();
    act(member, &path, "block", &form, async |account, by| {
        if account == me {
            let says = "this is your own account; another admin or the command line can block it";
            return Err(Invalid::new("reason", says).into());
        }
        accounts.set_blocked(account, true, by).await
    })
    .await
}

/// `POST /admin/users/{id}/unblock`
#[handler]
pub async fn unblock(
    RecentAdmin(member): RecentAdmin,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let accounts = member.studio().accounts.clone();
    act(member, &path, "unblock", &form, async |account, by| {
        accounts.set_blocked(account, false, by).await
    })
    .await
}

/// `POST /admin/users/{id}/sign-out`
#[handler]
pub async fn sign_out(
    RecentAdmin(member): RecentAdmin,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let sessions = member.studio().sessions.clone();
    act(member, &path, "sign-out", &form, async |account, by| {
        sessions.end_all(account, None, by).await
    })
    .await
}

/// `POST /admin/users/{id}/adjust`
#[handler]
pub async fn adjust(
    RecentAdmin(member): RecentAdmin,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let ledger = member.studio().ledger.clone();
    act(member, &path, "adjust", &form, async |account, by| {
        let amount = amount(form.text("amount")).ok_or_else(|| {
            Invalid::new("amount", "an amount is a whole number of credits, at least one")
        })?;
        let key = form.key("")?;
        let adjustment = match form.text("direction") {
            "give" => Adjustment::Give(amount),
            "take" => Adjustment::Take(amount),
            _ => return Err(Invalid::new("direction", "say whether to give or to take").into()),
        };
        ledger.adjust(account, adjustment, by, key).await.map(|_| ())
    })
    .await
}

/// `POST /admin/users/{id}/ask`: how the payment provider sees an order. Nothing is recorded, so no
/// reason is asked for.
#[handler]
pub async fn ask(admin: Admin, Path(path): Path<String>, form: Form) -> Result<Page, Problem> {
    let (account, order): (AccountId, OrderId) = (id(&path)?, id(form.text("order"))?);
    let told = admin.0.studio().orders.told(account, order).await?;
    page(&admin, account, Draft { told: Some((order, told)), ..Draft::default() }).await
}

async fn act(
    member: Member,
    path: &str,
    word: &'static str,
    form: &Form,
    todo: impl AsyncFnOnce(AccountId, By) -> Result<(), Error>,
) -> Result<Response, Problem> {
    let account: AccountId = id(path)?;
    let acted = match reason::read(form) {
        Ok(why) => todo(account, member.by().reason(why)).await.map_err(Problem::from),
        Err(invalid) => Err(invalid.into()),
    };
    let Err(problem) = acted else {
        return Ok(see_other(&format!("/admin/users/{account}?done={word}")));
    };
    let (field, says) = match (&problem.at, problem.slug) {
        (At::Field(field), _) => (field.as_str(), problem.detail.clone()),
        (At::Price { balance, .. }, _) => {
            let says = format!("there are only {balance} to take, and nothing goes below zero");
            ("amount", says)
        }
        (_, Slug::AccountBlocked) => ("reason", "the account is deleted for good".to_owned()),
        _ => return Err(problem),
    };
    let draft = Draft {
        act: word,
        error: Some(reason::trouble(field, &says)),
        reason: form.text("reason").to_owned(),
        amount: form.text("amount").to_owned(),
        takes: form.text("direction") == "take",
        ..Draft::default()
    };
    let page = page(&Admin(member), account, draft).await?;
    Ok(page.status(problem.status()).into_response())
}
