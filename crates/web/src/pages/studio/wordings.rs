//! `/studio/prompts`: what was asked for before, to be asked for again. It outlives the pictures.

use poem::{Request, handler};
use safelight_domain::{Generation, Search};
use serde::Serialize;

use crate::{form::Form, pages::moment, problem::Problem, site::Page, visitor::Member};

/// As many as the list shows; a search finds others.
const SHOWN: u16 = 60;

#[derive(Serialize)]
struct WordingsView {
    q: String,
    wordings: Vec<WordingView>,
}

#[derive(Serialize)]
struct WordingView {
    prompt: String,
    /// What it was asked of and when, in one line.
    line: String,
    /// The studio with all of it filled in.
    href: String,
}

/// `GET /studio/prompts?q=`
#[handler]
pub async fn show(request: &Request, member: Member) -> Result<Page, Problem> {
    let query = Form::query(request);
    let q = query.text("q").trim().to_owned();
    let search = Search::parse(&q)?;
    if search.as_ref().is_some_and(|search| search.liked().is_some()) {
        let says = "pictures are liked, prompts are not; search the gallery for liked:";
        return Err(Problem::invalid("q", says));
    }
    let studio = member.studio();
    let found = studio.generations.wordings(member.account(), search.as_ref(), SHOWN).await?;
    let wordings = found.iter().map(|one| WordingView::of(&member, one)).collect();
    let view = WordingsView { q, wordings };
    member.page("studio-prompts.html", "Earlier prompts", "studio", view).await
}

impl WordingView {
    fn of(member: &Member, generation: &Generation) -> Self {
        let order = &generation.order;
        let studio = member.studio();
        let model = studio.terms.catalog.model(&order.model.0).map(|model| model.name.clone());
        let model = model.unwrap_or_else(|_| order.model.0.clone());
        let when = moment::minute(generation.created_at, studio.now());
        let mut link = form_urlencoded::Serializer::new(String::new());
        link.append_pair("prompt", order.prompt.as_str());
        if let Some(negative) = &order.negative {
            link.append_pair("negative_prompt", negative.as_str());
        }
        link.append_pair("model", &order.model.0).append_pair("size", order.size.as_str());
        link.append_pair("count", &generation.count.get().to_string());
        Self {
            prompt: order.prompt.as_str().to_owned(),
            line: format!("{model} · {} · {when}", order.size.ratio()),
            href: format!("/studio?{}", link.finish()),
        }
    }
}
