//! Asking again and again, and as somebody who is signed in.

use std::time::{Duration, Instant};

use anyhow::Context;
use safelight_domain::Email;
use safelight_usecases::{Answer, Proof, Studio};

/// How long each of so many rounds took, shortest first. The first time, with nothing at hand, does
/// not count.
pub async fn often<F, E>(rounds: u32, mut ask: impl FnMut() -> F) -> Result<Vec<Duration>, E>
where
    F: Future<Output = Result<(), E>>,
{
    ask().await?;
    let mut took = Vec::new();
    for _ in 0..rounds {
        let from = Instant::now();
        ask().await?;
        took.push(from.elapsed());
    }
    took.sort_unstable();
    Ok(took)
}

/// The cookie of a browser that this person signed in.
pub async fn cookie(studio: &Studio, email: Email) -> anyhow::Result<String> {
    let link = studio.sign_in.link_for(email).await?;
    let mut parts = link.rsplit('/');
    let token = parts.next().context("a link has a token")?;
    let id = parts.next().context("a link has an id")?.parse()?;
    match studio.sign_in.answer(id, Proof::Link(token), "", "bench", None).await? {
        Answer::Right(signed_in) => Ok(format!("session={}", signed_in.token)),
        _ => anyhow::bail!("the link did not sign in"),
    }
}
