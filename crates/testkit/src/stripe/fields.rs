//! Which parameters a call knows, and of what type. What it does not know is refused.

use serde_json::{Map, Value};

use super::{form::names, refused::Refused};

type Pairs = [(String, String)];

/// Refuses what is not among `known`: names such as `line_items[].price`, or `metadata.*` for all
/// below. Every call also knows `expand[]`.
pub(super) fn check(pairs: &Pairs, known: &[&str]) -> Result<(), Refused> {
    for (name, _) in pairs {
        let path = names(name).into_iter().fold(String::new(), |mut path, name| {
            let is_place = name.is_empty() || name.bytes().all(|byte| byte.is_ascii_digit());
            match (path.is_empty(), is_place) {
                (true, _) => {}
                (false, true) => return path + "[]",
                (false, false) => path.push('.'),
            }
            path + name
        });
        let fits = |known: &str| match known.strip_suffix(".*") {
            // `metadata=` clears all of it.
            Some(root) => path == root || path.starts_with(&format!("{root}.")),
            None => path == known,
        };
        if !known.iter().any(|known| fits(known)) && path != "expand[]" {
            let message = format!("Received unknown parameter: {}", names(name)[0]);
            return Err(Refused::parameter("parameter_unknown", name, message));
        }
    }
    Ok(())
}

/// A text that is there and not empty.
pub(super) fn required<'a>(form: &'a Value, name: &str) -> Result<&'a str, Refused> {
    optional(form, name).ok_or_else(|| Refused::missing(name))
}

/// A text that is not empty, if it is there.
pub(super) fn optional<'a>(form: &'a Value, name: &str) -> Option<&'a str> {
    form[name].as_str().filter(|text| !text.is_empty())
}

/// A whole number, if it is there.
pub(super) fn number(form: &Value, name: &str) -> Result<Option<u64>, Refused> {
    let Some(text) = optional(form, name) else { return Ok(None) };
    let bad = |_| {
        let message = format!("Invalid integer: {text}");
        Refused::parameter("parameter_invalid_integer", name, message)
    };
    text.parse().map(Some).map_err(bad)
}

/// A truth, if it is there.
pub(super) fn truth(form: &Value, name: &str) -> Result<Option<bool>, Refused> {
    match optional(form, name) {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(other) => {
            let message = format!("Invalid boolean: {other}");
            Err(Refused::parameter("parameter_invalid_string_enum", name, message))
        }
    }
}

/// A list of texts.
pub(super) fn texts(form: &Value, name: &str) -> Vec<String> {
    let items = form[name].as_array().into_iter().flatten();
    items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

/// Metadata with what was sent put in, and what was sent empty taken out.
pub(super) fn metadata(old: &Value, form: &Value) -> Value {
    let mut kept = old.as_object().cloned().unwrap_or_default();
    match form {
        Value::Object(sent) => {
            for (name, value) in sent {
                if value == "" {
                    kept.remove(name);
                } else {
                    kept.insert(name.clone(), value.clone());
                }
            }
        }
        Value::String(_) => kept = Map::new(),
        _ => {}
    }
    kept.into()
}
