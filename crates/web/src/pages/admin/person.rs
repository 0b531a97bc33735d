//! `/admin/users/{id}`: everything that is known of one person, and what may be done about it.

mod acts;
mod rows;
mod told;

use poem::{Request, handler, web::Path};
use safelight_domain::{AccountId, Credits, OrderId};
use safelight_usecases::{Cursor, Page as Part, Told};
use serde::Serialize;

pub use acts::{adjust, ask, block, sign_out, unblock};

use self::{
    rows::{GenerationView, KeyView, OrderView, SessionView},
    told::ToldView,
};
use super::{
    audit,
    people::{TagView, credits, plan, status},
    reason,
};
use crate::{
    page::ListOf,
    pages::{
        account::Trouble,
        billing::{DayView, LotView, days, lots},
        id, moment,
    },
    problem::Problem,
    query::Query,
    site::{Page, initials},
    visitor::Admin,
};

/// Lines of the ledger on a page.
const LINES: u16 = 20;
/// Generations, orders and deeds on a page.
const ROWS: u16 = 10;

/// Which parts of the lists are looked at, and what became of the form that was sent.
#[derive(Default)]
struct Draft {
    lines: Option<Cursor>,
    generations: Option<Cursor>,
    deeds: Option<Cursor>,
    /// Which act was done.
    done: Option<&'static str>,
    /// Which act was not done, and why.
    act: &'static str,
    error: Option<Trouble>,
    reason: String,
    amount: String,
    takes: bool,
    /// What the payment provider said of an order.
    told: Option<(OrderId, Told)>,
}

#[derive(Serialize)]
struct PersonView {
    id: String,
    user: String,
    address: String,
    initials: String,
    role: &'static str,
    /// Whether it is the one that looks.
    this: bool,
    status: TagView,
    plan: &'static str,
    joined: String,
    seen: Option<String>,
    closes: Option<String>,
    /// What the account may do: `open`, `frozen` or `closed`.
    may: &'static str,
    customers: Vec<(&'static str, String)>,
    credits: i64,
    spendable: u32,
    debt: u32,
    lots: Vec<LotView>,
    days: Vec<DayView>,
    older_lines: Option<String>,
    generations: Vec<GenerationView>,
    older_generations: Option<String>,
    sessions: Vec<SessionView>,
    keys: Vec<KeyView>,
    orders: Vec<OrderView>,
    /// Whose money moves now, if anybody's does.
    mode: Option<&'static str>,
    deeds: Vec<audit::RowView>,
    older_deeds: Option<String>,
    /// Names the form: sent twice, it adjusts once.
    key: String,
    most: usize,
    done: Option<&'static str>,
    act: &'static str,
    error: Option<Trouble>,
    reason: String,
    amount: String,
    takes: bool,
}

/// `GET /admin/users/{id}?lines=&generations=&deeds=`
#[handler]
pub async fn show(
    request: &Request,
    admin: Admin,
    Path(path): Path<String>,
) -> Result<Page, Problem> {
    let account = id(&path)?;
    let query = Query::of(request, &["lines", "generations", "deeds", "done"])?;
    let place = |name| query.cursor(name, list(name, account));
    let draft = Draft {
        lines: place("lines")?,
        generations: place("generations")?,
        deeds: place("deeds")?,
        done: acts::done(query.text("done")),
        ..Draft::default()
    };
    page(&admin, account, draft).await
}

/// One of the lists on somebody's page, as cursors know it.
fn list(name: &'static str, account: AccountId) -> ListOf {
    ListOf::mine(name, account)
}

async fn page(admin: &Admin, account: AccountId, draft: Draft) -> Result<Page, Problem> {
    let studio = admin.0.studio();
    let profile = studio.people.get(account).await?;
    let now = studio.now();
    let part = |after, limit| Part { after, limit };
    let balance = studio.ledger.balance(account).await?;
    let lines = studio.ledger.lines(account, part(draft.lines, LINES)).await?;
    let made = studio.generations.list(account, part(draft.generations, ROWS)).await?;
    let deeds = studio.accounts.trail(Some(account), part(draft.deeds, ROWS)).await?;
    let orders = studio.orders.list(account, part(None, ROWS)).await?.items;
    let sessions = studio.sessions.list(account).await?;
    let keys = studio.keys.list(account).await?;
    let customers = studio.people.customers(account).await?;
    let older = |name: &'static str, next: Option<Cursor>| {
        let place = |next| list(name, account).write(next);
        next.map(|next| format!("/admin/users/{account}?{name}={}#{name}", place(next)))
    };
    let told = draft.told.as_ref();
    let told = |order: OrderId| told.filter(|(of, _)| *of == order).map(|(_, told)| told);
    let (owner, user) = (&profile.account, &profile.user);
    let view = PersonView {
        id: account.to_string(),
        user: user.id.to_string(),
        address: user.email.as_str().to_owned(),
        initials: initials(user.email.as_str()),
        role: user.role.as_str(),
        this: admin.0.account() == account,
        status: status(&profile),
        plan: plan(&profile),
        joined: moment::date(user.created_at).unwrap_or_default(),
        seen: profile.seen_at.map(|at| moment::ago(at, now)),
        closes: owner.closes_at.and_then(moment::date),
        may: owner.status.as_str(),
        customers: customers.into_iter().map(|(mode, name)| (mode.as_str(), name)).collect(),
        credits: credits(&profile),
        spendable: balance.credits.get(),
        debt: balance.debt.get(),
        lots: lots(&balance.lots),
        days: days(lines.items, now),
        older_lines: older("lines", lines.next),
        generations: made.items.iter().map(|made| GenerationView::of(made, now)).collect(),
        older_generations: older("generations", made.next),
        sessions: sessions.iter().map(|session| SessionView::of(session, now)).collect(),
        keys: keys.iter().map(|spender| KeyView::of(&spender.key, now)).collect(),
        orders: orders
            .iter()
            .map(|status| {
                let told = told(status.order.id).map(|told| ToldView::of(&status.order, told));
                OrderView::of(status, told, now)
            })
            .collect(),
        mode: studio.orders.mode().map(safelight_domain::PaymentMode::as_str),
        deeds: deeds.items.iter().map(|deed| audit::RowView::of(deed, now)).collect(),
        older_deeds: older("deeds", deeds.next),
        key: studio.fresh_key().as_str().to_owned(),
        most: reason::MOST,
        done: draft.done,
        act: draft.act,
        error: draft.error,
        reason: draft.reason,
        amount: draft.amount,
        takes: draft.takes,
    };
    admin.page("admin-person.html", "User", "users", view).await
}

/// An amount as typed.
fn amount(typed: &str) -> Option<Credits> {
    let amount = typed.trim().parse().ok().and_then(|amount| Credits::new(amount).ok());
    amount.filter(|amount| !amount.is_zero())
}
