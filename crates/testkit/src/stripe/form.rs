//! Bodies and queries, read back into objects and lists.

use serde_json::{Map, Value};

/// Pairs of a body or query, decoded.
pub(super) fn pairs(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}

/// The names within `a[b][0]`: `a`, `b`, `0`. Empty brackets (`a[]`) are kept as such.
pub(super) fn names(name: &str) -> Vec<&str> {
    let (first, rest) = name.split_once('[').unwrap_or((name, ""));
    let rest = rest.strip_suffix(']').filter(|_| !rest.is_empty());
    let mut names = vec![first];
    names.extend(rest.into_iter().flat_map(|rest| rest.split("][")));
    names
}

/// Pairs as one object. All leaves are text; members named 0, 1, .. are a list.
pub(super) fn tree(pairs: &[(String, String)]) -> Value {
    let mut root = Value::Object(Map::new());
    for (name, value) in pairs {
        let mut at = &mut root;
        for name in names(name) {
            if !at.is_object() {
                *at = Value::Object(Map::new());
            }
            let members = at.as_object_mut().expect("made one above");
            let name = if name.is_empty() { members.len().to_string() } else { name.to_owned() };
            at = members.entry(name).or_insert(Value::Null);
        }
        *at = value.clone().into();
    }
    lists(root)
}

fn lists(value: Value) -> Value {
    let Value::Object(members) = value else { return value };
    let numbered = |name: &String| name.parse::<usize>().ok();
    let is_list = !members.is_empty() && members.keys().all(|name| numbered(name).is_some());
    if !is_list {
        return members.into_iter().map(|(name, value)| (name, lists(value))).collect();
    }
    let mut items: Vec<_> = members.into_iter().map(|(n, v)| (numbered(&n), lists(v))).collect();
    items.sort_by_key(|(at, _)| *at);
    items.into_iter().map(|(_, value)| value).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn brackets_become_objects_and_lists() {
        let read = |text: &str| tree(&pairs(text.as_bytes()));
        assert_eq!(
            read("a[b][c]=1&items%5B1%5D%5Bid%5D=y&items[0][id]=x&t[]=p&t[]=q&m=&s=a+b%20c"),
            json!({
                "a": {"b": {"c": "1"}}, "items": [{"id": "x"}, {"id": "y"}], "t": ["p", "q"],
                "m": "", "s": "a b c"
            })
        );
        assert_eq!(read(""), json!({}));
        assert_eq!(names("a[b][0][]"), ["a", "b", "0", ""]);
    }
}
