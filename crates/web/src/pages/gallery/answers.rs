//! What the gallery's modules ask for: counts and ids, as JSON.

use poem::{Request, Response, handler, http::header};
use safelight_domain::{ImageId, Invalid};
use serde_json::{Value, json};

use super::filter;
use crate::{problem::Problem, query::Query, visitor::Member};

/// `GET /gallery/ids` with a filter: the ids of all that match from `cursor` on, newest first, at
/// most 20,000.
#[handler]
pub async fn ids(request: &Request, member: Member) -> Result<Response, Problem> {
    let query = Query::of(request, &filter::QUESTION)?;
    let (account, filter) = (member.account(), filter::read(&query)?);
    let after = query.cursor("cursor", filter::list(account))?;
    let ids = member.studio().images.ids(account, &filter, after).await?;
    Ok(told(&json!({ "ids": ids.iter().map(ImageId::to_string).collect::<Vec<_>>() })))
}

/// `GET /gallery/news?than=` with a filter: how many are newer than that picture, at most 100.
#[handler]
pub async fn news(request: &Request, member: Member) -> Result<Response, Problem> {
    let query = Query::of(request, &filter::QUESTION)?;
    let filter = filter::read(&query)?;
    let than = query.value::<ImageId>("than")?;
    let than = than.ok_or_else(|| Invalid::new("than", "name the newest picture that is known"))?;
    let count = member.studio().images.newer(member.account(), &filter, than).await?;
    Ok(told(&json!({ "count": count })))
}

/// An answer for a module; nobody else may keep it.
pub fn told(value: &Value) -> Response {
    Response::builder()
        .content_type("application/json")
        .header(header::CACHE_CONTROL, "no-store")
        .body(value.to_string())
}
