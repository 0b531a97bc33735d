//! `/admin/keys`: everybody's keys, found by name, end or id; one of them, and how it is revoked.

use poem::{IntoResponse, Request, Response, handler, web::Path};
use safelight_domain::{ApiKey, KeyId, Timestamp};
use safelight_usecases::{Cursor, KeyState, OwnedKey, Page as Part};
use serde::Serialize;

use super::{
    link::with,
    people::{ChipView, TagView},
    reason,
};
use crate::{
    csv::{Row, file},
    form::Form,
    page::ListOf,
    pages::{account::Trouble, id, moment},
    problem::{Problem, Slug},
    query::Query,
    site::{Page, see_other},
    visitor::{Admin, RecentAdmin},
};

/// Keys on a page.
const ROWS: u16 = 50;

/// Each state by its word in addresses and its name.
const STATES: [(Option<KeyState>, &str, &str); 4] = [
    (None, "", "All"),
    (Some(KeyState::Working), "working", "Working"),
    (Some(KeyState::Revoked), "revoked", "Revoked"),
    (Some(KeyState::Expired), "expired", "Expired"),
];

#[derive(Serialize)]
struct KeysView {
    q: String,
    state: &'static str,
    chips: Vec<ChipView>,
    rows: Vec<RowView>,
    next: Option<String>,
    csv: String,
}

#[derive(Serialize)]
struct RowView {
    id: String,
    name: String,
    last4: String,
    account: String,
    owner: String,
    scopes: String,
    cap: Option<u32>,
    state: TagView,
    working: bool,
    made: String,
    used: Option<String>,
    expires: Option<String>,
    revoked: Option<String>,
}

#[derive(Serialize)]
struct KeyView {
    key: RowView,
    /// Whether it was revoked just now.
    done: bool,
    reason: String,
    error: Option<Trouble>,
    most: usize,
}

/// Everybody's keys, as cursors know the list.
fn list_of() -> ListOf {
    ListOf::all("keys")
}

struct Asked {
    q: String,
    state: Option<KeyState>,
    word: &'static str,
}

impl Asked {
    fn read(query: &Query) -> Result<Self, Problem> {
        let words = STATES.map(|(state, word, _)| ((state, word), word));
        let (state, word) = query.one_of("state", &words)?;
        Ok(Self { q: query.text("q").to_owned(), state, word })
    }

    fn place(&self, path: &str, word: &str, cursor: Option<Cursor>) -> String {
        let cursor = cursor.map(|cursor| list_of().write(cursor)).unwrap_or_default();
        with(path, &[("q", &self.q), ("state", word), ("cursor", &cursor)])
    }
}

/// `GET /admin/keys?q=&state=&cursor=`
#[handler]
pub async fn list(request: &Request, admin: Admin) -> Result<Page, Problem> {
    let query = Query::of(request, &["q", "state", "cursor"])?;
    let asked = Asked::read(&query)?;
    let part = Part { after: query.cursor("cursor", list_of())?, limit: ROWS };
    let studio = admin.0.studio();
    let paged = studio.people.keys(&asked.q, asked.state, part).await?;
    let (now, path) = (studio.now(), "/admin/keys");
    let chip = |(state, word, says): &(Option<KeyState>, &str, &'static str)| ChipView {
        says,
        count: None,
        place: asked.place(path, word, None),
        chosen: *state == asked.state,
    };
    let view = KeysView {
        chips: STATES.iter().map(chip).collect(),
        rows: paged.items.iter().map(|owned| RowView::of(owned, now)).collect(),
        next: paged.next.map(|next| asked.place(path, asked.word, Some(next))),
        csv: asked.place("/admin/keys/keys.csv", asked.word, None),
        state: asked.word,
        q: asked.q,
    };
    admin.page("admin-keys.html", "Keys", "keys", view).await
}

