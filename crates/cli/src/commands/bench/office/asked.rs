//! What is asked: one function a desk of the back office. A desk that is new is added to
//! [`everything`].

use std::sync::Arc;

use poem::{Endpoint, Request};
use safelight_domain::{DeliveryState, Email, Role, SignedDuration, TxnKind};
use safelight_usecases::{
    Cursor, Error, LineFilter, Moved, Overview, Page, Standing, Studio, Watched,
};

use super::{super::asking::cookie, Asked};
use crate::{commands::serve, config::Config, wire::Wired};

/// Rows of a page.
const ROWS: u16 = 50;
/// How deep the deep pages are.
const DEEP: u16 = 500;
const MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Everything there is to look at, desk by desk.
pub async fn everything(wired: &Wired) -> anyhow::Result<Vec<Asked>> {
    let studio = &wired.studio;
    let mut all = overview(studio).await?;
    all.extend(credits(studio).await?);
    all.extend(webhooks(studio).await?);
    all.extend(people(studio).await?);
    all.extend(generations(studio).await?);
    all.extend(pages(wired).await?);
    Ok(all)
}

async fn overview(studio: &Studio) -> Result<Vec<Asked>, Error> {
    let overview = &studio.overview;
    let days = |days| move || async move { overview.days(days).await.map(drop) };
    let moved = || async { overview.moved().await.map(|_: Moved| ()) };
    Ok(vec![
        Asked::often("figures of 30 days", days(30)).await?,
        Asked::often("figures of 90 days", days(90)).await?,
        Asked::often("credits since the first line", moved).await?,
        Asked::often("renders that wait", || async { studio.load().await.map(drop) }).await?,
        Asked::often("notices that wait", || async { studio.inbox.load().await.map(drop) }).await?,
    ])
}

async fn credits(studio: &Studio) -> Result<Vec<Asked>, Error> {
    let overview = &studio.overview;
    let every = LineFilter::default();
    let refunds = LineFilter { kind: Some(TxnKind::Refund), ..every };
    let expiries = LineFilter { kind: Some(TxnKind::Expire), ..every };
    let newest = overview.lines(every, Page { after: None, limit: 1 }).await?.items;
    let own = LineFilter { account: newest.first().map(|line| line.account), ..every };
    let deep = deep(overview, every).await?;
    let ask = |filter, after| {
        move || async move { overview.lines(filter, Page { after, limit: ROWS }).await.map(drop) }
    };
    Ok(vec![
        Asked::often("ledger, page 1", ask(every, None)).await?,
        Asked::often("ledger, page 500", ask(every, deep)).await?,
        Asked::often("ledger, refunds", ask(refunds, None)).await?,
        Asked::often("ledger, a kind there is none of", ask(expiries, None)).await?,
        Asked::often("ledger of one account", ask(own, None)).await?,
    ])
}

/// Where page 500 begins, or the last one before it.
async fn deep(overview: &Overview, filter: LineFilter) -> Result<Option<Cursor>, Error> {
    let mut after = None;
    for _ in 1..DEEP {
        match overview.lines(filter, Page { after, limit: ROWS }).await?.next {
            None => break,
            next => after = next,
        }
    }
    Ok(after)
}

async fn webhooks(studio: &Studio) -> Result<Vec<Asked>, Error> {
    let inbox = &studio.inbox;
    let ask = |state| {
        move || async move { inbox.list(state, Page { after: None, limit: ROWS }).await.map(drop) }
    };
    Ok(vec![
        Asked::often("webhooks, page 1", ask(None)).await?,
        Asked::often("webhooks, dead ones", ask(Some(DeliveryState::Dead))).await?,
    ])
}

/// Everybody and every key; the rarest and the commonest of words.
async fn people(studio: &Studio) -> Result<Vec<Asked>, Error> {
    let people = &studio.people;
    let first = Page { after: None, limit: ROWS };
    let mut after = None;
    for _ in 1..DEEP {
        let page = Page { after, ..first };
        match people.search("", Standing::Everyone, false, page).await?.next {
            None => break,
            next => after = next,
        }
    }
    let ask = |text: &'static str, standing, page| {
        move || async move { people.search(text, standing, false, page).await.map(drop) }
    };
    let keys =
        |text: &'static str| move || async move { people.keys(text, None, first).await.map(drop) };
    let (all, deep) = (Standing::Everyone, Page { after, ..first });
    Ok(vec![
        Asked::often("people, page 1", ask("", all, first)).await?,
        Asked::often("people, page 500", ask("", all, deep)).await?,
        Asked::often("people by a rare part of the address", ask("body.4711@", all, first)).await?,
        Asked::often("people by what all have", ask("example.com", all, first)).await?,
        Asked::often("people in debt", ask("", Standing::InDebt, first)).await?,
        Asked::often("people in debt by what all have", ask("example", Standing::InDebt, first))
            .await?,
        Asked::often("how many stand how", || async { people.crowd().await.map(drop) }).await?,
        Asked::often("keys, page 1", keys("")).await?,
        Asked::often("keys by name", keys("bench")).await?,
    ])
}

async fn generations(studio: &Studio) -> Result<Vec<Asked>, Error> {
    let (watch, first) = (&studio.watch, Page { after: None, limit: ROWS });
    let ask = |which: Watched| {
        move || {
            let which = which.clone();
            async move { watch.generations(&which, first).await.map(drop) }
        }
    };
    let tally = || async { watch.tally(&Watched::All, MONTH).await.map(drop) };
    Ok(vec![
        Asked::often("generations, page 1", ask(Watched::All)).await?,
        Asked::often("generations that gave credits back", ask(Watched::Refunded)).await?,
        Asked::often("what a month's renders came to", tally).await?,
    ])
}

/// Whole pages, rendered, as an admin's browser is answered.
async fn pages(wired: &Wired) -> anyhow::Result<Vec<Asked>> {
    let url = "http://localhost";
    let cookie = admin(&wired.studio).await?;
    let (_stop, stopping) = tokio::sync::watch::channel(false);
    let web = serve::web(&Config::default(), wired, url, stopping)?;
    let app = Arc::new(safelight_web::app(web));
    let page = |path: &'static str| {
        let (app, cookie) = (app.clone(), cookie.clone());
        move || {
            let (app, cookie) = (app.clone(), cookie.clone());
            async move {
                let request = Request::builder().uri_str(path).header("Cookie", cookie).finish();
                let answer = app.call(request).await?;
                anyhow::ensure!(answer.status().is_success(), "{path}: {}", answer.status());
                answer.into_body().into_bytes().await?;
                anyhow::Ok(())
            }
        }
    };
    Ok(vec![
        Asked::often("the overview, 30 days, rendered", page("/admin")).await?,
        Asked::often("the overview, 90 days, rendered", page("/admin?days=90")).await?,
        Asked::often("the credits page, rendered", page("/admin/credits")).await?,
        Asked::often("a search for people, rendered", page("/admin/users?q=body.47")).await?,
        Asked::often("the generations, rendered", page("/admin/generations")).await?,
        Asked::often("the webhooks, rendered", page("/admin/webhooks")).await?,
    ])
}

/// An admin's cookie.
async fn admin(studio: &Studio) -> anyhow::Result<String> {
    let email = Email::parse("office@example.com")?;
    let person = studio.accounts.create(email.clone()).await?;
    studio
        .accounts
        .set_role(person.account.id, Role::Admin, safelight_domain::Actor::cli())
        .await?;
    cookie(studio, email).await
}
