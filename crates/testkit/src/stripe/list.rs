//! Pages of a list: newest first, before or after an object (Stripe docs: pagination).

use serde_json::{Value, json};

use super::{
    fields::{number, optional},
    refused::Refused,
    state::text,
};

/// What every list knows beside its own filters.
pub(super) const KNOWN: [&str; 3] = ["limit", "starting_after", "ending_before"];

/// A page of `all`, which come newest first and are of the list's kind; `own` filters them.
pub(super) fn page<'a>(
    url: &str,
    query: &Value,
    all: impl Iterator<Item = &'a Value>,
    own: impl Fn(&Value) -> bool,
) -> Result<Value, Refused> {
    let limit = number(query, "limit")?.unwrap_or(10);
    if !(1..=100).contains(&limit) {
        let message = "This value must be between 1 and 100.";
        return Err(Refused::parameter("parameter_invalid_integer", "limit", message));
    }
    let limit = usize::try_from(limit).unwrap_or(100);
    // The object a page begins or ends at need not pass the filter.
    let all: Vec<&Value> = all.collect();
    let place = |name: &str| -> Result<Option<usize>, Refused> {
        let Some(id) = optional(query, name) else { return Ok(None) };
        let found = all.iter().position(|object| text(object, "id") == id);
        found.map(Some).ok_or_else(|| Refused::no_such_for(name, "object", id))
    };
    let (after, before) = (place("starting_after")?, place("ending_before")?);
    let passing = |range: &[&'a Value]| -> Vec<Value> {
        range.iter().filter(|object| own(object)).map(|object| (*object).clone()).collect()
    };
    let (data, has_more) = if let Some(before) = before {
        // Those nearest to the object, still newest first.
        let newer = passing(&all[..before]);
        let skipped = newer.len().saturating_sub(limit);
        (newer[skipped..].to_vec(), skipped > 0)
    } else {
        let rest = passing(&all[after.map_or(0, |place| place + 1)..]);
        let has_more = rest.len() > limit;
        (rest.into_iter().take(limit).collect(), has_more)
    };
    Ok(json!({ "object": "list", "url": url, "has_more": has_more, "data": data }))
}

/// Whether a member is as the query asks, when it asks.
pub(super) fn asks(query: &Value, name: &str, object: &Value) -> bool {
    optional(query, name).is_none_or(|asked| match &object[name] {
        Value::Bool(own) => asked == own.to_string(),
        own => own == asked,
    })
}

/// Whether it was born as `created[gte]` and its like ask.
pub(super) fn born(query: &Value, object: &Value) -> bool {
    let at = object["created"].as_i64().unwrap_or(0);
    let bound = |name: &str| query["created"][name].as_str().and_then(|t| t.parse::<i64>().ok());
    bound("gte").is_none_or(|bound| at >= bound)
        && bound("gt").is_none_or(|bound| at > bound)
        && bound("lte").is_none_or(|bound| at <= bound)
        && bound("lt").is_none_or(|bound| at < bound)
}