/// `GET /admin/keys/keys.csv?q=&state=`: all that match.
#[handler]
pub async fn csv(request: &Request, admin: RecentAdmin) -> Result<Response, Problem> {
    let query = Query::of(request, &["q", "state"])?;
    let Asked { q, state, .. } = Asked::read(&query)?;
    let people = admin.0.studio().people.clone();
    let read = move |part: Part| {
        let (people, q) = (people.clone(), q.clone());
        async move { people.keys(&q, state, part).await }
    };
    let columns = "key,name,last4,account,owner,scopes,cap,made,used,expires,revoked";
    file("keys.csv", columns, read, cells, admin.0.download()?).await
}

fn cells(owned: &OwnedKey, row: &mut Row<'_>) {
    let key = &owned.key;
    let when = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    row.plain(key.id);
    row.text(&key.name);
    row.plain(&key.last4);
    row.plain(key.account_id);
    row.text(owned.owner.as_str());
    row.plain(scopes(owned));
    row.plain(key.cap.map(|cap| cap.get().to_string()).unwrap_or_default());
    row.plain(key.created_at);
    for at in [key.last_used_at, key.expires_at, key.revoked_at] {
        row.plain(when(at));
    }
}

/// `GET /admin/keys/{id}`
#[handler]
pub async fn show(
    request: &Request,
    admin: Admin,
    Path(path): Path<String>,
) -> Result<Page, Problem> {
    let key = id(&path)?;
    let done = Query::of(request, &["done"])?.flag("done")?;
    page(&admin, key, done, String::new(), None).await
}

/// `POST /admin/keys/{id}/revoke`
#[handler]
pub async fn revoke(
    RecentAdmin(member): RecentAdmin,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let key: KeyId = id(&path)?;
    let owner = member.studio().keys.owner(key).await?;
    match reason::read(&form) {
        Ok(why) => {
            let by = member.by().reason(why);
            member.studio().keys.revoke(owner, key, by).await?;
            Ok(see_other(&format!("/admin/keys/{key}?done=true")))
        }
        Err(invalid) => {
            let (typed, error) =
                (form.text("reason").to_owned(), reason::trouble("reason", &invalid.says));
            let page = page(&Admin(member), key, false, typed, Some(error)).await?;
            Ok(page.status(Slug::InvalidInput.status()).into_response())
        }
    }
}

async fn page(
    admin: &Admin,
    key: KeyId,
    done: bool,
    reason: String,
    error: Option<Trouble>,
) -> Result<Page, Problem> {
    let studio = admin.0.studio();
    let owned = studio.people.key(key).await?;
    let key = RowView::of(&owned, studio.now());
    let view = KeyView { key, done, reason, error, most: reason::MOST };
    admin.page("admin-key.html", "Key", "keys", view).await
}

/// What became of a key.
pub(super) fn state(key: &ApiKey, now: Timestamp) -> TagView {
    let (says, class) = match () {
        () if key.revoked_at.is_some() => ("Revoked", "faint"),
        () if !key.works(now) => ("Expired", "faint"),
        () => ("Working", "quiet"),
    };
    TagView { says, class }
}

fn scopes(owned: &OwnedKey) -> String {
    owned.key.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
}

impl RowView {
    fn of(owned: &OwnedKey, now: Timestamp) -> Self {
        let key = &owned.key;
        Self {
            id: key.id.to_string(),
            name: key.name.clone(),
            last4: key.last4.clone(),
            account: key.account_id.to_string(),
            owner: owned.owner.as_str().to_owned(),
            scopes: scopes(owned),
            cap: key.cap.map(safelight_domain::Credits::get),
            state: state(key, now),
            working: key.revoked_at.is_none(),
            made: moment::date(key.created_at).unwrap_or_default(),
            used: key.last_used_at.map(|at| moment::ago(at, now)),
            expires: key.expires_at.and_then(moment::date),
            revoked: key.revoked_at.and_then(moment::date),
        }
    }
}
