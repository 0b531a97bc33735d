//! Which methods a path has: poem answers 405 without the `Allow` header RFC 9110 demands.

use serde_json::Value;

/// The methods of every path, by the document's templates.
#[derive(Debug, Default)]
pub struct Allow(Vec<(String, String)>);

impl Allow {
    /// The methods of every operation of an OpenAPI document.
    pub fn from_document(document: &Value) -> Self {
        let paths = document["paths"].as_object().into_iter().flatten();
        Self(paths.map(|(path, operations)| (path.clone(), methods(operations))).collect())
    }

    /// The same, with these paths too.
    #[must_use]
    pub fn and(mut self, methods: &str, paths: &[&str]) -> Self {
        self.0.extend(paths.iter().map(|path| ((*path).to_owned(), methods.to_owned())));
        self
    }

    /// The template of the route at `path`.
    pub fn route(&self, path: &str) -> Option<&str> {
        let fits = |(template, _): &&(String, String)| matches(template, path);
        self.0.iter().find(fits).map(|(template, _)| template.as_str())
    }

    /// The `Allow` header of `path`.
    pub fn at(&self, path: &str) -> Option<&str> {
        let fits = |(template, _): &&(String, String)| matches(template, path);
        self.0.iter().find(fits).map(|(_, methods)| methods.as_str())
    }
}

fn methods(operations: &Value) -> String {
    let mut names: Vec<_> =
        operations.as_object().into_iter().flatten().map(|(name, _)| name.to_uppercase()).collect();
    if names.iter().any(|name| name == "GET") {
        names.push("HEAD".to_owned());
    }
    names.sort();
    names.join(", ")
}

/// `{name}` stands for one part of a path, `{path}` for the whole rest.
fn matches(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (Some("{path}"), Some(_)) | (None, None) => return true,
            (Some(want), Some(part)) if want == part || want.starts_with('{') => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_path_finds_its_methods() {
        let document = json!({ "paths": {
            "/v1/images": { "get": {} },
            "/v1/images/{id}": { "get": {}, "patch": {}, "delete": {} },
            "/v1/images/{id}/restore": { "post": {} },
        }});
        let allow = Allow::from_document(&document).and("GET, HEAD", &["/files/{path}"]);
        for (path, methods) in [
            ("/v1/images", Some("GET, HEAD")),
            ("/v1/images/7", Some("DELETE, GET, HEAD, PATCH")),
            ("/v1/images/7/restore", Some("POST")),
            ("/v1/images/7/else", None),
            ("/v1", None),
            ("/files/a/b.png", Some("GET, HEAD")),
        ] {
            assert_eq!(allow.at(path), methods, "{path}");
        }
    }
}
