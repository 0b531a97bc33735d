//! `safelight stripe`: what Stripe knows of the studio.

use anyhow::Context;
use serde_json::{Value, json};

use crate::{
    args::{Args, Stripe},
    config::Config,
    environment,
    output::print,
    wire::cards::{self, Made, Plan, Setup},
};

pub async fn run(args: &Args, command: &Stripe) -> anyhow::Result<()> {
    let Stripe::Setup { apply } = command;
    let config = Config::load(args.config.as_deref())?;
    let packs: Vec<_> = config.packs()?.iter().cloned().collect();
    let app_url = environment::app_url(&environment::bind()?.to_string())?;
    let stripe = cards::open()?.context("set STRIPE_SECRET_KEY first")?;
    let setup = Setup { stripe: &stripe, packs: &packs, app_url: &app_url };
    let plan = setup.plan().await.context("nothing was changed")?;
    let mut secret = None;
    if *apply {
        for act in &plan.acts {
            let made = setup.apply(act).await;
            let made = made.with_context(|| format!("could not {act}; run this again"))?;
            if let Made::Endpoint(endpoint) = made {
                secret = Some(endpoint.secret);
            }
        }
    }
    let secret = secret.as_ref().map(|secret| secret.as_str());
    let apply_it = args.pasteable(&args.data_dir, &["stripe", "setup", "--apply"]);
    let told = || text(&plan, *apply, secret, &apply_it);
    print(args.json, &document(&plan, *apply, secret), told);
    Ok(())
}

fn document(plan: &Plan, applied: bool, secret: Option<&str>) -> Value {
    let acts: Vec<_> = plan.acts.iter().map(ToString::to_string).collect();
    json!({
        "applied": applied, "acts": acts, "kept": plan.kept, "notes": plan.notes,
        "webhook_secret": secret,
    })
}

fn text(plan: &Plan, applied: bool, secret: Option<&str>, apply_it: &str) -> String {
    let mut lines = Vec::new();
    lines.extend(plan.kept.iter().map(|kept| format!("have  {kept}")));
    let done = if applied { "done " } else { "would" };
    lines.extend(plan.acts.iter().map(|act| format!("{done} {act}")));
    lines.extend(plan.notes.iter().map(|note| format!("note  {note}")));
    if let Some(secret) = secret {
        lines.push("\nThe new endpoint signs with this secret; it is told only now:".to_owned());
        lines.push(format!("STRIPE_WEBHOOK_SECRET={secret}"));
    } else if !applied && !plan.acts.is_empty() {
        lines.push(format!("\nNothing was changed; to do it:\n\n  {apply_it}"));
    } else if plan.acts.is_empty() {
        lines.push("Stripe has all it needs.".to_owned());
    }
    lines.join("\n")
}
