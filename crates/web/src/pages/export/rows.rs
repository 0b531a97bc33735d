//! The lists of an export, as JSON. Times are UTC, ids as everywhere, no secret is among them.

use safelight_domain::{
    AccountId, Credits, Deed, Folder, Image, ImageFilter, Line, NEVER, Spender,
};
use safelight_usecases::{Cursor, Error, GenerationStatus, Page, Paged, Person, Studio};
use serde_json::{Value, json};

/// A list with a file of its own.
#[derive(Clone, Copy)]
pub enum Rows {
    Account,
    Credits,
    Generations,
    Pictures,
    Trash,
    Folders,
    Keys,
    Sessions,
    Activity,
}

impl Rows {
    /// All lists, in the order of the zip.
    pub const ALL: [Self; 9] = [
        Self::Account,
        Self::Credits,
        Self::Generations,
        Self::Pictures,
        Self::Trash,
        Self::Folders,
        Self::Keys,
        Self::Sessions,
        Self::Activity,
    ];

    /// Its file.
    pub fn file(self) -> &'static str {
        match self {
            Self::Account => "account.json",
            Self::Credits => "credits.json",
            Self::Generations => "generations.json",
            Self::Pictures => "pictures.json",
            Self::Trash => "trash.json",
            Self::Folders => "folders.json",
            Self::Keys => "keys.json",
            Self::Sessions => "sessions.json",
            Self::Activity => "activity.json",
        }
    }

    /// A page of it, and where the next one begins.
    pub async fn read(
        self,
        studio: &Studio,
        of: AccountId,
        page: Page,
    ) -> Result<(Vec<Value>, Option<Cursor>), Error> {
        let images = |trashed| ImageFilter { trashed, ..ImageFilter::default() };
        Ok(match self {
            Self::Account => (vec![account(&studio.accounts.get(of).await?)], None),
            Self::Credits => all(&studio.ledger.lines(of, page).await?, line),
            Self::Generations => all(&studio.generations.list(of, page).await?, generation),
            Self::Pictures => all(&studio.images.list(of, &images(false), page).await?, picture),
            Self::Trash => all(&studio.images.list(of, &images(true), page).await?, picture),
            Self::Folders => (studio.folders.list(of).await?.iter().map(folder).collect(), None),
            Self::Keys => (studio.keys.list(of).await?.iter().map(key).collect(), None),
            Self::Sessions => {
                let sessions = studio.sessions.list(of).await?;
                let view = |session: &safelight_domain::Session| {
                    json!({
                        "browser": session.device,
                        "signed_in_at": session.created_at.to_string(),
                        "seen_at": session.seen_at.to_string(),
                    })
                };
                (sessions.iter().map(view).collect(), None)
            }
            Self::Activity => all(&studio.accounts.trail(Some(of), page).await?, deed),
        })
    }
}

fn all<T>(paged: &Paged<T>, view: impl Fn(&T) -> Value) -> (Vec<Value>, Option<Cursor>) {
    (paged.items.iter().map(view).collect(), paged.next)
}

fn account(Person { account, user }: &Person) -> Value {
    json!({
        "id": account.id.to_string(),
        "email": user.email.as_str(),
        "role": user.role.as_str(),
        "status": account.status.as_str(),
        "credits": account.balance.get(),
        "debt": account.debt.get(),
        "created_at": account.created_at.to_string(),
    })
}

fn line(line: &Line) -> Value {
    json!({
        "seq": line.seq,
        "kind": line.kind.as_str(),
        "amount": i64::from(line.kind.sign()) * i64::from(line.amount.get()),
        "balance": line.balance_after.get(),
        "action": line.action,
        "render_id": line.render.map(|id| id.to_string()),
        "generation_id": line.generation.map(|id| id.to_string()),
        "reason": line.reason,
        "at": line.at.to_string(),
    })
}

fn generation(GenerationStatus { generation, renders }: &GenerationStatus) -> Value {
    let order = &generation.order;
    let render = |status: &safelight_domain::RenderStatus| {
        json!({
            "id": status.render.id.to_string(),
            "seed": status.render.seed.to_string(),
            "state": status.render.state.as_str(),
            "price": status.price.get(),
            "error": status.render.error,
            "image_id": status.image_id.map(|id| id.to_string()),
        })
    };
    json!({
        "id": generation.id.to_string(),
        "prompt": order.prompt.as_str(),
        "negative_prompt": order.negative.as_ref().map(safelight_domain::Prompt::as_str),
        "model": order.model.0,
        "size": order.size.as_str(),
        "created_at": generation.created_at.to_string(),
        "renders": renders.iter().map(render).collect::<Vec<_>>(),
    })
}

fn picture(image: &Image) -> Value {
    json!({
        "id": image.id.to_string(),
        "file": format!("pictures/{}.{}", image.id, image.extension()),
        "render_id": image.render_id.to_string(),
        "generation_id": image.generation_id.to_string(),
        "prompt": image.prompt.as_str(),
        "model": image.model.0,
        "seed": image.seed.to_string(),
        "width": image.width,
        "height": image.height,
        "bytes": image.bytes,
        "media_type": image.media_type,
        "liked": image.liked,
        "folder_id": image.folder_id.map(|id| id.to_string()),
        "trashed_at": image.trashed_at.map(|at| at.to_string()),
        "created_at": image.created_at.to_string(),
    })
}

fn folder(folder: &Folder) -> Value {
    json!({
        "id": folder.id.to_string(),
        "parent_id": folder.parent_id.map(|id| id.to_string()),
        "name": folder.name.as_str(),
        "created_at": folder.created_at.to_string(),
    })
}

fn key(Spender { key, .. }: &Spender) -> Value {
    json!({
        "id": key.id.to_string(),
        "name": key.name,
        "last4": key.last4,
        "scopes": key.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>(),
        "cap": key.cap.map(Credits::get),
        "expires_at": key.expires_at.filter(|at| *at < NEVER).map(|at| at.to_string()),
        "last_used_at": key.last_used_at.map(|at| at.to_string()),
        "revoked_at": key.revoked_at.map(|at| at.to_string()),
        "created_at": key.created_at.to_string(),
    })
}

fn deed(deed: &Deed) -> Value {
    json!({
        "name": deed.name.as_str(),
        "actor": deed.by.actor.0,
        "subject": deed.subject.map(|id| id.to_string()),
        "before": deed.before,
        "after": deed.after,
        "reason": deed.by.reason,
        "request_id": deed.by.request,
        "at": deed.at.to_string(),
    })
}
