//! The command line. Names here are a contract with scripts.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Parser, Subcommand};

/// A self-hosted, credit-metered AI image studio.
///
/// Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused (the rule says no), 4 not found,
/// 5 the data folder is in use.
#[derive(Debug, Parser)]
#[command(name = "safelight", version, max_term_width = 100)]
pub struct Args {
    /// The folder everything is kept in.
    #[arg(long, global = true, env = "DATA_DIR", default_value = "./data")]
    pub data_dir: PathBuf,

    /// The operator's configuration; by default `safelight.toml`, when there is one.
    #[arg(long, global = true, env = "SAFELIGHT_CONFIG")]
    pub config: Option<PathBuf>,

    /// Print one JSON document instead of text.
    #[arg(long, global = true)]
    pub json: bool,

    /// Log lines as JSON.
    #[arg(long, global = true)]
    pub log_json: bool,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Try everything: no key, no network, an account with 10 credits.
    Demo {
        /// Where to listen; a free port of 127.0.0.1 by default.
        #[arg(long, default_value = "127.0.0.1:0")]
        bind: SocketAddr,
        /// The folder the demo is kept in.
        #[arg(long, default_value = "./safelight-demo")]
        dir: PathBuf,
    },
    /// Serve the studio.
    Serve {
        /// Where to listen.
        #[arg(long, env = "BIND", default_value = "127.0.0.1:8080")]
        bind: SocketAddr,
    },
    /// Write a folder to rebrand: a commented configuration, a brand, a README. Writes over nothing.
    New {
        /// The folder.
        #[arg(default_value = ".")]
        dir: PathBuf,
        /// Copy one more template into its brand instead, such as `landing.html`.
        #[arg(long)]
        template: Option<String>,
    },
    /// Bring the database's schema up to date. Refused while a server runs.
    Migrate,
    /// Look after people.
    #[command(subcommand)]
    Users(Users),
    /// Say who may use the back office. Nothing else can: no page and no key does it.
    #[command(subcommand)]
    Admin(Admin),
    /// Print one link that signs a person in, once, within ten minutes.
    LoginLink {
        /// The person's mail address.
        email: String,
    },
    /// Look after credits.
    #[command(subcommand)]
    Credits(Credits),
    /// Look after API keys.
    #[command(subcommand)]
    Keys(Keys),
    /// Look at who did what.
    #[command(subcommand)]
    Audit(Audit),
    /// What pictures brought in and what the provider took for them, by model.
    Costs {
        /// How many days back.
        #[arg(long, default_value_t = 30)]
        days: u16,
    },
    /// Look after mails.
    #[command(subcommand)]
    Mail(Mail),
    /// Look after what Stripe knows of the studio.
    #[command(subcommand)]
    Stripe(Stripe),
    /// Look after the payment provider's notices.
    #[command(subcommand)]
    Webhooks(Webhooks),
    /// Look at every unfinished render now. Safe beside a running server.
    Reconcile,
    /// Print the API's OpenAPI document.
    Openapi,
    /// Check configuration, database and stand-ins.
    Doctor {
        /// Audit the whole books and the database file too.
        #[arg(long)]
        deep: bool,
    },
    /// Measure this machine.
    #[command(subcommand)]
    Bench(Bench),
    /// Back the studio up: database, secret, and the pictures when they lie on this disk. Safe
    /// beside a running server. The backup is audited before it counts as made.
    Backup {
        /// A folder that does not exist yet; by default one under `backups` in the data folder.
        to: Option<PathBuf>,
    },
    /// Put a backup in the place of what is there. Refused while a server runs.
    Restore {
        /// The backup's folder.
        from: PathBuf,
        /// Restore although there is a database; it is kept under another name.
        #[arg(long)]
        force: bool,
    },
    /// Check a backup, or the books and every stored picture of the studio itself.
    Verify {
        /// The backup's folder.
        backup: Option<PathBuf>,
    },
    /// Print what a shell needs to complete commands.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual's first page, or write all of them, one a command, into a folder.
    Man {
        /// The folder; made when it is not there.
        dir: Option<PathBuf>,
    },
}

/// Look after people.
#[derive(Debug, Subcommand)]
pub enum Users {
    /// Open an account.
    Create {
        /// The person's mail address.
        email: String,
    },
    /// Show an account.
    Show {
        /// The person's mail address.
        email: String,
    },
    /// Block an account: it can do nothing until it is unblocked.
    Block {
        /// The person's mail address.
        email: String,
        /// Let it act again.
        #[arg(long)]
        undo: bool,
    },
}

/// Say who may use the back office.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Make a person an admin. They sign in anew.
    Grant {
        /// The person's mail address.
        email: String,
    },
    /// Make an admin a member again. They are signed out at once.
    Revoke {
        /// The person's mail address.
        email: String,
    },
}

