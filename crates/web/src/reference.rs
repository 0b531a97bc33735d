//! `/api`: the reference, made from the very document programs read, without any script.

use std::sync::Arc;

use poem::{handler, web::Data};
use serde::Serialize;
use serde_json::Value;

use crate::{problem::Problem, site::Page, visitor::Visitor};

/// What the page shows, made once.
#[derive(Debug, Serialize)]
pub struct ReferenceView {
    title: String,
    says: String,
    groups: Vec<GroupView>,
}

/// The operations on one noun.
#[derive(Debug, Serialize)]
struct GroupView {
    name: String,
    operations: Vec<OperationView>,
}

#[derive(Debug, Serialize)]
struct OperationView {
    id: String,
    summary: String,
    method: String,
    path: String,
    says: String,
    parameters: Vec<ValueView>,
    /// The members of the body, for those that take one.
    body: Vec<ValueView>,
    answers: Vec<AnswerView>,
}

/// A parameter, or a member of a body.
#[derive(Debug, Serialize)]
struct ValueView {
    name: String,
    /// `path`, `query`, `header`; for members what they hold.
    kind: String,
    required: bool,
    says: String,
}

#[derive(Debug, Serialize)]
struct AnswerView {
    status: String,
    says: String,
}

/// `/api`
#[handler]
pub async fn page(
    visitor: Visitor,
    Data(view): Data<&Arc<ReferenceView>>,
) -> Result<Page, Problem> {
    visitor.page("api.html", "API", &**view).await
}

impl ReferenceView {
    /// What `document` says.
    pub fn of(document: &Value) -> Self {
        let mut groups: Vec<GroupView> = Vec::new();
        for (path, operations) in members(&document["paths"]) {
            for (method, told) in members(operations) {
                let operation = operation(document, &method.to_uppercase(), path, told);
                let name = text(&told["tags"][0]);
                match groups.iter_mut().find(|group| group.name == name) {
                    Some(group) => group.operations.push(operation),
                    None => groups.push(GroupView { name, operations: vec![operation] }),
                }
            }
        }
        let info = &document["info"];
        Self { title: text(&info["title"]), says: text(&info["description"]), groups }
    }
}

fn operation(document: &Value, method: &str, path: &str, told: &Value) -> OperationView {
    let parameters = told["parameters"].as_array().into_iter().flatten().map(|one| ValueView {
        name: text(&one["name"]),
        kind: text(&one["in"]),
        required: one["required"] == true,
        says: text(&one["description"]),
    });
    let answers = members(&told["responses"]).map(|(status, answer)| AnswerView {
        status: status.clone(),
        says: text(&answer["description"]),
    });
    OperationView {
        id: text(&told["operationId"]),
        summary: text(&told["summary"]),
        method: method.to_owned(),
        path: path.to_owned(),
        says: text(&told["description"]),
        parameters: parameters.collect(),
        body: body(document, &told["requestBody"]["content"]["application/json"]["schema"]),
        answers: answers.collect(),
    }
}

fn body(document: &Value, schema: &Value) -> Vec<ValueView> {
    let schema = resolve(document, schema);
    let required = schema["required"].as_array();
    let view = |(name, told): (&String, &Value)| {
        let plain = resolve(document, told);
        ValueView {
            name: name.clone(),
            kind: text(&plain["type"]),
            required: required.is_some_and(|names| names.iter().any(|one| one == name)),
            says: text(
                if told["description"].is_string() { told } else { plain }
                    .get("description")
                    .unwrap_or(&Value::Null),
            ),
        }
    };
    members(&schema["properties"]).map(view).collect()
}

/// What a schema refers to, directly or as the one of `allOf` that carries a description.
fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let link = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str());
    let pointer = link.and_then(|link| link.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(schema)
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_body_is_told_member_by_member() {
        let document = json!({
            "info": { "title": "A studio", "description": "Of mine" },
            "paths": { "/pictures": { "post": {
                "tags": ["Pictures"], "summary": "Ask", "operationId": "ask",
                "parameters": [{ "name": "key", "in": "header" }],
                "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Ask" } } } },
                "responses": { "202": { "description": "Begun" } },
            } } },
            "components": { "schemas": {
                "Ask": { "required": ["prompt"], "properties": {
                    "prompt": { "type": "string", "description": "What to paint" },
                    "size": { "allOf": [{ "$ref": "#/components/schemas/Size" }], "description": "How large" },
                } },
                "Size": { "type": "string" },
            } },
        });
        let view = ReferenceView::of(&document);
        let ask = &view.groups[0].operations[0];
        let told = |value: &ValueView| {
            format!("{} {} {} {}", value.name, value.kind, value.required, value.says)
        };
        let body: Vec<_> = ask.body.iter().map(told).collect();
        assert_eq!(body, ["prompt string true What to paint", "size string false How large"]);
        assert_eq!(
            (&*ask.method, &*ask.path, &*view.groups[0].name),
            ("POST", "/pictures", "Pictures")
        );
    }
}
