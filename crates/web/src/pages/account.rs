//! `/account`: the address, signed-in browsers, API keys, the trail, and the way out.

pub(super) mod device;
mod key;

use poem::{IntoResponse, Request, Response, handler, web::Path};
use safelight_domain::{Invalid, KeyId, KeyScope, Session, SessionId, Timestamp};
use safelight_usecases::{KeyTerms, Page as Part};
use serde::Serialize;

use self::key::{KeyView, NewKeyView};
use super::{activity::DeedView, id, moment, sentence};
use crate::{
    form::Form,
    problem::{At, Problem},
    site::{Page, see_other},
    visitor::{Member, Recent},
};

/// How many deeds of the trail the page shows.
const LATEST: u16 = 6;

#[derive(Serialize)]
struct AccountView {
    email: String,
    since: String,
    sessions: Vec<SessionView>,
    keys: Vec<KeyView>,
    scopes: Vec<ScopeView>,
    /// What was typed for a new key.
    name: String,
    lasts: Vec<key::LastsView>,
    cap: String,
    /// Why there is none.
    error: Option<Trouble>,
    /// The one just made: here, and never again.
    made: Option<NewKeyView>,
    /// Whether its person proved themselves just now.
    recent: bool,
    notice: Option<&'static str>,
    address: String,
    address_error: Option<Trouble>,
    deeds: Vec<DeedView>,
    /// How long a deletion can be taken back.
    days: i64,
}

#[derive(Serialize)]
struct SessionView {
    id: String,
    device: String,
    /// All it said of itself.
    agent: String,
    seen: String,
    since: String,
    /// Whether it is the one that looks.
    this: bool,
}

/// What is wrong with a form, and where.
#[derive(Serialize)]
pub(super) struct Trouble {
    pub field: String,
    pub says: String,
}

#[derive(Serialize)]
struct ScopeView {
    word: &'static str,
    says: &'static str,
    chosen: bool,
}

/// What became of the form for a new key.
#[derive(Default)]
struct Draft {
    name: String,
    scopes: Vec<KeyScope>,
    lasts: String,
    cap: String,
    error: Option<Trouble>,
    made: Option<NewKeyView>,
    notice: Option<&'static str>,
    /// What was typed as a new address, and why it will not do.
    address: (String, Option<Trouble>),
}

impl Draft {
    fn fresh() -> Self {
        Self { scopes: KeyScope::ALL.to_vec(), ..Self::default() }
    }

    fn read(form: &Form) -> Result<Self, Problem> {
        let scopes = form.all("scope").map(KeyScope::parse).collect::<Result<_, _>>()?;
        let text = |name| form.text(name).to_owned();
        Ok(Self {
            name: text("name"),
            scopes,
            lasts: text("expires"),
            cap: text("cap"),
            ..Self::default()
        })
    }

    fn terms(&self, now: Timestamp) -> Result<KeyTerms, Invalid> {
        let (name, scopes) = (self.name.clone(), self.scopes.clone());
        let expires_at = key::expiry(&self.lasts, now)?;
        Ok(KeyTerms { name, scopes, expires_at, cap: key::cap(&self.cap)? })
    }
}

/// `GET /account`
#[handler]
pub async fn show(request: &Request, member: Member) -> Result<Page, Problem> {
    let query = Form::query(request);
    let told = |name| query.get(name).is_some();
    let notice = match () {
        () if query.get("no_bonus") == Some("mailbox") => Some(
            "Your account is open. It starts without free credits: they are for the first account \
             of a mailbox, and yours opened one before.",
        ),
        () if query.get("no_bonus") == Some("place") => Some(
            "Your account is open. It starts without free credits: enough new accounts came from \
             your network today. Write to the operator if you should have them.",
        ),
        () if told("stayed") => Some("Your account stays: signing in took the deletion back."),
        () if told("moved") => {
            Some("Your account has its new address. Other browsers are signed out.")
        }
        () if told("lapsed") => Some("That code has lapsed or was used. Nothing was changed."),
        () => None,
    };
    page(&member, Draft { notice, ..Draft::fresh() }).await
}

