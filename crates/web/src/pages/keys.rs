//! `/keys`: the keyboard, told once for people and for the module that listens.

use poem::handler;
use serde::Serialize;

use crate::{problem::Problem, site::Page, visitor::Visitor};

/// A key as the browser names it, and what it does. Only single keys can be moved or switched off:
/// those with Ctrl or Alt are out of the way of people who dictate (WCAG 2.1.4).
#[derive(Serialize)]
struct KeyView {
    key: &'static str,
    /// The keys that are held together.
    parts: Vec<&'static str>,
    says: &'static str,
    /// Whether it is a single key of ours, which a person may move.
    own: bool,
}

#[derive(Serialize)]
struct PlaceView {
    name: &'static str,
    keys: Vec<KeyView>,
}

#[derive(Serialize)]
struct KeysView {
    places: Vec<PlaceView>,
}

/// Where, which key, and what it does there.
const KEYS: [(&str, &[(&str, &str)]); 4] = [
    (
        "Everywhere",
        &[
            ("?", "Show this list"),
            ("g", "Open the gallery"),
            ("n", "Write the next prompt"),
            ("u", "Undo what was done last"),
        ],
    ),
    (
        "Studio",
        &[
            ("Ctrl Enter", "Generate"),
            ("Alt ↑", "The prompt before, in the prompt field"),
            ("Alt ↓", "The prompt after it"),
            ("p", "Earlier prompts"),
            ("l", "Lock the seed, or draw a new one each time"),
            ("+", "The next seed"),
            ("1", "One picture; 2, 3 and 4 likewise"),
            ("o", "Open the newest finished picture"),
        ],
    ),
    (
        "Gallery",
        &[
            ("/", "Search"),
            ("x", "Select, or not any more"),
            ("Ctrl a", "Select all that are shown"),
            ("Esc", "Let go of what is selected"),
        ],
    ),
    (
        "One picture",
        &[
            ("←", "The one before"),
            ("→", "The one after"),
            ("f", "Like it, or not any more"),
            ("z", "Full size, and back"),
            ("i", "Its details"),
            ("d", "Download it"),
            ("D", "Download it without the prompt"),
            ("c", "Copy the prompt"),
            ("m", "Move it to a folder"),
            ("r", "Remix it, with a new seed"),
            ("a", "Repeat it exactly"),
            ("p", "Take its prompt"),
            ("s", "Take its seed"),
            ("Del", "Move it to the trash"),
        ],
    ),
];

/// `/keys`
#[handler]
pub async fn show(visitor: Visitor) -> Result<Page, Problem> {
    let view = |(key, says): &(&'static str, &'static str)| KeyView {
        key,
        parts: key.split(' ').collect(),
        says,
        own: key.chars().count() == 1 && key.is_ascii(),
    };
    let places = KEYS.map(|(name, keys)| PlaceView { name, keys: keys.iter().map(view).collect() });
    visitor.page("keys.html", "Keyboard", KeysView { places: places.into() }).await
}

#[cfg(test)]
mod tests {
    use super::KEYS;

    #[test]
    fn a_key_means_one_thing_where_it_is_heard() {
        let everywhere = KEYS[0].1;
        for (place, keys) in KEYS {
            let mut heard: Vec<_> = keys.iter().chain(everywhere).map(|(key, _)| key).collect();
            heard.sort_unstable();
            let all = heard.len();
            heard.dedup();
            let twice = if place == "Everywhere" { everywhere.len() } else { 0 };
            assert_eq!(heard.len(), all - twice, "{place}");
        }
    }
}
