//! `safelight mail`: what was kept instead of sent. Beside a running server or without one.

use safelight_ports::Kept;
use serde_json::{Value, json};

use crate::{
    args::{Args, Mail},
    output::print,
    wire::{self, Places},
};

pub async fn run(args: &Args, command: &Mail) -> anyhow::Result<()> {
    match command {
        Mail::Outbox => outbox(args).await,
    }
}

async fn outbox(args: &Args) -> anyhow::Result<()> {
    let kept = wire::outbox(&Places::under(&args.data_dir)?).read().await?;
    let mails: Vec<_> = kept.iter().map(document).collect();
    print(args.json, &json!({ "mails": mails }), || match kept.as_slice() {
        [] => "no mail was kept".to_owned(),
        kept => kept.iter().map(text).collect::<Vec<_>>().join("\n\n"),
    });
    Ok(())
}

fn document(Kept { mail, at }: &Kept) -> Value {
    json!({
        "to": mail.to.as_str(), "subject": mail.subject, "text": mail.text, "at": at.to_string(),
    })
}

fn text(Kept { mail, at }: &Kept) -> String {
    let (to, subject) = (mail.to.as_str(), &mail.subject);
    format!("to {to}, {at}\n{subject}\n\n{}", mail.text.trim_end())
}