/// Look after credits.
#[derive(Debug, Subcommand)]
pub enum Credits {
    /// Show a balance, lot by lot.
    Show {
        /// The person's mail address.
        email: String,
    },
    /// Give credits.
    Grant {
        /// The person's mail address.
        email: String,
        /// How many.
        amount: u32,
        /// Why; kept in the books.
        #[arg(long)]
        reason: String,
    },
    /// Give (10) or take (-10) credits; never below zero.
    Adjust {
        /// The person's mail address.
        email: String,
        /// How many, with a sign.
        #[arg(allow_negative_numbers = true)]
        amount: i64,
        /// Why; kept in the books.
        #[arg(long)]
        reason: String,
    },
}

/// Look after API keys.
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Make a key and print it, alone, on standard output. It is never shown again.
    Create {
        /// The person's mail address.
        email: String,
        /// What to call it.
        #[arg(long, default_value = "command line")]
        name: String,
        /// What it may do: `generate`, `library`, `consume`. Give it more than once for several.
        #[arg(long = "scope", default_values = ["generate", "library"])]
        scopes: Vec<String>,
        /// When it stops working: `90d`, `2027-01-31` or a full time in UTC. Never when left out.
        #[arg(long)]
        expires: Option<String>,
        /// The most credits it may spend in a calendar month (UTC). No limit when left out.
        #[arg(long)]
        cap: Option<u32>,
    },
    /// List a person's keys.
    List {
        /// The person's mail address.
        email: String,
    },
    /// Revoke a key, at once.
    Revoke {
        /// The key's id as `keys list` shows it, or the whole key.
        key: String,
    },
}

/// Look at who did what.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// List the trail, newest first.
    List {
        /// Only what touches this person's account.
        email: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: u16,
    },
}

/// Look after mails.
#[derive(Debug, Subcommand)]
pub enum Mail {
    /// Print the mails that were kept because no mail server is set up, newest first. They hold
    /// codes and links that open accounts.
    Outbox,
}

/// Look after what Stripe knows of the studio.
#[derive(Debug, Subcommand)]
pub enum Stripe {
    /// Say what Stripe lacks: a price for each pack of the configuration, and where to push to.
    /// Changes nothing without `--apply`; done twice, it is done once.
    Setup {
        /// Do it.
        #[arg(long)]
        apply: bool,
    },
}

/// Look after the payment provider's notices.
#[derive(Debug, Subcommand)]
pub enum Webhooks {
    /// List notices, newest first.
    List {
        /// Only those that are `pending`, `applied`, `ignored`, `parked` or `dead`.
        #[arg(long)]
        state: Option<String>,
        /// How many.
        #[arg(long, default_value_t = 50)]
        limit: u16,
    },
    /// Act on a notice once more. What it did before is not done again.
    Replay {
        /// The provider's id of the event, such as `evt_123`.
        event: String,
    },
    /// Fetch notices that were never delivered, ask about orders nothing was heard of, and act on
    /// them. A running server does it once a day by itself.
    CatchUp,
}

/// Measure this machine.
#[derive(Debug, Subcommand)]
pub enum Bench {
    /// A day of 100,000 hits, compressed: visits, pictures, programs and sign-ins at their ratios,
    /// against a server of its own on this machine, with nothing but stand-ins.
    Day {
        /// How many requests.
        #[arg(long, default_value_t = 3_000)]
        requests: usize,
        /// In how many seconds they are sent, evenly.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
    },
    /// Cookie to member and key to account, among 100 and among 100,000 of each.
    SignIn,
    /// Pages and searches of a gallery of 100 and of 100,000 pictures.
    Gallery,
    /// Pictures in: fetch, decode, shrink, store, delete. Into the bucket when its keys are set.
    Ingest {
        /// How many pictures.
        #[arg(long, default_value_t = 200)]
        images: usize,
        /// How many at the same time.
        #[arg(long, default_value_t = 8)]
        at_once: usize,
    },
    /// Links to pictures, against the hashes no signer can do without.
    Presign {
        /// How many links, each to a key of its own.
        #[arg(long, default_value_t = 20_000)]
        links: usize,
    },
    /// The back office of a big studio, which is made for it: seconds to minutes.
    Office {
        /// How many people.
        #[arg(long, default_value_t = 50_000)]
        users: u32,
        /// How many lines the ledger has, each of one entry.
        #[arg(long, default_value_t = 1_000_000)]
        entries: u32,
        /// How many notices of the payment provider there are.
        #[arg(long, default_value_t = 200_000)]
        deliveries: u32,
        /// Make the studio in this data folder, and leave it there to be looked at. Its pictures
        /// are missing.
        #[arg(long)]
        keep: Option<PathBuf>,
    },
    /// Durable spends a second, against one transaction a spend, memory, and the disk itself.
    Ledger {
        /// Seconds for each measurement.
        #[arg(long, default_value_t = 3)]
        seconds: u64,
        /// Callers at the same time.
        #[arg(long, default_value_t = 64)]
        callers: usize,
    },
}
