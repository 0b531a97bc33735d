//! One file a command; this one finds it.

mod admin;
mod audit;
pub mod backup;
mod bench;
mod costs;
mod credits;
mod demo;
mod doctor;
mod keys;
mod mail;
mod manual;
mod new;
mod serve;
mod stripe;
mod users;
mod webhooks;

use std::process::ExitCode;

use anyhow::Context;
use safelight_domain::Email;
use safelight_usecases::{Person, Studio};
use serde_json::json;

use crate::{
    args::{Args, Bench, Command},
    config::Config,
    environment,
    lock::Lock,
    output::print,
    wire::{self, Places, Wired},
};

/// What a command that looks after a studio works with.
pub struct Desk {
    /// The studio.
    pub studio: Studio,
    /// Whether to print JSON.
    pub json: bool,
}

impl Desk {
    fn open(args: &Args) -> anyhow::Result<Self> {
        let config = Config::load(args.config.as_deref())?;
        let places = Places::under(&args.data_dir)?;
        let store = wire::open_store(&places)?;
        // Where a server that runs beside this command is reached: links lead there.
        let app_url = environment::app_url("127.0.0.1:8080")?;
        let Wired { studio, .. } = wire::studio(&config, &places, &store, &app_url)?;
        Ok(Self { studio, json: args.json })
    }

    /// The person behind an address.
    pub async fn person(&self, email: &str) -> anyhow::Result<Person> {
        let email = Email::parse(email)?;
        let found = self.studio.accounts.find(&email).await;
        found.with_context(|| format!("nobody has the address {}", email.as_str()))
    }
}

/// Runs a command to its exit code.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::Demo { bind, dir } => demo::run(&args, *bind, dir).await?,
        Command::Serve { bind } => serve::run(&args, *bind).await?,
        Command::New { dir, template } => new::run(dir, template.as_deref())?,
        Command::Migrate => migrate(&args)?,
        Command::Users(users) => users::run(&Desk::open(&args)?, users).await?,
        Command::Admin(admin) => admin::run(&Desk::open(&args)?, admin).await?,
        Command::LoginLink { email } => {
            let desk = Desk::open(&args)?;
            let link = desk.studio.sign_in.link_for(Email::parse(email)?).await?;
            print(args.json, &json!({ "link": link }), || link.clone());
        }
        Command::Credits(credits) => credits::run(&Desk::open(&args)?, credits).await?,
        Command::Keys(keys) => keys::run(&Desk::open(&args)?, keys).await?,
        Command::Audit(audit) => audit::run(&Desk::open(&args)?, audit).await?,
        Command::Costs { days } => costs::run(&Desk::open(&args)?, *days).await?,
        Command::Mail(command) => mail::run(&args, command).await?,
        Command::Stripe(stripe) => stripe::run(&args, stripe).await?,
        Command::Webhooks(webhooks) => webhooks::run(&Desk::open(&args)?, webhooks).await?,
        Command::Reconcile => {
            let desk = Desk::open(&args)?;
            let looked_at = desk.studio.pipeline.sweep().await?;
            print(args.json, &json!({ "renders": looked_at }), || {
                format!("looked at {looked_at} unfinished renders")
            });
        }
        Command::Openapi => println!("{}", serve::openapi(&args)?),
        Command::Doctor { deep } => return doctor::run(&args, *deep).await,
        Command::Backup { to } => backup::run(&args, to.as_deref()).await?,
        Command::Restore { from, force } => backup::restore(&args, from, *force)?,
        Command::Verify { backup } => backup::verify(&args, backup.as_deref()).await?,
        Command::Completions { shell } => manual::completions(*shell),
        Command::Man { dir } => manual::pages(dir.as_deref())?,
        Command::Bench(Bench::Day { requests, seconds }) => {
            let (requests, seconds) = (*requests, *seconds);
            tokio::task::block_in_place(|| bench::day::run(&args, requests, seconds))?;
        }
        Command::Bench(Bench::SignIn) => bench::sign_in::run(&args).await?,
        Command::Bench(Bench::Gallery) => bench::gallery::run(&args).await?,
        Command::Bench(Bench::Ingest { images, at_once }) => {
            bench::ingest::run(&args, *images, *at_once).await?;
        }
        Command::Bench(Bench::Presign { links }) => bench::presign::run(&args, *links)?,
        Command::Bench(Bench::Office { users, entries, deliveries, keep }) => {
            let (users, entries, deliveries) = (*users, *entries, *deliveries);
            let crowd = wire::Crowd { users, entries, deliveries };
            bench::office::run(&args, crowd, keep.as_deref()).await?;
        }
        Command::Bench(Bench::Ledger { seconds, callers }) => {
            bench::ledger::run(&args, *seconds, *callers).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn migrate(args: &Args) -> anyhow::Result<()> {
    let places = Places::under(&args.data_dir)?;
    let _lock = Lock::take(&places.data_dir)?;
    let steps = wire::migrate(&places)?;
    print(args.json, &json!({ "applied": steps }), || match steps.as_slice() {
        [] => "the schema is up to date".to_owned(),
        steps => format!("applied {}", steps.join(", ")),
    });
    Ok(())
}