/// The page again, with what is wrong with a new address.
pub(super) async fn address_refused(
    member: &Member,
    typed: &str,
    trouble: Trouble,
) -> Result<Page, Problem> {
    let address = (typed.to_owned(), Some(trouble));
    page(member, Draft { address, ..Draft::fresh() }).await
}

/// `POST /account/sessions/{id}/end`
#[handler]
pub async fn end(member: Member, Path(path): Path<String>) -> Result<Response, Problem> {
    let session: SessionId = id(&path)?;
    member.studio().sessions.end(member.account(), session, member.by()).await?;
    Ok(see_other("/account#sessions"))
}

/// `POST /account/sessions/end-others`
#[handler]
pub async fn end_others(member: Member) -> Result<Response, Problem> {
    let this = member.signed.session.id;
    member.studio().sessions.end_all(member.account(), Some(this), member.by()).await?;
    Ok(see_other("/account#sessions"))
}

/// `POST /account/keys`: the key is in this answer and nowhere else, so there is no way on.
#[handler]
pub async fn make_key(Recent(member): Recent, form: Form) -> Result<Response, Problem> {
    let draft = Draft::read(&form)?;
    let studio = member.studio();
    let made = match draft.terms(studio.now()) {
        Ok(terms) => {
            let made = studio.keys.create(member.account(), terms, member.by()).await;
            made.map_err(Problem::from)
        }
        Err(invalid) => Err(invalid.into()),
    };
    match made {
        Ok(made) => {
            let draft = Draft { made: Some(made.into()), ..Draft::fresh() };
            Ok(page(&member, draft).await?.into_response())
        }
        Err(Problem { at: At::Field(field), detail, slug, .. }) => {
            let error = Some(Trouble { field, says: sentence(&detail) });
            let page = page(&member, Draft { error, ..draft }).await?;
            Ok(page.status(slug.status()).into_response())
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /account/keys/{id}/revoke`
#[handler]
pub async fn revoke_key(member: Member, Path(path): Path<String>) -> Result<Response, Problem> {
    let key: KeyId = id(&path)?;
    member.studio().keys.revoke(member.account(), key, member.by()).await?;
    Ok(see_other("/account#keys"))
}

async fn page(member: &Member, draft: Draft) -> Result<Page, Problem> {
    let (studio, account, now) = (member.studio(), member.account(), member.studio().now());
    let sessions = studio.sessions.list(account).await?;
    let keys = studio.keys.list(account).await?;
    let Draft { name, scopes, lasts, cap, error, made, notice, address } = draft;
    let (address, address_error) = address;
    let latest = Part { after: None, limit: LATEST };
    let deeds = studio.accounts.trail(Some(account), latest).await?.items;
    let this = member.signed.session.id;
    let user = &member.signed.user;
    let view = AccountView {
        email: user.email.as_str().to_owned(),
        since: moment::date(user.created_at).unwrap_or_default(),
        sessions: sessions.iter().map(|session| SessionView::of(session, this, now)).collect(),
        keys: keys
            .iter()
            .filter(|spender| spender.key.works(now))
            .map(|spender| KeyView::of(spender, now))
            .collect(),
        scopes: KeyScope::ALL
            .iter()
            .map(|scope| ScopeView {
                word: scope.as_str(),
                says: key::says(*scope),
                chosen: scopes.contains(scope),
            })
            .collect(),
        name,
        lasts: key::LastsView::all(&lasts),
        cap,
        error,
        made,
        recent: member.is_recent(),
        notice,
        address,
        address_error,
        days: studio.terms.timing.grace.as_hours() / 24,
        deeds: deeds.iter().map(|deed| DeedView::of(deed, user.id, now)).collect(),
    };
    member.page("account.html", "Account", "account", view).await
}

impl SessionView {
    fn of(session: &Session, this: SessionId, now: Timestamp) -> Self {
        Self {
            id: session.id.to_string(),
            device: device::name(&session.device),
            agent: session.device.clone(),
            seen: moment::ago(session.seen_at, now),
            since: moment::date(session.created_at).unwrap_or_default(),
            this: session.id == this,
        }
    }
}
