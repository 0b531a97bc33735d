//! `/problems/{slug}`: what a problem's `type` leads to, taken from `docs/problems.md`.

use poem::{handler, web::Path};
use serde::Serialize;

use crate::{problem::Problem, site::Page, visitor::Visitor};

const DOCS: &str = include_str!("../../../docs/problems.md");

#[derive(Serialize)]
struct ProblemView {
    title: &'static str,
    paragraphs: Vec<&'static str>,
}

/// The section of one slug.
#[handler]
pub async fn problem(visitor: Visitor, Path(slug): Path<String>) -> Result<Page, Problem> {
    let (title, text) = section(&slug).ok_or_else(Problem::not_found)?;
    let view = ProblemView { title, paragraphs: text.trim().split("\n\n").collect() };
    visitor.page("problem.html", title, view).await
}
/// The heading and text of a slug's section.
fn section(slug: &str) -> Option<(&'static str, &'static str)> {
    let sections = DOCS.split("\n## ").skip(1).filter_map(|section| section.split_once('\n'));
    sections.into_iter().find(|(title, _)| title.split(' ').next() == Some(slug))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Slug;

    #[test]
    fn every_type_leads_to_its_meaning_and_its_mend() {
        for slug in Slug::ALL {
            let (_, text) = section(slug.as_str()).unwrap();
            assert_eq!(text.trim().split("\n\n").count(), 2, "{}: meaning, mend", slug.as_str());
        }
        assert!(section("nothing").is_none() && section("").is_none());
    }
}
