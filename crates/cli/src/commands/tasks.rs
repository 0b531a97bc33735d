//! `safelight tasks`: what the studio found and only a person can settle.

use anyhow::Context;
use safelight_domain::{Actor, By, Task, TaskId};
use safelight_usecases::{Page, Tasks as Which};
use serde_json::{Value, json};

use super::Desk;
use crate::{args::Tasks, output::print};

pub async fn run(desk: &Desk, command: &Tasks) -> anyhow::Result<()> {
    match command {
        Tasks::List { all, limit } => list(desk, *all, *limit).await,
        Tasks::Done { id, reason } => done(desk, id, reason).await,
    }
}

async fn list(desk: &Desk, all: bool, limit: u16) -> anyhow::Result<()> {
    let which = if all { Which::All } else { Which::ToDo };
    let part = Page { after: None, limit: limit.clamp(1, 1_000) };
    let found = desk.studio.tasks.list(which, part).await?.items;
    let value: Vec<_> = found.iter().map(told).collect();
    print(desk.json, &json!(value), || {
        if found.is_empty() {
            return "nothing is to be done".to_owned();
        }
        found.iter().map(line).collect::<Vec<_>>().join("\n")
    });
    Ok(())
}

async fn done(desk: &Desk, id: &str, reason: &str) -> anyhow::Result<()> {
    let id: TaskId = id.parse().context("a task is named by its id, as tasks list shows it")?;
    desk.studio.tasks.done(id, By::from(Actor::cli()).reason(reason)).await?;
    let task = desk.studio.tasks.get(id).await?;
    print(desk.json, &told(&task), || line(&task));
    Ok(())
}

fn told(task: &Task) -> Value {
    json!({
        "id": task.id.to_string(),
        "kind": task.kind.as_str(),
        "account_id": task.account_id.map(|id| id.to_string()),
        "subject": task.subject,
        "says": task.says,
        "created_at": task.created_at.to_string(),
        "done_at": task.done_at.map(|at| at.to_string()),
    })
}

fn line(task: &Task) -> String {
    let state = if task.done_at.is_some() { "done" } else { "to do" };
    let Task { id, kind, subject, says, created_at, .. } = task;
    format!("{state:<5} {created_at}  {id}  {}  {subject}  {says}", kind.as_str())
}
