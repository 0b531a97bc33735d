//! The document: complete in itself, and true of every answer the other tests get.

use poem::http::Method;
use serde_json::Value;

use crate::site::{Reply, about};

pub fn document() -> Value {
    serde_json::from_str(&safelight_web::openapi_json(&about())).unwrap()
}

/// Every operation: its method, path and description.
pub fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let each = |(path, operations): (&String, &Value)| {
        let operations = operations.as_object().unwrap().clone();
        let path = path.clone();
        operations.into_iter().map(move |(method, told)| (method, path.clone(), told))
    };
    paths.iter().flat_map(each).collect()
}

/// Fails when an answer is not as its operation is described.
pub fn check_answer(document: &Value, method: &Method, path: &str, reply: &Reply) {
    let method = method.as_str().to_lowercase();
    if reply.status >= 400 && method != "head" {
        let (status, slug, _) = reply.problem();
        assert_eq!(reply.header("content-type"), "application/problem+json", "{path}");
        assert_eq!(reply.json["ok"], false);
        assert_eq!(reply.json["status"], status);
        assert!(!slug.is_empty() && !reply.json["detail"].as_str().unwrap().is_empty());
        fits(document, &serde_json::json!({ "$ref": "#/components/schemas/Problem" }), &reply.json);
    }
    let all = operations(document);
    let Some((_, _, told)) = all.iter().find(|(m, p, _)| *m == method && is(p, path)) else {
        return;
    };
    let response = &told["responses"][reply.status.to_string()];
    assert!(response.is_object(), "{method} {path} answered {}, undocumented", reply.status);
    for (name, header) in response["headers"].as_object().into_iter().flatten() {
        let needed = header["required"] == true;
        assert!(!needed || reply.headers.contains_key(name), "{path}: {name} is missing");
    }
    let content_type = reply.header("content-type");
    if let Some(content) = response["content"].as_object() {
        assert!(content.contains_key(content_type), "{method} {path}: {content_type}");
        let schema = &content[content_type]["schema"];
        if schema["format"] != "binary" {
            fits(document, schema, &reply.json);
        }
    }
}

fn is(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    let same = |(a, b): (&&str, &&str)| a == b || a.starts_with('{');
    template.len() == path.len() && template.iter().zip(&path).all(same)
}

/// Fails when `value` is not what `schema` says: types, members, words.
fn fits(document: &Value, schema: &Value, value: &Value) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return fits(document, &document["components"]["schemas"][name], value);
    }
    if value.is_null() {
        assert!(schema["nullable"] == true, "null is not in {schema}");
        return;
    }
    let right = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("boolean") => value.is_boolean(),
        _ => panic!("no type in {schema}"),
    };
    assert!(right, "{value} is not {schema}");
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{value} is not one of {words:?}");
    }
    for item in value.as_array().into_iter().flatten() {
        fits(document, &schema["items"], item);
    }
    let Some(members) = value.as_object() else { return };
    for name in schema["required"].as_array().into_iter().flatten() {
        assert!(members.contains_key(name.as_str().unwrap()), "{name} is missing in {value}");
    }
    for (name, value) in members {
        let schema = &schema["properties"][name];
        assert!(schema.is_object(), "{name} is not documented");
        fits(document, schema, value);
    }
}

#[test]
fn every_operation_tells_how_it_is_called_and_how_it_may_fail() {
    let document = document();
    let all = operations(&document);
    assert_eq!(all.len(), 22);
    let mut names = std::collections::BTreeSet::new();
    for (method, path, told) in &all {
        assert!(path.starts_with("/api/v1/"), "{path}");
        assert!(names.insert(told["operationId"].as_str().unwrap()), "{path} shares its name");
        assert!(told["summary"].is_string() && told["tags"].is_array(), "{path}");
        assert_eq!(told["security"], serde_json::json!([{ "bearer": [] }]), "{method} {path}");
        let mut needed = vec!["401", "403", "429", "500", "503"];
        if told["requestBody"].is_object() {
            needed.extend(["400", "413", "415", "422"]);
        }
        for status in needed {
            let problem = &told["responses"][status]["content"]["application/problem+json"];
            let schema = &problem["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/Problem", "{method} {path} {status}");
        }
        let headers = |status: &str| told["responses"][status]["headers"].clone();
        assert!(headers("401")["www-authenticate"].is_object());
        assert!(headers("429")["retry-after"].is_object());
    }
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    assert_eq!(document["info"]["title"], "Lamp & Co API");
}

#[test]
fn every_body_refuses_members_nobody_knows() {
    let document = document();
    let mut bodies = 0;
    for (_, path, told) in operations(&document) {
        let schema = &told["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let Some(name) = schema.as_str().and_then(|name| name.rsplit('/').next()) else { continue };
        let schema = &document["components"]["schemas"][name];
        assert_eq!(schema["additionalProperties"], false, "{path}: {name}");
        bodies += 1;
    }
    assert_eq!(bodies, 6);
}
