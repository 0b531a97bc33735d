//! Cookie to member and key to account, among few and among many: the look-up at every request.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use anyhow::Context;
use safelight_domain::{AccountId, Actor, Email, KeyScope};
use safelight_usecases::{Answer, KeyTerms, Proof, Studio};
use serde_json::json;

use super::fill;
use crate::{
    args::Args,
    config::Config,
    output::print,
    wire::{self, Places},
};

const SIZES: [usize; 2] = [100, 100_000];
/// Accounts there are at most; each then has many sessions and keys.
const ACCOUNTS: usize = 1_000;
/// Look-ups measured of each kind.
const ROUNDS: usize = 5_000;
/// What is made at the same time.
const AT_ONCE: usize = 256;

/// The secrets of everybody who is signed in or has a key.
struct Secrets {
    cookies: Vec<String>,
    keys: Vec<String>,
}

pub async fn run(args: &Args) -> anyhow::Result<()> {
    let scratch = args.data_dir.join(format!("bench-{}", std::process::id()));
    let mut measured = Vec::new();
    for size in SIZES {
        let places = Places::within(&scratch.join(size.to_string()))?;
        let store = wire::open_store(&places)?;
        let studio = wire::studio(&Config::default(), &places, &store, "http://localhost")?.studio;
        let accounts = fill::open_accounts(&store, size.min(ACCOUNTS)).await?;
        let secrets = make(&studio, &accounts, size).await?;
        measured.push(measure(&studio, &secrets).await?);
    }
    std::fs::remove_dir_all(&scratch)?;
    let [small, large] = <[_; 2]>::try_from(measured).ok().context("two sizes were measured")?;
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    let rows: Vec<_> = small
        .into_iter()
        .zip(large)
        .map(|((name, small), (_, large))| (name, micros(small), micros(large)))
        .collect();
    let each = |(name, small, large): &(&str, f64, f64)| json!({ "asked": name, "small_us": small, "large_us": large, "ratio": large / small });
    let value = json!({ "sizes": SIZES, "measured": rows.iter().map(each).collect::<Vec<_>>() });
    print(args.json, &value, || {
        let mut text = format!("{:<28}{:>12}{:>12}{:>8}\n", "median us", SIZES[0], SIZES[1], "x");
        for (name, small, large) in &rows {
            let _ = writeln!(text, "{name:<28}{small:>12.1}{large:>12.1}{:>8.2}", large / small);
        }
        text
    });
    Ok(())
}

/// So many sessions and so many keys, by the ways people get them.
async fn make(studio: &Studio, accounts: &[AccountId], count: usize) -> anyhow::Result<Secrets> {
    let mut making = tokio::task::JoinSet::new();
    let (mut cookies, mut keys) = (Vec::new(), Vec::new());
    for n in 0..count {
        let (studio, account) = (studio.clone(), accounts[n % accounts.len()]);
        let email = Email::parse(&format!("bench-{}@example.com", n % accounts.len()))?;
        making.spawn(async move { both(&studio, account, email).await });
        if making.len() >= AT_ONCE || n + 1 == count {
            let (cookie, key) = making.join_next().await.context("some are under way")???;
            cookies.push(cookie);
            keys.push(key);
        }
    }
    while let Some(made) = making.join_next().await {
        let (cookie, key) = made??;
        cookies.push(cookie);
        keys.push(key);
    }
    Ok(Secrets { cookies, keys })
}

async fn both(
    studio: &Studio,
    account: AccountId,
    email: Email,
) -> anyhow::Result<(String, String)> {
    let link = studio.sign_in.link_for(email).await?;
    let mut parts = link.rsplit('/');
    let token = parts.next().context("a link has a token")?;
    let id = parts.next().context("a link has an id")?.parse()?;
    let Answer::Right(signed_in) =
        studio.sign_in.answer(id, Proof::Link(token), "", "bench", None).await?
    else {
        anyhow::bail!("the link did not sign in");
    };
    let made =
        studio.keys.create(account, KeyTerms::new("bench", &KeyScope::ALL), Actor::cli()).await?;
    // A first use is noted; what follows is only looked up.
    studio.keys.authenticate(&made.text).await?;
    Ok((signed_in.token, made.text))
}

async fn measure(
    studio: &Studio,
    secrets: &Secrets,
) -> anyhow::Result<Vec<(&'static str, Duration)>> {
    let (mut member, mut caller, mut nobody) = (Vec::new(), Vec::new(), Vec::new());
    let count = secrets.cookies.len();
    for n in 0..ROUNDS {
        // Far apart each time: neighbours in a table share a page.
        let at = n.wrapping_mul(7_919) % count;
        let from = Instant::now();
        let found = studio.sessions.member(&secrets.cookies[at]).await?;
        member.push(from.elapsed());
        anyhow::ensure!(found.is_some(), "a session was not found");
        let from = Instant::now();
        let found = studio.keys.authenticate(&secrets.keys[at]).await?;
        caller.push(from.elapsed());
        anyhow::ensure!(found.is_some(), "a key was not found");
        let from = Instant::now();
        let found = studio.sessions.member(&format!("{n:064x}")).await?;
        nobody.push(from.elapsed());
        anyhow::ensure!(found.is_none(), "nobody was found");
    }
    let all = [
        ("cookie to member", member),
        ("key to account", caller),
        ("a cookie of nobody's", nobody),
    ];
    Ok(all.map(|(name, took)| (name, median(took))).into())
}

fn median(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    took[took.len() / 2]
}
