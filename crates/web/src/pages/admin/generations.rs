//! `/admin/generations`: everybody's, by how they fared. What people wrote is not shown here.

use poem::{Request, Response, handler};
use safelight_domain::{RenderState, SignedDuration, Timestamp};
use safelight_usecases::{GenerationStatus, Page as Part, Tally, Watched};
use serde::Serialize;

use super::{
    link::{ChoiceView, with},
    renders::{StateView, Sum, dollars},
    watched::{Asked, SHOWS},
};
use crate::{
    csv::{Row, file},
    page::ListOf,
    pages::moment,
    problem::Problem,
    query::Query,
    site::Page,
    visitor::{Admin, RecentAdmin},
};

/// Generations on a page.
const ROWS: u16 = 50;
/// The span that is added up.
const SPAN: SignedDuration = SignedDuration::from_hours(30 * 24);

#[derive(Serialize)]
struct RowView {
    id: String,
    account: String,
    model: String,
    states: Vec<StateView>,
    kept: u64,
    refunded: u64,
    cost: String,
    at: String,
    when: String,
}

#[derive(Serialize)]
struct TallyView {
    renders: u64,
    kept: u64,
    refunded: u64,
    cost: String,
    unpriced: u64,
}

#[derive(Serialize)]
struct GenerationsView {
    rows: Vec<RowView>,
    shows: Vec<ChoiceView>,
    models: Vec<ChoiceView>,
    reasons: Vec<ChoiceView>,
    /// In minutes, when what is stuck is looked for.
    older: Option<u32>,
    /// None for what did not end.
    tally: Option<TallyView>,
    csv: String,
    first: bool,
    next: Option<String>,
}

/// `GET /admin/generations?show=&older=&cursor=`
#[handler]
pub async fn show(request: &Request, admin: Admin) -> Result<Page, Problem> {
    let query = Query::of(request, &["show", "older", "cursor"])?;
    let list = ListOf::all("everybody's generations");
    let after = query.cursor("cursor", list)?;
    let asked = Asked::read(&query)?;
    let studio = admin.0.studio();
    let (now, watch) = (studio.now(), &studio.watch);
    let which = asked.which(now)?;
    let paged = watch.generations(&which, Part { after, limit: ROWS }).await?;
    let ended = !matches!(which, Watched::Unfinished(_) | Watched::Overdue(_));
    let tally = if ended { Some(watch.tally(&which, SPAN).await?) } else { None };
    let reasons = watch.failures().await?;
    let [show, older] = asked.fields();
    let here = |path: &str, cursor: &str| {
        with(path, &[(show.0, &show.1), (older.0, &older.1), ("cursor", cursor)])
    };
    let chosen = asked.show.as_str();
    let named = |kind: &str, name: &str| ChoiceView::new(&format!("{kind}:{name}"), name, chosen);
    let models = studio.terms.catalog.models();
    let view = GenerationsView {
        rows: paged.items.iter().map(|status| RowView::of(status, now)).collect(),
        shows: SHOWS.map(|(word, says)| ChoiceView::new(word, says, chosen)).into(),
        models: models.iter().map(|model| named("model", &model.slug.0)).collect(),
        reasons: reasons.iter().map(|reason| named("failed", reason)).collect(),
        older: (asked.show == "stuck").then_some(asked.older),
        tally: tally.map(TallyView::of),
        csv: here("/admin/generations/generations.csv", ""),
        first: after.is_none(),
        next: paged.next.map(|cursor| here("/admin/generations", &list.write(cursor))),
    };
    admin.page("admin-generations.html", "Generations", "generations", view).await
}

/// `GET /admin/generations/generations.csv?show=&older=`: all that match.
#[handler]
pub async fn table(request: &Request, admin: RecentAdmin) -> Result<Response, Problem> {
    let query = Query::of(request, &["show", "older"])?;
    let studio = admin.0.studio();
    let which = Asked::read(&query)?.which(studio.now())?;
    let watch = studio.watch.clone();
    let read = move |page| {
        let (watch, which) = (watch.clone(), which.clone());
        async move { watch.generations(&which, page).await }
    };
    let columns = "time,generation,account,model,renders,stored,failed,filtered,cancelled,\
                   reasons,credits_kept,credits_refunded,provider_cost_usd";
    file("generations.csv", columns, read, cells, admin.0.download()?).await
}

fn cells(status: &GenerationStatus, row: &mut Row<'_>) {
    let generation = &status.generation;
    row.plain(generation.created_at);
    row.plain(generation.id);
    row.plain(generation.account_id);
    row.text(&generation.order.model.0);
    row.plain(status.renders.len());
    for state in RenderState::FINAL {
        row.plain(status.renders.iter().filter(|render| render.render.state == state).count());
    }
    let reasons = status.renders.iter().filter_map(|render| render.render.error.as_deref());
    row.text(&reasons.collect::<Vec<_>>().join(" "));
    let sum = Sum::of(status);
    row.plain(sum.kept);
    row.plain(sum.refunded);
    row.plain(dollars(sum.cost_micros));
}

impl RowView {
    fn of(status: &GenerationStatus, now: Timestamp) -> Self {
        let generation = &status.generation;
        let sum = Sum::of(status);
        Self {
            id: generation.id.to_string(),
            account: generation.account_id.to_string(),
            model: generation.order.model.0.clone(),
            states: StateView::all(status),
            kept: sum.kept,
            refunded: sum.refunded,
            cost: dollars(sum.cost_micros),
            at: generation.created_at.to_string(),
            when: moment::minute(generation.created_at, now),
        }
    }
}

impl TallyView {
    fn of(tally: Tally) -> Self {
        let Tally { renders, kept, refunded, cost_micros, unpriced } = tally;
        Self { renders, kept, refunded, cost: dollars(cost_micros), unpriced }
    }
}
