//! Bodies and queries as Stripe reads them: names in brackets, lists numbered (Stripe docs: API;
//! the same as its official clients send).

use serde_json::Value;

/// `a[b][0]=c` for every value within `parameters`, percent-encoded. What is null is left out; an
/// empty text clears a field there.
pub(crate) fn encode(parameters: &Value) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    put(&mut form, "", parameters);
    form.finish()
}

fn put(form: &mut form_urlencoded::Serializer<'_, String>, name: &str, value: &Value) {
    let within = |key: &str| {
        if name.is_empty() { key.to_owned() } else { format!("{name}[{key}]") }
    };
    match value {
        Value::Null => {}
        Value::Object(members) => {
            for (key, value) in members {
                put(form, &within(key), value);
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                put(form, &within(&at.to_string()), value);
            }
        }
        Value::String(text) => drop(form.append_pair(name, text)),
        Value::Bool(_) | Value::Number(_) => drop(form.append_pair(name, &value.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    /// Decoded pairs: the clients differ in what they escape, and order means nothing.
    fn pairs(text: &str) -> BTreeSet<(String, String)> {
        form_urlencoded::parse(text.as_bytes()).into_owned().collect()
    }

    #[test]
    fn the_official_clients_send_the_same() {
        let all: Value = serde_json::from_str(include_str!("../tests/data/forms.json")).unwrap();
        let cases = all["cases"].as_object().unwrap();
        assert_eq!(cases.len(), 9);
        for (name, case) in cases {
            let ours = encode(&case["params"]);
            assert!(ours.is_ascii() && !ours.contains(' '), "{ours}");
            for client in ["stripe_python_16.1.0", "stripe_node_23.1.0"] {
                let theirs = case[client].as_str().unwrap();
                assert_eq!(pairs(&ours), pairs(theirs), "{name} as {client} sends it");
            }
        }
    }

    #[test]
    fn nothing_is_left_out_and_empty_clears() {
        assert_eq!(encode(&json!({ "a": null, "b": "", "c": { "d": null } })), "b=");
        assert_eq!(encode(&json!({})), "");
    }
}
