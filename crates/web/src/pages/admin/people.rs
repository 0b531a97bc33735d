//! `/admin/users`: everybody, found by address or id, filtered, by when they joined.

use poem::{Request, Response, handler};
use safelight_domain::{AccountStatus, Role, Timestamp};
use safelight_usecases::{Crowd, Cursor, Page as Part, Profile, Standing};
use serde::Serialize;

use super::link::with;
use crate::{
    csv::{Row, file},
    page::ListOf,
    pages::moment,
    problem::Problem,
    query::Query,
    site::{Page, initials},
    visitor::{Admin, RecentAdmin},
};

/// People on a page.
const ROWS: u16 = 50;

/// A standing, its word in addresses, its name, and how many there are.
type Known = (Standing, &'static str, &'static str, fn(&Crowd) -> u64);

const STANDINGS: [Known; 6] = [
    (Standing::Everyone, "", "Everyone", |crowd| crowd.everyone),
    (Standing::InDebt, "debt", "In debt", |crowd| crowd.in_debt),
    (Standing::Blocked, "blocked", "Blocked", |crowd| crowd.blocked),
    (Standing::Leaving, "leaving", "Leaving", |crowd| crowd.leaving),
    (Standing::Admins, "admins", "Admins", |crowd| crowd.admins),
    (Standing::Paying, "paying", "Paying", |crowd| crowd.paying),
];

#[derive(Serialize)]
struct PeopleView {
    q: String,
    standing: &'static str,
    oldest: bool,
    chips: Vec<ChipView>,
    rows: Vec<RowView>,
    /// Where the list is sorted the other way round.
    turned: String,
    next: Option<String>,
    csv: String,
}

/// A filter.
#[derive(Serialize)]
pub(super) struct ChipView {
    pub says: &'static str,
    pub count: Option<u64>,
    pub place: String,
    pub chosen: bool,
}

#[derive(Serialize)]
struct RowView {
    id: String,
    address: String,
    initials: String,
    admin: bool,
    plan: &'static str,
    credits: i64,
    status: TagView,
    joined: String,
    seen: Option<String>,
}

/// How somebody or something stands, with the class of its tag.
#[derive(Serialize)]
pub(super) struct TagView {
    pub says: &'static str,
    pub class: &'static str,
}

/// Everybody, as cursors know the list.
fn list_of() -> ListOf {
    ListOf::all("people")
}

/// What a query asks for.
struct Asked {
    q: String,
    standing: Standing,
    word: &'static str,
    oldest: bool,
}

impl Asked {
    fn read(query: &Query) -> Result<Self, Problem> {
        let words = STANDINGS.map(|(standing, word, ..)| ((standing, word), word));
        let (standing, word) = query.one_of("standing", &words)?;
        let oldest = query.one_of("order", &[(false, ""), (true, "oldest")])?;
        Ok(Self { q: query.text("q").to_owned(), standing, word, oldest })
    }

    fn place(&self, path: &str, word: &str, oldest: bool, cursor: Option<Cursor>) -> String {
        let order = if oldest { "oldest" } else { "" };
        let cursor = cursor.map(|cursor| list_of().write(cursor)).unwrap_or_default();
        let fields = [("q", &*self.q), ("standing", word), ("order", order), ("cursor", &cursor)];
        with(path, &fields)
    }
}

/// `GET /admin/users?q=&standing=&order=&cursor=`
#[handler]
pub async fn list(request: &Request, admin: Admin) -> Result<Page, Problem> {
    let query = Query::of(request, &["q", "standing", "order", "cursor"])?;
    let asked = Asked::read(&query)?;
    let part = Part { after: query.cursor("cursor", list_of())?, limit: ROWS };
    let studio = admin.0.studio();
    let paged = studio.people.search(&asked.q, asked.standing, asked.oldest, part).await?;
    let crowd = studio.people.crowd().await?;
    let now = studio.now();
    let path = "/admin/users";
    let chip = |(standing, word, says, count): &Known| ChipView {
        says,
        count: Some(count(&crowd)),
        place: asked.place(path, word, asked.oldest, None),
        chosen: *standing == asked.standing,
    };
    let next = paged.next.map(|next| asked.place(path, asked.word, asked.oldest, Some(next)));
    let view = PeopleView {
        chips: STANDINGS.iter().map(chip).collect(),
        rows: paged.items.iter().map(|profile| RowView::of(profile, now)).collect(),
        turned: asked.place(path, asked.word, !asked.oldest, None),
        next,
        csv: asked.place("/admin/users/people.csv", asked.word, asked.oldest, None),
        standing: asked.word,
        oldest: asked.oldest,
        q: asked.q,
    };
    admin.page("admin-people.html", "Users", "users", view).await
}

/// `GET /admin/users/people.csv?q=&standing=&order=`: all that match.
#[handler]
pub async fn csv(request: &Request, admin: RecentAdmin) -> Result<Response, Problem> {
    let query = Query::of(request, &["q", "standing", "order"])?;
    let Asked { q, standing, oldest, .. } = Asked::read(&query)?;
    let people = admin.0.studio().people.clone();
    let read = move |part: Part| {
        let (people, q) = (people.clone(), q.clone());
        async move { people.search(&q, standing, oldest, part).await }
    };
    let columns = "account,user,address,role,plan,credits,debt,status,joined,seen";
    file("people.csv", columns, read, cells, admin.0.download()?).await
}

fn cells(profile: &Profile, row: &mut Row<'_>) {
    row.plain(profile.account.id);
    row.plain(profile.user.id);
    row.text(profile.user.email.as_str());
    row.plain(profile.user.role.as_str());
    row.plain(plan(profile));
    row.plain(profile.credits.get());
    row.plain(profile.account.debt.get());
    row.plain(status(profile).says);
    row.plain(profile.user.created_at);
    row.plain(profile.seen_at.map(|at| at.to_string()).unwrap_or_default());
}

/// What somebody pays by. Plans come later.
pub(super) fn plan(profile: &Profile) -> &'static str {
    if profile.paying { "Pack" } else { "Free" }
}

/// What matters most of how somebody stands.
pub(super) fn status(profile: &Profile) -> TagView {
    let account = &profile.account;
    let (says, class) = match account.status {
        AccountStatus::Closed => ("Deleted", "faint"),
        AccountStatus::Frozen => ("Blocked", "faint"),
        AccountStatus::Open if account.closes_at.is_some() => ("Leaving", "warn"),
        AccountStatus::Open if !account.debt.is_zero() => ("In debt", "bad"),
        AccountStatus::Open => ("Active", "quiet"),
    };
    TagView { says, class }
}

/// What somebody can spend, less what they owe.
pub(super) fn credits(profile: &Profile) -> i64 {
    i64::from(profile.credits.get()) - i64::from(profile.account.debt.get())
}

impl RowView {
    fn of(profile: &Profile, now: Timestamp) -> Self {
        let user = &profile.user;
        Self {
            id: profile.account.id.to_string(),
            address: user.email.as_str().to_owned(),
            initials: initials(user.email.as_str()),
            admin: user.role == Role::Admin,
            plan: plan(profile),
            credits: credits(profile),
            status: status(profile),
            joined: moment::date(user.created_at).unwrap_or_default(),
            seen: profile.seen_at.map(|at| moment::ago(at, now)),
        }
    }
}
