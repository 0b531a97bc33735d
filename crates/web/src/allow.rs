//! Which methods a path has: poem answers 405 without the `Allow` header RFC 9110 demands.

use serde_json::Value;

use crate::table::Table;

/// Every path with its methods; parts that vary are `{named}`, a whole rest is `{*named}`.
#[derive(Debug, Default)]
pub struct Allow(Vec<(String, Vec<String>)>);

impl Allow {
    /// The methods of every operation of an OpenAPI document.
    pub fn from_document(document: &Value) -> Self {
        let paths = document["paths"].as_object().into_iter().flatten();
        Self(paths.map(|(path, operations)| (path.clone(), methods(operations))).collect())
    }

    /// The same, with the routes of `table` too.
    #[must_use]
    pub fn and(mut self, table: &Table) -> Self {
        let own = |method: &poem::http::Method| method.to_string();
        self.0.extend(table.known().map(|(path, methods)| {
            let mut methods: Vec<_> = methods.iter().map(own).collect();
            methods.sort();
            (template(path), methods)
        }));
        self
    }

    /// The template of the route at `path`.
    pub fn route(&self, path: &str) -> Option<&str> {
        let fits = |(template, _): &&(String, Vec<String>)| matches(template, path);
        self.0.iter().find(fits).map(|(template, _)| template.as_str())
    }

    /// The `Allow` header of `path`.
    pub fn at(&self, path: &str) -> Option<String> {
        let fits = |(template, _): &&(String, Vec<String>)| matches(template, path);
        self.0.iter().find(fits).map(|(_, methods)| methods.join(", "))
    }

    /// Whether the route at `path` has this method; none when no route is there.
    pub fn has(&self, path: &str, method: &str) -> Option<bool> {
        let methods = self.at(path)?;
        Some(methods.split(", ").any(|known| known == method))
    }

    /// Every method and path.
    pub fn all(self) -> Vec<(String, String)> {
        let each = |(path, methods): (String, Vec<String>)| {
            methods.into_iter().map(move |method| (method, path.clone()))
        };
        self.0.into_iter().flat_map(each).collect()
    }
}

fn methods(operations: &Value) -> Vec<String> {
    let mut names: Vec<_> =
        operations.as_object().into_iter().flatten().map(|(name, _)| name.to_uppercase()).collect();
    if names.iter().any(|name| name == "GET") {
        names.push("HEAD".to_owned());
    }
    names.sort();
    names
}

/// A path as the document writes them: `/images/:id` is `/images/{id}`.
fn template(path: &str) -> String {
    let part = |part: &str| match part.strip_prefix(':') {
        Some(name) => format!("{{{name}}}"),
        None if part.starts_with('*') => format!("{{{part}}}"),
        None => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn matches(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(want), Some(_)) if want.starts_with("{*") => return true,
            (Some(want), Some(part)) if want == part || want.starts_with('{') => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::get;
    use serde_json::json;

    #[test]
    fn a_path_finds_its_methods() {
        let document = json!({ "paths": {
            "/v1/images": { "get": {} },
            "/v1/images/{id}": { "get": {}, "patch": {}, "delete": {} },
            "/v1/images/{id}/restore": { "post": {} },
        }});
        let served = poem::endpoint::make_sync(|_| ());
        let table = Table::default().at("/files/*path", get(served));
        let allow = Allow::from_document(&document).and(&table);
        for (path, methods) in [
            ("/v1/images", Some("GET, HEAD")),
            ("/v1/images/7", Some("DELETE, GET, HEAD, PATCH")),
            ("/v1/images/7/restore", Some("POST")),
            ("/v1/images/7/else", None),
            ("/v1", None),
            ("/files/a/b.png", Some("GET, HEAD")),
        ] {
            assert_eq!(allow.at(path).as_deref(), methods, "{path}");
            let gets = methods.map(|methods| methods.contains("GET"));
            assert_eq!(allow.has(path, "GET"), gets, "{path}");
        }
        let all = allow.all();
        assert_eq!(all.len(), 2 + 4 + 1 + 2);
        assert!(all.contains(&("HEAD".to_owned(), "/files/{*path}".to_owned())));
    }
}
