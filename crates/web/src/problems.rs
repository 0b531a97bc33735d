//! `/problems/{slug}`: what a problem's `type` leads to, taken from `docs/problems.md`.

use poem::{Response, handler, web::Path};

use crate::{problem::Problem, reference::escape};

const DOCS: &str = include_str!("../../../docs/problems.md");

/// The section of one slug.
#[handler]
pub fn problem(Path(slug): Path<String>) -> Result<Response, Problem> {
    let (title, text) = section(&slug).ok_or_else(Problem::not_found)?;
    let paragraphs = escape(text.trim()).replace("\n\n", "</p>\n<p>");
    let title = escape(title);
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<main>\n<h1>{title}</h1>\n<p>{paragraphs}</p>\n</main>\n"
    );
    Ok(Response::builder().content_type("text/html; charset=utf-8").body(html))
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
