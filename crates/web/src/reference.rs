//! `/api`: a page that lists the operations, made from the document, without any script.

use std::fmt::{self, Write as _};

use poem::{Endpoint, Request, Response, Result};
use serde_json::Value;

/// The page, made once.
pub struct Page(String);

impl Page {
    /// The page of `document`.
    pub fn of(document: &Value) -> Self {
        let mut html = String::new();
        // Writing to a String cannot fail.
        let _ = write(&mut html, document);
        Self(html)
    }
}

impl Endpoint for Page {
    type Output = Response;

    async fn call(&self, _request: Request) -> Result<Response> {
        Ok(Response::builder().content_type("text/html; charset=utf-8").body(self.0.clone()))
    }
}

fn write(html: &mut String, document: &Value) -> fmt::Result {
    let title = text(&document["info"]["title"]);
    write!(
        html,
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<main>\n<h1>{title}</h1>\n<p>{}</p>\n\
         <p><a href=\"/api/openapi.json\">The OpenAPI document</a></p>\n",
        text(&document["info"]["description"])
    )?;
    for (path, operations) in members(&document["paths"]) {
        for (method, operation) in members(operations) {
            write_operation(html, &method.to_uppercase(), path, operation)?;
        }
    }
    html.push_str("</main>\n");
    Ok(())
}

fn write_operation(html: &mut String, method: &str, path: &str, told: &Value) -> fmt::Result {
    let path = escape(path);
    write!(
        html,
        "<section id=\"{}\">\n<h2>{}</h2>\n<p><code>{method} {path}</code></p>\n",
        text(&told["operationId"]),
        text(&told["summary"])
    )?;
    if told["description"].is_string() {
        writeln!(html, "<p>{}</p>", text(&told["description"]))?;
    }
    let parameters = told["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !parameters.is_empty() {
        html.push_str("<dl>\n");
        for parameter in parameters {
            let (name, says) = (text(&parameter["name"]), text(&parameter["description"]));
            writeln!(
                html,
                "<dt><code>{name}</code> ({})</dt><dd>{says}</dd>",
                text(&parameter["in"])
            )?;
        }
        html.push_str("</dl>\n");
    }
    html.push_str("<ul>\n");
    for (status, response) in members(&told["responses"]) {
        writeln!(html, "<li>{} {}</li>", escape(status), text(&response["description"]))?;
    }
    html.push_str("</ul>\n</section>\n");
    Ok(())
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

/// Text for HTML content and quoted attributes.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_an_operator_calls_their_studio_stays_text() {
        let page = Page::of(&json!({ "info": { "title": "<script>alert('&\"')</script>" } })).0;
        assert!(page.contains("&lt;script&gt;alert(&#39;&amp;&quot;&#39;)&lt;/script&gt;"));
        assert!(!page.contains("<script"));
    }
}
