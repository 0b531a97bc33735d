//! `safelight demo`: a studio to try, with no key and no network.

mod purchase;
mod samples;

use std::{
    fs,
    io::Write,
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use safelight_domain::{Actor, Credits, Email, KeyScope, Refusal};
use safelight_usecases::{Error, KeyTerms, Person, Studio};

use super::{doctor::Visit, serve};
use crate::{
    args::Args,
    config::Config,
    wire::{Places, Wired},
};

/// Who lives in the demo.
const EMAIL: &str = "demo@example.com";
/// What the demo starts with.
const CREDITS: u32 = 10;

pub async fn run(args: &Args, bind: SocketAddr, dir: &Path) -> anyhow::Result<()> {
    let mut config = Config::load(args.config.as_deref())?;
    if config.packs.is_empty() {
        config.packs = purchase::packs();
    }
    let places = Places::under(dir)?;
    let key_file = dir.join("demo-key");
    let visit = Visit::to(args, dir);
    serve::serve(&config, &places, bind, visit, |wired, url| welcome(wired, url, key_file)).await
}

async fn welcome(wired: Arc<Wired>, url: String, key_file: PathBuf) -> anyhow::Result<()> {
    let studio = &wired.studio;
    let person = resident(&wired).await?;
    let key = key(studio, &person, &key_file).await?;
    let link = studio.sign_in.link_for(Email::parse(EMAIL)?).await?;
    // The one browser that tries the demo is let into the stand-ins' pages too.
    let in_all = |url: String| wired.dev.as_ref().map_or(url.clone(), |dev| dev.link(&url));
    let (link, outbox) = (in_all(link), in_all(format!("{url}/dev/outbox")));
    let balance = studio.ledger.balance(person.account.id).await?.credits;
    let file = key_file.display();
    println!(
        "Safelight demo: practice pictures by the painter, everything kept in one folder.\n\
         \n  address  {url}\n  account  {EMAIL}, {balance}\n  key      {key}  (also in {file})\n\n\
         Packs are bought at a play checkout, with nobody's money: {url}/billing\n\n\
         Open this link to sign in (once; `safelight login-link` makes another):\n\n  {link}\n\n\
         Mails are kept instead of sent, and the play checkout opens, where this link was followed, \
         or the one above:\n\n  {outbox}\n\n\
         Or ask for four pictures, then look at them:\n\n  \
         curl -s {url}/api/v1/generations -H 'Authorization: Bearer {key}' \\\n    \
         -H 'Content-Type: application/json' -d '{{\"prompt\":\"a red lighthouse at dusk\",\"count\":4}}'\n  \
         curl -s {url}/api/v1/images -H 'Authorization: Bearer {key}'\n\n\
         The API is described at {url}/api. Ctrl-C stops; the folder keeps everything."
    );
    Ok(())
}

/// The demo's account, opened at the first start.
async fn resident(wired: &Wired) -> anyhow::Result<Person> {
    let studio = &wired.studio;
    let email = Email::parse(EMAIL)?;
    match studio.accounts.find(&email).await {
        Err(Error::Refused(Refusal::NotFound)) => {}
        found => return Ok(found?),
    }
    let person = studio.accounts.create(email).await?;
    let has = studio.ledger.balance(person.account.id).await?.credits;
    if let Some(missing) = Credits::new(CREDITS)?.minus(has).filter(|missing| !missing.is_zero()) {
        let reason = "credits to try it with".to_owned();
        studio.ledger.grant(person.account.id, missing, reason, Actor::cli()).await?;
    }
    samples::hang(studio, person.account.id).await?;
    if let Some(play) = &wired.play {
        purchase::buy_and_return(studio, play.as_ref(), &person).await?;
    }
    Ok(person)
}

/// The demo's key: the one of an earlier start while it works, else a new one.
async fn key(studio: &Studio, person: &Person, file: &Path) -> anyhow::Result<String> {
    if let Ok(text) = fs::read_to_string(file) {
        let text = text.trim().to_owned();
        if studio.keys.authenticate(&text).await?.is_some() {
            return Ok(text);
        }
    }
    let terms = KeyTerms::new("demo", &KeyScope::ALL);
    let made = studio.keys.create(person.account.id, terms, Actor::cli()).await?;
    let mut options = fs::OpenOptions::new();
    let mut out = options.write(true).create(true).truncate(true).mode(0o600).open(file)?;
    out.write_all(made.text.as_bytes())?;
    Ok(made.text)
}
